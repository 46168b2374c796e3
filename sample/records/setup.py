"""What stands before the first day."""

from datetime import date

from billing.services import generate_instalments
from contract import records
from contract.choices import PartySide
from contract.duties.models import Formality
from contract.letters.models import LetterHead
from contract.models import Policy
from sample.records.purchase import publish
from sample.records.service import confirm, set_up
from sample.records.year import Year
from sample.year.service import CONFIRMED_ON
from sample.year.team import POSTS
from staffing.models import Post

ORIGINALS_EACH = 2
SIGNATORY = "授权代表（示例）"
PUBLISHED_ON = date(2024, 9, 30)
# What the office has settled for itself about the purchase; the tender's total is three years of the fee.
READINGS = {"contract_is_published": "true", "tender_total": "6275200.00"}
LETTER_MARK, LETTER_CONTACT = "三政热函", "陈经办"


def prepare(year: Year) -> None:
    """Signatures and seals, posts, the letterhead, instalments."""
    contract = year.contract
    for side in PartySide:
        records.enter(
            Formality(
                contract=contract,
                side=side,
                signatory=SIGNATORY,
                signed_on=contract.signed_on,
                sealed_on=contract.signed_on,
                originals=ORIGINALS_EACH,
            )
        )
    for code, (name, planned, _rotates) in POSTS.items():
        records.enter(Post(contract=contract, code=code, name=name, planned_headcount=planned))
    records.enter(LetterHead(contract=contract, prefix=LETTER_MARK, contact=LETTER_CONTACT))
    generate_instalments(contract=contract)
    set_up(contract, contract.signed_on)
    for key, value in READINGS.items():
        records.enter(Policy(contract=contract, key=key, value=value, effective_from=contract.starts_on))
    year.begin(contract.signed_on)
    year.later(PUBLISHED_ON, "office", lambda: publish(contract, PUBLISHED_ON))
    year.later(CONFIRMED_ON, "office", lambda: confirm(contract, CONFIRMED_ON))
