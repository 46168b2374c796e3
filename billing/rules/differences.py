"""What does not agree within a payment's papers, and why (差异说明). The document is Chinese."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any


def differences(facts: Mapping[str, Any]) -> list[dict[str, str]]:
    """Each difference with both figures and its explanation; empty where everything agrees.

    `facts` are those of the quarterly file, plain JSON values.
    """
    return [*_amounts(facts), *_invoice(facts), *_acceptance(facts), *_statement(facts), *_payment(facts)]


def _amounts(facts: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    sums = facts["application"]
    if Decimal(sums["deducted"]):
        yield _row(
            "应付金额与申请金额",
            f"{_yuan(sums['amount'])} 元",
            f"{_yuan(sums['applied'])} 元",
            f"依据乙方认可或双方书面和解的索赔抵扣 {_yuan(sums['deducted'])} 元，明细见扣款清单。",
        )
    if Decimal(sums["withheld"]):
        numbers = "、".join(claim["number"] for claim in facts["claims"] if Decimal(claim["withheld"]))
        yield _row(
            "应付金额与申请金额",
            f"{_yuan(sums['amount'])} 元",
            f"{_yuan(sums['applied'])} 元",
            f"索赔 {numbers} 尚未了结，所涉 {_yuan(sums['withheld'])} 元暂缓支付；无异议部分按期支付，暂缓不作为扣减。",
        )


def _invoice(facts: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    invoice, sums = facts["invoice"], facts["application"]
    left = invoice.get("remaining", invoice["gross"])  # files made before know no parts
    if Decimal(left) != Decimal(invoice["gross"]):
        yield _row(
            "发票价税合计与红字发票冲减后余额",
            f"{_yuan(invoice['gross'])} 元",
            f"{_yuan(left)} 元",
            "该发票已被部分红字冲减，按余额作为付款依据。",
        )
    if Decimal(left) != Decimal(sums["applied"]):
        yield _row(
            "发票价税合计与申请金额",
            f"{_yuan(left)} 元",
            f"{_yuan(sums['applied'])} 元",
            "发票按本期应付金额开具；抵扣、暂缓部分在付款时列示，不改变发票金额。"
            if Decimal(sums["deducted"]) or Decimal(sums["withheld"])
            else "不一致的原因不见于记录，请说明人补充。",
        )
    for line in invoice["lines"]:
        if line["verdict"] != "agrees":
            yield _row(
                f"发票核验：{line['label']}",
                line["expected"] or "—",
                line["typed"] or "—",
                "".join(line["messages"]) or line["verdict_label"],
            )
    for other in invoice["others"]:
        yield _row("本期其他发票", other["number"], other["status"], other["reason"] or "该发票不作为本期付款依据。")


def _acceptance(facts: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    found = facts["acceptance"]
    for row in found["indicators"]:
        if row["outcome"] in ("not_met", "undetermined"):
            yield _row(
                f"验收指标：{row['title']}{_month(row)}",
                row["target"],
                row["measured"] or "—",
                f"系统认定为“{row['result']}”"
                + (f"（{row['remark']}）" if row["remark"] else "")
                + "；未据此自动扣减。",
            )
    if found["status"] == "objected":
        yield _row("验收结果", found["result"], "乙方有异议", found["vendor_answer"]["opinion"])
    elif found["status"] == "purchaser":
        yield _row("验收确认", "乙方确认", "尚未确认", "截至本卷制作，乙方尚未答复，不视为同意。")


def _statement(facts: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    stated, sums = facts["statement"], facts["application"]
    first = "付款申请" if Decimal(sums["rest"]) > 0 else "付款情况说明"
    if Decimal(stated["paid"]) != Decimal(sums["paid"]):
        yield _row(
            "结算单所列已付金额与现已付金额",
            f"{_yuan(stated['paid'])} 元",
            f"{_yuan(sums['paid'])} 元",
            f"结算单数据截至 {stated['as_of']}，其后的付款以本卷{first}所列为准。",
        )


def _payment(facts: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    due = facts["due"]
    if due and int(due["days_late"]):
        yield _row(
            "付款期限与付款日期",
            due["legal"] or due["nominal"],
            due["paid_off_on"] or "未付清",
            f"逾期 {due['days_late']} 日，逾期利息 {_yuan(due['late_interest'])} 元仅作列示。",
        )
    first = facts["payments"][0]["paid_on"] if facts["payments"] else ""
    if first and first < facts["invoice"]["received_on"]:
        yield _row(
            "发票日期与付款日期",
            facts["invoice"]["received_on"],
            first,
            "付款早于收到发票；合同约定先票后款的，另见预警记录。",
        )


def _month(row: Mapping[str, Any]) -> str:
    """The period of a figure that has one of its own, such as a month's on-post rate."""
    return f"（{row['start']} 至 {row['end']}）" if row["start"] else ""


def _row(subject: str, expected: str, found: str, text: str) -> dict[str, str]:
    return {"subject": subject, "expected": expected, "found": found, "explanation": text}


def _yuan(amount: str) -> str:
    return f"{Decimal(amount):,.2f}"
