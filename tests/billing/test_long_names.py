"""Every kind of PDF with names that are one long word: they break inside their column, nothing runs over an edge."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from billing.documents import statement
from billing.documents.bulletin import bulletin_pdf
from billing.documents.quarter_file import assemble
from billing.selectors.bulletin import bulletin
from billing.services.statements import read_statement
from contract.choices import Outcome, RunTrigger
from contract.history.casefile.bundle import build
from contract.letters.choices import NoticeKind
from contract.letters.services.notices import Writing, issue_notice
from contract.models import Alert, Contract, Party
from contract.roles import STAFF
from contract.services import evaluate
from kit.files import documents
from staffing.models import Operator
from staffing.rules.presence import Span
from tests.billing.files import AS_OF, Quarter
from tests.billing.test_pdf import FACTS
from tests.contract.admin_helpers import make_alert, office_user
from tests.contract.cases import at, person, told
from tests.factories import make_contract, make_team
from tests.staffing.helpers import a_november

pytestmark = [pytest.mark.django_db, pytest.mark.printed]
LONG = "Maximiliane-Alexandrina-Wolfeschlegelsteinhausenbergerdorff"
FIRM = "Donaudampfschiffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"
WIDE_DIGITS = "9" * 60


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> list[tuple[str, Any]]:
    """Every page that is laid out from now on, with its document's title."""
    settings.MEDIA_ROOT = tmp_path
    weasyprint, fetcher = documents._weasyprint()
    found: list[tuple[str, Any]] = []

    class Watched(weasyprint.HTML):  # type: ignore[misc,name-defined]
        def write_pdf(self, *args: Any, **fields: Any) -> bytes:
            laid_out = self.render()
            found.extend((laid_out.metadata.title or "", page._page_box) for page in laid_out.pages)
            return bytes(laid_out.write_pdf(*args, **fields))

    class WeasyPrint:
        HTML = Watched

    monkeypatch.setattr(documents, "_weasyprint", lambda: (WeasyPrint, fetcher))
    return found


def lengthen(contract: Contract) -> Contract:
    """All names around a contract are one word each."""
    Party.objects.update(name=FIRM, address=FIRM, bank_name=FIRM, bank_account="9" * 40, telephone="")
    Operator.objects.update(name=LONG)
    User.objects.update(first_name=LONG[:20], last_name=LONG)
    Contract.objects.update(title=FIRM, vendor_agent=LONG)
    return Contract.objects.select_related("office", "vendor").get(pk=contract.pk)


def words(box: Any, edges: tuple[float, float]) -> Iterator[tuple[str, float, float, tuple[float, float]]]:
    """Each piece of text with its sides, and the sides of its cell, or of the page's margins."""
    kind = type(box).__name__
    if kind == "TableCellBox":
        edges = (box.position_x, box.position_x + box.border_width())
    if kind == "TextBox" and box.text.strip():
        yield box.text, box.position_x, box.position_x + box.width, edges
    for child in getattr(box, "children", []):
        if not isinstance(child, tuple):
            yield from words(child, edges)


def over_an_edge(pages: list[tuple[str, Any]]) -> list[str]:
    faults = []
    for title, page in pages:
        edges = (page.content_box_x(), page.content_box_x() + page.width)
        for text, left, right, (first, last) in words(page, edges):
            if left < first - 1 or right > last + 1:
                faults.append(f"{title}: {text[:60]!r} from {left:.0f} to {right:.0f}, not {first:.0f} to {last:.0f}")
    return faults


def test_the_watch_sees_a_word_that_runs_over_its_column(pages: list[tuple[str, Any]]) -> None:
    weasyprint = documents._weasyprint()[0]
    for style in ("", "overflow-wrap: anywhere"):
        pages.clear()
        cells = f"<td>{LONG * 3}</td><td>x</td>"
        weasyprint.HTML(
            string=f"<table style='table-layout: fixed; width: 9cm; {style}'><tr>{cells}</table>"
        ).write_pdf()
        assert bool(over_an_edge(pages)) == (not style)


def stretched(facts: Any) -> Any:
    """The same facts with a long word behind every Chinese one: opinions, causes, people of a group."""
    if isinstance(facts, dict):
        return {key: stretched(value) for key, value in facts.items()}
    if isinstance(facts, list):
        return [stretched(value) for value in facts]
    chinese = isinstance(facts, str) and re.search(r"[\u4e00-\u9fff]", facts)
    return f"{facts}{LONG}" if chinese else facts


def test_the_quarters_papers(pages: list[tuple[str, Any]], settings: Any) -> None:
    """Statement, application, acceptance, scores, deductions, invoice check, differences, cover, manifest."""
    settings.DEMONSTRATION_DAY = AS_OF.isoformat()
    quarter = Quarter(disputed=True)
    make_alert(quarter.contract, outcome=Outcome.NOT_MET)
    lengthen(quarter.contract)
    quarter.contract.refresh_from_db()
    file = quarter.ask()
    annexes = {f"{LONG}.pdf": b"%PDF-1.7 x"}
    assemble(stretched(file.facts), statement=read_statement(file.statement), attachments=annexes)
    statement.render(stretched(FACTS))
    assert len({title for title, _page in pages}) >= 8
    assert over_an_edge(pages) == []


def test_the_report_for_the_leader(pages: list[tuple[str, Any]]) -> None:
    contract = lengthen(a_november())
    make_alert(contract, outcome=Outcome.NOT_MET)
    bulletin_pdf(bulletin(contract, "month", Span(date(2024, 11, 1), date(2024, 11, 30)), date(2024, 12, 3)))
    assert pages and over_an_edge(pages) == []


@pytest.mark.parametrize("kind", [NoticeKind.EXPLANATION, NoticeKind.BACKFILL])
def test_a_letter(pages: list[tuple[str, Any]], kind: str) -> None:
    contract = make_contract(signed_on=date(2024, 9, 29))
    clerk = office_user(contract)
    alert = make_alert(contract, measured="", required="")
    contract = lengthen(contract)
    writing = Writing(NoticeKind(kind), (("contract.Alert", alert.pk),), extra=f"{LONG}{WIDE_DIGITS}")
    issue_notice(
        contract=contract,
        writing=writing,
        actor=clerk,
        at=datetime(2025, 3, 10, 1, tzinfo=UTC),
        on=date(2025, 3, 10),
        token=None,
    )
    assert pages and over_an_edge(pages) == []


def test_the_cover_of_a_case(pages: list[tuple[str, Any]]) -> None:
    monday = date(2025, 3, 3)
    contract = make_contract(terms={"headcount": 4}, check_ids=["staffing.headcount"])
    make_team(contract, 3)
    evaluate(as_of=monday, today=monday, at=at(monday), trigger=RunTrigger.COMMAND)
    alert = Alert.objects.get()
    told(alert, person(contract, STAFF), document=f"{LONG}〔2025〕1号")
    lengthen(contract)
    build([Alert.objects.select_related("assessment", "contract").get()])
    assert pages and over_an_edge(pages) == []
