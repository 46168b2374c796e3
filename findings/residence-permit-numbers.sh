#!/bin/sh
# Version: python-stdnum 2.2
# Date: 2026-11-28
# Input: numbers in the form of the residence permits of people from Hong Kong (810000), Macao (820000) and Taiwan
#        (830000), with a right check digit; since 2018 they have 18 digits like a resident's (GB 11643)
# Expected: stdnum.cn.ric accepts them, as it does a number that begins with 110101
# Seen: InvalidComponent: its table of areas ends before them
# Why: the law lets these permits be used wherever a resident's number is asked for; a register of employees that
#      validates with this module turns such people away as a typing error
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q python-stdnum==2.2 2>/dev/null
cd "$work"
"$work/env/bin/python" - <<'END'
import sys

from stdnum.cn import ric
from stdnum.exceptions import ValidationError


def judged(area: str) -> str:
    number = f"{area}19900101001"
    number += ric.calc_check_digit(number + "0")  # it looks at all but the last
    try:
        return ric.validate(number) and "valid"
    except ValidationError as error:
        return type(error).__name__


seen = {area: judged(area) for area in ("110101", "810000", "820000", "830000")}
print(seen)
sys.exit(0 if list(seen.values()) == ["valid", *["InvalidComponent"] * 3] else 1)
END
