"""Does the server live, and is it fit to work?"""

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.utils import timezone

from contract.choices import RunStatus, RunTrigger
from contract.models import EvaluationRun
from kit import clock


def test_it_lives_without_a_database(client) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}


@pytest.mark.django_db
def test_it_is_ready_before_the_first_evaluation(client) -> None:
    assert client.get("/health/ready").json()["evaluation"] == {"status": "never"}


@pytest.mark.django_db
def test_it_tells_how_the_last_evaluation_ended(client) -> None:
    at = timezone.now()
    EvaluationRun.objects.create(
        as_of=clock.today(), trigger=RunTrigger.SCHEDULE, status=RunStatus.PARTIAL, started_at=at, finished_at=at
    )
    response = client.get("/health/ready")
    assert response.status_code == 200
    assert response.json()["evaluation"] == {
        "status": "partial",
        "as_of": clock.today().isoformat(),
        "finished_at": at.isoformat(),
    }


@pytest.mark.django_db
def test_it_is_not_ready_without_its_database(client, monkeypatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", broken)
    for address in ("/health/ready", "/health/serving"):
        response = client.get(address)
        assert response.status_code == 503
        assert response.json()["database"] == "unreachable"
    assert client.get("/metrics").status_code == 503


@pytest.mark.django_db
def test_the_root_leads_to_the_admin_or_where_nobody_is_yet_to_the_first_page(client) -> None:
    assert client.get("/")["Location"] == "/first/"
    User.objects.create_superuser("somebody", password="x")
    assert client.get("/")["Location"] == "/admin/"
