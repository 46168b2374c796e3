"""What a page costs, beside the one SQL that has what it shows."""

import json
from functools import partial
from typing import Any

from django.http import JsonResponse
from django.test import Client
from django.urls import reverse

from bench.city import City
from bench.intake import body_of, days_of_month
from bench.measuring import Cost, Taken, alternate, counted, row
from bench.processes import Readers, Web, child, cpu_of
from contract.models import Alert
from tests.api import V1
from tests.counting import counted as counting

LISTS = ("staffing_attendance", "staffing_shift")


def page(client: Any, url: str, **asked: Any) -> Any:
    answer = client.get(url, asked)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer


def signed_in(city: City) -> Client:
    client = Client()
    client.force_login(city.root)
    return client


@row("page.month", reference="the one SQL that groups the month", goal=15)
def month(city: City) -> Taken:
    """The attendance of a month as a sheet."""
    client, contract = signed_in(city), city.contract
    days = days_of_month()
    url = reverse("admin:staffing_attendance_sheet")
    asked = {"contract": contract.pk, "month": f"{days[0]:%Y-%m}"}
    page(client, url, **asked)
    sql = (
        "SELECT operator_id, status, count(*) FROM staffing_attendance "
        "WHERE contract_id = %s AND day BETWEEN %s AND %s GROUP BY 1, 2"
    )
    return alternate(
        city.rounds,
        lambda n: (partial(city.query, sql, contract.pk, days[0], days[-1]), partial(page, client, url, **asked)),
    )


@row("page.lists", reference="the same with a tenth of the contracts", goal=1.5)
def lists(city: City) -> Taken:
    """The first page of the attendance and of the rota, nothing filtered."""
    return Taken(city.small["page.lists"].measured, look_at_lists(city).measured)


def look_at_lists(city: City) -> Taken:
    client = signed_in(city)
    urls = [reverse(f"admin:{name}_changelist") for name in LISTS]

    def both() -> None:
        for url in urls:
            page(client, url)

    both()
    return alternate(city.rounds, lambda n: (lambda: None, both))


@row("page.home", reference="one query", goal=20)
def home(city: City) -> Taken:
    """Queries of the home page of an office with one contract of the city."""
    city.be_evaluated()
    client = Client()
    client.force_login(office_of(city))
    url = reverse("admin:index")
    page(client, url)
    with counting() as found:
        page(client, url)
    return counted([1], [found.queries], "queries")


def office_of(city: City) -> Any:
    from contract.roles import STAFF, create_roles
    from tests.test_permissions import member

    create_roles()
    user = member(STAFF, city.contract.office)
    user.is_staff = True
    user.save()
    return user


@row("api.alerts", reference="JsonResponse of the same rows' values()", goal=2)
def alerts(city: City) -> Taken:
    """A page of 100 alerts."""
    city.be_evaluated()
    from tests.api import client_of

    client = client_of(city.root)
    fields = [field.attname for field in Alert._meta.concrete_fields]

    def values() -> Any:
        rows = list(Alert.objects.order_by("-pk").values(*fields)[:100])
        return JsonResponse({"count": Alert.objects.count(), "results": rows}).content

    def api() -> Any:
        return page(client, f"{V1}/alerts", page_size=100)

    found = len(json.loads(api().content)["results"])
    assert found == min(100, Alert.objects.count()), found
    return alternate(city.rounds, lambda n: (values, api))


@row("pdf.statement", reference="what is held after two", goal=1.2)
def statement(city: City) -> Taken:
    """The memory of a process that prints twenty statements more."""
    figures = child("print", 20)
    return counted([figures["early_mb"]], [figures["late_mb"]], "MB")


@row("start.command", reference='python -c "import django; django.setup()"', goal=1.1)
def command(city: City) -> Taken:
    import sys

    city.be_evaluated()
    setup = [sys.executable, "-c", "import django; django.setup()"]
    number = city.contract.number
    summary = [sys.executable, "-m", "django", "evaluate", "--summary", "--dry-run", "--contract", number]
    taken = Taken()
    for _n in range(city.rounds):
        for side, words in ((taken.reference, setup), (taken.measured, summary)):
            cpu = cpu_of(words)
            side.append(Cost(cpu, cpu))
    return taken


@row("history.verify", reference="with a tenth of the contracts", goal=1.2)
def verify(city: City) -> Taken:
    """The most that a process holds which compares all tables with the change log."""
    return Taken(city.small["history.verify"].measured, look_at_log(city).measured, "MB")


def look_at_log(city: City) -> Taken:
    return counted([], [child("verify", None)["peak_mb"]], "MB")


SMALL = {"page.lists": look_at_lists, "history.verify": look_at_log}
"""What is measured once more before the city has grown to its size."""


@row("load.readers", reference="their p95 without the import", goal=1.3)
def readers(city: City) -> Taken:
    """Twenty people on home and alerts while a month is sent again and again: their p95."""
    city.be_evaluated()
    days = days_of_month()
    bodies = [body_of(city.contract, city.rows(city.contract, days)) for _n in range(2)]
    taken = Taken(unit="ms wall")
    with Web() as web:
        for number in range(city.rounds):
            alone = waited(city, web, lambda: None)
            busy = waited(city, web, lambda turn=number: send(city, web, bodies[turn % 2]))
            taken.reference.append(Cost(alone, alone))
            taken.measured.append(Cost(busy, busy))
    return taken


def send(city: City, web: Web, body: str) -> None:
    import urllib.request

    token = city.vendor._credentials["HTTP_AUTHORIZATION"]
    url = f"{web.address}{V1}/contracts/{city.contract.pk}/attendance/{days_of_month()[0]:%Y-%m}"
    headers = {"Authorization": token, "Content-Type": "application/json"}
    request = urllib.request.Request(url, body.encode(), headers, method="PUT")
    with urllib.request.urlopen(request, timeout=120) as answer:
        answer.read()


def waited(city: City, web: Web, beside: Any, paths: list[str] | None = None) -> float:
    """The p95 (ms) of those who read for some seconds while something is done beside them."""
    import time

    cookie = signed_in(city).cookies["sessionid"].value
    where = paths or [reverse("admin:index"), reverse("admin:contract_alert_changelist")]
    with Readers(web, cookie, where, city.readers) as found:
        until = time.perf_counter() + city.seconds
        while time.perf_counter() < until:
            beside()
            time.sleep(0.05)
    return found.p95
