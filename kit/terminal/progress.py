"""Signs of life in a terminal."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

EVERY = 2.0  # seconds


class Stream(Protocol):
    def write(self, text: str, /, *, ending: str) -> None: ...
    def flush(self) -> None: ...


@contextmanager
def progress(stream: Stream, title: str) -> Iterator[None]:
    """One line: the title at once, a dot every two seconds, at the end the seconds it took."""
    ended = threading.Event()

    def show(text: str, ending: str = "") -> None:
        stream.write(text, ending=ending)
        stream.flush()

    def dots() -> None:
        while not ended.wait(EVERY):
            show(".")

    show(f"{title} ")
    ticker = threading.Thread(target=dots, daemon=True)
    started = time.monotonic()
    ticker.start()
    try:
        yield
    finally:
        ended.set()
        ticker.join()
        show(f" {time.monotonic() - started:.0f} s", ending="\n")
