"""Every page of the admin × every role × reading and writing × one's own rows and another office's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Group, User
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import URLPattern, resolve, reverse
from knox.models import AuthToken

from billing.models import Deposit, KeptBulletin, PaymentException, PaymentItem, PaymentRule, Quantity, Tariff
from config.urls import urlpatterns
from contract.access.models import LoginLock
from contract.admin import confirmation
from contract.choices import OpeningKind, PurchaseStep
from contract.delivery.models import Endpoint, OutboxMessage
from contract.duties.models import PurchasePaper
from contract.history.models import ChangeEntry
from contract.letters.models import LetterHead
from contract.models import Alert, Assessment, CalendarDay, CalendarYear, Contract, Delegation, Excuse, Policy
from contract.models.base import history_of
from contract.models.opening import OpeningFact
from contract.roles import (
    ADMINISTRATORS,
    AUDIT_ADMIN,
    AUDITOR,
    FINANCE,
    REVIEWER,
    SECURITY_ADMIN,
    STAFF,
    SYSTEM_ADMIN,
    VENDOR,
)
from contract.services import ask_extension, close, decide_review, propose_review
from staffing.models import (
    Attendance,
    AttendanceBatch,
    AttendanceChange,
    DutyDay,
    Operator,
    PostSize,
    Shift,
    ShiftBatch,
)
from tests.access.pages import (
    FOR_ALL,
    LETTERS,
    MODELS,
    OF_AN_EMPTY_INSTALLATION,
    OF_ONESELF,
    OF_THE_OFFICE,
    OF_THE_VENDOR,
    PAGES,
    STEPS,
)
from tests.contract.admin_helpers import make_alert
from tests.contract.cases import AT as CASE_AT
from tests.contract.cases import DAY as CASE_DAY
from tests.contract.cases import answered, told
from tests.factories import make_contract, make_roles, make_user
from tests.test_permissions import member, world

__all__ = ["world"]  # a fixture
pytestmark = pytest.mark.django_db
FACTORY = RequestFactory()
LEADS_ON = (reverse("account"), reverse("second-factor-setup"))
HOME, LOGIN = reverse("admin:index"), reverse("admin:login")
ROLES = dict(zip(LETTERS, (STAFF, REVIEWER, FINANCE, AUDITOR, SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN), strict=True))
AT = datetime(2025, 3, 3, 2, tzinfo=UTC)
DAY = date(2025, 3, 3)
OF_EVERY_MODEL = {"changelist", "add", "change", "delete", "history", "simple_history"}
# They lead on to another page of this matrix, and that one looks at the row.
BUTTONS = {"contract_contract_evaluate_now", "contract_contract_open_guide", "contract_contract_open_renewal"}
# What stands behind the address of a page, where it is not a row of the page's own model.
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "contract_alert_file": ("alerts", "response-files"),
    "contract_contract_person_close": ("auth.User",),
    "billing_claim_file": ("claims", "claim-files"),
    "billing_quarterfile_ask": ("instalments",),
    "billing_bulletin_file": ("=pdf",),
    "billing_keptbulletin_file": ("billing.KeptBulletin", "=pdf"),
    "billing_ledger_export": ("=invoices", "=csv"),
    "billing_instalment_export": ("=csv",),
    "billing_invoice_export": ("=csv",),
    "billing_payment_export": ("=csv",),
}


def further_rows(contract: Contract, user: User) -> None:
    """One row of each model that tests.test_permissions makes none of."""
    operator = Operator.objects.first()
    assert operator is not None
    assessment = Assessment.objects.filter(contract=contract)[0]
    CalendarYear.objects.create(year=2031, source="x")
    CalendarDay.objects.create(day=date(2031, 1, 1), is_rest_day=True)
    Policy.objects.create(contract=contract, key="on_post_window", value="calendar_month", effective_from=DAY)
    other = make_user(party=contract.office, is_staff=True)
    Delegation.objects.create(absent=user, deputy=other, starts_on=DAY, ends_on=DAY, reason="x")
    AuthToken.objects.create(user=user)
    Excuse.objects.create(
        contract=contract,
        cause="waiver",
        check_id=assessment.check_id,
        subject_label=assessment.subject_label,
        subject_pk=assessment.subject_pk,
        from_on=DAY,
        to_on=DAY,
        document="x",
        reason="x",
        proposed_by=user,
    )
    batch = AttendanceBatch.objects.create(contract=contract, at=AT, route="api")
    ids = {"contract": contract, "operator": operator, "day": DAY}
    Attendance.objects.create(**ids, status="on_duty", batch=batch)
    AttendanceChange.objects.create(**ids, batch=batch, old_batch=batch, old="on_duty", new="absent")
    shifts = ShiftBatch.objects.create(contract=contract, at=AT, route="api")
    Shift.objects.create(**ids, starts_at=AT, ends_at=AT.replace(hour=9), batch=shifts)
    PostSize.objects.create(post=contract.posts.all()[0], effective_from=DAY, people=1)
    DutyDay.objects.create(contract=contract, day=DAY, planned=1, loose=0)
    endpoint = Endpoint.objects.create(contract=contract, name="x", url="https://x.example/", host="x.example")
    times = {"next_attempt_at": AT, "created_at": AT}
    OutboxMessage.objects.create(
        contract=contract, kind="alert.raised", channel="webhook", endpoint=endpoint, destination="x", **times
    )
    days = {"first": DAY, "last": DAY}
    OpeningFact.objects.create(contract=contract, kind=OpeningKind.values[0], text="x", document="x", **days)
    LetterHead.objects.create(contract=contract, prefix="x")
    PurchasePaper.objects.create(contract=contract, step=PurchaseStep.values[0], done_on=DAY, place="x")
    PaymentException.objects.create(
        instalment=contract.instalments.all()[0],
        paid_on=DAY,
        amount=Decimal(1),
        reference="x",
        lacking="invoice",
        reason="x",
        proposed_by=user,
    )
    rule = PaymentRule.objects.create(contract=contract, title="x", every_months=1)
    item = PaymentItem.objects.create(rule=rule, title="x", kind="price", price=1, unit="call", quantity="reported")
    Quantity.objects.create(
        instalment=contract.instalments.all()[0],
        item=item,
        quantity=1,
        document="x",
        reported_side="vendor",
        reported_on=DAY,
    )
    Tariff.objects.create(contract=contract, title="x", clause="9", per="person_day", amount=1)
    KeptBulletin.objects.create(
        contract=contract, kind="month", first=DAY, last=DAY, ordinal=1, number="x", as_of=DAY, made_at=AT, facts={}
    )
    Deposit.objects.create(contract=contract, kind="deposit", title="x", amount=1)
    LoginLock.objects.create(scope="pair", name="x", since=AT, until=AT, failures=9)


def person(letter: str, contract: Contract) -> User:
    role = ROLES.get(letter, "")
    user = make_user(party=None if role in ADMINISTRATORS else contract.office, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return user


def call(user: Any, method: str, url: str, data: dict[str, Any] | None = None) -> Any:
    """What a view answers, called as its address leads to it, behind the middleware. Nothing stays written.

    Its page is not rendered: neither middleware nor templates ask for a role, and they cost ten times
    what the view does. Raises what the view raises.
    """
    request: Any = getattr(FACTORY, method.lower())(url, data)
    request.user, request.session, request._dont_enforce_csrf_checks = user, {}, True
    request._messages = FallbackStorage(request)
    view, args, kwargs = resolve(urlsplit(url).path)
    with transaction.atomic():
        before = ChangeEntry.objects.count() if data else 0
        response = view(request, *args, **kwargs)
        response.has_written = bool(data) and ChangeEntry.objects.count() != before
        transaction.set_rollback(True)
    return response


def answer(user: Any, method: str, url: str) -> str:
    """in: let in; no: refused; none: as if there were no such row; else the status or the error."""
    try:
        response = call(user, method, url)
    except PermissionDenied:
        return "no"
    except Http404:
        return "none"
    except Exception as error:
        return repr(error)[:200]
    place = response.headers.get("Location", "")
    if response.status_code == 403 or place.startswith(LOGIN):
        return "no"
    if response.status_code == 404 or place == HOME:
        return "none"
    return "in" if response.status_code < 500 and response.status_code != 405 else str(response.status_code)


@dataclass(frozen=True)
class Place:
    """A page of a row that exists, who may open it or write there, and whether the row is an office's own."""

    name: str
    method: str
    url: str
    allowed: str
    is_of_an_office: bool = False


def first_rows() -> dict[str, Any]:
    """A row of each model that has pages, by label; of the users none who may everything."""
    rows = {model._meta.label: model._base_manager.order_by("pk").first() for model in admin.site._registry}
    return rows | {"auth.User": User.objects.filter(is_superuser=False).order_by("pk").first()}


def pages_of_models(rows: dict[str, Any]) -> Iterator[Place]:
    by_label = {model._meta.label: model_admin for model, model_admin in admin.site._registry.items()}
    for line in MODELS.strip().splitlines():
        label, reads, adds, changes, removes = line.split()
        model_admin, row = by_label[label.rstrip("*")], rows[label.rstrip("*")]
        assert row is not None, f"no row of {label}"
        name, own = f"{model_admin.opts.app_label}_{model_admin.opts.model_name}", not label.endswith("*")
        for method, page, who in (
            ("GET", "change", reads),
            ("POST", "change", changes),
            ("GET", "history", reads),
            ("POST", "delete", removes),
        ):
            yield Place(f"{name} {page}", method, reverse(f"admin:{name}_{page}", args=[row.pk]), who, own)
        yield Place(f"{name} list", "GET", reverse(f"admin:{name}_changelist"), reads.upper())
        yield Place(f"{name} add", "POST", reverse(f"admin:{name}_add"), adds)
        if history_of(model_admin.model) is not None:
            url = reverse(f"admin:{name}_simple_history", args=[row.pk, row.history.first().pk])
            yield Place(f"{name} version", "GET", url, reads, own)
            yield Place(f"{name} version", "POST", url, "-", own)


def own_pages() -> dict[str, URLPattern]:
    """The pages that some admin adds to those that every one has, by name."""
    found = {}
    for model_admin in admin.site._registry.values():
        prefix = f"{model_admin.opts.app_label}_{model_admin.opts.model_name}_"
        for pattern in model_admin.get_urls():
            name = pattern.name or ""
            if name and name.removeprefix(prefix) not in OF_EVERY_MODEL:
                found[name] = pattern
    return found


def pages_of_their_own(world: dict[str, Any], rows: dict[str, Any]) -> Iterator[Place]:
    by_prefix = {f"{label.lower().replace('.', '_')}_": row for label, row in rows.items()}
    patterns = own_pages()
    for line in PAGES.strip().splitlines():
        name, reads, writes = line.split()
        words = ARGUMENTS.get(name, ())
        known = world["rows"] | {label: row.pk for label, row in rows.items() if label in words}
        args: list[Any] = [word[1:] if word.startswith("=") else known[word] for word in words]
        if not args and patterns[name].pattern.converters:
            args = [next(row.pk for prefix, row in by_prefix.items() if name.startswith(prefix))]
        url = reverse(f"admin:{name}", args=args)
        names_a_row = bool(args) and not (words and all(word.startswith("=") for word in words))
        own = names_a_row and not name.startswith("auth_") and name not in BUTTONS
        yield Place(name, "GET", url, reads, own)
        yield Place(name, "POST", url, writes, own)


def test_every_page_of_the_program_is_in_the_matrix() -> None:
    labels = [line.split()[0].rstrip("*") for line in MODELS.strip().splitlines()]
    assert sorted(labels) == sorted(model._meta.label for model in admin.site._registry)
    assert sorted(line.split()[0] for line in PAGES.strip().splitlines()) == sorted(own_pages())


def test_pages_beside_the_admin_ask_for_a_sign_in_and_name_who_may_see_them() -> None:
    assert {pattern.name for pattern in urlpatterns if getattr(pattern, "name", "")} == (
        FOR_ALL | OF_ONESELF | OF_THE_OFFICE | OF_THE_VENDOR | OF_AN_EMPTY_INSTALLATION
    )
    make_roles()
    vendor, office = member(VENDOR, make_contract(check_ids=()).vendor), make_user(is_staff=True)
    for name in OF_AN_EMPTY_INSTALLATION:
        for method in ("GET", "POST"):
            assert Client().generic(method, reverse(name)).headers.get("Location") == HOME, name
    for name in OF_ONESELF | OF_THE_OFFICE:
        method, url = "POST" if name in ("account-end-key", "account-calendar-link") else "GET", reverse(name)
        place = Client().generic(method, url).headers.get("Location", "")
        assert "login" in place or "sign-in" in place, name
        for user, may in ((vendor, name in OF_ONESELF), (office, True)):
            client = Client()
            client.force_login(user)
            page = client.generic(method, url)
            let_in = page.status_code == 200 or page.headers.get("Location", "").startswith(LEADS_ON)
            assert let_in == may, f"{user}: {name}"


@pytest.mark.usefixtures("quick_print")
def test_every_page_answers_every_role_as_the_matrix_says(
    world: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One world for all. Nothing is written by who is refused, and nothing by looking."""
    monkeypatch.setattr(admin.site, "each_context", lambda request: {})  # the frame, made again for each page
    contract, elsewhere = world["contract"], make_contract(check_ids=())
    people = {letter: person(letter, contract) for letter in (*LETTERS, "O")}
    others = [person(letter, elsewhere) for letter in "SRF"]
    outside = [AnonymousUser(), member(VENDOR, contract.vendor)]
    further_rows(contract, people["R"])
    rows = first_rows()
    wrong = []
    for place in (*pages_of_models(rows), *pages_of_their_own(world, rows)):
        for letter, user in people.items():
            got, wanted = answer(user, place.method, place.url), "in" if letter in place.allowed else "no"
            if wanted == "in" and place.allowed.endswith("?"):
                wanted = "none"
            if got != wanted and not (wanted == "no" and got in ("none", "405")):
                wrong.append(f"{letter} {place.method} {place.name}: {got}, not {wanted}")
        strangers = [(user, {"no", "none", "405"}) for user in others if place.is_of_an_office]
        for user, right in (*strangers, *((user, {"no"}) for user in outside)):
            if (got := answer(user, place.method, place.url)) not in right:
                wrong.append(f"{user or 'nobody'}, an outsider: {place.method} {place.name}: {got}")
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong)


# --- The steps of a case --------------------------------------------------------------------------


def in_state(contract: Contract, state: str, people: dict[str, User]) -> Alert:
    """An alert of its own that has come so far; the proposal is another handler's."""
    alert, office = make_alert(contract, key=state), person("S", contract)
    if state != "open":
        told(alert, office)
    if state == "asked":
        vendor = member(VENDOR, contract.vendor)
        ask_extension(alert=alert, until_on=date(2025, 3, 14), reason="x", **by(vendor))
    if state in ("proposed", "confirmed", "closed"):
        answered(alert, member(VENDOR, contract.vendor))
        alert.refresh_from_db()
        review = propose_review(alert=alert, decision="confirm", reason="x", version=alert.version, **by(office))
    if state in ("confirmed", "closed"):
        decide_review(review=review, approve=True, reason="", **by(people["R"]))
    if state == "closed":
        alert.refresh_from_db()
        close(alert=alert, reason="x", **by(office))
    alert.refresh_from_db()
    return alert


def by(actor: User) -> dict[str, Any]:
    return {"actor": actor, "at": CASE_AT, "on": CASE_DAY}


def bodies(alert: Alert) -> dict[str, dict[str, Any]]:
    """A form that holds everything, for each step."""
    review, asked = alert.reviews.first(), alert.extensions.first()
    day, version = CASE_DAY.isoformat(), {"version": alert.version}
    return {
        "notify": {"arrived_on": day, "means": "letter", "recipient": "x", "document": "x"} | version,
        "paper": {"statement": "x", "arrived_on": day},
        "grant": {"until_on": "2025-03-14", "extension": asked.pk if asked else 0},
        "propose": {"decision": "dismiss", "reason": "x"} | version,
        "approve": {"review": review.pk if review else 0, "second_reason": ""} | version,
        "close": {"closing_reason": "x"} | version,
    }


@pytest.fixture
def on_the_day() -> Iterator[None]:
    with time_machine.travel(CASE_AT, tick=False):
        yield


def test_each_role_is_offered_its_steps_in_every_state_and_takes_no_other_by_hand(
    contract: Contract, on_the_day: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_roles()
    monkeypatch.setattr(admin.site, "each_context", lambda request: {})
    people = {letter: person(letter, contract) for letter in (*LETTERS, "O")}
    offered = {(state, role): set(steps) - {"-"} for state, role, *steps in map(str.split, STEPS.strip().splitlines())}
    wrong = []
    for state in dict.fromkeys(state for state, _role in offered):
        alert = in_state(contract, state, people)
        url = reverse("admin:contract_alert_change", args=[alert.pk])
        for letter, user in people.items():
            right = offered.get((state, letter), set())
            if letter not in "SRFA":
                wrong += [f"{state} {letter}: saw it"] if answer(user, "GET", url) == "in" else []
                continue
            shown = {offer.step.key for offer in call(user, "GET", url).context_data["offers"]}
            if shown != right:
                wrong.append(f"{state} {letter}: offered {sorted(shown)}, not {sorted(right)}")
            for step, body in bodies(alert).items():
                try:
                    page = call(user, "POST", url, body | {"step": step})
                    if seal := (getattr(page, "context_data", None) or {}).get("seal"):  # shown first, then taken
                        page = call(user, "POST", url, body | {"step": step, confirmation.SEAL: seal})
                    wrote = page.has_written
                except PermissionDenied:
                    wrote = False
                if wrote != (step in right):
                    wrong.append(f"{state} {letter}: {'took' if wrote else 'could not take'} the step {step}")
    assert not wrong, "\n".join(wrong)


# --- The home page --------------------------------------------------------------------------------


def test_every_link_on_every_roles_home_opens_and_finance_reads_of_no_persons_sickness(world: dict[str, Any]) -> None:
    contract = world["contract"]
    people = {letter: person(letter, contract) for letter in (*LETTERS, "O")}
    further_rows(contract, people["R"])
    operators = set(Operator.objects.values_list("name", flat=True))
    wrong = []
    for letter, user in people.items():
        client = Client()
        client.force_login(user)
        page = client.get(HOME).content.decode()
        links = {unescape(link) for link in re.findall(r'href="(/[^"]+)"', page) if "/static/" not in link}
        assert links, letter
        for link in links:
            if (got := answer(user, "GET", link)) != "in":
                wrong.append(f"{letter} {link}: {got}")
        if letter in "FYNUO":
            wrong += [f"{letter} reads “{word}”" for word in (*operators, "病假") if word in page]
    assert not wrong, "\n".join(wrong)
