"""Settlement statements: frozen, numbered without gaps, corrected by another one."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage

from billing import services
from billing.choices import StatementStatus
from billing.documents import statement as pdf
from billing.models import Instalment, Statement
from billing.selectors.statement import statement_facts
from contract.choices import AlertStatus
from contract.models import Alert, Assessment, Review
from kit.errors import Conflict
from kit.files.documents import CannotPrint, facts_hash
from kit.files.storage import DocumentAltered, DocumentMissing
from tests.billing.concurrency import at_once
from tests.billing.factories import (
    AT,
    FINANCE,
    make_acceptance,
    make_finance,
    make_instalments,
    make_invoice,
    make_on_post,
    make_payment,
    make_run,
)
from tests.factories import make_contract, make_user, set_policy, set_term

pytestmark = pytest.mark.django_db

DAY = date(2025, 1, 20)
PDF = b"%PDF-1.7 of a test"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """What is tested here is what stands around the document; test_pdf looks at the document."""
    monkeypatch.setattr(pdf, "render", lambda facts, draft=False: PDF)


def issue(row: Instalment, actor: User, **fields: Any) -> Statement:
    return services.issue_statement(
        instalment=row, actor=actor, at=fields.pop("at", AT), as_of=fields.pop("as_of", DAY), **fields
    )


def first_quarter(**fields: Any) -> tuple[Instalment, User]:
    contract = make_contract(**fields)
    return make_instalments(contract)[0], make_finance(contract)


def test_an_issued_statement_freezes_facts_and_document_with_their_hashes() -> None:
    row, finance = first_quarter(number="HT-1")
    statement = issue(row, finance)
    assert statement.number == "JS-HT-1-2024Q4-01" and statement.status == StatementStatus.ISSUED
    assert statement.facts["instalment"]["amount"] == "522933.33"
    assert statement.facts["document"]["number"] == statement.number
    assert statement.facts_sha256 == facts_hash(statement.facts)
    assert statement.pdf_sha256 == sha256(PDF).hexdigest()
    assert services.read_statement(statement) == PDF


def test_what_is_stored_hashes_to_the_same_when_read_again() -> None:
    row, finance = first_quarter()
    statement = Statement.objects.get(pk=issue(row, finance).pk)
    assert facts_hash(statement.facts) == statement.facts_sha256


def test_a_second_click_gets_the_statement_of_the_first() -> None:
    row, finance = first_quarter()
    assert issue(row, finance).pk == issue(row, finance, at=AT + timedelta(seconds=1)).pk
    assert Statement.objects.count() == 1


def test_after_a_change_a_statement_must_be_corrected_with_a_reason() -> None:
    row, finance = first_quarter()
    first = issue(row, finance)
    make_payment(row)
    assert services.has_changed(first, DAY)
    with pytest.raises(ValidationError, match=first.number):
        issue(row, finance)
    with pytest.raises(ValidationError, match="原因"):
        issue(row, finance, corrects=first)
    second = issue(row, finance, corrects=first, reason="补记付款")
    assert second.number.endswith("2024Q4-02") and second.corrects == first
    assert second.facts["document"]["corrects"] == {
        "number": first.number,
        "sha256": first.facts_sha256,
        "reason": "补记付款",
    }
    first = Statement.objects.get(pk=first.pk)
    assert first.status == StatementStatus.REPLACED and services.read_statement(first) == PDF


def test_a_statement_is_corrected_once() -> None:
    row, finance = first_quarter()
    first = issue(row, finance)
    issue(row, finance, corrects=first, reason="更正")
    with pytest.raises(Conflict, match=first.number):
        issue(row, finance, corrects=first, reason="再更正")


def test_a_period_that_is_no_calendar_quarter_is_named_by_its_first_day() -> None:
    row, finance = first_quarter(starts_on=date(2024, 11, 1), ends_on=date(2025, 10, 31))
    assert "-20241101-01" in issue(row, finance, as_of=date(2025, 2, 1)).number


def test_a_statement_is_never_changed_or_deleted() -> None:
    row, finance = first_quarter()
    statement = issue(row, finance)
    statement.reason = "x"
    with pytest.raises(TypeError, match="never changed"):
        statement.save()
    with pytest.raises(TypeError, match="never deleted"):
        statement.delete()


def test_a_file_that_was_altered_or_is_gone_is_not_handed_out() -> None:
    row, finance = first_quarter()
    statement = issue(row, finance)
    with open(statement.file.path, "ab") as file:
        file.write(b" ")
    with pytest.raises(DocumentAltered, match=statement.pdf_sha256):
        services.read_statement(statement)
    default_storage.delete(statement.file.name)
    with pytest.raises(DocumentMissing, match=statement.pdf_sha256):
        services.read_statement(statement)


def test_a_document_that_cannot_be_made_leaves_no_number_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    row, finance = first_quarter()

    def fail(facts: Any, draft: bool = False) -> bytes:
        raise CannotPrint("no font")

    with monkeypatch.context() as patch:
        patch.setattr(pdf, "render", fail)
        with pytest.raises(ValidationError):
            issue(row, finance)
    assert issue(row, finance).number.endswith("-01")


def test_a_preview_keeps_nothing() -> None:
    row, _finance = first_quarter()
    assert services.preview_statement(instalment=row, as_of=DAY) == PDF
    assert not Statement.objects.exists()


def test_only_the_office_issues() -> None:
    row, _finance = first_quarter()
    for user in (make_user(party=row.contract.office), make_user(party=row.contract.vendor, permissions=FINANCE)):
        with pytest.raises(PermissionDenied):
            issue(row, user)


@pytest.mark.django_db(transaction=True)
def test_clicks_at_once_are_all_answered_with_the_same_statement() -> None:
    row, finance = first_quarter()
    results = at_once([lambda: issue(row, finance) for _click in range(4)])
    assert {getattr(result, "number", result) for result in results} == {results[0].number}
    assert Statement.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_corrections_at_once_one_is_told_and_no_number_is_lost() -> None:
    row, finance = first_quarter()
    first = issue(row, finance)
    results = at_once([lambda n=n: issue(row, finance, corrects=first, reason=f"更正{n}") for n in range(3)])
    assert sum(isinstance(result, Statement) for result in results) == 1, results
    assert sum(isinstance(result, Conflict) for result in results) == 2, results
    assert sorted(Statement.objects.values_list("ordinal", flat=True)) == [1, 2]


# --- What it says ----------------------------------------------------------------------------


def test_before_the_invoice_net_and_tax_are_reckoned_and_say_so() -> None:
    row, _finance = first_quarter()
    vat = statement_facts(row, DAY)["vat"]
    assert vat == {"rate": "6", "net": "493333.33", "tax": "29600.00", "from_invoice": False}


def test_invoice_acceptance_payments_and_clocks_are_copied() -> None:
    row, finance = first_quarter()
    finance.last_name, finance.first_name = "张", "敏"
    finance.save()
    make_invoice(row)
    make_acceptance(row, actor=finance)
    make_payment(row, amount=Decimal("400000.00"), reference="PZ-1")
    row.refresh_from_db()
    facts = statement_facts(row, DAY)
    assert facts["invoice"]["kind"] == "增值税普通发票"
    assert facts["acceptance"]["accepted_by"] == "张敏"
    assert facts["payments"] == [{"paid_on": "2025-01-20", "amount": "400000.00", "reference": "PZ-1"}]
    assert facts["instalment"]["outstanding"] == "122933.33"
    assert [clock["started_by"] for clock in facts["due"]["clocks"]] == ["invoice", "acceptance"]
    assert facts["instalment"]["in_capitals"] == "伍拾贰万贰仟玖佰叁拾叁元叁角叁分"


def test_the_on_post_table_has_the_months_of_the_period_as_known_on_the_day() -> None:
    row, _finance = first_quarter()
    contract = row.contract
    old, new, later = make_run(), make_run(date(2025, 1, 21)), make_run(date(2025, 2, 1))
    october = (date(2024, 10, 1), date(2024, 10, 31))
    superseded = make_on_post(contract, *october, required=1395, best=1300, run=old, is_current=False)
    make_on_post(contract, *october, required=1395, best=1395, run=new, supersedes=superseded)
    make_on_post(contract, date(2025, 1, 1), date(2025, 1, 31), required=1395, best=1, run=later)
    early = statement_facts(row, DAY)["on_post"]
    assert [window["best"] for window in early["rows"]] == [1300]
    now = statement_facts(row, date(2025, 2, 1))["on_post"]
    assert [window["best"] for window in now["rows"]] == [1395]
    assert now["rows"][0]["outcome_label"] == "已履行"


def test_many_windows_are_added_up_by_month_with_the_gravest_result() -> None:
    row, _finance = first_quarter()
    run = make_run()
    for day in range(1, 15):
        start = date(2024, 10, day)
        make_on_post(
            row.contract,
            start,
            start,
            required=45,
            best=44 if day == 3 else 45,
            run=run,
            outcome="not_met" if day == 3 else "met",
        )
    rows = statement_facts(row, DAY)["on_post"]["rows"]
    assert [(r["required"], r["best"], r["outcome"]) for r in rows] == [(630, 629, "not_met")]
    assert rows[0]["rate"] == "99.84%"


def test_a_contract_without_a_floor_has_its_table_without_one() -> None:
    row, _finance = first_quarter()
    row.contract.term_rows.filter(key="on_post_floor_percent").delete()
    make_on_post(row.contract, date(2024, 10, 1), date(2024, 10, 31), required=1395, best=1395)
    assert statement_facts(row, DAY)["on_post"]["floor"] is None


def test_open_and_decided_alerts_are_listed_and_cured_ones_counted() -> None:
    row, finance = first_quarter()
    run = make_run()
    second = make_finance(row.contract)
    for month, status in ((10, AlertStatus.OPEN), (11, AlertStatus.WAIVED), (12, AlertStatus.CURED)):
        found = make_on_post(
            row.contract, date(2024, month, 1), date(2024, month, 30), required=1350, best=1, run=run, outcome="not_met"
        )
        alert = Alert.objects.create(
            contract=row.contract,
            check_id=found.check_id,
            clause_ref="13.4",
            owed_by="vendor",
            key=found.key,
            status=status,
            outcome="not_met",
            assessment=found,
            raised_on=DAY,
        )
        if status == AlertStatus.WAIVED:
            Review.objects.create(
                alert=alert,
                assessment=found,
                decision="waive",
                reason="流感集中发病",
                proposed_by=finance,
                proposed_at=AT,
                decided_by=second,
                is_approved=True,
                decided_at=datetime(2025, 1, 19, 17, 0, tzinfo=UTC),
            )
    alerts = statement_facts(row, DAY)["alerts"]
    assert [alert["status"] for alert in alerts["rows"]] == ["open", "waived"]
    assert alerts["rows"][1]["decision"]["reason"] == "流感集中发病"
    assert alerts["rows"][1]["decision"]["decided_on"] == "2025-01-20"  # a Beijing day
    assert alerts["cured"] == 1


def test_an_alert_without_a_period_belongs_to_the_quarter_of_its_last_day() -> None:
    row, _finance = first_quarter()
    for number, due_on in enumerate((date(2024, 12, 31), date(2025, 1, 1))):
        found = Assessment.objects.create(
            contract=row.contract,
            run=make_run(),
            check_id="staffing.backfill",
            clause_ref="13.4",
            owed_by="vendor",
            key=f"staffing.Gap:{number}:",
            as_of=DAY,
            outcome="not_met",
            subject_label="staffing.Gap",
            subject_pk=number,
            subject_name=f"话务员{number}",
            legal_due_on=due_on,
            message_id="",
            fingerprint="",
            created_at=AT,
        )
        Alert.objects.create(
            contract=row.contract,
            check_id=found.check_id,
            clause_ref="13.4",
            owed_by="vendor",
            key=found.key,
            outcome="not_met",
            assessment=found,
            raised_on=DAY,
        )
    rows = statement_facts(row, DAY)["alerts"]["rows"]
    assert [alert["subject"] for alert in rows] == ["话务员0"]


def test_readings_say_whether_both_sides_confirmed_them() -> None:
    row, _finance = first_quarter()
    policy = set_policy(row.contract, "payment_due_days", 20)
    policy.confirmed_on = date(2024, 10, 8)
    policy.save()
    readings = {p["label"]: p for p in statement_facts(row, DAY)["policies"]}
    confirmed = [label for label, reading in readings.items() if reading["confirmed"]]
    assert len(confirmed) == 1 and readings[confirmed[0]]["value"].startswith("20")


def test_the_queries_of_a_statement_do_not_grow_with_its_alerts_and_months(django_assert_max_num_queries: Any) -> None:
    row, _finance = first_quarter()
    run = make_run()
    for day in range(1, 29):
        found = make_on_post(row.contract, date(2024, 10, day), date(2024, 10, day), required=45, best=40, run=run)
        Alert.objects.create(
            contract=row.contract,
            check_id=found.check_id,
            clause_ref="13.4",
            owed_by="vendor",
            key=found.key,
            outcome="not_met",
            assessment=found,
            raised_on=DAY,
        )
    with django_assert_max_num_queries(32):
        statement_facts(row, DAY)


def test_a_period_with_two_fees_says_how_it_is_shared_and_others_do_not() -> None:
    contract = make_contract()
    set_term(contract, "annual_fee", "2200000.00", date(2025, 1, 31))
    rows = make_instalments(contract)
    assert "fees" not in statement_facts(rows[0], date(2025, 9, 30))["instalment"]
    assert statement_facts(rows[1], date(2025, 9, 30))["instalment"]["fees"] == [
        {"start": "2025-01-01", "end": "2025-01-30", "days": 30, "annual": "2091733.33"},
        {"start": "2025-01-31", "end": "2025-03-31", "days": 60, "annual": "2200000.00"},
    ]
