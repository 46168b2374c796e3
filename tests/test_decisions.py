"""docs/decisions/README.md lists every page once, by its number and title."""

import re
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "decisions"
PAGES = sorted(page for page in FOLDER.glob("*.md") if page.name != "README.md")


def test_the_numbers_run_from_one_without_a_gap_or_a_double() -> None:
    assert [int(page.name[:4]) for page in PAGES] == list(range(1, len(PAGES) + 1))


def test_the_index_lists_every_page_under_its_title() -> None:
    listed = re.findall(r"^\| \[(\d{4})\]\((\S+)\) \| (.+) \|$", (FOLDER / "README.md").read_text(), re.MULTILINE)
    titles = [page.read_text().splitlines()[0].removeprefix("# ") for page in PAGES]
    assert listed == [
        (page.name[:4], page.name, re.sub(r"^\d+\.? ", "", title)) for page, title in zip(PAGES, titles, strict=True)
    ]
