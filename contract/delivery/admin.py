"""Messages to the outside: what has not arrived, the proof of what has, and where webhooks go."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from contract.admin.base import Part, PartsMixin, ReadOnlyMixin, ScopedAdmin
from contract.admin.display import badge
from contract.admin.records import KeptAdmin
from contract.delivery import mail
from contract.delivery.choices import AttemptOutcome, Event, MessageState
from contract.delivery.models import DeliveryAttempt, Endpoint, MailServer, OutboxMessage
from contract.delivery.services import outbox
from contract.models import Membership
from contract.records import save
from kit import clock
from kit.errors import Conflict
from law.periods import BEIJING

STATES = {
    MessageState.WAITING: ("calm", "schedule"),
    MessageState.SENDING: ("calm", "hourglass_top"),
    MessageState.SENT: ("good", "mark_email_read"),
    MessageState.FAILED: ("bad", "error"),
}
OUTCOMES = {
    AttemptOutcome.UNKNOWN: ("open", "help"),
    AttemptOutcome.ACCEPTED: ("good", "check_circle"),
    AttemptOutcome.FAILED: ("warn", "warning"),
    AttemptOutcome.REFUSED: ("bad", "error"),
}
# Tried without success, given up, or broken off in the middle.
NOT_ARRIVED = Q(state=MessageState.FAILED) | (~Q(state=MessageState.SENT) & Q(tries__gt=0))


def message_badge(row: OutboxMessage) -> SafeString:
    """Where a message stands; one that has failed and waits says so."""
    if row.state == MessageState.WAITING and row.tries:
        return badge("warn", "warning", gettext("failed, tried again later"))
    return badge(*STATES[MessageState(row.state)], row.get_state_display())


class ArrivedFilter(DropdownFilter):
    """What did not arrive comes first."""

    title = _("delivery")
    parameter_name = "delivery"
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("", _("not arrived")), ("sent", _("taken over")), ("all", _("all messages"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
        match self.value():
            case "sent":
                return queryset.filter(state=MessageState.SENT)
            case "all":
                return queryset
        return queryset.filter(NOT_ARRIVED)


class AttemptInline(ReadOnlyMixin, TabularInline):
    model = DeliveryAttempt
    fields = ["started_at", "finished_at", "mark", "code", "detail", "remote_id", "body_sha256"]
    readonly_fields = ["mark"]
    ordering = ["-pk"]
    extra = 0

    @display(description=_("outcome"))
    def mark(self, row: DeliveryAttempt) -> SafeString:
        return badge(*OUTCOMES[AttemptOutcome(row.outcome)], row.get_outcome_display())


class TrialForm(forms.Form):
    address = forms.EmailField(label=_("e-mail address"), max_length=254, widget=UnfoldAdminTextInputWidget)


class ServerForm(forms.ModelForm):
    """The mail server as the administrator sets it. The password is typed in and never shown again."""

    password = forms.CharField(
        label=_("password"),
        max_length=200,
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("Sealed in the database, never shown again. Empty: unchanged."),
    )

    class Meta:
        model = MailServer
        fields = ["host", "port", "security", "user", "password", "sender"]
        widgets = {
            "host": UnfoldAdminTextInputWidget,
            "port": UnfoldAdminIntegerFieldWidget,
            "security": UnfoldAdminSelectWidget,
            "user": UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
            "sender": UnfoldAdminTextInputWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.pop("password", None)

    def clean_password(self) -> str:
        """The password kept stays with the server and the name that it was given for: another asks for it anew."""
        given: str = self.cleaned_data["password"]
        kept = MailServer.objects.filter(pk=self.instance.pk).first()
        if given or kept is None or not self.cleaned_data.get("user"):
            return given
        same = (kept.host, kept.user) == (self.cleaned_data.get("host"), self.cleaned_data["user"])
        return kept.password if same else ""


class MailPage(Part):
    """How mail leaves this installation: set by the administrator of the system, tried by a message."""

    def urls(self) -> list[URLPattern]:
        return [path("mail/", self.model_admin.admin_site.admin_view(self.mail_view), name="contract_mail")]

    def mail_view(self, request: HttpRequest) -> HttpResponse:
        """The server in force; the administrator sets it, whoever keeps accounts or the contract tries it."""
        if not request.user.has_perm("contract.view_evaluationrun"):
            raise PermissionDenied
        may = request.user.has_perm("auth.add_user") or request.user.has_perm("contract.change_contract")
        may_set = request.user.has_perm("contract.change_mailserver")
        sets = request.method == "POST" and "host" in request.POST
        if request.method == "POST" and not (may_set if sets else may):
            raise PermissionDenied
        row = MailServer.objects.first() or MailServer()
        setting = ServerForm(request.POST if sets else None, instance=row)
        if sets and setting.is_valid():
            save(setting.save(commit=False))
            messages.success(request, gettext("The mail server is set. Send a message to try it."))
            return redirect("admin:contract_mail")
        posted = request.POST if request.method == "POST" and not sets else None
        form = TrialForm(posted, initial={"address": getattr(request.user, "email", "")})
        context: dict[str, Any] = {
            "server": mail.server(),
            "environment": mail.environment(),
            "form": form if may else None,
            "setting": setting if may_set else None,
            "is_sample": bool(settings.DEMONSTRATION_DAY),
        }
        if posted is not None and form.is_valid():
            context |= self._tried(form.cleaned_data["address"])
        site = self.model_admin.admin_site
        frame = {**site.each_context(request), "opts": self.model_admin.opts, "title": gettext("Mail server")}
        return TemplateResponse(request, "admin/delivery/mail.html", frame | context)

    def _tried(self, address: str) -> dict[str, Any]:
        receipt = mail.trial(
            address,
            subject=gettext("Mail server test of the hotline contract system"),
            text=gettext("This message was sent by hand at %(at)s to try the mail server.")
            % {"at": clock.now().astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")},
        )
        outcome = AttemptOutcome(receipt.outcome)
        return {"receipt": receipt, "mark": badge(*OUTCOMES[outcome], outcome.label)}


@admin.register(OutboxMessage)
class OutboxMessageAdmin(PartsMixin, ReadOnlyMixin, ScopedAdmin):
    parts = [MailPage]
    list_display = ["subject_line", "recipient", "mark", "tries", "created_at", "next", "error"]
    list_select_related = ["endpoint"]
    list_filter = [ArrivedFilter, ("channel", ChoicesDropdownFilter), ("contract", AutocompleteSelectFilter)]
    search_fields = ["subject", "address", "kind"]
    search_help_text = _("Subject, address or occasion")
    date_hierarchy = "created_at"
    actions = ["send_again"]
    inlines = [AttemptInline]
    fieldsets = [
        (None, {"fields": ["subject", "occasion", "recipient", "mark", "error"]}),
        (
            _("Delivery"),
            {"fields": [("created_at", "sent_at"), ("tries", "next"), ("resent_by", "resent_at"), "number"]},
        ),
        (_("content"), {"fields": ["text", "emptied_at"]}),
    ]
    readonly_fields = ["occasion", "recipient", "mark", "next", "text", "number"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutboxMessage]:
        """Of the person's contracts, and what was sent to their own party across contracts."""
        rows = super(ScopedAdmin, self).get_queryset(request)
        if request.user.is_superuser:
            return rows
        scoped = super().get_queryset(request)
        parties = Membership.objects.filter(user_id=request.user.pk or 0).values("party_id")
        own = Q(contract__isnull=True, party__in=parties)
        return rows.filter(Q(pk__in=scoped.values("pk")) | own)

    @display(description=_("subject of the message"), ordering="subject")
    def subject_line(self, row: OutboxMessage) -> str:
        return row.subject or row.occasion

    @display(description=_("occasion"), ordering="kind")
    def occasion(self, row: OutboxMessage) -> str:
        return row.occasion

    @display(description=_("receiver"))
    def recipient(self, row: OutboxMessage) -> str:
        return row.address or str(row.endpoint)

    @display(description=_("state"), ordering="state")
    def mark(self, row: OutboxMessage) -> SafeString:
        return message_badge(row)

    @display(description=_("next attempt"), ordering="next_attempt_at", empty_value="–")
    def next(self, row: OutboxMessage) -> Any:
        return row.next_attempt_at if row.state == MessageState.WAITING else None

    @display(description=_("message number"))
    def number(self, row: OutboxMessage) -> str:
        return str(row.uid)

    @display(description=_("text"))
    def text(self, row: OutboxMessage) -> str:
        return str(row.payload.get("text", "")) or "–"

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("contract.change_outboxmessage")

    @action(description=_("Send again"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        """Send what is chosen once more, under its old number."""
        sent = 0
        for row in queryset.select_related("endpoint")[: outbox.AT_ONCE]:
            try:
                outbox.send_again(message=row, actor=request.user, at=clock.now())
                sent += 1
            except Conflict as conflict:
                messages.warning(request, str(conflict))
        if sent:
            text = ngettext(
                "%(n)d message is sent again within a minute.", "%(n)d messages are sent again within a minute.", sent
            )
            messages.success(request, text % {"n": sent})


class EndpointForm(forms.ModelForm):
    """Address and secret are typed in and never shown; left empty they stay as they are."""

    url = forms.CharField(
        label=_("address"),
        max_length=1000,
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
        help_text=_("Never shown again, for robots keep their key in it. Empty: unchanged."),
    )
    secret = forms.CharField(
        label=_("secret"),
        max_length=200,
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("Signs what is sent (DingTalk: 加签). Never shown again. Empty: unchanged."),
    )
    events = forms.MultipleChoiceField(
        label=_("events"), choices=Event.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget()
    )

    class Meta:
        model = Endpoint
        fields = ["contract", "name", "side", "format", "url", "secret", "events", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("url", "secret"):
            self.initial.pop(name, None)

    def clean_url(self) -> str:
        return self.cleaned_data["url"].strip() or self._kept("url")

    def clean_secret(self) -> str:
        return self.cleaned_data["secret"] or self._kept("secret")

    def _kept(self, name: str) -> str:
        row = Endpoint.objects.filter(pk=self.instance.pk).first()
        return str(getattr(row, name)) if row is not None else ""


@admin.register(Endpoint)
class EndpointAdmin(KeptAdmin):
    list_display = ["name", "host", "format", "side", "event_names", "is_active", "contract_number"]
    search_fields = ["name", "host"]
    form = EndpointForm
    extra_readonly = ("host",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is sealed is only ever typed in: nobody is shown it, the history neither."""
        shown: list[Any] = [("contract", "name"), ("side", "format")]
        if obj is not None:
            shown.append("host")
        if self.has_change_permission(request, obj) or obj is None:
            return [(None, {"fields": [*shown, "url", "secret", "events", "is_active"]})]
        return [(None, {"fields": [*shown, "event_names", "is_active"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "event_names"]

    @display(description=_("events"))
    def event_names(self, row: Endpoint) -> str:
        return "、".join(str(Event(name).label) for name in row.events if name in Event.values)
