"""The users of the sample year. Their passwords are public: for demonstration and tests only."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, User
from django.utils.translation import gettext_lazy as _

from contract import roles
from contract.models import Contract, Membership


@dataclass(frozen=True)
class Login:
    """A sample user: what to type, who it is, and for which side the person acts."""

    username: str
    password: str
    name: str
    role: Any
    group: str = ""
    side: str = ""
    pages: bool = True
    """Whether the person works in the pages; the vendor's HR works over the API."""


LOGINS = (
    Login("office", "shili-office-2025", "陈经办", _("office staff"), roles.STAFF, "office"),
    Login("reviewer", "shili-reviewer-2025", "刘复核", _("the office's second person"), roles.REVIEWER, "office"),
    Login("finance", "shili-finance-2025", "赵财务", _("finance"), roles.FINANCE, "office"),
    Login("auditor", "shili-auditor-2025", "孙审计", _("auditor, reads only"), roles.AUDITOR, "office"),
    Login("vendor", "shili-vendor-2025", "钱人事", _("the vendor's HR"), roles.VENDOR, "vendor", pages=False),
    Login("sysadmin", "shili-sysadmin-2025", "周系统", _("system administrator: users"), roles.SYSTEM_ADMIN),
    Login("secadmin", "shili-secadmin-2025", "吴安全", _("security administrator: roles"), roles.SECURITY_ADMIN),
    Login(
        "auditadmin", "shili-auditadmin-2025", "郑稽核", _("audit administrator: log of accesses"), roles.AUDIT_ADMIN
    ),
    Login("admin", "shili-admin-2025", "管理员", _("superuser, for the demonstration")),
)


def make_users(contract: Contract) -> dict[str, User]:
    """The sample users by name; those who exist stay as they are."""
    return {login.username: _user(login, contract) for login in LOGINS}


def _user(login: Login, contract: Contract) -> User:
    user = User.objects.filter(username=login.username).first()
    if user is not None:
        return user
    user = User(
        username=login.username,
        first_name=login.name,  # the whole name: Django would write the surname last
        is_staff=login.pages,
        is_superuser=not login.group,
    )
    user.set_password(login.password)
    user.save()
    user.groups.set(Group.objects.filter(name=login.group))
    if login.side:
        party = contract.office if login.side == "office" else contract.vendor
        Membership.objects.create(user=user, party=party)
    return user
