"""The impact assessment of personal data (个人信息保护法 articles 55 and 56), as a page: what, of whom, why, how long.

The columns are those of the tables, under the names that the pages show: a column that a table gets later is
on the page. A test finds tables that hold something of a person and are named nowhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from contract.admin.base import Part

# Columns that say nothing of a person.
TECHNICAL = frozenset({"id", "created_at", "updated_at", "resident_id_index", "contract", "party", "vendor", "batch"})
PAPERS = _("15 years from the end of the procurement (政府采购法 article 42), then removed by name: `retention`")
FORGOTTEN = _(
    "like the papers of the procurement; then what says who it was is deleted, in the change log too (article 47)"
)
RECORDS = _("like the papers of the procurement; the change log keeps what was written")
LOGS = format_lazy(
    _("at least {months} months (网络安全法 article 21), then removed"), months=settings.LOGS_KEPT_MONTHS
)


@dataclass(frozen=True)
class Held:
    """Tables that hold personal data for one purpose; `labels` are models, sensitive ones by article 28."""

    labels: tuple[str, ...]
    whose: Any
    why: Any
    kept: Any
    guarded: Any
    is_sensitive: bool = False


OPERATORS = _("the vendor's operators")
USERS = _("people who sign in")
HELD = (
    Held(
        ("staffing.Operator",),
        OPERATORS,
        _("The conditions of hiring are compared with the person, and each person is counted once."),
        FORGOTTEN,
        _("The ID number is sealed, ID and telephone are shown in part; whole for a reason, each time on the record."),
        True,
    ),
    Held(
        (
            "staffing.Assignment",
            "staffing.Attendance",
            "staffing.AttendanceChange",
            "staffing.Shift",
            "staffing.Gap",
            "staffing.ReplacementDemand",
        ),
        OPERATORS,
        _("Headcount, on-post rate, continuous duty and replacement."),
        RECORDS,
        _("Read by the parties to the contract only; finance reads none of it."),
    ),
    Held(
        ("hotline.SeatLogin", "hotline.SeatDay"),
        OPERATORS,
        _("Reported duty is compared with the platform's sign-ins: a difference is asked about, and decides nothing."),
        RECORDS,
        _("Sign-in and sign-out only; no call and no number of a caller is kept."),
    ),
    Held(
        ("staffing.Leave",),
        OPERATORS,
        _("Posts that stand empty are made good. Sickness is a kind of leave: no diagnosis is kept."),
        RECORDS,
        _("Read by the parties to the contract only; finance reads none of it."),
        True,
    ),
    Held(
        ("staffing.QualificationProof", "staffing.EmploymentContract", "staffing.Training", "staffing.TrialAssessment"),
        OPERATORS,
        _("Education, training, assessments and employment by the vendor."),
        RECORDS,
        _("Numbers of documents and days; the documents themselves stay with the vendor."),
    ),
    Held(
        ("confidentiality.Undertaking", "confidentiality.Offboarding"),
        OPERATORS,
        _("Everybody is bound to secrecy before the first day, and hands over on leaving."),
        PAPERS,
        _("Scans are given out by views that check permission, never by address."),
    ),
    Held(
        ("confidentiality.Incident", "confidentiality.IncidentPerson"),
        _("people involved in a leak"),
        _("A leak is followed up, and cooperation against the person is due."),
        RECORDS,
        _("Read by the parties to the contract only; finance reads none of it."),
        True,
    ),
    Held(
        (
            "contract.Alert",
            "contract.Assessment",
            "contract.Notification",
            "contract.Response",
            "contract.ResponseFile",
            "contract.Review",
            "contract.Notice",
        ),
        _("operators that a finding names, and who answered and decided"),
        _("A finding is put to the vendor, answered and decided by two people."),
        PAPERS,
        _("Who may not open a person's record is told the kind of the subject, not the name."),
    ),
    Held(
        ("billing.AcceptanceMember", "confidentiality.Disclosure"),
        _("members of the acceptance group, recipients of a disclosure"),
        _("Acceptance names who took part (财库〔2016〕205号); a disclosure names its recipient."),
        PAPERS,
        _("Read by the parties to the contract only."),
    ),
    Held(
        ("auth.User", "contract.Membership", "contract.Delegation", "knox.AuthToken"),
        USERS,
        _("Access by name, role and party (GB/T 22239-2019)."),
        _("as long as the account is used; it is closed, never deleted, for the records name it"),
        _("Passwords and keys are kept as hashes."),
    ),
    Held(
        ("contract.Account", "contract.Authenticator", "contract.LoginLock"),
        USERS,
        _("Guessing is slowed, passwords are not used again, a second factor is asked for."),
        _("as long as the account is used"),
        _("The secret of a device is sealed; of recovery codes and earlier passwords hashes are kept."),
    ),
    Held(
        ("contract.AccessEntry",),
        USERS,
        _("Who came in, what was taken out and who was refused (网络安全法 article 21)."),
        LOGS,
        _("Read by the audit administrator only; chained, so that a change is named."),
    ),
    Held(
        ("contract.ChangeEntry",),
        _("everybody whom a record names"),
        _("Who wrote what, when and by which way, as evidence of the records."),
        RECORDS,
        _("Sealed values stand in it as keyed fingerprints, telephones are shown in part."),
    ),
    Held(
        ("contract.OutboxMessage",),
        USERS,
        _("Messages about alerts and letters are delivered, and their delivery is proved."),
        format_lazy(
            _("content {content} days, proof of delivery {proof} days"),
            content=settings.OUTBOX_CONTENT_DAYS,
            proof=settings.OUTBOX_PROOF_DAYS,
        ),
        _("Only to addresses of accounts and receivers on the allow-list; robots are told no names."),
    ),
)
# What the library of the second factor calls its columns.
OF_THE_LIBRARY = (
    gettext_noop("confirmed"),
    gettext_noop("last used at"),
    gettext_noop("throttling failure count"),
    gettext_noop("throttling failure timestamp"),
)


def rows() -> Iterator[dict[str, Any]]:
    """The table of the page: models and columns by the names that the pages show."""
    for held in HELD:
        tables = []
        for label in held.labels:
            options = apps.get_model(label)._meta
            columns = [
                gettext(str(field.verbose_name)) for field in options.concrete_fields if field.name not in TECHNICAL
            ]
            tables.append((str(options.verbose_name), columns))
        yield {"held": held, "tables": tables}


class ImpactPart(Part):
    """The page, beside the list of evaluation runs."""

    def urls(self) -> list[URLPattern]:
        return [path("impact/", self.model_admin.admin_site.admin_view(self.impact_view), name="contract_impact")]

    def impact_view(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("contract.view_evaluationrun"):
            raise PermissionDenied
        context = {
            **self.model_admin.admin_site.each_context(request),
            "opts": self.model_admin.opts,
            "title": gettext("Personal data: impact assessment"),
            "rows": list(rows()),
        }
        return TemplateResponse(request, "admin/contract/impact.html", context)
