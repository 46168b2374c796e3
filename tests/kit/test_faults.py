"""A fault of the machine has a name, wherever it surfaces: API, page, command."""

import errno
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, OperationalError, connection
from django.test import Client
from django.urls import include, path

from kit import faults
from kit.files.storage import read_document
from tests.api import client_of, problem
from tests.factories import make_party

RAISED: dict[str, Exception] = {}


def page(request: Any) -> Any:
    raise RAISED["now"]


def taken(request: Any) -> Any:
    """A second writer slips in between the validation and the write."""
    first = make_party()
    type(first).objects.create(name="乙", credit_code=first.credit_code)


urlpatterns = [path("page", page), path("taken", taken), path("api/v1/outside", page), path("", include("config.urls"))]
handler500 = "kit.api.problems.server_error"
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


def of_sqlite(name: str) -> OperationalError:
    driver = Exception()
    driver.sqlite_errorname = name  # type: ignore[attr-defined]
    error = OperationalError(name)
    error.__cause__ = driver
    return error


def of_postgres(code: str | None) -> OperationalError:
    driver: Any = type("OperationalError", (Exception,), {"__module__": "psycopg2", "pgcode": code})()
    error = OperationalError(str(code))
    error.__cause__ = driver
    return error


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (OSError(errno.ENOSPC, "full"), faults.DISK_FULL),
        (OSError(errno.EDQUOT, "quota"), faults.DISK_FULL),
        (OSError(errno.ESTALE, "stale"), faults.DOCUMENTS_AWAY),
        (of_sqlite("SQLITE_FULL"), faults.DISK_FULL),
        (of_sqlite("SQLITE_IOERR_SHORT_READ"), faults.DATABASE_AWAY),
        (of_sqlite("SQLITE_BUSY_SNAPSHOT"), faults.DATABASE_BUSY),
        (of_postgres("53100"), faults.DISK_FULL),
        (of_postgres("57P01"), faults.DATABASE_AWAY),
        (of_postgres("08006"), faults.DATABASE_AWAY),
        (of_postgres(None), faults.DATABASE_AWAY),
        (of_postgres("40P01"), faults.DATABASE_BUSY),
        (of_sqlite("SQLITE_ERROR"), None),  # "no such table": a fault of the program
        (of_postgres("42P01"), None),
        (OSError(errno.ENOENT, "no such file"), None),
        (DatabaseError(), None),
        (ValueError(), None),
    ],
)
def test_each_fault_is_known_by_its_cause(error: Exception, fault: faults.Fault | None) -> None:
    assert faults.cause(error) is fault
    wrapped = RuntimeError("a job failed")
    wrapped.__cause__ = error
    assert faults.cause(wrapped) is fault


def test_a_page_says_in_chinese_that_the_database_is_away() -> None:
    RAISED["now"] = of_postgres(None)
    response = Client(raise_request_exception=False).get("/page", headers={"Accept-Language": "zh-CN"})
    assert response.status_code == 503 and response["Retry-After"] == "30"
    assert "数据库暂时无法访问" in response.content.decode()


def test_the_api_says_it_too_inside_and_outside_of_its_views() -> None:
    RAISED["now"] = of_postgres("57P03")
    response = Client(raise_request_exception=False).get("/api/v1/outside")
    assert problem(response, 503)["code"] == "database_away" and response["Retry-After"] == "30"


def test_a_database_that_is_really_away_is_a_503_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    client, caller = Client(raise_request_exception=False), client_of()
    caller.credentials(HTTP_AUTHORIZATION="Token " + "a" * 64)

    def away(*args: object, **kwargs: object) -> None:
        raise of_postgres(None) if connection.vendor == "postgresql" else of_sqlite("SQLITE_CANTOPEN")

    monkeypatch.setattr(connection, "cursor", away)
    client.cookies["sessionid"] = "a" * 32
    for found in (client.get("/admin/"), caller.get("/api/v1/operators")):
        assert found.status_code == 503 and found["Retry-After"] == "30", found.content[:300]


def test_a_full_disk_is_a_507_with_its_cause_in_chinese() -> None:
    RAISED["now"] = OSError(errno.ENOSPC, "No space left on device")
    client = Client(raise_request_exception=False)
    assert problem(client.get("/api/v1/outside"), 507)["code"] == "disk_full"
    response = client.get("/page", headers={"Accept-Language": "zh-CN"})
    assert response.status_code == 507 and "磁盘已满" in response.content.decode()


def test_anything_else_stays_an_error_of_the_program() -> None:
    RAISED["now"] = OperationalError("no such column")
    assert Client(raise_request_exception=False).get("/page").status_code == 500


def test_missing_and_altered_documents_are_two_answers() -> None:
    name = default_storage.save("x/y", ContentFile(b"one"))
    answers = {}
    for wanted in (name, "x/gone"):
        try:
            read_document(default_storage, wanted, known="0" * 64, what="发票1")
        except Exception as error:
            RAISED["now"] = error
        document = Client(raise_request_exception=False).get("/api/v1/outside").json()
        answers[document["code"]] = document["status"]
        assert "发票1" in document["detail"]
    assert answers == {"document_altered": 409, "document_missing": 404}


@pytest.mark.django_db(transaction=True)
def test_the_page_of_a_second_writer_says_who_was_first() -> None:
    response = Client(raise_request_exception=False).get("/taken", headers={"Accept-Language": "zh-CN"})
    assert response.status_code == 409
    assert "由系统于" in response.content.decode()


def test_a_broken_constraint_that_nobody_can_name_is_no_fault_of_the_machine() -> None:
    assert faults.cause(IntegrityError("?")) is None
