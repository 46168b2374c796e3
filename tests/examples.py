"""How many examples hypothesis looks at: a third of them each time, all with LONG_WALKS=1 (`.ci/run full`)."""

import os

LONG_WALKS = bool(os.environ.get("LONG_WALKS"))


def examples(all_of_them: int) -> int:
    return all_of_them if LONG_WALKS else -(-all_of_them // 3)
