"""Claims, sheets and letters: each role is offered its buttons in every state, and takes no other by hand."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from billing import services
from billing.models import AcceptanceSheet, Claim, Instalment
from billing.states import ClaimStepKind, SheetStatus
from contract.admin import confirmation
from contract.letters.models import Notice
from contract.letters.services.arrivals import record_arrival
from contract.models import Contract
from tests.access.pages import BUTTONS, LETTERS
from tests.access.test_pages import answer, call, person
from tests.billing import cases
from tests.billing.factories import make_instalments
from tests.contract.admin_helpers import make_alert
from tests.contract.letters import make_notice
from tests.factories import make_contract, make_roles
from tests.papers import PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_print")]
NOW = datetime(2025, 3, 20, 2, tzinfo=UTC)
TODAY = date(2025, 3, 20)
ANSWERS = {"accepted": "accepted", "disputed": "disputed"}


@pytest.fixture(autouse=True)
def on_the_day(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def contract() -> Contract:
    make_roles()
    contract = make_contract()
    make_instalments(contract)
    return contract


# --- Rows that have come so far -------------------------------------------------------------------


def claim_in(contract: Contract, state: str, number: int) -> Claim:
    people = cases.People(contract, f"c{number}")
    instalment = Instalment.objects.get(contract=contract, sequence=2)
    start = date(2024, 10 + number % 3, 1) if number < 3 else date(2025, 1 + number % 2, 1)
    breach = cases.make_breach(contract, start=start.replace(day=1 + number), people=None)
    claim = cases.make_claim(people, breach, instalment=instalment)
    if state == "draft":
        return claim
    if state == "waiting":
        kind = {"kind": ClaimStepKind.ISSUE, "reason": "x", "version": claim.version}
        services.propose_step(claim=claim, actor=people.clerk, at=NOW, on=TODAY, **kind)
    elif state == "withdrawn":
        cases.take_step(people, claim, ClaimStepKind.WITHDRAW)
    else:
        late = state in ("overdue", "silent")
        cases.take_step(people, claim, ClaimStepKind.ISSUE, on=date(2025, 1, 7) if late else date(2025, 3, 19))
        if state in ANSWERS:
            cases.answered(people, claim, ANSWERS[state], on=TODAY)
        elif state == "silent":
            services.record_silence(claim=claim, on=TODAY, actor=people.clerk, at=NOW)
        elif state == "recovered":
            cases.answered(people, claim, "accepted", on=TODAY)
            claim.refresh_from_db()
            paid = {"amount": claim.remaining, "document": "PZ-1"}
            cases.take_step(people, claim, ClaimStepKind.RECEIVE, on=TODAY, **paid)
    claim.refresh_from_db()
    return claim


def sheet_in(contract: Contract, state: str, number: int) -> AcceptanceSheet:
    other = make_contract(check_ids=(), office=contract.office, vendor=contract.vendor)
    instalment = make_instalments(other)[0]
    people = cases.People(other, f"s{number}")
    if state == "draft":
        sheet = services.open_sheet(instalment=instalment, actor=people.clerk, today=TODAY, scheme=None)
        group = [one | {"signed_on": TODAY} for one in cases.MEMBERS]
        return services.save_group(sheet=sheet, actor=people.clerk, group_opinion="合格", members=group)
    if state in ("group", "withdrawn"):
        sheet = cases.make_sheet(people, instalment, TODAY)
        if state == "withdrawn":
            AcceptanceSheet._base_manager.filter(pk=sheet.pk).update(status=SheetStatus.WITHDRAWN)
            sheet.refresh_from_db()
        return sheet
    sheet = cases.decided_sheet(people, instalment, TODAY)
    if state in ("confirmed", "objected"):
        given = {"confirm": state == "confirmed", "opinion": "x"}
        services.answer_sheet(sheet=sheet, actor=people.vendor, on=TODAY, **given)
    return sheet


def letter_in(contract: Contract, state: str, number: int) -> Notice:
    notice = make_notice(contract, subject=("contract.Alert", make_alert(contract, key=f"l{number}").pk))
    if state != "sent":
        said = {"arrived_on": TODAY, "means": "letter", "received_by": "x", "note": "EMS", "proof": None}
        record_arrival(notice=notice, actor=person("S", contract), at=NOW, on=TODAY, **said)
    if state == "corrected":
        make_notice(contract, corrects=notice, reason="x")
    return notice


# --- What the page offers, and forms that hold everything ------------------------------------------


def of_claim(context: dict[str, Any]) -> set[str]:
    found = {"propose"} if "step_form" in context else set()
    found |= {"approve", "reject"} if "second_form" in context else set()
    found |= {"file"} if "evidence_form" in context else set()
    found |= {"silence"} if context["may_record_silence"] else set()
    return found


def of_sheet(context: dict[str, Any]) -> set[str]:
    found = {"decide"} if context["decide_form"] else set()
    found |= {"deduct"} if context["may_deduct"] else set()
    return found | ({"conclude"} if context["may_conclude"] else set())


def of_letter(context: dict[str, Any]) -> set[str]:
    return {"arrive"} if context["form"] else set()


def claim_bodies(claim: Claim) -> dict[str, dict[str, Any]]:
    waiting = claim.steps.filter(decided_by=None).first()
    step = {"step_id": waiting.pk if waiting else 0, "second_reason": "x"}
    kind = ClaimStepKind.ISSUE if claim.status == "draft" else ClaimStepKind.WITHDRAW
    return {
        "propose": {"kind": kind, "reason": "x", "version": claim.version},
        "approve": step,
        "reject": step,
        "file": {"title": "x", "file": SimpleUploadedFile("a.pdf", PDF)},
        "silence": {},
    }


def sheet_bodies(sheet: Any) -> dict[str, dict[str, Any]]:
    decided = {"result": "passed", "accepted_on": TODAY.isoformat(), "purchaser_opinion": "x"}
    return {"conclude": {}, "decide": decided}  # "deduct" needs a tariff to write anything


def letter_bodies(notice: Any) -> dict[str, dict[str, Any]]:
    arrival = notice.arrival
    said = {"arrived_on": "2025-03-19", "means": "letter", "received_by": "y", "note": "EMS 1", "reason": "x"}
    return {"arrive": {**said, "corrects": str(arrival.pk) if arrival else ""}}


KINDS: dict[str, tuple[str, Any, Any, Any]] = {
    "claim": ("admin:billing_claim_change", claim_in, of_claim, claim_bodies),
    "sheet": ("admin:billing_acceptancesheet_change", sheet_in, of_sheet, sheet_bodies),
    "letter": ("admin:contract_notice_change", letter_in, of_letter, letter_bodies),
}
LINES = [line.split() for line in BUTTONS.strip().splitlines()]


@pytest.mark.parametrize("kind", KINDS)
def test_each_role_is_offered_its_buttons_in_every_state_and_takes_no_other_by_hand(
    contract: Contract, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(admin.site, "each_context", lambda request: {})
    people: dict[str, User] = {letter: person(letter, contract) for letter in (*LETTERS, "O")}
    page, make, offers, bodies = KINDS[kind]
    table = {(state, role): set(steps) - {"-"} for of, state, role, *steps in LINES if of == kind}
    wrong = []
    for number, state in enumerate(dict.fromkeys(state for state, _role in table)):
        row = make(contract, state, number)
        url = reverse(page, args=[row.pk])
        for letter, user in people.items():
            right = table.get((state, letter), set())
            if (state, letter) not in table:
                wrong += [f"{state} {letter}: saw it"] if answer(user, "GET", url) == "in" else []
                continue
            shown = offers(call(user, "GET", url).context_data)
            if shown != right:
                wrong.append(f"{state} {letter}: offered {sorted(shown)}, not {sorted(right)}")
            for step in bodies(row):
                if taken(user, url, step, bodies(row)[step]) != (step in right):
                    wrong.append(f"{state} {letter}: {'could not take' if step in right else 'took'} the step {step}")
    assert not wrong, "\n".join(wrong)


def taken(user: User, url: str, step: str, body: dict[str, Any]) -> bool:
    """Whether the step, sent by hand and confirmed where it is shown first, wrote anything."""
    try:
        page = call(user, "POST", url, body | {"do": step})
        if seal := (getattr(page, "context_data", None) or {}).get("seal"):
            page = call(user, "POST", url, body | {"do": step, confirmation.SEAL: seal})
        return bool(page.has_written)
    except PermissionDenied:
        return False
