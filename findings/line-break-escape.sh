#!/bin/sh
# Version: openpyxl 3.1.5, xlsxwriter 3.2.0
# Date: 2026-11-27
# Input: a heading of two lines, "1日" CR LF "周一", as programs on Windows write it
# Expected: the text comes back with its line break
# Seen: '1日_x000D_\n周一': the escape of ISO 29500 (22.9.2.19) stays as it is
# Why: openpyxl.utils.escape.unescape exists and is not called for the text of cells, so a heading or a name is
#      compared with characters that nobody typed
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

book = xlsxwriter.Workbook("heading.xlsx")
book.add_worksheet().write_string(0, 0, "1日\r\n周一")
book.close()
seen = openpyxl.load_workbook("heading.xlsx").active["A1"].value
print(repr(seen))
sys.exit(0 if seen == "1日_x000D_\n周一" else 1)
END
