"""Run the checks as of a day and keep what they found.

Running it again changes nothing: an assessment is written only where the content of a finding
differs from the current one. Contracts are looked at without a lock and locked for what is written,
so that nobody who reports has to wait for the checks; of whatever was written meanwhile the checks run
once more under the lock. Two evaluations at once come one after the other; up to which day each contract
was evaluated is known of each one, and committed with what was found. No day is recorded before it
has come.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from contract import selectors
from contract.acting import is_silent
from contract.batch import DATABASE_AWAY, Batch, RunResult, cause, crashed, run_checks
from contract.choices import RunStatus, RunTrigger
from contract.findings import Finding
from contract.models import Contract, EvaluationRun, RulesVersion
from contract.rules import beginning, excuses, warnings
from contract.rules.foresight import EVERYWHERE, Watch
from contract.rules.nights import days_due
from contract.selectors.evaluation import ahead, evaluated_to
from contract.selectors.excuses import claimed
from contract.services import standing
from contract.services.cases import record_silence
from contract.services.recording import record
from contract.version import rules_version, sources

logger = logging.getLogger(__name__)

Progress = Callable[[int, int], None]


_log: list[standing.Log] = []


def asks(log: standing.Log) -> None:
    """Who knows what the change log has of each contract."""
    _log[:] = [log]


class WrongDay(ValueError):
    """A day that cannot be recorded: the sentence says why, and what to do."""


@dataclass
class Evaluation:
    """What an evaluation found; `run` is None where it was only looked at.

    `counts` has the findings by outcome, also where they themselves are not kept in memory. `errors`
    has the reason of each crash, by contract and check ("": all of the contract).
    """

    as_of: date
    run: EvaluationRun | None = None
    findings: list[Finding] = field(default_factory=list)
    errors: dict[tuple[int, str], str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    keeps: bool = True

    def add(self, result: RunResult) -> None:
        """What a batch of contracts has come to."""
        self.counts.update(str(finding.outcome) for finding in result.findings)
        if self.keeps:
            self.findings += result.findings
        self.errors |= result.errors


def look(*, as_of: date, contract_ids: Iterable[int] | None = None) -> Evaluation:
    """What the checks say as of a day, without keeping anything."""
    evaluation = Evaluation(as_of)
    for ids in chunks(_ids(contract_ids)):
        evaluation.add(_run(selectors.batch(ids, as_of)))
    return evaluation


def evaluate(
    *,
    as_of: date,
    today: date,
    at: datetime,
    trigger: RunTrigger,
    contract_ids: Iterable[int] | None = None,
    progress: Progress | None = None,
    keep: bool = True,
) -> Evaluation:
    """Evaluate contracts (all by default) as of one day and record the outcome.

    Assessments speak of the newest day that was evaluated: for an earlier day use `look`, and for
    days that were missed `catch_up`. Raises WrongDay where `as_of` has not come, or lies before
    what was recorded of one of the contracts. `keep` False: the findings are recorded and not
    returned, so that memory does not grow with the contracts, and what stands is not looked at again.
    """
    ids = _ids(contract_ids)
    refuse_day_to_come(as_of, today)
    newest = max((day for day in evaluated_to(ids).values() if day is not None), default=as_of)
    if newest > as_of:
        raise WrongDay(
            _("Already evaluated as of %(newest)s: %(day)s can only be looked at.") % {"newest": newest, "day": as_of}
        )
    return _record(ids, as_of=as_of, at=at, trigger=trigger, progress=progress, keep=keep)


def catch_up(
    *,
    until: date,
    today: date,
    now: Callable[[], datetime],
    trigger: RunTrigger,
    contract_ids: Iterable[int] | None = None,
    at_most: int | None = None,
    progress: Progress | None = None,
    keep: bool = True,
) -> Iterator[Evaluation]:
    """Evaluate day by day, each contract from the day after its own last one up to `until`.

    So what was missed is dated as if no night had been missed. A contract that is ahead of
    `until` is left alone. `now` gives the instant at which each day is recorded; no more than
    `at_most` days are. Raises WrongDay where `until` has not come.
    """
    refuse_day_to_come(until, today)
    due = days_due(until, evaluated_to(_ids(contract_ids)))
    for day, ids in islice(due, at_most):
        kind = trigger if day == today else RunTrigger.CATCH_UP
        yield _record(ids, as_of=day, at=now(), trigger=kind, progress=progress, keep=keep)


def refuse_day_to_come(as_of: date, today: date) -> None:
    """Raise WrongDay where a day lies after today."""
    if as_of > today:
        raise WrongDay(
            _("%(day)s has not come: today is %(today)s by the program's clock. Nothing was recorded.")
            % {"day": as_of, "today": today}
        )


def refuse_while_ahead(today: date) -> None:
    """Raise WrongDay while evaluations of days that have not come stand."""
    newest = ahead(today).order_by("as_of").last()
    if newest is not None:
        raise WrongDay(
            _(
                "An evaluation as of %(day)s is on record, and today is %(today)s. If the clock is wrong, set it "
                "right. If not, take that evaluation back: manage.py withdraw_evaluation --by USER --reason TEXT"
            )
            % {"day": newest.as_of, "today": today}
        )


def _record(
    ids: list[int], *, as_of: date, at: datetime, trigger: RunTrigger, progress: Progress | None, keep: bool
) -> Evaluation:
    run = opened(ids, as_of=as_of, at=at, trigger=trigger)
    evaluation = Evaluation(as_of, run, keeps=keep)
    try:
        rest = leave_alone(ids, evaluation, at)
        done = len(ids) - len(rest)
        for chunk in chunks(rest):
            record_apart(chunk, evaluation, at)
            done += len(chunk)
            if progress:
                progress(done, len(ids))
    except Exception as error:
        run.status = RunStatus.FAILED
        run.error = cause(error)
        run.finished_at = at
        run.save()
        raise
    ended(run, evaluation.errors, evaluation.counts, at)
    return evaluation


def opened(ids: list[int], *, as_of: date, at: datetime, trigger: RunTrigger) -> EvaluationRun:
    """A run of these contracts that has begun."""
    return EvaluationRun.objects.create(
        as_of=as_of, trigger=trigger, started_at=at, contracts=len(ids), rules=_rules(at)
    )


def ended(
    run: EvaluationRun, errors: Mapping[tuple[int, str], str], counts: Mapping[str, int], finished_at: datetime
) -> None:
    """Close a run with what all of its contracts have come to."""
    left_out = [pk for pk, check in errors if not check]
    run.status = RunStatus.PARTIAL if errors else RunStatus.SUCCEEDED
    if left_out and len(left_out) == run.contracts:
        run.status = RunStatus.FAILED
    run.error = described(errors)
    run.counts = dict(counts)
    run.finished_at = finished_at
    run.save()


def leave_alone(ids: list[int], evaluation: Evaluation, at: datetime) -> list[int]:
    """Take into the run the contracts of which everything stands, all in one; returns those to be looked at."""
    if evaluation.keeps or not _log or is_silent():
        return ids
    assert evaluation.run is not None
    found = standing.untouched(ids, evaluation.as_of, _log[0])
    if found:
        with transaction.atomic():
            record_silence(as_of=evaluation.as_of, at=at, contract_ids=found)
            evaluation.run.covers.add(*found)
        for counts in found.values():
            evaluation.counts.update(counts)
    return [pk for pk in ids if pk not in found]


def record_apart(chunk: list[int], evaluation: Evaluation, at: datetime) -> None:
    """Record a batch; where that crashes, each of its contracts alone, so that one does not stop
    the others. Raises where the database is away."""
    try:
        _record_chunk(chunk, evaluation, at, _run)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        logger.exception("the evaluation of contracts %s crashed", chunk)
        crash = error
    else:
        return
    if len(chunk) == 1:
        _record_crash(chunk, evaluation, at, crash)
        return
    for pk in chunk:
        record_apart([pk], evaluation, at)


def _record_chunk(chunk: list[int], evaluation: Evaluation, at: datetime, run_: Callable[[Batch], RunResult]) -> None:
    run, as_of = evaluation.run, evaluation.as_of
    assert run is not None
    sealed = _log[0].position() if _log else -1
    before = _versions(chunk)
    kept = standing.kept(chunk, as_of, before) if before and not evaluation.keeps else {}
    asked = [pk for pk in chunk if pk not in kept or not kept[pk].whole]
    remembers = not evaluation.keeps
    found = _looked_at(asked, as_of, run_, kept, remembers) if before and asked else None
    with transaction.atomic():
        if found is None and before:
            due, after, fresh = chunk, before, chunk
        else:
            # What is recorded is what was true under the lock: a writer waits for it, or has written before.
            list(Contract.objects.select_for_update().filter(pk__in=chunk).order_by("pk"))
            # Another one, faster, may have gone on to a later day meanwhile.
            due = [pk for pk, newest in evaluated_to(chunk).items() if newest is None or newest <= as_of]
            after = _versions(due)
            fresh = [pk for pk in due if before and before[pk] == after[pk]]
        kept = {pk: kept[pk] for pk in fresh if pk in kept}
        parts = [] if found is None else [found.part(fresh)]
        if stale := [pk for pk in due if pk not in fresh]:
            parts.append(_looked_at(stale, as_of, run_, {}, remembers))
        for part in parts:
            run.written += record(run=run, batch=part.batch, result=part.result, at=at)
            standing.remember(part.batch)
            if after:
                standing.keep(part.batch, part.result, part.watch, after, kept, sealed)
        if whole := [pk for pk, one in kept.items() if one.whole]:
            standing.stays(whole, sealed)
        record_silence(as_of=as_of, at=at, contract_ids=due)
        run.covers.add(*due)
    for part in parts:
        evaluation.add(part.result)
    evaluation.counts.update(standing.counts(kept.values()))


@dataclass(frozen=True)
class Looked:
    """What was found of some contracts, and how long it stands."""

    batch: Batch
    result: RunResult
    watch: Watch

    def part(self, ids: Collection[int]) -> "Looked":
        """What was found of some of them."""
        if all(contract.pk in ids for contract in self.batch.contracts):
            return self
        findings = [finding for finding in self.result.findings if finding.contract_id in ids]
        errors = {key: error for key, error in self.result.errors.items() if key[0] in ids}
        contracts = tuple(contract for contract in self.batch.contracts if contract.pk in ids)
        return Looked(replace(self.batch, contracts=contracts), RunResult(findings, errors), self.watch)


def _looked_at(
    ids: list[int], as_of: date, run_: Callable[[Batch], RunResult], kept: Mapping[int, standing.Kept], remembers: bool
) -> Looked:
    with standing.watching(as_of) as watch:
        batch = selectors.batch(ids, watch.day)
        memory = standing.memory(batch) if remembers else None
        batch = replace(batch, watch=watch, left=standing.left(kept), memory=memory)
        result = run_(batch)
    return Looked(replace(batch, as_of=as_of, watch=None), result, watch)


def _versions(ids: Iterable[int]) -> Mapping[int, standing.Seen]:
    """Empty where nobody keeps a log: then everything happens under the lock."""
    return _log[0].versions(ids) if _log and not is_silent() else {}


def _record_crash(chunk: list[int], evaluation: Evaluation, at: datetime, error: Exception) -> None:
    """A contract that cannot be evaluated at all: every check of it is undetermined.

    Where not even that can be recorded it stays behind, and its age is an alarm.
    """
    (pk,) = chunk

    def undetermined(batch: Batch) -> RunResult:
        result = RunResult()
        for contract in batch.contracts:
            for check_id in contract.obligations:
                if (contract.pk, check_id) in batch.left:
                    continue
                result.findings.append(crashed(check_id, contract, error))
                result.errors[contract.pk, check_id] = cause(error)
        return result

    try:
        _record_chunk(chunk, evaluation, at, undetermined)
    except DATABASE_AWAY:
        raise
    except Exception as second:
        evaluation.errors[pk, ""] = cause(second)


def described(errors: Mapping[tuple[int, str], str]) -> str:
    """Crashes as a run keeps them, one a line: the check, the contract's number, the cause."""
    numbers = dict(Contract.objects.filter(pk__in={pk for pk, _check in errors}).values_list("pk", "number"))
    return "\n".join(f"{check or '*'} {numbers.get(pk, pk)}: {error}" for (pk, check), error in sorted(errors.items()))


def _rules(at: datetime) -> RulesVersion:
    """The rules as they stand in this program, kept with every fingerprint when first used."""
    found, _created = RulesVersion.objects.get_or_create(
        code=rules_version(), defaults={"files": dict(sources()), "first_used_at": at}
    )
    return found


def _run(batch: Batch) -> RunResult:
    """The findings of all checks: what lies before the program's use left out, warned of where the
    last day is near, and excused where an excuse on record covers them (one query)."""
    result = run_checks(batch)
    judged = beginning.judged(result.findings, batch.contracts)
    if batch.watch:
        batch.watch.at(*EVERYWHERE)
    excused = claimed(batch)
    warned = warnings.apply(_one_by_one(judged, batch.watch), batch.contracts, batch.as_of)
    result.findings = []
    for finding in excuses.apply(warned, excused, batch.as_of, batch.calendar):
        finding.fingerprint  # noqa: B018  # made here: not under the lock, and for its place in the watch
        result.findings.append(finding)
    return result


def _one_by_one(findings: Iterable[Finding], watch: Watch | None) -> Iterator[Finding]:
    """What is asked of the day while a finding is on its way is noted for its contract and check."""
    for finding in findings:
        if watch:
            watch.at(finding.contract_id, finding.check_id)
        yield finding


def _ids(contract_ids: Iterable[int] | None) -> list[int]:
    if contract_ids is not None:
        return sorted(contract_ids)
    return list(Contract.objects.order_by("pk").values_list("pk", flat=True))


def chunks(ids: list[int]) -> Iterable[list[int]]:
    """The contracts that are read, judged and recorded together."""
    size = settings.EVALUATION_BATCH
    return (ids[i : i + size] for i in range(0, len(ids), size))
