"""The explanation of differences: each with both figures, none where everything agrees."""

from typing import Any

import pytest

from billing.rules.differences import differences

AGREES: dict[str, Any] = {
    "application": {
        "amount": "100.00",
        "deducted": "0.00",
        "withheld": "0.00",
        "applied": "100.00",
        "paid": "0.00",
        "rest": "100.00",
    },
    "claims": [],
    "invoice": {"gross": "100.00", "received_on": "2025-01-08", "lines": [], "others": []},
    "acceptance": {"indicators": [], "status": "confirmed", "result": "验收合格", "vendor_answer": {"opinion": ""}},
    "statement": {"paid": "0.00", "as_of": "2025-01-13"},
    "payments": [],
    "due": None,
}


def changed(**parts: Any) -> list[dict[str, str]]:
    return differences(
        {
            key: value | parts.get(key, {}) if isinstance(value, dict) else parts.get(key, value)
            for key, value in AGREES.items()
        }
    )


def test_nothing_is_said_where_everything_agrees() -> None:
    assert differences(AGREES) == []


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"application": {"deducted": "1.00"}}, "抵扣 1.00"),
        ({"application": {"withheld": "2.00"}, "claims": [{"number": "SP-1", "withheld": "2"}]}, "SP-1"),
        ({"invoice": {"gross": "99.99"}}, "99.99"),
        (
            {
                "invoice": {
                    "lines": [
                        {
                            "label": "税额",
                            "verdict": "look",
                            "expected": "6.00",
                            "typed": "6.01",
                            "messages": ["请核对。"],
                            "verdict_label": "请核对",
                        }
                    ]
                }
            },
            "请核对",
        ),
        ({"invoice": {"others": [{"number": "1", "status": "已退回", "reason": "缺备注"}]}}, "缺备注"),
        (
            {
                "acceptance": {
                    "indicators": [
                        {
                            "title": "到位率",
                            "outcome": "not_met",
                            "target": "98%",
                            "measured": "97.92%",
                            "result": "未履行",
                            "remark": "",
                            "start": "2025-07-01",
                            "end": "2025-07-31",
                        }
                    ]
                }
            },
            "未据此自动扣减",
        ),
        ({"acceptance": {"status": "objected", "vendor_answer": {"opinion": "数据有误"}}}, "数据有误"),
        ({"acceptance": {"status": "purchaser"}}, "不视为同意"),
        ({"statement": {"paid": "1.00"}}, "2025-01-13"),
        (
            {
                "due": {
                    "days_late": 1,
                    "legal": "2025-02-10",
                    "nominal": "2025-02-07",
                    "paid_off_on": None,
                    "late_interest": "261.47",
                }
            },
            "261.47",
        ),
        ({"payments": [{"paid_on": "2025-01-07"}]}, "先票后款"),
    ],
)
def test_a_difference_is_explained(parts: dict[str, Any], words: str) -> None:
    (row,) = changed(**parts)
    assert words in " ".join(row.values())
    assert row["subject"] and row["expected"] and row["found"]


def test_a_payment_on_the_day_of_the_invoice_is_in_order() -> None:
    assert changed(payments=[{"paid_on": "2025-01-08"}]) == []
