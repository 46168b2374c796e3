"""Nobody waits for a call that hangs, such as a broker that is away."""

import threading
from typing import Any

import pytest
from django.conf import settings

from billing import tasks
from kit.deadline import within


def test_a_call_that_ends_in_time_is_waited_for_and_what_it_raises_is_raised() -> None:
    done: list[int] = []
    within(60, lambda: done.append(1))
    assert done == [1]
    with pytest.raises(ZeroDivisionError):
        within(60, lambda: 1 / 0)


def test_a_call_that_hangs_is_left_alone() -> None:
    released = threading.Event()
    with pytest.raises(TimeoutError):
        within(0.01, released.wait)
    released.set()


def test_a_page_does_not_wait_for_a_broker_that_hangs(monkeypatch: Any, settings: Any, caplog: Any) -> None:
    released = threading.Event()
    monkeypatch.setattr(tasks.make_quarter_files, "apply_async", lambda **kwargs: released.wait())
    settings.BROKER_WAIT = 0.01
    tasks.send_to_worker()
    assert "TimeoutError" in caplog.text
    released.set()


def test_the_limit_is_two_seconds() -> None:
    assert settings.BROKER_WAIT == 2
