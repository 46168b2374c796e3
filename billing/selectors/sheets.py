"""What the acceptance sheet of a period says: its figures, and the whole sheet as JSON values."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation

from billing.choices import TariffSource
from billing.models import AcceptanceSheet, Instalment
from billing.selectors.statement import LANGUAGE
from billing.selectors.tariffs import deductions_of
from billing.states import KINDS, ClaimStatus
from contract.findings import plain
from contract.rules import indicators
from contract.selectors import indicators as recorded


def indicators_of(instalment: Instalment, as_of: date) -> list[dict[str, Any]]:
    """The vendor's duties in the period, as the assessments recorded by `as_of` have them."""
    return recorded.indicators_of(instalment.contract_id, instalment.period_start, instalment.period_end, as_of)


def sheet_facts(sheet: AcceptanceSheet, as_of: date) -> dict[str, Any]:
    """Everything that the acceptance sheet says. Open ones show the figures of `as_of`."""
    row = (
        AcceptanceSheet.objects.select_related(
            "instalment__contract__office",
            "instalment__contract__vendor",
            "scheme",
            "acceptance__accepted_by",
            "vendor_by",
        )
        .prefetch_related("members", "scores__criterion")
        .get(pk=sheet.pk)
    )
    instalment, contract = row.instalment, row.instalment.contract
    figures = row.indicators if not row.is_open else indicators_of(instalment, as_of)
    with translation.override(LANGUAGE):
        facts = {
            "number": row.number,
            "status": row.status,
            "status_label": row.get_status_display(),
            "contract": {
                "number": contract.number,
                "title": contract.title,
                "starts_on": contract.starts_on,
                "ends_on": contract.ends_on,
                "signed_on": contract.signed_on,
            },
            "office": {"name": contract.office.name, "credit_code": contract.office.credit_code},
            "vendor": {"name": contract.vendor.name, "credit_code": contract.vendor.credit_code},
            "instalment": {
                "sequence": instalment.sequence,
                **({"title": instalment.title} if instalment.title else {}),
                "start": instalment.period_start,
                "end": instalment.period_end,
                "amount": instalment.amount,
            },
            "as_of": row.indicators_as_of or as_of,
            "indicators": figures,
            "members": [
                {
                    "name": one.name,
                    "unit": one.unit,
                    "role": one.get_role_display(),
                    "opinion": one.opinion,
                    "signed_on": one.signed_on,
                }
                for one in row.members.all()
            ],
            "group": {"opinion": row.group_opinion, "on": row.group_on},
            "scores": _scores(row),
            **({"deductions": found} if (found := _deductions(row, as_of)) else {}),
            "result": row.get_result_display() if row.result else "",
            "purchaser": {
                "opinion": row.purchaser_opinion,
                "on": row.acceptance.accepted_on if row.acceptance else None,
                "by": person(row.acceptance.accepted_by) if row.acceptance else "",
            },
            "vendor_answer": {"opinion": row.vendor_opinion, "on": row.vendor_on, "by": person(row.vendor_by)},
        }
        return dict(plain(facts))


def _deductions(row: AcceptanceSheet, as_of: date) -> dict[str, Any] | None:
    """What the contract's tariff gives: as drafted, with the vendor's answers and how it ended, else as proposed."""
    proposals = deductions_of(row, as_of)
    drafted = list(row.deductions.exclude(status=ClaimStatus.WITHDRAWN).prefetch_related("lines").order_by("pk"))
    if not proposals and not drafted:
        return None
    articles = {one.tariff.title: one.tariff.clause for one in proposals}
    lines = [
        {
            "clause": articles.get(line.title, claim.article),
            "title": line.title,
            "calculation": line.calculation,
            "amount": line.amount,
            "source": claim.get_kind_display(),
            "answer": str(line.get_answer_display()) if line.answer else "",
            "answer_reason": line.answer_reason,
        }
        for claim in drafted
        for line in claim.lines.all()
    ]
    told = {line["title"] for line in lines}
    kinds = {claim.kind for claim in drafted}
    for one in proposals:
        if one.tariff.title in told:
            continue
        kind = KINDS[TariffSource(one.tariff.source)]
        line = one.line if kind not in kinds else None  # what a draft left out is not asked for
        lines.append(
            {
                "clause": one.tariff.clause,
                "title": one.tariff.title,
                "calculation": line.calculation if line else str(one.why or ""),
                "amount": line.amount if line else None,
                "source": str(kind.label),
                "answer": "",
                "answer_reason": "",
            }
        )
    return {
        "lines": lines,
        "total": sum((line["amount"] for line in lines if line["amount"] is not None), Decimal("0.00")),
        "claims": [
            {
                "number": claim.number,
                "status": claim.status,
                "status_label": claim.get_status_display(),
                "amount": claim.amount,
                "accepted": claim.accepted_amount,
                "settled": claim.settled_amount,
                "recovered": claim.recovered_amount,
            }
            for claim in drafted
        ],
    }


def _scores(row: AcceptanceSheet) -> dict[str, Any] | None:
    if row.scheme is None:
        return None
    given = {score.criterion_id: score for score in row.scores.all()}
    lines = []
    for criterion in row.scheme.criteria.all():
        score = given.get(criterion.pk)
        lines.append(
            {
                "title": criterion.title,
                "weight": criterion.weight,
                "points": score.points if score else None,
                "weighted": indicators.score([(criterion.weight, score.points)]) if score else None,
                "remark": score.remark if score else "",
            }
        )
    return {
        "scheme": row.scheme.title,
        "document": row.scheme.document,
        "pass_mark": row.scheme.pass_mark,
        "lines": lines,
        "score": row.score,
    }


def person(user: Any) -> str:
    """A name as Chinese is written: the family name first, no space between."""
    if user is None:
        return ""
    name = f"{user.last_name}{user.first_name}"
    return (name if not name.isascii() else user.get_full_name()) or user.get_username()
