"""The contracts of other shapes in sample/contracts/: each with its facts comes out right to the fen, by data alone."""

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from billing import services
from billing.models import AcceptanceSheet, Deposit, Instalment, PaymentItem
from billing.selectors.tariffs import deductions_of
from contract.choices import RunTrigger
from contract.loading import load, read_document
from contract.models import Contract
from contract.reference.export import document_of
from contract.services import evaluate, look
from sample.year.events import instant
from staffing.models import StaffDay
from tests.contract.admin_helpers import signed_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).parents[2] / "sample" / "contracts"
NAMES = sorted(path.name.removesuffix(".facts.json") for path in FOLDER.glob("*.facts.json"))
MAY = ["billing.add_quantity", "billing.answer_quantity"]


def day(text: str) -> date:
    return date.fromisoformat(text)


def told(name: str) -> tuple[Contract, Mapping[str, Any]]:
    """A contract of the folder with what happened in its month."""
    contract = load(read_document(FOLDER / f"{name}.json")).contract
    facts = json.loads((FOLDER / f"{name}.facts.json").read_text())
    today = day(facts["as_of"])
    people: dict[date, tuple[int, int]] = {}
    for span in facts["people"]:
        for number in range((day(span["to"]) - day(span["from"])).days + 1):
            people[day(span["from"]) + timedelta(days=number)] = (span["in_place"], span["absent"])
    StaffDay.objects.bulk_create(
        StaffDay(contract=contract, day=on, assigned=there + gone, in_place=there, absent=gone, unreported=0)
        for on, (there, gone) in people.items()
    )
    for said in facts["deposits"]:
        row = Deposit.objects.get(contract=contract, title=said["title"])
        for key, value in said.items():
            setattr(row, key, day(value) if key != "title" else value)
        row.full_clean()
        row.save()
    services.generate_instalments(contract=contract, today=today)
    vendor, office = (make_user(party=party, permissions=MAY) for party in (contract.vendor, contract.office))
    for said in facts["quantities"]:
        item = PaymentItem.objects.get(rule__contract=contract, title=said["item"])
        report = services.report_quantity(
            instalment=Instalment.objects.get(contract=contract, rule=item.rule_id, period_start=day(said["start"])),
            item=item,
            quantity=Decimal(said["quantity"]),
            document="月度统计表",
            actor=vendor,
            today=today,
        )
        services.answer_quantity(quantity=report, confirm=True, actor=office, today=today)
    return contract, facts


def instalment_of(contract: Contract, said: Mapping[str, Any]) -> Instalment:
    rows = Instalment.objects.filter(contract=contract, period_start=day(said["start"]))
    return rows.get(rule__title=said["payment"]) if "payment" in said else rows.get()


@pytest.mark.parametrize("name", NAMES)
def test_what_it_owes_is_right_to_the_fen_and_what_is_not_known_has_no_amount(name: str) -> None:
    contract, facts = told(name)
    for said in facts["instalments"]:
        row = instalment_of(contract, said)
        assert (None if row.is_open else f"{row.amount:.2f}") == said["amount"], said


@pytest.mark.parametrize("name", NAMES)
def test_its_agreed_deductions_are_right_to_the_fen(name: str) -> None:
    contract, facts = told(name)
    row = instalment_of(contract, facts["instalments"][0])
    sheet = AcceptanceSheet(instalment=row)
    found = {
        one.tariff.title: f"{one.line.amount:.2f}" if one.line else None
        for one in deductions_of(sheet, day(facts["as_of"]))
    }
    assert found == {said["title"]: said["amount"] for said in facts["deductions"]}


@pytest.mark.parametrize("name", NAMES)
def test_its_findings_are_right(name: str) -> None:
    contract, facts = told(name)
    evaluation = look(as_of=day(facts["as_of"]), contract_ids=[contract.pk])
    assert not evaluation.errors
    for said in facts["outcomes"]:
        found = [
            (one.outcome.value, one.required, one.measured if "measured" in said else None)
            for one in evaluation.findings
            if one.check_id == said["check"]
        ]
        assert (said["outcome"], said["required"], said.get("measured")) in found, (said, found)


@pytest.mark.parametrize("name", NAMES)
def test_written_back_and_loaded_again_it_is_unchanged(name: str) -> None:
    loaded = load(read_document(FOLDER / f"{name}.json"))
    for document in (read_document(FOLDER / f"{name}.json"), document_of(loaded.contract)):
        again = load(document)
        assert (again.created, again.kept) == ({}, [])


@pytest.mark.parametrize("name", NAMES)
def test_no_page_of_it_breaks_and_none_cites_an_article_that_it_does_not_have(name: str) -> None:
    contract, facts = told(name)
    today = day(facts["as_of"])
    evaluate(as_of=today, at=instant(today), today=today, trigger=RunTrigger.COMMAND, contract_ids=[contract.pk])
    user = make_user("all", party=contract.office, is_staff=True, is_superuser=True)
    client = signed_in(user)
    first = contract.instalments.order_by("sequence")[0]
    refs = set(contract.clauses.values_list("ref", flat=True))
    for place in (
        reverse("admin:index"),
        reverse("admin:contract_clause_board"),
        reverse("admin:contract_clause_conflicts"),
        f"{reverse('admin:billing_ledger')}?contract={contract.pk}",
        f"{reverse('admin:billing_reconciliation')}?contract={contract.pk}",
        reverse("admin:contract_contract_setup", args=[contract.pk]),
        reverse("admin:contract_contract_renew", args=[contract.pk]),
        reverse("admin:contract_contract_change", args=[contract.pk]),
        reverse("admin:billing_instalment_change", args=[first.pk]),
        *(reverse("admin:billing_paymentrule_change", args=[row.pk]) for row in contract.payment_rules.all()),
        *(reverse("admin:billing_tariff_change", args=[row.pk]) for row in contract.tariffs.all()),
        *(reverse("admin:billing_deposit_change", args=[row.pk]) for row in contract.deposits.all()),
        *(reverse("admin:contract_alert_change", args=[row.pk]) for row in contract.alerts.all()),
    ):
        page = client.get(place)
        assert page.status_code == 200, (place, page.status_code)
        cited = set(re.findall(r"合同第([0-9.]+)条", page.content.decode()))
        assert cited <= refs | {ref.strip("第条") for ref in refs}, (place, cited)
