"""What holds for all tests."""

import gc
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings as hypothesis

from contract import alarms
from contract.models import Alert, Contract
from tests import engine
from tests.contract.admin_helpers import make_alert
from tests.contract.cases import handler, hr, reviewer
from tests.examples import examples
from tests.factories import make_contract
from tests.printing import print_quickly
from tests.tables import Tables, empty

# A busy machine is no failure.
hypothesis.register_profile("project", deadline=None, max_examples=examples(100))
hypothesis.load_profile("project")

# Each process keeps a database and collects all tests, some 400 MB and ten seconds of it.
PROCESSES_AT_MOST = 8
# Tests that share something dear: the sample year, a printed quarter.
DEAR = ("tests/sample/year/", "tests/billing/test_quarter_files.py")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """How many processes `manage.py test` takes: one a core; no other for a file or two, or with -s."""
    files = [name for name in config.args if ".py" in name]
    if config.option.capture == "no" or len(files) == len(config.args) <= 2:
        return 0
    return min(len(os.sched_getaffinity(0)), PROCESSES_AT_MOST)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """One process alone makes what is dear to make. By path: with pytest 9.2 xdist 3.8 sees no group marks."""
    from xdist.scheduler import LoadScopeScheduling

    class ByWhatIsDear(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((dear for dear in DEAR if nodeid.startswith(dear)), nodeid)

    return ByWhatIsDear(config, log)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: Python need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what PostgreSQL has to confirm: see tests/engine.py."""
    for item in items:
        database = item.get_closest_marker("django_db")
        if item.nodeid.partition("::")[0] in engine.NAMES or (database and database.kwargs.get("transaction")):
            item.add_marker(pytest.mark.engine)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """A file that is there already is taken: it is the copy of the tables (its folder goes at the end)."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def tables(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> Tables:
    made = Tables()
    with django_db_blocker.unblock():
        made.prepare()
    return made


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tables: Tables) -> None:
    """The tables stand ready before Django makes the test database."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, tables: Tables, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        tables.keep()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty())
        yield


@pytest.fixture(autouse=True)
def language():
    """Each test begins in the language of the program, whatever the one before has asked for."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def no_alarms_of_before() -> None:
    """What a page found in the test before is not what stands in this one."""
    alarms.forget()


@pytest.fixture
def quick_print(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents that nobody reads (tests/printing.py), but for tests marked `printed`."""
    if not request.node.get_closest_marker("printed"):
        print_quickly(monkeypatch)


# --- The cast: a test module that needs somebody else says so in a fixture of the same name ----------


@pytest.fixture
def contract() -> Contract:
    """In the figures of the reference contract; nothing is owed, so that nothing is found by itself."""
    return make_contract(check_ids=())


@pytest.fixture
def office(contract: Contract) -> User:
    """Who handles cases at the office."""
    return handler(contract, "office")


@pytest.fixture
def second(contract: Contract) -> User:
    """The reviewer: the second pair of eyes."""
    return reviewer(contract, "second")


@pytest.fixture
def vendor(contract: Contract) -> User:
    """The vendor's HR."""
    return hr(contract, "vendor")


@pytest.fixture
def alert(contract: Contract) -> Alert:
    """An open one, about a duty of the vendor."""
    return make_alert(contract)
