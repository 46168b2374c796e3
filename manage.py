#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""The one command of this project: `run`, `test` and everything that Django brings.

This file alone must parse on any Python, so that an old one is refused in a sentence and not with
a SyntaxError: no annotations and no f-strings here.
"""

import os
import sys

if sys.version_info < (3, 11):
    sys.exit(
        "需要 Python 3.11 或更高版本，当前是 %d.%d。 Python 3.11 or newer needed, this is %d.%d."
        % (tuple(sys.version_info[:2]) * 2)
    )

if __name__ == "__main__":
    import bootstrap

    testing = sys.argv[1:2] == ["test"]
    benching = sys.argv[1:2] == ["bench"]
    bootstrap.ensure("requirements-dev.txt" if testing or benching else "requirements.txt")

    if benching:
        os.chdir(bootstrap.ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "bench", *sys.argv[2:]])

    if testing:
        import pytest

        os.chdir(bootstrap.ROOT)
        # On all cores (tests/conftest.py says how many); what the caller gives comes last and wins.
        sys.exit(pytest.main(["-n", "auto", "--dist", "loadgroup", *sys.argv[2:]]))

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except Exception as error:
        from kit import faults

        # A full disk and a database that is away are no faults of the program: a sentence, no trace.
        fault = faults.cause(error)
        if fault is None:
            raise
        sys.exit(str(fault.sentence))
