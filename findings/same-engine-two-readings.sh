#!/bin/sh
# Version: pandas 3.1.1, polars 2.1.0, fastexcel 0.21.0, python-calamine 0.9.1, openpyxl 3.1.5, xlsxwriter 3.3.1
# Date: 2026-11-28
# Input: a column of days in the built-in format 31 (2025年9月1日 in Excel in Chinese)
# Expected: who reads through the Rust crate calamine sees the same: python-calamine, pandas' engine "calamine", polars
# Seen: python-calamine and pandas with it give days; polars gives the integer 45901, like pandas with openpyxl
# Why: pandas warns that its default engine will become calamine: the same line of code will then read a list of
#      people differently. And "it uses calamine" does not say what a program makes of a Chinese list
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q pandas==3.1.1 polars==2.1.0 fastexcel==0.21.0 python-calamine==0.9.1 \
    openpyxl==3.1.5 xlsxwriter==3.3.1 2>/dev/null
cd "$work"
"$work/env/bin/python" - <<'END'
import sys

import pandas
import polars
import xlsxwriter
from python_calamine import CalamineWorkbook

book = xlsxwriter.Workbook("days.xlsx")
sheet = book.add_worksheet()
sheet.write_string(0, 0, "入职日期")
for row in (1, 2):
    sheet.write_number(row, 0, 45901, book.add_format({"num_format": 31}))
book.close()
seen = {
    "python-calamine": str(CalamineWorkbook.from_path("days.xlsx").get_sheet_by_index(0).to_python()[1][0]),
    "pandas, calamine": str(pandas.read_excel("days.xlsx", engine="calamine").iloc[0, 0]),
    "pandas, openpyxl": str(pandas.read_excel("days.xlsx", engine="openpyxl").iloc[0, 0]),
    "polars": str(polars.read_excel("days.xlsx", engine="calamine")["入职日期"][0]),
}
for reader, value in seen.items():
    print(reader, value)
sys.exit(0 if list(seen.values()) == ["2025-09-01", "2025-09-01 00:00:00", "45901", "45901"] else 1)
END
