"""Run the checks as of a day and keep what they found.

Running it again changes nothing: an assessment is written only where the content of a finding
differs from the current one. Contracts are locked while they are evaluated, so that two
evaluations at once come one after the other.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from contract import selectors
from contract.batch import Batch, RunResult, run_checks
from contract.choices import RunStatus, RunTrigger
from contract.findings import Finding
from contract.models import Contract, EvaluationRun, RulesVersion
from contract.rules import excuses, warnings
from contract.selectors.excuses import claimed
from contract.services.cases import record_silence
from contract.services.recording import record
from contract.version import rules_version, sources

CONTRACTS_AT_ONCE = 50


@dataclass
class Evaluation:
    """What an evaluation found; `run` is None where it was only looked at."""

    as_of: date
    run: EvaluationRun | None = None
    findings: list[Finding] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


def look(*, as_of: date, contract_ids: Iterable[int] | None = None) -> Evaluation:
    """What the checks say as of a day, without keeping anything."""
    evaluation = Evaluation(as_of)
    for ids in _chunks(_ids(contract_ids)):
        result = _run(selectors.batch(ids, as_of))
        evaluation.findings += result.findings
        evaluation.errors |= result.errors
    return evaluation


def evaluate(
    *,
    as_of: date,
    at: datetime,
    trigger: RunTrigger,
    contract_ids: Iterable[int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Evaluate contracts (all by default) as of a day and record the outcome.

    Assessments speak of the newest day that was evaluated: for an earlier day use `look`.
    Raises ValueError where `as_of` lies before it.
    """
    newest = EvaluationRun.objects.filter(status__in=[RunStatus.SUCCEEDED, RunStatus.PARTIAL]).aggregate(
        newest=Max("as_of")
    )["newest"]
    if newest and as_of < newest:
        raise ValueError(f"already evaluated as of {newest}: {as_of} can only be looked at")
    ids = _ids(contract_ids)
    run = EvaluationRun.objects.create(
        as_of=as_of, trigger=trigger, started_at=at, contracts=len(ids), rules=_rules(at)
    )
    evaluation = Evaluation(as_of, run)
    try:
        for done, chunk in enumerate(_chunks(ids)):
            with transaction.atomic():
                # Lock first, read second: what is recorded is what was true under the lock.
                list(Contract.objects.select_for_update().filter(pk__in=chunk).order_by("pk"))
                batch = selectors.batch(chunk, as_of)
                result = _run(batch)
                run.written += record(run=run, batch=batch, result=result, at=at)
                record_silence(as_of=as_of, at=at, contract_ids=chunk)
            evaluation.findings += result.findings
            evaluation.errors |= result.errors
            if progress:
                progress(min((done + 1) * CONTRACTS_AT_ONCE, len(ids)), len(ids))
    except Exception as error:
        run.status = RunStatus.FAILED
        run.error = f"{type(error).__name__}: {error}"
        run.finished_at = at
        run.save()
        raise
    run.status = RunStatus.PARTIAL if evaluation.errors else RunStatus.SUCCEEDED
    run.error = "\n".join(f"{check}: {error}" for check, error in evaluation.errors.items())
    run.counts = dict(Counter(str(finding.outcome) for finding in evaluation.findings))
    run.finished_at = at
    run.save()
    return evaluation


def _rules(at: datetime) -> RulesVersion:
    """The rules as they stand in this program, kept with every fingerprint when first used."""
    found, _created = RulesVersion.objects.get_or_create(
        code=rules_version(), defaults={"files": dict(sources()), "first_used_at": at}
    )
    return found


def _run(batch: Batch) -> RunResult:
    """The findings of all checks: warned of where the last day is near, and excused where an
    excuse on record covers them (one query)."""
    result = run_checks(batch)
    warned = warnings.apply(result.findings, batch.contracts, batch.as_of)
    result.findings = list(excuses.apply(warned, claimed(batch), batch.as_of))
    return result


def _ids(contract_ids: Iterable[int] | None) -> list[int]:
    if contract_ids is not None:
        return sorted(contract_ids)
    return list(Contract.objects.order_by("pk").values_list("pk", flat=True))


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[i : i + CONTRACTS_AT_ONCE] for i in range(0, len(ids), CONTRACTS_AT_ONCE))
