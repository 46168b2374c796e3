"""An export looked at, and counted once somebody has seen what was understood."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

from contract.models import Contract
from kit import clock
from kit.api.problems import Problem
from kit.errors import RowErrors
from kit.files.spreadsheets import SpreadsheetError
from staffing.choices import AttendanceRoute
from staffing.exports.people import matched
from staffing.exports.reading import DayRead, Export, read_export
from staffing.services import attendance
from staffing.services.attendance import AttendanceFile, AttendanceResult, AttendanceRow


@dataclass(frozen=True)
class Looked:
    """What a file says, each day with its operator (0: none); nothing of it counts yet."""

    export: Export
    rows: list[tuple[int, DayRead]]
    file: AttendanceFile

    @property
    def open(self) -> list[DayRead]:
        """The days that a person must decide or correct first."""
        return [day for _pk, day in self.rows if day.question]

    @property
    def clear(self) -> list[tuple[int, DayRead]]:
        """The days that would count."""
        return [(pk, day) for pk, day in self.rows if pk and day.status and not day.question]


def look(contract: Contract, file: IO[bytes], name: str) -> Looked:
    """Read a file. Problem (400) for one that is of no known tool."""
    sha256 = hashlib.sha256(file.read()).hexdigest()
    file.seek(0)
    try:
        export = read_export(file)
    except SpreadsheetError as error:
        raise Problem(400, "bad_file", detail=str(error)) from error
    return Looked(export, matched(contract, export.days), AttendanceFile(name, sha256))


def count(
    contract: Contract, clear: Sequence[tuple[int, DayRead]], file: AttendanceFile, actor: Any
) -> AttendanceResult:
    """Write what is clear, all of it or nothing. Problem (400) with each cell that is refused."""
    try:
        return attendance.enter(
            contract=contract,
            rows=[AttendanceRow(pk, day.day, day.status) for pk, day in clear],
            actor=actor,
            route=AttendanceRoute.FILE,
            at=clock.now(),
            today=clock.today(),
            file=file,
        )
    except RowErrors as error:
        errors = [
            {"field": clear[row.index][1].cell, "message": str(row.message), "code": row.code}
            for row in error.errors
            if row.index < len(clear)
        ]
        raise Problem(400, "bad_cells", errors=errors) from error
