"""Redis as the broker, with one mend of kombu 5.6 and 5.7.

Where Redis goes away while a task is in hand, the worker acknowledges the task on a channel whose
connection was taken from it. kombu meets that with an AttributeError, which no worker catches: the
process ends, or stays and takes no job any more. Said as what it is, a lost connection, the worker
connects again, and the job is made good by the next beat.
"""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis


class Channel(redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> Any:
        if getattr(self.connection, "client", None) is None:
            raise ConnectionError("the connection to Redis was lost with a message in hand")
        return super()._connparams(asynchronous)


class Transport(redis.Transport):
    Channel = Channel


def use() -> None:
    """From now on `redis://` means this transport."""
    TRANSPORT_ALIASES["redis"] = f"{__name__}:{Transport.__name__}"
