"""Confirmed breaches, claims upon them and acceptance sheets, for tests."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from billing import services
from billing.models import AcceptanceSheet, Claim, ClaimFile, Instalment
from billing.states import ClaimStepKind
from contract.choices import AlertStatus, Decision
from contract.models import Alert, Assessment, Contract, Review
from tests import factories
from tests.billing.factories import make_on_post
from tests.factories import make_user
from tests.papers import PDF

VERBS = ("add", "change", "view")
CLAIMS = [
    *(f"billing.{verb}_{model}" for verb in VERBS for model in ("claim", "claimstep")),
    *(f"billing.{verb}_acceptancesheet" for verb in VERBS),
    "billing.add_acceptance",
    "billing.change_acceptance",
]
VENDOR = ["billing.view_claim", "billing.answer_claim", "billing.answer_acceptancesheet"]


def at(day: date) -> datetime:
    return datetime.combine(day, time(2, 0), tzinfo=UTC)


class People:
    """Two people of the office and one of the vendor."""

    def __init__(self, contract: Contract, name: str = "claim") -> None:
        self.contract = contract
        self.clerk = make_user(f"{name}-clerk", party=contract.office, permissions=CLAIMS)
        self.second = make_user(f"{name}-second", party=contract.office, permissions=CLAIMS)
        self.vendor = make_user(f"{name}-vendor", party=contract.vendor, permissions=VENDOR)


def make_breach(
    contract: Contract,
    start: date = date(2024, 12, 1),
    end: date = date(2024, 12, 31),
    *,
    required: int = 1395,
    best: int = 1366,
    decided_on: date = date(2025, 1, 5),
    decision: str = Decision.CONFIRM,
    people: tuple[User, User] | None = None,
) -> Alert:
    """An alert of the on-post rate, one person-day below the floor, that two people decided."""
    found = make_on_post(contract, start, end, required=required, best=best, outcome="not_met")
    Assessment.objects.filter(pk=found.pk).update(figures=found.figures | {"floor_percent": "98"}, is_current=True)
    found.refresh_from_db()
    alert = Alert.objects.create(
        contract=contract,
        check_id=found.check_id,
        clause_ref=factories.CLAUSES["staffing.on_post_rate"],
        owed_by="vendor",
        key=found.key,
        status=AlertStatus.CONFIRMED,
        outcome="not_met",
        assessment=found,
        raised_on=end,
    )
    first, second = people or (make_user(), make_user())
    Review.objects.create(
        alert=alert,
        assessment=found,
        decision=decision,
        reason="考勤核对无误",
        proposed_by=first,
        proposed_at=at(decided_on),
        decided_by=second,
        decided_at=at(decided_on),
        is_approved=True,
    )
    return alert


def make_claim(people: People, breach: Alert | None = None, **fields: Any) -> Claim:
    """A draft on a breach, withheld from the first instalment unless told."""
    day = fields.pop("on", date(2025, 1, 6))
    if "instalment" not in fields:
        fields["instalment"] = Instalment.objects.get(contract=people.contract, sequence=1)
    return services.open_claim(
        breach=breach or make_breach(people.contract),
        actor=people.clerk,
        at=at(day),
        on=day,
        grounds=fields.pop("grounds", "当月到位率低于约定"),
        **fields,
    )


def take_step(people: People, claim: Claim, kind: str, on: date = date(2025, 1, 7), **fields: Any) -> Claim:
    """Propose a step as one person and approve it as another."""
    claim.refresh_from_db()
    step = services.propose_step(
        claim=claim,
        kind=kind,
        reason=fields.pop("reason", "依据核对结果"),
        actor=people.clerk,
        at=at(on),
        on=on,
        version=claim.version,
        **fields,
    )
    services.decide_step(step=step, approve=True, actor=people.second, at=at(on), on=on)
    claim.refresh_from_db()
    return claim


def issued(people: People, **fields: Any) -> Claim:
    return take_step(people, make_claim(people, **fields), ClaimStepKind.ISSUE)


def answered(people: People, claim: Claim, *answers: str, on: date = date(2025, 1, 10), statement: str = "") -> Claim:
    """The vendor answers the lines in their order: "accepted" or "disputed"."""
    lines = {
        line.pk: {"answer": answer, "reason": "单价依据不足" if answer == "disputed" else ""}
        for line, answer in zip(claim.lines.all(), answers, strict=True)
    }
    return services.answer_claim(claim=claim, lines=lines, statement=statement, actor=people.vendor, at=at(on), on=on)


def put_file(people: People, claim: Claim) -> ClaimFile:
    return services.add_claim_file(
        claim=claim,
        side="vendor",
        title="附件",
        actor=people.vendor,
        at=at(date(2025, 1, 9)),
        file=SimpleUploadedFile("a.pdf", PDF),
    )


def line(title: str = "扣款", amount: str = "100.00", quantity: str = "1") -> dict[str, Any]:
    return {"title": title, "quantity": Decimal(quantity), "unit": "项", "unit_price": Decimal(amount)}


MEMBERS = [
    {"name": "周主任", "unit": "示例办公室", "role": "leader", "opinion": "同意", "signed_on": date(2025, 1, 9)},
    {"name": "吴科员", "unit": "示例办公室", "role": "member", "opinion": "同意", "signed_on": date(2025, 1, 9)},
    {"name": "郑专家", "unit": "示例大学", "role": "expert", "opinion": "同意", "signed_on": date(2025, 1, 9)},
]


def make_sheet(
    people: People, instalment: Instalment, today: date = date(2025, 1, 9), **fields: Any
) -> AcceptanceSheet:
    """A sheet whose group has given its opinion."""
    sheet = services.open_sheet(instalment=instalment, actor=people.clerk, today=today, scheme=fields.get("scheme"))
    services.save_group(
        sheet=sheet,
        actor=people.clerk,
        group_opinion="服务基本符合约定，建议验收合格。",
        members=[one | {"signed_on": today} for one in MEMBERS],
        scores=fields.get("scores"),
    )
    return services.conclude_group(sheet=sheet, actor=people.clerk, today=today)


def decided_sheet(
    people: People, instalment: Instalment, today: date = date(2025, 1, 10), **fields: Any
) -> AcceptanceSheet:
    return services.decide_sheet(
        sheet=make_sheet(people, instalment, today),
        accepted_on=today,
        result=fields.get("result", "passed"),
        opinion=fields.get("opinion", "同意验收。"),
        actor=people.second,
        today=today,
    )
