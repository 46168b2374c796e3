"""Several people at once."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def at_once(steps: list[Callable[[], Any]]) -> list[Any]:
    """What each of several threads got, an exception included."""
    results: list[Any] = [None] * len(steps)
    barrier = threading.Barrier(len(steps))

    def run(number: int) -> None:
        try:
            barrier.wait(10)
            results[number] = steps[number]()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
