import cProfile
import pstats
import time

import pytest

from contract.roles import create_roles
from tests.counting import counted
from tests.factories import make_contract, make_user

pytestmark = pytest.mark.django_db


def test_mc():
    make_contract()
    t = time.process_time()
    for _ in range(3):
        make_contract()
    print("make_contract", (time.process_time() - t) / 3)
    with counted() as c:
        make_contract()
    print(c)
    t = time.process_time()
    make_contract(check_ids=())
    print("no checks", time.process_time() - t)
    t = time.process_time()
    make_user()
    print("user", time.process_time() - t)
    t = time.process_time()
    create_roles()
    print("roles", time.process_time() - t)
    t = time.process_time()
    create_roles()
    print("roles again", time.process_time() - t)
    P = cProfile.Profile()
    P.enable()
    make_contract()
    P.disable()
    pstats.Stats(P).sort_stats("cumtime").print_stats(45)
