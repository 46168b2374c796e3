"""The lock file, read: which packages in which version, with the hashes that are accepted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.txt"
_PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)\s*(?:;\s*(?P<marker>[^\\]+?))?\s*\\?$"
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass
class Package:
    """One locked package; `marker` says on which machines it is installed (empty: on all)."""

    name: str
    version: str
    marker: str = ""
    hashes: list[str] = field(default_factory=list)

    @property
    def purl(self) -> str:
        """Its package URL, by which bills of materials and advisories name it."""
        return f"pkg:pypi/{re.sub(r'[-_.]+', '-', self.name).lower()}@{self.version}"


def locked(lock: Path = LOCK) -> list[Package]:
    """The packages of a lock file. Raises ValueError for a line that is neither pin, hash nor comment."""
    return list(_read(lock))


def _read(lock: Path) -> Iterator[Package]:
    package = None
    for number, line in enumerate(lock.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if found := _HASH.search(line):
            if package is None:
                raise ValueError(f"{lock.name}, line {number}: a hash without a package")
            package.hashes.append(found[1])
        elif pin := _PIN.match(line):
            if package is not None:
                yield package
            package = Package(pin["name"], pin["version"], (pin["marker"] or "").strip())
        else:
            raise ValueError(f"{lock.name}, line {number}: not understood: {line}")
    if package is not None:
        yield package
