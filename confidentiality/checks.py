"""The checks of article 14. They keep running after the contract's end (14.4)."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from confidentiality import selectors
from confidentiality.rules import undertaking as undertaking_rule
from contract.choices import Side
from contract.findings import Finding
from contract.law.references import contract_article
from contract.registry import Batch, register


@register(
    undertaking_rule.CHECK,
    owed_by=Side.VENDOR,
    clause="14",
    title=_("Operators are bound in writing before the first day on post"),
    references=(contract_article("14"),),
)
def undertaking(batch: Batch) -> Iterator[Finding]:
    operators = selectors.operators(batch.contracts)
    for contract in batch.begun():
        for operator in operators.get(contract.pk, []):
            yield undertaking_rule.undertaking(contract, operator, batch.as_of)
