"""A write that is sent again is done once."""

import os
import signal
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.urls import include, path
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from contract.models import IdempotencyRecord, Party
from kit import clock
from kit.api.idempotency import ABANDONED_AFTER, KEPT, IdempotentMixin, purge
from tests.api import client_of, ok, problem
from tests.factories import credit_code, make_user

GATE: dict[str, Any] = {}


class PartyView(IdempotentMixin):
    """Writes a party, then does what the test asks for."""

    permission_classes = [IsAuthenticated]
    parser_classes = [JSONParser, MultiPartParser]

    def post(self, request: Request) -> Response:
        number = Party.objects.count() + 1
        party = Party.objects.create(name=f"第{number}家", credit_code=credit_code(10**6 + number))
        if request.data.get("name") == "bad":
            raise serializers.ValidationError({"name": "bad"})
        if request.data.get("name") == "refused":
            return Response({"answer": "no"}, status=409)
        if request.data.get("name") == "crash":
            raise RuntimeError
        if "kill" in GATE:
            os.kill(os.getpid(), signal.SIGKILL)
        if "wait" in GATE:
            GATE["entered"].set()
            GATE["wait"].wait(10)
        return Response({"id": party.pk, "name": party.name}, status=201)


urlpatterns = [path("api/v1/parties", PartyView.as_view()), path("", include("config.urls"))]
pytestmark = [pytest.mark.urls(__name__)]


def send(client: Any, key: str | None = "k-1", body: Any = None, **extra: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    body = {"name": "x"} if body is None else body
    return client.post("/api/v1/parties", body, format=extra.pop("format", "json"), headers=headers)


@pytest.fixture
def client(db: None) -> Any:
    GATE.clear()
    return client_of(make_user())


def test_the_same_write_is_done_once_and_answered_twice(client) -> None:
    first = send(client)
    again = send(client)
    assert ok(first, 201) == ok(again, 201)
    assert again["Idempotent-Replay"] == "true" and "Idempotent-Replay" not in first
    assert Party.objects.count() == 1


def test_without_a_key_every_write_is_done(client) -> None:
    assert ok(send(client, None), 201) != ok(send(client, None), 201)
    assert not IdempotencyRecord.objects.exists()


def test_another_body_under_the_same_key_is_refused(client) -> None:
    ok(send(client), 201)
    assert problem(send(client, body={"name": "y"}), 422)["code"] == "idempotency_key_reused"
    assert Party.objects.count() == 1


def test_the_order_of_the_members_of_a_body_does_not_matter(client) -> None:
    ok(send(client, body={"a": 1, "b": 2}), 201)
    assert send(client, body={"b": 2, "a": 1})["Idempotent-Replay"] == "true"


def test_a_key_belongs_to_its_user(client) -> None:
    ok(send(client), 201)
    assert "Idempotent-Replay" not in send(client_of(make_user()))
    assert Party.objects.count() == 2


@pytest.mark.parametrize("name, status", [("bad", 400), ("refused", 409)])
def test_a_refused_write_leaves_nothing_and_frees_its_key(client, name: str, status: int) -> None:
    assert send(client, body={"name": name}).status_code == status
    assert not Party.objects.exists() and not IdempotencyRecord.objects.exists()
    ok(send(client, body={"name": "corrected"}), 201)


def test_a_crash_leaves_nothing_and_frees_its_key(client) -> None:
    client.raise_request_exception = False
    problem(send(client, body={"name": "crash"}), 500)
    assert not Party.objects.exists() and not IdempotencyRecord.objects.exists()


@pytest.mark.parametrize("key", ["", "k" * 81, "键", "a\x01b"])
def test_a_key_that_is_none_is_refused(client, key: str) -> None:
    response = send(client, key.encode().decode("latin-1"))
    assert problem(response, 400)["errors"][0]["field"] == "Idempotency-Key"
    assert not Party.objects.exists()


def test_a_write_still_being_done_is_not_begun_again(client) -> None:
    ok(send(client), 201)
    IdempotencyRecord.objects.update(status=None, body="")
    answer = send(client)
    assert problem(answer, 409)["code"] == "in_progress"
    assert 0 < int(answer["Retry-After"]) <= 60


def test_a_key_whose_holder_died_may_be_used_again(client) -> None:
    ok(send(client), 201)
    died = clock.now() - ABANDONED_AFTER - timedelta(seconds=1)
    IdempotencyRecord.objects.update(status=None, body="", created_at=died)
    assert "Idempotent-Replay" not in send(client)


def test_after_thirty_days_a_key_is_forgotten(client) -> None:
    ok(send(client), 201)
    old = clock.now() - KEPT - timedelta(seconds=1)
    IdempotencyRecord.objects.update(created_at=old)
    assert "Idempotent-Replay" not in send(client)
    IdempotencyRecord.objects.update(created_at=old)
    assert purge(clock.now()) == 1


def test_a_file_sent_again_is_the_same_write_whatever_its_boundary(client) -> None:
    def upload(content: bytes) -> Any:
        file = SimpleUploadedFile("a.xlsx", content)
        return send(client, body={"name": "x", "file": file}, format="multipart")

    ok(upload(b"one"), 201)
    assert upload(b"one")["Idempotent-Replay"] == "true"
    problem(upload(b"two"), 422)


@pytest.mark.django_db(transaction=True)
def test_a_web_process_killed_in_the_middle_has_written_nothing_and_blocks_the_key_for_a_minute() -> None:
    user = make_user()
    connections.close_all()
    if (child := os.fork()) == 0:
        try:
            GATE["kill"] = True
            send(client_of(user))
        finally:
            os._exit(1)  # not reached: whatever goes wrong, no second test run goes on from here
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert not Party.objects.exists() and IdempotencyRecord.objects.get().status is None
    client = client_of(user)
    assert 0 < int(send(client)["Retry-After"]) <= 60
    IdempotencyRecord.objects.update(created_at=clock.now() - timedelta(seconds=61))
    ok(send(client), 201)
    assert send(client)["Idempotent-Replay"] == "true" and Party.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite locks no rows: the loser undoes its work")
def test_a_write_that_takes_long_keeps_its_key_while_it_lives() -> None:
    user = make_user()
    GATE.update(wait=threading.Event(), entered=threading.Event())
    answers: list[int] = []

    def write() -> None:
        try:
            answers.append(send(client_of(user)).status_code)
        finally:
            connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    GATE["entered"].wait(10)
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        assert problem(send(client_of(user)), 409)["code"] == "in_progress"
    GATE["wait"].set()
    thread.join()
    GATE.clear()
    assert answers == [201] and Party.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_done_once() -> None:
    user = make_user()
    GATE.update(wait=threading.Event(), entered=threading.Event())
    answers: list[int] = []

    def write() -> None:
        try:
            answers.append(send(client_of(user)).status_code)
        finally:
            connection.close()

    GATE["wait"].set()  # nobody waits: both run as they come
    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    GATE.clear()
    assert Party.objects.count() == 1
    assert 201 in answers and set(answers) <= {201, 409}
