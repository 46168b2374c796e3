#!/usr/bin/env python3
"""Known advisories about the packages of the lock file, asked of an OSV server.

Exit code 0: the server answered and knows of none; 1: it knows of some, which are named;
3: it could not be asked, so nothing is known. ADVISORIES_URL names another server (an intranet's).
"""

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any

from lock import Package, locked

SERVER = "https://api.osv.dev"
SECONDS = 20
CLEAN, FOUND, UNKNOWN = 0, 1, 3
Ask = Callable[[str, bytes], bytes]


def ask(url: str, body: bytes) -> bytes:
    """One question to the server. Raises OSError where it cannot be asked."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        return bytes(answer.read())


def advisories(packages: Sequence[Package], server: str, ask: Ask) -> dict[str, list[str]]:
    """The ids of advisories by package URL. Raises OSError or ValueError where nothing can be said.

    An answer that is cut into pages is not one about all: the server then has to be asked again.
    """
    queries: list[dict[str, Any]] = [{"package": {"purl": package.purl}} for package in packages]
    answer = json.loads(ask(f"{server}/v1/querybatch", json.dumps({"queries": queries}).encode()))
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list) or len(results) != len(packages):
        raise ValueError("the answer does not speak of every package")
    found = {}
    for package, result in zip(packages, results, strict=True):
        if not isinstance(result, dict) or result.get("next_page_token"):
            raise ValueError(f"the answer about {package.name} is not whole")
        if known := [str(vulnerability["id"]) for vulnerability in result.get("vulns", [])]:
            found[package.purl] = known
    return found


def main(ask: Ask = ask) -> int:
    packages = locked()
    server = os.environ.get("ADVISORIES_URL", SERVER).rstrip("/")
    try:
        found = advisories(packages, server, ask)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"NOT CHECKED: {server} could not be asked about the {len(packages)} locked packages ({error}).")
        print("Whether advisories are known about them is unknown. Run .ci/audit.py where the server can be reached.")
        return UNKNOWN
    for purl, known in sorted(found.items()):
        print(f"{purl}: {', '.join(f'{server}/v1/vulns/{one}' for one in known)}")
    print(f"{len(packages)} locked packages asked about at {server}: {len(found)} with advisories.")
    return FOUND if found else CLEAN


if __name__ == "__main__":
    sys.exit(main())
