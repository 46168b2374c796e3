"""After any writes and any nights everything is recorded as a look at everything finds it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from billing.models import Acceptance, Instalment, Payment
from billing.services import withdraw_acceptance, withdraw_payment
from contract import records
from contract.batch import Memory
from contract.choices import ExcuseCause
from contract.history import seals
from contract.models import CalendarDay, Contract, Excuse, MonthMemo, Party
from contract.services import standing
from kit.errors import Conflict
from staffing.choices import AttendanceRoute, AttendanceStatus, EndReason, LeaveKind, PayKind
from staffing.models import HoursApproval, Leave, PayProof, Shift
from staffing.rules.spans import Span
from staffing.services import assignments, leaves, rota
from staffing.services.attendance import AttendanceErrors
from staffing.services.rota import RotaErrors, RotaRow
from tests.billing.factories import make_acceptance, make_instalments, make_invoice, make_payment
from tests.contract.test_standing import ONE_DAY, night, report
from tests.examples import examples
from tests.factories import make_assignment, make_contract, make_team, make_user, set_policy, set_term
from tests.standing import differences

# A night is dear, and a failing one is named with its writes.
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
EARLY, LATE, NIGHT_SHIFT, LONG = Span(480, 960), Span(840, 1320), Span(1200, 1920), Span(480, 1260)


def leave(contract: Contract, day: date, number: int) -> None:
    open_ones = list(contract.assignments.filter(ends_on=None, withdrawn_on=None, starts_on__lt=day).order_by("pk"))
    if open_ones:
        assignments.correct(open_ones[number % len(open_ones)], ends_on=day, end_reason=EndReason.RESIGNATION)


def excuse(contract: Contract, day: date, number: int) -> None:
    Excuse.objects.create(
        contract=contract,
        check_id="staffing.on_post_rate",
        subject_label="contract.Contract",
        subject_pk=contract.pk,
        cause=ExcuseCause.WAIVER,
        from_on=day - timedelta(days=number),
        to_on=day + timedelta(days=number),
        document="示例函",
        reason="示例",
        proposed_by=make_user(),
    )


def people(contract: Contract) -> list[int]:
    return list(contract.assignments.filter(withdrawn_on=None).order_by("pk").values_list("operator_id", flat=True))


def plan(contract: Contract, first: date, number: int) -> None:
    """Two weeks of a rota; by the number, who serves by night and who longer than the law allows."""
    rows = [
        RotaRow(person, first + timedelta(days=n), ((EARLY, LATE, NIGHT_SHIFT, LONG)[(place + number) % 4],))
        for place, person in enumerate(people(contract))
        for n in range(14)
        if contract.starts_on <= first + timedelta(days=n) <= contract.ends_on
    ]
    rota.enter(contract=contract, rows=rows, actor=None, route=AttendanceRoute.SAMPLE, at=noon(first))


def swap(contract: Contract, day: date, number: int) -> None:
    """Two people change their shifts of a past day: as many minutes, other people."""
    shifts = Shift.objects.filter(contract=contract, replaced_by=None, day__lte=day).order_by("-day", "operator_id")
    of_day = [shift for shift in shifts if shift.day == shifts[min(number, len(shifts) - 1)].day][:2]
    if len(of_day) == 2:
        spans = {NIGHT_SHIFT, EARLY}
        rows = [RotaRow(one.operator_id, one.day, (span,)) for one, span in zip(of_day, spans, strict=True)]
        rota.enter(contract=contract, rows=rows, actor=None, route=AttendanceRoute.SAMPLE, at=noon(day))


def clear(contract: Contract, day: date, number: int) -> None:
    rows = [RotaRow(person, max(contract.starts_on, day - timedelta(days=number * 4))) for person in people(contract)]
    rota.enter(contract=contract, rows=rows, actor=None, route=AttendanceRoute.SAMPLE, at=noon(day))


def approve_hours(contract: Contract, day: date, number: int) -> None:
    first = day - timedelta(days=number * 5)
    span = {"approved_on": first, "arrived_on": day, "valid_from": first, "valid_until": day + timedelta(days=40)}
    HoursApproval.objects.create(contract=contract, document="示例批复", authority="示例机关", **span)


def prove_pay(contract: Contract, day: date, number: int) -> None:
    month = (day.replace(day=1) - timedelta(days=number * 5 + 1)).replace(day=1)
    paid = {"month": month, "paid_on": day, "arrived_on": day, "declared_by": "示例"}
    PayProof.objects.create(contract=contract, kind=PayKind.OVERTIME, document="示例凭证", **paid)


def go_on_leave(contract: Contract, day: date, number: int) -> None:
    who = people(contract)
    away = {"kind": LeaveKind.SICK, "starts_on": day, "ends_on": day + timedelta(days=number)}
    leaves.enter(Leave(contract=contract, operator_id=who[number % len(who)], **away))


def take_back(model: Any) -> Callable[[Contract, date, int], object]:
    """Withdraw the newest record of a kind that stands."""

    def withdraw(contract: Contract, day: date, number: int) -> None:
        row = model.objects.filter(contract=contract, withdrawn_on=None).order_by("-pk").first()
        if row is not None:
            records.withdraw(row, on=day, reason="示例")

    return withdraw


def billed(write: Callable[[Instalment, date, int], object]) -> Callable[[Contract, date, int], object]:
    """Something about the first instalment."""

    def act(contract: Contract, day: date, number: int) -> None:
        write(contract.instalments.order_by("sequence")[0], day, number)

    return act


def unpay(row: Instalment, day: date, number: int) -> None:
    payment = Payment.objects.filter(instalment=row, withdrawn_at=None).first()
    if payment is not None:
        withdraw_payment(payment=payment, reason="示例", actor=None, at=noon(day))


def unaccept(row: Instalment, day: date, number: int) -> None:
    acceptance = Acceptance.objects.filter(instalment=row, withdrawn_at=None).first()
    if acceptance is not None:
        withdraw_acceptance(acceptance=acceptance, reason="示例", actor=None, at=noon(day))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


WRITES: dict[str, Callable[[Contract, date, int], object]] = {
    "attendance": lambda contract, day, n: report(contract, [list(AttendanceStatus)[n % 5 % 4]] * 2, day),
    "an earlier day corrected": lambda contract, day, n: report(
        contract, [AttendanceStatus.SICK], max(contract.starts_on, day - timedelta(days=n * 3))
    ),
    "somebody comes": lambda contract, day, n: make_assignment(contract, starts_on=day + timedelta(days=n)),
    "somebody leaves": leave,
    "an excuse": excuse,
    "another floor": lambda contract, day, n: set_term(contract, "on_post_floor_percent", 90 + n % 9, day),
    "another reading": lambda contract, day, n: set_policy(
        contract, "on_post_window", ["day", "contract_quarter"][n % 2], day + ONE_DAY
    ),
    "a day off": lambda contract, day, n: CalendarDay.objects.get_or_create(
        day=day + timedelta(days=n), defaults={"is_rest_day": True}
    ),
    "a party": lambda contract, day, n: Party.objects.get(pk=contract.vendor_id).save(),
    "a rota": plan,
    "a rota of the past": lambda contract, day, n: plan(contract, max(contract.starts_on, day - timedelta(days=60)), n),
    "shifts swapped": swap,
    "a day of the rota cleared": clear,
    "comprehensive hours": approve_hours,
    "comprehensive hours withdrawn": take_back(HoursApproval),
    "proof of pay": prove_pay,
    "proof of pay withdrawn": take_back(PayProof),
    "leave": go_on_leave,
    "leave withdrawn": lambda contract, day, n: [
        leaves.withdraw(one, on=day, reason="示例")
        for one in Leave.objects.filter(contract=contract, cancelled_on=None)[:1]
    ],
    "an invoice": billed(lambda row, day, n: make_invoice(row, issued_on=day, received_on=day, today=day)),
    "accepted": billed(lambda row, day, n: make_acceptance(row, accepted_on=day, today=day)),
    "paid": billed(lambda row, day, n: make_payment(row, paid_on=day, today=day)),
    "acceptance withdrawn": billed(unaccept),
    "payment withdrawn": billed(unpay),
    "the log sealed": lambda contract, day, n: seals.seal(),
    "nothing": lambda contract, day, n: None,
}
STEPS = st.lists(
    st.tuples(st.lists(st.tuples(st.sampled_from(sorted(WRITES)), st.integers(0, 12)), max_size=4), st.integers(0, 35)),
    min_size=2,
    max_size=6,
)


def a_contract() -> Contract:
    contract = make_contract(terms={"headcount": 3}, starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    make_team(contract, 3)
    make_instalments(contract)
    return contract


@pytest.mark.django_db
def test_each_write_after_the_other_is_found_with_what_is_known_of_past_months(monkeypatch: pytest.MonkeyPatch) -> None:
    contract, day = a_contract(), date(2025, 5, 9)
    for first in range(0, 128, 14):
        plan(contract, contract.starts_on + timedelta(days=first), first // 14)
    recalled: list[bool] = []
    recall = Memory.recall
    monkeypatch.setattr(
        Memory, "recall", lambda *given: recalled.append((found := recall(*given)) is not None) or found
    )
    night(day)
    assert set(recalled) == {False}
    assert {memo.month.month for memo in MonthMemo.objects.all()} == {1, 2, 3, 4}
    report(contract, [AttendanceStatus.ON_DUTY] * 3, day)
    recalled.clear()
    night(day)
    assert set(recalled) == {True}  # three checks, and no month of theirs is worked out again
    for number, name in enumerate(sorted(WRITES)):
        day += ONE_DAY
        _try(WRITES[name], contract, day, number % 7)
        night(day)
        assert differences(day) == set(), name
    assert True in recalled and False in recalled
    standing.look_again([contract.pk])
    assert not MonthMemo.objects.exists()


@pytest.mark.django_db(transaction=False)
@settings(
    max_examples=examples(24),
    deadline=None,
    phases=WITHOUT_SHRINKING,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_after_any_writes_and_any_nights_everything_is_recorded_as_a_full_look_finds_it(steps: list[Any]) -> None:
    with transaction.atomic():
        contract, day = a_contract(), date(2025, 1, 20)
        for writes, days in steps:
            for name, number in writes:
                with transaction.atomic():
                    _try(WRITES[name], contract, day, number)
            night(day)
            assert differences(day) == set(), (day, writes)
            day += timedelta(days=days)
        transaction.set_rollback(True)


def _try(write: Callable[[Contract, date, int], object], contract: Contract, day: date, number: int) -> None:
    """What a rule of the records refuses is not written."""
    try:
        with transaction.atomic():
            write(contract, day, number)
    except (ValidationError, IntegrityError, AttendanceErrors, RotaErrors, Conflict):
        return
