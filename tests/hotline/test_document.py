"""Indicators come with the contract document: another contract has its own by data alone."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from contract.loading import load
from contract.models import Contract
from contract.reference import REFERENCE
from contract.reference.export import document_of
from contract.reference.schema import schema
from contract.reference.sections import sections
from hotline.figures import LABELS
from hotline.models import Indicator
from tests.hotline.conftest import make_platform

pytestmark = pytest.mark.django_db
OWN: dict[str, Any] = {
    "key": "returned",
    "title": "工单退回率",
    "window": "quarter",
    "source": "合同附件三",
    "direction": "at_most",
    "floor_percent": "2.5",
    "minimum": 50,
    "counted": [{"part": "orders_returned", "whole": "orders_filed"}],
}
TWO_WAYS: dict[str, Any] = {
    "key": "connection_week",
    "title": "周接通率",
    "window": "week",
    "source": "合同附件三",
    "floor_percent": "96",
    "policy": "connection_reading",
    "confirmed_on": "2024-10-08",
    "confirmation": "热线办函〔2024〕12号（示例）",
    "counted": [
        {"reading": "of_all_entries", "part": "answered", "whole": "offered"},
        {"reading": "without_short_abandons", "part": "answered", "whole": "offered - short_abandoned"},
    ],
}


def document(*indicators: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return found | {"indicators": list(indicators)}


def test_they_are_loaded_written_back_and_loaded_again_without_a_change() -> None:
    load(document(OWN, TWO_WAYS))
    contract = Contract.objects.get()
    own, two = Indicator.objects.filter(contract=contract)
    assert own.readings == {"": ["orders_returned", "orders_filed"]}
    assert set(two.readings) == {"of_all_entries", "without_short_abandons"}
    assert (two.floor_percent, two.confirmation) == (96, TWO_WAYS["confirmation"])
    again = document_of(contract)
    told = {row["key"]: row for row in again["indicators"]}
    assert told["returned"]["floor_percent"] == "2.5" and told["connection_week"]["counted"] == TWO_WAYS["counted"]
    before = Indicator.history.count()
    done = load(again)
    assert not done.kept and Indicator.history.count() == before


def test_its_first_platform_brings_no_others() -> None:
    load(document(OWN))
    make_platform(Contract.objects.get())
    assert [row.key for row in Indicator.objects.all()] == ["returned"]


def test_the_next_contract_starts_with_them_unconfirmed() -> None:
    anew = sections()["indicators"].anew
    assert anew is not None
    (row,) = anew([TWO_WAYS])
    assert "confirmed_on" not in row and "confirmation" not in row and row["floor_percent"] == "96"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"counted": [{"part": "calls", "whole": "offered"}]}, "counted[0].part"),
        ({"counted": []}, "counted"),
        ({"window": "any_24_hours"}, "indicators[0].counted"),
        ({"policy": "connection_reading"}, "indicators[0].counted"),
        ({"floor_percent": "101"}, "floor_percent"),
        ({"confirmation": "某文件"}, "confirmation"),
        ({"key": "大"}, "key"),
        ({"window": "hour"}, "window"),
    ],
)
def test_what_is_wrong_is_named_by_its_place_and_nothing_is_written(change: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        load(document(OWN | change))
    assert any(place in message for message in caught.value.messages), caught.value.messages
    assert not Contract.objects.exists()


def test_the_page_about_documents_names_every_figure_and_the_schema_knows_the_section() -> None:
    page = (REFERENCE.parents[2] / "docs" / "contract-document.md").read_text(encoding="utf-8")
    assert [name for name in LABELS if f"`{name}`" not in page] == []
    assert "indicators" in schema()["properties"]
