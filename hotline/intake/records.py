"""Files with a row a call: call records of Asterisk and FreeSWITCH, and tables of other platforms by their mapping."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hotline.choices import Clock
from hotline.intake.headings import NOT_GIVEN, duration, find
from hotline.intake.sums import AGAIN, CLOCK, HELD, NAMES, SECONDS, Faults, Read, Sums, Times, no_instant


@dataclass(frozen=True)
class Shape:
    """Where a call record without headings says what, by columns from 0."""

    start: int
    name: int
    seat: int
    """The other leg of the call: empty where no seat took it."""
    talked: int
    kind: int
    of_a_queue: str
    queue: int
    fields_at_least: int
    verdict: int | None
    """Where ANSWERED stands; a template without it names the other leg only once that was bridged."""
    missing: str


# cdr_csv of Asterisk with loguniqueid=yes (18 fields with loguserfield, more with newcdrcolumns), and the template
# "example" of mod_cdr_csv of FreeSWITCH, which names no queue: there the number that was called does.
MASTER = Shape(9, 16, 6, 13, 7, "Queue", 8, 17, 14, "loguniqueid=yes")
FREESWITCH = Shape(4, 10, 11, 8, 2, "", 2, 15, None, "template “example”")
# A call record says neither how long somebody waited in the queue nor why they went: that is not made up.
GIVEN_BY_CDR = frozenset({"offered", "answered", "talking_seconds"})
NOT_ANSWERED = NOT_GIVEN | {
    *("0", "否", "no", "false", "未接", "未接通", "未接听", "noanswer", "no answer", "reject", "busy", "failed"),
    *("abandonedincontactflow", "abandonedinqueue", "abandonedring", "排队放弃", "等待超时"),
}
# A call in hand: the half hour of its first row, and the seats that took it. The collector leaves such tuples alone.
Call = tuple[Any, ...]
INWARDS = frozenset({"0", "in", "inbound", "呼入", "来电"})


def read_cdr(lines: Iterable[str], *, clock: str, queues: frozenset[str] = frozenset(), shape: Shape = MASTER) -> Read:
    """Calls that came into a queue. One is answered where a seat is named: a dialplan may answer before the queue.

    Several rows with one unique id (a seat that did not pick up, and the next one) are one call.
    """
    found, sums, faults, times = Read(), Sums(), Faults(), Times(clock)
    fresh: dict[str, Call] = {}
    aged: dict[str, Call] = {}
    # Once the half hours have come to `forward` the calls in hand are aged; before `back` nothing may lie.
    forward, back = 0, -3 * HELD
    start, unique, other, talked_at, verdict = shape.start, shape.name, shape.seat, shape.talked, shape.verdict
    kind, wanted, queue_at, least = shape.kind, shape.of_a_queue, shape.queue, shape.fields_at_least
    days, of = times.days, sums.of
    total, latest = [0] * len(NAMES), -1
    for number, row in enumerate(csv.reader(lines), start=1):
        if len(row) < least:
            if row:
                faults.add(
                    number,
                    "",
                    _("The row has %(count)d fields, %(least)d at least are needed (%(setting)s).")
                    % {"count": len(row), "least": least, "setting": shape.missing},
                )
            continue
        if (wanted and row[kind] != wanted) or (queues and row[queue_at].partition(",")[0] not in queues):
            found.passed_over += 1
            continue
        text = row[start]
        try:
            half = days[text[:10]] + CLOCK[text[10:16]] + SECONDS[text[16:]]
        except KeyError:
            try:
                half = times.half_of(text)
            except ValueError:
                faults.add(number, "start", no_instant(text))
                continue
        if half >= forward:
            aged, fresh, forward, back = fresh, {}, half + HELD, half - 2 * HELD
        elif half < back:
            faults.add(number, text, AGAIN)
            break
        name, seat = row[unique], row[other]
        answered = seat and (verdict is None or row[verdict] == "ANSWERED")
        call = fresh.get(name) or aged.get(name)
        if call is None:
            if half != latest:
                total, latest = of(half), half
            total[0] += 1
            if not answered:
                fresh[name] = (half,)
                continue
            fresh[name] = (half, seat)
            own = total
            own[2] += 1
        elif seat in call:  # the same row once more: two files overlap
            found.passed_over += 1
            continue
        elif answered:
            own = of(call[0])
            if len(call) == 1:
                own[2] += 1
            fresh[name] = (*call, seat)
        else:
            continue
        try:
            own[6] += int(row[talked_at])
        except ValueError:
            told = row[talked_at][:20]
            faults.add(number, "billsec", _("“%(text)s” is no number of seconds.") % {"text": told})
    faults.finish()
    found.calls = sum(row[0] for row in sums.halves.values())
    found.take(sums.days(GIVEN_BY_CDR))
    return found


def read_calls(
    rows: Iterable[Sequence[str]],
    *,
    mapping: Mapping[str, str],
    clock: str,
    answer_seconds: int = 15,
    short_seconds: int = 5,
) -> Read:
    """A table with a row a call. RowErrors names row and column.

    A call that only says when it came in, and not when it was in the queue, says nothing of its wait.
    """
    found, sums, faults, times = Read(), Sums(), Faults(), Times(clock)
    places, numbered = find(rows, mapping)
    begins = "entered" if "entered" in places else "arrived"
    entered_at, answered_at = places[begins], places["answered"]
    waited_at, ended_at, talked_at, id_at, inwards_at = (
        places.get(name) for name in ("waited", "ended", "talked", "id", "direction")
    )
    timed = waited_at is not None or begins == "entered"
    waits = waited_at is not None or (timed and ended_at is not None)
    by_epoch = clock in (Clock.SECONDS, Clock.MILLISECONDS)
    seen: set[str] = set()
    before: set[str] = set()
    turn = 0
    for number, row in numbered:
        if sum(map(bool, row)) == 1:  # a remark below the table
            continue
        begun = entered_at.text(row)
        if (inwards_at is not None and inwards_at.text(row).lower() not in INWARDS) or (
            by_epoch and begun in ("", "0")
        ):
            found.passed_over += 1  # a call outwards, or one that went away before it reached a queue
            continue
        try:
            entered = times.seconds(begun)
        except ValueError:
            faults.add(number, mapping[begins], no_instant(begun))
            continue
        half = times.half(entered)
        if id_at is not None:
            if half >= turn + HELD:
                before, seen, turn = seen, set(), half
            name = id_at.text(row)
            if name in seen or name in before:
                found.passed_over += 1
                continue
            seen.add(name)
        total = sums.of(half)
        total[0] += 1
        found.calls += 1
        answer = answered_at.text(row)
        answered = answer.lower() not in NOT_ANSWERED
        waited = talked = 0
        try:
            if waited_at is not None:
                waited = duration(waited_at.text(row), waited_at.unit)
            elif timed and answered:
                waited = times.between(begun, answer)
            elif waits and ended_at is not None:
                waited = times.between(begun, ended_at.text(row))
            if talked_at is not None and answered:
                talked = duration(talked_at.text(row), talked_at.unit)
            if waited < 0:
                raise ValueError
        except ValueError:
            faults.add(number, "", _("The times or seconds of this row cannot be read."))
            continue
        quick = waited <= answer_seconds
        total[5] += waited
        if answered:
            total[2] += 1
            total[3] += quick
            total[6] += talked
        else:
            total[1] += waited <= short_seconds
        total[4] += quick
    faults.finish()
    given = set(NAMES) - ({"talking_seconds"} if talked_at is None else set())
    if not waits:  # how long those waited who were not answered is not said
        given -= {"short_abandoned", "left_in_time", "waiting_seconds"}
    if not timed:
        given -= {"answered_in_time"}
    found.take(sums.days(frozenset(given)))
    return found
