"""PostgreSQL: attendance by month, and a month in the archive, which a comparison of everything still reads.

The statements are those of deploy/postgresql, as docs/scale.md tells an administrator to run them.
"""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as all_settings
from django.db import connection
from django.utils import timezone

from contract.history import services as history
from contract.history.problems import Fault
from contract.models import Contract
from staffing.models import Attendance
from tests.history.test_verify import by_hand, contract, report  # noqa: F401

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="partitions are PostgreSQL's"),
]
FOLDER = Path(all_settings.BASE_DIR, "deploy", "postgresql")


def run(name: str, **variables: str) -> None:
    """A script as psql runs it, within the test's transaction."""
    text = (FOLDER / name).read_text(encoding="utf-8").replace("BEGIN;\n", "").replace("COMMIT;\n", "")
    for key, value in variables.items():
        text = text.replace(f":{key}", value)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the commit is in the way of ALTER TABLE
        text, gexec, rest = text.partition("\\gexec")
        cursor.execute(text)
        if gexec:
            (made,) = cursor.fetchone()
            cursor.execute(made)
        assert not rest.strip()


def faults() -> set[Fault]:
    return {problem.fault for problem in history.check(timezone.now())[1]}


def test_a_month_that_was_taken_out_is_missed_and_found_again_in_the_archive(
    contract: Contract,  # noqa: F811
    settings: Any,
) -> None:
    rows = Attendance.objects.count()
    run("attendance-by-month.sql")
    assert Attendance.objects.count() == rows and faults() == set()
    report(contract, "rest")
    assert set(Attendance.objects.values_list("status", flat=True)) == {"rest"} and faults() == set()
    run("archive-attendance.sql", month="2025_03")
    assert not Attendance.objects.exists() and faults() == {Fault.ROW_GONE}
    settings.ARCHIVE_SCHEMA = "archive"
    assert faults() == set() and not Attendance.objects.exists()
    by_hand("UPDATE archive.staffing_attendance_2025_03 SET status = 'sick' WHERE day = '2025-03-03'")
    assert faults() == {Fault.ROW_CHANGED}
