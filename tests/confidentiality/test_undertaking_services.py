"""Undertakings are recorded once, corrected, withdrawn, never deleted."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from confidentiality.models import Undertaking
from contract import records
from tests.confidentiality.factories import make_operator
from tests.factories import make_contract, make_party
from tests.papers import JPEG, PDF, PNG

pytestmark = pytest.mark.django_db
TODAY = date(2025, 1, 10)


@pytest.fixture
def contract():
    return make_contract()


@pytest.fixture
def operator(contract):
    return make_operator(contract.vendor, born=date(2000, 2, 29))


def record(contract, operator, **fields):
    values = {"contract": contract, "operator": operator, "signed_on": date(2024, 9, 29)}
    return records.enter(Undertaking(**{**values, **fields}), today=TODAY)


def refused(*args, **fields) -> dict[str, list[str]]:
    before = Undertaking.objects.count()
    with pytest.raises(ValidationError) as caught, transaction.atomic():
        record(*args, **fields)
    assert Undertaking.objects.count() == before
    return getattr(caught.value, "message_dict", {"": caught.value.messages})


def test_it_leaves_who_when_and_what_in_the_history(contract, operator) -> None:
    row = record(contract, operator, document_number=" 保-001 ")
    records.correct(row, today=TODAY, signed_on=date(2024, 9, 28))
    assert list(row.history.values_list("signed_on", "document_number")) == [
        (date(2024, 9, 28), "保-001"),
        (date(2024, 9, 29), "保-001"),
    ]


def test_equal_values_write_nothing(contract, operator) -> None:
    row = record(contract, operator)
    records.correct(row, today=TODAY, signed_on=row.signed_on)
    assert row.history.count() == 1


def test_one_stands_for_each_operator_and_contract(contract, operator) -> None:
    record(contract, operator)
    assert refused(contract, operator)


def test_the_database_holds_that_one_stands(contract, operator) -> None:
    record(contract, operator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Undertaking.objects.create(contract=contract, operator=operator, signed_on=date(2024, 9, 1))


def test_a_new_one_follows_a_withdrawn_one(contract, operator) -> None:
    row = record(contract, operator, document_number="保-001")
    records.withdraw(row, on=TODAY, reason="签名页缺失")
    assert record(contract, operator, document_number="保-001").stands
    row.refresh_from_db()
    assert (row.withdrawn_on, row.withdrawal_reason) == (TODAY, "签名页缺失")


def test_a_withdrawn_one_is_neither_corrected_nor_withdrawn_again(contract, operator) -> None:
    row = record(contract, operator)
    records.withdraw(row, on=TODAY, reason="错录")
    with pytest.raises(ValidationError):
        records.correct(row, today=TODAY, signed_on=date(2024, 9, 1))
    with pytest.raises(ValidationError):
        records.withdraw(row, on=TODAY, reason="错录")


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_withdrawal_needs_a_reason(contract, operator, reason) -> None:
    row = record(contract, operator)
    with pytest.raises(ValidationError):
        records.withdraw(row, on=TODAY, reason=reason)
    row.refresh_from_db()
    assert row.stands


def test_it_is_never_deleted(contract, operator) -> None:
    row = record(contract, operator)
    with pytest.raises(TypeError):
        row.delete()
    with pytest.raises(TypeError):
        Undertaking.objects.all().delete()


def test_a_day_in_the_future_is_refused(contract, operator) -> None:
    assert "signed_on" in refused(contract, operator, signed_on=date(2025, 1, 11))
    assert record(contract, operator, signed_on=TODAY)


def test_a_day_of_another_century_is_refused(contract, operator) -> None:
    """Nobody younger than sixteen signs: a mistyped year is caught, and a birthday counts."""
    assert "signed_on" in refused(contract, operator, signed_on=date(24, 9, 29))
    assert "signed_on" in refused(contract, operator, signed_on=date(2016, 2, 28))
    assert record(contract, operator, signed_on=date(2016, 2, 29))


def test_an_operator_of_another_vendor_is_refused(contract) -> None:
    assert "operator" in refused(contract, make_operator(make_party()))


def test_a_document_number_stands_once_in_a_contract(contract, operator) -> None:
    record(contract, operator, document_number="保-001")
    other = make_operator(contract.vendor)
    assert refused(contract, other, document_number="保-001")
    assert record(contract, other, document_number="")


class TestTheScan:
    @pytest.fixture(autouse=True)
    def folder(self, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path

    @pytest.mark.parametrize("content", [PDF, PNG, JPEG])
    def test_a_pdf_or_picture_is_kept_under_a_name_of_our_own(self, contract, operator, content) -> None:
        row = record(contract, operator, copy=ContentFile(content, "张三 身份证.exe"))
        assert row.copy.name.startswith(f"undertakings/{contract.pk}/")
        assert "张三" not in row.copy.name
        assert row.copy.open().read() == content

    @pytest.mark.parametrize(
        "content",
        [
            b"MZ...",
            b"<html>",
            b"PK\x03\x04",
            b"%PD",
            b" %PDF-",
            b"%PDF-1.7 x",
            b"\x89PNG\r\n\x1a\n...",
            b"\xff\xd8\xff\xe0...",
        ],
    )
    def test_anything_else_is_refused_whatever_it_is_called(self, contract, operator, content) -> None:
        assert "copy" in refused(contract, operator, copy=ContentFile(content, "a.pdf"))

    def test_one_that_is_too_large_is_refused(self, contract, operator, settings) -> None:
        settings.UPLOAD_MAX_BYTES = len(PDF) - 1
        assert "copy" in refused(contract, operator, copy=ContentFile(PDF, "a.pdf"))

    def test_a_correction_elsewhere_does_not_need_the_file(self, contract, operator) -> None:
        row = record(contract, operator, copy=ContentFile(PDF, "a.pdf"))
        row.copy.storage.delete(row.copy.name)
        again = records.correct(row, today=TODAY, document_number="保-2")
        assert again.copy.name == row.copy.name
