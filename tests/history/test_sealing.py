"""Entries are chained after the commit: with the write or not at all, one chain for all writers."""

from threading import Thread
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from contract.history import seals, verification
from contract.history.models import ChainHead, ChangeEntry, ChangeLink
from contract.history.problems import Fault
from contract.history.tasks import seal_change_log, verify_change_log
from contract.models import CalendarYear

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, WRITES = 4, 5


def year(number: int) -> CalendarYear:
    return CalendarYear.objects.create(year=number, source="x")


def test_a_write_is_sealed_when_it_is_committed() -> None:
    year(2031)
    link = ChangeLink.objects.get()
    assert (link.sequence, link.entry.label) == (1, "contract.CalendarYear")
    assert (ChainHead.objects.get().sequence, ChainHead.objects.get().hash) == (1, link.hash)


def test_within_a_transaction_nothing_is_sealed() -> None:
    with transaction.atomic():
        year(2031)
        assert ChangeEntry.objects.count() == 1 and not ChangeLink.objects.exists()
    assert ChangeLink.objects.count() == 1


def test_what_is_rolled_back_leaves_neither_entry_nor_link() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        year(2031)
        raise ZeroDivisionError
    assert not ChangeEntry.objects.exists()
    year(2032)
    assert ChangeLink.objects.count() == 1


def test_savepoints_are_sealed_with_the_whole() -> None:
    with transaction.atomic():
        year(2031)
        try:
            with transaction.atomic():
                year(2032)
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        with transaction.atomic():
            year(2033)
        year(2034)
    assert ChangeEntry.objects.count() == ChangeLink.objects.count() == 3


def test_what_a_killed_process_left_is_sealed_by_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as dead:
        dead.setattr(seals, "seal", lambda *_, **__: 0)
        year(2031)
    assert not ChangeLink.objects.exists()
    assert seal_change_log() == ChangeEntry.objects.get().pk
    assert seal_change_log() == 0
    assert ChangeLink.objects.count() == 1


def test_the_weekly_job_tells_how_many_things_differ() -> None:
    row = year(2031)
    assert verify_change_log(full=True) == 0
    CalendarYear.objects.filter(pk=row.pk).update(source="y")  # a history is written by save() only
    assert verify_change_log() == 0
    assert verify_change_log(full=True) == 1


def test_what_is_written_while_the_log_is_compared_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A write comes between the links and their head, and between the entries and their rows."""
    if connection.vendor != "postgresql":
        pytest.skip("the database in memory of these tests has no reader beside a writer")
    row, followed, written = year(2031), verification._link, []

    def write() -> None:
        row.source = "y"
        row.save()
        written.append(year(2032))
        connections.close_all()

    def follow(*args: Any) -> Any:
        if not written:
            thread = Thread(target=write)
            thread.start()
            thread.join()
        return followed(*args)

    monkeypatch.setattr(verification, "_link", follow)
    assert verify_change_log() == 0
    assert written and verify_change_log() == 0


def test_writers_at_once_make_one_chain() -> None:
    failed: list[BaseException] = []

    def write(first: int) -> None:
        try:
            for number in range(WRITES):
                with transaction.atomic():
                    year(first + number)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=write, args=(3000 + 100 * n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seals.seal()
    assert not failed
    assert ChangeLink.objects.count() == ChangeEntry.objects.count() == WRITERS * WRITES
    assert list(verification.chain(timezone.now(), verification.Checked())) == []


def test_a_chain_goes_on_in_the_national_algorithm_and_back(settings: Any) -> None:
    for number, algorithm in enumerate(("sha256", "sm3", "sm3", "sha256")):
        settings.CHAIN_HASH = algorithm
        year(2031 + number)
    links = list(ChangeLink.objects.order_by("sequence"))
    assert [link.algorithm for link in links] == ["sha256", "sm3", "sm3", "sha256"]
    assert links[1].hash == seals.chained(links[0].hash, links[1].digest, "sm3")
    assert list(verification.chain(timezone.now(), verification.Checked())) == []


@pytest.mark.parametrize("name", ["sha256", "md5"])
def test_a_link_whose_algorithm_was_renamed_is_named(settings: Any, name: str) -> None:
    settings.CHAIN_HASH = "sm3"
    year(2031)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contract_changelink SET algorithm = %s", [name])
    faults = {problem.fault for problem in verification.chain(timezone.now(), verification.Checked())}
    assert Fault.LINK_CHANGED in faults


def test_an_unknown_hash_stops_the_start(settings: Any) -> None:
    assert list(seals.check_algorithm(None)) == []
    settings.CHAIN_HASH = "md5"
    assert [error.id for error in seals.check_algorithm(None)] == ["contract.E003"]
