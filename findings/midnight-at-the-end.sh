#!/bin/sh
# Version: openpyxl 3.1.5, python-calamine 0.9.1, xlsxwriter 3.3.1
# Date: 2026-11-28
# Input: the hours 08:00 and 24:00 in the format hh:mm; Excel keeps them as 1/3 and as 1 and shows the second as 00:00
# Expected: two values of one kind: a time and a time, or an error
# Seen: openpyxl gives a time for the first and the instant 1900-01-01 00:00 for the second, calamine the date
#       1900-01-01
# Why: a shift "16:00 to 24:00" becomes one that ended in 1900; code that asks for a time of day refuses the row, and
#      code that asks for a date takes it
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q openpyxl==3.1.5 python-calamine==0.9.1 xlsxwriter==3.3.1 2>/dev/null
cd "$work"
"$work/env/bin/python" - <<'END'
import sys

import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

book = xlsxwriter.Workbook("hours.xlsx")
sheet = book.add_worksheet()
for column, value in enumerate((1 / 3, 1)):
    sheet.write_number(0, column, value, book.add_format({"num_format": "hh:mm"}))
book.close()
by_openpyxl = [repr(cell.value) for cell in openpyxl.load_workbook("hours.xlsx").active[1]]
by_calamine = [repr(value) for value in CalamineWorkbook.from_path("hours.xlsx").get_sheet_by_index(0).to_python()[0]]
print("openpyxl", by_openpyxl)
print("calamine", by_calamine)
right = by_openpyxl == ["datetime.time(8, 0)", "datetime.datetime(1900, 1, 1, 0, 0)"]
sys.exit(0 if right and by_calamine == ["datetime.time(8, 0)", "datetime.date(1900, 1, 1)"] else 1)
END
