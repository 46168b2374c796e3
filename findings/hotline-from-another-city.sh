#!/bin/sh
# Version: phonenumbers 9.0.43 (the data of libphonenumber)
# Date: 2026-11-28
# Input: the citizens' hotline 12345 as one dials it from elsewhere, after the area code of the city: 010 Beijing,
#        025 Nanjing, 0371 Zhengzhou, 0571 Hangzhou, 0755 Shenzhen; and 12315, 12333 in the same way
# Expected: a hotline after an area code is judged alike for every city
# Seen: valid after the two-digit codes (25-12345), invalid and of unknown type after every three-digit one
#       (371-12345); both are "possible". 12345 alone is an invalid number and a valid short number
# Why: a telephone field validated with is_valid_number takes the hotline of Nanjing and turns away that of Zhengzhou;
#      the field of a party's or a platform's number must not be validated so
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q phonenumbers==9.0.43 2>/dev/null
cd "$work"
"$work/env/bin/python" - <<'END'
import sys

import phonenumbers
from phonenumbers import shortnumberinfo

SHORT = ("12345", "12315", "12333")


def valid(number: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(number, "CN"))


seen = {code: {valid(code + short) for short in SHORT} for code in ("010", "025", "0371", "0571", "0755")}
possible = {phonenumbers.is_possible_number(phonenumbers.parse(code + "12345", "CN")) for code in seen}
alone = phonenumbers.parse("12345", "CN")
print("valid after an area code:", seen)
print("possible:", possible)
print("alone: valid", valid("12345"), "- short", shortnumberinfo.is_valid_short_number_for_region(alone, "CN"))
same = (
    [seen[code] for code in seen] == [{True}] * 2 + [{False}] * 3
    and possible == {True}
    and not valid("12345")
    and shortnumberinfo.is_valid_short_number_for_region(alone, "CN")
)
sys.exit(0 if same else 1)
END
