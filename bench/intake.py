"""What one hostile request costs beside a legal one of the same size (at most three times)."""

import io
import json
import resource
from collections.abc import Callable, Iterator
from typing import Any

from django.test import Client
from django.urls import reverse

from bench.ratios import MONTH, compare, seconds
from contract.models import Contract
from contract.roles import VENDOR, create_roles
from staffing.workbooks import attendance as workbook
from tests.access.test_bounds import HEAD, TAIL, with_sheet
from tests.api import V1, client_of
from tests.factories import make_user
from tests.test_permissions import member

BOUND = 3
BOUND_MB = 100


def rows(contract: Contract) -> Iterator[bool]:
    """Each line measured, and whether it kept its bound. The contract has a month reported on duty."""
    create_roles()
    for name, what, legal, hostile in (
        ("intake.many_rows", "600,000 rows of nothing : a month padded to the same size", *many_rows(contract)),
        ("intake.workbook_cells", "5 million cells in 24 KB : a filled template", *workbook_cells(contract)),
        ("intake.workbook_rows", "3 million empty rows in 31 KB : a filled template", *workbook_rows(contract)),
        ("admin.total_forms", "a page that says 99,999 rows : the page as it is", *total_forms(contract)),
    ):
        legal()  # what is loaded once
        fast = seconds(legal)
        slow, used = measured(hostile)
        yield compare(f"{name}: {what}", slow, fast, BOUND)
        if used > BOUND_MB:
            print(f"{name}: {used:.0f} MB of memory (≤ {BOUND_MB})  TOO MUCH")
            yield False


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds, and by how many MB the process has grown at its peak."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken = seconds(work)
    return taken, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


Pair = tuple[Callable[[], object], Callable[[], object]]


def many_rows(contract: Contract) -> Pair:
    client = client_of(member(VENDOR, contract.vendor))
    hostile = '{"rows": [' + ",".join(['{"a":1}'] * 600_000) + "]}"
    numbers = contract.assignments.values_list("operator__employee_number", flat=True)
    month = [{"employee_number": number, "day": str(day), "status": "on_duty"} for number in numbers for day in MONTH]
    legal = json.dumps({"rows": month}).ljust(len(hostile))
    url = f"{V1}/contracts/{contract.pk}/attendance/{MONTH[0]:%Y-%m}"
    return lambda: put(client, url, legal, 200), lambda: put(client, url, hostile, 413)


def put(client: Any, url: str, body: str, status: int) -> None:
    answer = client.put(url, body, content_type="application/json")
    assert answer.status_code == status, answer.content[:300]


def workbook_cells(contract: Contract) -> Pair:
    return workbooks(contract, HEAD + b"<row>" + b"<c/>" * 5_000_000 + b"</row>" + TAIL)


def workbook_rows(contract: Contract) -> Pair:
    return workbooks(contract, HEAD + b"<row/>" * 3_000_000 + TAIL)


def workbooks(contract: Contract, xml: bytes) -> Pair:
    client = client_of(member(VENDOR, contract.vendor))
    legal = workbook.template(contract, MONTH[0], MONTH[-1], MONTH[-1])
    hostile = with_sheet(xml).getvalue()
    url = f"{V1}/contracts/{contract.pk}/attendance/import"

    def send(content: bytes, status: int) -> None:
        file = io.BytesIO(content)
        file.name = "x.xlsx"
        answer = client.post(url, {"file": file}, format="multipart")
        assert answer.status_code == status, answer.content[:300]

    return lambda: send(legal, 200), lambda: send(hostile, 400)


def total_forms(contract: Contract) -> Pair:
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    url = reverse("admin:contract_contract_change", args=[contract.pk])
    there = {"term_rows": contract.term_rows.count(), "policy_rows": 0, "clauses": contract.clauses.count()}

    def send(extra: int) -> None:
        data = {
            f"{prefix}-{name}": value
            for prefix, forms in there.items()
            for name, value in (("TOTAL_FORMS", forms + extra), ("INITIAL_FORMS", forms))
        }
        assert client.post(url, data).status_code == 200

    return lambda: send(0), lambda: send(99_999)
