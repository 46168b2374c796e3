"""What one hostile request costs: beside a legal one of the same size, in memory, and to everybody else.

600,000 rows of nothing, workbooks of millions of cells or
rows in a few KB, a page that says it has 99,999 rows.
"""

import json
import statistics
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse

from bench.city import City
from bench.intake import days_of_month
from bench.measuring import Cost, Taken, alternate, row
from bench.pages import signed_in, waited
from bench.processes import Web
from staffing.workbooks import attendance as workbook
from tests.access.test_bounds import HEAD, TAIL, with_sheet
from tests.api import V1

BOUND_MB = 100
LEGAL = "a legal request of the same size"
BOUNDARY = "----bench"


class Request(NamedTuple):
    """A request as it goes over the wire, and the status that answers it."""

    method: str
    url: str
    body: bytes
    content_type: str
    status: int
    by: str
    """ "vendor" (a key of the API) or "office" (a session)."""


Pair = Callable[[City], tuple[Request, Request]]


def send(city: City, request: Request) -> None:
    client: Any = city.vendor if request.by == "vendor" else signed_in(city)
    answer = client.generic(request.method, request.url, request.body, content_type=request.content_type)
    assert answer.status_code == request.status, (answer.status_code, answer.content[:300])


def many_rows(city: City) -> tuple[Request, Request]:
    """600,000 rows of nothing; a month padded to the same size."""
    contract, month = city.fresh(), days_of_month()
    hostile = '{"rows": [' + ",".join(['{"a":1}'] * 600_000) + "]}"
    numbers = contract.assignments.values_list("operator__employee_number", flat=True)
    rows = [{"employee_number": number, "day": str(day), "status": "on_duty"} for number in numbers for day in month]
    legal = json.dumps({"rows": rows}).ljust(len(hostile))
    city.vendor = city.vendor_of(contract)
    url = f"{V1}/contracts/{contract.pk}/attendance/{month[0]:%Y-%m}"
    return tuple(  # type: ignore[return-value]
        Request("PUT", url, body.encode(), "application/json", status, "vendor")
        for body, status in ((legal, 200), (hostile, 413))
    )


def workbook_cells(city: City) -> tuple[Request, Request]:
    """5 million cells in 24 KB; a filled template."""
    return workbooks(city, HEAD + b"<row>" + b"<c/>" * 5_000_000 + b"</row>" + TAIL)


def workbook_rows(city: City) -> tuple[Request, Request]:
    """3 million empty rows in 31 KB; a filled template."""
    return workbooks(city, HEAD + b"<row/>" * 3_000_000 + TAIL)


def workbooks(city: City, xml: bytes) -> tuple[Request, Request]:
    contract, month = city.fresh(), days_of_month()
    city.vendor = city.vendor_of(contract)
    city.enter(contract, month)
    legal = workbook.template(contract, month[0], month[-1], month[-1])
    url = f"{V1}/contracts/{contract.pk}/attendance/import"
    return tuple(  # type: ignore[return-value]
        Request("POST", url, multipart(content), f"multipart/form-data; boundary={BOUNDARY}", status, "vendor")
        for content, status in ((legal, 200), (with_sheet(xml).getvalue(), 400))
    )


def multipart(content: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="x.xlsx"\r\n\r\n'
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def total_forms(city: City) -> tuple[Request, Request]:
    """A page that says 99,999 rows; the page as it is."""
    contract = city.fresh()
    url = reverse("admin:contract_contract_change", args=[contract.pk])
    there = {"term_rows": contract.term_rows.count(), "policy_rows": 0, "clauses": contract.clauses.count()}

    def request(extra: int) -> Request:
        data = {
            f"{prefix}-{name}": value
            for prefix, forms in there.items()
            for name, value in (("TOTAL_FORMS", forms + extra), ("INITIAL_FORMS", forms))
        }
        body = "&".join(f"{name}={value}" for name, value in data.items())
        return Request("POST", url, body.encode(), "application/x-www-form-urlencoded", 200, "office")

    return request(0), request(99_999)


KINDS: dict[str, Pair] = {
    "intake.many_rows": many_rows,
    "intake.workbook_cells": workbook_cells,
    "intake.workbook_rows": workbook_rows,
    "admin.total_forms": total_forms,
}


def _register(name: str, pair: Pair) -> None:
    @row(name, reference=LEGAL, goal=3)
    def times(city: City) -> Taken:
        legal, hostile = pair(city)
        return alternate(city.rounds, lambda n: (lambda: send(city, legal), lambda: send(city, hostile)))


for _name, _pair in KINDS.items():
    _register(_name, _pair)


def over_the_wire(city: City, web: Web, request: Request) -> None:
    headers = {"Content-Type": request.content_type}
    if request.by == "vendor":
        headers["Authorization"] = city.vendor._credentials["HTTP_AUTHORIZATION"]
    else:
        client = signed_in(city)
        client.get(request.url)
        token = client.cookies[settings.CSRF_COOKIE_NAME].value
        headers["Cookie"] = f"sessionid={client.cookies['sessionid'].value}; {settings.CSRF_COOKIE_NAME}={token}"
        headers |= {"X-CSRFToken": token, "Referer": web.address}
    asked = urllib.request.Request(web.address + request.url, request.body, headers, method=request.method)
    try:
        with urllib.request.urlopen(asked, timeout=120) as answer:
            status, _body = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, _body = error.code, error.read()
    assert status == request.status, (request.url, status, _body[:300])


@row("hostile.neighbours", reference="their p95 without it", goal=1.5)
def neighbours(city: City) -> Taken:
    """Others who read meanwhile, for the worst of the hostile requests: their p95."""
    city.be_evaluated()
    worst = Taken(unit="ms wall")
    with Web() as web:
        for pair in KINDS.values():
            _legal, hostile = pair(city)
            taken = Taken(unit="ms wall")
            for _n in range(city.rounds):
                alone = waited(city, web, lambda: None)
                beside = waited(city, web, lambda hostile=hostile: over_the_wire(city, web, hostile))
                taken.reference.append(Cost(alone, alone))
                taken.measured.append(Cost(beside, beside))
            if not worst.reference or _ratio(taken) > _ratio(worst):
                worst = taken
    return worst


def _ratio(taken: Taken) -> float:
    return statistics.median(c.value for c in taken.measured) / statistics.median(c.value for c in taken.reference)


@row("hostile.memory", reference=f"{BOUND_MB} MB", goal=1)
def memory(city: City) -> Taken:
    """By how much a worker has grown at its peak, after a legal request: the worst of the hostile ones."""
    worst = 0.0
    with Web() as web:
        for pair in KINDS.values():
            legal, hostile = pair(city)
            for _n in range(4):  # each worker has had one
                over_the_wire(city, web, legal)
            before = web.peaks()
            for _n in range(4):
                over_the_wire(city, web, hostile)
            worst = max(worst, *(peak - before.get(pid, peak) for pid, peak in web.peaks().items()))
    return Taken([Cost(BOUND_MB, 0)], [Cost(worst, 0)], "MB")
