"""Instalments and what happens to them, on a small contract in the reference figures."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth.models import User

from billing import services
from billing.choices import AcceptanceResult
from billing.models import Acceptance, Instalment, Invoice, Payment
from billing.selectors.quarter_file import missing_papers
from contract.models import Assessment, Contract, EvaluationRun
from law.money import vat_split
from tests import factories
from tests.factories import make_contract, make_user

TODAY = date(2025, 9, 30)
AT = datetime(2025, 1, 20, 2, 0, tzinfo=UTC)
FINANCE = [
    f"billing.{verb}_{model}"
    for verb in ("add", "change", "view")
    for model in ("instalment", "invoice", "acceptance", "payment", "statement")
]
_numbers = count(1)


def make_instalments(contract: Contract | None = None, **fields: Any) -> list[Instalment]:
    """The instalments of a contract, made by the service."""
    return services.generate_instalments(contract=contract or make_contract(**fields))


def make_finance(contract: Contract, name: str = "") -> User:
    """A finance officer of the contract's office."""
    return make_user(name, party=contract.office, permissions=FINANCE)


def invoice_fields(instalment: Instalment, **fields: Any) -> dict[str, Any]:
    """What a correct invoice over the instalment says."""
    split = vat_split(instalment.amount, Decimal("0.06"))
    return {
        "number": f"25412000{next(_numbers):012d}",
        "issued_on": date(2025, 1, 6),
        "received_on": date(2025, 1, 8),
        "gross": instalment.amount,
        "net": split.net,
        "tax": split.tax,
        "vat_rate": Decimal("6"),
        "buyer_credit_code": instalment.contract.office.credit_code,
        "seller_credit_code": instalment.contract.vendor.credit_code,
    } | fields


def make_invoice(instalment: Instalment, **fields: Any) -> Invoice:
    return services.submit_invoice(
        instalment=instalment,
        actor=fields.pop("actor", None),
        today=fields.pop("today", TODAY),
        **invoice_fields(instalment, **fields),
    )


def make_acceptance(instalment: Instalment, accepted_on: date = date(2025, 1, 10), **fields: Any) -> Acceptance:
    return services.record_acceptance(
        instalment=instalment,
        accepted_on=accepted_on,
        result=fields.pop("result", AcceptanceResult.PASSED),
        opinion=fields.pop("opinion", ""),
        actor=fields.pop("actor", None),
        today=fields.pop("today", TODAY),
    )


def make_payment(instalment: Instalment, paid_on: date = date(2025, 1, 20), **fields: Any) -> Payment:
    """A payment; in somebody's name only with the papers that a person needs, which are made where missing."""
    missing = missing_papers(instalment) if fields.get("actor") is not None else []
    if "invoice" in missing:
        make_invoice(instalment)
    if "acceptance" in missing:
        make_acceptance(instalment)
    return services.record_payment(
        instalment=instalment,
        paid_on=paid_on,
        amount=fields.pop("amount", instalment.amount),
        reference=fields.pop("reference", f"PZ-{next(_numbers):04d}"),
        actor=fields.pop("actor", None),
        today=fields.pop("today", TODAY),
    )


def make_run(as_of: date = date(2025, 1, 20)) -> EvaluationRun:
    return EvaluationRun.objects.create(
        as_of=as_of, trigger="command", status="succeeded", started_at=AT, finished_at=AT
    )


def make_on_post(
    contract: Contract,
    start: date,
    end: date,
    *,
    required: int,
    best: int,
    worst: int | None = None,
    outcome: str = "met",
    measured: str = "",
    run: EvaluationRun | None = None,
    **fields: Any,
) -> Assessment:
    """An assessment of the on-post rate as the evaluation records it."""
    worst = best if worst is None else worst
    run = run or make_run()
    return Assessment.objects.create(
        contract=contract,
        run=run,
        check_id="staffing.on_post_rate",
        clause_ref=factories.CLAUSES["staffing.on_post_rate"],
        owed_by="vendor",
        key=fields.pop("key", f"contract.Contract:{contract.pk}:{start}"),
        as_of=run.as_of,
        outcome=outcome,
        subject_label="contract.Contract",
        subject_pk=contract.pk,
        subject_name=contract.number,
        period_start=start,
        period_end=end,
        measured=measured or f"{best * 10000 // required / 100:.2f}%",
        required="98%",
        figures={"required": required, "in_place_best": best, "in_place_worst": worst},
        message_id="",
        fingerprint=f"{start}",
        created_at=AT,
        **fields,
    )
