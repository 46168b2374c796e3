"""`manage.py bundle FOLDER`: one archive with which a machine without internet installs and updates."""

import ensurepip
import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

import bootstrap
from kit import clock

LEFT_OUT = {"var", ".venv", ".git", "wheels", "debs", "test-results", "node_modules"}
SUMS = "SHA256SUMS"
# What the lock asks of one patch version of Python alone goes along: the other machine may have that one.
PATCH_ONLY = re.compile(r" ; python_full_version [^\\\n]*")


class Command(BaseCommand):
    help = (
        "Write hotline-DATE.tar.gz into FOLDER: the program, the wheels of the locked set, the system packages that "
        "PDFs need with a Chinese font, and the hash of every file. There: python3 install.py TARGET"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        if not folder.is_dir():
            raise CommandError(_("%(folder)s is no folder.") % {"folder": folder})
        name = f"hotline-{clock.today():%Y%m%d}"
        with TemporaryDirectory() as made:
            root = Path(made, name)
            program(root)
            wheels(root / "wheels")
            (root / "PYTHON.txt").write_text(kind())
            (root / "SYSTEM.txt").write_text("".join(f"{package}\n" for package in bootstrap.PDF_PACKAGES))
            brought = system_packages(root / bootstrap.DEBS.name)
            (root / SUMS).write_text("".join(f"{digest}  {path}\n" for digest, path in sums(root)))
            archive = folder / f"{name}.tar.gz"
            with tarfile.open(archive, "w:gz", compresslevel=1) as file:
                file.add(root, name)
        self.stdout.write(
            _("%(archive)s, %(size)d MB. On the other machine: unpack it, then python3 install.py TARGET")
            % {"archive": archive, "size": archive.stat().st_size // 1024**2}
        )
        if not brought:
            self.stderr.write(
                _("Without the system packages that PDFs need: the other machine must have them: %(packages)s")
                % {"packages": " ".join(bootstrap.PDF_PACKAGES)}
            )


def program(root: Path) -> None:
    """What this installation is made of: what is under version control, or else what is not data."""
    base = settings.BASE_DIR
    names = [name for name in under_control(base) if (base / name).exists()]
    if not names:
        every = (path.relative_to(base) for path in base.rglob("*") if path.is_file())
        names = [str(path) for path in every if path.parts[0] not in LEFT_OUT and "__pycache__" not in path.parts]
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(base / name, root / name)
    shutil.copyfile(base / "deploy" / "install.py", root / "install.py")


def under_control(base: Path) -> list[str]:
    """The files that git knows here; none where there is no git, as on a machine that came from a bundle."""
    if not shutil.which("git"):
        return []
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=base, capture_output=True)
    return [name for name in listed.stdout.decode().split("\0") if name] if listed.returncode == 0 else []


def wheels(folder: Path) -> None:
    """The locked set as wheels for this kind of machine, by their hashes, and pip itself."""
    folder.mkdir()
    lock = folder.with_name("wheels.txt")
    lock.write_text(every_patch((settings.BASE_DIR / "requirements.txt").read_text()))
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-input", "--disable-pip-version-check"]
    command += ["--only-binary", ":all:", "--require-hashes", "-r", str(lock), "-d", str(folder)]
    got = subprocess.run(command, capture_output=True, text=True)
    lock.unlink()
    if got.returncode:
        raise CommandError(
            _("The packages could not be fetched: %(reason)s") % {"reason": got.stderr.strip().splitlines()[-1]}
        )
    places = [Path(ensurepip.__file__).parent / "_bundled", Path("/usr/share/python-wheels")]
    for wheel in [path for place in places for path in place.glob("pip-*.whl")][:1]:
        shutil.copy(wheel, folder)


def every_patch(lock: str) -> str:
    """A lock without the conditions on the patch version of Python."""
    return PATCH_ONLY.sub(" ", lock)


def kind() -> str:
    """The Python and the machine that the wheels are for, as `install.py` compares them: 3.11 x86_64."""
    return f"{sys.version_info.major}.{sys.version_info.minor} {platform.machine()}\n"


def system_packages(folder: Path) -> bool:
    """The packages for PDFs with all that they need, as if nothing were installed, and the index that apt reads.

    Nothing where this machine has no apt, or apt cannot fetch them.
    """
    if not shutil.which("apt-get"):
        return False
    (folder / "partial").mkdir(parents=True)
    (nothing := folder / "partial" / "status").touch()
    options = {"Dir::State::status": nothing, "Dir::Cache::archives": folder, "Debug::NoLocking": 1}
    settings_ = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    command = ["apt-get", *settings_, "install", "-y", "--no-install-recommends", "--download-only"]
    got = subprocess.run([*command, *bootstrap.PDF_PACKAGES], capture_output=True, stdin=subprocess.DEVNULL)
    shutil.rmtree(folder / "partial")
    if got.returncode:
        shutil.rmtree(folder)
        return False
    (folder / "Packages").write_text("\n".join(_indexed(path) for path in sorted(folder.glob("*.deb"))))
    (folder / bootstrap.RELEASE).write_text(bootstrap.release())
    return True


def _indexed(path: Path) -> str:
    """A package's entry in the index. A name with an escape in it would be read as an address."""
    path = path.rename(path.with_name(path.name.replace("%3a", "-")))
    control = subprocess.run(["dpkg-deb", "-f", path], capture_output=True, text=True, check=True).stdout
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{control.rstrip()}\nFilename: ./{path.name}\nSize: {path.stat().st_size}\nSHA256: {digest}\n"


def sums(root: Path) -> Iterator[tuple[str, Path]]:
    """The SHA-256 of every file, with its path in the archive."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.name != SUMS:
            with path.open("rb") as file:
                yield hashlib.file_digest(file, "sha256").hexdigest(), path.relative_to(root)
