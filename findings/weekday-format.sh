#!/bin/sh
# Version: openpyxl 3.1.5, python-calamine 0.9.1, xlsxwriter 3.3.1
# Date: 2026-11-28
# Input: a day in the number format "aaaa", with which Excel in Chinese shows 星期一 in the weekday row of a rota
# Expected: a datetime, as for the format "dddd", which shows Monday
# Seen: both readers give the bare number 45901 for "aaaa" and "aaa", and a day for "dddd"
# Why: Excel itself offers "aaaa" under 日期 (星期三) for Chinese; neither reader has the letter "a" among those of a
#      date, so the weekday row of a month cannot be compared with the month, and no error says why
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q openpyxl==3.1.5 python-calamine==0.9.1 xlsxwriter==3.3.1 2>/dev/null
cd "$work"
"$work/env/bin/python" - <<'END'
import sys
from datetime import date

import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

FORMATS = ["dddd", "aaaa", "aaa", "[$-804]aaaa;@"]
book = xlsxwriter.Workbook("rota.xlsx")
sheet = book.add_worksheet()
for column, number_format in enumerate(FORMATS):
    sheet.write_number(0, column, 45901, book.add_format({"num_format": number_format}))
book.close()
row = openpyxl.load_workbook("rota.xlsx").active[1]
by_openpyxl = [cell.value.date() if cell.is_date else cell.value for cell in row]
by_calamine = CalamineWorkbook.from_path("rota.xlsx").get_sheet_by_index(0).to_python()[0]
print("openpyxl", by_openpyxl)
print("calamine", by_calamine)
seen = [date(2025, 9, 1), 45901, 45901, 45901]
sys.exit(0 if by_openpyxl == by_calamine == seen else 1)
END
