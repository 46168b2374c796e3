"""Invoices as the tax platform and people really send them, held against the fourth instalment."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from billing.models import Instalment
from contract.models import Party
from tests.api import V1, client_of, ok
from tests.billing.factories import make_instalments
from tests.billing.test_api import VENDOR
from tests.factories import make_contract, make_user
from tests.papers import PDF

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parent.parent / "data" / "invoices"


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    settings.DEMONSTRATION_DAY = "2025-09-30"


@pytest.fixture
def row() -> Instalment:
    office = Party.objects.create(name="三门峡市人民政府办公室", credit_code="11411200005802061W")
    vendor = Party.objects.create(
        name="三门峡市恒特保安服务有限责任公司", credit_code="914112005710257896", bank_account="16192101040028288"
    )
    return make_instalments(make_contract(office=office, vendor=vendor, check_ids=()))[3]


def lines(row: Instalment, name: str, content: bytes | None = None, **changes: Any) -> dict[str, Any]:
    """The check of a file beside the right entries, by item."""
    client = client_of(make_user(party=row.contract.vendor, permissions=VENDOR))
    sent = {
        "instalment": row.pk,
        "kind": "ordinary",
        "number": "25412000000010000055",
        "issued_on": "2025-09-29",
        "gross": "522933.34",
        "net": "493333.34",
        "tax": "29600.00",
        "vat_rate": "6",
        "buyer_credit_code": "11411200005802061W",
        "seller_credit_code": "914112005710257896",
        **changes,
    }
    file = SimpleUploadedFile(name, (DATA / name).read_bytes() if content is None else content)
    answer = ok(client.post(f"{V1}/invoices/check", sent | {"file": file}, format="multipart"))
    return {line["field"]: line for line in answer["lines"]}


def verdicts(found: dict[str, Any]) -> set[str]:
    return {line["verdict"] for line in found.values()}


@pytest.mark.parametrize("name", ["invoice-totals-6-decimals-same-amount.xml", "invoice-issuedate-elsewhere.xml"])
def test_an_invoice_that_says_the_same_agrees(row: Instalment, name: str) -> None:
    found = lines(row, name)
    assert verdicts(found) == {"agrees"}
    assert found["gross"]["read"][0]["value"] == "522933.34"
    assert found["issued_on"]["read"][0]["value"] == "2025-09-29"


def test_eight_decimals_hide_no_other_amount(row: Instalment) -> None:
    found = lines(row, "invoice-totals-8-decimals-other-amount.xml")
    assert found["gross"]["verdict"] == found["net"]["verdict"] == found["tax"]["verdict"] == "differs"
    assert found["number"]["verdict"] == "agrees"


def test_a_part_of_a_fen_is_another_amount(row: Instalment) -> None:
    data = (DATA / "invoice-totals-6-decimals-same-amount.xml").read_bytes().replace(b"522933.340000<", b"522933.341<")
    assert lines(row, "a.xml", data)["gross"]["read"][0]["value"] == "522933.341"
    assert lines(row, "a.xml", data)["gross"]["verdict"] == "differs"


@pytest.mark.parametrize(("name", "content"), [("no-invoice.ofd", None), ("扫描.pdf", PDF)])
def test_of_a_file_that_could_not_be_read_nothing_agrees(row: Instalment, name: str, content: bytes | None) -> None:
    found = lines(row, name, content)
    assert verdicts(found) == {"look"} and len(found) == 14
    assert all("文件未能读出此项" in line["messages"][0] for line in found.values())


def test_an_item_that_the_file_does_not_say_is_looked_at(row: Instalment) -> None:
    data = (DATA / "invoice-issuedate-elsewhere.xml").read_bytes()
    without = data.replace(b"<TotalTaxAm>29600.00</TotalTaxAm>", b"").replace(b">0.060000<", "免税".join("><").encode())
    found = lines(row, "a.xml", without)
    assert {name for name, line in found.items() if line["verdict"] == "look"} == {"tax", "vat_rate"}


def test_the_kind_is_said_in_chinese(row: Instalment) -> None:
    data = (DATA / "invoice-issuedate-elsewhere.xml").read_bytes()
    special = data.replace(b"<GeneralOrSpecialVAT><LabelCode>02", b"<GeneralOrSpecialVAT><LabelCode>01")
    found = lines(row, "a.xml", special)["kind"]
    assert found["verdict"] == "differs"
    said = "".join([*found["messages"], found["typed"], found["expected"], found["read"][0]["value"]])
    assert "special" not in said and "ordinary" not in said and "专用发票" in said
