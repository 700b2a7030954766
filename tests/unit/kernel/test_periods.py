from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.kernel.errors import BadInput
from umschlag.kernel.periods import Period, business_date_of, last_days, nearest_kept

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 3, 29)


def test_a_period_excludes_its_end():
    period = Period(start_date=DAY, end_date=DAY + timedelta(days=2))

    assert DAY in period
    assert DAY + timedelta(days=1) in period
    assert DAY + timedelta(days=2) not in period


def test_the_last_days_include_the_day_they_end_with():
    period = last_days(90, through_date=DAY)

    assert period.days == 90
    assert DAY in period


def test_a_period_cannot_end_before_it_starts():
    with pytest.raises(BadInput, match="before it starts"):
        Period(start_date=DAY, end_date=DAY - timedelta(days=1))


def test_late_in_the_evening_utc_it_is_already_tomorrow_in_berlin():
    instant = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)

    assert business_date_of(instant, BERLIN) == date(2026, 7, 2)


def test_the_day_of_the_clock_change_has_one_date():
    before = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    after = datetime(2026, 3, 29, 1, 1, tzinfo=UTC)

    assert business_date_of(before, BERLIN) == business_date_of(after, BERLIN) == DAY


def test_an_instant_without_a_zone_has_no_day():
    with pytest.raises(BadInput, match="no time zone"):
        business_date_of(datetime(2026, 1, 1), BERLIN)  # noqa: DTZ001 - the naive one is the point


@given(st.dates(max_value=date(9990, 1, 1)), st.integers(min_value=0, max_value=800))
def test_a_period_yields_as_many_dates_as_it_has_days(start, days):
    period = Period(start_date=start, end_date=start + timedelta(days=days))

    dates = list(period)

    assert len(dates) == period.days == days
    assert all(day in period for day in dates)


@given(st.dates())
def test_a_day_can_be_added_to_whatever_is_kept(day):
    kept = nearest_kept(day)

    assert date(1970, 1, 1) <= kept < kept + timedelta(days=1) <= date(2200, 1, 1)
    assert (kept == day) == (1970 <= day.year < 2200)
