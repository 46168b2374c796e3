"""The roles of an installation: named groups of permissions, each with as little as it needs.

The program asks for permissions, never for a role: an office may cut its groups differently.
`manage.py create_roles` makes them and brings them back to what stands here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction

STAFF, REVIEWER, FINANCE = "甲方经办", "甲方复核", "甲方财务"
VENDOR, AUDITOR = "乙方人事", "审计只读"
# The three administrators of GB/T 22239-2019 (8.1.5.1 to 8.1.5.3): none of them sees a case.
SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN = "系统管理员", "安全管理员", "审计管理员"
ADMINISTRATORS = (SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN)

# What can be read of each app; tests/history/test_watched.py says what is left out, and why.
TABLES = {
    "contract": (
        "alert alertevent amendment amendmentchange assessment assessmentscheme calendarday "
        "calendaryear clause consent contract criterion dispute evaluationrun excuse "
        "forcemajeureevent formality headcountorder inspection inspectionremark membership "
        "misconduct notification obligation party policy purchasepaper renewalassessment reportschedule "
        "response responsefile review score servicereport subcontracting term timeextension "
        "changeentry delegation deliveryattempt endpoint letterhead notice noticearrival noticesubject "
        "outboxmessage openingfact"
    ),
    "staffing": (
        "assignment attendance attendancebatch attendancechange dutyday employmentcontract gap "
        "hoursapproval labourmatter leave operator payproof post postsize qualificationproof "
        "replacementdemand serviceplace shift shiftbatch staffday training trialassessment"
    ),
    "hotline": ("indicator objection platform seatday seatlogin serviceday servicemonth"),
    "billing": (
        "acceptance acceptancemember acceptancesheet claim claimevent claimfile claimline deposit "
        "claimstep instalment invoice keptbulletin payment paymentexception paymentitem paymentrule quantity "
        "quarterfile sheetscore statement tariff"
    ),
    "confidentiality": ("datareturn disclosure incident incidentcost incidentperson offboarding undertaking"),
}


@dataclass(frozen=True)
class Grant:
    """Verbs on models of an app: `Grant("staffing", "view add", "leave operator")`."""

    app: str
    verbs: str
    models: str

    def codenames(self) -> set[tuple[str, str]]:
        return {(self.app, f"{verb}_{model}") for verb in self.verbs.split() for model in self.models.split()}


EVERYTHING = tuple(Grant(app, "view", models) for app, models in TABLES.items())

ROLES: dict[str, tuple[Grant, ...]] = {
    # Keeps the contract and its records, and proposes what to make of an alert.
    STAFF: (
        *EVERYTHING,
        Grant(
            "contract",
            "add change",
            "amendment amendmentchange assessmentscheme calendarday calendaryear clause consent "
            "contract criterion dispute forcemajeureevent formality headcountorder inspection "
            "inspectionremark misconduct obligation openingfact party policy purchasepaper renewalassessment "
            "reportschedule score servicereport subcontracting term",
        ),
        Grant("contract", "add", "excuse review"),
        Grant("contract", "add", "notice noticearrival"),
        Grant("contract", "add change", "letterhead"),
        Grant("contract", "change", "outboxmessage"),  # to send again what did not arrive
        # The way of a case: tell the other side, take its answer on paper, give more time, close.
        Grant("contract", "add", "notification response responsefile timeextension"),
        Grant("contract", "change", "alert timeextension"),
        Grant("staffing", "add change", "post postsize replacementdemand serviceplace trialassessment"),
        Grant("staffing", "change", "assignment"),  # the office's consent to a change
        Grant("staffing", "unmask", "operator"),  # whole numbers, each time for a reason that is kept
        Grant("billing", "add change", "acceptance acceptancemember acceptancesheet claim claimline sheetscore"),
        Grant("billing", "add", "claimfile claimstep"),
        Grant("billing", "add change", "deposit"),
        Grant("billing", "add", "keptbulletin"),
        Grant("billing", "add", "paymentitem paymentrule tariff"),
        # What reaches the office on paper, and what it learns of by itself.
        Grant("staffing", "add change", "hoursapproval labourmatter payproof"),
        Grant("confidentiality", "add change", "datareturn incident incidentcost incidentperson"),
        # The hotline's own platform counts: the office takes its figures in, the vendor may object.
        Grant("hotline", "add change", "indicator platform seatday seatlogin serviceday servicemonth"),
        Grant("hotline", "change", "objection"),
    ),
    # The second person: decides what a colleague proposed, and writes nothing else.
    # On leave it names a deputy for that.
    REVIEWER: (
        *EVERYTHING,
        Grant("contract", "change", "review excuse"),
        Grant("contract", "add change", "delegation"),
        Grant("billing", "change", "claimstep paymentexception paymentrule"),
    ),
    # Checks invoices, pays, and issues statements; sees why, not whom.
    FINANCE: (
        Grant("contract", "view", "alert alertevent assessment clause contract party policy term"),
        Grant("billing", "view", TABLES["billing"].replace(" keptbulletin", "")),  # it names who was missing
        Grant("billing", "change", "invoice"),
        Grant("billing", "add", "claimstep instalment paymentexception quantity quarterfile statement"),
        Grant("billing", "answer", "quantity"),
        Grant("billing", "add change", "payment"),
    ),
    # Reports for the vendor over the API; what the office owes or decides is only read.
    VENDOR: (
        Grant("contract", "view", "alert assessment clause contract policy"),
        Grant(
            "contract",
            "view",
            "amendment assessmentscheme consent dispute forcemajeureevent formality "
            "headcountorder inspection inspectionremark misconduct renewalassessment "
            "reportschedule servicereport subcontracting",
        ),
        Grant("contract", "add", "amendment consent dispute forcemajeureevent servicereport"),
        Grant("contract", "view", "notification"),
        Grant("contract", "view add", "response responsefile timeextension"),
        # To read the office's letters and to acknowledge their arrival.
        Grant("contract", "view", "notice noticesubject"),
        Grant("contract", "view add", "noticearrival"),
        # To take back, prove, answer, correct, agree and confirm: the steps of its own side.
        Grant(
            "contract",
            "change",
            "amendment assessmentscheme consent forcemajeureevent inspectionremark misconduct servicereport",
        ),
        Grant("staffing", "view add change", "assignment attendance leave operator shift"),
        Grant("staffing", "view add change", "hoursapproval labourmatter payproof"),
        Grant("staffing", "view add change", "employmentcontract qualificationproof training trialassessment"),
        Grant("staffing", "view", "dutyday gap post postsize serviceplace staffday"),
        Grant("staffing", "view change", "replacementdemand"),  # to name who replaces
        Grant("billing", "view", "instalment invoice payment paymentitem paymentrule statement"),
        Grant("hotline", "view", "indicator seatday seatlogin serviceday servicemonth"),
        Grant("hotline", "view add", "objection"),
        Grant("billing", "add", "invoice"),
        Grant("billing", "view add answer", "quantity"),
        Grant("billing", "view answer", "acceptancesheet claim"),
        Grant("billing", "view", "claimfile"),
        Grant(
            "confidentiality",
            "view add change",
            "datareturn disclosure incident incidentperson offboarding undertaking",
        ),
    ),
    AUDITOR: EVERYTHING,
    # Makes users and closes them; gives nobody a role. Technical settings: the calendar, the jobs.
    SYSTEM_ADMIN: (
        Grant("auth", "view add change", "user"),
        Grant("contract", "view add change", "delegation"),
        Grant("contract", "view add change", "calendarday calendaryear"),
        Grant("contract", "view", "evaluationrun backup"),
        Grant("contract", "view add change", "mailserver"),
        Grant("contract", "add", "tombstone"),  # manage.py retention
    ),
    # Gives roles and parties, never to itself; unlocks; ends access keys.
    SECURITY_ADMIN: (
        Grant("auth", "view change", "user"),
        Grant("auth", "view", "group"),
        Grant("contract", "assign", "roles"),
        Grant("contract", "view add change delete", "membership"),
        Grant("knox", "view delete", "authtoken"),
        Grant("contract", "view change", "loginlock"),
    ),
    # Reads the log of accesses, and writes nothing.
    AUDIT_ADMIN: (Grant("contract", "view", "accessentry"), Grant("contract", "view", "loginlock")),
}
APPS = (*TABLES, "auth", "knox", "axes")


def codenames(grants: Iterable[Grant]) -> set[tuple[str, str]]:
    """(app, codename) of every permission that the grants name."""
    return set().union(*(grant.codenames() for grant in grants))


def create_roles(names: Iterable[str] = ROLES) -> dict[str, int]:
    """Make these groups (all by default), or bring them back to their permissions. Returns how many each holds.

    Groups of other names, and who belongs to which group, stay as they are. Raises LookupError
    for a permission that the database does not know (`migrate` first).
    """
    rows = Permission.objects.filter(content_type__app_label__in=APPS)
    known = {(app, code): pk for app, code, pk in rows.values_list("content_type__app_label", "codename", "pk")}
    held: dict[str, set[int]] = {name: set() for name in Group.objects.values_list("name", flat=True)}
    for name, pk in Group.permissions.through.objects.values_list("group__name", "permission_id"):
        held[name].add(pk)
    made = {}
    with transaction.atomic():
        for name in names:
            wanted = codenames(ROLES[name])
            if unknown := wanted - set(known):
                raise LookupError(f"unknown permissions: {sorted(unknown)}")
            if held.get(name) != {known[codename] for codename in wanted}:
                group, _created = Group.objects.get_or_create(name=name)
                group.permissions.set([known[codename] for codename in wanted])
            made[name] = len(wanted)
    return made
