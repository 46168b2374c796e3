"""个人信息保护法 57 and 国家网络安全事件报告管理办法 4: who is told of a leak, at once or within hours."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from confidentiality.checks import incident_reports
from confidentiality.models import Incident
from confidentiality.rules.report import Reports, report
from contract.batch import ContractFacts
from contract.choices import Outcome, Side
from contract.findings import Finding
from contract.models import Contract
from contract.values import Book, DatedValue
from law.periods import BEIJING
from tests.confidentiality.factories import batch_of
from tests.confidentiality.test_incident import facts, leak
from tests.confidentiality.test_incident import report as reported
from tests.factories import make_contract

KNEW = datetime(2025, 11, 5, 10, tzinfo=BEIJING)
DAY = date(2025, 11, 5)


def found(as_of: date = date(2025, 12, 1), contract: ContractFacts | None = None, **fields: Any) -> Finding | None:
    return report(contract or facts(), leak(), Reports(**{"knew_at": KNEW, **fields}), as_of)


def outcome(as_of: date = date(2025, 12, 1), **fields: Any) -> Outcome:
    finding = found(as_of, **fields)
    assert finding is not None and finding.owed_by == Side.OFFICE
    return finding.outcome


@pytest.mark.parametrize(("minutes", "expected"), [(240, Outcome.MET), (241, Outcome.NOT_MET)])
def test_hours_run_from_the_instant_of_knowledge_and_the_last_minute_is_in_time(
    minutes: int, expected: Outcome
) -> None:
    """国家网络安全事件报告管理办法 art. 4: four hours for an event of the third class and above."""
    assert outcome(network=True, network_at=KNEW + timedelta(minutes=minutes)) == expected


def test_open_it_is_late_only_on_a_day_that_lies_wholly_after_the_hours() -> None:
    assert outcome(DAY, network=True) == Outcome.AT_RISK
    assert outcome(DAY + timedelta(days=1), network=True) == Outcome.NOT_MET
    night = {"knew_at": KNEW.replace(hour=22), "network": True}  # the four hours end on the next day at 02:00
    assert outcome(DAY + timedelta(days=1), **night) == Outcome.AT_RISK
    assert outcome(DAY + timedelta(days=2), **night) == Outcome.NOT_MET


def test_before_the_text_was_in_force_nobody_counted_hours() -> None:
    first = datetime(2025, 11, 1, 0, 0, tzinfo=BEIJING)
    assert found(network=True, knew_at=first - timedelta(minutes=1)) is None
    assert outcome(network=True, knew_at=first) == Outcome.NOT_MET


def test_the_hours_are_those_of_the_kind_of_operator() -> None:
    two = facts()
    policies = Book(two.policies.definitions, [DatedValue("network_report_hours", two.starts_on, 2)])
    contract = ContractFacts(**{**vars(two), "policies": policies})
    for minutes, expected in ((120, Outcome.MET), (121, Outcome.NOT_MET)):
        finding = found(contract=contract, network=True, network_at=KNEW + timedelta(minutes=minutes))
        assert finding is not None and finding.outcome == expected


def test_at_once_names_no_hours_so_what_is_open_is_a_risk_and_never_late() -> None:
    """个人信息保护法 57 says "at once"."""
    told = {"authority_at": KNEW + timedelta(hours=30), "persons_at": KNEW + timedelta(hours=99)}
    assert outcome(date(2026, 11, 5), personal_data=True) == Outcome.AT_RISK
    assert outcome(date(2026, 11, 5), personal_data=True, authority_at=KNEW) == Outcome.AT_RISK
    finding = found(personal_data=True, **told)
    assert finding is not None and finding.outcome == Outcome.MET
    assert finding.figures["hours"] == {"authority": "30.0", "persons": "99.0"}


def test_persons_need_not_be_told_where_measures_avert_the_harm() -> None:
    assert outcome(personal_data=True, authority_at=KNEW, persons_need_not="文件已加密且已收回") == Outcome.MET
    assert outcome(personal_data=True, authority_at=KNEW, persons_need_not=" ") == Outcome.AT_RISK


def test_nobody_is_told_before_the_office_knew_or_where_nobody_is_concerned() -> None:
    assert found(personal_data=True, knew_at=None) is None
    assert found(DAY - timedelta(days=1), personal_data=True) is None
    assert found() is None


@pytest.mark.django_db
def test_many_leaks_are_read_in_a_fixed_number_of_queries() -> None:
    many = [make_contract() for _ in range(3)]
    for contract in many:
        leaked = reported(contract, told_at=datetime(2025, 3, 7, 3, tzinfo=BEIJING) + timedelta(hours=8))
        Incident.objects.filter(pk=leaked.pk).update(personal_data=True)

    def queries(*some: Contract) -> int:
        batch = batch_of(*some, as_of=date(2025, 8, 1))
        with CaptureQueriesContext(connection) as captured:
            assert [one.outcome for one in incident_reports(batch)] == [Outcome.AT_RISK] * len(some)
        return len(captured)

    assert queries(many[0]) == queries(*many) == 4
