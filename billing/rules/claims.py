"""What a claim may ask for: its lines, their sum, its cap, and the figures of article 19.

The contract hangs no tariff on the 98 % or the 15 days: the lines are a person's, and what stands
here reckons and bounds them. Nothing is deducted here or by any job.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from law.money import half_up, refund_and_damages

PRICE_PLACES = Decimal("0.000001")
"""A unit price is kept to six places, so that the product is right to the fen."""

ON_POST = "staffing.on_post_rate"
TRANSFER = "contract.subcontracting"


@dataclass(frozen=True)
class Line:
    """One line of a calculation, in yuan."""

    title: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    calculation: str = ""

    @property
    def amount(self) -> Decimal:
        return line_amount(self.quantity, self.unit_price)


def line_amount(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """Quantity times price, half up to the fen."""
    return half_up(quantity * unit_price)


def total(lines: Sequence[Any]) -> Decimal:
    """The lines together (anything that has an `amount`)."""
    return sum((line.amount for line in lines), Decimal("0.00"))


def cap(
    kind: str, policy: str, *, instalment: Decimal | None, contract_sum: Decimal | None
) -> tuple[Decimal | None, str]:
    """The most that a claim may ask for and why; None where nothing caps it.

    A deduction is capped by policy: the instalment of the breach's period, or the contract sum.
    What article 19 gives is a figure of its own, and losses are what they are (Civil Code 584).
    """
    if kind != "deduction":
        return None, ""
    if policy == "instalment" and instalment is not None:
        return instalment, "instalment"
    return contract_sum, "contract_sum" if contract_sum is not None else ""


def suggestion(check_id: str, figures: Mapping[str, Any], *, fee: Decimal, owed_days: int) -> list[Line]:
    """Lines to begin with, from the figures of the breach; a person changes or replaces them.

    `fee` is that of the instalment of the breach's period, `owed_days` the person-days owed in it.
    """
    if check_id == ON_POST:
        return _on_post(figures, fee, owed_days)
    if check_id == TRANSFER:
        return _transfer(figures)
    return []


def _on_post(figures: Mapping[str, Any], fee: Decimal, owed_days: int) -> list[Line]:
    """The person-days missing below the floor, each at its part of the period's fee."""
    required = int(figures.get("required", 0))
    best = int(figures.get("in_place_best", figures.get("in_place", required)))
    floor = Decimal(str(figures.get("floor_percent", figures.get("floor", "98"))))
    least = -(-required * floor // 100)  # the fewest person-days that keep the floor
    short = int(least) - best
    if short <= 0 or owed_days <= 0:
        return []
    price = (fee / owed_days).quantize(PRICE_PLACES, ROUND_HALF_UP)
    return [
        Line(
            title="低于到位率下限的缺岗人日",
            quantity=Decimal(short),
            unit="人日",
            unit_price=price,
            calculation=(
                f"应到 {required} 人日，下限 {floor.normalize():f}% 即 {int(least)} 人日，"
                f"实到 {best} 人日，差 {short} 人日；单价＝本期服务费 {fee:,.2f} 元÷"
                f"本期应到 {owed_days} 人日"
            ),
        )
    ]


def _transfer(figures: Mapping[str, Any]) -> list[Line]:
    """Article 19: what was paid comes back, and a share of the contract sum on top."""
    contract_sum = Decimal(str(figures["contract_sum"]))
    percent = Decimal(str(figures["damages_percent"]))
    refund = Decimal(str(figures.get("refund", "0") or "0"))
    claim = refund_and_damages(refund, contract_sum, percent)
    lines = []
    if claim.refund:
        lines.append(Line("退还已支付的服务费", Decimal(1), "笔", claim.refund, "截至发现之日已付的款项"))
    if claim.damages:
        lines.append(
            Line(
                "违约金", Decimal(1), "笔", claim.damages, f"合同总金额 {contract_sum:,.2f} 元×{percent.normalize():f}%"
            )
        )
    return lines


@dataclass(frozen=True)
class ClaimFacts:
    """How a claim stood to one instalment, day by day.

    `steps` are (day, what waits, what is set off in all) in their order; `freed` what a written
    settlement, or money received for the claim, set free on a day. A withdrawn claim frees nothing:
    its amount was owed all along.
    """

    pk: int
    number: str
    steps: tuple[tuple[date, Decimal, Decimal], ...]
    freed: tuple[tuple[date, Decimal], ...] = ()

    def withheld(self, day: date) -> Decimal:
        """What waits for the claim at the end of `day`."""
        return self._on(day)[0]

    def deducted(self, day: date) -> Decimal:
        """What was set off by the end of `day`."""
        return self._on(day)[1]

    def freed_by(self, day: date) -> tuple[tuple[date, Decimal], ...]:
        return tuple(one for one in self.freed if one[0] <= day and one[1])

    def _on(self, day: date) -> tuple[Decimal, Decimal]:
        known = [step for step in self.steps if step[0] <= day]
        return (known[-1][1], known[-1][2]) if known else (Decimal("0.00"), Decimal("0.00"))
