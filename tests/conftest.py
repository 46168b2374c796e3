"""What holds for all tests."""

import os

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import settings as hypothesis

from tests.printing import print_quickly

# A busy machine is no failure.
hypothesis.register_profile("project", deadline=None)
hypothesis.load_profile("project")

# Each process keeps a database and collects all tests, some 400 MB and ten seconds of it.
PROCESSES_AT_MOST = 8


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """How many processes `manage.py test` takes: one a core; no other for a file or two, or with -s."""
    files = [name for name in config.args if ".py" in name]
    if config.option.capture == "no" or len(files) == len(config.args) <= 2:
        return 0
    return min(len(os.sched_getaffinity(0)), PROCESSES_AT_MOST)


@pytest.fixture(autouse=True)
def language():
    """Each test begins in the language of the program, whatever the one before has asked for."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def quick_print(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents that nobody reads: see tests/printing.py."""
    print_quickly(monkeypatch)
