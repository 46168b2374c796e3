#!/bin/sh
# Version: pandas 3.1.1, openpyxl 3.1.5, xlsxwriter 3.3.1
# Date: 2026-11-28
# Input: a workbook whose cells are text: the employee numbers 0012 and 12, and NA as the name of a test account
# Expected: text stays text, because a workbook, other than a CSV, says of each cell what it is
# Seen: both numbers are the integer 12, and the name is missing (NaN); with dtype=str the name is missing still
# Why: read_excel takes the text of the cells through the parser of CSV files: two people become one, and whoever
#      asks for dtype=str, as the usual advice is, still loses what looks like a missing value
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q pandas==3.1.1 openpyxl==3.1.5 xlsxwriter==3.3.1 2>/dev/null
cd "$work"
"$work/env/bin/python" - <<'END'
import sys

import pandas
import xlsxwriter

book = xlsxwriter.Workbook("people.xlsx")
sheet = book.add_worksheet()
for row, cells in enumerate((("工号", "姓名"), ("0012", "NA"), ("12", "李四"))):
    for column, text in enumerate(cells):
        sheet.write_string(row, column, text)
book.close()
plain = pandas.read_excel("people.xlsx", engine="openpyxl")
asked = pandas.read_excel("people.xlsx", engine="openpyxl", dtype=str)
seen = [plain["工号"].tolist(), bool(pandas.isna(plain["姓名"][0])), asked["工号"].tolist(), bool(pandas.isna(asked["姓名"][0]))]
print(seen)
sys.exit(0 if seen == [[12, 12], True, ["0012", "12"], True] else 1)
END
