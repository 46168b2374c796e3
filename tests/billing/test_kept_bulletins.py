"""Reports to the leader that are kept: on their day, frozen, and what is known better beside them."""

from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from pypdf import PdfReader

from billing import services
from billing.models import KeptBulletin
from billing.selectors.bulletin import bulletin, due_bulletins, spans_of
from billing.services import bulletins
from billing.tasks import keep_bulletins
from contract.choices import RunTrigger
from contract.history.models import ChangeEntry
from contract.models import Contract, Policy
from contract.roles import FINANCE
from contract.services import evaluate
from kit import clock
from kit.errors import Conflict
from kit.files.documents import facts_hash
from kit.files.storage import DocumentAltered
from staffing.models import Attendance
from staffing.rules.presence import Span
from tests.contract.admin_helpers import has, office_user, signed_in
from tests.counting import counted
from tests.factories import make_contract, make_roles
from tests.staffing.helpers import a_november, report
from tests.test_permissions import member

pytestmark = pytest.mark.django_db
NOV, NOV_END = date(2024, 11, 1), date(2024, 11, 30)
NOVEMBER = Span(NOV, NOV_END)
REPORTED = 1  # days that the default reading gives for a day's attendance


@pytest.fixture
def on() -> Any:
    """Sets the day; each is evaluated, as every night does."""
    travellers = []

    def go(day: date, *, evaluated: bool = True) -> date:
        traveller = time_machine.travel(f"{day}T02:00:00Z", tick=False)
        traveller.start()
        travellers.append(traveller)
        if evaluated:
            evaluate(as_of=day, today=day, at=clock.now(), trigger=RunTrigger.SCHEDULE)
        return day

    yield go
    for traveller in reversed(travellers):
        traveller.stop()


@pytest.fixture
def contract(settings: Any, tmp_path: Path) -> Contract:
    settings.MEDIA_ROOT = tmp_path
    return a_november()


def keep(contract: Contract, day: date, **more: Any) -> KeptBulletin:
    return services.keep_bulletin(contract=contract, kind="month", span=NOVEMBER, at=clock.now(), as_of=day, **more)


def spans(day: date) -> set[tuple[str, date]]:
    return {(kind, span.first) for _contract, kind, span in due_bulletins(day)}


def test_a_month_is_due_once_the_time_to_report_its_last_day_has_passed(contract: Contract, on: Any) -> None:
    for days in (0, 1, 2):
        Policy.objects.update_or_create(
            contract=contract,
            key="attendance_report_days",
            defaults={"value": str(days), "effective_from": contract.starts_on},
        )
        last_in_time = on(NOV_END + timedelta(days=days))
        assert ("month", NOV) not in spans(last_in_time)
        assert ("month", NOV) in spans(on(last_in_time + timedelta(days=1)))


def test_months_quarters_and_years_each_come_with_their_end(contract: Contract, on: Any) -> None:
    first = contract.starts_on
    assert spans(on(date(2025, 1, 5))) == {
        ("month", first),
        ("month", NOV),
        ("month", date(2024, 12, 1)),
        ("quarter", first),
    }
    after = on(contract.ends_on + timedelta(days=5))
    assert ("year", first) in spans(after)
    assert len(spans(after)) == 12 + 4 + 1


def test_a_contract_of_two_years_has_two_yearly_reports(db: Any) -> None:
    two = make_contract(starts_on=date(2024, 10, 1), ends_on=date(2026, 9, 30))
    assert [span.first for span in spans_of(two, "year")] == [date(2024, 10, 1), date(2025, 10, 1)]


def test_what_was_before_the_program_came_into_use_and_what_was_not_evaluated_is_not_reported(
    contract: Contract, on: Any
) -> None:
    contract.in_use_from = date(2024, 11, 20)
    contract.save()
    assert spans(on(date(2024, 12, 5), evaluated=False)) == set()
    assert spans(on(date(2024, 12, 5))) == {("month", NOV)}


def test_the_job_keeps_them_once_with_both_files_and_the_log_says_so(contract: Contract, on: Any) -> None:
    on(date(2024, 12, 5))
    made = keep_bulletins()
    assert made == [f"TB-{contract.number}-M202410-01", f"TB-{contract.number}-M202411-01"]
    assert keep_bulletins() == [] and KeptBulletin.objects.count() == 2
    kept = KeptBulletin.objects.get(first=NOV)
    assert (kept.made_by, kept.as_of, kept.corrects) == (None, date(2024, 12, 5), None)
    assert "78.88%" in str(kept.facts) and "期内应到90人日，在位71人日，不在位19人日" in str(kept.facts)
    for form in ("pdf", "word"):
        assert sha256(services.read_bulletin(kept, form)).hexdigest() == getattr(kept, f"{form}_sha256")
    assert ChangeEntry.objects.filter(label="billing.KeptBulletin", row_pk=kept.pk).exists()


def test_the_number_of_queries_to_find_what_is_due_does_not_grow(contract: Contract, on: Any) -> None:
    day = on(date(2024, 12, 5))
    with counted() as one:
        list(due_bulletins(day))
    for number in ("B-1", "B-2"):
        make_contract(number=number)
    on(day)
    with counted() as three:
        assert len({found.pk for found, _kind, _span in due_bulletins(day)}) == 3
    assert three.queries == one.queries <= 9


def test_a_correction_is_a_version_beside_the_old_one(contract: Contract, on: Any) -> None:
    day = on(date(2024, 12, 5))
    staff = office_user(contract)
    old = keep(contract, day)
    before = services.read_bulletin(old, "pdf"), services.read_bulletin(old, "word")
    with pytest.raises(ValidationError, match="没有变化"):
        keep(contract, day, actor=staff, corrects=old, reason="再核")
    row = Attendance.objects.filter(contract=contract, day=NOV_END)[0]
    assignment = contract.assignments.get(operator=row.operator)
    report(contract, assignment, NOV_END, "A")
    assert keep(contract, day) == old  # the schedule never makes another
    with pytest.raises(ValidationError, match="原因"):
        keep(contract, day, actor=staff, corrects=old, reason=" ")
    new = keep(contract, day, actor=staff, corrects=old, reason="考勤更正")
    old.refresh_from_db()
    assert (new.ordinal, new.corrects, new.made_by, old.corrected_by) == (2, old, staff, new)
    assert "不在位20人日" in str(new.facts)
    assert before == (services.read_bulletin(old, "pdf"), services.read_bulletin(old, "word"))
    assert facts_hash(old.facts) == old.facts_sha256
    with pytest.raises(Conflict):
        keep(contract, day, actor=staff, corrects=old, reason="再次")
    with pytest.raises(TypeError):
        old.save()


def test_before_the_span_has_ended_nothing_is_kept(contract: Contract, on: Any) -> None:
    staff = office_user(contract)
    with pytest.raises(ValidationError):
        keep(contract, on(NOV_END), actor=staff)
    assert keep(contract, on(NOV_END + timedelta(days=1)), actor=staff).made_by == staff


def test_who_may_not_keep_is_refused(contract: Contract, on: Any) -> None:
    make_roles()
    finance = member(FINANCE, contract.office)
    with pytest.raises(PermissionDenied):
        keep(contract, on(date(2024, 12, 5)), actor=finance)


def test_the_page_lists_keeps_and_hands_out_what_is_kept(contract: Contract, on: Any) -> None:
    on(date(2024, 12, 5))
    staff = signed_in(office_user(contract))
    where = {"contract": contract.pk, "kind": "month", "first": "2024-11-01"}
    page, send = reverse("admin:billing_bulletin"), reverse("admin:billing_bulletin_keep")
    has(staff.get(page, where), "尚无存档", "立即存档")
    has(staff.post(send, where, follow=True), "已存档", "另存新版本", "M202411-01")
    kept = KeptBulletin.objects.get()
    answer = staff.post(send, where | {"corrects": kept.pk, "reason": "再核"}, follow=True)
    has(answer, "没有变化")
    pdf = staff.get(reverse("admin:billing_keptbulletin_file", args=[kept.pk, "pdf"]))
    word = staff.get(reverse("admin:billing_keptbulletin_file", args=[kept.pk, "word"]))
    assert sha256(pdf.content).hexdigest() == kept.pdf_sha256 and word.content.startswith(b"PK")
    has(
        staff.get(reverse("admin:billing_keptbulletin_changelist")), kept.number, "定时任务" if not kept.made_by else ""
    )
    stranger = signed_in(office_user(make_contract(number="X-9")))
    assert stranger.get(reverse("admin:billing_keptbulletin_file", args=[kept.pk, "pdf"])).status_code == 404
    assert stranger.post(send, where).status_code == 404


def test_an_altered_file_is_not_handed_out(contract: Contract, on: Any) -> None:
    kept = keep(contract, on(date(2024, 12, 5)))
    Path(kept.pdf.path).write_bytes(b"%PDF-1.7 other")
    with pytest.raises(DocumentAltered):
        services.read_bulletin(kept, "pdf")


@pytest.mark.printed
def test_the_overview_of_a_year_is_one_page_with_everything_on_it(contract: Contract, on: Any) -> None:
    day = on(contract.ends_on + timedelta(days=3))
    year = Span(contract.starts_on, contract.ends_on)
    report_ = bulletin(contract, "year", year, day)
    assert [one.title for one in report_.chapters][2:] == [
        "热线服务情况",
        "双方履约得分",
        "条款履行情况",
        "款项情况",
        "需关注事项",
        "下一年度续签",
    ]
    kept = services.keep_bulletin(contract=contract, kind="year", span=year, at=clock.now(), as_of=day)
    with kept.pdf.open() as file:
        pages = PdfReader(file).pages
        told = pages[0].extract_text()
    assert len(pages) == 1
    for part in ("2024年10月", "2025年9月", "合同下限", "数据依据", "双方履约得分", kept.facts_sha256[:20]):
        assert part in told.replace("\n", "")


def test_the_files_are_made_before_the_contract_is_locked(
    contract: Contract, on: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a new contract a year of reports is made in a row: whoever writes meanwhile does not wait for them."""
    day, held, real = on(date(2024, 12, 5)), [], bulletins.bulletin_pdf

    def printed(*given: Any) -> bytes:
        held.append(len(connection.savepoint_ids))
        return real(*given)

    monkeypatch.setattr(bulletins, "bulletin_pdf", printed)
    outside = len(connection.savepoint_ids)
    keep(contract, day)
    assert held == [outside]


def test_of_two_that_make_one_report_at_once_the_second_gets_the_first_ones(
    contract: Contract, on: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, first, real = on(date(2024, 12, 5)), [], bulletins.bulletin_pdf

    def printed(*given: Any) -> bytes:
        monkeypatch.setattr(bulletins, "bulletin_pdf", real)
        first.append(keep(contract, day))
        return real(*given)

    monkeypatch.setattr(bulletins, "bulletin_pdf", printed)
    assert keep(contract, day) == first[0] and KeptBulletin.objects.count() == 1
