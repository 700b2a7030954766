"""What every article earned, from Sellerboard's figures, stock and cost in the lake."""

from dataclasses import fields
from datetime import date
from typing import Any

from umschlag.intelligence.profitability.contribution import profit_report
from umschlag.intelligence.profitability.model import ArticleFacts, ProfitReport
from umschlag.kernel.errors import NotFound
from umschlag.kernel.identifiers import Sku
from umschlag.kernel.periods import Period, last_days
from umschlag.settings import Settings
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.questions import Question
from umschlag.wiring.history import open_lake

ROOM = "umschlag.intelligence.profitability"
PERIOD_DAYS_DEFAULT = 30


def profitability(settings: Settings, *, period: Period | None = None) -> ProfitReport:
    """Return what every SKU earned in the period; by default the newest 30 days told.

    Raises:
        NotFound: Sellerboard was never imported and no period was asked for.
    """
    lake = open_lake(settings)
    days = period or _newest_period(lake)
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


def _newest_period(lake: Lake) -> Period:
    known = lake.ask(Question.load(ROOM, "sellerboard_dates")).to_pylist()[0]
    last: date | None = known["last_date"]
    if last is None:
        raise NotFound("no Sellerboard figures yet; run `umschlag sync sellerboard`")
    return last_days(PERIOD_DAYS_DEFAULT, through_date=last)


def _fact(row: dict[str, Any]) -> ArticleFacts:
    values = {field.name: row[field.name] for field in fields(ArticleFacts)}
    # Made int again, because some engines hand out sums as decimals.
    for name, value in values.items():
        if name.endswith(("_minor", "units", "refunds", "_count")) and value is not None:
            values[name] = int(value)
    mean = values["stock_units_mean"]
    values["stock_units_mean"] = None if mean is None else float(mean)
    return ArticleFacts(**{**values, "sku": Sku(row["sku"])})
