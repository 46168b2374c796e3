#!/bin/sh
# Version: xlsx 0.18.5 (SheetJS on npm), openpyxl 3.1.5, xlsxwriter 3.3.1
# Date: 2026-11-28
# Input: a cell with the day 2025-09-01 (serial 45901, no time of day), read with cellDates: true in TZ=Asia/Shanghai
# Expected: midnight of 2025-09-01, in Beijing or in UTC
# Seen: 2025-08-31 23:59:17 in Beijing; in TZ=UTC it is right. The other way round, new Date(2025, 8, 1) is written
#       as the serial 45901.000497…, 43 seconds after midnight
# Why: it counts from 1899 and adds the difference of the zones at that time; Shanghai was at +8:05:43 then, and
#      browsers tell +8:05 only. Cut to the day, every list that a Chinese vendor's page has read is a day early
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q openpyxl==3.1.5 xlsxwriter==3.3.1 2>/dev/null
cd "$work"
npm install --silent --no-audit --no-fund xlsx@0.18.5 >/dev/null
"$work/env/bin/python" - <<'END'
import xlsxwriter

book = xlsxwriter.Workbook("day.xlsx")
book.add_worksheet().write_number(0, 0, 45901, book.add_format({"num_format": "yyyy-mm-dd"}))
book.close()
END
cat >read.js <<'END'
const XLSX = require("xlsx");
const cell = XLSX.readFile("day.xlsx", { cellDates: true }).Sheets.Sheet1.A1;
const day = cell.v;
const two = (number) => String(number).padStart(2, "0");
const local = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())} `
  + [day.getHours(), day.getMinutes(), day.getSeconds()].map(two).join(":");
const written = XLSX.utils.aoa_to_sheet([[new Date(2025, 8, 1)]]).A1.v;
console.log(process.env.TZ, local, written.toFixed(6));
END
seen=$(TZ=UTC node read.js; TZ=Asia/Shanghai node read.js)
echo "$seen"
test "$seen" = "UTC 2025-09-01 00:00:00 45901.000000
Asia/Shanghai 2025-08-31 23:59:17 45901.000498"
