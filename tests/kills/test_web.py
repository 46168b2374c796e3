"""A web server, or its database, that dies while a list is taken in: nothing of it stands, and it can be sent again."""

import io
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from knox.models import AuthToken

from contract.duties.models import InspectionRemark
from contract.history import seals, verification
from contract.models import Contract, IdempotencyRecord
from contract.roles import STAFF
from kit import clock
from staffing.models import Attendance, AttendanceBatch, Gap, StaffDay
from tests.contract.duties import make_duties
from tests.contract.test_duties_workbooks import member
from tests.contract.workbooks import as_file, fill, opened
from tests.factories import make_contract, make_team, make_user
from tests.kills.processes import MARKS, Web
from tests.servers import Cluster, eventually
from tests.staffing.test_api_attendance import month_of
from tests.staffing.test_api_people import ALL

pytestmark = MARKS
LAST = date(2025, 3, 31)


@dataclass
class Answer:
    """What came back: no status where the server died."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)


def send(web: Web, method: str, path: str, body: bytes, **headers: str) -> Answer:
    url = f"http://127.0.0.1:{web.port}{path}"
    request = urllib.request.Request(url, body, {k.replace("_", "-"): v for k, v in headers.items()}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return Answer(answer.status, dict(answer.headers))
    except urllib.error.HTTPError as error:
        return Answer(error.code, dict(error.headers))
    except OSError:
        return Answer()


@contextmanager
def on_its_way(call: Callable[[], Answer], cluster: Cluster) -> Iterator[Answer]:
    """Inside, the request has written and waits for a row; afterwards its answer has come, or its death."""
    found = Answer()

    def run() -> None:
        answer = call()
        found.status, found.headers = answer.status, answer.headers

    thread = threading.Thread(target=run)
    thread.start()
    try:
        eventually(cluster.someone_waits, "the request waits in the middle")
        yield found
    finally:
        thread.join(60)


class Month:
    """A team, and its month on the way from the vendor."""

    def __init__(self) -> None:
        self.contract: Contract = make_contract(check_ids=())
        self.team = make_team(self.contract, 3)
        self.token = AuthToken.objects.create(user=make_user(party=self.contract.vendor, permissions=ALL))[1]
        rows = month_of(self.team)
        rows[40]["status"] = "absent"
        self.body = json.dumps({"rows": rows}).encode()

    def put(self, web: Web) -> Answer:
        return send(
            web,
            "PUT",
            f"/api/v1/contracts/{self.contract.pk}/attendance/2025-03",
            self.body,
            Authorization=f"Token {self.token}",
            Content_Type="application/json",
            Idempotency_Key="march",
        )

    def standing(self) -> list[Any]:
        """Everything that a month writes, without the numbers of rows."""
        order = {one.operator_id: number for number, one in enumerate(self.team)}
        rows = Attendance.objects.filter(contract=self.contract).values_list("operator", "day", "status")
        days = StaffDay.objects.filter(contract=self.contract)
        gaps = Gap.objects.filter(contract=self.contract).values_list("operator", "opened_on", "closed_on", "cause")
        return [
            sorted((order[who], *rest) for who, *rest in rows),
            sorted(days.values_list("day", "assigned", "in_place", "absent", "unreported")),
            sorted((order[who], *rest) for who, *rest in gaps),
            AttendanceBatch.objects.filter(contract=self.contract).count(),
        ]

    @contextmanager
    def held(self, cluster: Cluster) -> Iterator[None]:
        """The roll-up of its last day, which is written after all its rows."""
        holder = cluster.connected(connection.settings_dict["NAME"])
        holder.cursor().execute(
            "SELECT 1 FROM staffing_staffday WHERE contract_id = %s AND day = %s FOR UPDATE", [self.contract.pk, LAST]
        )
        try:
            yield
        finally:
            with suppress(psycopg2.Error):  # it may have gone with its server
                holder.close()


def agrees() -> None:
    """Nobody has written behind the program's back, and the roll-up follows from the facts."""
    seals.seal()
    assert list(verification.verify(clock.now())) == []
    call_command("rebuild_staff_days", check=True, stdout=io.StringIO())  # exits where a day differs


@pytest.mark.parametrize("killed", ["PostgreSQL", "the busy child", "the whole server"])
def test_a_month_cut_off_in_the_middle_leaves_nothing_and_is_sent_again(
    web: Web, cluster: Cluster, killed: str
) -> None:
    month, undisturbed = Month(), Month()
    assert undisturbed.put(web).status == 200
    before = month.standing()
    with month.held(cluster), on_its_way(lambda: month.put(web), cluster) as answer:
        if killed == "PostgreSQL":
            cluster.stop()
            connection.close()
            cluster.start()
        elif killed == "the busy child":
            web.kill_children()
        else:
            web.kill()
    assert answer.status == (503 if killed == "PostgreSQL" else 0)
    assert month.standing() == before
    web.start()
    eventually(lambda: month.put(web).status == 409, "the server is back, and knows the key")
    assert 0 < int(month.put(web).headers["Retry-After"]) <= 60
    IdempotencyRecord.objects.update(created_at=F("created_at") - timedelta(minutes=1))
    done, again = month.put(web), month.put(web)
    assert (done.status, again.status, again.headers["Idempotent-Replay"]) == (200, 200, "true")
    assert month.standing() == undisturbed.standing() != before
    agrees()


def test_a_workbook_on_a_page_cut_off_in_the_middle_leaves_nothing_and_is_taken_in_anew(
    web: Web, cluster: Cluster, contract: Contract
) -> None:
    inspection = make_duties(contract)["inspections"]
    client = Client()
    client.force_login(member(contract, STAFF, is_staff=True))
    book = opened(client.get(reverse("admin:contract_inspectionremark_download_list")).content)
    for line, number in ((3, 2), (4, 3)):
        fill(book, line, 检查编号=inspection.pk, 序号=number, 检查意见="补记录", 整改期限="2024-12-31")
    page, secret = reverse("admin:contract_inspectionremark_take_in_list"), "s" * 32
    body = encode_multipart(BOUNDARY, {"contract": contract.pk, "file": as_file(book)})

    def post() -> Answer:
        cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={secret}"
        return send(web, "POST", page, body, Cookie=cookies, X_CSRFToken=secret, Content_Type=MULTIPART_CONTENT)

    def numbers() -> list[int]:
        return list(InspectionRemark.objects.order_by("number").values_list("number", flat=True))

    known = numbers()
    with transaction.atomic():  # somebody else's third remark: the second is written by now
        InspectionRemark.objects.bulk_create([InspectionRemark(inspection=inspection, number=3, text="x", due_on=LAST)])
        with on_its_way(post, cluster) as answer:
            web.kill()
        transaction.set_rollback(True)
    assert answer.status == 0 and numbers() == known
    web.start()
    assert post().status == 200 and numbers() == [1, 2, 3]
    agrees()
