"""Reads docs/sample-year.md: its marked tables, and findings in the words of their rows."""

from pathlib import Path

from django.utils import translation

from contract.findings import Finding

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "sample-year.md"

Row = tuple[str, ...]


def table(name: str) -> list[Row]:
    """The rows of the table under `<!-- table: name -->`, without header and rule."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    start = lines.index(f"<!-- table: {name} -->") + 3
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
    return rows


def tables(prefix: str) -> list[str]:
    """The names of the tables that begin with a word: "alerting 2024-12-17"."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    marks = [line[len("<!-- table: ") : -len(" -->")] for line in lines if "<!-- table: " in line]
    return [mark for mark in marks if mark.startswith(prefix)]


def row(finding: Finding) -> Row:
    """Check, subject, period, last day, outcome, measured, required."""
    names = {"contract.Contract": "合同", "billing.Instalment": "分期款"}
    period = f"{finding.period[0]}~{finding.period[1]}" if finding.period else ""
    with translation.override("zh-hans"):
        outcome = str(finding.outcome.label)
    return (
        finding.check_id,
        names.get(finding.subject.label, finding.subject.name),
        period,
        finding.legal_due_on.isoformat() if finding.legal_due_on else "",
        outcome,
        finding.measured,
        finding.required,
    )


def lines(rows: list[Row]) -> str:
    """Rows as they would stand in the document, sorted: what a failed test shows to paste."""
    return "\n".join("| " + " | ".join(row) + " |" for row in sorted(rows)).replace("|  |", "| |")
