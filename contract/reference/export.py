"""A contract written back as a document: loading it again changes nothing."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from contract.models import Clause, Contract
from contract.reference.sections import CLAUSES, CONTRACT, PARTY, POLICY, TERM, added


def document_of(contract: Contract) -> dict[str, Any]:
    """Everything of a contract that a document can say, with every dated row of its term."""
    document: dict[str, Any] = {
        "contract": facts(contract, CONTRACT),
        "parties": {"office": facts(contract.office, PARTY), "vendor": facts(contract.vendor, PARTY)},
        "terms": _dated(contract.term_rows.all(), TERM, contract.ends_on),
        "policies": _dated(contract.policy_rows.all(), POLICY, contract.ends_on),
        "clauses": [
            _clause(clause) for clause in contract.clauses.prefetch_related("obligations").order_by("position")
        ],
    }
    for section in added():
        if section.export is not None and (part := section.export(contract)):
            document[section.name] = part
    return document


def facts(row: Any, names: Iterable[str]) -> dict[str, Any]:
    """The fields of a row as a document writes them; what is empty is left out."""
    return {name: written(value) for name in names if (value := getattr(row, name, None)) not in ("", None)}


def written(value: Any) -> Any:
    """A value as a document writes it: days as 2024-10-01, amounts in quotation marks."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _clause(clause: Clause) -> dict[str, Any]:
    """A clause with its checks. One that nobody looks at is marked so: it has no exemption to show."""
    found = facts(clause, (name for name in CLAUSES if name not in ("checks", "terminates", "unchecked")))
    carried = [row.check_id for row in clause.obligations.all()]
    if clause.terminates:
        found["terminates"] = True
    if carried or clause.exemption:
        return found | {"checks": carried}
    return found | {"unchecked": True}


def _dated(rows: Any, fields: Mapping[str, Any], last: date) -> list[dict[str, Any]]:
    names = [name for name in fields if name != "clause"]
    found = [facts(row, names) for row in rows.filter(effective_from__lte=last).order_by("key", "effective_from")]
    for row in found:
        if "confirmed_on" not in row:
            row.pop("confirmation", None)
    return found
