"""New staff meet the hiring conditions, are trained, and fit the work; everybody is employed.

Readings taken here (articles 13.1 and 13.2):

- The hiring conditions and the training bind people whom the vendor hires during the contract.
- The age counts on the day of hire; 35 includes the whole thirty-sixth year of life up to the day
  before the 36th birthday (Civil Code art. 1259). Below 16 nobody may be employed (Labour Law 15).
- A fact that contradicts a condition is not met. A proof that is missing is asked for; alone it
  is no breach (undetermined).
- A month of training has a first and a last day: it lasts from the one to the other without a break, and
  trial begins on the corresponding day of the next month at the earliest.
- A time to move a person that runs out on the contract's last day, at 24:00 (Civil Code 203), is not
  kept where nobody was moved; one that would have run on lapses.
- A labour contract is concluded in writing within a month of hiring (Labour Contract Law 10).
- Past the retirement day (reform of 2025) the relation may be one of service: article 13.2 then asks which paper
  covers it. A paper that begins on that day or later covers it; without one nothing is concluded.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message, Subject
from contract.rules.steps import at_the_end
from law.calendar import ONE_DAY, Calendar
from law.comparisons import at_least, at_most
from law.periods import Roll, age_on, deadline_after, last_day_of_term, standing
from staffing.rules.people import EmploymentFact, PersonFact, TrainingFact, TrialFact, first_uncovered

LOWEST_WORKING_AGE = 16  # Labour Law, article 15
COLLEGE_RANK = 1  # junior college: the second lowest of staffing.choices.Education
REQUIRED_PROOFS = ("degree", "clean_record", "office_software", "conduct")
PROBLEMS = {
    "age_above": _("older at hire than agreed"),
    "age_below": _("below the lowest working age"),
    "education": _("education below junior college"),
}
MISSING = {
    "degree": _("degree certificate of a full-time programme"),
    "clean_record": _("certificate of no criminal record"),
    "office_software": _("command of office software"),
    "conduct": _("reference on conduct"),
}


def hiring_qualification(contract: ContractFacts, people: Iterable[PersonFact]) -> Iterator[Finding]:
    """One finding for each person newly hired and assigned."""
    for person in people:
        if not person.is_new(contract):
            continue
        age = age_on(person.born_on, person.hired_on)
        limit = contract.terms.on(person.hired_on, "hire_age_limit")
        problems = []
        if not at_least(age, LOWEST_WORKING_AGE):
            problems.append("age_below")
        elif not at_most(age, limit):
            problems.append("age_above")
        if person.education_rank is not None and person.education_rank < COLLEGE_RANK:
            problems.append("education")
        missing = [kind for kind in REQUIRED_PROOFS if kind not in person.proofs]
        if not person.is_full_time_degree and "degree" not in missing:
            missing.insert(0, "degree")
        if problems:
            outcome = Outcome.NOT_MET
            message = Message(
                _("Hired on %(hired)s at the age of %(age)d: %(problems)s."),
                hired=person.hired_on,
                age=age,
                problems=_listed(PROBLEMS, problems),
            )
        elif missing:
            outcome = Outcome.UNDETERMINED
            message = Message(
                _("Hired on %(hired)s; the vendor is asked for proof: %(missing)s."),
                hired=person.hired_on,
                missing=_listed(MISSING, missing),
            )
        else:
            outcome = Outcome.MET
            message = Message(
                _("Hired on %(hired)s at the age of %(age)d; all conditions are proved."),
                hired=person.hired_on,
                age=age,
            )
        yield _about(
            contract,
            "staffing.hiring_qualification",
            person,
            outcome,
            message,
            measured=str(age),
            required=f"≤{limit}",
            figures={"age": age, "limit": limit, "problems": problems, "missing": missing, "hired_on": person.hired_on},
        )


def training(
    contract: ContractFacts,
    people: Iterable[PersonFact],
    trainings: dict[int, list[TrainingFact]],
    as_of: date,
    calendar: Calendar,
) -> Iterator[Finding]:
    """One finding for each person newly hired: was the trial preceded by enough training?"""
    for person in people:
        if not person.is_new(contract):
            continue
        months = contract.terms.on(person.first_day, "training_months")
        taken = sorted(trainings.get(person.pk, []), key=lambda fact: fact.starts_on)
        if not taken:
            yield _about(
                contract,
                "staffing.training",
                person,
                Outcome.UNDETERMINED,
                Message(
                    _("On post since %(day)s; no training is on record. The vendor is asked for proof."),
                    day=person.first_day,
                ),
            )
            continue
        trial = next((t.trial_starts_on for t in taken if t.trial_starts_on), person.first_day)
        # What was taught after the trial had begun neither makes up for a training nor takes one away.
        begun, last = _longest([t for t in taken if t.starts_on < trial] or taken)
        # A term: from 31 January a month lasts to 28 February (Civil Code 202), so the trial is from 1 March on.
        earliest = last_day_of_term(begun, months=months) + ONE_DAY if months else begun
        days: dict[str, Any] = {"start": begun, "last": last, "trial": trial, "earliest": earliest}
        outcome, text = _trained(as_of, **days)
        hours = sum(t.hours for t in taken if t.hours)
        yield _about(
            contract,
            "staffing.training",
            person,
            outcome,
            Message(text, **{**days, "until": earliest - ONE_DAY}),
            measured=trial.isoformat(),
            required=earliest.isoformat(),
            figures={
                "training_from": begun,
                "training_to": last,
                "trial_from": trial,
                "earliest": earliest,
                "months": months,
                **({"hours": hours} if hours else {}),
            },
        )


def _longest(trainings: Sequence[TrainingFact]) -> tuple[date, date | None]:
    """First and last day of the longest run of trainings without a day between them; a run whose last day
    is not on record has None."""
    runs: list[tuple[date, date | None]] = []
    for fact in trainings:
        first, last = runs[-1] if runs else (fact.starts_on, None)
        if runs and (last is None or fact.starts_on <= last + ONE_DAY):
            runs[-1] = (first, max(last, fact.ends_on) if last and fact.ends_on else None)
        else:
            runs.append((fact.starts_on, fact.ends_on))
    return max(runs, key=lambda run: ((run[1] or run[0]) - run[0], -run[0].toordinal()))


def _trained(as_of: date, *, start: date, last: date | None, trial: date, earliest: date) -> tuple[Outcome, str]:
    """The trial is not before the month is over, and the training lasted that month."""
    if trial > as_of:
        return Outcome.PENDING, TRAINED
    if trial < earliest:
        return Outcome.NOT_MET, TRAINED
    if last is None:
        return Outcome.UNDETERMINED, NO_LAST_DAY
    return (Outcome.MET, TRAINED) if last + ONE_DAY >= earliest else (Outcome.NOT_MET, TOO_SHORT)


TRAINED = _("Trained from %(start)s on, on trial from %(trial)s on; at the earliest from %(earliest)s on.")
NO_LAST_DAY = _(
    "Trained from %(start)s on, on trial from %(trial)s on; the last day of the training is not on record. The "
    "vendor is asked for proof that it lasted until %(until)s."
)
TOO_SHORT = _("Trained only from %(start)s to %(last)s; the agreed time would have lasted until %(until)s.")


def consecutive_failures(results: Sequence[TrialFact], limit: int) -> date | None:
    """The day on which `limit` failures in a row were reached, or None."""
    run = 0
    for result in sorted(results, key=lambda fact: fact.assessed_on):
        run = 0 if result.is_passed else run + 1
        if run >= limit:
            return result.assessed_on
    return None


def failed_trials(
    contract: ContractFacts,
    people: Iterable[PersonFact],
    trials: dict[int, list[TrialFact]],
    as_of: date,
    calendar: Calendar,
) -> Iterator[Finding]:
    """One finding for each person who failed the agreed number of assessments in a row."""
    for person in people:
        results = [fact for fact in trials.get(person.pk, []) if fact.assessed_on <= as_of]
        limit = contract.terms.on(person.first_day, "failed_trials_limit")
        event = consecutive_failures(results, limit)
        if event is None or event > contract.last_day:
            continue
        deadline = deadline_after(
            event,
            days=contract.policies.on(event, "failed_trial_move_days"),
            roll=contract.roll(event),
            calendar=calendar,
        )
        moved_on = _moved_on(person, event)
        if moved_on is not None and moved_on > as_of:
            moved_on = None
        outcome, ended = Outcome(standing(deadline, as_of, moved_on)), False
        if moved_on is None and as_of > contract.last_day:
            outcome, ended = at_the_end(deadline, contract.last_day)
        if ended:
            message = Message(
                _(
                    "Failed %(limit)d assessments in a row on %(event)s; the contract ended before "
                    "the time to move the person ran out (%(due)s)."
                ),
                limit=limit,
                event=event,
                due=deadline.last_day,
            )
        elif moved_on is None:
            message = Message(
                _("Failed %(limit)d assessments in a row on %(event)s; the vendor moves the person by %(due)s."),
                limit=limit,
                event=event,
                due=deadline.last_day,
            )
        else:
            message = Message(
                _(
                    "Failed %(limit)d assessments in a row on %(event)s, due to be moved by %(due)s; "
                    "moved on %(moved)s."
                ),
                limit=limit,
                event=event,
                due=deadline.last_day,
                moved=moved_on,
            )
        yield _about(
            contract,
            "staffing.failed_trials",
            person,
            outcome,
            message,
            period=(event, event),
            nominal_due_on=deadline.nominal,
            legal_due_on=deadline.legal,
            measured=moved_on.isoformat() if moved_on else "",
            required=deadline.last_day.isoformat(),
            figures={"failed_on": event, "moved_on": moved_on, "limit": limit},
            done_on=moved_on,
        )


def employment_contract(
    contract: ContractFacts,
    people: Iterable[PersonFact],
    employed: dict[int, list[EmploymentFact]],
    as_of: date,
    calendar: Calendar,
) -> Iterator[Finding]:
    """One finding for each person who served: is employment on file for the days served?"""
    until = min(as_of, contract.last_day)
    for person in people:
        if not person.served(contract):
            continue
        on_file = employed.get(person.pk, [])
        if (asked := _past_retirement(contract, person, on_file, until)) is not None:
            yield asked
            continue
        grace = deadline_after(person.hired_on, months=1, roll=Roll.NEVER, calendar=calendar).nominal
        gap = first_uncovered(person.assigned_days(until), on_file, grace)
        if gap is None:
            covered = first_uncovered(person.assigned_days(until), on_file, date.min) is None
            outcome = Outcome.PENDING if not covered and as_of <= grace else Outcome.MET
            if covered:
                message = Message(_("The labour contract on file covers the days served."))
            elif outcome == Outcome.PENDING:
                message = Message(_("The labour contract is due on file by %(day)s."), day=grace)
            else:
                message = Message(_("The service ended before a labour contract was due (%(day)s)."), day=grace)
        elif on_file:
            outcome = Outcome.NOT_MET
            message = Message(_("On post on %(day)s, a day that no labour contract on file covers."), day=gap)
        else:
            outcome = Outcome.UNDETERMINED
            message = Message(
                _("On post since %(first)s; no labour contract is on file. The vendor is asked for proof."),
                first=person.first_day,
            )
        yield _about(
            contract,
            "staffing.employment_contract",
            person,
            outcome,
            message,
            nominal_due_on=grace if not on_file else None,
            legal_due_on=grace if not on_file else None,
            measured=gap.isoformat() if gap else "",
            figures={"first_uncovered": gap, "on_file": len(on_file), "hired_on": person.hired_on},
        )


def _past_retirement(
    contract: ContractFacts, person: PersonFact, on_file: Sequence[EmploymentFact], until: date
) -> Finding | None:
    """The question which paper covers somebody past retirement; None where it does not arise, or is answered."""
    day = person.retires_on
    if day is None or not any(last >= day for _first, last in person.assigned_days(until)):
        return None
    if (
        first_uncovered(person.assigned_days(until), [one for one in on_file if one.starts_on >= day], day - ONE_DAY)
        is None
    ):
        return None
    return _about(
        contract,
        "staffing.employment_contract",
        person,
        Outcome.UNDETERMINED,
        Message(
            _(
                "On post past the retirement day (%(day)s at the earliest); no paper on file begins on that day or "
                "later. Which paper covers the relation? The vendor is asked for proof."
            ),
            day=day,
        ),
        measured=day.isoformat(),
        figures={"retires_on": day, "on_file": len(on_file), "hired_on": person.hired_on},
    )


def _moved_on(person: PersonFact, event: date) -> date | None:
    """The last day in the post held on `event`: the person left it, or took another post."""
    held = person.span_on(event)
    return held.ends_on if held is not None else event


def _listed(names: dict[str, str], keys: Sequence[str]) -> Message:
    """Names in a row, each in the reader's language."""
    parts = {f"p{n}": Message(names[key]) for n, key in enumerate(keys)}
    return Message(", ".join(f"%({part})s" for part in parts), **parts)


def _about(
    contract: ContractFacts, check_id: str, person: PersonFact, outcome: Outcome, message: Message, **rest: Any
) -> Finding:
    return Finding(
        check_id=check_id,
        contract_id=contract.pk,
        outcome=outcome,
        subject=Subject("staffing.Operator", person.pk, person.name),
        message=message,
        evidence=(Evidence("staffing.Operator", person.pk, person.name),),
        **rest,
    )
