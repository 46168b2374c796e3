"""Figures are taken in whole or not at all, and what differs keeps its old figure."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from contract import records
from contract.choices import Outcome
from contract.services import look
from hotline.intake.sums import DayRead
from hotline.models import Indicator, Platform, ServiceDay, ServiceMonth
from hotline.reference import shipped
from hotline.services import figures, platforms
from kit.errors import RowErrors
from tests.hotline.cases import DATA, spread
from tests.hotline.conftest import TODAY, make_platform

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moment")]
NOV_4 = date(2024, 11, 4)


def read(day: date = NOV_4, **known: int | None) -> DayRead:
    return DayRead(day, known or {"offered": 10, "answered": 9})


def take_in(contract: Any, *days: DayRead, **fields: Any) -> Any:
    return figures.take_in(contract=contract, days=days, today=TODAY, **fields)


class TestTakingIn:
    def test_new_changed_and_unchanged_days_are_told_apart_and_the_old_figure_is_kept(self, contract) -> None:
        assert take_in(contract, read(), read(date(2024, 11, 5))).result.created == 2
        taken = take_in(contract, read(offered=10, answered=8), read(date(2024, 11, 5)))
        assert (taken.result.changed, taken.result.unchanged) == (1, 1)
        assert [(one.day, one.name, one.old, one.new) for one in taken.differences] == [(NOV_4, "answered", 9, 8)]
        row = ServiceDay.objects.get(day=NOV_4)
        assert sorted(row.history.values_list("answered", flat=True)) == [8, 9]

    def test_what_a_file_does_not_give_stays(self, contract) -> None:
        take_in(contract, read())
        take_in(contract, read(media_received=3, media_in_time=3))
        row = ServiceDay.objects.get()
        assert (row.offered, row.media_received) == (10, 3)

    def test_half_hours_go_with_a_figure_that_is_given_for_the_whole_day(self, contract) -> None:
        halves = {"offered": spread(10), "answered": spread(9)}
        take_in(contract, DayRead(NOV_4, {"offered": 10, "answered": 9}, halves))
        take_in(contract, read(answered=8))
        assert set(ServiceDay.objects.get().halves) == {"offered"}

    @pytest.mark.parametrize(
        "bad",
        [
            read(date(2024, 9, 30)),
            read(TODAY),
            read(offered=9, answered=10),
            read(offered=None),
            DayRead(date(2024, 11, 6), {"offered": 10}, {"offered": spread(11)}),
        ],
    )
    def test_one_bad_day_and_nothing_is_written(self, contract, bad: DayRead) -> None:
        with pytest.raises(RowErrors) as caught:
            take_in(contract, read(date(2024, 11, 5)), bad)
        assert [error.index for error in caught.value.errors] == [1]
        assert not ServiceDay.objects.exists()

    def test_a_day_twice_and_one_before_the_platform_are_refused(self, contract, platform) -> None:
        with pytest.raises(RowErrors):
            take_in(contract, read(), read())
        with pytest.raises(RowErrors):
            take_in(contract, read(date(2024, 10, 31)), platform=platform)

    def test_a_year_is_written_in_a_bounded_number_of_queries(self, contract) -> None:
        counts = []
        for first, number in ((date(2024, 10, 1), 3), (date(2024, 10, 5), 58)):
            with CaptureQueriesContext(connection) as caught:
                take_in(contract, *(read(first + timedelta(days=n)) for n in range(number)))
            counts.append(len(caught))
        assert counts[1] <= counts[0] + 4

    def test_the_table_refuses_a_part_above_its_whole(self, contract) -> None:
        row = ServiceDay(contract=contract, day=NOV_4, taken_in_on=TODAY, offered=1, answered=2)
        with pytest.raises(IntegrityError):
            row.save()


class TestByHand:
    def test_a_correction_keeps_the_old_figure_and_lets_stale_half_hours_go(self, contract) -> None:
        halves = {"offered": spread(10), "answered": spread(9)}
        take_in(contract, DayRead(NOV_4, {"offered": 10, "answered": 9}, halves))
        row = figures.correct(ServiceDay.objects.get(), today=TODAY, answered=10)
        assert (row.answered, set(row.halves)) == (10, {"offered"})
        assert 9 in row.history.values_list("answered", flat=True)

    def test_a_month_begins_with_its_first_day(self, contract) -> None:
        with pytest.raises(ValidationError):
            figures.enter(ServiceMonth(contract=contract, month=date(2024, 11, 2), satisfied=1), today=TODAY)
        row = figures.enter(ServiceMonth(contract=contract, month=date(2024, 11, 1), satisfied=1), today=TODAY)
        assert row.taken_in_on == TODAY


class TestPlatforms:
    def test_the_first_one_brings_the_indicators_unconfirmed_and_the_second_none(self, contract) -> None:
        make_platform(contract)
        assert Indicator.objects.count() == len(shipped())
        assert not Indicator.objects.exclude(confirmed_on=None).exists()
        make_platform(contract, name="另一平台")
        assert Indicator.objects.count() == len(shipped())

    @pytest.mark.parametrize(
        "fields",
        [
            {"layout": "sums", "mapping": {}},
            {"layout": "sums", "mapping": {"day": "日期", "callers": "人数"}},
            {"layout": "calls", "mapping": {"entered": "时间"}},
            {"layout": "sums", "mapping": ["日期"]},
            {"short_seconds": 21},
        ],
    )
    def test_a_mapping_or_threshold_that_means_nothing_is_refused(self, contract, fields: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            make_platform(contract, **fields)
        assert not Platform.objects.exists()

    @pytest.mark.parametrize(
        "changes",
        [
            {"readings": {"of_all_entries": ["answered", "callers"]}},
            {"policy": "no_such_reading"},
            {"confirmed_on": TODAY},
            {"floor_percent": 101},
            {"policy": "", "readings": {"": ["answered", "offered"], "x": ["answered", "offered"]}},
            {"policy": "", "readings": {"": ["satisfied", "offered"]}},
        ],
    )
    def test_an_indicator_that_cannot_be_counted_is_refused(self, contract, platform, changes: dict[str, Any]) -> None:
        row = Indicator.objects.get(key="connection")
        with pytest.raises(ValidationError):
            records.correct(row, today=TODAY, **changes)


class TestChecks:
    def found(self, contract: Any, check: str) -> list[Any]:
        return [f for f in look(as_of=TODAY, contract_ids=[contract.pk]).findings if f.check_id == check]

    def test_they_read_what_was_taken_in(self, contract, platform) -> None:
        days = [
            DayRead(date(2024, 11, n), {"offered": 100, "answered": 94, "short_abandoned": 0}) for n in range(1, 31)
        ]
        take_in(contract, *days, platform=platform)
        (month,) = self.found(contract, "contract.service_figures")
        assert month.outcome == Outcome.MET
        november = [f for f in self.found(contract, "contract.service_level") if f.period[0] == date(2024, 11, 1)]
        assert {(f.subject.name, f.outcome, f.measured) for f in november} == {
            ("呼叫接通率（连续24小时）", Outcome.AT_RISK, "94.00%"),
            ("呼叫接通率（月）", Outcome.AT_RISK, "94.00%"),
        }
        for row in Indicator.objects.exclude(floor_percent=None):
            records.correct(row, today=TODAY, confirmed_on=TODAY, confirmation="确认函")
        assert {f.outcome for f in self.found(contract, "contract.service_level")} == {Outcome.NOT_MET}

    def test_a_withdrawn_indicator_is_not_judged(self, contract, platform) -> None:
        take_in(contract, read(), platform=platform)
        for row in Indicator.objects.all():
            records.withdraw(row, on=TODAY, reason="不适用")
        assert not self.found(contract, "contract.service_level")

    def test_a_withdrawn_platform_leaves_nothing_proven(self, contract, platform) -> None:
        platforms.withdraw(platform, on=TODAY, reason="误登")
        (only,) = self.found(contract, "contract.service_figures")
        assert only.outcome == Outcome.UNDETERMINED

    def test_their_queries_do_not_grow_with_the_days(self, contract, platform) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as caught:
                look(as_of=TODAY, contract_ids=[contract.pk])
            return len(caught)

        take_in(contract, read(date(2024, 11, 1)), platform=platform)
        before = queries()
        take_in(contract, *(read(date(2024, 11, n)) for n in range(2, 31)), platform=platform)
        assert queries() == before


class TestCommand:
    def call(self, contract: Any, *names: str) -> str:
        out = io.StringIO()
        call_command("hotline_figures", "--contract", contract.number, "--platform", "热线平台", *names, stdout=out)
        return out.getvalue()

    def test_it_shows_first_and_writes_when_it_is_told_to(self, contract, platform) -> None:
        assert "2024-11-04" in self.call(contract, str(DATA / "queue_log"))
        assert not ServiceDay.objects.exists()
        self.call(contract, "--write", str(DATA / "queue_log"))
        assert ServiceDay.objects.get().answered_in_time == 4

    def test_what_it_cannot_read_it_names(self, contract, platform, tmp_path) -> None:
        (tmp_path / "bad").write_text("no log\n")
        with pytest.raises(CommandError, match="1"):
            self.call(contract, str(tmp_path / "bad"))
        with pytest.raises(CommandError):
            self.call(contract, str(tmp_path / "none"))
