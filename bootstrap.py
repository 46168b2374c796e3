"""Makes the environment the program runs in, on first use, with the standard library alone.

`manage.py` calls `ensure()` before it imports Django. Where the interpreter already holds the
locked packages (a container, an editor's environment) nothing happens. Otherwise `.venv` is made
or brought up to date from the lock file, and the same command starts again inside it.
"""

import ctypes.util
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# The installed locks, as sha256sum prints them. Written last: an interrupted install has none.
STAMP = VENV / "installed.sha256"
LOG = ROOT / "var" / "install.log"
# The packages themselves, where the program came as a bundle (`manage.py bundle`): then nothing is fetched.
WHEELS = ROOT / "wheels"
DEBS = ROOT / "debs"
RELEASE = "RELEASE.txt"

# What WeasyPrint loads at run time. Without a Chinese font it would print empty boxes.
PDF_LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
PDF_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-noto-cjk")

# Why pip gave up, by what it printed; the first match is the cause.
REASONS = (
    ("No space left on device", "磁盘空间不足", "the disk is full"),
    ("DO NOT MATCH THE HASHES", "下载的文件与锁定的校验值不符", "a file does not match its locked hash"),
    (
        "ConnectionError|ConnectTimeout|Read timed out|ProxyError|SSLError|Could not fetch URL"
        "|name resolution|Network is unreachable|Connection refused",
        "无法连接软件包源，请检查网络或代理",
        "the package index cannot be reached; check the network or the proxy",
    ),
    (
        "No matching distribution",
        "软件包源没有适合本机 Python 的版本",
        "the package index has no build for this Python",
    ),
)


class Failure(Exception):
    """Something a person has to know, in one line of Chinese and English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}。 {english}.")


def ensure(lock_name: str) -> None:
    """Returns where the locked packages are at hand; else starts the command again in `.venv`."""
    lock = ROOT / lock_name
    if is_stamped(lock) and has_module("django") if runs_in_venv() else holds_packages(lock):
        return
    try:
        if not is_ready(lock):
            install(lock)
        os.execv(PYTHON, [str(PYTHON), *sys.orig_argv[1:]])
    except Failure as failure:
        fail(failure)
    except OSError as error:
        fail(Failure(f"无法准备运行环境：{error}", f"Could not prepare the environment: {error}"))
    except KeyboardInterrupt:
        fail(Failure("已中断，下次启动将继续", "Interrupted; the next start goes on from here"))


def fail(failure: Failure) -> NoReturn:
    sys.exit(f"✗ {failure}")


# --- What is there -----------------------------------------------------------------------------


def runs_in_venv() -> bool:
    return VENV.exists() and os.path.samefile(sys.prefix, VENV)


def locked_versions(lock: Path) -> Iterator[tuple[str, str]]:
    """(name, version) of each package that every platform needs: the pins without a marker."""
    for line in lock.read_text().splitlines():
        if pin := re.fullmatch(r"([\w.-]+)(?:\[.*\])?==(\S+)(?: \\)?", line):
            yield pin[1], pin[2]


def holds_packages(lock: Path) -> bool:
    """Whether the running interpreter has every locked package in its locked version."""
    try:
        return all(importlib.metadata.version(n) == v for n, v in locked_versions(lock))
    except importlib.metadata.PackageNotFoundError:
        return False


def fingerprint(lock: Path) -> str:
    return f"{hashlib.sha256(lock.read_bytes()).hexdigest()}  {lock.name}"


def is_stamped(lock: Path) -> bool:
    return STAMP.exists() and fingerprint(lock) in STAMP.read_text().splitlines()


def is_ready(lock: Path) -> bool:
    """Whether `.venv` is complete, and still works after an upgrade of the system's Python."""
    return is_stamped(lock) and succeeds(PYTHON, "-c", "import django")


def has_module(name: str) -> bool:
    importlib.invalidate_caches()
    return importlib.util.find_spec(name) is not None


def succeeds(*command: str | Path) -> bool:
    """Whether a quick question to another program is answered by yes."""
    try:
        return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


# --- Making it ---------------------------------------------------------------------------------


def install(lock: Path) -> None:
    """Makes or mends `.venv`, one process at a time."""
    if not os.access(ROOT, os.W_OK):
        raise Failure(f"没有写入 {ROOT} 的权限", f"No permission to write to {ROOT}")
    LOG.parent.mkdir(exist_ok=True)
    with lock.open() as mutex:
        fcntl.flock(mutex, fcntl.LOCK_EX)
        if is_ready(lock):  # another process was faster
            return
        say("准备运行环境，首次约需一两分钟", "Preparing the environment, a minute or two the first time")
        STAMP.unlink(missing_ok=True)
        if not succeeds(*pip(), "--version"):
            make_venv()
        install_packages(lock)
        install_pdf_libraries()
        # The development lock holds the other one too (a test compares them).
        locks = {lock, ROOT / "requirements.txt"}
        STAMP.write_text("".join(f"{fingerprint(each)}\n" for each in locks))


def make_venv() -> None:
    # Only ever the interpreter that was given; from inside a broken .venv, the one that made it.
    creator: str = sys._base_executable if runs_in_venv() else sys.executable  # type: ignore[attr-defined]
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    without_pip = has_module("venv") and bundled_pip() is not None
    if not without_pip and not (has_module("venv") and has_module("ensurepip")):
        apt_install("创建虚拟环境所需组件", "what makes virtual environments", package)
        if not (has_module("venv") and has_module("ensurepip")):
            raise Failure(
                f"此 Python 缺少 venv 模块，请先执行：{apt_command(package)}",
                f"This Python has no venv module; first run: {apt_command(package)}",
            )
    options = ["--clear", *(["--without-pip"] if without_pip else [])]
    code, output = step("创建 .venv", "making .venv", creator, "-m", "venv", *options, str(VENV))
    if code:
        raise Failure(
            f"无法创建虚拟环境：{last_line(output)}", f"Could not make the virtual environment: {last_line(output)}"
        )


def bundled_pip() -> Path | None:
    return next(iter(WHEELS.glob("pip-*.whl")), None)


def pip() -> tuple[str, ...]:
    """How pip is called: the bundle's own straight from its wheel, else that of `.venv`."""
    wheel = bundled_pip()
    return (str(PYTHON), str(wheel / "pip")) if wheel else (str(PYTHON), "-m", "pip")


def install_packages(lock: Path) -> None:
    quietly = (*pip(), "install", "--no-input", "--disable-pip-version-check")
    source = ("--no-index", "--find-links", str(WHEELS)) if WHEELS.exists() else ()
    wanted = ("--require-hashes", "-r", str(lock))
    code, output = step("安装依赖", "installing packages", *quietly, *source, *wanted)
    if code:
        chinese, english = why_pip_failed(output)
        raise Failure(
            f"依赖安装失败：{chinese}（详见 {LOG}）", f"Could not install the packages: {english} (details: {LOG})"
        )


def why_pip_failed(output: str) -> tuple[str, str]:
    for pattern, chinese, english in REASONS:
        if re.search(pattern, output):
            return chinese, english
    return (last_line(output),) * 2


def can_make_pdfs() -> bool:
    fonts = ["fc-list", ":lang=zh-cn"]
    if not shutil.which(fonts[0]) or not subprocess.run(fonts, capture_output=True).stdout:
        return False
    return all(ctypes.util.find_library(name) for name in PDF_LIBRARIES)


def install_pdf_libraries() -> None:
    """PDFs need libraries that pip does not bring. Without them all the rest works: never fatal."""
    if can_make_pdfs():
        return
    apt_install("生成 PDF 所需组件", "what PDFs need", *PDF_PACKAGES)
    if not can_make_pdfs():
        own = shlex.join(["sudo", "python3", str(Path(__file__).resolve())])
        command = own if brings_packages() else apt_command(*PDF_PACKAGES)
        say(
            f"! 暂不能生成 PDF，其余功能不受影响；请执行：{command}",
            f"PDFs cannot be made yet, all else works; run: {command}",
        )


def release() -> str:
    """Which Debian or Ubuntu this is, as its packages are for: debian 12."""
    try:
        told = platform.freedesktop_os_release()
    except OSError:
        return ""
    return f"{told['ID']} {told.get('VERSION_ID', '')}".strip()


def brings_packages() -> bool:
    """Whether the bundle has the system packages, and for this system."""
    return (DEBS / RELEASE).exists() and (DEBS / RELEASE).read_text() == release()


def from_bundle(folder: str) -> tuple[str, ...]:
    """How apt takes packages from the bundle alone, and leaves the system's own lists as they are."""
    source, lists = Path(folder, "bundle.list"), Path(folder, "lists")
    lists.mkdir()
    source.write_text(f"deb [trusted=yes] file:{urllib.parse.quote(str(DEBS))} ./\n")
    options = {
        "Dir::Etc::sourcelist": source,
        "Dir::Etc::sourceparts": lists,
        "Dir::State::lists": lists,
        "APT::Sandbox::User": "root",
    }
    return tuple(word for name, value in options.items() for word in ("-o", f"{name}={value}"))


def apt_command(*packages: str) -> str:
    return shlex.join(["sudo", "apt-get", "install", *packages])


def apt_install(chinese: str, english: str, *packages: str) -> None:
    """Installs Debian packages where that needs no question; the caller looks whether it worked."""
    if not shutil.which("apt-get"):
        return
    rights: tuple[str, ...] = ()
    if os.geteuid() != 0:
        if not succeeds("sudo", "-n", "true"):
            return
        rights = ("sudo", "-n")
    apt = (*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=60")
    with tempfile.TemporaryDirectory() as folder:
        if brings_packages():
            apt = (*apt, *from_bundle(folder))
        wanted = (*apt, "install", "-y", "--no-install-recommends", *packages)
        code, _ = step(f"安装{chinese}", f"installing {english}", *wanted)
        if code:  # a new machine has no package lists yet
            step("更新软件包列表", "updating the package lists", *apt, "update")
            step(f"安装{chinese}", f"installing {english}", *wanted)


# --- Telling -----------------------------------------------------------------------------------


def say(chinese: str, english: str) -> None:
    print(f"{chinese}。 {english}.", file=sys.stderr, flush=True)


def step(chinese: str, english: str, *command: str) -> tuple[int, str]:
    """Runs a command, with a sign of life every two seconds; its exit code and what it printed."""
    started = time.monotonic()
    print(f"  {chinese} / {english} ", end="", file=sys.stderr, flush=True)
    with LOG.open("a+", errors="replace") as log:
        log.write(f"\n$ {shlex.join(command)}\n")
        log.flush()
        begin = log.tell()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        while True:
            try:
                code = process.wait(timeout=2)
                break
            except subprocess.TimeoutExpired:
                print(".", end="", file=sys.stderr, flush=True)
            except KeyboardInterrupt:  # the child has had it too
                process.wait()
                print(file=sys.stderr)
                raise
        print(f" {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
        log.seek(begin)
        return code, log.read()


def last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return (errors or lines or ["?"])[-1]


if __name__ == "__main__":  # by root, on a machine where the program itself runs as somebody without rights
    LOG.parent.mkdir(exist_ok=True)
    install_pdf_libraries()
