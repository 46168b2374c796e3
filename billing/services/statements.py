"""Settlement statements: looked at as a draft, issued once, corrected by another one."""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from billing.documents import statement as pdf
from billing.models import Instalment, Statement
from billing.selectors.statement import evaluated_on, statement_facts
from billing.services.base import lock, require, require_not_vendor
from billing.services.numbers import period_name
from contract.records import reason_given
from kit.errors import Conflict
from kit.files.documents import facts_hash
from kit.files.storage import read_document
from law.periods import beijing_day


def preview_statement(*, instalment: Instalment, as_of: date) -> bytes:
    """The statement as it would be issued now, as a PDF marked as a draft. Nothing is kept."""
    facts = statement_facts(instalment, as_of)
    number = statement_number(instalment, _next_ordinal(instalment))
    document = {"number": number, **_as_of(instalment.contract_id, as_of)}
    return pdf.render({**facts, "document": document}, draft=True)


def check_statement(
    *, instalment: Instalment, actor: Any, as_of: date, corrects: Statement | None = None, reason: str = ""
) -> None:
    """Raise what `issue_statement` refuses now: asked before somebody is shown what issuing means."""
    require(actor, "billing.add_statement")
    require_not_vendor(actor, instalment)
    if instalment.is_open:
        raise ValidationError(_("The amount of this instalment is not known yet: no statement can be issued."))
    standing = instalment.statements.filter(corrected_by=None).first()
    if corrects is not None:
        reason_given(reason, "reason")
        if standing is None or standing.pk != corrects.pk:
            raise Conflict(
                _("Statement %(number)s does not stand any more. Reload the page and look again.")
                % {"number": corrects}
            )
    elif standing is not None and has_changed(standing, as_of):
        raise ValidationError(
            _(
                "Statement %(number)s was issued and the facts have changed since. Issue a "
                "correcting statement that gives the reason."
            )
            % {"number": standing}
        )


@transaction.atomic
def issue_statement(
    *,
    instalment: Instalment,
    actor: Any,
    at: datetime,
    as_of: date,
    corrects: Statement | None = None,
    reason: str = "",
) -> Statement:
    """Freeze the facts of an instalment, number them, and keep the document made of them.

    Numbers run without gaps. A second click gets the statement of the first one. Where a
    statement stands and the facts have changed, name it as `corrects`, with the reason; Conflict
    says that somebody else has corrected it meanwhile.
    """
    row = lock(instalment)
    check_statement(instalment=row, actor=actor, as_of=as_of, corrects=corrects, reason=reason)
    standing = row.statements.filter(corrected_by=None).first()
    facts = statement_facts(row, as_of)
    if corrects is None and standing is not None:
        return standing
    reason = reason.strip()
    ordinal = row.statements.count() + 1
    number = statement_number(row, ordinal)
    document = {
        "number": number,
        "issued_on": beijing_day(at).isoformat(),
        **_as_of(row.contract_id, as_of),
        "corrects": _reference(standing, reason) if standing else None,
    }
    facts = {**facts, "document": document}
    content = pdf.render(facts)
    statement = Statement(
        contract=row.contract,
        instalment=row,
        ordinal=ordinal,
        number=number,
        as_of=as_of,
        issued_at=at,
        issued_by=actor,
        corrects=standing,
        reason=reason,
        facts=facts,
        facts_sha256=facts_hash(facts),
        pdf_sha256=sha256(content).hexdigest(),
    )
    statement.file.save(statement.number, ContentFile(content), save=False)
    try:
        statement.full_clean()
        statement.save()
    except BaseException:
        statement.file.delete(save=False)
        raise
    return statement


def has_changed(statement: Statement, as_of: date) -> bool:
    """Whether a statement made now would say something else."""
    return _body(statement.facts) != statement_facts(statement.instalment, as_of)


def read_statement(statement: Statement) -> bytes:
    """The document as it was issued. Raises DocumentMissing or DocumentAltered."""
    what = _("statement %(number)s") % {"number": statement}
    return read_document(statement.file.storage, str(statement.file.name), known=statement.pdf_sha256, what=what)


def statement_number(instalment: Instalment, ordinal: int) -> str:
    """JS-<contract>-2024Q4-01: see period_name."""
    return f"JS-{instalment.contract.number}-{period_name(instalment)}-{ordinal:02d}"


def _next_ordinal(instalment: Instalment) -> int:
    return instalment.statements.count() + 1


def _as_of(contract_id: int, as_of: date) -> dict[str, str | None]:
    """The day that the document speaks of, and how far the checks had come by then."""
    evaluated = evaluated_on(contract_id, as_of)
    return {"as_of": as_of.isoformat(), "evaluated_on": evaluated.isoformat() if evaluated else None}


def _reference(statement: Statement, reason: str) -> dict[str, str]:
    return {"number": statement.number, "sha256": statement.facts_sha256, "reason": reason}


def _body(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts without what belongs to the document: its number and its day."""
    return {key: value for key, value in facts.items() if key != "document"}
