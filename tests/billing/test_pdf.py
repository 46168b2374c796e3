"""The document itself: what it says on which page."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from billing.documents import statement
from billing.documents.chart import on_post_chart
from kit.files.documents import facts_hash
from tests.billing.factories import make_instalments
from tests.factories import make_contract

FACTS: dict[str, Any] = {
    "schema": 1,
    "document": {
        "number": "JS-HT-1-2024Q4-02",
        "issued_on": "2025-01-20",
        "as_of": "2025-01-20",
        "evaluated_on": "2025-01-19",
        "corrects": {"number": "JS-HT-1-2024Q4-01", "sha256": "ab" * 32, "reason": "补记付款"},
    },
    "contract": {
        "number": "HT-1",
        "title": "示例话务服务",
        "signed_on": "2024-09-29",
        "starts_on": "2024-10-01",
        "ends_on": "2025-09-30",
    },
    "office": {
        "name": "示例市政府办公室",
        "credit_code": "11411200005802061W",
        "address": "示例路1号",
        "telephone": "0398-0000000",
        "bank_name": "示例银行",
        "bank_account": "4100150171405",
    },
    "vendor": {
        "name": "示例服务有限公司",
        "credit_code": "914112005710257896",
        "address": "",
        "telephone": "",
        "bank_name": "示例农行",
        "bank_account": "1619210104",
    },
    "instalment": {
        "sequence": 1,
        "count": 4,
        "start": "2024-10-01",
        "end": "2024-12-31",
        "amount": "522933.33",
        "in_capitals": "伍拾贰万贰仟玖佰叁拾叁元叁角叁分",
        "paid": "400000.00",
        "outstanding": "122933.33",
        "quarterly": True,
    },
    "vat": {"rate": "6", "net": "493333.33", "tax": "29600.00", "from_invoice": True},
    "invoice": {
        "kind": "增值税普通发票",
        "code": "",
        "number": "25412000000123456789",
        "issued_on": "2025-01-06",
        "received_on": "2025-01-08",
        "gross": "522933.33",
        "status": "已认可",
    },
    "acceptance": {
        "accepted_on": "2025-01-10",
        "result": "验收合格",
        "opinion": "<b>合格</b> & 无异议",
        "accepted_by": "张敏",
    },
    "payments": [{"paid_on": "2025-01-20", "amount": "400000.00", "reference": "PZ-1"}],
    "due": {
        "nominal": "2025-02-07",
        "legal": "2025-02-10",
        "outcome": "pending",
        "explanation": "未付122,933.33元，应于2025-02-10前支付。",
        "clocks": [
            {
                "started_by": "invoice",
                "started_on": "2025-01-08",
                "days": 30,
                "nominal_due_on": "2025-02-07",
                "legal_due_on": "2025-02-07",
            }
        ],
        "days_late": 0,
        "late_interest": "0.00",
        "late_interest_daily_percent": "0.05",
    },
    "on_post": {
        "floor": "98",
        "ranges": False,
        "rows": [
            {
                "start": "2024-10-01",
                "end": "2024-10-31",
                "required": 1395,
                "best": 1380,
                "worst": 1380,
                "rate": "98.92%",
                "outcome": "met",
                "outcome_label": "已履行",
            },
            {
                "start": "2024-11-01",
                "end": "2024-11-30",
                "required": 1350,
                "best": 1321,
                "worst": 1300,
                "rate": "97.85%",
                "outcome": "not_met",
                "outcome_label": "未履行",
            },
        ],
        "sum": None,
    },
    "alerts": {
        "rows": [
            {
                "clause": "13.4",
                "title": "人员到位率",
                "owed_by": "vendor",
                "owed_by_label": "乙方",
                "subject": "",
                "start": "2024-11-01",
                "end": "2024-11-30",
                "due_on": None,
                "measured": "97.85%",
                "required": "98%",
                "outcome_label": "未履行",
                "status": "open",
                "status_label": "待处理",
                "decision": None,
            }
        ],
        "cured": 3,
    },
    "policies": [{"clause": "10", "label": "付款期限", "value": "30 日", "confirmed": False}],
}


@pytest.fixture(scope="module")
def issued() -> bytes:
    return statement.render(FACTS)


def pages(content: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages]


def test_it_says_everything_that_finance_files(issued: bytes) -> None:
    text = "".join(pages(issued))
    for words in (
        "服务费季度结算单",
        "JS-HT-1-2024Q4-02",
        "11411200005802061W",
        "914112005710257896",
        "示例农行",
        "1619210104",
        "522,933.33",
        "493,333.33",
        "29,600.00",
        "人民币伍拾贰万贰仟玖佰叁拾叁元叁角叁分",
        "25412000000123456789",
        "PZ-1",
        "2025年2月10日",
        "1,395",
        "98.92%",
        "评估截至2025年1月19日",
        "合同下限98%",
        "口径待双方书面确认",
        "另有3项预警",
        "自动扣减",
        "经办",
        "审核",
        "（盖章）",
        "更正并代替JS-HT-1-2024Q4-01",
        "补记付款",
    ):
        assert words in text, words


def test_every_page_carries_its_number_the_documents_number_and_its_hash(issued: bytes) -> None:
    texts = pages(issued)
    for number, text in enumerate(texts, start=1):
        assert f"第{number}页/共{len(texts)}页" in text
        assert f"JS-HT-1-2024Q4-02校验码{facts_hash(FACTS)[:16]}" in text


def test_a_draft_says_so_on_every_page_and_has_no_hash() -> None:
    texts = pages(statement.render(FACTS, draft=True))
    assert all("草稿，未出具，不作为结算依据" in text for text in texts)
    assert all(text.count("草") > 1 for text in texts)
    assert "校验码" + facts_hash(FACTS)[:16] not in "".join(texts)


def test_text_of_people_is_printed_and_not_interpreted(issued: bytes) -> None:
    assert "<b>合格</b>&无异议" in "".join(pages(issued))


def test_it_is_a4_with_the_chinese_fonts_embedded(issued: bytes) -> None:
    reader = PdfReader(BytesIO(issued))
    box = reader.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)
    names = {
        font.get_object()["/BaseFont"]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert names and all("Noto" in name and "CJK" in name for name in names), names


def test_equal_facts_give_equal_bytes(issued: bytes) -> None:
    assert statement.render(FACTS) == issued


def test_other_facts_have_another_hash() -> None:
    assert facts_hash(FACTS) != facts_hash({**FACTS, "schema": 2})


def test_the_chart_begins_below_the_lowest_figure_and_says_so() -> None:
    chart = on_post_chart(FACTS["on_post"])
    assert chart.truncated and ">95%<" in chart.svg and ">100%<" in chart.svg
    rows = [FACTS["on_post"]["rows"][1] | {"worst": 0}]
    assert not on_post_chart(FACTS["on_post"] | {"rows": rows}).truncated


def test_the_chart_of_nothing_is_nothing() -> None:
    assert on_post_chart({"floor": "98", "rows": []}).svg == ""


@pytest.mark.django_db
def test_a_real_draft_can_be_made_of_a_contract_with_nothing_recorded() -> None:
    from billing import services

    row = make_instalments(make_contract(title="<script>示例</script>"))[0]
    content = services.preview_statement(instalment=row, as_of=date(2024, 11, 1))
    text = "".join(pages(content))
    assert "<script>示例</script>" in text and "尚未收到符合约定的增值税普通发票" in text
