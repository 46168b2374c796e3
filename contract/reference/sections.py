"""The sections of a contract document: one object a section, so that an app can add its own.

    register(Section("instalments", Rows(Group(...)), write=..., export=...))

`check` looks at what reaches beyond one field (sums, days, what is referred to), `write` makes rows,
`export` writes the section back; a section that is exported and loaded again changes nothing. An app
registers its sections in `document.py`, which is imported when the apps are ready.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract.choices import Side
from contract.models import Clause, Contract, Party
from contract.models.agreement import REF_LENGTH
from contract.reference.readers import (
    Group,
    Rows,
    credit_code,
    day,
    figure,
    flag,
    known,
    one_of,
    optional,
    required,
    text,
    text_of,
)
from contract.registry import checks
from contract.terms import POLICIES, TERMS

if TYPE_CHECKING:
    from contract.loading import Loader
    from contract.reference.form import Form


@dataclass(frozen=True)
class Section:
    """One key of a document. `check` is given the form and all parts that could be read.

    `write` is given the loader, the contract and the part; `export` gives the part of a contract, or
    something empty where it has none; `anew` makes of a part what the next contract starts with.
    """

    name: str
    kind: Group | Rows
    required: bool = False
    check: "Callable[[Form, dict[str, Any]], None] | None" = None
    write: "Callable[[Loader, Contract, Any], None] | None" = None
    export: Callable[[Contract], Any] | None = None
    anew: Callable[[Any], Any] | None = None


PARTY = required(**text_of(Party, "name"), credit_code=credit_code()) | optional(
    is_small_enterprise=flag(),
    **text_of(Party, "legal_representative", "address", "telephone", "bank_name", "bank_account"),
)
CONTRACT = required(**text_of(Contract, "number", "title"), signed_on=day(), starts_on=day(), ends_on=day()) | optional(
    terminated_on=day(),
    tender_starts_on=day(),
    in_use_from=day(),
    **text_of(Contract, "place_of_service", "arbitration_body", "office_agent", "vendor_agent"),
)
CLAUSES = required(
    **text_of(Clause, "ref"), owed_by=one_of(*Side.values), **text_of(Clause, "title", "summary")
) | optional(
    checks=Rows(known(checks)),
    terminates=flag(),
    unchecked=flag(),
    **text_of(Clause, "title_en", "summary_en", "exemption", "exemption_en"),
)
DATED = required(value=figure()) | optional(effective_from=day(), note=text(200))
TERM = required(key=known(lambda: TERMS)) | DATED | optional(clause=text(REF_LENGTH))
POLICY = required(key=known(lambda: POLICIES)) | DATED | optional(confirmed_on=day(), confirmation=text(120))

CORE = (
    Section("notes", Rows(text())),
    Section("contract", Group(CONTRACT), required=True),
    Section("parties", Group(required(office=Group(PARTY), vendor=Group(PARTY))), required=True),
    Section("terms", Rows(Group(TERM)), required=True),
    Section("policies", Rows(Group(POLICY))),
    Section("clauses", Rows(Group(CLAUSES)), required=True),
)
_sections: dict[str, Section] = {section.name: section for section in CORE}


def register(section: Section) -> None:
    """Add a section. A name twice is a programming error."""
    if section.name in _sections:
        raise ValueError(f"section {section.name} is registered twice")
    _sections[section.name] = section


def sections() -> dict[str, Section]:
    """All sections by name, those of the core first."""
    return dict(_sections)


def added() -> list[Section]:
    """The sections of the apps, which are written after the core's."""
    return [section for section in _sections.values() if section not in CORE]
