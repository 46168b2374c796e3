"""The four service levels of one day: named, side by side, and the reading that counts is the policy's."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from contract.models import Policy
from contract.roles import STAFF
from contract.terms import POLICIES
from hotline.figures import ratio_in_words
from hotline.intake import queue_log
from hotline.models import Indicator
from hotline.rules.facts import Reading
from hotline.rules.spans import tally
from hotline.selectors import service
from hotline.services import figures
from tests.factories import make_user
from tests.hotline.cases import DATA
from tests.hotline.conftest import TODAY, permissions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moment")]
NOVEMBER_4 = date(2024, 11, 4)
POLICY = "service_level_reading"
LEVELS = {
    "of_answered": "75.00%（3/4）",
    "of_all_entries": "42.86%（3/7）",
    "without_short_abandons": "50.00%（3/6）",
    "left_in_time": "57.14%（4/7）",
}


def page(contract: Any) -> str:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user(party=contract.office, permissions=permissions(STAFF), is_staff=True))
    return client.get(reverse("admin:hotline_serviceday_month"), {"month": "2024-11"}).content.decode()


@pytest.mark.parametrize("counts", LEVELS)
def test_the_sample_log_gives_four_levels_by_name_and_the_policy_says_which_one_counts(
    counts: str, contract: Any, platform: Any
) -> None:
    with (DATA / "queue_log").open(encoding="utf-8") as log:
        read = queue_log.read(log, queues=frozenset({"rexian"}), answer_seconds=20)
    figures.take_in(contract=contract, days=read.days, today=TODAY, platform=platform)
    row = Indicator.objects.get(contract=contract, key="answer_in_time")
    facts = service([contract.pk])[contract.pk]
    found = {}
    for key, pair in row.readings.items():
        count = tally(facts, Reading.of(key, pair), NOVEMBER_4, NOVEMBER_4).count
        found[key] = f"{float(round(Fraction(100 * count.part, count.whole), 2)):.2f}%（{count.part}/{count.whole}）"
    assert found == LEVELS

    Policy.objects.create(contract=contract, key=POLICY, value=counts, effective_from=contract.starts_on)
    shown = page(contract)
    names = POLICIES[POLICY].choices or {}
    for key, text in LEVELS.items():
        told = f"{names[key]} {text.replace('%', '%*')}"  # the other days of the month have no figures
        assert (f"<strong>{told}</strong>" in shown) == (key == counts)
        assert told in shown


def test_what_stands_under_the_line_is_in_brackets_where_it_has_several_parts() -> None:
    with translation.override("en"):
        assert ratio_in_words(("answered", "offered")) == "calls answered ÷ calls offered"
        told = ratio_in_words(("answered", "offered - short_abandoned"))
    assert told == "calls answered ÷ （calls offered − given up after a few seconds）"
