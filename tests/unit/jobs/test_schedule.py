from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.jobs.schedule import daily, daily_instant, every

BERLIN = ZoneInfo("Europe/Berlin")


def told(*parts):
    """Return the instant as huey tells it: in UTC, without a zone."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


def minutes_due(due, start, hours):
    """Return the minutes, without a zone as huey tells them, at which the job is due."""
    minutes = (start + timedelta(minutes=offset) for offset in range(hours * 60))
    return [minute for minute in minutes if due(minute)]


def test_a_daily_job_is_due_once_a_day_by_the_merchants_clock():
    due = daily("02:10", BERLIN)

    found = minutes_due(due, told(2026, 1, 9, 0, 0), 72)

    assert found == [told(2026, 1, day, 1, 10) for day in (9, 10, 11)]


def test_the_hour_that_spring_skips_does_not_skip_the_job():
    # On 2026-03-29 Berlin's clocks go from 02:00 to 03:00.
    due = daily("02:10", BERLIN)

    found = minutes_due(due, told(2026, 3, 28, 12, 0), 24)

    assert found == [told(2026, 3, 29, 1, 10)]


def test_the_hour_that_autumn_doubles_does_not_double_the_job():
    # On 2026-10-25 Berlin's clocks go from 03:00 back to 02:00.
    due = daily("02:10", BERLIN)

    found = minutes_due(due, told(2026, 10, 24, 12, 0), 24)

    assert found == [told(2026, 10, 25, 0, 10)]


@given(
    day=st.dates(min_value=date(2020, 1, 2), max_value=date(2035, 12, 30)),
    at=st.times().map(lambda time: time.strftime("%H:%M")),
    zone=st.sampled_from(["Europe/Berlin", "America/St_Johns", "Pacific/Apia", "UTC"]),
)
def test_every_day_has_its_minute(day, at, zone):
    zone = ZoneInfo(zone)
    noon = datetime(day.year, day.month, day.day, 12, 0, tzinfo=zone)

    instant = daily_instant(noon, at, zone)

    assert daily(at, zone)(instant.astimezone(UTC).replace(tzinfo=None)) == (
        instant.astimezone(zone).date() == day
    )


def test_seconds_do_not_matter():
    assert daily("02:10", BERLIN)(told(2026, 1, 9, 1, 10, 59, 999))


@pytest.mark.parametrize(("minutes", "a_day"), [(1, 1440), (30, 48), (1440, 1)])
def test_a_repeated_job_is_due_as_often_as_said(minutes, a_day):
    assert len(minutes_due(every(minutes), told(2026, 1, 9), 24)) == a_day
