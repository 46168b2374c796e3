"""What a contract needs before it is checked, step by step; each step is a plain form with a way back here.

An app above adds the steps that it knows:

    @step(50)
    def posts(contract: Contract) -> Step: ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from contract.models import Contract, Membership
from contract.selectors import contract_facts
from contract.selectors.evaluation import evaluated_to
from contract.selectors.readiness import essential
from contract.terms import POLICIES, TERMS


@dataclass(frozen=True)
class Step:
    """A step: what it is about, how far it has come in words, whether that will do, and where to go on."""

    title: str
    text: str
    done: bool
    url: str
    link: str
    more: tuple[tuple[str, str], ...] = ()


StepFunction = Callable[[Contract], Step | None]
_steps: list[tuple[int, StepFunction]] = []


def step(order: int) -> Callable[[StepFunction], StepFunction]:
    """Add a step to the guide; `order` is its place, in tens."""

    def decorate(function: StepFunction) -> StepFunction:
        _steps.append((order, function))
        return function

    return decorate


def steps(contract: Contract) -> list[Step]:
    """All steps of a contract in their order; one that does not concern it is left out."""
    found = [function(contract) for _order, function in sorted(_steps, key=lambda item: item[0])]
    return [one for one in found if one is not None]


def page(name: str, contract: Contract) -> str:
    """The address of a setup page of a contract."""
    return reverse(f"admin:contract_contract_{name}", args=[contract.pk])


def listed(model: str, contract: Contract, action: str = "changelist", **more: str) -> str:
    """The address of a list, or of an empty form that leads back here once it is saved, of rows of a contract."""
    own = {"contract": contract.pk, "_guide": 1} if action == "add" else {"contract__id__exact": contract.pk}
    query: dict[str, str | int] = {**own, **more}
    return f"{reverse(f'admin:{model}_{action}')}?{urlencode(query)}"


@step(10)
def facts(contract: Contract) -> Step:
    url = reverse("admin:contract_contract_change", args=[contract.pk])
    text = _("%(number)s, %(first)s to %(last)s, between %(office)s and %(vendor)s") % {
        "number": contract.number,
        "first": contract.starts_on,
        "last": contract.ends_on,
        "office": contract.office,
        "vendor": contract.vendor,
    }
    return Step(_("Contract and parties"), text, True, url, _("Look at it, or correct it"))


@step(20)
def clauses(contract: Contract) -> Step:
    rows = list(contract.clauses.prefetch_related("obligations"))
    carried = sum(len(row.obligations.all()) for row in rows)
    bare = sum(not row.obligations.all() and not row.exemption for row in rows)
    text = _("%(clauses)d clauses carry %(checks)d checks; %(bare)d carry neither a check nor an exemption") % {
        "clauses": len(rows),
        "checks": carried,
        "bare": bare,
    }
    more = ((listed("contract_clause", contract, "add"), _("Add a clause")),)
    return Step(_("Clauses and checks"), text, bool(carried) and not bare, page("checks", contract), _("Checks"), more)


@step(30)
def figures(contract: Contract) -> Step:
    known = {row.key: row.value for row in contract.term_rows.all()}
    missing = [str(TERMS[key].label) for key in essential(known.get("fee_basis")) if key not in known]
    text = _("%(count)d of %(all)d figures are entered") % {"count": len(known.keys() & set(TERMS)), "all": len(TERMS)}
    if missing:
        text = _("%(text)s; missing: %(figures)s") % {"text": text, "figures": "、".join(missing)}
    url = listed("contract_term", contract)
    more = ((listed("contract_term", contract, "add"), _("Add a figure")),)
    return Step(_("Figures of the contract"), text, not missing, url, _("To the figures"), more)


@step(40)
def readings(contract: Contract) -> Step:
    held = contract_facts(contract.pk, contract.starts_on)
    open_ = sum(not held.policies.confirmed(contract.starts_on, key) for key in POLICIES)
    text = _("%(count)d readings, of which %(open)d await the written confirmation of both sides") % {
        "count": len(POLICIES),
        "open": open_,
    }
    return Step(_("Readings"), text, not open_, page("readings", contract), _("Confirm readings"))


@step(70)
def users(contract: Contract) -> Step:
    names = {
        side: [
            member.user.get_full_name() or member.user.username
            for member in Membership.objects.filter(party=party, user__is_active=True).select_related("user")
        ]
        for side, party in (("office", contract.office), ("vendor", contract.vendor))
    }
    text = _("office: %(office)s; vendor: %(vendor)s") % {
        side: "、".join(found) or _("nobody") for side, found in names.items()
    }
    url = reverse("admin:contract_contract_people")
    return Step(_("Users of both sides"), text, all(names.values()), url, _("Who has which role"))


@step(80)
def opening(contract: Contract) -> Step | None:
    if contract.in_use_from is None or contract.in_use_from == contract.starts_on:
        return None
    count = contract.opening_facts.filter(withdrawn_on__isnull=True).count()
    text = _("Judged from %(day)s; %(count)d opening facts are on record") % {
        "day": contract.in_use_from,
        "count": count,
    }
    return Step(
        _("Opening facts"),
        text,
        bool(count),
        listed("contract_openingfact", contract, "add"),
        _("Add an opening fact"),
        ((listed("contract_openingfact", contract), _("Opening facts")),),
    )


@step(90)
def first_evaluation(contract: Contract) -> Step:
    day: date | None = evaluated_to([contract.pk])[contract.pk]
    text = _("Evaluated as of %(day)s") % {"day": day} if day else _("Never evaluated")
    return Step(_("First evaluation"), text, day is not None, page("evaluate", contract), _("Evaluate now"))
