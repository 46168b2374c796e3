"""What must be thought of in a case (Civil Code 188, 562, 563, 585, 591), beside the finding."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from contract.choices import Outcome
from contract.models import Alert, Assessment, Contract
from contract.rules.considerations import considerations
from tests.contract.admin_helpers import has, lacks, make_alert, make_assessment, signed_in

KNOWN = date(2025, 3, 3)


def articles(
    check_id: str = "staffing.backfill", outcome: str = "not_met", owed_by: str = "vendor", terminates: bool = False
) -> list[str]:
    found = considerations(check_id, outcome, owed_by, KNOWN, terminates=terminates)
    return [one.reference.article for one in found]


def test_a_claim_has_three_years_from_the_day_on_which_the_office_knew() -> None:
    (limitation, *_others) = considerations("staffing.backfill", "not_met", "vendor", KNOWN, terminates=False)
    assert (limitation.reference.article, limitation.day) == ("188", date(2028, 3, 3))
    assert "2028-03-03" in str(limitation.message)
    leap = considerations("staffing.backfill", "not_met", "vendor", date(2024, 2, 29), terminates=False)[0]
    assert leap.day == date(2027, 2, 28)


def test_an_agreed_right_needs_no_demand_and_any_other_does() -> None:
    assert articles() == ["188", "591", "563"]
    assert articles(terminates=True) == ["188", "591", "562"]
    assert articles("contract.subcontracting", terminates=True) == ["188", "591", "585", "562"]


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.NOT_MET}))
def test_where_nothing_is_broken_there_is_nothing_to_think_of(outcome: str) -> None:
    assert articles(outcome=outcome) == []


def test_the_offices_own_duties_are_the_vendors_to_think_of() -> None:
    assert articles(owed_by="office") == []
    assert articles(owed_by="both")


@pytest.mark.django_db
def test_the_time_runs_from_the_day_of_discovery_where_that_is_on_record(contract: Contract, office: User) -> None:
    """Civil Code 188: from when the office knew, which may be before the finding; the page says one day, not two."""
    early = make_alert(contract, check_id="contract.subcontracting", figures={"found_on": "2025-02-10"})
    has(signed_in(office).get(reverse("admin:contract_alert_change", args=[early.pk])), "2028-02-10")


@pytest.mark.django_db
def test_they_stand_on_the_page_of_the_case_and_of_a_breach_only(contract: Contract, office: User) -> None:
    broken, warned = make_alert(contract), make_alert(contract, key="w", outcome=Outcome.AT_RISK)
    client = signed_in(office)
    has(
        client.get(reverse("admin:contract_alert_change", args=[broken.pk])),
        "需要考虑的事项",
        "《民法典》第五百九十一条",
        "2028-03-03",
    )
    lacks(client.get(reverse("admin:contract_alert_change", args=[warned.pk])), ["需要考虑的事项"])


@pytest.mark.django_db
def test_a_warning_before_the_breach_does_not_begin_the_three_years(contract: Contract, office: User) -> None:
    alert = make_alert(contract, outcome=Outcome.AT_RISK)
    Assessment.objects.update(is_current=False)
    found = make_assessment(contract, outcome=Outcome.NOT_MET, as_of=alert.raised_on + timedelta(days=30))
    Alert.objects.filter(pk=alert.pk).update(outcome=Outcome.NOT_MET, assessment=found)
    page = signed_in(office).get(reverse("admin:contract_alert_change", args=[alert.pk]))
    has(page, f"{found.as_of.replace(year=found.as_of.year + 3)}")
    lacks(page, [f"{alert.raised_on.replace(year=alert.raised_on.year + 3)}"])
