"""Users, groups, the parties that they act for, and access keys."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as BaseGroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from contract.admin.base import BoundedFormsMixin, ReadOnlyMixin, RecordAdmin, ScopedAdmin
from contract.models import Membership

APPS = ("contract", "staffing", "billing", "confidentiality", "auth", "knox")

# What the token library calls its rows, in the words of these pages.
apps.get_app_config("knox").verbose_name = _("Interface")
AuthToken._meta.verbose_name = _("access key")
AuthToken._meta.verbose_name_plural = _("access keys")

for _model in (User, Group, AuthToken):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


class PermissionField(forms.ModelMultipleChoiceField):
    """Permissions by the names of the rows, of the apps that these pages are about."""

    ACTIONS = {"view": _("read"), "add": _("add"), "change": _("change"), "delete": _("delete")}

    def label_from_instance(self, permission: Permission) -> str:
        content_type = permission.content_type
        action, _sep, model = permission.codename.partition("_")
        if model != content_type.model or action not in self.ACTIONS:
            return str(permission)
        return f"{content_type.app_labeled_name} | {self.ACTIONS[action]}"


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


class MembershipInline(TabularInline):
    model = Membership
    autocomplete_fields = ["party"]
    extra = 0
    verbose_name_plural = _("Acts for")


class StaffForm(UserChangeForm):
    """Who may enter these pages: the office's people, never the vendor's."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (
            data.get("is_staff")
            and self.instance.pk
            and Membership.objects.filter(Q(party__contracts_as_vendor__isnull=False), user=self.instance).exists()
        ):
            self.add_error("is_staff", _("This user acts for a vendor: vendors use the interface, not these pages."))
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
        (_("Permissions"), {"fields": [("is_active", "is_staff", "is_superuser"), "groups", "user_permissions"]}),
        (_("Important dates"), {"fields": [("last_login", "date_joined")]}),
    ]

    # What gives power over everything is given by a superuser only.
    SUPERUSER_ONLY = ("is_superuser", "is_staff", "groups", "user_permissions")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "first_name":
            kwargs["label"] = _("full name")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @display(description=_("full name"))
    def full_name(self, user: User) -> str:
        return user.get_full_name() or "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = [*super().get_readonly_fields(request, obj), "last_login", "date_joined"]
        return fields if request.user.is_superuser else [*fields, *self.SUPERUSER_ONLY]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users = super().get_queryset(request)
        return users if request.user.is_superuser else users.filter(is_superuser=False)


@admin.register(Group)
class GroupAdmin(PermissionsMixin, BaseGroupAdmin, ModelAdmin):  # type: ignore[misc]
    list_per_page = 50


@admin.register(Membership)
class MembershipAdmin(RecordAdmin):
    contract_path = None
    list_display = ["user", "party", "created_at"]
    list_select_related = ["user", "party"]
    search_fields = ["user__username", "party__name"]
    autocomplete_fields = ["user", "party"]


@admin.register(AuthToken)
class TokenAdmin(ReadOnlyMixin, ScopedAdmin):
    """Keys of the interface: made by signing in there; here they are seen and withdrawn."""

    contract_path = None
    list_display = ["token_key", "user", "created", "expiry"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
    fields = ["token_key", "user", "created", "expiry"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("knox.delete_authtoken"))
