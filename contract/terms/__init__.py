"""What a contract can say in figures (terms), and what it leaves open (policies).

The numbers themselves are data (`contract/reference/`, the admin): a definition gives a key its
type, unit, check and wording. A policy has a default, and stays marked as unconfirmed until
both sides have confirmed a value in writing.
"""

from contract.terms.definition import Definition, index
from contract.terms.figures import TERMS
from contract.terms.hotline import HOTLINE
from contract.terms.readings import POLICIES as OF_THE_CONTRACT

POLICIES = OF_THE_CONTRACT | index(*HOTLINE)

__all__ = ["POLICIES", "TERMS", "Definition"]
