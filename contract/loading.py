"""Loads a contract that is written down as data: parties, facts, clauses, terms, readings.

The form of a document is in docs/contract-document.md and, as code, in `contract.reference`. A document
is checked as a whole: every error is collected and named by its path (`clauses[3].owed_by`), and
nothing is written unless there is none.

Loading is a proposal, not a restore. A row is created only where no row was ever known under its
key, deleted and renamed rows included (their history knows them). So the same document twice
changes nothing, a newer document adds what is new in it, and what people changed, renamed or
removed since stays as they left it; `Loaded.kept` names what differs.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from contract.choices import Side
from contract.models import Clause, Contract, Obligation, Party, Policy, Term
from contract.reference import REFERENCE
from contract.reference.form import Form
from contract.reference.sections import added
from contract.selectors.readiness import essential
from contract.terms import POLICIES, TERMS
from law.identity import normalise_credit_code
from law.periods import BEIJING
from law.references import contract_article

Row = TypeVar("Row", bound=models.Model)


@dataclass
class Loaded:
    """What a document brought: rows created by table, and where the database says otherwise."""

    contract: Contract
    created: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)


def read_document(path: Path) -> dict[str, Any]:
    """The document in a JSON file (UTF-8). ValidationError says what is wrong with the file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValidationError(_("The file cannot be read: %(reason)s") % {"reason": error.strerror}) from error
    except UnicodeDecodeError as error:
        raise ValidationError(_("The file is not text in UTF-8.")) from error
    try:
        document = json.loads(text, object_pairs_hook=_once)
    except ValidationError:
        raise
    except (ValueError, RecursionError) as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        raise ValidationError(
            _("Line %(line)s, column %(column)s: this is no valid JSON.") % {"line": line, "column": column}
        ) from error
    if not isinstance(document, dict):
        raise ValidationError(_("The document must be an object: {…}."))
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of the file. JSON readers take the last of two equal keys; here they are refused."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _value in pairs).items() if count > 1)
        raise ValidationError(_("“%(key)s” stands twice in one object.") % {"key": twice})
    return found


def reference_document() -> dict[str, Any]:
    """The reference contract's document."""
    return read_document(REFERENCE)


def reference_signed_at() -> datetime:
    """The morning on which the reference contract was signed."""
    day = date.fromisoformat(reference_document()["contract"]["signed_on"])
    return datetime.combine(day, time(9), tzinfo=BEIJING)


def load_contract(document: Mapping[str, Any]) -> Contract:
    """Load a contract and return it; see `load`."""
    return load(document).contract


@transaction.atomic
def load(document: Mapping[str, Any]) -> Loaded:
    """Write what the document has and the database never had.

    Raises ValidationError with one sentence for each error, named by its path in the document.
    """
    form = Form()
    data = form.document(document)
    given = {row.get("key"): row.get("value") for row in data["terms"]}
    if missing := [key for key in essential(given.get("fee_basis")) if key not in given]:
        form.fail("terms", _("these figures are missing: %(keys)s") % {"keys": ", ".join(missing)})
    form.finish()
    loader = Loader(form)
    contract = loader.contract(data)
    form.finish()
    clauses = loader.clauses(contract, data["clauses"])
    form.finish()
    loader.obligations(contract, data["clauses"], clauses)
    starts_on = data["contract"]["starts_on"]
    loader.dated(Term, "terms", contract, data["terms"], starts_on)
    loader.dated(Policy, "policies", contract, data["policies"], starts_on)
    for section in added():
        if section.write is not None and data[section.name]:
            section.write(loader, contract, data[section.name])
    form.finish()
    return Loaded(contract, loader.created, loader.kept)


class Loader:
    """Creates what is new, compares what is known, and collects errors in the form."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.created: Counter[str] = Counter()
        self.kept: list[str] = []

    def contract(self, data: Mapping[str, Any]) -> Contract:
        facts = data["contract"]
        existing = _find(Contract, number=facts["number"])
        parties = {side: self.party(f"parties.{side}", data["parties"][side]) for side in ("office", "vendor")}
        if existing is None:
            self.form.finish()
            return self.create("contract", Contract(**facts, **parties))
        for side, party in parties.items():
            if not existing.history.filter(**{f"{side}_id": party.pk}).exists():
                self.form.fail(
                    "contract.number",
                    _("another contract bears this number: its %(side)s is not %(name)s")
                    % {"side": Side(side).label, "name": party.name},
                )
        self.compare("contract", existing, facts)
        return existing

    def party(self, path: str, facts: Mapping[str, Any]) -> Party:
        code = normalise_credit_code(facts["credit_code"])
        existing = _find(Party, credit_code=code)
        if existing is None:
            return self.create(path, Party(**facts))
        self.compare(path, existing, {**facts, "credit_code": code})
        return existing

    def clauses(self, contract: Contract, rows: list[dict[str, Any]]) -> dict[str, Clause]:
        """The contract's clauses by the reference under which the document knows them."""
        known = known_keys(Clause, contract, "ref")
        for position, row in enumerate(rows):
            path, ref = f"clauses[{position}]", row["ref"]
            facts = {key: value for key, value in row.items() if key not in ("checks", "unchecked")}
            clause = known.get((ref,))
            if (ref,) not in known:
                clause = self.create(path, Clause(contract=contract, position=position + 1, **facts))
                known[(ref,)] = clause
            elif clause is not None:
                self.compare(path, clause, facts)
        return {key[0]: clause for key, clause in known.items() if clause is not None}

    def obligations(self, contract: Contract, rows: list[dict[str, Any]], clauses: Mapping[str, Clause]) -> None:
        known = known_keys(Obligation, contract, "check_id")
        for position, row in enumerate(rows):
            clause = clauses.get(row["ref"])
            for index, check_id in enumerate(row.get("checks", ())):
                if (check_id,) in known or clause is None:  # or a person removed the clause
                    continue
                self.create(
                    f"clauses[{position}].checks[{index}]",
                    Obligation(contract=contract, clause=clause, check_id=check_id),
                )

    def dated(
        self,
        model: type[Term] | type[Policy],
        path: str,
        contract: Contract,
        rows: list[dict[str, Any]],
        starts_on: date,
    ) -> None:
        known = known_keys(model, contract, "key", "effective_from")
        for position, row in enumerate(rows):
            facts = {"effective_from": starts_on, **row}
            article = facts.pop("clause", "")
            key = (facts["key"], facts["effective_from"])
            existing = known.get(key)
            if key not in known:
                note = {"note": contract_article(article).label()} if article else {}
                self.create(f"{path}[{position}]", model(contract=contract, **{**note, **facts}))
            elif existing is not None:
                # Written otherwise is not meant otherwise: one form for both ("20:00-08:00" is two bands).
                definition = (TERMS if model is Term else POLICIES)[facts["key"]]
                written = definition.write(definition.parse(str(facts["value"])))
                self.compare(f"{path}[{position}]", existing, {**facts, "value": written})

    def create(self, path: str, row: Row) -> Row:
        """Write a new row, or collect what is wrong with it."""
        try:
            row.full_clean()
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                where = path if name == "__all__" else f"{path}.{name}"
                for message in messages:
                    self.form.fail(where, message)
            return row
        row.save()
        self.created[str(row._meta.verbose_name)] += 1
        return row

    def compare(self, path: str, row: models.Model, facts: Mapping[str, Any]) -> None:
        """Name what a row that is known already has otherwise; it stays as it is."""
        for name, said in facts.items():
            kept = getattr(row, name)
            if kept != said:
                self.kept.append(
                    _("%(path)s: kept “%(kept)s”, the document says “%(said)s”")
                    % {"path": f"{path}.{name}", "kept": kept, "said": said}
                )


def _find(model: type[Row], **key: Any) -> Row | None:
    """The row that has this key now or, where none has, the one that had it once."""
    manager: Any = model._default_manager
    history: Any = model.history  # type: ignore[attr-defined]
    once = history.filter(**key).order_by("-history_id").values_list("id", flat=True)[:1]
    row: Row | None = manager.filter(**key).first() or manager.filter(pk__in=list(once)).first()
    return row


def known_keys(model: Any, contract: Contract, *names: str) -> dict[tuple[Any, ...], Any]:
    """Every key that rows of the contract ever had; None where that row is deleted."""
    rows = model.objects.filter(contract=contract)
    live = {row.pk: row for row in rows}
    past: Iterable[tuple[Any, ...]] = (
        model.history.filter(contract_id=contract.pk).order_by("history_id").values_list("id", *names)
    )
    known = {tuple(key): live.get(pk) for pk, *key in past}
    return known | {tuple(getattr(row, name) for name in names): row for row in rows}
