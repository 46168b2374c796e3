#!/usr/bin/env python3
"""The bill of materials (CycloneDX 1.6) and the list of licences of what is shipped.

Made anew by CI into `var/ci/`, never committed: what stands in the repository is the lock file that
they are made of. Licences are read from the packages that are installed; one that is not installed
here (for another system) or names none is listed as such, never guessed.
"""

import csv
import json
import sys
import uuid
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from lock import ROOT, Package, locked

FOLDER = ROOT / "var" / "ci"
NOT_INSTALLED, NOT_NAMED = "not installed on this machine", "not named by the package"
CLASSIFIER = "License :: OSI Approved :: "


def licence(package: Package) -> str:
    """The licence as the package itself names it: expression, short text, or classifiers."""
    try:
        about = metadata.metadata(package.name)
    except metadata.PackageNotFoundError:
        return NOT_INSTALLED
    for header in ("License-Expression", "License"):
        text = (about.get(header) or "").strip()
        if text and "\n" not in text and len(text) <= 100:
            return text
    classifiers = [c for c in about.get_all("Classifier") or [] if c.startswith("License :: ")]
    return "; ".join(c.removeprefix(CLASSIFIER).removeprefix("License :: ") for c in classifiers) or NOT_NAMED


def component(package: Package, licensed: str) -> dict[str, Any]:
    """One component of the bill. The hashes are those of the files that the lock accepts."""
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
    }
    if licensed not in (NOT_INSTALLED, NOT_NAMED):
        found["licenses"] = [{"license": {"name": licensed}}]
    found["properties"] = [{"name": "hotline:sha256", "value": value} for value in package.hashes]
    if package.marker:
        found["properties"].append({"name": "hotline:marker", "value": package.marker})
    return found


def bill(packages: list[Package], at: datetime) -> dict[str, Any]:
    """The whole bill, of what the product needs to run."""
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {
            "timestamp": at.isoformat(timespec="seconds"),
            "component": {"type": "application", "bom-ref": "hotline-contract", "name": "hotline-contract"},
        },
        "components": [component(package, licence(package)) for package in packages],
        "dependencies": [{"ref": "hotline-contract", "dependsOn": [package.purl for package in packages]}],
    }


def main(folder: Path = FOLDER) -> int:
    packages = locked()
    folder.mkdir(parents=True, exist_ok=True)
    made = bill(packages, datetime.now(UTC))
    (folder / "bill-of-materials.cdx.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    with (folder / "licences.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["package", "version", "licence"])
        rows.writerows([package.name, package.version, licence(package)] for package in packages)
    unknown = [package.name for package in packages if licence(package) == NOT_NAMED]
    print(f"{len(packages)} packages in {folder}")
    if unknown:
        print(f"licence {NOT_NAMED}: {', '.join(unknown)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
