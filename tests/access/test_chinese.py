"""Every page in Chinese: no sentence in English, no key of the program, no article but the contract's own."""

import re
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format

from contract import wording
from contract.admin.cases.alerts import period_line
from contract.admin.cases.figures import LABELS, in_words
from tests import factories
from tests.access.test_articles import found_in, printed, thirty_more
from tests.access.test_pages import first_rows, further_rows, pages_of_models, pages_of_their_own, person
from tests.contract.cases import hr
from tests.factories import make_user
from tests.test_permissions import world

__all__ = ["printed", "world"]  # fixtures
pytestmark = pytest.mark.django_db
# What is not said to the reader: scripts, drawings, code, and icons, which are words of a font.
UNSAID = re.compile(r"(?s)<(script|style|svg|code|pre|template)\b.*?</\1>|<span[^>]*material-symbols[^>]*>[^<]*</span>")
# `"` may stand in an attribute of Alpine.js together with `>`.
TAG = re.compile(r"""<[a-zA-Z/!](?:[^<>"']|"[^"]*"|'[^']*')*+>""")
SPOKEN = re.compile(r'\s(?:title|aria-label|placeholder|alt)="([^"]*)"')
HEADING = re.compile(r"^[A-Z][a-z]{2,}(?: [a-z]+)*:?$")
SENTENCE = re.compile(r"[A-Za-z][a-z']+(?:[ ,]+[A-Za-z][a-z']+){2,}")
KEY = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|\b(?:contract|staffing|billing|confidentiality)\.[A-Za-z_]+")
# Chinese of Django's own admin that no official document would write.
CLUMSY = re.compile(r"选择 ?[^<|]{1,30}来修改|总共 \d|(?:增加|修改|查看) [\u4e00-\u9fff]|<title>[^<|]* 管理 \|")
# Texts that the office itself keeps in English beside the Chinese ones.
ENGLISH_OF_THE_OFFICE = re.compile(r'(?s)<[^>]*name="[a-z]+_en"[^>]*>[^<]*')
# The form in which readings by check are written (and the codes to write are shown as code).
WRITTEN_SO = {"staffing.replacement"}
# Names of programs; and what a clause of the tests says in English, shown to who reads it.
NAMES = {"Excel", "Word", "Summary"}


def said(page: str) -> list[str]:
    """What a reader sees or is read to, line by line."""
    page = UNSAID.sub(" ", ENGLISH_OF_THE_OFFICE.sub(" ", page))
    spoken = [unescape(text) for tag in TAG.findall(page) for text in SPOKEN.findall(tag)]
    return [line.strip() for line in unescape(TAG.sub("\n", page)).split("\n") if line.strip()] + spoken


def remnants(page: str) -> set[str]:
    """What of a page is no Chinese."""
    found = {m.group() for line in said(page) for pattern in (SENTENCE, KEY, HEADING) for m in pattern.finditer(line)}
    return found - WRITTEN_SO - NAMES


def test_what_is_no_chinese_is_found() -> None:
    page = '<p title="Take it back now">在岗 <b>acceptance_days = 15</b></p>'
    page += '<span class="material-symbols-outlined">a_b</span>'
    assert remnants(page) == {"Take it back now", "acceptance_days"}
    assert remnants('<label class="x">Withdraw:</label><label>PDF</label>') == {"Withdraw:"}
    assert remnants("<td>contract.Alert</td><script>let a_b = 1</script><p>合同 SMX-12345 的 PDF 文件</p>") == {
        "contract.Alert"
    }


@pytest.fixture
def renumbered(monkeypatch: pytest.MonkeyPatch, printed: list[str]) -> list[str]:
    """Of a contract whose articles have other numbers than the reference's, what was printed of it."""
    monkeypatch.setattr(factories, "CLAUSES", {check: thirty_more(ref) for check, ref in factories.CLAUSES.items()})
    return printed


def test_no_page_says_anything_in_english_nor_a_key_of_the_program_nor_an_article_of_the_reference(
    renumbered: list[str], world: dict[str, Any]
) -> None:
    contract = world["contract"]
    further_rows(contract, person("R", contract))
    rows = first_rows()
    places = {
        place.url: place.name
        for place in (*pages_of_models(rows), *pages_of_their_own(world, rows))
        if place.method == "GET" or place.name.endswith(" add")
    }
    for name in ("admin:index", "tables", "find", "account", "admin:password_change"):
        places[reverse(name)] = name
    client = Client()
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    vendor = Client()
    vendor.force_login(hr(contract))
    # Who only reads sees other labels than who writes.
    auditor = Client()
    auditor.force_login(person("A", contract))
    read = [(auditor, *place) for place in places.items() if place[1].endswith(" change")]
    wrong, looked_at = [], 0
    for reader, url, name in [
        *((client, *place) for place in places.items()),
        *read,
        (vendor, reverse("portal"), "portal"),
    ]:
        page = reader.get(url)
        if page.status_code != 200 or page.streaming:
            continue
        text = page.content.decode(errors="ignore")
        wrong += [f"{name}: {old}" for old in found_in(text)]
        wrong += [f"{name}: {said}" for said in CLUMSY.findall(text)]
        if not page.headers.get("Content-Type", "").startswith("text/html"):
            continue
        looked_at += 1
        wrong += [f"{name}: {word}" for word in sorted(remnants(text))]
    wrong += [old for text in renumbered for old in found_in(text)]
    assert "\n".join(wrong) == "" and looked_at > 200


def test_pages_write_days_and_months_one_way_and_papers_write_them_out() -> None:
    last = date(2025, 9, 30)
    names = ("DATE_FORMAT", "DATETIME_FORMAT", "YEAR_MONTH_FORMAT", "MONTH_DAY_FORMAT")
    at = datetime(2025, 9, 30, 8, 5)
    assert [date_format(at, name) for name in names] == ["2025-09-30", "2025-09-30 08:05", "2025-09", "09-30"]
    assert period_line(date(2025, 9, 1), last) == "2025-09" and period_line(last, last) == "2025-09-30"
    assert (wording.day(last), wording.span("2025-09-01", "2025-09-30")) == ("2025年9月30日", "2025年9月1日至9月30日")
    pages = [p for p in Path().rglob("templates/**/*.html") if p.parts[0] == "templates" or "admin" in p.parts]
    assert [str(p) for p in pages if re.search(r"""date:["'][^"']*[年月日]""", p.read_text())] == [] and len(pages) > 60


def test_figures_are_told_in_words_each_part_of_its_own() -> None:
    figures = {
        "days_late": 3,
        "late": True,
        "forecast_on": None,
        "clocks": [{"started_by": "invoice", "legal_due_on": "2025-05-08"}],
        "steps": {"cooperate:1": {"due_on": "2025-08-28"}},
        "held": {"质检岗": 3},
    }
    assert dict(in_words(figures)) == {
        "逾期天数": "3",
        "是否逾期": "是",
        "预计用完日期": "–",
        "各起算点 1 · 起算依据": "发票",
        "各起算点 1 · 法定最后日": "2025-05-08",
        "各步骤 · 配合调查 1 · 到期日": "2025-08-28",
        "各岗人数 · 质检岗": "3",
    }
    assert "_" not in " ".join(str(label) for label in LABELS.values())
