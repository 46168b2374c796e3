#!/bin/sh
# Version: weasyprint 70.0, pillow 13.0.0
# Date: 2026-11-28
# Input: the first half of a JPEG, decoded by Pillow before and after `import weasyprint`
# Expected: Pillow refuses it both times (OSError: image file is truncated): nobody has asked it for something else
# Seen: after the import the half picture is decoded as a whole one, its lower half grey
# Why: weasyprint.images sets PIL.ImageFile.LOAD_TRUNCATED_IMAGES for the whole process. A check of uploads that decodes
#      each picture refuses a cut scan in a process that has printed nothing yet, and takes it in one that has
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q "weasyprint==70.0" "pillow==13.0.0"
"$work/env/bin/python" - <<'PYTHON'
import io
import random

from PIL import Image

random.seed(1)
whole = io.BytesIO()
Image.frombytes("RGB", (200, 200), random.randbytes(120_000)).save(whole, "JPEG")
half = whole.getvalue()[: len(whole.getvalue()) // 2]


def decoded() -> str:
    try:
        Image.open(io.BytesIO(half)).load()
    except OSError:
        return "refused"
    return "taken as whole"


before = decoded()
import weasyprint.images  # noqa: E402

after = decoded()
print("before the import:", before)
print("after the import: ", after)
assert (before, after) == ("refused", "taken as whole")
PYTHON
