"""Runs the checks on what was known."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth import get_user_model

from contract.history.replay.scratch import in_scratch
from contract.history.replay.state import end_of, rows_known
from contract.models import Contract
from contract.services.dates import dates_changed
from contract.services.evaluation import Evaluation, look


def replay(*, as_of: date, known_on: date, contract_ids: Sequence[int]) -> Evaluation:
    """What today's rules say as of a day, on the data as known at the end of another day."""
    rows = rows_known(contract_ids, end_of(known_on))
    rows[get_user_model()] = _users()
    return in_scratch(rows, lambda: _look(as_of))


def _users() -> list[object]:
    """The users by name, without their passwords: rows refer to them."""
    model = get_user_model()
    names = model._base_manager.values_list("pk", "username", "first_name", "last_name")
    return [model(pk=pk, username=username, first_name=first, last_name=last) for pk, username, first, last in names]


def _look(as_of: date) -> Evaluation:
    contracts = list(Contract.objects.order_by("pk"))
    for contract in contracts:
        dates_changed(contract=contract)  # day counts and gaps follow from the facts
    return look(as_of=as_of, contract_ids=[contract.pk for contract in contracts])
