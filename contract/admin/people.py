"""Users, groups, the parties that they act for, and access keys."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as BaseGroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from knox.models import AuthToken
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from contract.admin.base import BoundedFormsMixin, KeptMixin, ReadOnlyMixin, RecordAdmin, ScopedAdmin, ServiceAdmin
from contract.admin.display import badge, column
from contract.models import Delegation, Membership, Party
from contract.roles import ADMINISTRATORS
from contract.services import delegations
from contract.signals import password_given
from kit import clock

ACTIONS = {"view": _("read"), "add": _("add"), "change": _("change"), "delete": _("delete")}
APPS = ("contract", "staffing", "hotline", "billing", "confidentiality", "auth", "knox")

# What the token library calls its rows, in the words of these pages.
apps.get_app_config("knox").verbose_name = _("Interface")
AuthToken._meta.verbose_name = _("access key")
AuthToken._meta.verbose_name_plural = _("access keys")

for _model in (User, Group, AuthToken, TOTPDevice, StaticDevice):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


class PermissionField(forms.ModelMultipleChoiceField):
    """Permissions by the names of the rows, of the apps that these pages are about."""

    def label_from_instance(self, permission: Permission) -> str:
        return f"{permission.content_type.app_labeled_name} | {_right(permission)}"


def _right(permission: Permission) -> str:
    """What it allows with its rows. Its name stands in the table in English, as the program was written."""
    action, _sep, model = permission.codename.partition("_")
    return str(
        ACTIONS[action] if model == permission.content_type.model and action in ACTIONS else gettext(permission.name)
    )


class PermissionsMixin:
    """Offers the permissions that mean something here: no histories, no technical tables."""

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in ("permissions", "user_permissions"):
            kwargs["form_class"] = PermissionField
            kwargs["queryset"] = (
                Permission.objects.filter(content_type__app_label__in=APPS)
                .exclude(content_type__model__startswith="historical")
                .select_related("content_type")
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]


class Memberships(forms.models.BaseInlineFormSet):
    """Roles and parties are given on one page: together they are looked at together."""

    def clean(self) -> None:
        super().clean()
        kept = [f for f in self.forms if f.cleaned_data.get("party") and not f.cleaned_data.get("DELETE")]
        sent: Any = self.data  # a QueryDict: the whole page; of an empty body Django makes {}
        chosen = [pk for pk in (sent.getlist("groups") if sent else ()) if pk.isdecimal() and len(pk) < 18]
        if kept and Group.objects.filter(pk__in=chosen, name__in=ADMINISTRATORS).exists():
            raise forms.ValidationError(_("This user is an administrator, and an administrator acts for no party."))


class MembershipInline(TabularInline):
    model = Membership
    formset = Memberships
    extra = 0
    verbose_name_plural = _("Acts for")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _own(request, obj) and bool(super().has_add_permission(request, obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _own(request, obj) and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _own(request, obj) and bool(super().has_delete_permission(request, obj))


def _own(request: HttpRequest, obj: Any) -> bool:
    """Whether it is one's own account: nobody gives anything to themselves."""
    return obj is not None and obj.pk == request.user.pk and not request.user.is_superuser


class StaffForm(UserChangeForm):
    """Who may enter these pages: the office's people, never the vendor's."""

    class Meta(UserChangeForm.Meta):
        labels = {"first_name": _("full name")}  # to be written in, and only to be read

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (
            data.get("is_staff")
            and self.instance.pk
            and Membership.objects.filter(Q(party__contracts_as_vendor__isnull=False), user=self.instance).exists()
        ):
            self.add_error("is_staff", _("This user acts for a vendor: vendors use the interface, not these pages."))
        names = {group.name for group in data.get("groups") or ()}
        if names & set(ADMINISTRATORS) and len(names) > 1:
            self.add_error("groups", _("An administrator has this one role and no other."))
        return data


@admin.register(User)
class UserAdmin(PermissionsMixin, BoundedFormsMixin, BaseUserAdmin, ModelAdmin):
    form = StaffForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    inlines = [MembershipInline]
    list_display = ["username", "full_name", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "groups"]
    list_per_page = 50
    show_full_result_count = False

    # A Chinese name is one field; Django would put the surname last.
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Personal info"), {"fields": ["first_name", "email"]}),
        (_("Permissions"), {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        (_("Important dates"), {"fields": [("last_login", "date_joined")]}),
    ]

    # Who keeps accounts gives no roles, and who gives roles keeps no accounts, and none to themselves.
    SUPERUSER_ONLY = ("is_superuser", "user_permissions")
    ROLE_FIELDS = ("is_staff", "groups")
    ACCOUNT_FIELDS = ("username", "first_name", "email", "is_active")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            password_given.send(User, user=obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        if not request.user.has_perm("auth.add_user"):
            raise PermissionDenied
        answer = super().user_change_password(request, id, form_url)
        user = self.get_object(request, id)
        if request.method == "POST" and answer.status_code == 302 and user is not None and user != request.user:
            password_given.send(User, user=user)
        return answer

    @display(description=_("full name"))
    def full_name(self, user: User) -> str:
        return user.get_full_name() or "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = [*super().get_readonly_fields(request, obj), "last_login", "date_joined"]
        if request.user.is_superuser:
            return fields
        fields += self.SUPERUSER_ONLY
        if not request.user.has_perm("contract.assign_roles") or _own(request, obj):
            fields += self.ROLE_FIELDS
        if obj is not None and not request.user.has_perm("auth.add_user"):
            fields += self.ACCOUNT_FIELDS
        return fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users = super().get_queryset(request)
        return users if request.user.is_superuser else users.filter(is_superuser=False)


@admin.register(Group)
class GroupAdmin(PermissionsMixin, BaseGroupAdmin, ModelAdmin):  # type: ignore[misc]
    list_per_page = 50
    readonly_fields = ["rights"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["name", "permissions" if self.has_change_permission(request, obj) else "rights"]

    @display(description=_("Permissions"))
    def rights(self, group: Group) -> SafeString:
        """A line for each table; who only reads is shown no list to choose from."""
        lines: dict[str, list[str]] = {}
        for permission in group.permissions.select_related("content_type"):
            lines.setdefault(permission.content_type.app_labeled_name, []).append(_right(permission))
        return format_html_join("", "<div>{}：{}</div>", [(table, "、".join(may)) for table, may in lines.items()])


@admin.register(Membership)
class MembershipAdmin(RecordAdmin):
    contract_path = None
    list_display = ["user", "party", "created_at"]
    list_select_related = ["user", "party"]
    search_fields = ["user__username", "party__name"]
    autocomplete_fields = ["user"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "party" and request.user.has_perm("contract.assign_roles"):
            kwargs["queryset"] = Party.objects.all()  # by name only: their pages stay closed
        if db_field.name == "user" and not request.user.is_superuser:
            kwargs["queryset"] = User.objects.filter(is_superuser=False).exclude(username=request.user.get_username())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        own = obj is not None and _own(request, obj.user)
        return not own and bool(super().has_change_permission(request, obj))


@admin.register(Delegation)
class DelegationAdmin(KeptMixin, ServiceAdmin):
    """Deputies: each reviewer names their own; who keeps the users names one for somebody else."""

    contract_path = None
    list_display = ["absent", "deputy", "starts_on", "ends_on", "mark", "reason"]
    list_select_related = ["absent", "deputy"]
    search_fields = ["absent__username", "deputy__username", "reason"]
    date_hierarchy = "starts_on"
    fieldsets = [
        (
            None,
            {
                "fields": [("absent", "deputy"), ("starts_on", "ends_on"), "reason"],
                "description": _(
                    "The deputy decides as the second person what the colleague on leave would decide, and "
                    "never what either of them has proposed. Withdraw it with the action of the list."
                ),
            },
        )
    ]
    actions = ["withdraw"]

    @display(description=_("state"))
    def mark(self, row: Delegation) -> SafeString:
        today = clock.today()
        if row.withdrawn_on:
            return badge("open", "undo", _("withdrawn"))
        if today < row.starts_on:
            return badge("open", "schedule", _("to come"))
        return badge("good", "how_to_reg", _("holds")) if today <= row.ends_on else badge("open", "done", _("over"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delegation]:
        rows: QuerySet[Delegation] = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        offices = Membership.objects.filter(user_id=request.user.pk or 0).values("party_id")
        colleagues = Membership.objects.filter(party_id__in=offices).values("user_id")
        return rows.filter(absent__in=colleagues)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        offices = Membership.objects.filter(user_id=request.user.pk or 0).values("party_id")
        people = User.objects.filter(is_active=True, is_staff=True)
        if not request.user.is_superuser:
            people = people.filter(memberships__party_id__in=offices).distinct()
        if db_field.name == "absent" and not request.user.has_perm("auth.change_user"):
            people = people.filter(pk=request.user.pk or 0)
        kwargs["queryset"] = people.order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"absent": request.user.pk} | super().get_changeform_initial_data(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)  # made and withdrawn, never changed

    def write(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> Delegation:
        fields = ("absent", "deputy", "starts_on", "ends_on", "reason")
        return delegations.enter(**{name: form.cleaned_data[name] for name in fields}, today=clock.today())

    @admin.action(description=_("Withdraw"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Delegation]) -> None:
        mine = (
            queryset if request.user.has_perm("auth.change_user") else queryset.filter(absent_id=request.user.pk or 0)
        )
        for row in mine:
            delegations.withdraw(delegation=row, today=clock.today())
        text = ngettext("%(count)d deputy was withdrawn.", "%(count)d deputies were withdrawn.", len(mine))
        messages.success(request, text % {"count": len(mine)})


@admin.register(AuthToken)
class TokenAdmin(ReadOnlyMixin, ScopedAdmin):
    """Keys of the interface: made by signing in there; here they are seen and withdrawn."""

    contract_path = None
    beginning = column(_("beginning of the key"), "token_key")
    owner = column(_("user"), "user", ordering="user__username")
    list_display = ["beginning", "owner", "made_at", "ends_at"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
    fields = ["beginning", "owner", "made_at", "ends_at"]
    readonly_fields = fields

    @display(description=_("made at"), ordering="created")
    def made_at(self, row: AuthToken) -> str:
        return date_format(localtime(row.created), "DATETIME_FORMAT")

    @display(description=_("ends at"), ordering="expiry")
    def ends_at(self, row: AuthToken) -> str:
        return date_format(localtime(row.expiry), "DATETIME_FORMAT") if row.expiry else "–"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("knox.delete_authtoken"))
