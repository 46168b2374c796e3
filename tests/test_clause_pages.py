"""docs/clauses/ has a page for each article, which names its checks and files that exist."""

import re
from pathlib import Path

import pytest

from contract import registry
from contract.loading import reference_document
from contract.terms import POLICIES, TERMS

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "clauses"
ARTICLES = range(1, 23)


def page(article: int) -> str:
    return (PAGES / f"{article:02d}.md").read_text()


def checks_of(article: int) -> set[str]:
    return {
        check
        for clause in reference_document()["clauses"]
        if int(clause["ref"].partition(".")[0]) == article
        for check in clause.get("checks", ())
    }


@pytest.mark.parametrize("article", ARTICLES)
def test_a_page_names_every_check_of_its_article_and_no_other(article: int) -> None:
    named = set(re.findall(r"^\| `([a-z]+\.[a-z_]+)`", page(article), re.MULTILINE))
    assert named == checks_of(article)


@pytest.mark.parametrize("article", ARTICLES)
def test_every_file_that_a_page_names_is_there(article: int) -> None:
    for path in re.findall(r"`([a-z_]+/[\w/]+\.py)`", page(article)):
        assert (ROOT / path).is_file(), path


@pytest.mark.parametrize("article", ARTICLES)
def test_a_registered_check_comes_with_its_rule_and_its_test(article: int) -> None:
    rows = {
        cells[0].strip("` "): cells
        for line in page(article).splitlines()
        if line.startswith("| `") and (cells := line.strip("| ").split(" | "))
    }
    for check_id in checks_of(article) & set(registry.checks()):
        _check, _owed_by, rule, test = rows[check_id]
        assert "/rules" in rule, check_id
        assert "tests/" in test, check_id


@pytest.mark.parametrize("article", ARTICLES)
def test_every_key_that_a_page_names_is_a_term_or_a_policy(article: int) -> None:
    keys = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", page(article))) | (
        {"headcount", "originals"} & set(re.findall(r"`([a-z]+)`", page(article)))
    )
    assert keys <= {*TERMS, *POLICIES}


def test_the_index_lists_all_pages() -> None:
    listed = re.findall(r"\((\d\d)\.md\)", (PAGES / "README.md").read_text())
    assert listed == [f"{article:02d}" for article in ARTICLES]
