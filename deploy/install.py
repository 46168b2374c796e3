"""Installs or updates the program from an unpacked bundle, without internet and with python3 alone.

    python3 install.py TARGET          install, or update what is there (a copy of it is kept first)
    python3 install.py TARGET --back   the way back: the newest kept copy takes its place again

The data (TARGET/var) stay where they are and are copied before each update. With a database of its own server
(DATABASE_URL) take a backup with `manage.py backup` first.
"""

import fcntl
import hashlib
import platform
import shutil
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = "var"


def check(root: Path) -> None:
    """Every file is there and is what it was when the bundle was made."""
    for line in (root / "SHA256SUMS").read_text().splitlines():
        digest, _blank, name = line.partition("  ")
        path = root / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            sys.exit(f"✗ 文件缺失或者已被改动：{name}。 This file is missing or was changed: {name}.")


def check_python(root: Path) -> None:
    """The wheels are for one Python: say so before anything is touched."""
    own = f"{sys.version_info.major}.{sys.version_info.minor} {platform.machine()}"
    wanted = (root / "PYTHON.txt").read_text().strip()
    if own != wanted:
        sys.exit(
            f"✗ 安装包适用于 Python {wanted}，本机为 {own}：请在同类机器上执行 manage.py bundle。"
            f" The bundle is for Python {wanted}, this is {own}: make one on a machine of this kind."
        )


def refuse_running(target: Path) -> None:
    lock = target / DATA / "run.lock"
    if not lock.exists():
        return
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("✗ 程序正在运行，请先停止。 The program is running; stop it first.")


def copies(target: Path) -> list[Path]:
    return sorted(target.parent.glob(f"{target.name}.before-*"))


def keep(target: Path, mark: str) -> Path:
    """Set what is there aside: the program moved, its data copied."""
    kept = target.with_name(f"{target.name}.{mark}-{time.strftime('%Y%m%d-%H%M%S')}")
    kept.mkdir()
    for path in list(target.iterdir()):
        if path.name == DATA:
            shutil.copytree(path, kept / DATA, symlinks=True)
        else:
            shutil.move(path, kept / path.name)
    return kept


def install(target: Path) -> None:
    check(HERE)
    check_python(HERE)
    if (target / "manage.py").exists():
        refuse_running(target)
        print(f"已保留更新前的程序和数据：{keep(target, 'before')}")
    elif target.exists() and any(target.iterdir()):
        sys.exit(f"✗ {target} 不是空文件夹。 {target} is not empty.")
    shutil.copytree(HERE, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    print(f"完成。 Done. 启动 / start: cd {target} && python3 manage.py run --live")


def back(target: Path) -> None:
    if not copies(target):
        sys.exit("✗ 没有可以恢复的副本。 There is no copy to go back to.")
    refuse_running(target)
    newest = copies(target)[-1]
    failed = keep(target, "failed")
    shutil.rmtree(target)
    shutil.move(newest, target)
    print(f"已恢复：{target}。更新后的程序和数据保留在 {failed}。 The way back is done.")


if __name__ == "__main__":
    arguments = [text for text in sys.argv[1:] if text != "--back"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    (back if "--back" in sys.argv else install)(Path(arguments[0]).resolve())
