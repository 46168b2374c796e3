"""`manage.py evaluate`: run the checks as of a day, keep and show what they found."""

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from contract import registry, selectors, services
from contract.choices import Outcome, RunTrigger
from contract.findings import Finding
from contract.history.replay import report
from contract.history.replay.comparison import compare
from contract.models import Contract
from contract.selectors.evaluation import evaluated_to
from contract.selectors.readiness import lacks
from contract.services.evaluation import described
from kit import clock
from kit.terminal.tables import table


class Command(BaseCommand):
    help = "Run every check as of a Beijing day and record what changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", help="YYYY-MM-DD; today where it is left out")
        parser.add_argument("--contract", help="number of one contract; all where it is left out")
        parser.add_argument("--format", choices=["table", "json"], default="table")
        parser.add_argument("--summary", action="store_true", help="count by check and outcome")
        parser.add_argument("--dry-run", action="store_true", help="only look: record nothing whatever the day")
        parser.add_argument(
            "--known-on",
            metavar="YYYY-MM-DD",
            help="replay the evaluation with what was known at the end of this day, and compare",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        as_of = _day(options["as_of"])
        ids = _contract_ids(options["contract"])
        if options["known_on"]:
            self._replay(as_of, _day(options["known_on"], "--known-on"), ids, options["format"])
            return
        newest = max((day for day in evaluated_to(ids).values() if day is not None), default=as_of)
        look_back = as_of < newest
        if options["dry_run"] or look_back:
            evaluation = services.look(as_of=as_of, contract_ids=ids)
        if not options["dry_run"]:
            last, days, written = self._record(newest if look_back else as_of, ids)
            if not look_back:
                evaluation = last
        contracts = selectors.batch(ids, as_of).contracts
        numbers = {contract.pk: contract.number for contract in contracts}
        clauses = {(c.pk, check): ref for c in contracts for check, ref in c.obligations.items()}
        places = {key: place for place, key in enumerate(clauses)}
        evaluation.findings.sort(key=lambda one: places.get((one.contract_id, one.check_id), len(places)))
        if options["format"] == "json":
            rows = [_as_json(finding, numbers, clauses) for finding in evaluation.findings]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
        elif options["summary"]:
            self.stdout.write(_summary(evaluation.findings, clauses))
        else:
            self.stdout.write(_table(evaluation.findings, clauses))
        for pk, sentences in lacks(contracts).items():
            for sentence in sentences:
                self.stderr.write(self.style.ERROR(f"{numbers[pk]}: {sentence}"))
        for line in described(evaluation.errors).splitlines():
            self.stderr.write(_("A check crashed: %(line)s") % {"line": line})
        if options["dry_run"]:
            self.stderr.write(_("Only looked at: nothing was recorded."))
        elif look_back:
            self.stderr.write(
                _(
                    "%(day)s is a look back and is not recorded. Records were brought up to date "
                    "as of %(newest)s: %(written)d new assessments."
                )
                % {"day": as_of, "newest": newest, "written": written}
            )
        else:
            if days > 1:
                self.stderr.write(_("Missed days were caught up one by one: %(count)d.") % {"count": days - 1})
            self.stderr.write(
                _("Evaluated as of %(day)s: %(count)d findings, %(written)d new assessments.")
                % {"day": as_of, "count": len(evaluation.findings), "written": written}
            )

    def _record(self, until: date, ids: list[int]) -> tuple[services.Evaluation, int, int]:
        """Day by day up to `until`: the last evaluation, how many days, and what was written.

        Exit code 2 where a day has not come.
        """
        today, days, written = clock.today(), 0, 0
        try:
            services.refuse_while_ahead(today)
            for evaluation in services.catch_up(
                until=until,
                today=today,
                now=clock.now,
                trigger=RunTrigger.COMMAND,
                contract_ids=ids,
                progress=self._progress if self.stderr.isatty() else None,
            ):
                days += 1
                written += evaluation.run.written if evaluation.run else 0
        except services.WrongDay as error:
            raise CommandError(str(error), returncode=2) from None
        return evaluation, days, written

    def _replay(self, as_of: date, known_on: date, ids: list[int], form: str) -> None:
        """Then and now, contract by contract; nothing is recorded."""
        numbers = dict(Contract.objects.filter(pk__in=ids).values_list("pk", "number"))
        found = {numbers[pk]: compare(as_of=as_of, known_on=known_on, contract_id=pk) for pk in ids}
        if form == "json":
            self.stdout.write(report.as_json(found))
            return
        for number, comparison in found.items():
            self.stdout.write(
                _("%(number)s as of %(day)s, as known on %(known)s:")
                % {"number": number, "day": as_of, "known": known_on}
            )
            self.stdout.write(report.as_text(comparison))

    def _progress(self, done: int, total: int) -> None:
        self.stderr.write(f"\r{done}/{total}", ending="" if done < total else "\n")


def _day(text: str | None, option: str = "--as-of") -> date:
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            _("%(option)s: “%(text)s” is no date. Write it as YYYY-MM-DD, for example 2025-03-31.")
            % {"option": option, "text": text}
        ) from None


def _contract_ids(number: str | None) -> list[int]:
    contracts = Contract.objects.order_by("pk")
    if number:
        contracts = contracts.filter(number=number)
        if not contracts:
            known = ", ".join(Contract.objects.values_list("number", flat=True)[:20])
            raise CommandError(
                _("--contract: there is no contract “%(number)s”. Known: %(known)s")
                % {"number": number, "known": known or "–"}
            )
    return list(contracts.values_list("pk", flat=True))


def _as_json(finding: Finding, numbers: dict[int, str], clauses: dict[tuple[int, str], str]) -> dict[str, Any]:
    check = registry.get(finding.check_id)
    return {
        "contract": numbers[finding.contract_id],
        "check": finding.check_id,
        "clause": clauses.get((finding.contract_id, finding.check_id), ""),
        "owed_by": (finding.owed_by or check.owed_by).value,
        "subject": {"label": finding.subject.label, "pk": finding.subject.pk, "name": finding.subject.name},
        "period": [day.isoformat() for day in finding.period] if finding.period else None,
        "nominal_due_on": _iso(finding.nominal_due_on),
        "legal_due_on": _iso(finding.legal_due_on),
        "outcome": finding.outcome.value,
        "measured": finding.measured,
        "required": finding.required,
        "explanation": finding.sentence,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _table(findings: Iterable[Finding], clauses: dict[tuple[int, str], str]) -> str:
    rows = []
    for finding in findings:
        rows.append(
            [
                clauses.get((finding.contract_id, finding.check_id), ""),
                finding.check_id,
                finding.subject.name,
                f"{finding.period[0]}~{finding.period[1]}" if finding.period else "",
                _iso(finding.legal_due_on) or _iso(finding.nominal_due_on) or "",
                str(Outcome(finding.outcome).label),
                finding.measured,
                finding.required,
            ]
        )
    header = [_("Clause"), _("Check"), _("Subject"), _("Period"), _("Due"), _("Outcome"), _("Measured"), _("Required")]
    return table(header, rows)


def _summary(findings: Iterable[Finding], clauses: dict[tuple[int, str], str]) -> str:
    counts: dict[str, Counter[str]] = {}
    for finding in findings:
        counts.setdefault(finding.check_id, Counter())[finding.outcome.value] += 1
    if not counts:  # no contract yet, or none that says anything
        return ""
    refs: dict[str, dict[str, None]] = {}
    for (_contract, check_id), ref in clauses.items():
        refs.setdefault(check_id, {})[ref] = None
    header = [_("Clause"), _("Check"), *(str(outcome.label) for outcome in Outcome)]
    rows = [
        [", ".join(refs.get(check_id, ())), f"{check_id} {check.title}"]
        + [str(counts[check_id][outcome.value] or "·") for outcome in Outcome]
        for check_id, check in registry.checks().items()
        if check_id in counts
    ]
    return table(header, rows)
