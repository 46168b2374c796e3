"""What the vendor told about hours, pay and disputes, for many contracts at once."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from staffing.models import Assignment, HoursApproval, LabourMatter, PayProof
from staffing.rules.hours import ApprovalFact, Worker
from staffing.rules.labour_matters import MatterFact
from staffing.rules.pay import PayFact
from staffing.rules.people import Span


def workers(contract_ids: Collection[int]) -> dict[int, dict[int, Worker]]:
    """The people of each contract with the posts held (one query)."""
    rows = Assignment.objects.filter(contract_id__in=contract_ids, withdrawn_on__isnull=True)
    spans: dict[tuple[int, int, str], list[Span]] = defaultdict(list)
    for contract_id, operator_id, name, number, pk, first, last, post_id in rows.order_by(
        "contract_id", "operator_id", "starts_on"
    ).values_list(
        "contract_id",
        "operator_id",
        "operator__name",
        "operator__employee_number",
        "pk",
        "starts_on",
        "ends_on",
        "post_id",
    ):
        spans[contract_id, operator_id, f"{name} ({number})"].append(Span(pk, first, last, post_id))
    found: dict[int, dict[int, Worker]] = defaultdict(dict)
    for (contract_id, operator_id, name), held in spans.items():
        found[contract_id][operator_id] = Worker(operator_id, name, tuple(held))
    return found


def approvals(contract_ids: Collection[int]) -> dict[int, list[ApprovalFact]]:
    """The approvals of comprehensive hours on record (one query)."""
    found: dict[int, list[ApprovalFact]] = defaultdict(list)
    for row in HoursApproval.objects.filter(contract_id__in=contract_ids, withdrawn_on__isnull=True).order_by(
        "valid_from", "pk"
    ):
        found[row.contract_id].append(
            ApprovalFact(row.pk, row.document, row.post_id, row.valid_from, row.valid_until, row.arrived_on)
        )
    return found


def pay_proofs(contract_ids: Collection[int], kind: str) -> dict[int, dict[date, PayFact]]:
    """The proofs of payment of a kind by month (one query)."""
    found: dict[int, dict[date, PayFact]] = defaultdict(dict)
    for row in PayProof.objects.filter(contract_id__in=contract_ids, kind=kind, withdrawn_on__isnull=True):
        found[row.contract_id][row.month] = PayFact(row.pk, row.document, row.paid_on, row.arrived_on)
    return found


def labour_matters(contract_ids: Collection[int]) -> dict[int, list[MatterFact]]:
    """The labour matters on record (one query)."""
    found: dict[int, list[MatterFact]] = defaultdict(list)
    for row in LabourMatter.objects.filter(contract_id__in=contract_ids, withdrawn_on__isnull=True).order_by(
        "known_on", "pk"
    ):
        found[row.contract_id].append(
            MatterFact(
                pk=row.pk,
                title=row.title,
                kind=row.kind,
                document=row.document,
                occurred_on=row.occurred_on,
                known_on=row.known_on,
                reported_on=row.reported_on,
                effect=row.effect,
                effect_removed_on=row.effect_removed_on,
                settled_on=row.settled_on,
            )
        )
    return found
