"""A case on its way: told, answered or silent, more time, decided, closed, cured."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile

from contract.batch import RunResult
from contract.choices import AlertStatus, Decision, Outcome, RunTrigger
from contract.findings import Finding, Message, Subject
from contract.models import Alert, Assessment, Contract, EvaluationRun, TimeExtension
from contract.selectors import batch
from contract.selectors.cases import balls, breaches
from contract.services import (
    ask_extension,
    close,
    decide_extension,
    decide_review,
    evaluate,
    notify,
    notify_together,
    propose_review,
    record_silence,
)
from contract.services.recording import record
from kit.errors import Conflict
from tests.contract.admin_helpers import make_alert, make_assessment
from tests.contract.cases import DAY, answered, at, handler, heard, reviewer, told
from tests.factories import make_contract
from tests.papers import PDF

pytestmark = pytest.mark.django_db

DUE = date(2025, 3, 10)  # five days from Monday the 3rd end on a Saturday
NEXT = date(2025, 3, 11)


def propose(alert: Alert, actor: User, decision: str = "confirm", day: date = DAY) -> Any:
    alert.refresh_from_db()
    return propose_review(
        alert=alert,
        decision=decision,
        reason="逾期属实",
        actor=actor,
        at=at(day),
        on=day,
        version=alert.version,
        document="豁免〔2025〕1号",
    )


def decide(review: Any, actor: User, day: date = DAY, **fields: Any) -> Any:
    values = {"approve": True} | fields
    return decide_review(review=review, actor=actor, at=at(day), on=day, **values)


def ask(alert: Alert, actor: User, until: date, day: date = DAY) -> TimeExtension:
    return ask_extension(alert=alert, until_on=until, reason="等待医院盖章", actor=actor, at=at(day), on=day)


def status(alert: Alert) -> str:
    alert.refresh_from_db()
    return alert.status


# --- Told -----------------------------------------------------------------------------------


def test_the_time_to_answer_runs_from_the_arrival(alert: Alert, office: User) -> None:
    notification = told(alert, office, document="催告〔2025〕1号")
    assert status(alert) == AlertStatus.NOTIFIED
    assert (notification.answer_nominal_due_on, notification.answer_due_on) == (date(2025, 3, 8), DUE)
    assert alert.answer_due_on == DUE


def test_a_notice_may_give_more_time_and_never_less(alert: Alert, office: User) -> None:
    with pytest.raises(ValidationError, match="2025-03-10"):
        told(alert, office, answer_by=date(2025, 3, 9))
    assert told(alert, office, answer_by=date(2025, 3, 20)).answer_due_on == date(2025, 3, 20)


@pytest.mark.parametrize("arrived_on", [date(2025, 3, 2), date(2025, 3, 5)])
def test_it_arrives_after_the_alert_and_not_tomorrow(alert: Alert, office: User, arrived_on: date) -> None:
    with pytest.raises(ValidationError):
        notify(alert=alert, arrived_on=arrived_on, means="letter", actor=office, at=at(DAY), on=date(2025, 3, 4))
    assert status(alert) == AlertStatus.OPEN


def test_the_second_to_tell_learns_who_did(alert: Alert, office: User) -> None:
    told(alert, office)
    with pytest.raises(Conflict, match="office"):
        told(alert, office)


def test_nobody_else_is_asked_about_the_offices_own_duty(contract: Contract, office: User) -> None:
    own = make_alert(contract, owed_by="office")
    with pytest.raises(ValidationError):
        told(own, office)
    decide(propose(own, office), reviewer(contract))
    assert status(own) == AlertStatus.CONFIRMED


def test_several_alerts_are_told_at_once_or_not_at_all(contract: Contract, alert: Alert, office: User) -> None:
    other = make_alert(contract, key="other")
    proof = {"recipient": "王某", "document": "函〔2025〕1号"}
    step = {"arrived_on": DAY, "means": "letter", "actor": office, "at": at(DAY), "on": DAY, **proof}
    assert len(notify_together(alerts=[alert, other], **step)) == 2
    third = make_alert(contract, key="third")
    with pytest.raises(ValidationError):
        notify_together(alerts=[third, other], **step)
    assert status(third) == AlertStatus.OPEN
    foreign = make_alert(make_contract(check_ids=()))
    with pytest.raises(ValidationError):
        notify_together(alerts=[third, foreign], **step)


def test_telling_takes_a_permission(alert: Alert, vendor: User) -> None:
    with pytest.raises(PermissionDenied):
        told(alert, vendor)


# --- Answered, or silent -----------------------------------------------------------------


@pytest.mark.parametrize(("day", "late"), [(DUE, False), (NEXT, True)])
def test_the_last_day_is_in_time(alert: Alert, office: User, vendor: User, day: date, late: bool) -> None:
    told(alert, office)
    assert answered(alert, vendor, day).is_late is late
    assert status(alert) == AlertStatus.ANSWERED and alert.heard_on == day


def test_silence_is_recorded_once_the_time_has_passed(alert: Alert, office: User) -> None:
    told(alert, office)
    assert record_silence(as_of=DUE, at=at(DUE)) == []
    assert record_silence(as_of=NEXT, at=at(NEXT)) == [alert]
    assert record_silence(as_of=NEXT, at=at(NEXT)) == []
    assert status(alert) == AlertStatus.SILENT and alert.heard_on == NEXT
    event = alert.events.get(to_status=AlertStatus.SILENT)
    assert event.actor is None and event.as_of == NEXT


def test_the_nightly_evaluation_records_it(contract: Contract, alert: Alert, office: User) -> None:
    told(alert, office)
    Assessment.objects.filter(pk=alert.assessment_id).update(is_withdrawn=True)
    evaluate(as_of=NEXT, today=NEXT, at=at(NEXT), trigger=RunTrigger.SCHEDULE)
    assert status(alert) == AlertStatus.SILENT


def test_silence_is_no_consent(alert: Alert, office: User) -> None:
    told(alert, office)
    record_silence(as_of=NEXT, at=at(NEXT))
    assert not breaches([alert.contract_id]).exists()
    assert propose(alert, office).is_open


def test_a_late_answer_is_taken_and_marked(alert: Alert, office: User, vendor: User) -> None:
    told(alert, office)
    record_silence(as_of=NEXT, at=at(NEXT))
    assert answered(alert, vendor, NEXT).is_late
    assert status(alert) == AlertStatus.ANSWERED


def test_a_paper_that_came_in_time_takes_the_silence_back(alert: Alert, office: User) -> None:
    told(alert, office)
    record_silence(as_of=NEXT, at=at(NEXT))
    given = answered(alert, office, NEXT, arrived_on=DUE, means="paper", document="来函〔2025〕7号")
    assert not given.is_late and status(alert) == AlertStatus.ANSWERED


def test_an_answer_beside_a_proposal_stops_the_stale_tab(
    alert: Alert, office: User, vendor: User, second: User
) -> None:
    heard(alert, office, vendor)
    review = propose(alert, office)
    alert.refresh_from_db()
    seen = alert.version
    answered(alert, vendor, NEXT)
    assert status(alert) == AlertStatus.PROPOSED
    with pytest.raises(Conflict, match="vendor"):
        decide(review, second, version=seen)
    decide(review, second, version=alert.version)


def test_a_statement_before_the_telling_is_kept_and_moves_nothing(alert: Alert, vendor: User, office: User) -> None:
    given = answered(alert, vendor)
    assert given.due_on is None and not given.is_late
    assert status(alert) == AlertStatus.OPEN
    told(alert, office)
    with pytest.raises(ValidationError):
        propose(alert, office)


def test_files_are_told_by_their_content(
    alert: Alert, office: User, vendor: User, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    told(alert, office)
    bad = [ContentFile(PDF, "a.pdf"), ContentFile(b"MZ\x90", "b.pdf")]
    with pytest.raises(ValidationError, match=r"b\.pdf"):
        answered(alert, vendor, files=bad)
    assert status(alert) == AlertStatus.NOTIFIED and not alert.responses.exists()
    given = answered(alert, vendor, files=[ContentFile(PDF, "证明.pdf")])
    kept = given.files.get()
    assert (kept.name, kept.size, len(kept.sha256)) == ("证明.pdf", len(PDF), 64)


def test_a_cured_or_closed_case_takes_no_answer(contract: Contract, vendor: User) -> None:
    for number, status_ in enumerate(("cured", "closed")):
        with pytest.raises(Conflict):
            answered(make_alert(contract, key=str(number), status=status_), vendor)


# --- More time ------------------------------------------------------------------------------


def test_more_time_is_granted(alert: Alert, office: User, vendor: User) -> None:
    told(alert, office)
    asked = ask(alert, vendor, date(2025, 3, 14))
    decide_extension(extension=asked, grant=True, actor=office, at=at(DAY), on=DAY)
    alert.refresh_from_db()
    assert alert.answer_due_on == date(2025, 3, 14)
    assert record_silence(as_of=date(2025, 3, 14), at=at(NEXT)) == []
    assert record_silence(as_of=date(2025, 3, 15), at=at(NEXT)) == [alert]


def test_while_it_is_asked_for_no_silence_is_recorded(alert: Alert, office: User, vendor: User) -> None:
    told(alert, office)
    ask(alert, vendor, date(2025, 3, 14), DUE)
    assert record_silence(as_of=date(2025, 4, 1), at=at(NEXT)) == []
    assert balls([alert], NEXT)[alert.pk].holder == "handler"
    assert not answered(alert, vendor, date(2025, 3, 20)).is_late


def test_a_refusal_gives_its_reason_and_the_days_back(alert: Alert, office: User, vendor: User) -> None:
    told(alert, office)
    asked = ask(alert, vendor, date(2025, 3, 14), date(2025, 3, 7))
    step = {"actor": office, "at": at(NEXT), "on": NEXT}
    with pytest.raises(ValidationError):
        decide_extension(extension=asked, grant=False, **step)
    decide_extension(extension=asked, grant=False, reason="无须等待", **step)
    alert.refresh_from_db()
    assert alert.answer_due_on == date(2025, 3, 14)  # three days were left on the 7th
    with pytest.raises(Conflict):
        ask(alert, vendor, date(2025, 3, 20), NEXT)


def test_more_time_has_an_end(alert: Alert, office: User, vendor: User) -> None:
    told(alert, office)
    with pytest.raises(ValidationError, match="2025-03-20"):
        ask(alert, vendor, date(2025, 3, 21))
    with pytest.raises(ValidationError):
        ask(alert, vendor, DUE)
    assert ask(alert, vendor, date(2025, 3, 20)).is_open
    with pytest.raises(Conflict):
        ask(alert, vendor, date(2025, 3, 20))


def test_it_is_asked_for_in_time(alert: Alert, office: User, vendor: User) -> None:
    with pytest.raises(Conflict):
        ask(alert, vendor, date(2025, 3, 14))
    told(alert, office)
    with pytest.raises(Conflict):
        ask(alert, vendor, date(2025, 3, 14), NEXT)


def test_the_second_to_decide_on_it_learns_who_did(
    contract: Contract, alert: Alert, office: User, vendor: User
) -> None:
    told(alert, office)
    asked = ask(alert, vendor, date(2025, 3, 14))
    decide_extension(extension=asked, grant=True, actor=office, at=at(DAY), on=DAY)
    with pytest.raises(Conflict, match="office"):
        decide_extension(extension=asked, grant=False, reason="x", actor=handler(contract), at=at(DAY), on=DAY)


# --- Decided and closed -------------------------------------------------------------------


def test_a_breach_is_confirmed_only_after_the_vendor_was_heard(
    alert: Alert, office: User, vendor: User, second: User
) -> None:
    with pytest.raises(ValidationError):
        propose(alert, office)
    told(alert, office)
    with pytest.raises(ValidationError):
        propose(alert, office)
    answered(alert, vendor)
    decide(propose(alert, office), second)
    assert list(breaches([alert.contract_id])) == [alert]


@pytest.mark.parametrize("decision", ["dismiss", "waive", "excuse"])
def test_what_favours_the_vendor_needs_no_hearing(alert: Alert, office: User, second: User, decision: str) -> None:
    decide(propose(alert, office, decision), second)
    assert not breaches([alert.contract_id]).exists()


def test_a_waiver_names_its_document(alert: Alert, office: User) -> None:
    with pytest.raises(ValidationError) as refused:
        propose_review(
            alert=alert, decision=Decision.WAIVE, reason="x", actor=office, at=at(DAY), version=alert.version
        )
    assert "document" in refused.value.message_dict


def test_a_closed_breach_is_still_a_breach(alert: Alert, office: User, vendor: User, second: User) -> None:
    heard(alert, office, vendor)
    with pytest.raises(Conflict):
        close(alert=alert, reason="x", actor=office, at=at(DAY), on=DAY)
    decide(propose(alert, office), second)
    close(alert=alert, reason="已列入结算单", actor=office, at=at(DAY), on=DAY)
    assert status(alert) == AlertStatus.CLOSED and alert.standing == AlertStatus.CONFIRMED
    assert list(breaches([alert.contract_id])) == [alert]
    # Reviewed again it is corrected; a rejected correction leaves the decision.
    decide(propose(alert, office, "dismiss"), second)
    assert not breaches([alert.contract_id]).exists()


# --- Facts that change ----------------------------------------------------------------------


def found(alert: Alert, outcome: Outcome, on: date = NEXT) -> None:
    """The nightly evaluation finds this of the alert's subject."""
    run = EvaluationRun.objects.create(as_of=on, trigger="schedule", started_at=at(on))
    old = Assessment.objects.get(pk=alert.assessment_id)
    subject = Subject(old.subject_label, old.subject_pk, old.subject_name)
    finding = Finding(
        check_id=old.check_id,
        contract_id=old.contract_id,
        outcome=outcome,
        subject=subject,
        message=Message(str(outcome)),
    )
    rows = Assessment.objects.filter(pk=old.pk)
    rows.update(key=finding.key)
    Alert.objects.filter(pk=alert.pk).update(key=finding.key)
    record(run=run, batch=batch([old.contract_id], on), result=RunResult([finding]), at=at(on))
    alert.refresh_from_db()


def test_it_is_cured_by_itself_and_stays(alert: Alert, office: User) -> None:
    told(alert, office)
    found(alert, Outcome.MET)
    assert alert.status == AlertStatus.CURED
    assert alert.notifications.exists()


def test_opened_again_the_vendor_is_heard_anew(alert: Alert, office: User, vendor: User) -> None:
    heard(alert, office, vendor)
    found(alert, Outcome.MET)
    found(alert, Outcome.NOT_MET, date(2025, 3, 12))
    assert (alert.status, alert.round, alert.heard_on) == (AlertStatus.OPEN, 2, None)
    with pytest.raises(ValidationError):
        propose(alert, office)
    told(alert, office, date(2025, 3, 12))
    answered(alert, vendor, date(2025, 3, 13))
    assert propose(alert, office).is_open


def test_told_of_a_risk_it_is_told_of_the_breach_again(contract: Contract, office: User, vendor: User) -> None:
    alert = heard(make_alert(contract, outcome=Outcome.AT_RISK), office, vendor)
    found(alert, Outcome.NOT_MET)
    assert (alert.status, alert.round) == (AlertStatus.OPEN, 2)


def test_another_figure_moves_nothing(alert: Alert, office: User, vendor: User) -> None:
    heard(alert, office, vendor)
    found(alert, Outcome.NOT_MET)
    assert (alert.status, alert.round) == (AlertStatus.ANSWERED, 1)


def test_the_day_since_which_it_has_failed_starts_the_offices_clock(contract: Contract, office: User) -> None:
    alert = make_alert(contract, outcome=Outcome.AT_RISK)
    found(alert, Outcome.NOT_MET)
    [ball] = balls([alert], NEXT).values()
    assert (ball.holder, ball.since, ball.due_on) == ("handler", NEXT, date(2025, 3, 14))


def test_reading_who_holds_the_ball_takes_as_many_queries_for_many(
    contract: Contract, django_assert_num_queries: Any
) -> None:
    alerts = [make_alert(contract, key=str(n)) for n in range(3)]
    others = [make_alert(make_contract(check_ids=()), key=str(n)) for n in range(3)]
    for rows in (alerts[:1], alerts + others):
        with django_assert_num_queries(6):
            assert len(balls(rows, DAY)) == len(rows)


def test_the_old_finding_is_told_no_more(contract: Contract, office: User) -> None:
    gone = make_assessment(contract, key="gone", outcome=Outcome.MET)
    alert = make_alert(contract, key="k2")
    Alert.objects.filter(pk=alert.pk).update(outcome=Outcome.MET, assessment=gone)
    with pytest.raises(ValidationError):
        told(alert, office)
