"""Article 14.1: nothing goes to third parties without the office's written consent."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from confidentiality.checks import disclosures
from confidentiality.models import Disclosure
from contract import records
from contract.choices import Outcome
from contract.duties.models import Consent
from contract.models import Contract
from tests.confidentiality.factories import batch_of
from tests.factories import make_contract

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
GIVEN = date(2025, 3, 10)


def make_consent(contract: Contract, **fields) -> Consent:
    row = Consent(
        **{
            "contract": contract,
            "kind": "disclosure",
            "subject": "某研究院",
            "purpose": "课题研究",
            "requested_on": date(2025, 3, 1),
            "arrived_on": date(2025, 3, 1),
            "decision": "granted",
            "decided_on": date(2025, 3, 10),
            "document": "同意函1号",
            "valid_from": date(2025, 3, 10),
            **fields,
        }
    )
    row.full_clean()
    row.save()
    return row


def give(contract: Contract, consent: Consent | None = None, on: date = GIVEN) -> Disclosure:
    return records.enter(
        Disclosure(contract=contract, recipient="某研究院", content="月度话务统计", disclosed_on=on, consent=consent),
        today=TODAY,
    )


def found(*contracts: Contract, as_of: date = TODAY):
    return list(disclosures(batch_of(*contracts, as_of=as_of)))


def outcome(*contracts: Contract, as_of: date = TODAY) -> Outcome:
    (finding,) = found(*contracts, as_of=as_of)
    return finding.outcome


@pytest.fixture
def contract() -> Contract:
    return make_contract()


class TestTheRule:
    def test_a_consent_of_the_very_day_allows_it(self, contract) -> None:
        give(contract, make_consent(contract))
        assert outcome(contract) == Outcome.MET

    def test_a_consent_of_the_next_day_comes_too_late(self, contract) -> None:
        late = date(2025, 3, 11)
        give(contract, make_consent(contract, decided_on=late, valid_from=late))
        assert outcome(contract) == Outcome.NOT_MET

    def test_without_a_consent_it_is_a_breach(self, contract) -> None:
        give(contract)
        assert outcome(contract) == Outcome.NOT_MET

    def test_silence_is_no_consent(self, contract) -> None:
        open_request = make_consent(contract, decision="", decided_on=None, document="", valid_from=None)
        give(contract, open_request)
        assert outcome(contract) == Outcome.NOT_MET

    def test_a_refusal_is_named(self, contract) -> None:
        refused = make_consent(contract, decision="refused", reason="涉密", valid_from=None)
        give(contract, refused)
        (finding,) = found(contract)
        assert finding.outcome == Outcome.NOT_MET
        assert finding.figures["decision"] == "refused"

    @pytest.mark.parametrize("field", ["valid_to", "revoked_on"])
    def test_it_holds_to_its_last_day_and_no_longer(self, contract, field) -> None:
        consent = make_consent(contract, **{field: date(2025, 3, 20)})
        give(contract, consent, on=date(2025, 3, 20))
        assert outcome(contract) == Outcome.MET
        Disclosure.objects.update(disclosed_on=date(2025, 3, 21))
        assert outcome(contract) == Outcome.NOT_MET

    def test_what_is_given_later_is_not_known_yet(self, contract) -> None:
        give(contract)
        assert found(contract, as_of=date(2025, 3, 9)) == []
        assert outcome(contract, as_of=GIVEN) == Outcome.NOT_MET

    def test_the_duty_survives_the_contract(self, contract) -> None:
        give(contract, on=date(2026, 5, 5))
        assert outcome(contract, as_of=date(2030, 1, 1)) == Outcome.NOT_MET

    def test_a_withdrawn_record_counts_no_more(self, contract) -> None:
        records.withdraw(give(contract), on=TODAY, reason="误录")
        assert found(contract) == []

    def test_the_queries_do_not_grow(self, contract) -> None:
        others = [make_contract() for _ in range(3)]
        for one in (contract, *others):
            for _ in range(2):
                give(one, make_consent(one))

        def queries(*some: Contract) -> int:
            batch = batch_of(*some, as_of=TODAY)
            with CaptureQueriesContext(connection) as captured:
                assert len(list(disclosures(batch))) == 2 * len(some)
            return len(captured)

        assert queries(contract) == queries(contract, *others) == 1


class TestTheService:
    def refused(self, contract, field: str, **fields) -> None:
        values = {"recipient": "甲", "content": "乙", "disclosed_on": GIVEN, **fields}
        with pytest.raises(ValidationError) as caught:
            records.enter(Disclosure(contract=contract, **values), today=TODAY)
        assert set(caught.value.message_dict) == {field}
        assert not Disclosure.objects.exists()

    def test_a_consent_of_another_contract_is_refused(self, contract) -> None:
        self.refused(contract, "consent", consent=make_consent(make_contract()))

    def test_a_consent_to_something_else_is_refused(self, contract) -> None:
        self.refused(contract, "consent", consent=make_consent(contract, kind="staff_change"))

    def test_it_lies_between_the_signatures_and_today(self, contract) -> None:
        self.refused(contract, "disclosed_on", disclosed_on=date(2024, 9, 30))
        self.refused(contract, "disclosed_on", disclosed_on=date(2026, 6, 2))

    @pytest.mark.parametrize("field", ["recipient", "content"])
    def test_recipient_and_content_are_named(self, contract, field) -> None:
        self.refused(contract, field, **{field: ""})

    def test_the_consent_can_be_added_later(self, contract) -> None:
        row = give(contract)
        records.correct(row, today=TODAY, consent=make_consent(contract))
        assert outcome(contract) == Outcome.MET
