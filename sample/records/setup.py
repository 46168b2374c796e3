"""What stands before the first day."""

from billing.services import generate_instalments
from contract import records
from contract.choices import PartySide
from contract.duties.models import Formality
from contract.letters.models import LetterHead
from sample.records.year import Year
from sample.year.team import POSTS
from staffing.models import Post

ORIGINALS_EACH = 2
SIGNATORY = "授权代表（示例）"
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
