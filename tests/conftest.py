"""What holds for all tests."""

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import settings as hypothesis

# A busy machine is no failure.
hypothesis.register_profile("project", deadline=None)
hypothesis.load_profile("project")


@pytest.fixture(autouse=True)
def language():
    """Each test begins in the language of the program, whatever the one before has asked for."""
    translation.activate(settings.LANGUAGE_CODE)
