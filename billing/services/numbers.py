"""How documents of a payment period are numbered."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from billing.models import Instalment

ONE_DAY = timedelta(days=1)


def period_name(instalment: Instalment) -> str:
    """2024Q4; a period that is no calendar quarter is named by its first day, a supplement by its
    number too, and so is what begins on the same day as another instalment (a first and a last payment)."""
    start, end = instalment.period_start, instalment.period_end
    first_of_quarter = start.day == 1 and start.month % 3 == 1
    quarter = first_of_quarter and end + ONE_DAY == start + relativedelta(months=3)
    name = f"{start.year}Q{start.month // 3 + 1}" if quarter else f"{start:%Y%m%d}"
    if instalment.is_supplement:
        return f"{name}B{instalment.sequence}"
    same = Instalment.objects.filter(contract=instalment.contract_id, period_start=start, is_supplement=False)
    return f"{name}N{instalment.sequence}" if same.exclude(pk=instalment.pk).exists() else name
