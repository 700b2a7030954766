"""What runs out within the forecast's horizon, and what that can cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Max

from umschlag.intelligence.forecasting.stockout import is_running_out, lost_units, order_by_date
from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.storage.records.models import (
    Article,
    ArticleForecast,
    Proposal,
    ProposalKind,
    ProposalState,
)
from umschlag.wiring.lake import open_lake


@dataclass(frozen=True, slots=True, kw_only=True)
class StockoutLine:
    """One article that is about to run out."""

    article_id: int
    sku: str
    name: str
    available_units: int
    on_order_units: int | None
    delivery_date: date | None
    """When what is on order is there at the latest; None where nothing is."""
    stockout_date: date
    order_by_date: date | None
    """The last day to order on; None where what is on order comes before any other order."""
    lost_units: float
    """Demand within the horizon that no stock will serve, if nothing more is ordered."""
    at_risk: Money | None
    """Those units at the sales price; None where it is unknown."""
    reorder_units: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Days:
    made_date: date
    """The last day before the forecast."""
    newest_date: date
    """Of the newest picture, which may be of the day after: nobody orders before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningOut:
    """How many articles run out within the horizon, and those of them that cost most."""

    count: int
    lines: tuple[StockoutLine, ...]


def running_out(settings: Settings, *, length: int) -> RunningOut:
    """Return what the newest forecast says runs out, most money at risk first.

    Then what has no price or one in another currency, by the units that are lost.
    """
    made_date = ArticleForecast.objects.aggregate(newest=Max("made_date"))["newest"]
    if made_date is None:
        return RunningOut(count=0, lines=())
    found = sorted(
        _running_out_rows(settings, made_date), key=lambda line: _order(line, settings.currency)
    )
    return RunningOut(count=len(found), lines=_with_reorders(found[:length]))


def latest_order_date(settings: Settings, article: Article) -> date | None:
    """Return the last day to order the article on; None where it is not running out."""
    newest = article.forecasts.order_by("-made_date").first()
    if newest is None:
        return None
    rows = list(_running_out_rows(settings, newest.made_date, article_id=article.pk))
    return next((line.order_by_date for line in _with_reorders(rows)), None)


def _running_out_rows(
    settings: Settings, made_date: date, **narrower: int
) -> Iterator[StockoutLine]:
    horizon_end_date = made_date + timedelta(days=settings.forecast_horizon_days)
    newest_date = open_lake(settings).newest_business_date() or made_date
    days = _Days(made_date=made_date, newest_date=max(made_date, newest_date))
    rows = ArticleForecast.objects.filter(
        made_date=made_date, stockout_date__lte=horizon_end_date, **narrower
    ).values("stockout_date", "mean_units", "horizon_days", *_ARTICLE_FIELDS)
    for row in rows.iterator():
        on_hand = row["article__on_hand_units"]
        available = None if on_hand is None else on_hand - (row["article__reserved_units"] or 0)
        if is_running_out(
            is_active=row["article__is_active"],
            available_units=available,
            stockout_date=row["stockout_date"],
            horizon_end_date=horizon_end_date,
            followed_from_date=row["article__followed_by__from_date"],
        ):
            yield _line(settings, row, available or 0, days)


_ARTICLE_FIELDS = (
    "article",
    "article__sku",
    "article__name",
    "article__is_active",
    "article__on_hand_units",
    "article__reserved_units",
    "article__on_order_units",
    "article__lead_time_days",
    "article__sales_price_minor",
    "article__currency",
    "article__followed_by__from_date",
)


def _line(
    settings: Settings, row: dict[str, Any], available_units: int, days: _Days
) -> StockoutLine:
    lead_time = row["article__lead_time_days"]
    lead_time_days = settings.lead_time_days_default if lead_time is None else lead_time
    on_order = row["article__on_order_units"]
    lost = lost_units(
        available_units=available_units,
        on_order_units=on_order or 0,
        daily_demand_units=row["mean_units"] / row["horizon_days"],
        lead_time_days=lead_time_days,
        horizon_days=settings.forecast_horizon_days,
    )
    price_minor = row["article__sales_price_minor"]
    return StockoutLine(
        article_id=row["article"],
        sku=row["article__sku"],
        name=row["article__name"],
        available_units=available_units,
        on_order_units=on_order,
        delivery_date=days.made_date + timedelta(days=lead_time_days) if on_order else None,
        stockout_date=row["stockout_date"],
        order_by_date=order_by_date(
            stockout_date=row["stockout_date"],
            on_order_units=on_order or 0,
            lead_time_days=lead_time_days,
            as_of_date=days.newest_date,
        ),
        lost_units=lost,
        at_risk=None
        if price_minor is None
        else Money(round(price_minor * lost), row["article__currency"]),
        reorder_units=None,
    )


def _order(line: StockoutLine, currency: str) -> tuple[int, float, date, str]:
    risk = line.at_risk
    minor = risk.minor if risk is not None and risk.currency == currency else 0
    return -minor, -line.lost_units, line.stockout_date, line.sku


def _with_reorders(lines: Sequence[StockoutLine]) -> tuple[StockoutLine, ...]:
    """Return the lines with the orders proposed for them, whose day to order on is the one told.

    The order knows the lead time as it was measured and the next review; two days for one order
    would leave people to choose.
    """
    proposed = {
        article: (units, due_date)
        for article, units, due_date in Proposal.objects.filter(
            article__in=[line.article_id for line in lines],
            kind=ProposalKind.REORDER,
            state=ProposalState.OPEN,
        )
        .order_by("made_date")
        .values_list("article", "units", "due_date")
    }
    told = []
    for line in lines:
        units, due_date = proposed.get(line.article_id, (None, None))
        day = due_date or line.order_by_date
        told.append(replace(line, reorder_units=units, order_by_date=day))
    return tuple(told)
