"""What is to be thought of before a contract goes into its next term, and how both stand side by side.

An app above adds what it knows:

    @asks(50)
    def undertakings(contract: Contract, today: date) -> Question: ...
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from contract.choices import UNDECIDED
from contract.duties.models import RenewalAssessment
from contract.models import Alert, Contract
from contract.rules.shares import at_last_fee, cycle_of, fee_of_term
from contract.selectors import contract_facts
from contract.selectors.evaluation import evaluated_to
from contract.selectors.readiness import lacks
from law.periods import last_day_of_term


@dataclass(frozen=True)
class Question:
    """Something to be seen to: what, how it stands in words, and whether that will do (None: a person decides).

    `is_reported`: it rests on what was reported and evaluated, so without that nothing is in order.
    """

    title: str
    text: str
    settled: bool | None
    is_reported: bool = False


QuestionFunction = Callable[[Contract, date], Question | None]
_questions: list[tuple[int, QuestionFunction]] = []


def asks(order: int) -> Callable[[QuestionFunction], QuestionFunction]:
    """Add a question to the checklist; `order` is its place, in tens."""

    def decorate(function: QuestionFunction) -> QuestionFunction:
        _questions.append((order, function))
        return function

    return decorate


def checklist(contract: Contract, today: date) -> list[Question]:
    """Everything that is to be seen to before, at and after the change of terms."""
    found = [ask(contract, today) for _order, ask in sorted(_questions, key=lambda item: item[0])]
    asked = [question for question in found if question is not None]
    missing = lacks([contract_facts(contract.pk, min(today, contract.last_day))])[contract.pk]
    if missing or evaluated_to([contract.pk])[contract.pk] is None:
        asked = [replace(one, settled=None) if one.is_reported and one.settled else one for one in asked]
    return asked


@asks(10)
def assessment(contract: Contract, today: date) -> Question:
    """Article 17: renewed only after a passed assessment."""
    done = RenewalAssessment.objects.filter(contract=contract).order_by("pk").last()
    title = _("Assessment before the renewal")
    if done is None:
        return Question(title, _("No assessment is on record."), False)
    if done.passed is None:
        text = _("Assessed on %(day)s, without a result.")
    elif done.passed:
        text = _("Passed on %(day)s with %(result)s points.")
    else:
        text = _("Not passed on %(day)s: %(result)s points.")
    return Question(title, text % {"day": done.assessed_on, "result": done.result}, done.passed)


@asks(20)
def tender(contract: Contract, today: date) -> Question:
    """Article 17: never beyond the tender's last year."""
    years = contract_facts(contract.pk, contract.last_day).terms.row(contract.starts_on, "tender_years")
    begun = contract.tender_starts_on
    title = _("Years of the tender")
    if years is None or begun is None:
        return Question(title, _("The tender's first day or its years are not entered."), False)
    last = last_day_of_term(begun, years=int(years.value))
    end = last_day_of_term(contract.last_day + timedelta(days=1), years=1)
    text = _("The tender serves to %(last)s; another year would end on %(end)s.") % {"last": last, "end": end}
    return Question(title, text, end <= last)


@asks(30)
def budget(contract: Contract, today: date) -> Question:
    """What another year at the same fee costs."""
    facts = contract_facts(contract.pk, contract.last_day)
    try:
        amount = f"{fee_of_term(at_last_fee(facts), cycle_of(facts)):,.2f}"
    except (KeyError, ValueError):
        amount = "–"
    return Question(_("Budget"), _("Another term at the same fee costs %(fee)s yuan.") % {"fee": amount}, None)


@asks(40)
def no_gap(contract: Contract, today: date) -> Question:
    """Article 5: no day between two terms."""
    after: Contract | None = getattr(contract, "successor", None)
    title = _("No gap between two terms")
    if after is None:
        left = (contract.last_day - today).days
        text = _("No next term is on record; this one ends on %(day)s.") % {"day": contract.last_day}
        return Question(title, text, False if left < 0 else None)
    days = (after.starts_on - contract.last_day).days - 1
    return Question(
        title,
        _("%(days)d days lie between %(old)s and %(new)s.")
        % {"days": days, "old": contract.last_day, "new": after.starts_on},
        days == 0,
    )


@asks(90)
def open_cases(contract: Contract, today: date) -> Question:
    """What the old term leaves open goes on beside the new one."""
    count = Alert.objects.filter(contract=contract, status__in=UNDECIDED).count()
    return Question(
        _("Open cases of this term"),
        _("%(count)d cases are open; they go on after the end.") % {"count": count},
        count == 0,
        is_reported=True,
    )
