"""Drives the pages in a real Chromium. What walks longest runs in `.ci/run full`, with LONG_WALKS=1."""

import pytest

from tests.examples import LONG_WALKS

LONG = pytest.mark.skipif(not LONG_WALKS, reason="a long walk: see .ci/run full")
