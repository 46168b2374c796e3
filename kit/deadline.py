"""A call that may hang, and somebody who does not wait for it."""

import threading
from collections.abc import Callable


def within(seconds: float, call: Callable[[], object]) -> None:
    """Make a call and wait for its end at most so long; raises what it raises.

    TimeoutError where it has not ended by then: it goes on alone, and its end is nobody's.
    """
    raised: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError(f"no end within {seconds} s")
    if raised:
        raise raised[0]
