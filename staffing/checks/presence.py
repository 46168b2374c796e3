"""Who is in place: headcount, on-post rate, attendance, gaps, replacement and changes."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy

from contract.batch import Batch
from contract.choices import Side
from contract.findings import Finding
from contract.registry import register
from contract.selectors.excuses import claimed
from law.references import CIVIL_CODE_137, CIVIL_CODE_201, CIVIL_CODE_203, CIVIL_CODE_590, CIVIL_CODE_1259
from staffing import selectors
from staffing.checks.base import each_with_terms
from staffing.rules.backfill import backfill
from staffing.rules.changes import unapproved_change
from staffing.rules.headcount import headcount
from staffing.rules.on_post import on_post_rate
from staffing.rules.replacement import replacement
from staffing.rules.reporting import attendance_reported


@register("staffing.headcount", owed_by=Side.VENDOR, title=gettext_lazy("Contracted number of operators"))
def headcount_check(batch: Batch) -> Iterator[Finding]:
    counts = batch.read(selectors.day_counts, last=batch.as_of)
    gaps = batch.read(selectors.gaps, batch.as_of)
    yield from each_with_terms(
        batch,
        "staffing.headcount",
        ("headcount",),
        lambda c: headcount(c, counts[c.pk], gaps[c.pk], batch.as_of, batch.calendar),
    )


@register(
    "staffing.on_post_rate",
    owed_by=Side.VENDOR,
    title=gettext_lazy("On-post rate"),
    references=(CIVIL_CODE_590, CIVIL_CODE_1259),
)
def on_post_rate_check(batch: Batch) -> Iterator[Finding]:
    counts = batch.read(selectors.day_counts, last=batch.as_of)
    excuses = claimed(batch)
    yield from each_with_terms(
        batch,
        "staffing.on_post_rate",
        ("headcount", "on_post_floor_percent"),
        lambda c: on_post_rate(c, counts[c.pk], batch.as_of, [one for one in excuses if one.contract_id == c.pk]),
    )


@register("staffing.attendance_reported", owed_by=Side.VENDOR, title=gettext_lazy("Attendance reported in time"))
def attendance_reported_check(batch: Batch) -> Iterator[Finding]:
    counts = batch.read(selectors.day_counts, last=batch.as_of)
    for contract in batch.begun():
        yield from attendance_reported(contract, counts[contract.pk], batch.as_of)


@register(
    "staffing.backfill",
    owed_by=Side.VENDOR,
    title=gettext_lazy("Gaps made good in time"),
    references=(CIVIL_CODE_201, CIVIL_CODE_203, CIVIL_CODE_1259),
)
def backfill_check(batch: Batch) -> Iterator[Finding]:
    gaps = batch.read(selectors.gaps, batch.as_of)
    yield from each_with_terms(
        batch, "staffing.backfill", ("backfill_days",), lambda c: backfill(c, gaps[c.pk], batch.as_of, batch.calendar)
    )


@register(
    "staffing.replacement",
    owed_by=Side.VENDOR,
    title=gettext_lazy("Unfit person replaced in time"),
    references=(CIVIL_CODE_137, CIVIL_CODE_201, CIVIL_CODE_203),
)
def replacement_check(batch: Batch) -> Iterator[Finding]:
    demands = batch.read(selectors.demands)
    yield from each_with_terms(
        batch,
        "staffing.replacement",
        ("replacement_days",),
        lambda c: replacement(c, demands[c.pk], batch.as_of, batch.calendar),
    )


@register(
    "staffing.unapproved_change", owed_by=Side.VENDOR, title=gettext_lazy("No transfer or change without consent")
)
def unapproved_change_check(batch: Batch) -> Iterator[Finding]:
    changes = batch.read(selectors.changes, batch.as_of)
    for contract in batch.begun():
        yield from unapproved_change(contract, changes[contract.pk], batch.as_of)
