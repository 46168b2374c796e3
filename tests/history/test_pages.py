"""The log, the history and the replay in the browser; by which way each write came."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from contract.acting import acting
from contract.choices import ChangeKind, Route, RunTrigger
from contract.history import seals, wording
from contract.history import services as history
from contract.history.middleware import route_of
from contract.history.models import ChangeCheck, ChangeEntry
from contract.models import Contract, Policy
from contract.roles import AUDITOR, FINANCE, STAFF, VENDOR, create_roles
from contract.services import evaluate
from staffing.models import Operator
from staffing.services import assignments
from tests.api import client_of
from tests.contract.admin_helpers import office_user, signed_in
from tests.contract.cases import person
from tests.factories import make_contract, make_team

pytestmark = pytest.mark.django_db
LOG = "admin:contract_changeentry_changelist"
KNOWN = "admin:contract_known_then"


@pytest.fixture
def contract() -> Contract:
    return make_contract(terms={"headcount": 3}, check_ids=["staffing.headcount"])


def newest(label: str) -> ChangeEntry:
    return ChangeEntry.objects.filter(label=label).latest("pk")


# --- By which way -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/admin/contract/term/1/change/", Route.SCREEN),
        ("/api/v1/operators", Route.API),
        ("/api/v1/operators/import", Route.FILE),
        ("/api/v1/contracts/1/attendance/import", Route.FILE),
        ("/admin/staffing/operator/import/", Route.FILE),
    ],
)
def test_an_address_tells_the_way(path: str, route: Route) -> None:
    assert route_of(path) == route


def test_a_page_and_the_api_are_told_apart(contract: Contract) -> None:
    office = office_user(contract)
    url = reverse("admin:contract_party_change", args=[contract.vendor_id])
    page = signed_in(office).get(url)
    form = page.context["adminform"].form
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent = {name: value for name, value in sent.items() if value not in (None, False)}
    signed_in(office).post(url, {**sent, "telephone": "0398-1234567"})
    entry = newest("contract.Party")
    assert (entry.route, entry.actor) == (Route.SCREEN, office)
    assert entry.changes["telephone"][1] == "0398-1234567"

    make_team(contract, 1)
    operator = Operator.objects.get()
    hr = person(contract, VENDOR)
    answer = client_of(hr).patch(f"/api/v1/operators/{operator.pk}", {"phone": "10012345678"}, format="json")
    assert answer.status_code == 200
    entry = newest("staffing.Operator")
    assert (entry.route, entry.actor, entry.party_pk) == (Route.API, hr, contract.vendor_id)
    assert operator.history.first().history_user == hr


def test_without_a_request_it_is_a_command(contract: Contract) -> None:
    assert newest("contract.Contract").route == Route.COMMAND
    assert newest("contract.Contract").actor is None


# --- The log ----------------------------------------------------------------------------------


def test_the_log_is_read_by_office_and_auditor(contract: Contract) -> None:
    for role, status in ((STAFF, 200), (AUDITOR, 200), (FINANCE, 403)):
        client = signed_in(person(contract, role))
        assert client.get(reverse(LOG)).status_code == status


def test_it_shows_who_what_old_and_new(contract: Contract) -> None:
    seals.seal()
    with acting(route=Route.FILE, actor=office_user(contract, "陈某")):
        contract.title = "新名称"
        contract.save()
    client = signed_in(person(contract, AUDITOR))
    page = client.get(reverse(LOG)).content.decode()
    assert "项目: 合同约定话务人员人数" in page  # by its name, not its key
    assert "文件" in page and "名称: 示例话务服务 → 新名称" in page
    entry = newest("contract.Contract")
    detail = client.get(reverse("admin:contract_changeentry_change", args=[entry.pk]))
    assert "新名称" in detail.content.decode()
    assert client.post(reverse("admin:contract_changeentry_change", args=[entry.pk]), {"note": "x"}).status_code == 403
    assert client.get(reverse("admin:contract_changeentry_add")).status_code == 403


def test_entries_of_other_contracts_are_not_shown(contract: Contract) -> None:
    other = make_contract()
    make_team(other, 1)
    foreign = [newest("contract.Contract"), newest("staffing.Operator"), newest("staffing.Assignment")]
    client = signed_in(person(contract, AUDITOR))
    for entry in foreign:
        assert entry.contract_pk == other.pk or entry.party_pk == other.vendor_id
        url = reverse("admin:contract_changeentry_change", args=[entry.pk])
        assert client.get(url).status_code == 302  # as for a row that does not exist
    shown = client.get(reverse(LOG)).context["cl"].queryset
    assert not shown.filter(pk__in=[entry.pk for entry in foreign]).exists()
    assert shown.filter(contract_pk=contract.pk).exists()


def test_the_list_filters_and_its_queries_do_not_grow(contract: Contract, django_assert_max_num_queries: Any) -> None:
    client = signed_in(person(contract, STAFF))
    client.get(reverse(LOG))
    with django_assert_max_num_queries(60) as few:
        client.get(reverse(LOG))
    make_team(contract, 6)
    with django_assert_max_num_queries(len(few)):
        client.get(reverse(LOG))
    shown = client.get(reverse(LOG), {"label": "staffing.Assignment"}).context["cl"].queryset
    assert {entry.label for entry in shown} == {"staffing.Assignment"}


def test_encrypted_values_are_not_shown(contract: Contract) -> None:
    make_team(contract, 1)
    said = wording.changes(newest("staffing.Operator"), named=True)
    assert ("居民身份证号码", "", "已加密") in said
    assert contract.vendor.name in {new for _name, _old, new in said}


def test_a_history_says_by_which_way(contract: Contract) -> None:
    policy = Policy.objects.create(
        contract=contract, key="deadline_roll", effective_from=contract.starts_on, value="never"
    )
    with acting(route=Route.FILE):
        policy.note = "x"
        policy.save()
    url = reverse("admin:contract_policy_history", args=[policy.pk])
    page = signed_in(office_user(contract)).get(url).content.decode()
    assert "途径" in page and "文件" in page and "命令" in page


# --- The check on the home page ---------------------------------------------------------------


def home(user: User) -> str:
    return signed_in(user).get(reverse("admin:index")).content.decode()


def test_the_home_page_tells_the_last_check(contract: Contract) -> None:
    create_roles([STAFF, FINANCE])  # as the program does: the log of accesses knows of it
    office, finance = person(contract, STAFF), person(contract, FINANCE)
    assert "变更日志尚未核验" in home(office)
    history.check(timezone.now())
    assert "全部相符" in home(office)
    Policy.objects.bulk_create([Policy(contract=contract, key="x", effective_from=contract.starts_on, value="1")])
    history.check(timezone.now())
    assert "有 1 处绕过程序被改动" in home(office)
    assert "变更日志" not in home(finance)


def test_a_check_that_is_overdue_says_so(contract: Contract) -> None:
    history.check(datetime(2025, 1, 1, tzinfo=UTC))
    assert "每周核验已逾期" in home(person(contract, STAFF))


def test_health_tells_the_last_check(client: Any) -> None:
    assert client.get("/health/ready").json()["change_log"] == {"status": "never"}
    ChangeCheck.objects.create(started_at=timezone.now(), finished_at=timezone.now(), problems=2, entries=5)
    said = client.get("/health/ready").json()["change_log"]
    assert (said["status"], said["problems"]) == ("problems", 2)


# --- As known then ----------------------------------------------------------------------------


@pytest.fixture
def told_late(contract: Contract, settings: Any) -> Contract:
    settings.DEMONSTRATION_DAY = "2025-03-31"
    with acting(at=datetime(2025, 1, 1, tzinfo=UTC)):
        late = make_contract(terms={"headcount": 3}, check_ids=["staffing.headcount"], office=contract.office)
        team = make_team(late, 3)
    evaluate(
        as_of=date(2025, 3, 10),
        today=date(2025, 3, 10),
        at=datetime(2025, 3, 10, 15, tzinfo=UTC),
        trigger=RunTrigger.COMMAND,
    )
    with acting(at=datetime(2025, 3, 20, tzinfo=UTC)):
        assignments.correct(team[0], ends_on=date(2025, 2, 1), end_reason="resignation")
    return late


def test_the_page_shows_then_now_and_what_came_later(told_late: Contract) -> None:
    client = signed_in(person(told_late, AUDITOR))
    assert client.get(reverse(KNOWN)).status_code == 200
    page = client.get(
        reverse(KNOWN), {"contract": told_late.pk, "as_of": "2025-03-10", "known_on": "2025-03-10"}
    ).content.decode()
    assert "数据变化" in page and "截止日: 2025-02-01" in page
    assert "当时与现行规则相同" in page


@pytest.mark.parametrize(("field", "value", "says"), [("known_on", "2025-04-01", "尚未到来"), ("as_of", "x", "日期")])
def test_a_bad_day_is_refused_beside_its_field(told_late: Contract, field: str, value: str, says: str) -> None:
    asked = {"contract": told_late.pk, "as_of": "2025-03-10", "known_on": "2025-03-10"}
    page = signed_in(person(told_late, STAFF)).get(reverse(KNOWN), {**asked, field: value})
    assert says in page.content.decode() and "found" not in page.context


def test_the_contract_of_others_cannot_be_replayed(told_late: Contract) -> None:
    stranger = signed_in(person(make_contract(), STAFF))
    for number in (str(told_late.pk), "9" * 30, "x"):
        asked = {"contract": number, "as_of": "2025-03-10", "known_on": "2025-03-10"}
        assert stranger.get(reverse(KNOWN), asked).status_code == 404
    assert signed_in(person(told_late, FINANCE)).get(reverse(KNOWN)).status_code == 403


def test_kinds_have_words() -> None:
    assert [str(kind.label) for kind in ChangeKind] == ["新增", "变更", "删除", "成批写入", "按现状接管"]


def test_counts_by_outcome_are_said_in_words(contract: Contract) -> None:
    day = date(2025, 3, 3)
    evaluate(as_of=day, today=day, at=timezone.now(), trigger=RunTrigger.COMMAND)
    entry = next(e for e in ChangeEntry.objects.filter(label="contract.EvaluationRun") if "counts" in str(e.changes))
    told = " ".join(new for _field, _old, new in wording.changes(entry, named=True))
    assert "{" not in told and "_" not in told and any(word in told for word in ("未履行", "已履行", "无法认定"))
