"""The office's side: forms that write through the services, inside the user's own contracts."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from confidentiality.models import Disclosure, Incident, IncidentCost, Offboarding, Undertaking
from contract import records
from contract.models import Contract
from kit import clock
from tests.confidentiality.factories import make_assignment
from tests.confidentiality.test_api import ALL
from tests.confidentiality.test_disclosure import make_consent
from tests.factories import make_contract, make_user
from tests.papers import PDF

pytestmark = pytest.mark.django_db
TODAY = date(2025, 3, 20)
RELATED = [
    f"{label}.view_{model}"
    for label, models in {"contract": ("contract", "consent"), "staffing": ("operator", "assignment")}.items()
    for model in models
]
OFFICE = [*ALL, *RELATED, *(f"confidentiality.{v}_incidentcost" for v in ("view", "add", "change"))]


@pytest.fixture(autouse=True)
def moment(settings, tmp_path):
    settings.DEMONSTRATION_DAY = ""
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel("2025-03-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def contract() -> Contract:
    return make_contract()


def browser(contract: Contract, permissions: list[str] = OFFICE) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user(party=contract.office, permissions=permissions, is_staff=True))
    return client


@pytest.fixture
def client(contract) -> Client:
    return browser(contract)


def url(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:confidentiality_{model}_{page}", args=args)


def said(response: Any) -> str:
    """What the form says is wrong."""
    form = response.context["adminform"].form
    formsets = response.context["inline_admin_formsets"]
    errors = [form.errors, *(e for inline in formsets for e in inline.formset.errors)]
    return " ".join(map(str, errors))


def rows_of_each(contract: Contract) -> dict[str, Any]:
    assignment = make_assignment(contract)
    return {
        "undertaking": records.enter(
            Undertaking(contract=contract, operator=assignment.operator, signed_on=date(2024, 9, 1)), today=TODAY
        ),
        "offboarding": records.enter(Offboarding(contract=assignment.contract, assignment=assignment), today=TODAY),
        "disclosure": records.enter(
            Disclosure(
                contract=contract,
                recipient="某研究院",
                content="统计",
                disclosed_on=date(2025, 3, 1),
                consent=make_consent(contract),
            ),
            today=TODAY,
        ),
        "incident": records.enter(
            Incident(contract=contract, title="工单外传", description="截图", found_by="vendor", found_at=clock.now()),
            now=clock.now(),
            today=TODAY,
        ),
    }


MODELS = ("undertaking", "offboarding", "disclosure", "incident")


class TestThePages:
    def test_every_page_opens(self, client, contract) -> None:
        for model, row in rows_of_each(contract).items():
            for page in (
                url(model, "changelist"),
                url(model, "changelist") + "?standing=all",
                url(model, "add"),
                url(model, "change", row.pk),
                url(model, "history", row.pk),
            ):
                assert client.get(page).status_code == 200, page

    def test_nobody_deletes(self, client, contract) -> None:
        for model, row in rows_of_each(contract).items():
            assert client.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403

    def test_another_office_sees_nothing(self, contract) -> None:
        rows = rows_of_each(contract)
        stranger = browser(make_contract())
        for model, row in rows.items():
            listed = stranger.get(url(model, "changelist")).context["cl"].result_list
            assert list(listed) == []
            assert stranger.get(url(model, "change", row.pk)).status_code == 302

    @pytest.mark.parametrize("model", MODELS)
    def test_a_list_costs_as_many_queries_for_many_rows(self, client, contract, model) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url(model, "changelist")).status_code == 200
            return len(captured)

        rows_of_each(contract)
        queries()  # the session, once
        few = queries()
        for _ in range(4):
            rows_of_each(contract)
        assert queries() == few


class TestAnUndertaking:
    def test_it_is_entered_corrected_and_withdrawn(self, client, contract) -> None:
        operator = make_assignment(contract).operator
        entry = {
            "contract": contract.pk,
            "operator": operator.pk,
            "signed_on": "2024-09-29",
            "document_number": "保-1",
            "copy": SimpleUploadedFile("a.pdf", PDF),
        }
        assert client.post(url("undertaking", "add"), entry).status_code == 302
        row = Undertaking.objects.get()
        change = url("undertaking", "change", row.pk)
        kept = {"signed_on": "2024-09-28", "document_number": "保-1"}
        assert client.post(change, kept).status_code == 302
        row.refresh_from_db()
        assert (row.signed_on, bool(row.copy)) == (date(2024, 9, 28), True)
        assert client.post(change, {**kept, "withdraw": "签名页缺失"}).status_code == 302
        row.refresh_from_db()
        assert row.withdrawn_on == TODAY
        assert client.post(change, kept).status_code == 403

    def test_what_the_service_refuses_stands_in_the_form(self, client, contract) -> None:
        operator = make_assignment(contract).operator
        entry = {"contract": contract.pk, "operator": operator.pk, "signed_on": "2025-03-21"}
        answer = client.post(url("undertaking", "add"), entry)
        assert "in the future" in said(answer)
        assert not Undertaking.objects.exists()

    def test_a_second_one_is_refused_in_the_form(self, client, contract) -> None:
        row = rows_of_each(contract)["undertaking"]
        entry = {"contract": contract.pk, "operator": row.operator_id, "signed_on": "2024-09-02"}
        assert "stands already" in said(client.post(url("undertaking", "add"), entry))

    def test_the_scan_is_given_to_those_who_see_the_row(self, client, contract) -> None:
        row = rows_of_each(contract)["undertaking"]
        scan = url("undertaking", "scan", row.pk)
        assert client.get(scan).status_code == 404
        row.copy = SimpleUploadedFile("a.pdf", PDF)
        row.save()
        answer = client.get(scan)
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Disposition"].startswith("attachment")
        assert browser(make_contract()).get(scan).status_code == 404
        assert Client().get(scan).status_code == 302


class TestADisclosure:
    def test_a_consent_of_another_office_is_not_offered(self, client, contract) -> None:
        entry = {
            "contract": contract.pk,
            "recipient": "某",
            "content": "某",
            "disclosed_on": "2025-03-10",
            "consent": make_consent(make_contract()).pk,
        }
        assert "consent" in said(client.post(url("disclosure", "add"), entry))
        assert not Disclosure.objects.exists()


class TestAnOffboarding:
    def test_steps_are_added(self, client, contract) -> None:
        row = rows_of_each(contract)["offboarding"]
        entry = {"materials_on": "2025-03-01", "devices_on": "", "accounts_on": "2025-03-02"}
        assert client.post(url("offboarding", "change", row.pk), entry).status_code == 302
        row = Offboarding.objects.get()
        assert (row.materials_on, row.devices_on) == (date(2025, 3, 1), None)


class TestALeak:
    def entry(self, contract: Contract, **fields: Any) -> dict[str, Any]:
        return {
            "contract": contract.pk,
            "title": "工单外传",
            "description": "截图",
            "found_by": "office",
            "found_at_0": "2025-03-19",
            "found_at_1": "10:00:00",
            "told_at_0": "2025-03-19",
            "told_at_1": "11:00:00",
            "cause": "vendor",
            "harm": "loss",
            "persons-TOTAL_FORMS": 0,
            "persons-INITIAL_FORMS": 0,
            "costs-TOTAL_FORMS": 0,
            "costs-INITIAL_FORMS": 0,
            **fields,
        }

    def cost(self, number: int = 0, **fields: Any) -> dict[str, Any]:
        values = {"kind": "lawyer", "amount": "100.10", "incurred_on": "2025-03-20", "document": "发票1", **fields}
        return {f"costs-{number}-{name}": value for name, value in values.items()}

    def test_it_is_entered_with_persons_and_costs(self, client, contract) -> None:
        operator = make_assignment(contract).operator
        entry = self.entry(
            contract,
            **{"persons-TOTAL_FORMS": 1, "costs-TOTAL_FORMS": 2},
            **{"persons-0-operator": operator.pk, "persons-0-involvement": "转发截图"},
            **self.cost(0),
            **self.cost(1, kind="travel", amount="0.20", document="车票"),
        )
        answer = client.post(url("incident", "add"), entry)
        assert answer.status_code == 302, said(answer)
        incident = Incident.objects.get()
        assert incident.persons.get().operator == operator
        assert incident.costs.count() == IncidentCost.history.count() == 2
        page = client.get(url("incident", "changelist")).content.decode()
        assert "100.30" in page

    def test_one_bad_cost_leaves_nothing_written(self, client, contract) -> None:
        entry = self.entry(contract, **{"costs-TOTAL_FORMS": 1}, **self.cost(0, incurred_on="2025-03-21"))
        answer = client.post(url("incident", "add"), entry)
        assert answer.status_code == 200
        assert "in the future" in said(answer)
        assert not Incident.objects.exists()

    def test_a_cost_is_withdrawn_with_a_reason_and_no_longer_counted(self, client, contract) -> None:
        client.post(url("incident", "add"), self.entry(contract, **{"costs-TOTAL_FORMS": 1}, **self.cost()))
        incident, cost = Incident.objects.get(), IncidentCost.objects.get()
        change = url("incident", "change", incident.pk)
        entry = self.entry(
            contract,
            **{"costs-TOTAL_FORMS": 1, "costs-INITIAL_FORMS": 1},
            **self.cost(id=cost.pk, incident=incident.pk, withdraw="与本案无关"),
        )
        answer = client.post(change, entry)
        assert answer.status_code == 302, said(answer)
        cost.refresh_from_db()
        assert (cost.withdrawn_on, cost.amount) == (TODAY, cost.amount)
        assert not client.get(change).context["inline_admin_formsets"][1].formset.initial_forms

    def test_an_instant_that_was_not_touched_keeps_its_seconds(self, client, contract) -> None:
        incident = rows_of_each(contract)["incident"]
        entry = self.entry(
            contract,
            cause="unknown",
            harm="none",
            found_at_0="2025-03-20",
            found_at_1="12:00:00",
            told_at_0="",
            told_at_1="",
        )
        client.post(url("incident", "change", incident.pk), entry)
        assert [row.harm for row in incident.history.all()] == ["none", "unknown"]

    def test_a_withdrawn_one_is_only_read(self, client, contract) -> None:
        incident = rows_of_each(contract)["incident"]
        records.withdraw(incident, on=TODAY, reason="重复登记")
        change = url("incident", "change", incident.pk)
        page = client.get(change)
        assert page.status_code == 200
        assert "重复登记" in page.content.decode()
        assert not any(inline.formset.extra_forms for inline in page.context["inline_admin_formsets"])
        assert client.post(change, self.entry(contract)).status_code == 403
