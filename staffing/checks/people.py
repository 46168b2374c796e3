"""Who serves: hiring conditions, training, trial, employment, posts and places."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from contract.batch import Batch
from contract.choices import Side
from contract.findings import Finding
from contract.registry import register
from law.references import (
    CIVIL_CODE_201,
    CIVIL_CODE_202,
    CIVIL_CODE_203,
    CIVIL_CODE_1259,
    LABOUR_CONTRACT_LAW_10,
    LABOUR_LAW_15,
)
from staffing import selectors
from staffing.checks.base import each_with_terms
from staffing.rules.attrition import attrition
from staffing.rules.postings import post_structure, service_place
from staffing.rules.qualification import employment_contract, failed_trials, hiring_qualification, training


@register(
    "staffing.hiring_qualification",
    owed_by=Side.VENDOR,
    title=_("Hiring conditions"),
    references=(CIVIL_CODE_1259, LABOUR_LAW_15),
)
def hiring_qualification_check(batch: Batch) -> Iterator[Finding]:
    people = batch.read(selectors.people, batch.as_of)
    yield from each_with_terms(
        batch, "staffing.hiring_qualification", ("hire_age_limit",), lambda c: hiring_qualification(c, people[c.pk])
    )


@register("staffing.training", owed_by=Side.VENDOR, title=_("Training before trial"), references=(CIVIL_CODE_202,))
def training_check(batch: Batch) -> Iterator[Finding]:
    people = batch.read(selectors.people, batch.as_of)
    taken = batch.read(selectors.trainings, batch.as_of)
    yield from each_with_terms(
        batch,
        "staffing.training",
        ("training_months",),
        lambda c: training(c, people[c.pk], taken[c.pk], batch.as_of, batch.calendar),
    )


@register("staffing.attrition", owed_by=Side.VENDOR, title=_("People who leave in a contract year"))
def attrition_check(batch: Batch) -> Iterator[Finding]:
    left = batch.read(selectors.departures, batch.as_of)
    counts = batch.read(selectors.day_counts, last=batch.as_of)
    yield from each_with_terms(
        batch,
        "staffing.attrition",
        ("headcount", "attrition_max_percent"),
        lambda c: attrition(c, left[c.pk], counts[c.pk], batch.as_of),
    )


@register(
    "staffing.failed_trials",
    owed_by=Side.VENDOR,
    title=_("Person moved after failing in a row"),
    references=(CIVIL_CODE_201, CIVIL_CODE_203),
)
def failed_trials_check(batch: Batch) -> Iterator[Finding]:
    people = batch.read(selectors.people, batch.as_of)
    results = batch.read(selectors.trials)
    yield from each_with_terms(
        batch,
        "staffing.failed_trials",
        ("failed_trials_limit",),
        lambda c: failed_trials(c, people[c.pk], results[c.pk], batch.as_of, batch.calendar),
    )


@register(
    "staffing.employment_contract",
    owed_by=Side.VENDOR,
    title=_("Everybody employed by the vendor"),
    references=(LABOUR_CONTRACT_LAW_10,),
)
def employment_contract_check(batch: Batch) -> Iterator[Finding]:
    people = batch.read(selectors.people, batch.as_of)
    on_file = batch.read(selectors.employments)
    for contract in batch.begun():
        yield from employment_contract(contract, people[contract.pk], on_file, batch.as_of, batch.calendar)


@register("staffing.post_structure", owed_by=Side.VENDOR, title=_("Posts held and filled"))
def post_structure_check(batch: Batch) -> Iterator[Finding]:
    people = batch.read(selectors.people, batch.as_of)
    posts = batch.read(selectors.posts)
    for contract in batch.begun():
        yield from post_structure(contract, people[contract.pk], posts[contract.pk], batch.as_of)


@register("staffing.service_place", owed_by=Side.VENDOR, title=_("Place of service as agreed"))
def service_place_check(batch: Batch) -> Iterator[Finding]:
    people = batch.read(selectors.people, batch.as_of)
    places = batch.read(selectors.places)
    for contract in batch.begun():
        yield from service_place(contract, people[contract.pk], places[contract.pk], batch.as_of)
