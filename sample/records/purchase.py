"""The papers of the purchase: the contract and its supplements published."""

from datetime import date

from contract import records
from contract.choices import PurchaseStep
from contract.duties.models import Amendment, PurchasePaper
from contract.models import Contract

PLATFORM = "示例市政府采购网"


def publish(contract: Contract, on: date, amendment: Amendment | None = None) -> PurchasePaper:
    """Publish the contract or one of its supplements."""
    notice = "补充协议公告" if amendment else "合同公告"
    return records.enter(
        PurchasePaper(
            contract=contract,
            amendment=amendment,
            step=PurchaseStep.PUBLICATION,
            done_on=on,
            place=PLATFORM,
            document=f"{notice}（示例）{on:%Y%m%d}",
        ),
        today=on,
    )
