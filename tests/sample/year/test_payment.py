"""What docs/sample-year.md says of acceptances, the claim and the payment files."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from billing import services
from billing.documents.quarter_file import Assembled
from billing.models import AcceptanceSheet, Claim, Instalment, QuarterFile
from billing.services import quarter_files
from contract.models import Contract
from kit import clock
from sample.year.events import instant
from sample.year.team import END
from tests.sample.document import table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("year")]


def test_each_period_is_accepted_as_the_page_says() -> None:
    sheets = AcceptanceSheet.objects.order_by("instalment__sequence")
    found = [
        (
            str(sheet.instalment.sequence),
            str(sheet.acceptance and sheet.acceptance.accepted_on),
            sheet.get_result_display(),
            str(sheet.score),
            str(sheet.vendor_on),
        )
        for sheet in sheets
    ]
    assert found == [tuple(line) for line in table("acceptances")]


def test_the_claim_waits_in_its_instalment_and_the_rest_is_paid() -> None:
    found = [
        (
            claim.number,
            str(claim.issued_on),
            str(claim.answered_on),
            claim.get_status_display(),
            f"{claim.amount:,}",
            f"{claim.instalment.paid_amount:,}",
            f"{claim.withheld:,}",
        )
        for claim in Claim.objects.select_related("instalment")
        if claim.instalment
    ]
    assert found == [tuple(line) for line in table("claims")]
    row = Instalment.objects.get(sequence=3, contract__number="SMX-12345-2024")
    assert row.payable == 0 and row.outstanding == row.withheld_amount > 0


def test_the_payment_files_wait_for_a_worker_and_say_what_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    files = QuarterFile.objects.order_by("instalment__sequence")
    found = [
        (
            str(file.instalment.sequence),
            str(file.as_of),
            f"{Decimal(file.facts['application']['applied']):,}",
            f"{Decimal(file.facts['application']['withheld']):,}",
        )
        for file in files
    ]
    assert found == [tuple(line) for line in table("files")]
    monkeypatch.setattr(quarter_files, "assemble", lambda *a, **k: Assembled(b"PK made", b"%PDF made", 1))
    with transaction.atomic():
        assert len(services.make_waiting_files(clock.now)) == len(found)
        transaction.set_rollback(True)


def test_the_last_quarter_is_not_due_by_the_last_day_and_runs_through_afterwards(
    contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With later days passed in: invoice, acceptance, payment and file of the fourth quarter."""
    from sample.records import Year, record
    from sample.year import events
    from sample.year.words import claims

    row = contract.instalments.get(sequence=4)
    finance = User.objects.get(username="finance")
    ask: dict[str, Any] = {"instalment": row, "actor": finance, "at": instant(END), "as_of": END}
    with pytest.raises(ValidationError):
        services.request_file(**ask)
    users = {user.username: user for user in User.objects.all()}
    monkeypatch.setattr(quarter_files, "assemble", lambda *a, **k: Assembled(b"PK made", b"%PDF made", 1))
    year = Year(contract, None, users)  # type: ignore[arg-type]
    accepted, paid = date(2025, 10, 13), date(2025, 10, 20)
    with transaction.atomic():
        record(events.Invoiced(date(2025, 10, 10), 4, "25412000000010000055"), year)
        record(events.InvoiceAccepted(date(2025, 10, 11), 4), year)
        record(events.Accepted(accepted, 4, "passed", points=(70, 86, 88, 85)), year)
        record(claims.AcceptanceConfirmed(accepted, 4), year)
        record(events.Paid(paid, 4, "JZ-2025-1020-01"), year)
        file = services.request_file(**ask | {"at": instant(paid), "as_of": paid})
        assert services.make_file(file, clock.now)
        file.refresh_from_db()
        assert file.is_ready and file.facts["application"]["rest"] == "0.00"
        assert file.facts["application"]["applied"] == "522933.34"
        transaction.set_rollback(True)
