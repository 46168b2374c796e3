"""A quarter with its papers, for tests of the quarterly file."""

from datetime import date
from typing import Any

from billing import services
from billing.models import Instalment, QuarterFile
from contract.models import Contract
from kit import clock
from tests.billing.cases import People, answered, decided_sheet, issued
from tests.billing.factories import AT, FINANCE, make_instalments, make_invoice
from tests.factories import make_contract, make_user

AS_OF = date(2025, 1, 20)


class Quarter:
    """The first quarter of a contract, invoiced and accepted, and who asks for its file."""

    def __init__(self, contract: Contract | None = None, *, disputed: bool = False, name: str = "claim") -> None:
        self.contract = contract or make_contract()
        if not self.contract.instalments.exists():
            make_instalments(self.contract)
        self.people = People(self.contract, name)
        self.finance = make_user(
            party=self.contract.office, permissions=[*FINANCE, "billing.add_quarterfile", "billing.view_quarterfile"]
        )
        self.instalment = Instalment.objects.get(contract=self.contract, sequence=1)
        make_invoice(self.instalment)
        if disputed:
            answered(self.people, issued(self.people), "disputed")
        decided_sheet(self.people, self.instalment)

    def ask(self, **fields: Any) -> QuarterFile:
        return services.request_file(
            instalment=self.instalment,
            actor=fields.pop("actor", self.finance),
            at=fields.pop("at", AT),
            as_of=fields.pop("as_of", AS_OF),
            **fields,
        )

    def make(self, **fields: Any) -> QuarterFile:
        """Ask for the file and make it here."""
        file = self.ask(**fields)
        services.make_file(file, clock.now)
        file.refresh_from_db()
        return file
