#!/bin/sh
# Version: openpyxl 3.1.5, xlsxwriter 3.2.0
# Date: 2026-11-27
# Input: a day in the built-in number format 31, which Excel in Chinese shows as 2023年6月1日
# Expected: openpyxl gives a datetime, as for format 14
# Seen: the number 45078 with the format General, and is_date False
# Why: the formats 27 to 36 and 50 to 58 are never spelled out in a file and openpyxl has no table of them, so a
#      list filled in with Excel in Chinese loses its days without an error
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q openpyxl==3.1.5 xlsxwriter==3.2.0 2>/dev/null
cd "$work"
"$work/env/bin/python" - <<'END'
import sys

import openpyxl
import xlsxwriter

book = xlsxwriter.Workbook("days.xlsx")
sheet = book.add_worksheet()
for row, number in enumerate((14, 31, 57)):
    sheet.write_number(row, 0, 45078, book.add_format({"num_format": number}))
book.close()
cells = [openpyxl.load_workbook("days.xlsx").active.cell(row, 1) for row in (1, 2, 3)]
seen = [(str(cell.value), cell.number_format, cell.is_date) for cell in cells]
print(seen)
plain = ("45078", "General", False)
sys.exit(0 if seen[1:] == [plain, plain] and seen[0][2] else 1)
END
