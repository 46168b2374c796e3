"""Letters: written from an alert, a demand or an event in two clicks, followed to their arrival."""

import uuid
from typing import Any, cast

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from contract.admin import confirmation
from contract.admin.base import ReadOnlyMixin, ScopedAdmin
from contract.admin.display import days_left, row_url
from contract.admin.pages import RowPage
from contract.delivery.admin import message_badge
from contract.delivery.models import OutboxMessage
from contract.letters.admin.arrivals import arrival_form, record, refuse
from contract.letters.admin.panels import arrival_badge, issue_url
from contract.letters.choices import NoticeKind, NoticeMeans
from contract.letters.models import LONGEST, Notice
from contract.letters.services import notices
from contract.letters.services.subjects import kinds_for, matters, subject_kind
from contract.models import Contract
from contract.records import contract_of
from contract.selectors import visible_contracts
from contract.wording import article
from kit import clock
from kit.errors import Conflict
from kit.files.downloads import pdf_response
from kit.files.uploads import scan_response


class NoticeForm(forms.Form):
    """What a person decides about a letter; the rest follows from the records."""

    kind = forms.ChoiceField(label=_("kind"), widget=UnfoldAdminRadioSelectWidget())
    recipient_person = forms.CharField(
        label=_("recipient (person)"), max_length=60, required=False, widget=UnfoldAdminTextInputWidget()
    )
    days = forms.IntegerField(
        label=_("days from the arrival"),
        required=False,
        min_value=1,
        max_value=LONGEST,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("Left empty: what the contract or the policy on answers says."),
    )
    means = forms.ChoiceField(
        label=_("sent by"),
        choices=NoticeMeans.choices,
        widget=UnfoldAdminSelectWidget(),
        help_text=_("The vendor can read it in the system and by e-mail in any case."),
    )
    readings = forms.MultipleChoiceField(
        label=_("readings to confirm"),
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text=_("Those that are marked stand in the letter with their values."),
    )
    extra = forms.CharField(
        label=_("further matters"),
        max_length=2000,
        required=False,
        strip=True,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Printed as a section of its own. Address the vendor, never its staff."),
    )
    reason = forms.CharField(
        label=_("reason of the correction"),
        max_length=300,
        required=False,
        strip=True,
        widget=UnfoldAdminTextInputWidget(),
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, kinds: list[NoticeKind], readings: list[tuple[str, str, str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["kind"]).choices = [(kind.value, kind.label) for kind in kinds]
        if not readings:
            del self.fields["readings"]
            return
        field = cast(forms.MultipleChoiceField, self.fields["readings"])
        field.choices = [
            (key, f"{article(ref) if ref else ''} {label}：{value}".strip()) for key, ref, label, value in readings
        ]
        field.initial = [key for key, *_rest in readings]


class ArrivedFilter(DropdownFilter):
    title = _("arrival")
    parameter_name = "arrived"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("not acknowledged")), ("yes", _("arrived"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        if self.value() not in ("no", "yes"):
            return queryset
        return queryset.filter(arrivals__isnull=self.value() == "no").distinct()


@admin.register(Notice)
class NoticeAdmin(ReadOnlyMixin, RowPage, ScopedAdmin):
    row_template = "admin/notice/detail.html"
    list_display = ["number", "kind", "recipient", "issued_on", "arrival_mark", "due", "contract_number"]
    list_select_related = ["recipient", "contract", "corrected_by"]
    list_filter = [ArrivedFilter, ("kind", ChoicesDropdownFilter), ("contract", AutocompleteSelectFilter)]
    search_fields = ["number", "title", "subjects__name"]
    search_help_text = _("Number, title or subject")
    date_hierarchy = "issued_on"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        return super().get_queryset(request).prefetch_related("arrivals").defer("facts", "corrected_by__facts")

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("issue/", self.admin_site.admin_view(self.issue_view), name="contract_notice_issue"),
            path("<int:pk>/pdf/", self.admin_site.admin_view(self.pdf_view), name="contract_notice_pdf"),
            path("<int:pk>/proof/", self.admin_site.admin_view(self.proof_view), name="contract_notice_proof"),
        ]
        return [*own, *super().get_urls()]

    @display(description=_("arrival"))
    def arrival_mark(self, row: Notice) -> SafeString:
        return arrival_badge(row)

    @display(description=_("due on"), empty_value="–")
    def due(self, row: Notice) -> Any:
        arrival = row.arrival
        return arrival and (arrival.legal_due_on or arrival.nominal_due_on)

    @display(description=_("contract"), ordering="contract__number")
    def contract_number(self, row: Notice) -> str:
        return row.contract.number

    # --- Writing ------------------------------------------------------------------------------

    def issue_view(self, request: HttpRequest) -> HttpResponseBase:
        """The form of a letter about the records that the address names; draft, then issue."""
        if not request.user.has_perm("contract.add_notice"):
            raise PermissionDenied
        subjects, contract = self._subjects(request)
        corrects = self._corrects(request)
        kinds = [corrects.kind] if corrects else kinds_for(subjects)
        kinds = [NoticeKind(kind) for kind in kinds]
        if not kinds:
            messages.error(request, gettext("There is no letter to write about this (any more)."))
            return HttpResponseRedirect(row_url(request, *subjects[0]) or reverse("admin:index"))
        initial = {
            "kind": self._wanted(request, kinds),
            "recipient_person": contract.vendor_agent,
            "means": NoticeMeans.SYSTEM,
            "token": uuid.uuid4(),
        }
        found = matters(contract, subjects, clock.today())
        readings = [row for matter in found for row in matter.details.get("readings", [])]
        sent = request.POST if request.method == "POST" else None
        form = NoticeForm(sent, kinds=kinds, readings=readings, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                answer = self._write(request, form, contract, subjects, corrects)
            except confirmation.Needed as needed:
                return needed.page(self.admin_site)
            if answer is not None:
                return answer
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Write a letter"),
            "form": form,
            "contract": contract,
            "matters": found,
            "subjects": [f"{label}:{pk}" for label, pk in subjects],
            "corrects": corrects,
        }
        return TemplateResponse(request, "admin/notice/issue.html", context)

    def _write(
        self,
        request: HttpRequest,
        form: NoticeForm,
        contract: Contract,
        subjects: list[tuple[str, int]],
        corrects: Notice | None,
    ) -> HttpResponseBase | None:
        """The draft, or the issued letter's page; None leaves the form with what is wrong."""
        data = form.cleaned_data
        writing = notices.Writing(
            kind=NoticeKind(data["kind"]),
            subjects=tuple(subjects),
            days=data["days"],
            recipient_person=data["recipient_person"],
            extra=data["extra"],
            means=NoticeMeans(data["means"]),
            corrects=corrects,
            reason=data["reason"],
            readings=tuple(data["readings"]) if "readings" in data else None,
        )
        letter: dict[str, Any] = {"contract": contract, "writing": writing, "actor": request.user, "on": clock.today()}
        try:
            if request.POST.get("step") == "preview":
                return pdf_response(notices.preview_notice(**letter), gettext("Letter (draft)"), inline=True)
            notices.check_notice(**letter)
            confirmation.require(request, gettext("Issue the letter"), lambda: _foretold(contract, writing))
            notice = notices.issue_notice(**letter, at=clock.now(), token=data["token"])
        except Conflict as conflict:
            form.add_error(None, str(conflict))
            return None
        except ValidationError as error:
            refuse(form, error)
            return None
        messages.success(request, gettext("Letter %(number)s is issued.") % {"number": notice.number})
        return HttpResponseRedirect(reverse("admin:contract_notice_change", args=[notice.pk]))

    def _subjects(self, request: HttpRequest) -> tuple[list[tuple[str, int]], Contract]:
        """What the letter is about, on a contract that the person may see. Http404 otherwise."""
        asked = request.POST.getlist("subject") or request.GET.getlist("subject")
        subjects = []
        contract_ids: set[int | None] = set()
        for item in asked[: notices.SUBJECTS]:
            label, _colon, number = item.rpartition(":")
            try:
                subject_kind(label)
            except ValidationError:
                raise Http404 from None
            if not number.isdecimal() or len(number) > 18:
                raise Http404
            row = apps.get_model(label)._default_manager.filter(pk=int(number)).first()
            contract_ids.add(row.pk if isinstance(row, Contract) else contract_of(row))
            subjects.append((label, int(number)))
        contract = visible_contracts(request.user).filter(pk__in=[n for n in contract_ids if n]).first()
        if contract is None or len(contract_ids) != 1:
            raise Http404
        return subjects, contract

    def _corrects(self, request: HttpRequest) -> Notice | None:
        asked = request.POST.get("corrects") or request.GET.get("corrects")
        if not asked:
            return None
        found: Notice | None = self.get_object(request, asked)
        if found is None:
            raise Http404
        return found

    @staticmethod
    def _wanted(request: HttpRequest, kinds: list[NoticeKind]) -> NoticeKind:
        asked = request.GET.get("kind")
        return next((kind for kind in kinds if kind.value == asked), kinds[0])

    # --- The page of one letter -----------------------------------------------------------------

    def answer(self, request: HttpRequest, notice: Notice) -> dict[str, Any] | HttpResponse:
        arrival = notice.arrival
        form = arrival_form(request, arrival)
        if request.method == "POST":
            if form is None or str(arrival.pk if arrival else "") != request.POST.get("corrects", ""):
                messages.error(request, gettext("The arrival is on record already."))
                return HttpResponseRedirect(request.path)
            if form.is_valid() and record(request, notice, form):
                return HttpResponseRedirect(request.path)
        return {
            "title": notice.number,
            "notice": notice,
            "facts": notice.facts,
            "mark": arrival_badge(notice),
            "arrival": arrival,
            "wrong_arrivals": [
                (one.corrects, one)
                for one in notice.arrivals.select_related("corrects__recorded_by", "recorded_by")
                if one.corrects
            ],
            "left": arrival and days_left(arrival.legal_due_on or arrival.nominal_due_on, clock.today()),
            "form": form,
            "subjects": [(row, row_url(request, row.subject_label, row.subject_pk)) for row in notice.subjects.all()],
            "messages_sent": [
                (row, message_badge(row))
                for row in OutboxMessage.objects.filter(
                    contract=notice.contract_id, dedupe_key=f"notice:{notice.pk}"
                ).select_related("endpoint")[:50]
            ],
            "correct_url": issue_url(
                *((row.subject_label, row.subject_pk) for row in notice.subjects.all()), corrects=notice.pk
            ),
            "may_correct": request.user.has_perm("contract.add_notice") and not hasattr(notice, "corrected_by"),
        }

    def pdf_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        notice = self._readable(request, pk)
        try:
            return pdf_response(notices.read_notice(notice), f"{notice.number} {notice.title}", inline=True)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(reverse("admin:contract_notice_change", args=[pk]))

    def proof_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        notice = self._readable(request, pk)
        asked = request.GET.get("arrival", "")
        arrival = notice.arrivals.filter(pk=int(asked)).first() if asked.isdecimal() else notice.arrival
        if arrival is None:
            raise Http404
        return scan_response(arrival.proof, gettext("Proof of arrival %(pk)d") % {"pk": pk})

    def _readable(self, request: HttpRequest, pk: int) -> Notice:
        notice: Notice | None = self.get_object(request, str(pk))
        if notice is None:
            raise Http404
        if not self.has_view_permission(request, notice):
            raise PermissionDenied
        return notice


def _foretold(contract: Contract, writing: notices.Writing) -> list[str]:
    """What the issuing of a letter means, before it is issued."""
    what = {
        "kind": writing.kind.label,
        "vendor": contract.vendor,
        "person": writing.recipient_person or "–",
        "means": writing.means.label,
        "count": len(writing.subjects),
    }
    said = [
        gettext(
            "“%(kind)s” to %(vendor)s (%(person)s) about %(count)d matter(s) is numbered, kept and sent: %(means)s."
        )
        % what
    ]
    if writing.days:
        said.append(gettext("It sets %(days)d days, counted from its arrival.") % {"days": writing.days})
    if writing.corrects:
        said.append(gettext("It corrects %(number)s, which stays readable.") % {"number": writing.corrects.number})
    return [*said, gettext("An issued letter is never changed or deleted; a later one corrects it.")]
