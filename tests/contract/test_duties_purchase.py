"""政府采购法 47 and 实施条例 50: contract and supplements are filed and published in working days."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contract import records, selectors
from contract.choices import Outcome, PurchaseStep, Side
from contract.duties.checks import publication
from contract.duties.models import Amendment, PurchasePaper
from contract.duties.rules.notices import Notice
from contract.duties.rules.purchase import Paper, papers
from contract.models import Contract
from law.calendar import Calendar
from tests.contract.admin_helpers import has, office_user, signed_in
from tests.contract.duties import CALENDAR, day, facts
from tests.factories import make_contract, set_policy

ASKED = {"contract_is_filed": "true", "contract_is_published": "true"}
SIGNED = day("2024-09-29")  # a working Sunday: the seventh and second working days lie after the holiday


def paper(step: PurchaseStep, done_on: str, **fields) -> Paper:
    return Paper(pk=1, step=step, done_on=day(done_on), document="公告1号", **fields)


def found(step: PurchaseStep, as_of: str, *recorded: Paper, supplements=(), policies=None, calendar=CALENDAR):
    contract = facts(policies=ASKED if policies is None else policies, signed_on=SIGNED)
    return list(papers(contract, step, recorded, supplements, calendar, day(as_of)))


@pytest.mark.parametrize(
    ("step", "last", "after", "article"),
    [
        (PurchaseStep.PUBLICATION, "2024-10-08", "2024-10-09", "《政府采购法实施条例》第五十条"),
        (PurchaseStep.FILING, "2024-10-14", "2024-10-15", "《政府采购法》第四十七条"),
    ],
)
class TestTheContract:
    def test_the_last_working_day_is_in_time_and_the_next_is_not(
        self, step: PurchaseStep, last: str, after: str, article: str
    ) -> None:
        """政府采购法 47: seven working days; 政府采购法实施条例 50: two, so that of 29 September 2024 is 8 October."""
        for done_on, outcome in ((last, Outcome.MET), (after, Outcome.NOT_MET)):
            (finding,) = found(step, "2025-01-01", paper(step, done_on))
            assert (finding.outcome, finding.legal_due_on, finding.owed_by) == (outcome, day(last), Side.OFFICE)
            assert article in str(finding.message)

    def test_open_it_is_late_only_after_the_last_day(
        self, step: PurchaseStep, last: str, after: str, article: str
    ) -> None:
        assert [one.outcome for one in found(step, last)] == [Outcome.PENDING]
        assert [one.outcome for one in found(step, after)] == [Outcome.NOT_MET]

    def test_nothing_is_found_before_the_reading_is_set(
        self, step: PurchaseStep, last: str, after: str, article: str
    ) -> None:
        assert found(step, after, policies={}) == []

    def test_another_step_or_a_withdrawn_record_is_none(
        self, step: PurchaseStep, last: str, after: str, article: str
    ) -> None:
        other = PurchaseStep.FILING if step == PurchaseStep.PUBLICATION else PurchaseStep.PUBLICATION
        withdrawn = paper(step, last, withdrawn_on=day(last))
        assert [one.outcome for one in found(step, after, paper(other, last), withdrawn)] == [Outcome.NOT_MET]


def test_an_agreed_supplement_is_published_too_and_no_other() -> None:
    """政府采购法实施条例 50: a supplement as well, from the day on which both agreed."""

    def supplement(pk: int, agreed_on: str | None) -> Notice:
        effective = day("2025-07-01")
        return Notice(
            pk,
            f"补充{pk}",
            "",
            effective,
            day("2025-05-01"),
            day("2025-05-01"),
            None,
            Side.OFFICE,
            agreed_on=agreed_on and day(agreed_on),
        )

    step = PurchaseStep.PUBLICATION
    recorded = (paper(step, "2024-10-08"), paper(step, "2025-06-04", amendment=7))
    rows = found(step, "2025-06-30", *recorded, supplements=(supplement(7, "2025-05-30"), supplement(8, None)))
    # From a Friday over 端午: Tuesday 3 and Wednesday 4 June are the two working days.
    assert [(one.subject.name, one.outcome, one.legal_due_on) for one in rows] == [
        ("T-1", Outcome.MET, day("2024-10-08")),
        ("补充7", Outcome.MET, day("2025-06-04")),
    ]


def test_working_days_of_an_unpublished_year_are_not_guessed() -> None:
    contract = facts(
        policies=ASKED, signed_on=day("2026-12-31"), starts_on=day("2027-01-01"), ends_on=day("2027-12-31")
    )
    step = PurchaseStep.PUBLICATION
    (finding,) = papers(contract, step, (), (), Calendar(), day("2027-01-04"))
    assert (finding.outcome, finding.legal_due_on) == (Outcome.UNDETERMINED, None)


@pytest.mark.django_db
class TestTheRecord:
    def enter(self, contract: Contract, **fields) -> PurchasePaper:
        values = {"step": "publication", "done_on": day("2024-10-08"), "place": "示例市政府采购网"}
        return records.enter(PurchasePaper(contract=contract, **{**values, **fields}), today=day("2025-01-01"))

    def test_a_result_names_its_period_and_a_supplement_its_contract(self) -> None:
        contract, other = make_contract(), make_contract()
        with pytest.raises(ValidationError):
            self.enter(contract, step="result")
        assert self.enter(contract, step="result", period_start=contract.starts_on)
        foreign = Amendment.objects.create(
            contract=other,
            title="x",
            proposed_by="office",
            proposed_on=day("2024-11-01"),
            effective_from=day("2025-01-01"),
        )
        with pytest.raises(ValidationError) as caught:
            self.enter(contract, amendment=foreign)
        assert set(caught.value.message_dict) == {"amendment"}
        with pytest.raises(ValidationError):
            self.enter(contract, done_on=date(2025, 1, 2))

    def test_the_check_reads_many_contracts_at_once(self) -> None:
        many = [make_contract(signed_on=SIGNED) for _ in range(3)]
        for contract in many:
            set_policy(contract, "contract_is_published", "true")
            self.enter(contract)

        def queries(*some: Contract) -> int:
            batch = selectors.batch([one.pk for one in some], day("2025-01-01"))
            with CaptureQueriesContext(connection) as captured:
                assert [one.outcome for one in publication(batch)] == [Outcome.MET] * len(some)
            return len(captured)

        assert queries(many[0]) == queries(*many) == 2

    def test_the_office_keeps_it_on_a_page(self) -> None:
        contract = make_contract()
        self.enter(contract, document="公告〔2024〕8号")
        client = signed_in(office_user(contract))
        has(client.get(reverse("admin:contract_purchasepaper_changelist")), "公告〔2024〕8号", "已公开")
        has(client.get(reverse("admin:contract_purchasepaper_add")), "服务对象参与情况")
