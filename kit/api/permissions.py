"""Who may call what: Django's model permissions, for reading too."""

from typing import Any

from rest_framework.permissions import DjangoModelPermissions
from rest_framework.request import Request


class ModelPermissions(DjangoModelPermissions):
    """`view` to read, `add` to create, `change` to alter, `delete` to delete.

    Without a valid token the answer is 401. A view that works on another model than that of its
    queryset names it as `permission_model`; an action that needs other permissions stands in
    `action_permissions`: `{"cancel": ("staffing.change_leave",)}`.
    """

    perms_map = {
        **DjangoModelPermissions.perms_map,
        "GET": ["%(app_label)s.view_%(model_name)s"],
        "HEAD": ["%(app_label)s.view_%(model_name)s"],
        "OPTIONS": ["%(app_label)s.view_%(model_name)s"],
    }

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        if request.method not in view.allowed_methods:
            return True  # the view answers 405 (or, for one it does not know, 404)
        required = getattr(view, "action_permissions", {}).get(getattr(view, "action", None))
        if required is None:
            model = getattr(view, "permission_model", None)
            if model is None:
                model = self._queryset(view).model
            required = self.get_required_permissions(request.method or "", model)
        return request.user.has_perms(required)

    def has_object_permission(self, request: Request, view: Any, obj: Any) -> bool:
        # The queryset holds only what the user may see (contract.views.ScopedMixin).
        return True
