"""Money over the API: the vendor hands in, both sides read, nobody sees another's contract."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from billing import services
from billing.documents import statement as pdf
from billing.models import Instalment, Invoice
from sample.einvoice import invoice_xml
from tests.api import V1, client_of, ok, problem
from tests.billing.factories import (
    AT,
    TODAY,
    invoice_fields,
    make_finance,
    make_instalments,
    make_invoice,
    make_payment,
)
from tests.factories import make_contract, make_user
from tests.papers import PDF

pytestmark = pytest.mark.django_db

VENDOR = [
    "billing.add_invoice",
    "billing.view_invoice",
    "billing.view_instalment",
    "billing.view_payment",
    "billing.view_statement",
]


@pytest.fixture
def row() -> Instalment:
    return make_instalments(make_contract())[0]


@pytest.fixture
def vendor(row: Instalment) -> User:
    return make_user(party=row.contract.vendor, permissions=VENDOR)


@pytest.fixture
def client(vendor: User) -> APIClient:
    return client_of(vendor)


def body(row: Instalment, **fields: Any) -> dict[str, Any]:
    data = invoice_fields(row, **fields)
    del data["received_on"]
    written = {key: str(value) for key, value in data.items()}
    return {"instalment": row.pk, **written}


def test_the_vendor_hands_in_an_invoice_received_today(client: APIClient, row: Instalment) -> None:
    answer = ok(client.post(f"{V1}/invoices", body(row), format="json"), 201)
    assert answer["status"] == "submitted" and answer["gross"] == "522933.33"
    invoice = Invoice.objects.get(pk=answer["id"])
    assert invoice.history.get().history_user is not None
    assert ok(client.get(f"{V1}/invoices/{invoice.pk}"))["number"] == invoice.number


def test_the_day_of_receipt_cannot_be_chosen(client: APIClient, row: Instalment) -> None:
    sent = body(row) | {"received_on": "2025-01-01"}
    answer = ok(client.post(f"{V1}/invoices", sent, format="json"), 201)
    assert answer["received_on"] != "2025-01-01"


def test_every_difference_is_named_by_its_field(client: APIClient, row: Instalment) -> None:
    sent = body(row, gross="522933.34", number="12", tax="-1.00", buyer_credit_code="X")
    found = problem(client.post(f"{V1}/invoices", sent, format="json"), 400)
    assert {error["field"] for error in found["errors"]} >= {"number", "tax", "buyer_credit_code"}
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("gross", ["522933.333", "NaN", "1e400", "", None, "五十二万"])
def test_what_is_no_amount_is_refused_by_its_field(client: APIClient, row: Instalment, gross: Any) -> None:
    found = problem(client.post(f"{V1}/invoices", body(row) | {"gross": gross}, format="json"), 400)
    assert [error["field"] for error in found["errors"]] == ["gross"]


def test_a_duplicate_is_a_conflict(client: APIClient, row: Instalment) -> None:
    make_invoice(row, number="25412000000123456789")
    sent = body(row, number="25412000000123456789")
    assert "25412000000123456789" in problem(client.post(f"{V1}/invoices", sent, format="json"), 409)["detail"]


def test_sent_again_under_one_key_it_is_taken_in_once(client: APIClient, row: Instalment) -> None:
    sent = body(row)
    answers = [client.post(f"{V1}/invoices", sent, format="json", HTTP_IDEMPOTENCY_KEY="k-1") for _time in range(2)]
    assert ok(answers[0], 201) == ok(answers[1], 201)
    assert Invoice.objects.count() == 1


def test_a_file_comes_along_as_a_form_and_is_given_back(client: APIClient, row: Instalment) -> None:
    file = SimpleUploadedFile("发票.pdf", PDF, content_type="application/pdf")
    answer = ok(client.post(f"{V1}/invoices", body(row) | {"file": file}, format="multipart"), 201)
    assert answer["has_file"]
    response = client.get(f"{V1}/invoices/{answer['id']}/file", HTTP_ACCEPT="*/*")
    assert b"".join(response.streaming_content) == PDF  # type: ignore[attr-defined]
    assert "attachment" in response["Content-Disposition"]


def test_the_vendor_can_neither_decide_nor_alter(client: APIClient, row: Instalment) -> None:
    invoice = make_invoice(row)
    for method in (client.patch, client.put, client.delete):
        problem(method(f"{V1}/invoices/{invoice.pk}", {"status": "accepted"}, format="json"), 405)
    sent = body(row) | {"status": "accepted"}
    services.return_invoice(invoice=invoice, reason="误", actor=None, today=TODAY)
    assert ok(client.post(f"{V1}/invoices", sent, format="json"), 201)["status"] == "submitted"


def test_rows_of_other_contracts_do_not_exist(client: APIClient) -> None:
    other = make_instalments(make_contract())[0]
    invoice = make_invoice(other)
    problem(client.get(f"{V1}/invoices/{invoice.pk}"), 404)
    problem(client.get(f"{V1}/invoices/{invoice.pk}/file"), 404)
    problem(client.get(f"{V1}/instalments/{other.pk}"), 404)
    found = problem(client.post(f"{V1}/invoices", body(other), format="json"), 400)
    assert [error["field"] for error in found["errors"]] == ["instalment"]
    assert ok(client.get(f"{V1}/invoices"))["count"] == 0


def test_without_permission_or_token_nothing_is_read(row: Instalment) -> None:
    for path in ("instalments", "invoices", "payments", "statements"):
        problem(client_of(make_user(party=row.contract.vendor)).get(f"{V1}/{path}"), 403)
        problem(client_of().get(f"{V1}/{path}"), 401)


def test_instalments_add_up_to_the_fee_as_decimal_strings(client: APIClient) -> None:
    rows = ok(client.get(f"{V1}/instalments"))["results"]
    assert [row["amount"] for row in rows] == ["522933.33", "522933.33", "522933.33", "522933.34"]


def test_payments_are_read_and_never_written(client: APIClient, row: Instalment) -> None:
    payment = make_payment(row)
    assert ok(client.get(f"{V1}/payments/{payment.pk}"))["amount"] == "522933.33"
    problem(client.post(f"{V1}/payments", {}, format="json"), 405)


def test_both_sides_download_the_statement_as_it_was_issued(
    client: APIClient, row: Instalment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "render", lambda facts, draft=False: b"%PDF-1.7 issued")
    statement = services.issue_statement(instalment=row, actor=make_finance(row.contract), at=AT, as_of=AT.date())
    found = ok(client.get(f"{V1}/statements"))["results"][0]
    assert found["number"] == statement.number and "facts" not in found
    detail = ok(client.get(f"{V1}/statements/{statement.pk}"))
    assert detail["facts"]["instalment"]["amount"] == "522933.33" and detail["status"] == "issued"
    for accept in ("application/pdf", "*/*", "application/json"):
        response = client.get(f"{V1}/statements/{statement.pk}/pdf", HTTP_ACCEPT=accept)
        assert response.status_code == 200 and response.content == b"%PDF-1.7 issued"
    assert "filename*=utf-8''" in response["Content-Disposition"]
    stranger = make_user(party=make_contract().vendor, permissions=VENDOR)
    problem(client_of(stranger).get(f"{V1}/statements/{statement.pk}/pdf"), 404)


def test_an_unknown_filter_is_refused(client: APIClient) -> None:
    problem(client.get(f"{V1}/invoices?stauts=returned"), 400)
    assert ok(client.get(f"{V1}/invoices?status=returned"))["count"] == 0


@pytest.mark.parametrize("path", ["instalments", "invoices", "payments", "statements"])
def test_the_queries_of_a_list_do_not_grow_with_its_rows(
    path: str, row: Instalment, client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "render", lambda facts, draft=False: b"%PDF-")
    finance = make_finance(row.contract)
    counts = []
    for number, one in enumerate(Instalment.objects.order_by("sequence")[:3]):
        make_invoice(one)
        make_payment(one)
        services.issue_statement(instalment=one, actor=finance, at=AT, as_of=AT.date())
        if number in (0, 2):
            with CaptureQueriesContext(connection) as queries:
                assert json.loads(client.get(f"{V1}/{path}").content)["results"]
            counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_check_alone_answers_line_by_line_and_writes_nothing(client: APIClient, row: Instalment) -> None:
    sent = body(row, gross="522933.34")
    answer = ok(client.post(f"{V1}/invoices/check", sent, format="json"))
    assert answer["acceptable"] is False and not Invoice.objects.exists()
    gross = next(line for line in answer["lines"] if line["field"] == "gross")
    assert (gross["typed"], gross["expected"], gross["verdict"]) == ("522933.34", "522933.33", "differs")
    assert gross["messages"]
    assert ok(client.post(f"{V1}/invoices/check", body(row), format="json"))["acceptable"] is True


def test_the_check_reads_the_file_that_is_sent_along(client: APIClient, row: Instalment) -> None:
    sent = body(row)
    contract = row.contract
    data = invoice_xml(sent | {"net": "493333.32"}, buyer=contract.office, seller=contract.vendor)
    file = SimpleUploadedFile("发票.xml", data, content_type="application/xml")
    answer = ok(client.post(f"{V1}/invoices/check", sent | {"file": file}, format="multipart"))
    net = next(line for line in answer["lines"] if line["field"] == "net")
    assert net["read"] == [{"source": "xml", "label": "XML 文件", "value": "493333.32"}]
    assert net["verdict"] == "differs"


def test_a_red_letter_invoice_is_handed_in_like_any_other(client: APIClient, row: Instalment) -> None:
    first = make_invoice(row)
    minus = {name: f"-{getattr(first, name)}" for name in ("gross", "net", "tax")}
    sent = body(row) | minus | {"reverses": first.pk}
    answer = ok(client.post(f"{V1}/invoices", sent, format="json"), 201)
    assert (answer["status"], answer["reverses"]) == ("red_letter", first.pk)
    assert ok(client.get(f"{V1}/invoices/{first.pk}"))["status"] == "reversed"
    assert {line["verdict"] for line in ok(client.get(f"{V1}/invoices/{answer['id']}/lines"))} == {"agrees"}


def test_an_invoice_of_another_contract_cannot_be_cancelled(client: APIClient, row: Instalment) -> None:
    foreign = make_invoice(make_instalments()[0])
    sent = body(row, gross="-1.00") | {"reverses": foreign.pk}
    found = problem(client.post(f"{V1}/invoices", sent, format="json"), 400)
    assert [error["field"] for error in found["errors"]] == ["reverses"]
    foreign.refresh_from_db()
    assert foreign.stands
