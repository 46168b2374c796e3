"""The office's pages about money."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing import services
from billing.documents import statement as pdf
from billing.models import Acceptance, Instalment, Invoice, Payment, Statement
from contract.admin.base import grouped
from contract.models import Contract
from tests.billing.factories import (
    AT,
    FINANCE,
    invoice_fields,
    make_acceptance,
    make_instalments,
    make_invoice,
    make_payment,
)
from tests.contract.admin_helpers import signed_in
from tests.factories import make_contract, make_user
from tests.papers import PDF

pytestmark = pytest.mark.django_db

READ = [permission for permission in FINANCE if ".view_" in permission]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.DEMONSTRATION_DAY = "2025-01-20"
    monkeypatch.setattr(pdf, "render", lambda facts, draft=False: b"%PDF- draft" if draft else b"%PDF- issued")


@pytest.fixture
def row() -> Instalment:
    return make_instalments(make_contract(number="HT-1"))[0]


@pytest.fixture
def finance(row: Instalment) -> User:
    return make_user(
        "zhang", party=row.contract.office, permissions=[*FINANCE, "contract.view_contract"], is_staff=True
    )


@pytest.fixture
def client(finance: User) -> Client:
    return signed_in(finance)


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:billing_{name}", args=args)


def text(response: Any) -> str:
    assert response.status_code == 200, response
    return response.content.decode()


def written(fields: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in fields.items()}


def test_the_list_shows_amounts_and_states_in_chinese(client: Client, row: Instalment) -> None:
    make_invoice(row)
    make_acceptance(row)
    shown = text(client.get(page("instalment_changelist")))
    for words in ("522,933.33", "522,933.34", "已提交", "验收合格", "未收到", "未付（元）"):
        assert words in shown, words


def test_the_list_takes_as_many_queries_for_many_contracts(client: Client, finance: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            text(client.get(page("instalment_changelist")))
        return len(captured)

    queries()  # what every page keeps for half a minute is kept
    before = queries()
    office = Contract.objects.get().office
    for _number in range(3):
        make_invoice(make_instalments(make_contract(office=office))[0])
    assert queries() == before


@pytest.mark.parametrize("key", ["abc", "²", "9" * 23, "-1"])
def test_a_form_opens_without_a_key_that_is_none(client: Client, key: str) -> None:
    text(client.get(page("payment_add"), {"instalment": key}))


def test_what_waits_for_a_claim_is_not_late(row: Instalment) -> None:
    pages: Any = admin.site._registry[Instalment]
    due: Any = row
    due.due = date(2025, 1, 10)
    assert "逾期" in pages.due_on(row)
    row.paid_amount, row.withheld_amount = row.amount - 1, Decimal(1)
    assert pages.due_on(row) == date(2025, 1, 10)


def test_generating_follows_the_terms(client: Client, row: Instalment) -> None:
    contract = make_contract(office=row.contract.office)
    response = client.post(page("instalment_add"), {"contract": contract.pk}, follow=True)
    assert "4期" in text(response)
    assert contract.instalments.count() == 4


def test_an_invoice_form_is_filled_with_what_it_must_say(client: Client, row: Instalment) -> None:
    shown = text(client.get(page("invoice_add") + f"?instalment={row.pk}"))
    for words in ("522933.33", "493333.33", "29600.00", row.contract.vendor.credit_code):
        assert words in shown, words


def test_an_invoice_is_recorded_and_a_wrong_one_says_why(client: Client, row: Instalment) -> None:
    fields = written(invoice_fields(row)) | {"instalment": str(row.pk), "kind": "ordinary", "code": ""}
    wrong = fields | {"gross": "522933.34", "number": "12"}
    shown = text(client.post(page("invoice_add"), wrong))
    assert "一分不差" in shown and "20位" in shown and not Invoice.objects.exists()
    file = SimpleUploadedFile("a.pdf", PDF)
    response = client.post(page("invoice_add"), fields | {"file": file})
    assert response.status_code == 302, text(response)
    invoice = Invoice.objects.get()
    assert str(invoice.history.get().history_user) == "zhang"
    download = client.get(page("invoice_file", invoice.pk))
    assert b"".join(download.streaming_content) == PDF  # type: ignore[attr-defined]


def test_an_invoice_is_returned_with_a_reason(client: Client, row: Instalment) -> None:
    invoice = make_invoice(row)
    where = page("invoice_change", invoice.pk)
    assert "请写明原因" in text(client.post(where, {"decision": "return", "why": ""}))
    assert client.post(where, {"decision": "return", "why": "税号有误"}).status_code == 302
    assert Invoice.objects.get().reason == "税号有误"
    assert client.post(where, {"decision": "accept"}).status_code == 302
    assert Invoice.objects.get().status == "accepted"


def test_what_an_invoice_says_cannot_be_changed_here(client: Client, row: Instalment) -> None:
    invoice = make_invoice(row)
    sent = {"decision": "accept", "gross": "1.00", "number": "1" * 20}
    client.post(page("invoice_change", invoice.pk), sent)
    assert Invoice.objects.get().gross == row.amount


def test_acceptance_and_payment_are_recorded_and_withdrawn(client: Client, row: Instalment) -> None:
    form = {"instalment": row.pk, "accepted_on": "2025-01-10", "result": "passed", "opinion": ""}
    assert client.post(page("acceptance_add"), form).status_code == 302
    make_invoice(row)
    shown = text(client.get(page("payment_add") + f"?instalment={row.pk}"))
    assert "522933.33" in shown
    form = {"instalment": row.pk, "paid_on": "2025-01-20", "amount": "522933.33", "reference": "1"}
    assert client.post(page("payment_add"), form).status_code == 302
    assert Instalment.objects.get(pk=row.pk).outstanding == 0
    again = text(client.post(page("payment_add"), form | {"reference": "2"}))
    assert "zhang" in again and "未重复记录" in again
    for model, name in ((Payment, "payment_change"), (Acceptance, "acceptance_change")):
        one = model.objects.get()
        assert "withdrawal" not in text(client.post(page(name, one.pk), {"why": ""}))
        assert client.post(page(name, one.pk), {"why": "误记"}).status_code == 302
        assert not model.objects.get().stands
        assert "误记" in text(client.get(page(name, one.pk)))
        assert client.post(page(name, one.pk), {"why": "再次"}).status_code == 403
    assert Instalment.objects.get(pk=row.pk).paid_amount == 0


def test_a_payment_entered_by_mistake_is_undone_by_one_press(client: Client, row: Instalment) -> None:
    form = {"instalment": row.pk, "accepted_on": "2025-01-10", "result": "passed", "opinion": ""}
    client.post(page("acceptance_add"), form)
    make_invoice(row)
    form = {"instalment": row.pk, "paid_on": "2025-01-20", "amount": "522933.33", "reference": "1"}
    assert "撤回这条登记" in text(client.post(page("payment_add"), form, follow=True))
    client.post(page("payment_change", Payment.objects.get().pk), {"_undo": "1"})
    assert not Payment.objects.get().stands and Payment.objects.get().withdrawn_by.username == "zhang"
    assert Instalment.objects.get(pk=row.pk).paid_amount == 0


def test_what_an_acceptance_changes_is_shown_before_it_is_recorded(client: Any, row: Instalment) -> None:
    form = {"instalment": row.pk, "accepted_on": "2025-01-10", "result": "passed", "opinion": ""}
    assert "即将发生的事项" in text(client.post(page("acceptance_add"), form, hasty=True))
    assert not Acceptance.objects.exists()
    client.post(page("acceptance_add"), form)
    assert Acceptance.objects.get().stands


def test_amounts_are_written_one_way(client: Client, row: Instalment) -> None:
    assert "522,933.33" in text(client.get(page("payment_change", make_payment(row).pk)))


@pytest.mark.parametrize(
    ("plain", "shown"),
    [("522933.33", "522,933.33"), ("999.00", "999.00"), ("-1000", "-1,000"), ("–", "–"), ("1 个月", "1 个月")],
)
def test_what_is_no_number_is_not_grouped(plain: str, shown: str) -> None:
    assert grouped(plain) == shown


def test_a_payment_above_what_is_open_stands_beside_its_field(client: Client, row: Instalment) -> None:
    make_payment(row, amount=Decimal("500000.00"))
    form = {"instalment": row.pk, "paid_on": "2025-01-20", "amount": "22933.34", "reference": "2"}
    assert "22,933.33" in text(client.post(page("payment_add"), form))
    assert Payment.objects.count() == 1


def test_the_page_of_an_instalment_leads_to_the_issued_statement(client: Client, row: Instalment) -> None:
    make_invoice(row)
    make_acceptance(row)
    where = page("instalment_change", row.pk)
    shown = text(client.get(where))
    for words in ("自收到发票起", "2025-02-07", "出具结算单", "预览草稿", "登记付款"):
        assert words in shown, words
    draft = client.get(page("instalment_preview", row.pk))
    assert draft.content == b"%PDF- draft" and "inline" in draft["Content-Disposition"]
    assert not Statement.objects.exists()
    assert "已出具" in text(client.post(where, {"corrects": ""}, follow=True))
    statement = Statement.objects.get()
    download = client.get(page("statement_pdf", statement.pk))
    assert download.content == b"%PDF- issued"
    assert "attachment" in download["Content-Disposition"]
    assert "filename*=utf-8''%E6%9C%8D%E5%8A%A1%E8%B4%B9" in download["Content-Disposition"]
    assert "没有变化" in text(client.get(where))


def test_a_correction_asks_for_its_reason(client: Client, row: Instalment) -> None:
    where = page("instalment_change", row.pk)
    client.post(where, {"corrects": ""})
    first = Statement.objects.get()
    make_payment(row)
    assert "出具更正单" in text(client.get(where))
    assert "请写明原因" in text(client.post(where, {"corrects": first.pk, "reason": ""}))
    client.post(where, {"corrects": first.pk, "reason": "补记付款"})
    assert Statement.objects.get(corrects=first).reason == "补记付款"
    stale = text(client.post(where, {"corrects": first.pk, "reason": "再次"}, follow=True))
    assert "已被更正单代替" in stale and Statement.objects.count() == 2


def test_an_altered_document_is_not_handed_out(client: Client, row: Instalment) -> None:
    client.post(page("instalment_change", row.pk), {"corrects": ""})
    statement = Statement.objects.get()
    with open(statement.file.path, "ab") as file:
        file.write(b"x")
    shown = text(client.get(page("statement_pdf", statement.pk), follow=True))
    assert "被改动" in shown


def test_statements_are_read_only(client: Client, row: Instalment) -> None:
    client.post(page("instalment_change", row.pk), {"corrects": ""})
    statement = Statement.objects.get()
    assert statement.number in text(client.get(page("statement_changelist")))
    assert statement.facts_sha256 in text(client.get(page("statement_change", statement.pk)))
    assert client.get(page("statement_add")).status_code == 403
    assert client.get(page("statement_delete", statement.pk)).status_code == 403
    response = client.post(page("statement_change", statement.pk), {"number": "x"})
    assert response.status_code == 403
    for name, one in (("invoice", make_invoice(row)), ("payment", make_payment(row))):
        assert client.get(page(f"{name}_delete", one.pk)).status_code == 403


def test_who_may_only_read_sees_no_buttons_and_writes_nothing(row: Instalment) -> None:
    reader = signed_in(make_user(party=row.contract.office, permissions=READ, is_staff=True))
    shown = text(reader.get(page("instalment_change", row.pk)))
    assert "登记付款" not in shown and "出具结算单</button>" not in shown
    assert reader.post(page("instalment_change", row.pk), {"corrects": ""}).status_code == 403
    assert reader.get(page("payment_add")).status_code == 403
    assert not Statement.objects.exists()


def test_another_offices_rows_do_not_exist(client: Client) -> None:
    other = make_instalments(make_contract())[0]
    office = make_user(party=other.contract.office, permissions=FINANCE)
    statement = services.issue_statement(instalment=other, actor=office, at=AT, as_of=date(2025, 1, 20))
    invoice = make_invoice(other)
    for where in (
        page("instalment_preview", other.pk),
        page("statement_pdf", statement.pk),
        page("invoice_file", invoice.pk),
    ):
        assert client.get(where).status_code == 404, where
    assert client.get(page("instalment_change", other.pk)).status_code == 302
    form = {"instalment": other.pk, "paid_on": "2025-01-20", "amount": "1", "reference": "x"}
    text(client.post(page("payment_add"), form))
    assert not Payment.objects.exists()
    response = client.post(page("instalment_add"), {"contract": other.contract_id})
    assert response.status_code == 200


@pytest.mark.parametrize("name", ["instalment", "invoice", "acceptance", "payment"])
def test_every_record_has_its_history(name: str, client: Client, row: Instalment) -> None:
    one = {
        "instalment": lambda: row,
        "invoice": lambda: make_invoice(row),
        "acceptance": lambda: make_acceptance(row),
        "payment": lambda: make_payment(row),
    }[name]()
    assert text(client.get(page(f"{name}_history", one.pk)))
    assert text(client.get(page(f"{name}_changelist")))
    assert text(client.get(page(f"{name}_change", one.pk)))


def test_a_red_letter_invoice_is_entered_like_any_other(client: Client, row: Instalment) -> None:
    first = make_invoice(row)
    fields = written(invoice_fields(row)) | {
        "instalment": str(row.pk),
        "kind": "ordinary",
        "code": "",
        "reverses": str(first.pk),
        **{name: f"-{getattr(first, name)}" for name in ("gross", "net", "tax")},
    }
    more = text(client.post(page("invoice_add"), fields | {"gross": "-522933.34"}))
    assert "超过发票" in more
    response = client.post(page("invoice_add"), fields)
    assert response.status_code == 302, text(response)
    red = Invoice.objects.get(reverses=first)
    for invoice, words in ((first, "已红冲"), (red, "红字发票")):
        shown = text(client.get(page("invoice_change", invoice.pk)))
        assert words in shown and 'name="decision"' not in shown


def test_the_page_of_an_invoice_compares_it_line_by_line(client: Client, row: Instalment) -> None:
    shown = text(client.get(page("invoice_change", make_invoice(row).pk)))
    assert "发票核对" in shown and shown.count("一致") >= 10
