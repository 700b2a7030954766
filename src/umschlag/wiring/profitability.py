"""What every article earned, from Sellerboard's figures, stock and cost in the lake."""

from dataclasses import fields
from datetime import date, timedelta
from typing import Any

from umschlag.intelligence.profitability.contribution import profit_report
from umschlag.intelligence.profitability.model import ArticleFacts, ProfitReport
from umschlag.kernel.errors import NotFound
from umschlag.kernel.identifiers import Sku
from umschlag.kernel.periods import Period, last_days
from umschlag.settings import Settings
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.questions import Question
from umschlag.wiring.lake import open_lake

ROOM = "umschlag.intelligence.profitability"
PERIOD_DAYS_DEFAULT = 30
NEWEST_DAYS = (7, 30, 90)
MONTHS_OFFERED_MAX = 12


def profitability(settings: Settings, *, period: Period | None = None) -> ProfitReport:
    """Return what every SKU earned in the period; by default the newest 30 days told.

    Raises:
        NotFound: Sellerboard was never imported and no period was asked for.
    """
    lake = open_lake(settings)
    days = period or asked_period(_told(lake), since=None, through=None)
    rows = lake.ask(
        Question.load(ROOM, "profit_by_sku"),
        since=days.start_date,
        until=days.end_date,
        from_date=days.start_date,
        until_date=days.end_date,
        currency=settings.sellerboard_currency,
    ).to_pylist()
    facts = [_fact(row) for row in rows]
    return profit_report(facts, period=days, currency=settings.sellerboard_currency)


def told_period(settings: Settings) -> Period | None:
    """Return from the first to the newest day that Sellerboard told; None before it told any."""
    return _told(open_lake(settings))


def asked_period(told: Period | None, *, since: date | None, through: date | None) -> Period:
    """Return the days asked for, both ends included, cut to those that were told.

    Cut, because a return per year needs the days that the figures really stand for. Where neither
    end is asked for, the newest 30 days are meant.

    Raises:
        NotFound: Sellerboard was never imported, or told nothing of these days.
    """
    if told is None:
        raise NotFound("no Sellerboard figures yet; run `umschlag sync sellerboard`")
    last_date = told.end_date - timedelta(days=1)
    if since is None and through is None:
        return _newest(told, PERIOD_DAYS_DEFAULT)
    first = max(since or told.start_date, told.start_date)
    last = min(through or last_date, last_date)
    if last < first:
        raise NotFound(f"Sellerboard told of {told.start_date} to {last_date} only")
    return Period(start_date=first, end_date=last + timedelta(days=1))


def profit_periods(told: Period) -> dict[str, Period]:
    """Return what to choose from, by code: ``30d``, ``all`` and months such as ``2026-04``."""
    periods = {f"{days}d": _newest(told, days) for days in NEWEST_DAYS if days < told.days}
    periods["all"] = told
    month_end = told.end_date
    for _month in range(MONTHS_OFFERED_MAX):
        if month_end <= told.start_date:
            break
        month_start = (month_end - timedelta(days=1)).replace(day=1)
        within = Period(start_date=max(month_start, told.start_date), end_date=month_end)
        periods[f"{month_start:%Y-%m}"] = within
        month_end = month_start
    return periods


def _newest(told: Period, days: int) -> Period:
    return last_days(min(days, told.days), through_date=told.end_date - timedelta(days=1))


def _told(lake: Lake) -> Period | None:
    known = lake.ask(Question.load(ROOM, "sellerboard_dates")).to_pylist()[0]
    first: date | None = known["first_date"]
    last: date | None = known["last_date"]
    if first is None or last is None:
        return None
    return Period(start_date=first, end_date=last + timedelta(days=1))


def _fact(row: dict[str, Any]) -> ArticleFacts:
    values = {field.name: row[field.name] for field in fields(ArticleFacts)}
    # Made int again, because some engines hand out sums as decimals.
    for name, value in values.items():
        if name.endswith(("_minor", "units", "refunds", "_count")) and value is not None:
            values[name] = int(value)
    mean = values["stock_units_mean"]
    values["stock_units_mean"] = None if mean is None else float(mean)
    return ArticleFacts(**{**values, "sku": Sku(row["sku"])})
