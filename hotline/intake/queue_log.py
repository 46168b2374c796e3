"""The queue log of Asterisk: epoch|call|queue|agent|EVENT|arguments. A call enters, and is answered or goes away.

One call may enter several queues (its caller waited too long in one and came into another): it is one
call of the half hour in which it first entered. Whether it was answered in time is read from its last
entry, as the platform reports the wait; the waiting time is the sum of all its waits.
"""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from hotline.intake.sums import AGAIN, BEIJING_SECONDS, HALF_HOUR, HELD, Faults, Read, Sums

# Where the wait stands among the arguments of what ends a wait without an answer.
WAIT_AT = {"ABANDON": 2, "EXITWITHTIMEOUT": 2, "EXITEMPTY": 2, "WITHDRAW": 2, "EXITWITHKEY": 3}
TALKED = frozenset({"COMPLETEAGENT", "COMPLETECALLER", "BLINDTRANSFER", "ATTENDEDTRANSFER", "TRANSFER"})
CALL_EVENTS = frozenset({"ENTERQUEUE", "CONNECT", *WAIT_AT, *TALKED})
# Events stand in the order of time; several threads write them, a second or two apart.
BACK = 60

# A call in hand: half hour, answered, last wait, all waits, talked, how it went away (an event) or "".
HALF, ANSWERED, LAST_WAIT, WAITED, TALK, GONE = range(6)
Call = list[int | str]


def read(
    lines: Iterable[str], *, queues: frozenset[str] = frozenset(), answer_seconds: int = 15, short_seconds: int = 5
) -> Read:
    """The calls of these queues (of all where none is named) as sums. RowErrors names lines that are no events."""
    found, sums, faults = Read(), Sums(), Faults()
    fresh: dict[str, Call] = {}
    aged: dict[str, Call] = {}
    turn = latest = 0

    def settle(calls: Iterable[Call]) -> None:
        for half, answered, last, waited, talked, gone in calls:
            row = sums.of(half)  # type: ignore[arg-type]
            quick = last <= answer_seconds  # type: ignore[operator]
            row[0] += 1
            row[5] += waited  # type: ignore[operator]
            found.calls += 1
            if answered:
                row[2] += 1
                row[6] += talked  # type: ignore[operator]
                if quick:
                    row[3] += 1
                    row[4] += 1
            elif gone:
                row[1] += gone == "ABANDON" and last <= short_seconds  # type: ignore[operator]
                row[4] += quick
            else:
                found.unfinished += 1

    for number, line in enumerate(lines, start=1):
        parts = line.rstrip("\r\n").split("|")
        if len(parts) < 5 or not parts[0].isdecimal():
            if line.strip():
                faults.add(number, "", _("This is no line of a queue log: epoch|call|queue|agent|EVENT|…"))
            continue
        event = parts[4]
        if event not in CALL_EVENTS or (queues and parts[2] not in queues):
            found.passed_over += event == "ENTERQUEUE"
            continue
        at = int(parts[0])
        if at < latest:
            if at < latest - BACK:
                faults.add(number, parts[0], AGAIN)
                break
        else:
            latest = at
        half = (at + BEIJING_SECONDS) // HALF_HOUR
        if half >= turn + HELD:
            settle(aged.values())
            aged, fresh, turn = fresh, {}, half
        name = parts[1]
        call = fresh.get(name) or aged.get(name)
        if event == "ENTERQUEUE":
            if call is None:
                fresh[name] = [half, 0, 0, 0, 0, ""]
            elif not call[ANSWERED]:
                call[GONE] = ""
            continue
        if call is None:
            found.begun_before += event in ("CONNECT", *WAIT_AT)
            continue
        try:
            _note(call, event, parts[5:])
        except (ValueError, IndexError):
            faults.add(number, event, _("The seconds of this event cannot be read."))
    faults.finish()
    settle(aged.values())
    settle(fresh.values())
    found.take(sums.days())
    return found


def _note(call: Call, event: str, told: list[str]) -> None:
    if event == "CONNECT":
        if not call[ANSWERED]:  # a second answer is one after a transfer: the same call
            call[ANSWERED], call[LAST_WAIT] = 1, int(told[0])
            call[WAITED] += int(told[0])  # type: ignore[operator]
    elif event in WAIT_AT:
        if not call[ANSWERED]:
            wait = int(told[WAIT_AT[event]])
            call[LAST_WAIT], call[GONE] = wait, event
            call[WAITED] += wait  # type: ignore[operator]
    else:
        call[TALK] += int(told[1] if event.startswith("COMPLETE") else told[-2])  # type: ignore[operator]


def lines_of(files: Iterable[Iterable[str]]) -> Iterator[str]:
    """Several files, the older one first, as one: a log is cut at midnight, a call is not."""
    for file in files:
        yield from file
