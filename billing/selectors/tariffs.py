"""What a contract's tariff gives for the period of a sheet, and its deposits."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import F

from billing.models import AcceptanceSheet, Deposit, Instalment, Tariff
from billing.models.amended import IN_FORCE
from billing.rules.deposit import DepositFacts
from billing.rules.score import PeriodScore
from billing.rules.tariffs import Measured, Proposal, TariffFacts, proposals
from billing.selectors.claims import breach_day, confirming_review
from billing.states import OPEN_SHEETS, SheetStatus
from contract.models import Alert
from contract.selectors import batch
from contract.values import NoValue
from staffing import selectors as staffing

NAMES = ("title", "clause", "per", "amount", "percent", "free", "below", "check_id", "cap_percent", "source")


def deductions_of(sheet: AcceptanceSheet, as_of: date) -> list[Proposal]:
    """The lines that the contract's tariff gives for the period of a sheet; none where it has no tariff."""
    instalment = sheet.instalment
    rows = tariffs_on(instalment.contract_id, instalment.period_start)
    if not rows:
        return []
    tariffs = [
        TariffFacts(
            **{name: getattr(row, name) for name in NAMES},
            grades=tuple((Decimal(grade["below"]), Decimal(grade["percent"])) for grade in row.grades),
        )
        for row in rows
    ]
    return proposals(tariffs, instalment.amount, _measured(sheet, instalment, tariffs, as_of))


def tariffs_on(contract_id: int, day: date) -> list[Tariff]:
    """The agreed deductions for a period that begins on a day: of each title the latest that holds by then."""
    found: dict[str, Tariff] = {}
    rows = Tariff.objects.filter(IN_FORCE, contract=contract_id).order_by(F("effective_from").asc(nulls_first=True))
    for row in rows:
        if row.effective_from is None or row.effective_from <= day:
            found[row.title] = row
    return sorted(found.values(), key=lambda row: (row.position, row.pk))


def _measured(sheet: AcceptanceSheet, instalment: Instalment, tariffs: Iterable[TariffFacts], as_of: date) -> Measured:
    missing = None
    if any(tariff.per == "person_day" for tariff in tariffs):
        shared = batch([instalment.contract_id], as_of)
        try:
            tally = staffing.tally(shared, instalment.period_start, instalment.period_end)
            missing = tally.absent if tally.sure == tally.best else None
        except NoValue:
            missing = None
    checks = {tariff.check_id for tariff in tariffs if tariff.check_id}
    return Measured(missing, sheet.score, _events(instalment, checks) if checks else {})


def _events(instalment: Instalment, checks: set[str]) -> Counter[str]:
    """The confirmed breaches of these checks whose day lies in the period of the instalment."""
    found: Counter[str] = Counter()
    for alert in Alert.objects.filter(contract=instalment.contract_id, check_id__in=checks):
        review = confirming_review(alert)
        if review is not None and instalment.period_start <= breach_day(alert, review) <= instalment.period_end:
            found[alert.check_id] += 1
    return found


def deposits(contract_ids: Iterable[int]) -> dict[int, list[DepositFacts]]:
    """The deposits and guarantees of contracts that stand (one query)."""
    found: dict[int, list[DepositFacts]] = defaultdict(list)
    for row in Deposit.objects.filter(contract_id__in=list(contract_ids), withdrawn_on=None).order_by("pk"):
        found[row.contract_id].append(
            DepositFacts(
                row.pk,
                str(row),
                row.amount,
                row.due_on,
                row.given_on,
                row.valid_until,
                row.drawn_amount,
                row.return_due_on,
                row.returned_on,
                row.returned_amount,
            )
        )
    return found


def period_scores(contract_ids: Iterable[int]) -> dict[int, list[PeriodScore]]:
    """The scores of the acceptance sheets that the office decided upon, in the order of their periods (one query)."""
    found: dict[int, list[PeriodScore]] = defaultdict(list)
    rows = (
        AcceptanceSheet.objects.filter(instalment__contract__in=list(contract_ids), score__isnull=False)
        .exclude(status__in=[*OPEN_SHEETS, SheetStatus.WITHDRAWN])
        .select_related("instalment", "acceptance")
        .order_by("instalment__period_end", "pk")
    )
    for row in rows:
        if row.acceptance is not None and row.acceptance.stands and row.score is not None:
            instalment = row.instalment
            found[instalment.contract_id].append(
                PeriodScore(
                    row.pk,
                    row.number,
                    instalment.period_start,
                    instalment.period_end,
                    row.score,
                    row.acceptance.accepted_on,
                )
            )
    return found
