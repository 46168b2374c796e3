"""Files with a row a call: Asterisk's Master.csv, and tables of other platforms through their mapping."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from hotline.intake.sums import HELD, NAMES, Faults, Read, Sums, Times, no_instant

# Fields of Master.csv, from 0.
DSTCHANNEL, LASTAPP, LASTDATA, START, ANSWER, BILLSEC, DISPOSITION, UNIQUEID = 6, 7, 8, 9, 10, 13, 14, 16
FIELDS_AT_LEAST = 17
# A call record says neither how long somebody waited in the queue nor why they went: that is not made up.
GIVEN_BY_CDR = frozenset({"offered", "answered", "talking_seconds"})
NOT_ANSWERED = frozenset({"", "0", "--", "-", "否", "no", "false", "未接", "未接通", "未接听"})


def read_cdr(lines: Iterable[str], *, clock: str, queues: frozenset[str] = frozenset()) -> Read:
    """Calls that came into a queue. One is answered where a seat is named: a dialplan may answer before the queue.

    Several rows with one unique id (a seat that did not pick up, and the next one) are one call.
    """
    found, sums, faults, times = Read(), Sums(), Faults(), Times(clock)
    fresh: dict[str, list[int]] = {}
    aged: dict[str, list[int]] = {}
    turn = 0

    def settle(calls: Iterable[list[int]]) -> None:
        for half, answered, talked in calls:
            row = sums.of(half)
            row[0] += 1
            row[2] += answered
            row[6] += talked
            found.calls += 1

    for number, row in enumerate(_csv(lines), start=1):
        if len(row) < FIELDS_AT_LEAST:
            if row:
                faults.add(
                    number,
                    "",
                    _("The row has %(count)d fields. A unique id is needed (loguniqueid=yes): 17 at least.")
                    % {"count": len(row)},
                )
            continue
        if row[LASTAPP] != "Queue" or (queues and row[LASTDATA].partition(",")[0] not in queues):
            found.passed_over += 1
            continue
        try:
            half = times.half(times.seconds(row[START]))
        except ValueError:
            faults.add(number, "start", no_instant(row[START]))
            continue
        if half >= turn + HELD:
            settle(aged.values())
            aged, fresh, turn = fresh, {}, half
        name = row[UNIQUEID]
        call = fresh.get(name) or aged.get(name)
        if call is None:
            call = fresh[name] = [half, 0, 0]
        elif half < call[0]:
            call[0] = half
        if row[DSTCHANNEL] and row[DISPOSITION] == "ANSWERED":
            try:
                call[2] += int(row[BILLSEC])
            except ValueError:
                faults.add(number, "billsec", _("“%(text)s” is no number of seconds.") % {"text": row[BILLSEC][:20]})
            call[1] = 1
    faults.finish()
    settle(aged.values())
    settle(fresh.values())
    found.days = list(sums.days(GIVEN_BY_CDR))
    return found


def read_calls(
    rows: Iterable[Sequence[str]],
    *,
    mapping: Mapping[str, str],
    clock: str,
    answer_seconds: int = 15,
    short_seconds: int = 5,
) -> Read:
    """A table with a row a call, its first row the headings. RowErrors names row and column."""
    found, sums, faults, times = Read(), Sums(), Faults(), Times(clock)
    numbered = enumerate(rows, start=1)
    places = columns(next(numbered, (1, ()))[1], mapping)
    entered_at, answered_at = places["entered"], places["answered"]
    waited_at, ended_at, talked_at, id_at = (places.get(name) for name in ("waited", "ended", "talked", "id"))
    seen: set[str] = set()
    before: set[str] = set()
    turn = 0
    waits = waited_at is not None or ended_at is not None
    for number, row in numbered:
        if not any(row):
            continue
        try:
            entered = times.seconds(row[entered_at])
        except (ValueError, IndexError):
            faults.add(number, mapping["entered"], no_instant(row[entered_at] if entered_at < len(row) else ""))
            continue
        half = times.half(entered)
        if id_at is not None:
            if half >= turn + HELD:
                before, seen, turn = seen, set(), half
            name = row[id_at]
            if name in seen or name in before:
                found.passed_over += 1
                continue
            seen.add(name)
        total = sums.of(half)
        total[0] += 1
        found.calls += 1
        answer = row[answered_at].strip()
        answered = answer.lower() not in NOT_ANSWERED
        try:
            if waited_at is not None:
                waited = whole(row[waited_at])
            elif answered:
                waited = times.seconds(answer) - entered
            else:
                waited = times.seconds(row[ended_at]) - entered if ended_at is not None else 0
            talked = whole(row[talked_at]) if talked_at is not None and answered else 0
            if waited < 0:
                raise ValueError
        except (ValueError, IndexError):
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
    found.days = list(sums.days(frozenset(given)))
    return found


def columns(head: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """Where what is meant stands. RowErrors (the first row) where a heading is not there."""
    titles = [cell.strip().lstrip("\ufeff") for cell in head]
    wanted = {meant: heading.strip() for meant, heading in mapping.items() if heading.strip()}
    faults = Faults()
    for heading in sorted(set(wanted.values()) - set(titles)):
        faults.add(
            1,
            heading,
            _("The file has no column “%(heading)s”. It has: %(titles)s.")
            % {"heading": heading, "titles": "、".join(filter(None, titles))[:200]},
        )
    faults.finish()
    return {meant: titles.index(heading) for meant, heading in wanted.items()}


def whole(text: str) -> int:
    """ "1,234", "75 s" and "00:01:15" as whole numbers (seconds). ValueError for anything else, and below 0."""
    text = text.strip().replace(",", "").removesuffix("秒").removesuffix("s").strip()
    if ":" in text:
        hours, minutes, seconds = (int(part) for part in f"0:{text}".split(":")[-3:])
        return hours * 3600 + minutes * 60 + seconds
    number = float(text)
    if number != int(number) or number < 0:
        raise ValueError(text)
    return int(number)


def _csv(lines: Iterable[str]) -> Iterator[list[str]]:
    return csv.reader(lines)
