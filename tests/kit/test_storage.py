"""A document is in the store whole, or not at all: on a full disk, under a limit, after a kill."""

import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from kit import faults
from kit.files.storage import DocumentStorage
from kit.files.whole import write_whole

BIG = b"x" * 400_000


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KB."""
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)], capture_output=True)
    if made.returncode:
        pytest.skip("only root may mount a small disk; the limit on files below is tried everywhere")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file of this process may grow beyond 64 KB, as under a quota."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def refused(folder: Path) -> None:
    with pytest.raises(OSError) as caught:
        DocumentStorage(folder).save("a/b.pdf", ContentFile(BIG))
    assert faults.cause(caught.value) is faults.DISK_FULL
    with pytest.raises(OSError):
        write_whole(folder / "out.zip", BIG)
    assert files(folder) == []


def test_a_full_disk_leaves_no_half_file(small_disk: Path) -> None:
    refused(small_disk)
    assert DocumentStorage(small_disk).save("a/b.pdf", ContentFile(b"small")) == "a/b.pdf"


def test_a_quota_leaves_no_half_file(tmp_path: Path, small_files: None) -> None:
    refused(tmp_path)


def test_what_stood_there_stays_where_its_replacement_does_not_fit(tmp_path: Path, small_files: None) -> None:
    (tmp_path / "out.zip").write_bytes(b"old")
    with pytest.raises(OSError):
        write_whole(tmp_path / "out.zip", BIG)
    assert (tmp_path / "out.zip").read_bytes() == b"old" and files(tmp_path) == ["out.zip"]


def test_a_kill_in_the_middle_leaves_nothing_under_the_name(tmp_path: Path) -> None:
    if (child := os.fork()) == 0:

        class Killed(ContentFile):
            def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
                yield b"half"
                os.kill(os.getpid(), signal.SIGKILL)

        DocumentStorage(tmp_path).save("b.pdf", Killed(b"half and half"))
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert not (tmp_path / "b.pdf").exists()


def test_two_files_of_one_name_are_both_kept(tmp_path: Path) -> None:
    storage = DocumentStorage(tmp_path, file_permissions_mode=0o640)
    first, second = (storage.save("a.pdf", ContentFile(content)) for content in (b"1", b"2"))
    assert first == "a.pdf" != second
    assert [storage.open(name).read() for name in (first, second)] == [b"1", b"2"]
    assert (tmp_path / first).stat().st_mode & 0o777 == 0o640
