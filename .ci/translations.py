"""Whether the Chinese of the users is complete: every text in the code has its translation.

The texts are collected anew in a copy of the files under version control, so that a text added to
the code and forgotten in the catalogue is found too, and one that the code has no more. Django
merges the catalogues and the first one wins, so the same text must have the same Chinese in all of
them; where it means two things it has a context. Needs gettext (apt).
"""

import gettext
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCALE = "zh_Hans"
SHOWN = 20


def run(*command: str, cwd: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def messages(mo: Path) -> dict[object, str]:
    with mo.open("rb") as file:
        catalogue: dict[object, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    catalogue.pop("", None)  # the header names the day and the tool
    return catalogue


def disagreements(catalogues: dict[str, dict[object, str]]) -> list[str]:
    """Texts with different Chinese in two catalogues: whose is shown would be chance."""
    chinese: dict[object, dict[str, str]] = {}
    for name, catalogue in catalogues.items():
        for text, words in catalogue.items():
            chinese.setdefault(text, {})[name] = words
    return [
        f"“{text}” has several translations (choose one, or give it a context): {said}"
        for text, said in chinese.items()
        if len(set(said.values())) > 1
    ]


def problems(copy: Path) -> list[str]:
    """What is wrong with the catalogues, given a copy of the project to collect texts in."""
    found = []
    catalogues = sorted(copy.glob(f"**/locale/{LOCALE}/LC_MESSAGES/django.po"))
    if not catalogues:
        return [f"there is no catalogue for {LOCALE}"]
    kept: dict[str, dict[object, str]] = {}
    for po in catalogues:
        name = po.relative_to(copy)
        compiled = copy / "compiled.mo"
        run("msgfmt", "--check-format", "--output-file", str(compiled), str(po))
        mo = po.with_suffix(".mo")
        kept[str(name)] = messages(compiled)
        if not mo.exists() or messages(mo) != kept[str(name)]:
            found.append(f"{name.with_suffix('.mo')} is not up to date: manage.py compilemessages")
    found += disagreements(kept)
    run(
        sys.executable,
        "-m",
        "django",
        "makemessages",
        "--locale",
        LOCALE,
        "--no-obsolete",
        "--ignore",
        "tests/*",
        "--ignore",
        "bench/*",
        "--ignore",
        ".*",
        cwd=copy,
    )
    for po in catalogues:
        for flag, what in (("--untranslated", "untranslated"), ("--only-fuzzy", "fuzzy")):
            listed = run("msgattrib", flag, "--no-obsolete", "--no-wrap", str(po))
            texts = re.findall(r'^msgid "(.+)"$', listed, re.MULTILINE)
            if texts:
                some = "".join(f"\n  {text}" for text in texts[:SHOWN])
                found.append(f"{po.relative_to(copy)}: {len(texts)} {what}, such as{some}")
        run("msgfmt", "--output-file", str(compiled), str(po))
        if unused := kept[str(po.relative_to(copy))].keys() - messages(compiled).keys():
            some = "".join(f"\n  {text}" for text in sorted(map(str, unused))[:SHOWN])
            found.append(f"{po.relative_to(copy)}: {len(unused)} no longer in the code:{some}")
    return found


def main() -> None:
    if not shutil.which("msgfmt"):
        sys.exit("gettext is not installed: apt-get install gettext")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in run("git", "ls-files", "-z").split("\0"):
            if name and (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, copy / name)
        if found := problems(copy):
            sys.exit("\n".join(found))
    print("every text is translated, and the compiled catalogues are up to date")


if __name__ == "__main__":
    main()
