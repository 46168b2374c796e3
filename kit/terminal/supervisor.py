"""Keeps child processes alive as long as this one, and no longer.

For `manage.py run` on one machine; in production a container or systemd does this. Tried under
`kill -9` of each process: a dead child is started again after a growing pause, and the children of
a dead parent are ended by the kernel (on Linux; elsewhere they outlive a `kill -9` of the parent).
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

PR_SET_PDEATHSIG = 1
LONGEST_PAUSE = 30.0
# A child that lived this long did not fail at its start: the next pause is short again.
SETTLED_AFTER = 60.0
STOP_WITHIN = 5.0
TICK = 0.2


def end_with(parent: int) -> Callable[[], None]:
    """What a new child does before its program: ask the kernel to end it with its parent."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None)  # loaded before the fork: after it as little as possible may happen

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before it was asked
            os._exit(1)

    return ask


@dataclass
class Child:
    """One program, and when to start it again."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    start_at: float = field(default=0.0, init=False)
    pause: float = field(default=0.5, init=False)

    def start(self, env: Mapping[str, str], now: float) -> None:
        # A process group of its own: Ctrl-C reaches the parent only, which stops all in order.
        self.process = subprocess.Popen(
            self.command, env=env, stdin=subprocess.DEVNULL, process_group=0, preexec_fn=end_with(os.getpid())
        )
        self.started_at = now

    def died(self, now: float) -> None:
        """Plan the next start: after a second, then after twice as long each time."""
        settled = now - self.started_at > SETTLED_AFTER
        self.pause = 1.0 if settled else min(2 * self.pause, LONGEST_PAUSE)
        self.process = None
        self.start_at = now + self.pause


class Supervisor:
    """Starts children on entry, stops them on exit; `watch` starts the dead ones again."""

    def __init__(self, children: list[Child], env: Mapping[str, str], on_death: Callable[[Child, int], None]) -> None:
        self.children = children
        self.env = env
        self.on_death = on_death

    def __enter__(self) -> Self:
        self.tend(time.monotonic())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def tend(self, now: float) -> None:
        """Start what is due, note what died."""
        for child in self.children:
            if child.process is None:
                if now >= child.start_at:
                    child.start(self.env, now)
            elif (code := child.process.poll()) is not None:
                child.died(now)
                self.on_death(child, code)

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        while not until():
            self.tend(time.monotonic())
            time.sleep(TICK)

    def stop(self) -> None:
        """Ask all to end, and end those that do not within seconds, with their own children."""
        living = [child.process for child in self.children if child.process]
        for process in living:
            process.terminate()
        deadline = time.monotonic() + STOP_WITHIN
        for process in living:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
