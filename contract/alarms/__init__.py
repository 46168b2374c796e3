"""What is silent or wrong with the running program, by name, for every page and for health.

A source looks at one thing and says what is wrong with it now, by a query or two. Health asks them
each time; pages take what their process found within the last half minute. An alarm that stands is
told in Chinese and in English, whoever reads.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import translation

from contract.findings import Message

LANGUAGES = {"zh": "zh-hans", "en": "en"}
# A page learns of an alarm, and of its end, so much later at most.
KEPT = timedelta(seconds=30)


@dataclass(frozen=True)
class Alarm:
    """Something that a person has to look at now: `name` for machines, the sentence for people.

    `readers` are permissions of which one lets a person read it on the pages; without any everybody does.
    """

    name: str
    message: Message
    readers: tuple[str, ...] = ()

    def said(self, language: str) -> str:
        """The sentence in a language ("zh" or "en")."""
        with translation.override(LANGUAGES[language]):
            return str(self.message)

    @property
    def zh(self) -> str:
        return self.said("zh")

    @property
    def en(self) -> str:
        return self.said("en")


Source = Callable[[datetime, date], Iterable[Alarm]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Let a source be asked: it is given the instant and the program's day."""
    _sources.append(source)
    return source


def standing(now: datetime, today: date) -> list[Alarm]:
    """Every alarm that stands, in the order in which the sources came."""
    return [alarm for source in _sources for alarm in source(now, today)]


_found: tuple[datetime, date, list[Alarm]] | None = None


def lately(now: datetime, today: date) -> list[Alarm]:
    """What stood within the last half minute, as this process found it; no query but once in that time."""
    global _found
    if _found is None or _found[1] != today or not timedelta(0) <= now - _found[0] < KEPT:
        _found = now, today, standing(now, today)
    return _found[2]


def forget() -> None:
    """Look anew at the next question."""
    global _found
    _found = None
