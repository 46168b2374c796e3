"""Disclosures to third parties. The consent to one is asked for and given elsewhere (contract)."""

from datetime import date
from typing import Any

from django.db import transaction

from confidentiality.models import Disclosure
from confidentiality.services.base import not_after, require_standing, withdraw
from contract.duties.models import Consent
from contract.models import Contract
from staffing.services.locks import apply, fresh, lock_contract, save

DISCLOSURE_FIELDS = frozenset({"recipient", "content", "purpose", "disclosed_on", "document", "consent"})


def record_disclosure(
    *,
    contract: Contract,
    recipient: str,
    content: str,
    disclosed_on: date,
    today: date,
    purpose: str = "",
    document: str = "",
    consent: Consent | None = None,
) -> Disclosure:
    """Record what was given to a third party, with the consent that it refers to."""
    not_after(today, disclosed_on=disclosed_on)
    disclosure = Disclosure(
        contract=contract,
        recipient=recipient.strip(),
        content=content,
        purpose=purpose,
        disclosed_on=disclosed_on,
        document=document,
        consent=consent,
    )
    with transaction.atomic():
        lock_contract(contract.pk)
        save(disclosure)
    return disclosure


def correct_disclosure(*, disclosure: Disclosure, today: date, **changes: Any) -> Disclosure:
    """Correct a record (fields of `DISCLOSURE_FIELDS`); equal values write nothing."""
    not_after(today, disclosed_on=changes.get("disclosed_on"))
    with transaction.atomic():
        lock_contract(disclosure.contract_id)
        current = fresh(disclosure)
        require_standing(current)
        if apply(current, DISCLOSURE_FIELDS, changes):
            save(current)
    return current


def withdraw_disclosure(*, disclosure: Disclosure, today: date, reason: str) -> Disclosure:
    """Withdraw a record that was made by mistake. It counts no more."""
    with transaction.atomic():
        lock_contract(disclosure.contract_id)
        current = fresh(disclosure)
        withdraw(current, today, reason)
        save(current)
    return current
