"""Former operators are forgotten when the papers' time is over (个人信息保护法 article 47), and the chain verifies."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from contract import records
from contract.history import seals, verification
from contract.history import services as history
from contract.history.content import DIGEST_VERSION, digest, fingerprint
from contract.history.models import ChangeEntry, ChangeLink
from contract.history.problems import Fault
from contract.keeping import retention
from contract.keeping.models import Tombstone
from contract.models import Contract
from law.identity import is_resident_id
from staffing.models import Attendance, Operator
from staffing.retention import NAME, nobody
from staffing.services import assignments
from tests.contract.admin_helpers import make_alert
from tests.factories import make_assignment, make_contract, make_operator, make_user, resident_id
from tests.staffing.helpers import report

pytestmark = pytest.mark.django_db
AT = datetime(2045, 1, 1, tzinfo=UTC)
PHONE = "13900001234"


@pytest.fixture
def contract(settings: Any, tmp_path: Path) -> Contract:
    settings.MEDIA_ROOT = tmp_path
    return make_contract()


@pytest.fixture
def person(contract: Contract) -> Operator:
    """Somebody whose name was mistyped once, and who was at work for three days."""
    operator = records.enter(
        Operator(
            vendor=contract.vendor,
            employee_number="GH7",
            name="欧阳测试",
            resident_id=resident_id(7),
            phone=PHONE,
            hired_on=date(2024, 9, 1),
        )
    )
    assignment = make_assignment(contract, operator)
    records.correct(operator, name="欧阳测式")
    report(contract, assignment, date(2024, 10, 8), "DDS")
    seals.seal()
    return operator


def due(contract: Contract) -> date:
    since = retention.papers_since(contract)
    assert since is not None
    return since


def people(today: date) -> list[Any]:
    return [one for one in retention.due(today) if one.kind == retention.PEOPLE]


def everything() -> str:
    """Whatever stands in a table of the database, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found.append(str(cursor.fetchall()))
    return "\n".join(found)


def forget(today: date, **changed: Any) -> list[Tombstone]:
    (found,) = people(today)
    fields = {"confirmed": "staffing.Operator", "actor": make_user(is_superuser=True), "reason": "over", "at": AT}
    return retention.remove(found, **(fields | changed))


def test_people_are_due_with_the_papers_of_their_last_contract_and_not_before(
    contract: Contract, person: Operator
) -> None:
    since = due(contract)
    assert [(one.name, one.since, one.count) for one in people(since)] == [("staffing.Operator", since, 1)]
    assert people(since - timedelta(days=1)) == []
    assignments.correct(person.assignments.get(), ends_on=date(2025, 9, 30), end_reason="resignation")
    later = make_contract(check_ids=(), vendor=contract.vendor, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    make_assignment(later, person)
    assert people(since) == [] and people(due(later))[0].since == due(later) > since


def test_nobody_is_due_while_a_case_is_open_or_who_never_served(contract: Contract, person: Operator) -> None:
    since = due(contract)
    make_alert(contract)
    assert people(since + timedelta(days=9_000)) == []
    make_operator(make_contract(check_ids=()).vendor)
    assert people(since + timedelta(days=9_000)) == []


def test_nothing_says_any_more_who_it_was_and_what_was_counted_stays(contract: Contract, person: Operator) -> None:
    secrets = ("欧阳测", PHONE, "GH7", fingerprint(resident_id(7)), person.resident_id_index)
    assert all(secret in everything() for secret in secrets)
    stone = forget(due(contract))[0]
    assert [secret for secret in secrets if secret in everything()] == []
    person.refresh_from_db()
    assert (person.name, person.phone, person.employee_number) == (NAME, "", f"DEL{person.pk}")
    assert is_resident_id(person.resident_id) and person.born_on == date(1900, 1, 1)
    assert {version.name for version in person.history.all()} == {NAME} and person.history.count() == 2
    assert Attendance.objects.filter(operator=person).count() == 3
    assert (stone.label, stone.row_pk, stone.count) == ("staffing.Operator", person.pk, 2)
    assert people(due(contract)) == []  # once


def test_the_chain_verifies_and_no_link_was_written_anew(contract: Contract, person: Operator) -> None:
    before = dict(ChangeLink.objects.values_list("sequence", "hash"))
    head = seals.CHANGES.links.objects.order_by("sequence").last()
    forget(due(contract))
    seals.seal()
    assert history.check(timezone.now())[1] == []
    assert before.items() <= dict(ChangeLink.objects.values_list("sequence", "hash")).items()
    assert verification.since(head.sequence, head.hash) is None


def test_an_entry_that_somebody_changes_afterwards_is_named(contract: Contract, person: Operator) -> None:
    forget(due(contract))
    seals.seal()
    entry = ChangeEntry.objects.filter(label="staffing.Operator", row_pk=person.pk).order_by("pk")[0]
    ChangeEntry._base_manager.filter(pk=entry.pk).update(changes={**entry.changes, "hired_on": "2020-01-01"})
    faults = {problem.fault for problem in history.check(timezone.now())[1]}
    assert Fault.ENTRY_CHANGED in faults


def test_who_takes_values_out_without_a_tombstone_is_found(contract: Contract, person: Operator) -> None:
    forget(due(contract))
    seals.seal()
    with connection.cursor() as cursor:  # behind the program's back
        cursor.execute("DELETE FROM contract_tombstone WHERE label = 'contract.ChangeEntry'")
    faults = {problem.fault for problem in history.check(timezone.now())[1]}
    assert {Fault.ENTRY_CHANGED, Fault.ROW_GONE} <= faults


def test_the_digest_that_stays_does_not_tell_the_name(contract: Contract, person: Operator) -> None:
    """Whoever tries names would need the salt, which goes with them."""
    entry = ChangeEntry.objects.filter(label="staffing.Operator", row_pk=person.pk).order_by("pk")[1]
    whole, salt = dict(entry.changes), entry.salt
    assert len(salt) == 32 and entry.link.version == DIGEST_VERSION == 2
    forget(due(contract))
    entry = ChangeEntry.objects.get(pk=entry.pk)
    assert entry.salt == ""
    entry.changes = whole
    assert digest(entry, 2, entry.link.algorithm) != entry.link.digest
    entry.salt = salt
    assert digest(entry, 2, entry.link.algorithm) == entry.link.digest


def test_what_was_taken_over_by_hand_is_forgotten_too(contract: Contract, person: Operator) -> None:
    Operator.objects.filter(pk=person.pk).update(phone="13900009999")
    assert history.adopt("by hand") == 1
    assert history.check(timezone.now())[1] == []
    forget(due(contract))
    assert "13900009999" not in everything() and history.check(timezone.now())[1] == []


def test_by_the_command_named_twice(contract: Contract, person: Operator, settings: Any) -> None:
    settings.DEMONSTRATION_DAY = due(contract).isoformat()
    make_user("boss", is_superuser=True)
    words = {"remove": "staffing.Operator", "by": "boss", "reason": "保存期限届满"}
    with pytest.raises(CommandError, match=r"staffing\.Operator"):
        call_command("retention", confirm="yes", **words)
    assert Operator.objects.get().name == "欧阳测式"
    call_command("retention", confirm="staffing.Operator", **words)
    assert Operator.objects.get().name == NAME


def test_two_who_are_nobody_are_two() -> None:
    assert len({nobody(pk)["resident_id"] for pk in (1, 2, 1_001, 999_999)}) == 4
