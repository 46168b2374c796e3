"""The log: one JSON object a line, with the request's number, and nothing about people."""

import json
import logging
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kit import logs
from tests.factories import make_user

NAME, ID_NUMBER = "张三丰", "110101199001011234"


@pytest.fixture
def lines() -> Any:
    """What a handler with our format writes, parsed."""
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.JsonFormatter())
    root, ours = logging.getLogger(), logging.getLogger("kit.logs")
    level = ours.level
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.removeHandler(handler)
    ours.setLevel(level)


@pytest.mark.django_db
def test_a_request_leaves_one_line_with_the_number_that_its_answer_says(client: Client, lines: Any) -> None:
    user = make_user("zhangsan", is_staff=True, is_superuser=True, first_name=NAME)
    client.force_login(user)
    page = client.get(reverse("admin:staffing_operator_changelist"), {"q": NAME})
    (line,) = (one for one in lines() if one["message"] == "request")
    assert line["request"] == page["X-Request-ID"] and len(line["request"]) == 32
    assert line["status"] == 200 and line["method"] == "GET" and line["user"] == user.pk
    assert line["route"] == "admin/staffing/operator/"
    assert NAME not in str(lines()) and "zhangsan" not in str(lines())


@pytest.mark.parametrize(
    "given, kept", [("proxy-0001", True), ("short", False), ("a\nb" * 9, False), ("x" * 65, False)]
)
def test_a_proxys_number_is_kept_where_it_is_one(client: Client, given: str, kept: bool) -> None:
    answer = client.get("/health/live", headers={"X-Request-ID": given})
    assert (answer["X-Request-ID"] == given) == kept


def test_whoever_asks_for_health_leaves_no_line(client: Client, lines: Any) -> None:
    client.get("/health/live")
    assert lines() == []


def test_an_exception_is_named_by_kind_and_place_and_not_by_its_text(lines: Any) -> None:
    try:
        raise ValueError(f"{NAME} {ID_NUMBER} is no operator")
    except ValueError:
        logging.getLogger("contract.tasks").exception("the job failed")
    (line,) = lines()
    assert (line["level"], line["message"], line["error"]) == ("ERROR", "the job failed", "ValueError")
    assert line["through"][-1].startswith("tests/kit/test_logs.py:")
    assert NAME not in str(line) and ID_NUMBER not in str(line)


@pytest.mark.parametrize("name", ["axes.handlers.proxy", "celery.app.trace", "django.db.backends"])
def test_of_a_librarys_sentence_only_the_pattern_is_kept(lines: Any, name: str) -> None:
    logging.getLogger(name).error("failure of %s", NAME)
    assert lines()[0]["message"] == "failure of %s"


def test_celerys_lines_say_which_task(lines: Any) -> None:
    logging.getLogger("celery.app.trace").error(
        "Task %(name)s raised %(exc)s", {"name": "contract.tasks.x", "id": "1", "exc": NAME}
    )
    (line,) = lines()
    assert line["task_name"] == "contract.tasks.x" and NAME not in str(line)


def test_long_numbers_are_struck_out_whoever_writes_them(lines: Any) -> None:
    logging.getLogger("contract").error("of %s and 6222021234567890123 at 13800138000, run 1234567", ID_NUMBER)
    assert lines()[0]["message"] == "of # and # at #, run #"
