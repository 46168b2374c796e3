"""docs/sample-year.md says what the evaluation must find: no more and no fewer."""

import ast
import re
from collections import Counter
from datetime import date, timedelta
from functools import lru_cache, partial
from pathlib import Path

import cn2an
import pytest
from django.utils import translation

from billing.models import Instalment, Statement
from confidentiality.models import Disclosure, Incident
from contract import records, registry
from contract.batch import run_checks
from contract.choices import ALERTING, AlertStatus, Outcome
from contract.delivery.models import OutboxMessage
from contract.findings import Finding
from contract.letters.models import Notice
from contract.models import Alert, Assessment, Contract
from contract.services import evaluation, look
from contract.services.dates import dates_changed
from sample.loading import LOGINS, load
from sample.year.events import instant
from sample.year.team import END, START
from staffing.models import Assignment, Attendance, Gap, Operator
from staffing.services import roll_up
from staffing.services.roll_up import differing_days
from tests.counting import counted
from tests.sample.document import Row, lines, row, table, tables
from tests.sample.year.conftest import Year
from tests.test_check_coverage import ELSEWHERE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("year")]


SUMS_OF_THE_MONTH = {"staffing.attendance_reported", "staffing.coverage"}
SPOKEN_OF = {line[0] for line in table("counts")}


@lru_cache
def rows(as_of: date) -> list[tuple[Outcome, Row]]:
    """Every finding of the checks that the page speaks of, as of a day: outcome and row."""
    return [(f.outcome, row(f)) for f in look(as_of=as_of).findings if f.check_id in SPOKEN_OF]


@lru_cache
def of_check(as_of: str, check_id: str) -> list[Finding]:
    """What one check finds as of a day, the others left out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "run_checks", partial(run_checks, only=[check_id]))
        return look(as_of=date.fromisoformat(as_of)).findings


@pytest.fixture(scope="module", autouse=True)
def _forget() -> None:
    rows.cache_clear()
    of_check.cache_clear()


def test_each_night_leaves_alone_only_what_a_full_look_would_find_again(whole_year: Year) -> None:
    assert len(whole_year.differences) > 10
    assert {night: found for night, found in whole_year.differences.items() if found} == {}


def test_it_finds_what_the_page_lists_no_more_and_no_fewer() -> None:
    found = [line for outcome, line in rows(END) if outcome != Outcome.MET]
    assert lines(found) == lines(table(f"open {END}"))


def test_it_finds_as_much_for_each_check_as_the_page_counts() -> None:
    counts = Counter((line[0], outcome) for outcome, line in rows(END))
    order = (Outcome.MET, Outcome.PENDING, Outcome.AT_RISK, Outcome.NOT_MET, Outcome.UNDETERMINED, Outcome.EXCUSED)
    found = [
        (check, *(str(counts[check, outcome]) for outcome in order))
        for check in {line[0] for _outcome, line in rows(END)}
    ]
    assert lines(found) == lines(table("counts"))


def test_the_page_says_of_every_check_whether_it_speaks_of_it(contract: Contract) -> None:
    unspoken = {line[0] for line in table("unspoken")}
    assert not SPOKEN_OF & unspoken
    owed = set(contract.obligations.values_list("check_id", flat=True))
    assert owed == SPOKEN_OF | unspoken


def test_no_check_breaks_down_over_the_year() -> None:
    assert not look(as_of=END).errors


@pytest.mark.parametrize("event", table("events"), ids=lambda event: f"{event[0]} {event[2]}")
def test_each_planted_event_has_its_outcome(event: Row) -> None:
    _day, _what, *expected = event
    assert tuple(expected) in [line[:6] for _outcome, line in rows(END)]


@pytest.mark.parametrize("edge", table("edges"), ids=lambda edge: f"{edge[0]} {edge[1]}")
def test_it_turns_on_the_day_after_the_last_one(edge: Row) -> None:
    as_of, *expected = edge
    assert tuple(expected) in [row(finding)[:5] for finding in of_check(as_of, expected[0])]


@pytest.mark.parametrize("words", table("words"), ids=lambda words: f"{words[0]} {words[1]}")
def test_a_finding_says_what_the_page_asks_it_to_say(words: Row) -> None:
    as_of, check, subject, period, text = words
    with translation.override("zh-hans"):
        said = [finding.sentence for finding in of_check(as_of, check) if row(finding)[1:3] == (subject, period)]
    assert [one for one in said if text in one], said


@pytest.mark.parametrize("name", tables("alerting"))
def test_it_alerts_on_earlier_days_to_what_was_true_then(name: str) -> None:
    as_of = date.fromisoformat(name.removeprefix("alerting "))
    found = [line for outcome, line in rows(as_of) if outcome in ALERTING]
    assert lines(found) == lines(table(name))


def test_it_counts_the_person_days_of_each_month_as_the_page_does() -> None:
    found = []
    for finding in look(as_of=END).findings:
        if finding.check_id == "staffing.on_post_rate":
            assert finding.period is not None
            figures = finding.figures
            found.append(
                (
                    f"{finding.period[0]:%Y-%m}",
                    str(figures["required"]),
                    str(figures["budget"]),
                    str(figures["spent"]),
                    str(figures["unproven"]),
                    finding.measured,
                    row(finding)[4],
                )
            )
    assert lines(found) == lines([line[:7] for line in table("months")])


@pytest.mark.parametrize("scenario", table("scenarios"), ids=lambda scenario: scenario[0])
def test_a_case_outside_the_year_has_its_test_that_names_its_article(scenario: Row) -> None:
    path, _sep, name = scenario[3].strip("`").partition("::")
    text = (Path(__file__).parents[3] / path).read_text(encoding="utf-8")
    [test] = [one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.FunctionDef) and one.name == name]
    first = min(part.lineno for part in (test, *test.decorator_list)) - 1
    said = "\n".join(text.splitlines()[first : test.end_lineno])
    for number in re.findall(r"第([一二三四五六七八九十百千零]+|\d+)[号条]", scenario[1]):
        figure = number if number.isdigit() else str(cn2an.cn2an(number, "normal"))
        assert re.search(rf"(?<!\d){figure}(?!\d)|{number}", said), figure


def test_the_year_is_as_large_as_a_year_of_45_people(contract: Contract) -> None:
    assert Operator.objects.filter(vendor=contract.vendor).count() == 57
    assert Assignment.objects.filter(contract=contract).count() == 59
    assert Attendance.objects.filter(contract=contract).count() > 45 * 360
    assert [str(row.amount) for row in Instalment.objects.filter(contract=contract)] == [
        "522933.33",
        "522933.33",
        "522933.33",
        "522933.34",
    ]


@pytest.mark.parametrize(
    ("first", "sums"),
    [
        # A shortage, a rate and the reports of a running month are sums over days: another day
        # is another fact. Whatever else only counts days is no new finding.
        (
            date(2025, 9, 27),
            {"staffing.headcount", "staffing.on_post_rate", "staffing.coverage", "contract.service_level"},
        ),
        (date(2025, 10, 22), set()),
        (date(2026, 2, 1), set()),
    ],
)
def test_a_night_on_which_only_the_day_changed_finds_nothing_new(first: date, sums: set[str]) -> None:
    one, other = (
        {(f.check_id, f.key): f for f in look(as_of=day).findings} for day in (first, first + timedelta(days=1))
    )
    # A warning that begins, or a time that runs out, is another outcome.
    same = [key for key in one.keys() & other.keys() if one[key].outcome == other[key].outcome]
    new = {key for key in same if one[key].fingerprint != other[key].fingerprint}
    new |= one.keys() ^ other.keys()
    assert {check_id for check_id, _key in new} <= sums | SUMS_OF_THE_MONTH


def test_what_is_kept_beside_the_facts_agrees_with_them(contract: Contract) -> None:
    assert differing_days(contract=contract) == []
    assert roll_up.sync_gaps(contract=contract) == 0


def test_an_alert_carries_the_history_of_its_nights() -> None:
    gap = Gap.objects.get(operator__employee_number="HT028", is_void=False)
    alert = Alert.objects.get(check_id="staffing.backfill", key=f"staffing.Gap:{gap.pk}:")
    assert [(event.as_of, event.outcome) for event in alert.events.all()] == [
        (date(2025, 1, 23), Outcome.AT_RISK),
        (date(2025, 2, 5), Outcome.MET),
    ]
    assert alert.status == AlertStatus.CURED
    history = Assessment.objects.filter(check_id=alert.check_id, key=alert.key).order_by("pk")
    assert [assessment.outcome for assessment in history] == [
        Outcome.PENDING,
        Outcome.AT_RISK,
        Outcome.AT_RISK,
        Outcome.MET,
    ]


def test_both_sides_have_said_and_decided_what_the_page_says() -> None:
    cases = Alert.objects.exclude(reviews=None, notifications=None).select_related("assessment")
    found = [case_row(alert) for alert in cases.distinct()]
    assert lines(found) == lines(table("decisions"))


def case_row(alert: Alert) -> Row:
    """Check, subject, period, told, time to answer, answered, proposed, decided, status."""
    assessment, review = alert.assessment, alert.reviews.first()
    told, given = alert.notifications.first(), alert.responses.first()
    on_contract = assessment.subject_label == "contract.Contract"
    silent = alert.events.filter(to_status=AlertStatus.SILENT).first()
    heard = given.arrived_on if given else f"未答 {silent.as_of}" if silent else ""
    return (
        alert.check_id,
        "合同" if on_contract else assessment.subject_name,
        f"{assessment.period_start}~{assessment.period_end}" if on_contract else "",
        str(told.arrived_on) if told else "",
        str(alert.answer_due_on or ""),
        str(heard),
        f"{review.proposed_at:%Y-%m-%d}" if review else "",
        f"{review.decided_at:%Y-%m-%d}" if review and review.decided_at else "",
        alert.get_status_display(),
    )


def test_the_office_has_written_the_letters_that_the_page_lists(contract: Contract, year: object) -> None:
    found = []
    for notice in Notice.objects.filter(contract=contract).prefetch_related("subjects"):
        arrival = getattr(notice, "arrival", None)
        found.append(
            (
                notice.number,
                notice.get_kind_display(),
                notice.subjects.get().name,
                f"{notice.issued_on}",
                f"{arrival.arrived_on}" if arrival else "",
                f"{arrival.legal_due_on}" if arrival else "",
            )
        )
    assert lines(found) == lines([] if year.remarks else table("letters"))  # type: ignore[attr-defined]


def test_the_sample_year_tells_nobody_anything(contract: Contract) -> None:
    assert not OutboxMessage.objects.exists()


def test_three_statements_are_issued_where_documents_can_be_made(contract: Contract, year: object) -> None:
    statements = Statement.objects.filter(contract=contract)
    if year.remarks:  # type: ignore[attr-defined]
        assert not statements
    else:
        assert sorted(statement.as_of for statement in statements) == [
            date(2025, 1, 13),
            date(2025, 4, 14),
            date(2025, 7, 21),
        ]


def test_a_second_load_writes_nothing_and_asks_little(contract: Contract) -> None:
    before = Operator.history.count(), Assessment.objects.count(), Attendance.objects.count()
    with counted() as cost:
        again = load()
    assert cost.queries < 200 and cost.rows < 2_000
    assert not again.fresh and again.nights == 0
    after = Operator.history.count(), Assessment.objects.count(), Attendance.objects.count()
    assert after == before


def test_loading_and_evaluating_ask_for_no_more_than_they_did(whole_year: Year) -> None:
    """The bounds are a third above what it was when they were written."""
    assert whole_year.cost.queries < 24_000 and whole_year.cost.rows < 800_000
    with counted() as cost:
        look(as_of=END)
    assert cost.queries < 180 and cost.rows < 3_500


def test_the_page_names_the_logins() -> None:
    assert [(login.username, login.password) for login in LOGINS] == [line[:2] for line in table("logins")]


def test_the_year_cites_no_real_number() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in Path("sample").rglob("*.py"))
    assert not re.search(r"\b1[3-9]\d{9}\b", text)


# --- A contract that is not yet in force, has ended, or was terminated ------------------------

# What a last month or quarter still asks for when it is over, and what has no end (14.4).
SETTLED_LATER = {
    "billing.invoice_first",
    "billing.acceptance_due",
    "billing.payment_due",
    "staffing.wages_paid",
    "staffing.overtime_pay",
    "contract.service_figures",
    "contract.service_level",
}
FOR_EVER = {
    "confidentiality.data_return",  # owed from the end on
    "confidentiality.disclosure_consent",
    "confidentiality.incident_response",
    "confidentiality.offboarding",
    "confidentiality.undertaking",
    "contract.consent_answered",
    "contract.publication",  # of what was signed, whenever that was
}
# A notice that came between the safe and the arguable day is at risk for good; no day is agreed
# for an invoice. A target that was never confirmed stays a warning.
AT_RISK_FOR_GOOD = {"contract.amendment_notice", "contract.headcount_notice", "contract.service_level"}
LONG_AFTER = END + timedelta(days=400)


def found_on(as_of: date) -> dict[tuple[str, str], Finding]:
    evaluation = look(as_of=as_of)
    assert not evaluation.errors
    return {(finding.check_id, finding.key): finding for finding in evaluation.findings}


def test_every_check_speaks_of_this_year_so_that_the_tests_below_are_about_all() -> None:
    unspoken = {line[0] for line in table("unspoken")}
    assert {check_id for check_id, _key in found_on(END)} | unspoken == set(registry.checks()) - ELSEWHERE


@pytest.mark.parametrize("check_id", sorted(registry.checks()))
def test_nothing_is_found_before_the_first_day(check_id: str) -> None:
    before = [check for check, _key in found_on_the_eve()]
    assert check_id not in before


@lru_cache
def found_on_the_eve() -> tuple[tuple[str, str], ...]:
    return tuple(found_on(START - timedelta(days=1)))


def after_the_end(last_day: date) -> None:
    """What a contract that is over may still give, and nothing else."""
    then, later = found_on(last_day), found_on(LONG_AFTER)
    fresh = {check_id for check_id, _key in later.keys() - then.keys()}
    assert fresh <= SETTLED_LATER | FOR_EVER
    for (check_id, _key), finding in later.items():
        if finding.period is not None and check_id not in FOR_EVER:
            assert finding.period[0] <= last_day, finding
        assert finding.outcome != Outcome.PENDING, finding
        if finding.outcome == Outcome.AT_RISK:
            assert check_id in AT_RISK_FOR_GOOD | {"billing.invoice_first"}, finding


def test_a_contract_that_has_ended_gives_only_what_it_should() -> None:
    after_the_end(END)


def test_a_contract_that_was_terminated_gives_only_what_it_should(contract: Contract) -> None:
    """On a day in the middle, with everything on record that happened later."""
    contract.terminated_on = date(2025, 5, 31)
    contract.save()
    dates_changed(contract=contract)
    after_the_end(contract.terminated_on)


def test_confidentiality_goes_on_after_the_end(contract: Contract) -> None:
    now = instant(END + timedelta(days=300))
    today = now.date()
    disclosure = records.enter(
        Disclosure(contract=contract, recipient="示例公司", content="x", disclosed_on=today), today=today
    )
    incident = records.enter(
        Incident(contract=contract, title="x", description="x", found_by="vendor", found_at=now), now=now, today=today
    )
    later = found_on(LONG_AFTER)
    for check_id, kept in (
        ("confidentiality.disclosure_consent", disclosure),
        ("confidentiality.incident_response", incident),
    ):
        finding = later[check_id, f"{kept._meta.label}:{kept.pk}:"]
        assert finding.outcome == Outcome.NOT_MET
