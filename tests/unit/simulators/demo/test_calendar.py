"""Days of the demo world begin at local midnight, on the days of the clock change too."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from umschlag.kernel.periods import business_date_of
from umschlag.simulators.demo.calendar import ZONE, Calendar, w3c


@pytest.mark.parametrize(
    ("first_date", "hours"),
    [(date(2026, 3, 29), 23), (date(2025, 10, 26), 25), (date(2026, 4, 1), 24)],
)
def test_a_day_lasts_as_long_as_the_clock_says(first_date, hours):
    begin, end = Calendar(first_date, 1).midnight_unix

    assert end - begin == hours * 3600


def test_every_second_of_a_day_falls_on_its_date():
    calendar = Calendar(date(2025, 10, 20), 200)

    for day in range(200):
        for unix in (calendar.midnight_unix[day], calendar.midnight_unix[day + 1] - 1):
            instant = datetime.fromtimestamp(int(unix), UTC)
            assert business_date_of(instant, ZONE) == calendar.date_of(day)


def test_days_and_dates_are_each_others_inverse():
    calendar = Calendar(date(2025, 12, 30), 10)

    assert [calendar.day_of(calendar.date_of(day)) for day in (-1, 0, 9)] == [-1, 0, 9]


def test_the_end_is_the_last_second_of_the_last_day():
    calendar = Calendar(date(2026, 4, 1), 2)

    assert w3c(calendar.end_unix) == "2026-04-02T23:59:59+02:00"


def test_an_instant_is_written_with_its_own_offset():
    winter, summer = np.array([1_767_225_600, 1_782_864_000])

    assert w3c(int(winter)) == "2026-01-01T01:00:00+01:00"
    assert w3c(int(summer)) == "2026-07-01T02:00:00+02:00"
