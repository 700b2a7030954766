"""Which days profit can be asked for, which are offered, and with which they are compared."""

from datetime import date, timedelta

from umschlag.kernel.errors import NotFound
from umschlag.kernel.periods import Period, last_days
from umschlag.settings import Settings
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.questions import Question
from umschlag.wiring.lake import open_lake

ROOM = "umschlag.intelligence.profitability"
PERIOD_DAYS_DEFAULT = 30
NEWEST_DAYS = (7, 30, 90)
MONTHS_OFFERED_MAX = 12
_ONE_DAY = timedelta(days=1)


def told_period(settings: Settings) -> Period | None:
    """Return from the first to the newest day that Sellerboard told; None before it told any."""
    return told_by(open_lake(settings))


def told_by(lake: Lake) -> Period | None:
    """Return what `told_period` does, of a lake that is open already."""
    known = lake.ask(Question.load(ROOM, "sellerboard_dates")).to_pylist()[0]
    first: date | None = known["first_date"]
    last: date | None = known["last_date"]
    if first is None or last is None:
        return None
    return Period(start_date=first, end_date=last + _ONE_DAY)


def asked_period(told: Period | None, *, since: date | None, through: date | None) -> Period:
    """Return the days asked for, both ends included, cut to those that were told.

    Cut, because a return per year needs the days that the figures really stand for. Where neither
    end is asked for, the newest 30 days are meant.

    Raises:
        NotFound: Sellerboard was never imported, or told nothing of these days.
    """
    if told is None:
        raise NotFound("no Sellerboard figures yet; run `umschlag sync sellerboard`")
    last_date = told.end_date - _ONE_DAY
    if since is None and through is None:
        return _newest(told, PERIOD_DAYS_DEFAULT)
    first = max(since or told.start_date, told.start_date)
    last = min(through or last_date, last_date)
    if last < first:
        raise NotFound(f"Sellerboard told of {told.start_date} to {last_date} only")
    return Period(start_date=first, end_date=last + _ONE_DAY)


def profit_periods(told: Period) -> dict[str, Period]:
    """Return what to choose from, by code: ``30d``, ``this-month``, ``all`` or ``2026-04``.

    Months and the year are those of the newest day that was told, not of today, so that the first
    days of a month do not show nothing.
    """
    periods = {f"{days}d": _newest(told, days) for days in NEWEST_DAYS if days < told.days}
    newest = told.end_date - _ONE_DAY
    month_start = newest.replace(day=1)
    periods["this-month"] = _within(told, month_start, told.end_date)
    if month_start > told.start_date:
        before = (month_start - _ONE_DAY).replace(day=1)
        periods["last-month"] = _within(told, before, month_start)
    periods["year"] = _within(told, newest.replace(month=1, day=1), told.end_date)
    periods["all"] = told
    month_end = told.end_date
    for _month in range(MONTHS_OFFERED_MAX):
        if month_end <= told.start_date:
            break
        month_start = (month_end - _ONE_DAY).replace(day=1)
        periods[f"{month_start:%Y-%m}"] = _within(told, month_start, month_end)
        month_end = month_start
    return periods


def period_before(period: Period, *, told: Period) -> Period | None:
    """Return what the period is compared with; None where Sellerboard did not tell all of it.

    That is the month before a whole month, the year before a whole year, else as many days right
    before it.
    """
    start, end = period.start_date, period.end_date
    before = start - timedelta(days=min(period.days, (start - date.min).days))
    if start.day == 1 and end == _next_month(start):
        before = (start - _ONE_DAY).replace(day=1)
    elif (start.month, start.day) == (1, 1) and end == start.replace(year=start.year + 1):
        before = start.replace(year=start.year - 1)
    if before < told.start_date or before == start:
        return None
    return Period(start_date=before, end_date=start)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _newest(told: Period, days: int) -> Period:
    return last_days(min(days, told.days), through_date=told.end_date - _ONE_DAY)


def _within(told: Period, start: date, end: date) -> Period:
    return Period(start_date=max(start, told.start_date), end_date=min(end, told.end_date))
