"""What is said of a body that cannot be read: in the reader's language, never Python's sentence."""

import io
import re

import pytest
from django.utils import translation
from rest_framework.exceptions import ParseError

from kit.api.parsers import BoundedMultiPartParser
from tests.api import V1, client_of, problem


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", ["null", "{nope", '{"a": NaN}', "[" * 100_000, '{"a": ' + "9" * 6_000 + "}", '{"a": "\x01"}']
)
def test_unreadable_json_is_refused_in_chinese(body):
    answer = client_of().post(f"{V1}/auth/token", data=body, content_type="application/json")
    detail = problem(answer, 400)["detail"]
    assert re.search("[\u4e00-\u9fff]", detail)
    assert not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", detail), detail


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=é"])
def test_a_broken_form_is_refused_in_chinese(content_type, rf):
    request = rf.generic("POST", "/", b"x", content_type=content_type)
    request.META["CONTENT_TYPE"] = content_type
    with translation.override("zh-hans"), pytest.raises(ParseError) as caught:
        BoundedMultiPartParser().parse(io.BytesIO(b"x"), content_type, {"request": request})
    assert not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", str(caught.value.detail))
