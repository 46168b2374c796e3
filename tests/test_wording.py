"""Chinese sentences that name a legal last day say that it is included (Civil Code art. 1259)."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CATALOGUES = sorted(ROOT.glob("*/locale/zh_Hans/LC_MESSAGES/django.po"))
LAST_DAY = re.compile(r"%\((?:due|day|nominal|last|proof_due|end|agreed|otherwise|until)\)s ?前")


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.parents[3].name)
def test_a_last_day_is_written_with_the_day_included(catalogue: Path) -> None:
    """Civil Code 1259: 以内 and 届满 include the day."""
    text = catalogue.read_text(encoding="utf-8").replace('"\n"', "")
    assert LAST_DAY.findall(text) == []


def test_a_template_names_no_last_day_without_it() -> None:
    for template in ROOT.glob("*/templates/**/*.html"):
        assert not re.search(r"_day \}\}前", template.read_text(encoding="utf-8")), template
