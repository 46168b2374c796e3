"""A calculator of last days: an event, a length, and the answer with its reasons (Civil Code arts. 200 to 204)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contract import selectors
from contract.admin.pages import ContractPages
from contract.batch import ContractFacts
from contract.terms import POLICIES, TERMS
from contract.wording import article_label
from kit import clock
from law.calendar import Calendar, CalendarNotPublished
from law.periods import Roll, deadline_after, notice_before, working_days_after

AFTER, BEFORE = "after", "before"
# Times that a contract agrees on, and which way each is counted.
AGREED = {
    "backfill_days": AFTER,
    "replacement_days": AFTER,
    "force_majeure_notice_days": AFTER,
    "headcount_notice_days": BEFORE,
    "amendment_notice_months": BEFORE,
}
LONGEST = {"days": 3_660, "working_days": 1_000, "months": 120, "years": 10}


class DeadlineForm(forms.Form):
    """What to count from, which way, and how far."""

    event = forms.DateField(label=_("day of the event"), widget=forms.DateInput({"type": "date"}))
    clause = forms.ChoiceField(label=_("time agreed in the contract"), required=False)
    way = forms.ChoiceField(
        label=_("direction"), choices=[(AFTER, _("within so long after it")), (BEFORE, _("notice so long ahead of it"))]
    )
    number = forms.IntegerField(label=_("length"), min_value=1, max_value=LONGEST["days"])
    unit = forms.ChoiceField(
        label=_("unit"),
        choices=[
            ("days", _("days")),
            ("working_days", _("working days")),
            ("months", _("months")),
            ("years", _("years")),
        ],
    )
    roll = forms.ChoiceField(label=_("a last day that is a day off"), choices=[(r.value, r.value) for r in Roll])

    def __init__(self, *args: Any, agreed: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clause"].choices = [("", _("as entered beside")), *agreed.items()]  # type: ignore[attr-defined]
        self.fields["roll"].choices = [(r.value, POLICIES["deadline_roll"].display(r)) for r in Roll]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        unit, number = data.get("unit"), data.get("number")
        if unit and number and number > LONGEST[unit]:
            self.add_error("number", gettext("At most %(most)d in this unit.") % {"most": LONGEST[unit]})
        if data.get("way") == BEFORE and unit in ("working_days", "years"):
            self.add_error("unit", gettext("A notice ahead is counted in days or months."))
        return data


class DeadlinePages(ContractPages):
    """The page of the calculator, for the admin of clauses."""

    page_permission = "contract.view_clause"

    def get_urls(self) -> list[URLPattern]:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        own = path("deadline/", site.admin_view(self.deadline_view), name="contract_deadline")
        return [own, *super().get_urls()]  # type: ignore[misc]

    def deadline_view(self, request: HttpRequest) -> HttpResponse:
        """The last day and why; the roll is that of the chosen contract until another one is asked for."""
        contract, offered = self.chosen(request)
        roll, agreed = Roll.WEEKENDS_AND_HOLIDAYS, {}
        asked = request.GET.dict() if "event" in request.GET else {}
        if contract is not None:
            (facts,) = selectors.batch_of(contract, clock.today()).contracts
            day = min(max(clock.today(), contract.starts_on), contract.ends_on)
            roll, agreed = facts.roll(day), _agreed(facts, selectors.clauses_of(contract), day)
        key = asked.pop("clause", "")
        if key in agreed:  # the form shows what it stands for, to go on from there
            asked |= {"way": AGREED[key], "number": str(facts.terms.on(day, key)), "unit": key.rpartition("_")[2]}
        first = {"event": clock.today(), "way": AFTER, "number": 15, "unit": "days", "roll": roll.value}
        form = DeadlineForm(asked or None, initial=first, agreed=agreed)
        context: dict[str, Any] = {"title": _("Deadline calculator"), "offered": offered, "form": form}
        if asked and form.is_valid():
            wanted = {name: value for name, value in form.cleaned_data.items() if name != "clause"}
            context["answer"] = answer(**wanted, calendar=selectors.calendar())
            context["agreed"] = agreed.get(key)
        return self.page(request, "admin/contract/deadline.html", context, contract)


def _agreed(facts: ContractFacts, refs: dict[str, str], day: date) -> dict[str, str]:
    """The times that the contract agrees on, by their keys: article, name and length."""
    found = {}
    for key in AGREED:
        row, term = facts.terms.row(day, key), TERMS[key]
        if row is not None and row.value:
            found[key] = f"{article_label(refs.get(term.check, ''))} {term.label} {term.display(row.value)}"
    return found


def answer(*, event: date, way: str, number: int, unit: str, roll: str, calendar: Calendar) -> dict[str, Any]:
    """The days and the sentences of the page."""
    try:
        if way == BEFORE:
            return _before(event, number, unit, calendar)
        if unit == "working_days":
            last = working_days_after(event, number, calendar)
            counted = gettext("Counted from the day after the event; make-up working days count, days off do not.")
            return {"last": last, "days": [(_("last day"), last)], "reasons": [counted]}
        return _after(event, number, unit, Roll(roll), calendar)
    except CalendarNotPublished as unknown:
        return {"days": [], "reasons": [_unknown(unknown.year)]}
    except (OverflowError, ValueError):
        return {"days": [], "reasons": [gettext("That day lies beyond every calendar.")]}


def _after(event: date, number: int, unit: str, roll: Roll, calendar: Calendar) -> dict[str, Any]:
    found = deadline_after(event, roll=roll, calendar=calendar, **{unit: number})
    reasons = [
        gettext("The day of the event (%(day)s) is not counted (Civil Code, art. 201).") % {"day": _day(event)},
        gettext("Counting alone ends on %(day)s.") % {"day": _day(found.nominal)},
    ]
    if found.legal is None:
        year = int(found.reasons[0].partition(":")[2])
        return {"days": [(_("nominal last day"), found.nominal)], "reasons": [*reasons, _unknown(year)]}
    if found.legal != found.nominal:
        off = ", ".join(_day(day) for day in _between(found.nominal, found.legal))
        reasons.append(gettext("Days off: %(days)s. The last day moves on (Civil Code, art. 203).") % {"days": off})
    reasons.append(gettext("The last day is included and ends at 24:00."))
    return {"days": [(_("nominal last day"), found.nominal), (_("legal last day"), found.legal)], "reasons": reasons}


def _before(effective: date, number: int, unit: str, calendar: Calendar) -> dict[str, Any]:
    found = notice_before(effective, calendar=calendar, **{unit: number})
    days = [
        (_("latest arguable day"), found.latest_arguable),
        (_("latest day with clear days between"), found.latest_clear),
    ]
    reasons = [
        gettext("Whether the day of the notice itself counts is disputed, so both readings stand here."),
        gettext("A notice counts from its arrival, and a day off moves the safe day earlier, never later."),
    ]
    if found.latest_safe is None:
        reasons.append(_unknown(found.latest_clear.year))
    else:
        days.append((_("latest safe day"), found.latest_safe))
    return {"days": days, "reasons": reasons}


def _between(first: date, end: date) -> Iterator[date]:
    while first < end:
        yield first
        first += timedelta(days=1)


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d} {date_format(day, 'l')}"


def _unknown(year: int) -> str:
    return gettext("The holiday schedule of %(year)d is not published: what a day off would change is not known.") % {
        "year": year
    }
