"""What needs other programs (LibreOffice, node, Java): run by `.ci/run full` with OTHER_PROGRAMS=1."""

import os

import pytest

MARKS = [
    pytest.mark.programs,
    pytest.mark.skipif(not os.environ.get("OTHER_PROGRAMS"), reason="other programs: see .ci/run full"),
]
