"""The bench measures what it says, at a small size. No clock decides anything here."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench import measuring
from bench.__main__ import asked, main, measure
from bench.city import PEOPLE, City
from contract.models import EvaluationRun
from staffing.models import Attendance

SMALL: dict[str, Any] = {"readers": 1, "seconds": 0.1}
ROWS = [
    "evaluate.first",
    "evaluate.unchanged",
    "evaluate.night",
    "evaluate.on_post",
    "intake.month",
    "intake.calls",
    "page.month",
    "page.lists",
    "page.home",
    "api.alerts",
    "admin.total_forms",
]


@pytest.mark.django_db(transaction=True)
def test_the_rows_are_measured_and_written_down(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rows.json"
    size = ["--contracts", "2", "--days", "3", "--rounds", "1", "--calls", "500"]
    asks = [*size, "--rows", ",".join(ROWS), "--json", str(file)]
    found = measure(asked(asks), **SMALL)
    written = json.loads(file.read_text())
    assert written["rows"] == found and [row["id"] for row in found] == ROWS
    assert (written["contracts"], written["days"]) == (2, 3)
    table = capsys.readouterr().out
    for row in found:
        assert row["ratio"] > 0 and row["median"] > 0 and row["reference_median"] > 0, row
        assert row["ratio_min"] <= row["ratio_max"] and row["met"] == (row["ratio"] <= row["goal"])
        assert f"{row['id']} " in table
    # First, the rest of both, once more, and the next day: what was measured was really done.
    assert EvaluationRun.objects.filter(status="succeeded").count() >= 4


@pytest.mark.django_db(transaction=True)
def test_one_city_is_measured_at_each_of_its_sizes() -> None:
    sizes = asked(["--contracts", "2,1", "--days", "2", "--rounds", "1", "--rows", "evaluate.on_post"])
    assert [(row["contracts"], row["id"]) for row in measure(sizes, **SMALL)] == [
        (1, "evaluate.on_post"),
        (2, "evaluate.on_post"),
    ]


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_city() -> None:
    def status(city: City) -> list[tuple[Any, ...]]:
        rows = Attendance.objects.filter(contract__in=city.ids).order_by("contract", "operator", "day")
        return [(str(row.day), row.status) for row in rows]

    cities = [City(1, 3, 1, **SMALL) for _n in range(2)]
    for city in cities:
        city.grow(1)
    assert status(cities[0]) == status(cities[1]) and len(status(cities[0])) == PEOPLE * 3


def test_a_ratio_is_that_of_the_medians_and_its_goal_may_be_met_exactly() -> None:
    row = measuring.Row("x", "y", 2.0, lambda city: measuring.Taken())
    line = measuring.told(row, measuring.counted([10, 20, 90], [40, 10, 70], "ms"))
    assert (line["ratio"], line["ratio_min"], line["ratio_max"], line["met"]) == (2.0, 0.5, 3.5, True)
    assert not measuring.told(row, measuring.counted([10], [21], "ms"))["met"]


def test_a_row_that_is_unknown_is_named_with_those_that_there_are() -> None:
    with pytest.raises(SystemExit, match=r"page\.moon.*evaluate\.first"):
        measure(asked(["--rows", "page.moon"]))
    for bad in (["--contracts", "0"], ["--contracts", "10,"], ["--days", "x"]):
        with pytest.raises(SystemExit):
            main(bad)
