"""The pages of the first hour and of the next year, below those of contracts."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from contract import registry
from contract.admin.agreement import ContractAdmin
from contract.admin.base import Part
from contract.admin.display import badge, state
from contract.board import clause_board
from contract.letters.choices import NoticeKind
from contract.letters.models import Notice
from contract.loading import load, read_document
from contract.models import Contract, Membership, Obligation, Party, Policy
from contract.records import enter, save
from contract.selectors import contract_facts, visible_contracts
from contract.selectors.evaluation import evaluated_to
from contract.selectors.readiness import lacks
from contract.services import WrongDay
from contract.setup import drafting, guide
from contract.setup.consequences import evaluate_now
from contract.setup.forms import DOCUMENT, EMPTY, REFERENCE, BeginForm, ConfirmForm, RenewForm
from contract.setup.needs import NEEDS
from contract.setup.people_admin import PeoplePages
from contract.setup.renewal import checklist
from contract.terms import POLICIES
from kit import clock

NOT_YOURS = gettext_lazy(
    "The office of this document is %(office)s (%(code)s), for which you do not act. Correct name and credit code of "
    "the office in the document to those of your own: %(own)s. Nothing was written."
)


class SetupPages(Part):
    """Begin a contract, see what it still lacks, hang checks on it, evaluate it now, renew it."""

    def urls(self) -> list[URLPattern]:
        view = self.model_admin.admin_site.admin_view
        pages = {
            "setup": self.guide_view,
            "checks": self.checks_view,
            "readings": self.readings_view,
            "evaluate": self.evaluate_view,
            "renew": self.renew_view,
        }
        return [
            path("begin/", view(self.begin_view), name="contract_contract_begin"),
            *(
                path(f"<int:pk>/{name}/", view(function), name=f"contract_contract_{name}")
                for name, function in pages.items()
            ),
        ]

    # --- The pages --------------------------------------------------------------------------

    def begin_view(self, request: HttpRequest) -> HttpResponse:
        """A new contract, from the reference, another one, a document, or nothing."""
        _require(request, "contract.add_contract")
        contracts = visible_contracts(request.user).order_by("-starts_on", "number")
        form = BeginForm(list(contracts), *_parties(request), request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                contract = self._begun(request, form, contracts)
            except ValidationError as error:
                for name, sentences in _by_field(error):
                    form.add_error(name if name in form.fields else None, sentences)
            else:
                messages.success(request, _("The contract is there. See below what it still lacks."))
                return redirect(guide.page("setup", contract))
        return self._page(request, "begin", {"title": _("A new contract"), "form": form})

    def guide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is done, what is open, what is covered, and what the night will look at."""
        contract = _contract(request, pk, "contract.view_contract")
        board = clause_board(contract, clock.today())
        carried = set(board.facts.obligations)
        context = {
            "title": _("Setting up %(number)s") % {"number": contract.number},
            "contract": contract,
            "steps": [
                (
                    one,
                    badge("good", "check_circle", pgettext("step", "done"))
                    if one.done
                    else badge("warn", "pending", pgettext("step", "open")),
                )
                for one in guide.steps(contract)
            ],
            "lacks": board.lacks,
            "board": board,
            "clauses": [clause for article in board.articles for clause in article.clauses],
            "carried": len(carried),
            "left_out": [
                (one, NEEDS[one.check_id]) for one in registry.checks().values() if one.check_id not in carried
            ],
        }
        return self._page(request, "guide", context)

    def checks_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The program's checks that no clause carries yet, with what each needs; chosen ones are hung on a clause."""
        contract = _contract(request, pk, "contract.add_obligation")
        clauses = {str(row.pk): row for row in contract.clauses.all()}
        carried = {row.check_id: row.clause for row in contract.obligations.select_related("clause")}
        free = [check for check in registry.checks().values() if check.check_id not in carried]
        if request.method == "POST":
            chosen = [(check, clauses.get(request.POST.get(check.check_id, ""))) for check in free]
            rows = [
                enter(Obligation(contract=contract, clause=clause, check_id=check.check_id))
                for check, clause in chosen
                if clause is not None
            ]
            text = ngettext("%(count)d check was added.", "%(count)d checks were added.", len(rows))
            messages.success(request, text % {"count": len(rows)})
            return redirect(guide.page("setup", contract))
        context = {
            "title": _("Checks of %(number)s") % {"number": contract.number},
            "contract": contract,
            "clauses": clauses.values(),
            "carried": [(registry.title(check_id), NEEDS.get(check_id, ""), at) for check_id, at in carried.items()],
            "free": [(check, NEEDS[check.check_id]) for check in free],
        }
        return self._page(request, "checks", context)

    def readings_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The readings with their values; those chosen are confirmed by a letter of both sides."""
        contract = _contract(request, pk, "contract.change_policy")
        facts = contract_facts(contract.pk, contract.starts_on)
        held = facts.policies
        day = contract.starts_on
        newest = Notice.objects.filter(contract=contract, kind=NoticeKind.READINGS).first()
        form = ConfirmForm(request.POST or None, initial={"confirmation": str(newest or "")})
        if request.method == "POST" and form.is_valid():
            keys = [key for key in request.POST.getlist("keys") if key in POLICIES]
            rows = {row.key: row for row in contract.policy_rows.filter(effective_from=day)}
            for key in keys:
                value = POLICIES[key].write(held.on(day, key))
                row = rows.get(key) or Policy(contract=contract, key=key, effective_from=day, value=value)
                row.confirmed_on = form.cleaned_data["confirmed_on"]
                row.confirmation = form.cleaned_data["confirmation"]
                save(row)
            text = ngettext("%(count)d reading is confirmed.", "%(count)d readings are confirmed.", len(keys))
            messages.success(request, text % {"count": len(keys)})
            return redirect(guide.page("setup", contract))
        signed = contract.policy_rows.filter(effective_from__lte=day, confirmed_on__isnull=False)
        papers = {row.key: row for row in signed.order_by("effective_from")}
        context = {
            "title": _("Readings of %(number)s") % {"number": contract.number},
            "contract": contract,
            "form": form,
            "rows": [
                (
                    key,
                    facts.clause_of(one.check),
                    one,
                    one.display(held.on(day, key)),
                    papers.get(key) if held.confirmed(day, key) else None,
                )
                for key, one in POLICIES.items()
            ],
            "list": guide.listed("contract_policy", contract),
            "letter": f"{reverse('admin:contract_notice_issue')}?subject=contract.Contract:{pk}",
            "letters": Notice.objects.filter(contract=contract, kind=NoticeKind.READINGS).prefetch_related("arrivals"),
        }
        return self._page(request, "readings", context)

    def evaluate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A button that evaluates this contract as of today, and what that changed."""
        contract = _contract(request, pk, "contract.change_contract")
        context: dict[str, Any] = {"title": _("Evaluate %(number)s now") % {"number": contract.number}}
        if request.method == "POST":
            try:
                changes = evaluate_now(contract, today=clock.today(), now=clock.now())
            except WrongDay as error:
                messages.error(request, str(error))
            else:
                context["changes"] = [
                    (one, state(one.outcome, one.outcome.label), one.before and one.before.get_outcome_display())
                    for one in changes
                ]
        day = clock.today()
        context |= {
            "contract": contract,
            "today": day,
            "evaluated": evaluated_to([pk])[pk],
            "lacks": lacks([contract_facts(pk, day)])[pk],
            "board_url": f"{reverse('admin:contract_clause_board')}?contract={pk}",
        }
        return self._page(request, "evaluate", context)

    def renew_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The next term: what to think of, the facts that are asked for, and both contracts side by side."""
        old = _contract(request, pk, "contract.add_contract")
        new: Contract | None = getattr(old, "successor", None)
        form = None if new else RenewForm(old, request.POST or None)
        if request.method == "POST" and form is not None and form.is_valid():
            try:
                new = drafting.begin(drafting.as_document(old), form.start(), continues=old)
            except ValidationError as error:
                for name, sentences in _by_field(error):
                    form.add_error(name if name in form.fields else None, sentences)
            else:
                messages.success(request, _("The next term is there, with everything that was taken over."))
                return redirect(guide.page("renew", old))
        today = clock.today()
        context = {
            "title": _("The next term of %(number)s") % {"number": old.number},
            "contract": old,
            "form": form,
            "questions": [(one, _mark(one.settled)) for one in checklist(old, today)],
            "sides": [(one, guide.page("setup", one), _figures(one)) for one in (old, new) if one],
        }
        return self._page(request, "renew", context)

    # --- What they share --------------------------------------------------------------------

    @transaction.atomic
    def _begun(self, request: HttpRequest, form: BeginForm, contracts: Any) -> Contract:
        source = form.cleaned_data["source"]
        if source == DOCUMENT:
            with NamedTemporaryFile(suffix=".json") as kept:
                kept.write(form.cleaned_data["file"].read())
                kept.flush()
                contract = load(read_document(Path(kept.name))).contract
            offices = _parties(request)[0]
            if not offices.filter(pk=contract.office_id).exists():  # nobody who is here would see it again
                names = {"code": contract.office.credit_code, "own": "、".join(str(one) for one in offices)}
                raise ValidationError({"file": NOT_YOURS % {"office": contract.office, **names}})
            return contract
        if source in (REFERENCE, EMPTY):
            return drafting.begin(drafting.reference() if source == REFERENCE else drafting.empty(), form.start())
        return drafting.begin(drafting.as_document(contracts.get(pk=source)), form.start())

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        site = self.model_admin.admin_site
        frame = {**site.each_context(request), "opts": self.model_admin.opts}
        return TemplateResponse(request, f"admin/setup/{name}.html", frame | context)


def _require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _contract(request: HttpRequest, pk: int, permission: str) -> Contract:
    """A contract of the reader's, for who may; 404 for what is somebody else's."""
    _require(request, permission)
    contract = visible_contracts(request.user).select_related("office", "vendor").filter(pk=pk).first()
    if contract is None:
        raise Http404
    return contract


def _parties(request: HttpRequest) -> tuple[Any, Any]:
    """The offices that the reader acts for, and the parties that could be the vendor."""
    if request.user.is_superuser:
        return Party.objects.all(), Party.objects.all()
    own = Membership.objects.filter(user_id=request.user.pk or 0).values("party")
    return Party.objects.filter(pk__in=own), Party.objects.exclude(pk__in=own)


def _by_field(error: ValidationError) -> Iterator[tuple[str | None, list[str]]]:
    if hasattr(error, "error_dict"):
        yield from error.message_dict.items()
    else:
        yield None, error.messages


def _mark(settled: bool | None) -> Any:
    if settled is None:
        return badge("open", "help", _("to be decided"))
    return badge("good", "check_circle", _("in order")) if settled else badge("bad", "error", _("not in order"))


def _figures(contract: Contract) -> list[tuple[str, str]]:
    """The figures in force on the last day, for two contracts side by side."""
    terms = contract_facts(contract.pk, contract.last_day).terms
    found = [(one, terms.row(contract.last_day, key)) for key, one in terms.definitions.items()]
    return [(str(one.label), one.display(row.value)) for one, row in found if row is not None]


ContractAdmin.parts += [SetupPages, PeoplePages]
