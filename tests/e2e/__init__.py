"""Drives the pages in a real Chromium. What walks longest runs in `.ci/run full`, with LONG_WALKS=1."""

import os

import pytest

LONG = pytest.mark.skipif(not os.environ.get("LONG_WALKS"), reason="a long walk: see .ci/run full")
