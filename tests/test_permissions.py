"""Who may call what: every route of the API against every role, as data.

A route that is missing here fails the test: whoever adds one says who may use it.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from drf_spectacular.generators import EndpointEnumerator
from rest_framework.test import APIClient

from billing.models import PaymentItem, PaymentRule, Quantity, QuarterFile, Statement
from confidentiality.models import DataReturn, Disclosure, Incident, IncidentPerson, Offboarding, Undertaking
from contract import records
from contract.choices import Outcome, PartySide, Side
from contract.models import Alert, Assessment, Contract
from contract.roles import AUDITOR, FINANCE, REVIEWER, ROLES, STAFF, VENDOR, create_roles
from hotline.choices import Layout
from hotline.intake.seats import SeatDayRead
from hotline.intake.sums import DayRead
from hotline.models import Objection, Platform, SeatLogin, ServiceMonth
from hotline.services import figures, platforms, seats
from staffing.models import (
    EmploymentContract,
    Gap,
    HoursApproval,
    LabourMatter,
    Leave,
    Operator,
    PayProof,
    Post,
    QualificationProof,
    ReplacementDemand,
    ServicePlace,
    Training,
    TrialAssessment,
)
from staffing.services import assignments, leaves
from tests import papers
from tests.api import client_of, problem
from tests.billing import cases
from tests.billing import factories as money
from tests.confidentiality.test_disclosure import make_consent
from tests.contract.cases import answered, told
from tests.contract.duties import make_duties
from tests.contract.letters import make_notice
from tests.factories import make_assignment, make_contract, make_party, make_roles, make_user, resident_id

pytestmark = pytest.mark.django_db
TODAY = date(2025, 3, 20)

# Open to everybody, and what a signed-in person may always do.
OPEN = {"POST auth/token", "POST auth/password", "GET schema/", "GET docs/"}
OWN = {"GET me", "GET me/tokens", "DELETE me/tokens/{key}", "POST auth/logout", "POST auth/logout-all"}

# Each route with the answer for: the vendor's HR, another vendor's HR, the office's staff, its
# finance. A write is sent empty: 400 (or 200, where nothing is asked for) means it was let in.
# Without a token every one of them is 401; with a token and no permission, 403.
MATRIX = """
GET contracts                                    200 200 200 200
GET contracts/{pk}                               200 404 200 200
GET contracts/{pk}/policies                      200 404 200 200
GET clauses                                      200 200 200 200
GET clauses/{pk}                                 200 404 200 200
GET alerts                                       200 200 200 200
GET alerts/{pk}                                  200 404 200 200
GET alerts/{pk}/assessments                      200 404 200 200
GET alerts/asked                                 200 200 200 200
POST alerts/{pk}/responses                       400 404 403 403
POST alerts/{pk}/extensions                      400 404 403 403
GET response-files/{pk}                          200 404 200 403
GET notices                                      200 200 200 403
GET notices/{pk}                                 200 404 200 403
GET notices/{pk}/pdf                             200 404 200 403
POST notices/{pk}/acknowledge                    400 404 403 403
GET consents                                     200 200 200 403
POST consents                                    400 400 400 403
GET consents/{pk}                                200 404 200 403
POST consents/{pk}/withdraw                      400 404 403 403
GET report-schedules                             200 200 200 403
GET report-schedules/{pk}                        200 404 200 403
GET service-reports/template.xlsx                200 200 200 403
POST service-reports/import                      400 400 400 403
GET service-reports                              200 200 200 403
POST service-reports                             400 400 400 403
GET service-reports/{pk}                         200 404 200 403
PATCH service-reports/{pk}                       200 404 403 403
GET inspections                                  200 200 200 403
GET inspections/{pk}                             200 404 200 403
GET inspection-remarks/template.xlsx             200 200 200 403
POST inspection-remarks/import                   400 400 400 403
GET inspection-remarks                           200 200 200 403
GET inspection-remarks/{pk}                      200 404 200 403
PATCH inspection-remarks/{pk}                    400 404 403 403
POST inspection-remarks/{pk}/answer              400 404 400 403
GET misconduct                                   200 200 200 403
GET misconduct/{pk}                              200 404 200 403
PATCH misconduct/{pk}                            400 404 403 403
POST misconduct/{pk}/correct                     400 404 400 403
GET force-majeure-events                         200 200 200 403
POST force-majeure-events                        400 400 400 403
GET force-majeure-events/{pk}                    200 404 200 403
PATCH force-majeure-events/{pk}                  200 404 403 403
POST force-majeure-events/{pk}/withdraw          400 404 403 403
POST force-majeure-events/{pk}/prove             400 404 403 403
POST force-majeure-events/{pk}/end               400 404 403 403
GET amendments                                   200 200 200 403
POST amendments                                  400 400 400 403
GET amendments/{pk}                              200 404 200 403
POST amendments/{pk}/agree                       400 404 400 403
POST amendments/{pk}/withdraw                    400 404 400 403
GET headcount-orders                             200 200 200 403
GET headcount-orders/{pk}                        200 404 200 403
GET assessment-schemes                           200 200 200 403
GET assessment-schemes/{pk}                      200 404 200 403
POST assessment-schemes/{pk}/confirm             400 404 400 403
GET renewal-assessments                          200 200 200 403
GET renewal-assessments/{pk}                     200 404 200 403
GET disputes                                     200 200 200 403
POST disputes                                    400 400 400 403
GET disputes/{pk}                                200 404 200 403
GET subcontracting                               200 200 200 403
GET subcontracting/{pk}                          200 404 200 403
GET formalities                                  200 200 200 403
GET formalities/{pk}                             200 404 200 403
GET contracts/{contract_id}/service-days         200 404 200 403
PUT contracts/{contract_id}/service-days         403 403 400 403
POST contracts/{contract_id}/service-days/import 403 403 400 403
GET contracts/{contract_id}/service-months       200 404 200 403
PUT contracts/{contract_id}/service-months/{month} 403 403 200 403
GET contracts/{contract_id}/service-indicators   200 404 200 403
GET contracts/{contract_id}/seat-days            200 404 200 403
PUT contracts/{contract_id}/seat-days            403 403 400 403
POST contracts/{contract_id}/seat-days/import 403 403 400 403
GET seat-logins                                  200 200 200 403
POST seat-logins                                 403 403 400 403
GET seat-logins/{pk}                             200 404 200 403
PATCH seat-logins/{pk}                           403 403 200 403
POST seat-logins/{pk}/withdraw                   403 403 400 403
GET objections                                   200 200 200 403
POST objections                                  400 400 403 403
GET objections/{pk}                              200 404 200 403
POST objections/{pk}/withdraw                    400 404 403 403
GET operators                                    200 200 200 403
POST operators                                   400 400 403 403
GET operators/{pk}                               200 404 200 403
PATCH operators/{pk}                             200 404 403 403
GET operators/template.xlsx                      200 200 200 403
POST operators/import                            400 400 403 403
GET posts                                        200 200 200 403
GET posts/{pk}                                   200 404 200 403
GET assignments                                  200 200 200 403
POST assignments                                 400 400 403 403
GET assignments/{pk}                             200 404 200 403
PATCH assignments/{pk}                           200 404 200 403
POST assignments/{pk}/withdraw                   400 404 400 403
GET assignments/template.xlsx                    200 200 200 403
POST assignments/import                          400 400 403 403
PUT contracts/{contract_id}/assignments          400 404 403 403
GET leaves/template.xlsx                         200 200 200 403
POST leaves/import                               400 400 403 403
PUT contracts/{contract_id}/leaves               400 404 403 403
GET leaves                                       200 200 200 403
POST leaves                                      400 400 403 403
GET leaves/{pk}                                  200 404 200 403
PATCH leaves/{pk}                                200 404 403 403
POST leaves/{pk}/cancel                          400 404 403 403
GET qualification-proofs/template.xlsx           200 200 200 403
POST qualification-proofs/import                 400 400 403 403
GET qualification-proofs                         200 200 200 403
POST qualification-proofs                        400 400 403 403
GET qualification-proofs/{pk}                    200 404 200 403
PATCH qualification-proofs/{pk}                  200 404 403 403
POST qualification-proofs/{pk}/withdraw          400 404 403 403
GET trainings/template.xlsx                      200 200 200 403
POST trainings/import                            400 400 403 403
GET trainings                                    200 200 200 403
POST trainings                                   400 400 403 403
GET trainings/{pk}                               200 404 200 403
PATCH trainings/{pk}                             200 404 403 403
POST trainings/{pk}/withdraw                     400 404 403 403
GET trial-assessments/template.xlsx              200 200 200 403
POST trial-assessments/import                    400 400 400 403
GET trial-assessments                            200 200 200 403
POST trial-assessments                           400 400 400 403
GET trial-assessments/{pk}                       200 404 200 403
PATCH trial-assessments/{pk}                     200 404 200 403
POST trial-assessments/{pk}/withdraw             400 404 400 403
GET employment-contracts/template.xlsx           200 200 200 403
POST employment-contracts/import                 400 400 403 403
GET employment-contracts                         200 200 200 403
POST employment-contracts                        400 400 403 403
GET employment-contracts/{pk}                    200 404 200 403
PATCH employment-contracts/{pk}                  200 404 403 403
POST employment-contracts/{pk}/withdraw          400 404 403 403
GET service-places                               200 200 200 403
GET service-places/{pk}                          200 404 200 403
GET hours-approvals                              200 200 200 403
POST hours-approvals                             400 400 400 403
GET hours-approvals/{pk}                         200 404 200 403
PATCH hours-approvals/{pk}                       200 404 200 403
POST hours-approvals/{pk}/withdraw               400 404 400 403
GET pay-proofs                                   200 200 200 403
POST pay-proofs                                  400 400 400 403
GET pay-proofs/{pk}                              200 404 200 403
PATCH pay-proofs/{pk}                            200 404 200 403
POST pay-proofs/{pk}/withdraw                    400 404 400 403
GET labour-matters                               200 200 200 403
POST labour-matters                              400 400 400 403
GET labour-matters/{pk}                          200 404 200 403
PATCH labour-matters/{pk}                        200 404 200 403
POST labour-matters/{pk}/withdraw                400 404 400 403
GET contracts/{contract_id}/shifts               200 404 200 403
GET contracts/{contract_id}/duty-days            200 404 200 403
GET contracts/{contract_id}/rota/template.xlsx   200 404 200 403
POST contracts/{contract_id}/rota/import         400 404 403 403
PUT contracts/{contract_id}/rota/{month}         400 404 403 403
GET gaps                                         200 200 200 403
GET gaps/{pk}                                    200 404 200 403
GET replacement-demands                          200 200 200 403
GET replacement-demands/{pk}                     200 404 200 403
POST replacement-demands/{pk}/fulfil             400 404 400 403
GET contracts/{contract_id}/attendance           200 404 200 403
GET contracts/{contract_id}/attendance/template.xlsx 200 404 200 403
POST contracts/{contract_id}/attendance/import   400 404 403 403
POST contracts/{contract_id}/attendance/exports  400 404 403 403
PUT contracts/{contract_id}/attendance/{month}   400 404 403 403
GET contracts/{contract_id}/staff-days           200 404 200 403
GET instalments                                  200 200 200 200
GET instalments/{pk}                             200 404 200 200
GET invoices                                     200 200 200 200
POST invoices                                    400 400 403 403
GET invoices/{pk}                                200 404 200 200
GET invoices/{pk}/file                           404 404 404 404
GET invoices/{pk}/lines                          200 404 200 200
POST invoices/check                              400 400 403 403
GET contracts/{contract_id}/ledger               200 404 200 200
GET contracts/{contract_id}/tables/{table}.{kind} 200 404 200 200
GET payments                                     200 200 200 200
GET payments/{pk}                                200 404 200 200
GET statements                                   200 200 200 200
GET statements/{pk}                              200 404 200 200
GET statements/{pk}/pdf                          200 404 200 200
GET payment-rules                                200 200 200 200
GET payment-rules/{pk}                           200 404 200 200
GET quantities                                   200 200 200 200
POST quantities                                  400 400 403 400
GET quantities/{pk}                              200 404 200 200
POST quantities/{pk}/answer                      400 404 403 400
POST quantities/{pk}/withdraw                    400 404 403 400
GET acceptance-sheets                            200 200 200 200
GET acceptance-sheets/{pk}                       200 404 200 200
POST acceptance-sheets/{pk}/answer               400 404 403 403
GET claims                                       200 200 200 200
GET claims/{pk}                                  200 404 200 200
POST claims/{pk}/answer                          400 404 403 403
GET claim-files                                  200 200 200 200
POST claim-files                                 400 400 403 403
GET claim-files/{pk}                             200 404 200 200
GET claim-files/{pk}/file                        200 404 200 200
GET quarter-files                                403 403 200 200
POST quarter-files                               403 403 403 400
GET quarter-files/{pk}                           403 403 200 200
GET quarter-files/{pk}/pdf                       403 403 200 200
GET quarter-files/{pk}/zip                       403 403 200 200
GET undertakings                                 200 200 200 403
POST undertakings                                400 400 403 403
GET undertakings/{pk}                            200 404 200 403
PATCH undertakings/{pk}                          200 404 403 403
GET undertakings/{pk}/copy                       404 404 404 403
PUT undertakings/{pk}/copy                       400 404 403 403
POST undertakings/{pk}/withdraw                  400 404 403 403
PUT contracts/{contract_id}/undertakings         400 404 403 403
GET offboardings                                 200 200 200 403
POST offboardings                                400 400 403 403
GET offboardings/{pk}                            200 404 200 403
PATCH offboardings/{pk}                          200 404 403 403
GET offboardings/{pk}/copy                       404 404 404 403
PUT offboardings/{pk}/copy                       400 404 403 403
POST offboardings/{pk}/withdraw                  400 404 403 403
GET data-returns                                 200 200 200 403
POST data-returns                                400 400 400 403
GET data-returns/{pk}                            200 404 200 403
PATCH data-returns/{pk}                          200 404 200 403
GET data-returns/{pk}/copy                       404 404 404 403
PUT data-returns/{pk}/copy                       400 404 400 403
POST data-returns/{pk}/withdraw                  400 404 400 403
GET disclosures                                  200 200 200 403
POST disclosures                                 400 400 403 403
GET disclosures/{pk}                             200 404 200 403
PATCH disclosures/{pk}                           200 404 403 403
GET incidents                                    200 200 200 403
POST incidents                                   400 400 400 403
GET incidents/{pk}                               200 404 200 403
PATCH incidents/{pk}                             200 404 200 403
GET incident-persons                             200 200 200 403
POST incident-persons                            400 400 400 403
GET incident-persons/{pk}                        200 404 200 403
PATCH incident-persons/{pk}                      200 404 200 403
"""
ROUTES = [
    (" ".join(row[:2]), [int(status) for status in row[2:]]) for row in map(str.split, MATRIX.strip().splitlines())
]
FORMS = ("attendance/exports", "/copy", "/import", "claim-files")


def routes_of_the_program() -> set[str]:
    return {
        f"{method} {path.removeprefix('/api/v1/')}"
        for path, _regex, method, _view in EndpointEnumerator().get_api_endpoints()
    }


def test_every_route_says_who_may_use_it() -> None:
    assert routes_of_the_program() == {name for name, _ in ROUTES} | OPEN | OWN


@pytest.fixture
def world(settings, tmp_path) -> dict[str, Any]:
    """One row of everything on one contract, and the people around it."""
    settings.DEMONSTRATION_DAY = TODAY.isoformat()
    settings.MEDIA_ROOT = tmp_path
    make_roles()
    contract = make_contract(check_ids=["staffing.headcount"])
    cases = case_rows(contract)
    letter = make_notice(contract, subject=("contract.Alert", cases["alerts"]))
    return {
        "contract": contract,
        "rows": {
            "contracts": contract.pk,
            "clauses": contract.clauses.get().pk,
            **cases,
            "notices": letter.pk,
            **duty_rows(contract),
            **staffing_rows(contract),
            **money_rows(contract),
            **claim_rows(contract),
            **secrecy_rows(contract),
            **qualification_rows(contract),
            **labour_rows(contract),
            **service_rows(contract),
        },
    }


def make_alert(contract: Contract) -> Alert:
    run = money.make_run()
    assessment = Assessment.objects.create(
        contract=contract,
        run=run,
        check_id="staffing.headcount",
        clause_ref="1",
        owed_by=Side.VENDOR,
        key="k",
        as_of=run.as_of,
        outcome=Outcome.NOT_MET,
        subject_label="contract.Contract",
        subject_pk=contract.pk,
        message_id="",
        fingerprint="f",
        created_at=run.started_at,
    )
    return Alert.objects.create(
        contract=contract,
        check_id="staffing.headcount",
        clause_ref="1",
        owed_by=Side.VENDOR,
        key="k",
        outcome=Outcome.NOT_MET,
        assessment=assessment,
        raised_on=run.as_of,
    )


def case_rows(contract: Contract) -> dict[str, int]:
    """An alert of which the vendor was told, and its answer with a file."""
    alert = make_alert(contract)
    told(alert, member(STAFF, contract.office), TODAY)
    document = ContentFile(papers.PDF, "x.pdf")
    given = answered(alert, member(VENDOR, contract.vendor), TODAY, files=[document])
    return {"alerts": alert.pk, "response-files": given.files.get().pk}


def duty_rows(contract: Contract) -> dict[str, int]:
    """One record of each of the contract's own duties (tests.contract.duties)."""
    return {name: row.pk for name, row in make_duties(contract).items()}


def staffing_rows(contract: Contract) -> dict[str, int]:
    assignment = make_assignment(contract)
    leaver = make_assignment(contract)
    assignments.correct(leaver, ends_on=date(2025, 3, 1), end_reason="resignation")
    at = datetime(2025, 3, 3, 2, tzinfo=UTC)
    leave = leaves.enter(
        Leave(
            contract=contract,
            operator=assignment.operator,
            kind="sick",
            starts_on=date(2025, 3, 3),
            ends_on=date(2025, 3, 4),
            reported_at=at,
        )
    )
    demand = records.enter(
        ReplacementDemand(contract=contract, assignment=assignment, reason="x", sent_at=at, arrived_at=at)
    )
    return {
        "operators": assignment.operator_id,
        "posts": Post.objects.create(contract=contract, code="A", name="热线").pk,
        "assignments": assignment.pk,
        "leaves": leave.pk,
        "gaps": Gap.objects.get(assignment=leaver).pk,
        "replacement-demands": demand.pk,
    }


def service_rows(contract: Contract) -> dict[str, int]:
    """A platform with its indicators, a day and a month of figures, and an objection to them."""
    day = TODAY - timedelta(days=1)
    platform = platforms.enter(
        Platform(contract=contract, name="平台", since=contract.starts_on, layout=Layout.QUEUE_LOG), today=TODAY
    )
    rows = [DayRead(day, {"offered": 10, "answered": 9})]
    figures.take_in(contract=contract, days=rows, today=TODAY, platform=platform)
    figures.enter(ServiceMonth(contract=contract, month=day.replace(day=1), satisfied=9), today=TODAY)
    objection = Objection(contract=contract, first_day=day, last_day=day, statement="平台停机", raised_on=TODAY)
    seats.take_in(contract=contract, days=[SeatDayRead(day, (("8001", "", 28_800, 64_800, 0),))], today=TODAY)
    who = Operator.objects.filter(vendor=contract.vendor)[0]
    login = seats.enter(SeatLogin(contract=contract, login="8001", operator=who, from_day=day), today=TODAY)
    return {"objections": records.enter(objection, today=TODAY).pk, "seat-logins": login.pk}


def money_rows(contract: Contract) -> dict[str, int]:
    instalment = money.make_instalments(contract)[0]
    invoice = money.make_invoice(instalment)
    document = b"%PDF-1.7"
    statement = Statement.objects.create(
        contract=contract,
        instalment=instalment,
        ordinal=1,
        number="JS-1",
        as_of=TODAY,
        issued_at=money.AT,
        issued_by=money.make_finance(contract),
        facts={},
        facts_sha256="0",
        pdf_sha256=hashlib.sha256(document).hexdigest(),
        file=ContentFile(document, "x.pdf"),
    )
    return {
        "instalments": instalment.pk,
        "invoices": invoice.pk,
        "payments": money.make_payment(instalment).pk,
        "statements": statement.pk,
    }


def claim_rows(contract: Contract) -> dict[str, int]:
    people = cases.People(contract)
    instalments = contract.instalments.order_by("sequence")
    claim = cases.issued(people, instalment=instalments[1])
    annex = cases.put_file(people, claim)
    sheet = cases.decided_sheet(people, instalments[0], TODAY)
    file = QuarterFile.objects.create(
        contract=contract,
        instalment=instalments[0],
        ordinal=1,
        number="CL-1",
        as_of=TODAY,
        statement=contract.statements.get(),
        requested_at=money.AT,
        requested_by=people.clerk,
        facts={},
        facts_sha256="0",
        status="ready",
        finished_at=money.AT,
        pages=1,
        **{f"{form}_sha256": hashlib.sha256(b"made").hexdigest() for form in ("pdf", "bundle")},
        **{form: ContentFile(b"made", f"x.{form}") for form in ("pdf", "bundle")},
    )
    rule = PaymentRule.objects.create(contract=contract, title="月度款", every_months=1)
    item = PaymentItem.objects.create(rule=rule, title="接听", kind="price", price=1, unit="call", quantity="reported")
    quantity = Quantity.objects.create(
        instalment=instalments[0], item=item, quantity=1, document="x", reported_side="vendor", reported_on=TODAY
    )
    return {
        "quarter-files": file.pk,
        "claims": claim.pk,
        "claim-files": annex.pk,
        "acceptance-sheets": sheet.pk,
        "payment-rules": rule.pk,
        "quantities": quantity.pk,
    }


def qualification_rows(contract: Contract) -> dict[str, int]:
    operator = make_assignment(contract).operator
    day = date(2025, 3, 3)
    proof = records.enter(QualificationProof(operator=operator, kind="degree", dated_on=day))
    training = records.enter(Training(contract=contract, operator=operator, starts_on=day, topic="x"))
    trial = records.enter(TrialAssessment(contract=contract, operator=operator, assessed_on=day, is_passed=True))
    employment = records.enter(EmploymentContract(operator=operator, signed_on=day, starts_on=day))
    place = records.enter(ServicePlace(contract=contract, name="x", address="x", designated_on=day))
    return {
        "qualification-proofs": proof.pk,
        "trainings": training.pk,
        "trial-assessments": trial.pk,
        "employment-contracts": employment.pk,
        "service-places": place.pk,
    }


def labour_rows(contract: Contract) -> dict[str, int]:
    day = date(2025, 3, 3)
    approval = records.enter(
        HoursApproval(
            contract=contract,
            document="x",
            authority="x",
            approved_on=day,
            valid_from=day,
            valid_until=TODAY,
            arrived_on=day,
        ),
        today=TODAY,
    )
    proof = records.enter(
        PayProof(
            contract=contract, document="x", kind="wages", month=day, paid_on=day, declared_by="x", arrived_on=day
        ),
        today=TODAY,
    )
    matter = records.enter(
        LabourMatter(
            reported_on=TODAY,
            recorded_by=PartySide.VENDOR,
            contract=contract,
            kind="injury",
            title="x",
            occurred_on=day,
            known_on=day,
        ),
        today=TODAY,
    )
    return {"hours-approvals": approval.pk, "pay-proofs": proof.pk, "labour-matters": matter.pk}


def secrecy_rows(contract: Contract) -> dict[str, int]:
    assignment = make_assignment(contract)
    undertaking = records.enter(
        Undertaking(
            contract=contract, operator=assignment.operator, signed_on=date(2024, 9, 30), document_number="保-1"
        ),
        today=TODAY,
    )
    assignments.correct(assignment, ends_on=date(2025, 2, 28), end_reason="resignation")
    offboarding = records.enter(Offboarding(contract=assignment.contract, assignment=assignment), today=TODAY)
    disclosure = records.enter(
        Disclosure(
            contract=contract, recipient="x", content="x", disclosed_on=date(2025, 3, 3), consent=make_consent(contract)
        ),
        today=TODAY,
    )
    incident = records.enter(
        Incident(
            contract=contract,
            title="x",
            description="x",
            found_by="vendor",
            found_at=datetime(2025, 3, 3, 4, tzinfo=UTC),
        ),
        now=datetime(2025, 3, 20, 4, tzinfo=UTC),
        today=TODAY,
    )
    declared = DataReturn.objects.create(
        contract=contract,
        manner="both",
        done_on=contract.ends_on,
        declared_on=contract.ends_on,
        scope="x",
        document="x",
    )
    person = records.enter(IncidentPerson(incident=incident, name="x", involvement="x"), today=TODAY)
    return {
        "undertakings": undertaking.pk,
        "offboardings": offboarding.pk,
        "data-returns": declared.pk,
        "disclosures": disclosure.pk,
        "incidents": incident.pk,
        "incident-persons": person.pk,
    }


def member(role: str, party: Any) -> User:
    user = make_user(party=party)
    user.groups.add(Group.objects.get(name=role))
    return user


def send(client: APIClient, world: dict[str, Any], route: str) -> Any:
    method, path = route.split(" ")
    path = (
        path.replace("{pk}", str(world["rows"].get(path.split("/")[0])))
        .replace("{contract_id}", str(world["contract"].pk))
        .replace("{month}", "2025-03")
        .replace("{table}.{kind}", "invoices.csv")
    )
    query = "?month=2025-03" if path.endswith("template.xlsx") else ""
    kind = "multipart" if path.endswith(FORMS) else "json"
    extra = {} if method == "GET" else {"data": {}, "format": kind}
    return getattr(client, method.lower())(f"/api/v1/{path}{query}", **extra)


def test_every_role_is_answered_as_the_matrix_says(world) -> None:
    """One world for all: an empty write changes nothing. All wrong answers are told at once."""
    contract = world["contract"]
    people: dict[str, tuple[APIClient, Callable[[list[int]], int]]] = {
        "nobody": (client_of(), lambda _: 401),
        "without permissions": (client_of(make_user(party=contract.vendor)), lambda _: 403),
        "vendor": (client_of(member(VENDOR, contract.vendor)), lambda row: row[0]),
        "other vendor": (client_of(member(VENDOR, make_contract(check_ids=()).vendor)), lambda row: row[1]),
        "staff": (client_of(member(STAFF, contract.office)), lambda row: row[2]),
        "finance": (client_of(member(FINANCE, contract.office)), lambda row: row[3]),
    }
    wrong = {
        f"{who}: {route}": f"{response.status_code}, not {expected(statuses)}"
        for route, statuses in ROUTES
        for who, (client, expected) in people.items()
        if (response := send(client, world, route)).status_code != expected(statuses)
    }
    assert not wrong, json.dumps(wrong, indent=1)


def test_reviewers_and_auditors_write_nothing_over_the_api(world) -> None:
    for role in (REVIEWER, AUDITOR):
        client = client_of(member(role, world["contract"].office))
        for route, _statuses in ROUTES:
            status = send(client, world, route).status_code
            assert status in ({200, 404} if route.startswith("GET") else {403}), route


def test_lists_hold_nothing_of_other_contracts(world) -> None:
    client = client_of(member(VENDOR, make_party()))
    for route, statuses in ROUTES:
        if statuses[0] == 403:  # the office's own
            continue
        if route.startswith("GET") and "{" not in route and not route.endswith(".xlsx"):
            assert send(client, world, route).json()["results"] == [], route


def test_no_answer_ever_holds_a_resident_id(world) -> None:
    user = make_user(is_superuser=True)
    client = client_of(user)
    operator = records.enter(
        Operator(
            vendor=world["contract"].vendor,
            employee_number="ID-1",
            name="甲",
            resident_id=resident_id(7),
            hired_on=date(2024, 9, 1),
        )
    )
    assignments.correct(make_assignment(world["contract"], operator), place="一楼")
    for route, _statuses in ROUTES:
        if route.startswith("GET"):
            assert resident_id(7).encode() not in b"".join(send(client, world, route)), route


def test_what_is_always_open_is_open(world) -> None:
    client = client_of(make_user())
    assert client.get("/api/v1/me").status_code == 200
    problem(client_of().get("/api/v1/me"), 401)
    for route in OPEN:
        method, path = route.split(" ")
        assert getattr(client_of(), method.lower())(f"/api/v1/{path}").status_code in {200, 400}


# --- The roles themselves ---------------------------------------------------------------------


def test_making_the_roles_twice_changes_nothing() -> None:
    first = create_roles()
    staff = Group.objects.get(name=STAFF)
    staff.permissions.clear()
    mine = Group.objects.create(name="本单位自设")
    assert create_roles() == first
    assert staff.permissions.count() == first[STAFF]
    assert set(Group.objects.values_list("name", flat=True)) == {*ROLES, mine.name}


def test_only_accounts_lose_something_and_only_by_their_administrator() -> None:
    """Who acts for whom, and keys, are taken away by an administrator; no record of a contract ever is."""
    create_roles()
    held = Group.objects.filter(permissions__codename__startswith="delete_")
    assert set(held.values_list("permissions__codename", flat=True)) == {"delete_membership", "delete_authtoken"}
    assert not set(held.values_list("name", flat=True)) & {STAFF, REVIEWER, FINANCE, VENDOR, AUDITOR}


def test_nobody_both_proposes_and_decides() -> None:
    create_roles()
    for group in Group.objects.all():
        held = set(group.permissions.values_list("codename", flat=True))
        assert not {"add_review", "change_review"} <= held


def test_only_the_vendor_writes_its_attendance() -> None:
    create_roles()
    holders = Group.objects.filter(permissions__codename="add_attendance")
    assert [group.name for group in holders] == [VENDOR]
