"""The second sample contract's payment files: a red-letter invoice, and an amended share."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from billing import services
from billing.documents.quarter_file import Assembled
from billing.services import quarter_files
from contract.loading import load_contract, reference_document
from contract.models import Contract
from kit import clock
from sample import second
from sample.users import make_users
from sample.year.events import instant
from tests.factories import make_roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Contract:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(quarter_files, "assemble", lambda *a, **k: Assembled(b"PK made", b"%PDF made", 1))
    make_roles()
    first = load_contract(reference_document())
    return second.load(first, make_users(first))


def facts_of(contract: Contract, sequence: int, day: date) -> dict[str, Any]:
    """Of the file that finance asks for on a day, and that is made."""
    file = services.request_file(
        instalment=contract.instalments.get(sequence=sequence),
        as_of=day,
        at=instant(day),
        actor=User.objects.get(username="finance"),
    )
    assert services.make_file(file, clock.now)
    file.refresh_from_db()
    assert file.is_ready, file.error
    facts: dict[str, Any] = file.facts
    return facts


def test_the_invoice_that_was_cancelled_stands_among_the_others(contract: Contract) -> None:
    facts = facts_of(contract, 2, date(2024, 4, 28))
    assert len(facts["invoice"]["others"]) == 2
    assert facts["invoice"]["number"] == "24999000000048000048"
    assert facts["invoice"]["file"]["sha256"]
    assert all(line["verdict"] == "agrees" for line in facts["invoice"]["lines"])


def test_the_amended_share_is_applied_for_to_the_fen(contract: Contract) -> None:
    facts = facts_of(contract, 4, date(2024, 10, 31))
    assert facts["application"]["applied"] == facts["invoice"]["gross"] == "140347.83"
    assert facts["application"]["applied_in_capitals"] == "壹拾肆万零叁佰肆拾柒元捌角叁分"
    assert facts["acceptance"]["members"] == []  # recorded without a sheet


def test_all_four_quarters_sum_to_the_amended_fee(contract: Contract) -> None:
    applied = [facts_of(contract, sequence, date(2024, 10, 31))["application"]["applied"] for sequence in (1, 2, 3, 4)]
    assert sum(map(Decimal, applied)) == Decimal("500347.83")
