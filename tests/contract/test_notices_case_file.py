"""The case file holds the office's letters, also those that nobody has acknowledged."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from contract.history.casefile.evidence import gather
from contract.letters.choices import NoticeMeans
from contract.letters.services.arrivals import record_arrival
from tests.contract.admin_helpers import AT, make_alert, office_user
from tests.contract.letters import make_notice
from tests.factories import make_contract
from tests.papers import PDF, pdf

pytestmark = pytest.mark.django_db
RECEIPT = pdf("receipt")


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_letters_their_arrival_and_their_files_are_in_it() -> None:
    contract = make_contract(check_ids=["staffing.backfill"])
    alert = make_alert(contract)
    about = ("contract.Alert", alert.pk)
    arrived, silent = make_notice(contract, subject=about), make_notice(contract, subject=about)
    make_notice(contract, subject=("contract.Alert", alert.pk + 1))  # about something else
    record_arrival(
        notice=arrived,
        arrived_on=date(2025, 3, 11),
        means=NoticeMeans.LETTER,
        actor=office_user(contract),
        at=AT,
        on=date(2025, 3, 12),
        received_by="钱经理",
        proof=SimpleUploadedFile("x.pdf", RECEIPT),
    )
    alert.refresh_from_db()
    with translation.override("zh-hans"):
        case = gather(alert)
        [sheet] = [sheet for sheet in case.sheets if sheet.name == "函件及送达"]
        rows = sheet.text_rows
    assert [row[0] for row in rows] == [arrived.number, silent.number]
    assert "2025-03-11" in rows[0] and "钱经理" in rows[0] and "2025-03-11" not in rows[1]
    files = {item.title: item for item in case.attachments}
    assert len([item for item in files.values() if item.content == PDF]) == 2
    assert all(item.agrees for item in files.values())
    assert [item.title for item in files.values() if item.content == RECEIPT] == [f"函件{arrived.pk}-送达凭证"]


def test_a_case_without_letters_has_no_such_sheet() -> None:
    alert = make_alert(make_contract(check_ids=["staffing.backfill"]))
    assert not [sheet for sheet in gather(alert).sheets if sheet.name == "函件及送达"]
