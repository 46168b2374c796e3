"""One PostgreSQL, one Redis and the processes on them, for all tests here: begun once, and again after a kill."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.factories import make_contract
from tests.kills.processes import SHAPES, Program, Web
from tests.servers import Cluster, Redis, dumped, eventually
from tests.tables import PREFIX, state


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Not among pytest's own, which are closed to the user that PostgreSQL runs as."""
    with tempfile.TemporaryDirectory(prefix="hotline-kills-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def cluster(folder: Path) -> Iterator[Cluster]:
    found = Cluster(folder)
    found.make()
    yield found
    found.stop()


@pytest.fixture(scope="session")
def django_db_setup(cluster: Cluster, django_test_environment: None, django_db_blocker: Any) -> None:
    """The tests' database, in the cluster: it goes with it. Other tests have theirs elsewhere.

    Where they have made the tables by now (tests/tables.py), on the server that DATABASE_URL names, these are copied.
    """
    if "test" in connection.settings_dict["NAME"]:
        pytest.skip("these run by themselves: manage.py test -n 0 tests/kills")
    tables = dumped(f"{PREFIX}{state()}", connection.settings_dict)
    connection.settings_dict.update(cluster.settings)
    with django_db_blocker.unblock():
        if tables:
            cluster.fill(connection.creation._get_test_db_name(), tables)
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=bool(tables))


@pytest.fixture(scope="session")
def redis_server(folder: Path) -> Iterator[Redis]:
    found = Redis(folder)
    found.start()
    yield found
    found.stop()


@pytest.fixture(autouse=True)
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Empty but for what migrations name, and seen by every process: nothing is rolled back."""
    with django_db_blocker.unblock():
        yield
        connection.close()  # that of before a restart
        kept = {"django_migrations", "django_content_type", "auth_permission"}
        with connection.cursor() as cursor:  # quicker than TRUNCATE, which makes every file anew
            cursor.execute("SET session_replication_role = replica")
            for name in set(connection.introspection.table_names(cursor)) - kept:
                cursor.execute(f'DELETE FROM "{name}"')
        connection.close()


@pytest.fixture
def broker(redis_server: Redis, database: None) -> Redis:
    """The Redis, empty."""
    redis_server.client.flushall()
    return redis_server


@pytest.fixture(scope="session")
def programs(redis_server: Redis, folder: Path) -> Iterator[dict[str, Program]]:
    log = folder / "programs.log"
    found: dict[str, Program] = {name: Program(command, redis_server, log) for name, command in SHAPES.items()}
    found["web"] = Web(redis_server, log)
    yield found
    for program in found.values():
        program.kill()
    if log.exists():
        print(log.read_text()[-4000:])  # shown where a test failed


@pytest.fixture
def worker(broker: Redis, programs: dict[str, Program], request: Any) -> Iterator[Program]:
    """A worker that lives, of one shape (two would take each other's tasks), and the contract to evaluate."""
    wanted = programs[getattr(request, "param", "containers")]
    for name in SHAPES:
        if programs[name] is not wanted:
            programs[name].kill()
    make_contract()
    wanted.start()
    yield wanted
    if wanted.lives:  # the next test takes it over: not with a task in hand
        idle = "the worker is idle"
        eventually(lambda: not broker.client.hlen("unacked") and not broker.client.llen("celery"), idle)


@pytest.fixture
def web(broker: Redis, programs: dict[str, Program]) -> Web:
    found = programs["web"]
    assert isinstance(found, Web)
    found.start()
    return found
