"""Tokens, contracts, clauses, readings and alerts over the API."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from contract import services
from contract.access.choices import Scope
from contract.access.lockout import LIMITS
from contract.access.models import LoginLock
from contract.batch import Batch
from contract.choices import Outcome, RunTrigger, Side
from contract.findings import Finding, Message, Subject
from contract.models import Alert, Contract
from tests.api import client_of, ok, problem
from tests.factories import make_contract, make_party, make_user, set_policy, set_term

READ = [
    "contract.view_contract",
    "contract.view_clause",
    "contract.view_policy",
    "contract.view_alert",
    "contract.view_assessment",
]
pytestmark = pytest.mark.django_db


def login(password: str = "a-long-password-1", username: str = "hr", **extra: Any) -> Any:
    return client_of().post("/api/v1/auth/token", {"username": username, "password": password}, format="json", **extra)


# --- Tokens -----------------------------------------------------------------------------------


def test_a_password_gives_a_token_that_opens_the_api() -> None:
    contract = make_contract(check_ids=())
    make_user("hr", party=contract.vendor, permissions=READ, first_name="李")
    answer = ok(login())
    assert answer["expires_at"] > (timezone.now() + timedelta(days=29)).isoformat()
    client = client_of()
    client.credentials(HTTP_AUTHORIZATION=f"Token {answer['token']}")
    me = ok(client.get("/api/v1/me"))
    assert me["username"] == "hr"
    assert [party["credit_code"] for party in me["parties"]] == [contract.vendor.credit_code]
    assert me["permissions"] == sorted(READ)


def test_a_token_begins_no_session(settings) -> None:
    settings.AXES_ENABLED = True
    make_user("hr")
    response = login()
    assert response.status_code == 200 and not response.cookies
    client = client_of()
    client.credentials(HTTP_AUTHORIZATION=f"Token {response.json()['token']}")
    assert not client.post("/api/v1/auth/logout").cookies
    assert not Session.objects.exists()


def test_a_wrong_name_and_a_wrong_password_read_alike() -> None:
    make_user("hr")
    closed = make_user("closed", is_active=False)
    answers = [
        problem(login("wrong"), 401),
        problem(login(username="nobody"), 401),
        problem(login(username=closed.username), 401),
    ]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["detail"].startswith("用户名或密码错误")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "hr"},
        {"username": "h\0r", "password": "x"},
        [],
        {"username": ["hr"], "password": {}},
        {"username": "x" * 151, "password": "x"},
        {"username": "hr", "password": "x" * 10_000},
    ],
)
def test_a_malformed_login_is_refused(body: Any) -> None:
    problem(client_of().post("/api/v1/auth/token", body, format="json"), 400)


def test_several_wrong_passwords_lock_the_account_in_words_of_the_api(settings) -> None:
    settings.AXES_ENABLED = True
    make_user("hr")
    answers = [login("wrong").status_code for _ in range(LIMITS[Scope.PAIR])]
    assert answers[:-1] == [401] * (len(answers) - 1)
    locked = problem(login(), 429)
    assert locked["code"] == "locked_out"
    assert LoginLock.objects.filter(scope=Scope.PAIR).count() == 1


def test_logins_are_throttled(settings, monkeypatch) -> None:
    from rest_framework.throttling import ScopedRateThrottle

    monkeypatch.setattr(ScopedRateThrottle, "THROTTLE_RATES", {"login": "2/min"})
    cache.clear()
    answers = [login("wrong") for _ in range(3)]
    cache.clear()
    assert problem(answers[-1], 429)["code"] == "throttled"
    assert int(answers[-1]["Retry-After"]) > 0


def test_logging_out_voids_this_token_only() -> None:
    user = make_user("hr")
    here, there = client_of(user), client_of(user)
    ok(here.post("/api/v1/auth/logout"), 204)
    problem(here.get("/api/v1/me"), 401)
    ok(there.get("/api/v1/me"))


def test_logging_out_everywhere_voids_all_tokens() -> None:
    user = make_user("hr")
    here, there = client_of(user), client_of(user)
    ok(here.post("/api/v1/auth/logout-all"), 204)
    problem(here.get("/api/v1/me"), 401)
    problem(there.get("/api/v1/me"), 401)


def test_the_eleventh_token_costs_the_oldest() -> None:
    user = make_user("hr")
    oldest = client_of(user)
    AuthToken.objects.update(expiry=timezone.now() + timedelta(days=1))
    for _ in range(10):
        ok(login())
    assert AuthToken.objects.filter(user=user).count() == 10
    problem(oldest.get("/api/v1/me"), 401)


def test_an_expired_token_is_no_token() -> None:
    client = client_of(make_user())
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    problem(client.get("/api/v1/me"), 401)


def test_a_person_who_left_has_no_token() -> None:
    user = make_user()
    client = client_of(user)
    user.is_active = False
    user.save()
    problem(client.get("/api/v1/me"), 401)


@pytest.mark.parametrize(
    "header", ["Token", "Token a b", "Token \xff\xfe", "Token a\x00b", "Bearer x", "Token " + "a" * 8000, "Token 令牌"]
)
def test_a_header_that_is_no_token_is_refused(header: str) -> None:
    raw = header.encode().decode("latin-1")
    response = Client().get("/api/v1/me", HTTP_AUTHORIZATION=raw)
    assert problem(response, 401)
    assert response["WWW-Authenticate"] == "Token"


def test_a_session_of_the_admin_is_no_token() -> None:
    browser = Client()
    browser.force_login(make_user(is_superuser=True))
    problem(browser.get("/api/v1/me"), 401)


# --- Contracts --------------------------------------------------------------------------------


def test_a_vendor_sees_its_contracts_and_no_others() -> None:
    mine, other = make_contract(check_ids=()), make_contract(check_ids=())
    client = client_of(make_user(party=mine.vendor, permissions=READ))
    rows = ok(client.get("/api/v1/contracts"))["results"]
    assert [row["number"] for row in rows] == [mine.number]
    problem(client.get(f"/api/v1/contracts/{other.pk}"), 404)
    problem(client.get(f"/api/v1/contracts/{other.pk}/policies"), 404)


def test_a_contract_tells_its_terms_in_force(settings) -> None:
    settings.DEMONSTRATION_DAY = "2025-02-01"
    contract = make_contract(check_ids=())
    set_term(contract, "headcount", 47, date(2025, 2, 1))
    set_term(contract, "headcount", 50, date(2025, 2, 2))
    client = client_of(make_user(party=contract.office, permissions=READ))
    data = ok(client.get(f"/api/v1/contracts/{contract.pk}"))
    terms = {term["key"]: term for term in data["terms"]}
    assert terms["headcount"]["value"] == "47"
    assert terms["headcount"]["effective_from"] == "2025-02-01"
    assert terms["annual_fee"]["value"] == "2091733.33"
    assert data["terms_on"] == "2025-02-01"


def test_the_terms_of_an_ended_contract_are_those_of_its_last_day(settings) -> None:
    settings.DEMONSTRATION_DAY = "2026-02-01"
    contract = make_contract(check_ids=(), terminated_on=date(2025, 3, 31))
    client = client_of(make_user(party=contract.office, permissions=READ))
    assert ok(client.get(f"/api/v1/contracts/{contract.pk}"))["terms_on"] == "2025-03-31"


def test_every_reading_tells_whether_both_sides_confirmed_it() -> None:
    contract = make_contract(check_ids=())
    set_policy(contract, "answer_days", 7)
    client = client_of(make_user(party=contract.vendor, permissions=READ))
    rows = {r["key"]: r for r in ok(client.get(f"/api/v1/contracts/{contract.pk}/policies"))}
    assert rows["answer_days"]["value"] == "7"
    assert not rows["answer_days"]["is_default"] and rows["answer_days"]["confirmed_on"] is None
    assert rows["on_post_window"]["is_default"]
    assert rows["on_post_window"]["display"] == "自然月"


@pytest.mark.parametrize("pk", ["0", "-1", "x", "1.5", "9" * 30, "1%00", "١"])
def test_an_id_that_is_none_is_not_found(pk: str) -> None:
    contract = make_contract(check_ids=())
    client = client_of(make_user(party=contract.vendor, permissions=READ))
    problem(client.get(f"/api/v1/contracts/{pk}"), 404)


@pytest.mark.parametrize(
    "query",
    [
        "contracts?nuber=1",
        "contracts?in_force_on=2025-02-30",
        "alerts?status=finished",
        "alerts?contract=x",
        "alerts?contract=1e9",
        "alerts?raised_from=yesterday",
        "clauses?owed_by=nobody",
        "alerts?check_id=a%00b",
        "alerts?ordering=password",
        "alerts?contract=" + "9" * 40,
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_by_name(query: str) -> None:
    client = client_of(make_user(permissions=READ))
    document = problem(client.get(f"/api/v1/{query}"), 400)
    assert document["errors"][0]["field"] == query.partition("?")[2].partition("=")[0]


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=99", "page=" + "9" * 30])
def test_a_page_that_is_not_there_is_not_found(query: str) -> None:
    client = client_of(make_user(permissions=READ))
    problem(client.get(f"/api/v1/contracts?{query}"), 404)


def test_a_page_never_has_more_than_500_rows() -> None:
    vendor = make_party()
    office = make_party()
    for number in range(3):
        make_contract(check_ids=(), vendor=vendor, office=office, number=f"P-{number}")
    client = client_of(make_user(party=vendor, permissions=READ))
    page = ok(client.get("/api/v1/contracts?page_size=2&ordering=number"))
    assert [row["number"] for row in page["results"]] == ["P-0", "P-1"]
    assert page["count"] == 3 and "page=2" in page["next"]
    ok(client.get("/api/v1/contracts?page_size=100000"))
    for asked in ("-1", "0", "many", "", "2.5", "²"):
        document = problem(client.get("/api/v1/contracts", {"page_size": asked}), 400)
        assert document["errors"][0]["field"] == "page_size"
        assert "1 至 500" in document["errors"][0]["message"]


def test_clauses_read_in_the_language_asked_for() -> None:
    contract = make_contract(check_ids=["test.duty"])
    user = make_user(party=contract.vendor, permissions=READ)
    zh = ok(client_of(user).get(f"/api/v1/clauses?contract={contract.pk}"))["results"]
    en = ok(client_of(user, "en").get(f"/api/v1/clauses?contract={contract.pk}"))["results"]
    assert all(row["title"].startswith("第") for row in zh)
    assert all(row["title"].startswith("Article") for row in en)


# --- Alerts -----------------------------------------------------------------------------------


@pytest.fixture
def duties(monkeypatch) -> None:
    """Three checks that always find something: one owed by each side, one by both."""
    from contract import registry

    monkeypatch.setattr(registry, "_checks", {})
    for side in Side:
        check_id = f"test.{side.value}"

        @registry.register(check_id, owed_by=side, title=f"duty of {side.value}")
        def check(batch: Batch, check_id: str = check_id) -> Any:
            for contract in batch.contracts:
                yield Finding(
                    check_id=check_id,
                    contract_id=contract.pk,
                    outcome=Outcome.NOT_MET,
                    subject=Subject("contract.Contract", contract.pk, contract.number),
                    message=Message(
                        "The check could not be carried out (%(error)s); nothing is concluded from it.",
                        error=batch.as_of.isoformat(),
                    ),
                    measured="97.92%",
                    required="98%",
                    legal_due_on=date(2025, 1, 31),
                )


def evaluated(contract: Contract, day: date = date(2025, 1, 1)) -> Contract:
    services.evaluate(as_of=day, today=day, trigger=RunTrigger.COMMAND, at=timezone.now())
    return contract


def test_a_vendor_sees_alerts_of_its_own_duties_and_shared_ones(duties) -> None:
    contract = evaluated(make_contract())
    vendor = client_of(make_user(party=contract.vendor, permissions=READ))
    office = client_of(make_user(party=contract.office, permissions=READ))
    seen = {row["check_id"] for row in ok(vendor.get("/api/v1/alerts"))["results"]}
    assert seen == {"test.vendor", "test.both"}
    assert len(ok(office.get("/api/v1/alerts"))["results"]) == 3
    hidden = Alert.objects.get(owed_by=Side.OFFICE)
    problem(vendor.get(f"/api/v1/alerts/{hidden.pk}"), 404)
    problem(vendor.get(f"/api/v1/alerts/{hidden.pk}/assessments"), 404)


def test_an_alert_tells_clause_figures_dates_and_words(duties) -> None:
    contract = evaluated(make_contract())
    user = make_user(party=contract.vendor, permissions=READ)
    alert = Alert.objects.get(check_id="test.vendor")
    zh = ok(client_of(user).get(f"/api/v1/alerts/{alert.pk}"))
    en = ok(client_of(user, "en").get(f"/api/v1/alerts/{alert.pk}"))
    assert (zh["clause"], zh["clause_title"]) == ("9", "第9条")
    assert en["clause_title"] == "Article 9"
    assert (zh["measured"], zh["required"], zh["legal_due_on"]) == ("97.92%", "98%", "2025-01-31")
    assert en["explanation"].startswith("The check could not")
    assert zh["explanation"] != en["explanation"]
    assert [event["to_status"] for event in zh["events"]] == ["open"]


def test_the_history_of_an_alert_keeps_every_finding(duties) -> None:
    contract = make_contract()
    evaluated(contract, date(2025, 1, 1))
    evaluated(contract, date(2025, 1, 2))
    alert = Alert.objects.get(check_id="test.vendor")
    client = client_of(make_user(party=contract.vendor, permissions=READ))
    rows = ok(client.get(f"/api/v1/alerts/{alert.pk}/assessments"))["results"]
    assert [row["as_of"] for row in rows] == ["2025-01-02", "2025-01-01"]
    assert [row["is_current"] for row in rows] == [True, False]
    assert rows[0]["supersedes"] == rows[1]["id"]


def test_alerts_are_filtered(duties) -> None:
    contract = evaluated(make_contract())
    other = evaluated(make_contract(vendor=contract.vendor))
    client = client_of(make_user(party=contract.vendor, permissions=READ))

    def count(query: str) -> int:
        return int(ok(client.get(f"/api/v1/alerts?{query}"))["count"])

    assert count("") == 4
    assert count(f"contract={other.pk}") == 2
    assert count("check_id=test.both") == 2
    assert count("status=open&status=cured") == 4
    assert count("status=cured") == 0
    assert count("due_to=2025-01-30") == 0 and count("due_from=2025-01-31") == 4
    assert count("raised_from=2025-01-01&raised_to=2025-01-01&clause=9") == 4


@pytest.mark.parametrize("path", ["contracts", "clauses", "alerts"])
def test_a_list_costs_the_same_queries_however_long(duties, path: str, django_assert_max_num_queries) -> None:
    vendor, office = make_party(), make_party()
    client = client_of(make_user(party=vendor, permissions=READ))
    counts = []
    for number in (1, 5):
        for _ in range(number):
            make_contract(vendor=vendor, office=office)
        evaluated(Contract.objects.last())
        with django_assert_max_num_queries(20) as queries:
            rows = ok(client.get(f"/api/v1/{path}"))["results"]
        assert len(rows) >= number
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_nobody_writes_contracts_or_alerts_over_the_api(duties) -> None:
    contract = evaluated(make_contract())
    client = client_of(make_user(is_superuser=True))
    alert = Alert.objects.first()
    for path in ("contracts", f"contracts/{contract.pk}", "alerts", f"alerts/{alert.pk}", "clauses"):
        for method in ("post", "put", "patch", "delete"):
            problem(getattr(client, method)(f"/api/v1/{path}", {}, format="json"), 405)
