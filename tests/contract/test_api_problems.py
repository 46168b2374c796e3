"""Every error is a problem document: complete, in the reader's language, without a leak."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.test import Client
from django.urls import include, path
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contract.models import Contract, Party, Term
from kit.api.problems import Problem
from kit.database.constraint_messages import explain
from kit.errors import Conflict, RowError, RowErrors
from tests.api import client_of, problem
from tests.factories import make_contract, make_party, make_user

RAISED: dict[str, Exception] = {}


class Row(serializers.Serializer):
    name = serializers.CharField(max_length=5)
    day = serializers.DateField()


class Sheet(serializers.Serializer):
    month = serializers.RegexField(r"^\d{4}-\d{2}$")
    rows = Row(many=True)


class EchoView(APIView):
    permission_classes = [AllowAny]

    def get(self, request: Request) -> Response:
        raise RAISED["now"]

    def post(self, request: Request) -> Response:
        serializer = Sheet(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(serializer.data)


urlpatterns = [path("api/v1/echo", EchoView.as_view()), path("", include("config.urls"))]
handler404 = "kit.api.problems.page_not_found"
handler500 = "kit.api.problems.server_error"
handler400 = "kit.api.problems.bad_request"

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


def post(body: Any, language: str = "zh-hans", content_type: str = "application/json") -> Any:
    return client_of(language=language).generic("POST", "/api/v1/echo", body, content_type=content_type)


def raised(error: Exception, status: int) -> dict[str, Any]:
    RAISED["now"] = error
    return problem(client_of().get("/api/v1/echo"), status)


def test_a_row_at_fault_is_named_by_its_number_and_field() -> None:
    document = problem(post('{"month": "2025-01", "rows": [{"name": "一", "day": "2025-01-01"}, {"name": "二"}]}'), 400)
    assert document["errors"] == [{"field": "day", "message": "该字段是必填项。", "code": "required", "index": 1}]
    assert document["code"] == "invalid"
    assert "第 2 行" in document["detail"]
    assert document["instance"] == "/api/v1/echo"


def test_the_same_error_reads_in_english_for_who_asks_so() -> None:
    document = problem(post('{"rows": []}', language="en"), 400)
    assert document["title"] == "The request is not valid"
    assert document["errors"][0]["message"] == "This field is required."


def test_without_a_language_the_answer_is_chinese() -> None:
    response = Client().post("/api/v1/echo", "{}", content_type="application/json")
    assert problem(response, 400)["title"] == "请求内容有误"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[1, 2",
        '{"a": NaN}',
        '{"a": 1, "b": {"c": 1, "c": 1}}',
        '{"a": Infinity}',
        "nonsense",
        b"\xff\xfe",
        "[" * 100_000,
        '{"month": "\\u0000"}',
        '{"month": "\\ud800"}',
        '{"\\u0000": 1}',
        "[" + "9" * 5000 + "]",
        "1",
        '"text"',
        "null",
        "[]",
        "{}",
    ],
)
def test_a_body_that_is_no_sheet_is_refused_and_nothing_breaks(body: Any) -> None:
    problem(post(body), 400)


def test_a_body_beyond_the_limit_is_refused_before_it_is_parsed(settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert problem(post("{" + " " * 1001 + "}"), 413)["code"] == "body_too_large"


def test_a_message_never_repeats_a_megabyte() -> None:
    document = problem(post('{"month": "2025-01", "rows": "' + "长" * 1_000_000 + '"}'), 400)
    assert len(str(document)) < 2000


def test_another_content_type_is_refused() -> None:
    problem(post("a=1", content_type="application/x-www-form-urlencoded"), 415)
    problem(post("{}", content_type="application/json; charset=nonsense"), 400)


def test_an_unknown_address_under_the_api_is_a_problem_document() -> None:
    assert problem(client_of().get("/api/v1/no-such-thing"), 404)["code"] == "not_found"
    assert problem(client_of().get("/api/v1/contracts/../../x%00y"), 404)
    html = Client().get("/no-such-page")
    assert html.status_code == 404 and html["Content-Type"].startswith("text/html")


def test_an_unknown_method_is_a_problem_document() -> None:
    assert problem(client_of().delete("/api/v1/echo"), 405)["code"] == "method_not_allowed"


def test_a_format_that_is_not_offered_is_a_problem_document() -> None:
    response = client_of().get("/api/v1/echo", HTTP_ACCEPT="image/png")
    assert problem(response, 406)["code"] == "not_acceptable"


def test_an_unexpected_error_tells_nothing_of_itself() -> None:
    RAISED["now"] = RuntimeError("the password is tiger")
    client = client_of()
    client.raise_request_exception = False
    response = client.get("/api/v1/echo")
    assert problem(response, 500)["code"] == "internal_error"
    assert b"tiger" not in response.content


def test_what_services_raise_keeps_its_words_and_fields() -> None:
    document = raised(ValidationError({"day": ["坏了"], "__all__": ["整体不对"]}), 400)
    assert [(e["field"], e["message"]) for e in document["errors"]] == [("day", "坏了"), ("", "整体不对")]
    assert raised(ValidationError("只有一句"), 400)["detail"] == "只有一句"
    assert raised(Conflict("别人已经处理"), 409)["detail"] == "别人已经处理"
    rows = RowErrors([RowError(3, "day", "不是日期"), RowError(5, "name", "没有此人")])
    assert [error["index"] for error in raised(rows, 400)["errors"]] == [3, 5]
    assert raised(Problem(409, "closed", title="已结束", detail="详情"), 409)["title"] == "已结束"


def test_a_row_that_others_refer_to_is_a_conflict() -> None:
    contract = make_contract(check_ids=())
    with pytest.raises(models.ProtectedError) as caught:
        contract.vendor.delete()
    assert raised(caught.value, 409)["code"] == "in_use"


def violate(**wrong: Any) -> IntegrityError:
    contract = make_contract(check_ids=())
    fields = {
        "number": "N",
        "title": "t",
        "office": contract.office,
        "vendor": contract.vendor,
        "signed_on": "2024-01-01",
        "starts_on": "2024-01-01",
        "ends_on": "2024-12-31",
    }
    with pytest.raises(IntegrityError) as caught, _savepoint():
        Contract.objects.create(**(fields | wrong))
    return caught.value


def _savepoint() -> Any:
    from django.db import transaction

    return transaction.atomic()


def test_a_broken_check_of_the_database_is_told_in_its_own_words() -> None:
    violation = explain(violate(ends_on="2023-01-01"))
    assert violation is not None
    assert (violation.code, violation.field) == ("check", "")
    assert violation.message in {"截止日早于起始日。", "The last day lies before the first day."}


def test_a_unique_column_names_its_field() -> None:
    taken = make_contract(check_ids=()).number
    violation = explain(violate(number=taken))
    assert violation is not None and (violation.code, violation.field) == ("unique", "number")
    document = raised(violate(number=taken), 409)
    assert document["errors"][0]["field"] == "number"


def test_a_unique_set_of_columns_is_told_with_their_names() -> None:
    contract = make_contract(check_ids=())
    with pytest.raises(IntegrityError) as caught, _savepoint():
        Term.objects.create(contract=contract, key="headcount", value="1", effective_from=contract.starts_on)
    violation = explain(caught.value)
    assert violation is not None and violation.code == "unique" and violation.message


def test_a_unique_column_with_its_own_sentence_uses_it() -> None:
    party = make_party()
    with pytest.raises(IntegrityError) as caught, _savepoint():
        Party.objects.create(name="x", credit_code=party.credit_code)
    violation = explain(caught.value)
    assert violation is not None and violation.field == "credit_code"


def test_an_error_that_names_no_constraint_stays_unexpected() -> None:
    assert explain(IntegrityError("something else")) is None


def test_problem_documents_need_no_user() -> None:
    assert problem(client_of().get("/api/v1/contracts"), 401)["code"] == "not_authenticated"
    user = make_user()
    assert problem(client_of(user).get("/api/v1/contracts"), 403)["code"] == "permission_denied"
