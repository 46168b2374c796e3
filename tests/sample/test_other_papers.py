"""No letter, document, file or answer about a contract of another shape cites an article that it does not have."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from billing.documents.bulletin import bulletin_docx, bulletin_pdf
from billing.documents.papers import acceptance_sheet_pdf
from billing.documents.statement import render
from billing.selectors.bulletin import bulletin
from billing.selectors.sheets import sheet_facts
from billing.selectors.statement import statement_facts
from contract.choices import PartySide, RunTrigger
from contract.duties.models import ForceMajeureEvent
from contract.history.casefile.bundle import build
from contract.letters.choices import NoticeKind
from contract.letters.rules import compose
from contract.letters.services.subjects import kinds_for, matters
from contract.models import Alert, Clause, Contract
from contract.services import evaluate
from law.references import printed as article_of
from sample.year.events import instant
from staffing.rules.presence import Span
from tests.access.test_articles import _draft as draft
from tests.access.test_articles import printed
from tests.api import client_of
from tests.billing.cases import People, decided_sheet
from tests.contract.admin_helpers import signed_in
from tests.factories import make_user
from tests.sample.test_contracts import NAMES, day, told

__all__ = ["printed"]  # a fixture
pytestmark = pytest.mark.django_db
# A law is cited after its title; what follows 合同 or stands alone is the contract's own.
CITED = re.compile(r"合同(第[^第条，。；、\s]{1,12}条)|(?<![》）、])(第\s*[\d.]+\s*条)|([Aa]rt(?:icle|\.) \d[\d.]*)")


def _words(content: bytes) -> str:
    if content[:2] != b"PK":
        return content.decode(errors="ignore")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(_words(archive.read(name)) for name in archive.namelist())


def _told(contract: Contract, today: date) -> Iterator[tuple[str, str]]:
    """All that is said of the contract, by where; what is printed goes to the fixture."""
    alerts = list(Alert.objects.filter(contract=contract))
    event = ForceMajeureEvent.objects.create(
        contract=contract,
        title="暴雨",
        reported_by=PartySide.VENDOR,
        occurred_on=today,
        arrived_on=today,
        description="道路中断",
    )
    subjects = [("contract.ForceMajeureEvent", event.pk), *(("contract.Alert", alert.pk) for alert in alerts)]
    subjects.append(("contract.Contract", contract.pk))
    for subject in subjects:
        for kind in {*kinds_for([subject]), *([NoticeKind.TERMINATION] if subject[0] == "contract.Alert" else [])}:
            yield f"letter {kind} {subject}", compose(draft(contract, kind, matters(contract, [subject], today))).text
    over = [row for row in contract.instalments.order_by("sequence") if row.period_end <= today and not row.is_open]
    for row in over[:1]:
        acceptance_sheet_pdf(sheet_facts(decided_sheet(People(contract, contract.number), row, today), today))
    render(statement_facts(contract.instalments.order_by("sequence")[0], today))
    for kind in ("month", "quarter", "year"):
        report = bulletin(contract, kind, Span(contract.starts_on, today), today)
        bulletin_pdf(report)
        yield f"bulletin {kind}", _words(bulletin_docx(report))
    if alerts:
        yield "case file", _words(build(alerts).content)
    for command in ("clauses", "clause_conflicts"):
        out = StringIO()
        call_command(command, "--contract", contract.number, stdout=out)
        yield command, out.getvalue()
    api = client_of(make_user(party=contract.office, is_superuser=True))
    for path in ("contracts", "clauses", "alerts", "assessments", "instalments", "acceptance-sheets", "payment-rules"):
        yield f"api {path}", api.get(f"/api/v1/{path}").content.decode()
    for user in (make_user(party=contract.vendor, is_superuser=True),):
        yield "portal", signed_in(user).get(reverse("portal")).content.decode()


def test_the_pattern_finds_what_it_looks_for() -> None:
    assert all(CITED.search(text) for text in ("合同第13.4条", "合同第十三条约定", "依第 9 条", "Article 13.2"))
    assert not any(CITED.search(text) for text in ("《民法典》第五百零九条", "合同附件2-3", "合同约定的条件"))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_is_written_about_it_cites_an_article_that_it_does_not_have(
    name: str, printed: list[str], settings: Any, tmp_path: Any
) -> None:
    contract, facts = told(name)
    today = day(facts["as_of"])
    settings.MEDIA_ROOT, settings.DEMONSTRATION_DAY = tmp_path, today.isoformat()
    evaluate(as_of=today, at=instant(today), today=today, trigger=RunTrigger.COMMAND, contract_ids=[contract.pk])
    texts = list(_told(contract, today))
    texts += [(f"printed {number}", text) for number, text in enumerate(printed)]
    assert len(printed) >= 4 and len(texts) > 20
    own = {article_of(ref) for ref in Clause.objects.filter(contract=contract).values_list("ref", flat=True)}
    assert any(one in text for one in own for label, text in texts if label.startswith("letter"))
    wrong = [
        f"{label}: {text[max(0, found.start() - 30) : found.end() + 10]}"
        for label, text in texts
        for found in CITED.finditer(text)
        if not any(one.startswith(next(filter(None, found.groups()))) for one in own)
    ]
    assert not wrong, "\n".join(wrong[:20])
    letters = "\n".join(text for label, text in texts if label.startswith("letter"))
    if "补足人员" in letters:
        assert ("合同约定的补员期限" in letters) == ("staffing.backfill" in draft(contract, "backfill", []).clauses)
    assert "合同约定的告知期限" not in letters and "约定的条件" not in letters and "话务人员的函" not in letters


def test_what_is_not_known_yet_is_no_sum_and_a_contract_about_something_else_has_no_calls() -> None:
    contract, facts = told("calls")
    report = bulletin(contract, "month", Span(date(2025, 9, 1), date(2025, 9, 30)), day(facts["as_of"]))
    [money] = [chapter for chapter in report.chapters if chapter.title == "款项情况"]
    assert [row[1] for table in money.tables for row in table.rows] == ["尚未确定"]
    assert "热线服务情况" not in [chapter.title for chapter in report.chapters]
