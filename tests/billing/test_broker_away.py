"""A Redis that hangs: it takes connections and answers nothing. No page waits longer for it than two seconds."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache.backends.redis import RedisCache
from django.urls import reverse

from billing.models import QuarterFile
from billing.states import FileStatus
from billing.tasks import send_to_worker
from config.celery import app
from config.settings.base import COUNTERS_WAIT
from contract.access import events
from kit.api.throttling import WriteThrottle
from tests.api import client_of
from tests.billing.files import AS_OF, Quarter
from tests.contract.admin_helpers import office_user, signed_in
from tests.factories import make_user
from tests.servers import Redis

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not shutil.which("redis-server"), reason="needs redis-server"),
]
# A busy machine does the rest of the page in this time.
REST = 6.0


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    """The broker of this process, until a test freezes it."""
    found = Redis(tmp_path)
    found.start()
    monkeypatch.setenv("CELERY_BROKER_URL", found.url)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    monkeypatch.setattr(app, "_pool", None)  # else whoever comes next in this process asks a server that is gone
    yield found
    found.stop()


def seconds(call: Any) -> float:
    began = time.monotonic()
    call()
    return time.monotonic() - began


def test_the_page_that_makes_the_payment_file_waits_two_seconds_and_the_file_is_not_lost(
    broker: Redis, quick_print: None, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MEDIA_ROOT, settings.DEMONSTRATION_DAY = tmp_path / "documents", AS_OF.isoformat()
    quarter = Quarter()
    client = signed_in(office_user(quarter.contract))
    send_to_worker()
    assert broker.client.llen("celery") == 1  # so long as it answers
    broker.freeze()
    answers: list[Any] = []
    address = reverse("admin:billing_quarterfile_ask", args=[quarter.instalment.pk])
    taken = seconds(lambda: answers.append(client.post(address)))
    assert settings.BROKER_WAIT <= taken < settings.BROKER_WAIT + REST
    assert "no broker took the message: TimeoutError" in caplog.text
    assert answers[0].status_code == 302 and QuarterFile.objects.get().status == FileStatus.QUEUED


def test_what_is_counted_in_redis_is_let_through_after_a_second(broker: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    counters = RedisCache(broker.url, {"OPTIONS": COUNTERS_WAIT})
    monkeypatch.setattr(events, "cache", counters)
    monkeypatch.setattr(WriteThrottle, "cache", counters)
    monkeypatch.setattr(WriteThrottle, "rate", "1/day", raising=False)
    caller = client_of(make_user())
    assert events.counted("x", events.BURST_WITHIN) == 1
    broker.freeze()
    assert seconds(lambda: events.counted("x", events.BURST_WITHIN)) < settings.BROKER_WAIT
    statuses: list[int] = []
    for _number in range(2):
        assert seconds(lambda: statuses.append(caller.post("/api/v1/leaves", {}).status_code)) < 1 + REST
    assert 429 not in statuses
