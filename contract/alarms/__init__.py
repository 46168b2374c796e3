"""What is silent or wrong with the running program, by name, for every page and for health.

A source looks at one thing and says what is wrong with it now; it is asked at every page, so it
costs a query or two. An alarm that stands is told in Chinese and in English, whoever reads.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import translation

from contract.findings import Message

LANGUAGES = {"zh": "zh-hans", "en": "en"}


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
