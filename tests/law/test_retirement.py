"""The retirement day since 2025, at the edges of the reform's own tables."""

from datetime import date

import pytest

from law.retirement import MEN, WOMEN_OFFICIALS, WOMEN_WORKERS, Track, first_retirement_day, retirement_day


@pytest.mark.parametrize(
    ("track", "born", "retires"),
    [
        (MEN, "1964-12-31", "2024-12-31"),
        (MEN, "1965-01-01", "2025-02-01"),
        (MEN, "1965-04-30", "2025-05-30"),
        (MEN, "1965-05-01", "2025-07-01"),
        (MEN, "1976-08-15", "2039-07-15"),
        (MEN, "1976-09-15", "2039-09-15"),
        (MEN, "1990-01-31", "2053-01-31"),
        (WOMEN_OFFICIALS, "1970-01-31", "2025-02-28"),
        (WOMEN_OFFICIALS, "1981-09-01", "2039-09-01"),
        (WOMEN_WORKERS, "1974-12-31", "2024-12-31"),
        (WOMEN_WORKERS, "1975-01-01", "2025-02-01"),
        (WOMEN_WORKERS, "1975-02-28", "2025-03-28"),
        (WOMEN_WORKERS, "1975-03-01", "2025-05-01"),
        (WOMEN_WORKERS, "1984-11-01", "2039-11-01"),
    ],
)
def test_the_age_rises_as_the_reform_says(track: Track, born: str, retires: str) -> None:
    """国务院关于渐进式延迟法定退休年龄的办法, tables 1 to 3."""
    assert retirement_day(date.fromisoformat(born), track) == date.fromisoformat(retires)


def test_of_a_woman_whose_kind_of_post_is_not_known_the_earlier_day_is_asked_about() -> None:
    born = date(1975, 1, 1)
    assert first_retirement_day(born, is_woman=True) == date(2025, 2, 1)
    assert first_retirement_day(born, is_woman=False) > date(2035, 1, 1)
