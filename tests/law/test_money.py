"""Splits to the fen, tax, interest, the claim of art. 19, and capital numerals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from law.money import (
    fen,
    half_up,
    in_capitals,
    late_interest,
    percentage_of,
    rate_warning,
    refund_and_damages,
    split_by_days,
    vat_split,
    yuan,
)

YEAR_FEE = "2091733.33"


def decimals(text: str) -> list[Decimal]:
    return [Decimal(part) for part in text.split()]


@pytest.mark.parametrize(("amount", "whole"), [("0", 0), ("0.01", 1), ("1.2", 120), (Decimal("1.200"), 120), (7, 700)])
def test_an_amount_is_a_whole_number_of_fen(amount: Decimal | int | str, whole: int) -> None:
    assert fen(amount) == whole
    assert yuan(whole) == Decimal(amount)


@pytest.mark.parametrize("amount", ["-0.01", "1.999", "0.001", "1,000.00", "", "NaN", "Infinity"])
def test_what_is_no_amount_in_fen_is_refused_everywhere(amount: str) -> None:
    for function in (fen, in_capitals):
        with pytest.raises(ValueError):
            function(amount)
    with pytest.raises(ValueError):
        split_by_days(amount, [1, 1])
    with pytest.raises(ValueError):
        vat_split(amount, "0.06")


@pytest.mark.parametrize("amount", [1.5, True])
def test_floating_point_money_is_refused(amount: object) -> None:
    with pytest.raises(TypeError):
        fen(amount)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "rounded"), [("2614.66665", "2614.67"), ("0.005", "0.01"), ("0.0049", "0.00"), ("-0.005", "-0.01")]
)
def test_a_half_fen_is_rounded_up(amount: str, rounded: str) -> None:
    assert half_up(amount) == Decimal(rounded)


@pytest.mark.parametrize(
    ("total", "days", "parts"),
    [
        ("365.00", [92, 90, 91, 92], "92.00 90.00 91.00 92.00"),
        (YEAR_FEE, [92, 90, 91, 92], "527231.41 515769.86 521500.64 527231.42"),
        (YEAR_FEE, [1, 1, 1, 1], "522933.33 522933.33 522933.33 522933.34"),
        ("0.02", [1, 1, 1, 1], "0.00 0.00 0.01 0.01"),
        ("1.00", [1, 0, 2], "0.33 0.00 0.67"),
        ("0.01", [5, 0], "0.01 0.00"),
    ],
)
def test_a_split_by_days_adds_up_and_is_never_negative(total: str, days: list[int], parts: str) -> None:
    found = split_by_days(total, days)
    assert found == decimals(parts)
    assert sum(found) == Decimal(total)


@pytest.mark.parametrize("days", [[], [0, 0], [3, -1]])
def test_a_split_over_no_days_is_refused(days: list[int]) -> None:
    with pytest.raises(ValueError):
        split_by_days("1.00", days)


amounts = st.integers(0, 10**13).map(yuan)


@given(amounts, st.lists(st.integers(0, 400), min_size=1, max_size=20).filter(any))
def test_each_part_by_days_is_within_a_fen_of_its_due(total: Decimal, days: list[int]) -> None:
    parts = split_by_days(total, days)
    assert sum(parts) == total
    for part, count in zip(parts, days, strict=True):
        assert part >= 0
        assert abs(fen(part) * sum(days) - fen(total) * count) <= sum(days)


@pytest.mark.parametrize(
    ("base", "percent", "share"),
    [
        (YEAR_FEE, 10, "209173.33"),
        ("6275200.00", "10", "627520.00"),
        ("0.05", 10, "0.01"),
        ("0.04", 10, "0.00"),
        ("100.00", Decimal("0.5"), "0.50"),
    ],
)
def test_a_percentage_is_rounded_half_up(base: str, percent: Decimal | int | str, share: str) -> None:
    assert percentage_of(base, percent) == Decimal(share)


def test_an_unauthorised_transfer_costs_what_was_paid_and_ten_percent() -> None:
    claim = refund_and_damages(paid="1045866.66", contract_sum=YEAR_FEE)
    assert claim.refund == Decimal("1045866.66")
    assert claim.damages == Decimal("209173.33")
    assert claim.total == Decimal("1255039.99")


def test_before_any_payment_only_the_damages_are_due() -> None:
    assert refund_and_damages("0", YEAR_FEE, percent=10).total == Decimal("209173.33")


@pytest.mark.parametrize(
    ("amount", "days", "interest"),
    [
        ("522933.33", 10, "2614.67"),
        ("522933.33", 45, "11766.00"),
        ("522933.33", 1, "261.47"),
        ("522933.33", 0, "0.00"),
        ("0.00", 30, "0.00"),
    ],
)
def test_late_interest_is_five_in_ten_thousand_a_day(amount: str, days: int, interest: str) -> None:
    assert late_interest(amount, days) == Decimal(interest)


def test_late_interest_follows_an_agreed_rate() -> None:
    assert late_interest("10000.00", 3, daily_rate="0.0003") == Decimal("9.00")


def test_negative_interest_days_are_refused() -> None:
    with pytest.raises(ValueError):
        late_interest("1.00", -1)


@pytest.mark.parametrize(
    ("gross", "rate", "net", "tax"),
    [
        ("522933.33", "0.06", "493333.33", "29600.00"),
        ("522933.34", "0.06", "493333.34", "29600.00"),
        ("522933.33", "0.03", "507702.26", "15231.07"),
        ("522933.33", "0.01", "517755.77", "5177.56"),
        (YEAR_FEE, "0.06", "1973333.33", "118400.00"),
        ("0.01", "0.06", "0.01", "0.00"),
        ("100.00", "0", "100.00", "0.00"),
    ],
)
def test_net_and_tax_of_an_amount_with_vat(gross: str, rate: str, net: str, tax: str) -> None:
    assert vat_split(gross, rate) == (Decimal(net), Decimal(tax))


@given(amounts, st.sampled_from(["0.01", "0.03", "0.05", "0.06", "0.09", "0.13"]))
def test_net_and_tax_add_up_to_the_gross(gross: Decimal, rate: str) -> None:
    net, tax = vat_split(gross, rate)
    assert net + tax == gross
    assert 0 <= tax <= gross


@pytest.mark.parametrize("rate", ["6", "1", "-0.06"])
def test_a_rate_that_is_no_fraction_is_refused(rate: str) -> None:
    with pytest.raises(ValueError):
        vat_split("100.00", rate)


@pytest.mark.parametrize(
    ("rate", "on", "warning"),
    [
        ("0.05", date(2025, 12, 31), None),
        ("0.05", date(2026, 1, 1), "vat_differential_5_ended"),
        ("0.05", date(2026, 3, 31), "vat_differential_5_ended"),
        ("0.050", date(2026, 3, 31), "vat_differential_5_ended"),
        ("0.06", date(2026, 3, 31), None),
        ("0.01", date(2026, 3, 31), None),
    ],
)
def test_the_differential_rate_ended_with_2025(rate: str, on: date, warning: str | None) -> None:
    assert rate_warning(rate, on) == warning


@pytest.mark.parametrize(
    ("amount", "capitals"),
    [
        (YEAR_FEE, "贰佰零玖万壹仟柒佰叁拾叁元叁角叁分"),
        ("522933.34", "伍拾贰万贰仟玖佰叁拾叁元叁角肆分"),
        ("522933.33", "伍拾贰万贰仟玖佰叁拾叁元叁角叁分"),
        ("107000.53", "壹拾万柒仟元零伍角叁分"),
        ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("100010000.00", "壹亿零壹万元整"),
        ("209173.33", "贰拾万玖仟壹佰柒拾叁元叁角叁分"),
        ("627520.00", "陆拾贰万柒仟伍佰贰拾元整"),
        ("6275200.00", "陆佰贰拾柒万伍仟贰佰元整"),
        ("0.00", "零元整"),
        ("10.00", "壹拾元整"),
        ("10.30", "壹拾元零叁角"),
        ("10.03", "壹拾元零叁分"),
        ("0.30", "叁角"),
        ("0.03", "叁分"),
        (10, "壹拾元整"),
    ],
)
def test_an_amount_in_capital_numerals(amount: str | int, capitals: str) -> None:
    assert in_capitals(amount) == capitals


def test_amounts_too_large_for_capitals_are_refused() -> None:
    assert in_capitals("999999999999.99").startswith("玖仟玖佰")
    with pytest.raises(ValueError):
        in_capitals("1000000000000.00")


DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read_capitals(text: str) -> int:
    """The fen that a reader understands: an independent reading, for the round trip."""
    whole, _, rest = text.rpartition("元")
    amount = 0
    for section in whole.replace("零", "").replace("亿", "亿|").replace("万", "万|").split("|"):
        number, digit = 0, 0
        for sign in section.rstrip("亿万"):
            if sign in UNITS:
                number, digit = number + digit * UNITS[sign], 0
            else:
                digit = DIGITS.index(sign)
        number += digit
        scale = {"亿": 10**8, "万": 10**4}.get(section[-1:], 1)
        amount += number * scale
    cents = rest.replace("整", "").lstrip("零")
    jiao = DIGITS.index(cents[0]) if "角" in cents else 0
    fraction = DIGITS.index(cents[-2]) if "分" in cents else 0
    return amount * 100 + jiao * 10 + fraction


@given(st.integers(0, 10**14 - 1) | st.integers(0, 10**6).map(lambda n: n * 1_000_100))
def test_capital_numerals_read_back_to_the_same_fen(whole_fen: int) -> None:
    whole_fen %= 10**14
    assert read_capitals(in_capitals(yuan(whole_fen))) == whole_fen


def test_no_two_small_amounts_share_their_capitals() -> None:
    assert len({in_capitals(yuan(n)) for n in range(0, 150_000, 7)}) == len(range(0, 150_000, 7))
