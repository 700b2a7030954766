"""Every figure a verdict can stand on, from the facts of many articles side by side."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.movement.abc import gross_margin_minor
from umschlag.intelligence.movement.columns import (
    ArticleColumns,
    Counts,
    Flags,
    Numbers,
    SalesColumns,
    plain_values,
)
from umschlag.intelligence.movement.day_table import RATE_DAYS
from umschlag.intelligence.movement.dead_stock import dead_units
from umschlag.intelligence.movement.demand_pattern import (
    PATTERNS,
    average_demand_interval,
    demand_patterns,
    squared_variation,
)
from umschlag.intelligence.movement.lost_sales import StockOuts
from umschlag.intelligence.movement.model import MovementFigures, MovementThresholds, SpeedClass
from umschlag.intelligence.movement.sales_rate import daily_sales_units, rate_days
from umschlag.intelligence.movement.stock_cover import days_of_supply
from umschlag.intelligence.movement.turnover import (
    sell_through_of_received_ratio,
    stock_turnover_per_year,
)
from umschlag.intelligence.movement.xyz import CLASSES as XYZ_CLASSES
from umschlag.intelligence.movement.xyz import weekly_variation, xyz_classes

Places = NDArray[np.int8]
"""Classes by their place in a tuple, −1 for none."""
SPEEDS = tuple(SpeedClass)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FigureColumns:
    """What was calculated, one array a figure; see `MovementFigures`. NaN where unknown."""

    daily_sales_units: Numbers
    rate_days: Counts
    rate_leaves_out_days: Flags
    days_out_90d: Numbers
    stock_turnover_per_year: Numbers
    turnover_in_units: Flags
    days_of_supply: Numbers
    stock_age_days: Numbers
    stock_value_minor: Numbers
    dead_units: Numbers
    dead_value_minor: Numbers
    sell_through_of_received_ratio: Numbers
    margin_minor_365d: Numbers
    speed_class: Places
    xyz_class: Places
    demand_pattern: Places
    stock_out_count_365d: Numbers
    lost_units_max_365d: Numbers
    lost_revenue_minor_max_365d: Numbers
    idle_days: Counts
    days_known: Counts

    def rows(self) -> Iterator[MovementFigures]:
        """Yield the figures of one article after the other."""
        columns = {field.name: self._plain(field.name) for field in fields(MovementFigures)}
        for values in zip(*columns.values(), strict=True):
            yield MovementFigures(**dict(zip(columns, values, strict=True)))

    def _plain(self, name: str) -> list[object]:
        values = getattr(self, name)
        classes = _CLASSES_OF.get(name)
        if classes is None:
            return plain_values(values, is_whole=name not in _REALS)
        return [None if place < 0 else classes[place] for place in values.tolist()]


_CLASSES_OF: dict[str, tuple[object, ...]] = {
    "speed_class": SPEEDS,
    "xyz_class": XYZ_CLASSES,
    "demand_pattern": PATTERNS,
}
_REALS = frozenset(
    {
        "daily_sales_units",
        "stock_turnover_per_year",
        "days_of_supply",
        "sell_through_of_received_ratio",
        "lost_units_max_365d",
    }
)


def movement_figures(
    articles: ArticleColumns,
    thresholds: MovementThresholds,
    *,
    vat_percent: float,
    stock_outs: StockOuts | None = None,
) -> FigureColumns:
    """Return the figures of all articles; those of stock-outs are unknown without `stock_outs`."""
    patterns = patterns_of(articles.sales)
    is_sporadic = sporadic(patterns)
    idle, known = articles.idle_days, articles.days_known
    days = present_rate_days(articles, is_sporadic, known)
    rate = daily_sales_units(sold_units=articles.sales.sold_units_90d, days=days)
    turnover, in_units = _turnover(articles)
    dead = _dead_units(articles, rate, idle, thresholds)
    days_out = _days_out(articles)
    counts, lost, lost_revenue = _losses(articles, stock_outs, is_sporadic)
    return FigureColumns(
        daily_sales_units=rate,
        rate_days=days,
        rate_leaves_out_days=~is_sporadic & (np.nan_to_num(days_out) > 0),
        days_out_90d=days_out,
        stock_turnover_per_year=turnover,
        turnover_in_units=in_units,
        days_of_supply=days_of_supply(
            available_units=articles.available_units, daily_demand_units=rate
        ),
        stock_age_days=articles.stock_age_days,
        stock_value_minor=articles.stock_value_minor,
        dead_units=dead,
        dead_value_minor=dead * articles.unit_cost_minor,
        sell_through_of_received_ratio=_sell_through(articles),
        margin_minor_365d=_margin(articles, vat_percent),
        speed_class=_speed_classes(idle, rate, thresholds),
        xyz_class=_xyz(articles.sales),
        demand_pattern=patterns,
        stock_out_count_365d=counts,
        lost_units_max_365d=lost,
        lost_revenue_minor_max_365d=lost_revenue,
        idle_days=idle,
        days_known=known,
    )


def patterns_of(sales: SalesColumns) -> Places:
    """Return each article's demand pattern over its weeks with stock."""
    return demand_patterns(
        intervals=average_demand_interval(
            periods=sales.weeks_with_stock, periods_with_demand=sales.weeks_with_demand
        ),
        variations=squared_variation(
            units=sales.week_units,
            units_squared=sales.week_units_squared,
            periods_with_demand=sales.weeks_with_demand,
        ),
    )


def sporadic(patterns: Places) -> Flags:
    """Return where a day without a sale is nothing unusual."""
    return np.array([pattern.is_sporadic for pattern in PATTERNS])[patterns]


def present_rate_days(articles: ArticleColumns, is_sporadic: Flags, days_known: Counts) -> Counts:
    """Return the days by which the rate of the last 90 divides.

    Where stock was never told, every day since the first sale counts as one with stock.
    """
    shelf = articles.shelf
    told = rate_days(
        days_observed=shelf.days_observed_90d,
        days_with_stock=shelf.days_with_stock_90d,
        is_sporadic=is_sporadic,
    )
    ahead_days = (articles.as_of_date - articles.sold_through_date).days
    sold_days = np.maximum(days_known + 1 - ahead_days, 0)
    return np.where(shelf.is_told, told, np.minimum(RATE_DAYS, sold_days))


def year_rate_and_revenue(articles: ArticleColumns) -> tuple[Numbers, Numbers]:
    """Return units sold per day with stock over the year, and what a unit brought in, with VAT.

    Where nothing sold, a unit would bring in its sales price; NaN where there is none.
    """
    sales = articles.sales
    rate = daily_sales_units(
        sold_units=sales.sold_units_365d, days=articles.shelf.days_with_stock_365d
    )
    revenue = articles.sales_price_minor.copy()
    paid = (sales.sold_units_365d > 0) & (sales.revenue_minor_365d > 0)
    np.divide(sales.revenue_minor_365d, sales.sold_units_365d, out=revenue, where=paid)
    return rate, revenue


def _turnover(articles: ArticleColumns) -> tuple[Numbers, Flags]:
    """Return the turnover in money where cost is known, else in units, and where it is in units."""
    sales, shelf = articles.sales, articles.shelf
    in_money = stock_turnover_per_year(
        cost_of_goods_sold=sales.cost_of_goods_minor_365d,
        average_stock=shelf.average_stock_value_minor_365d,
        days=shelf.days_observed_365d,
    )
    in_units = stock_turnover_per_year(
        cost_of_goods_sold=sales.sold_units_observed_365d.astype(np.float64),
        average_stock=shelf.average_stock_units_365d,
        days=shelf.days_observed_365d,
    )
    lacks_money = np.isnan(in_money)
    return np.where(lacks_money, in_units, in_money), lacks_money & ~np.isnan(in_units)


def _margin(articles: ArticleColumns, vat_percent: float) -> Numbers:
    """Return the year's gross margin; units sold on days nothing is known of at today's cost."""
    sales = articles.sales
    unobserved = sales.sold_units_365d - sales.sold_units_observed_365d
    of_unobserved = np.where(unobserved == 0, 0.0, unobserved * articles.unit_cost_minor)
    observed = np.where(sales.sold_units_observed_365d == 0, 0.0, sales.cost_of_goods_minor_365d)
    margin = gross_margin_minor(
        revenue_minor=sales.revenue_minor_365d,
        cost_of_goods_minor=observed + of_unobserved,
        vat_percent=vat_percent,
    )
    # What sold nothing has no margin of zero at an unknown cost: nobody can say.
    margin[np.isnan(articles.unit_cost_minor)] = np.nan
    return np.round(margin)


def _speed_classes(idle: Counts, rate: Numbers, thresholds: MovementThresholds) -> Places:
    """Return the class by sales rate and last sale; a new article is slow until it sells."""
    places = np.full(len(idle), SPEEDS.index(SpeedClass.STEADY), dtype=np.int8)
    places[rate < thresholds.slow_daily_units_max] = SPEEDS.index(SpeedClass.SLOW)
    places[rate >= thresholds.fast_daily_units_min] = SPEEDS.index(SpeedClass.FAST)
    places[idle >= thresholds.dead_after_days] = SPEEDS.index(SpeedClass.DEAD)
    return places


def _dead_units(
    articles: ArticleColumns, rate: Numbers, idle: Counts, thresholds: MovementThresholds
) -> Numbers:
    """Return dead units; zero where neither a new article nor goods just back have a rate yet."""
    is_idle = idle >= thresholds.dead_after_days
    dead = dead_units(
        available_units=articles.available_units,
        daily_sales_units=rate,
        horizon_days=thresholds.dead_horizon_days,
        is_idle=is_idle,
    )
    is_too_young = (articles.days_known < thresholds.new_article_days) | (
        articles.shelf.days_with_stock_90d < thresholds.rate_days_min
    )
    dead[is_too_young & ~is_idle & ~np.isnan(dead)] = 0.0
    return dead


def _days_out(articles: ArticleColumns) -> Numbers:
    shelf = articles.shelf
    return np.where(shelf.is_told, shelf.days_observed_90d - shelf.days_with_stock_90d, np.nan)


def _sell_through(articles: ArticleColumns) -> Numbers:
    return sell_through_of_received_ratio(
        sold_units=articles.sales.sold_units_365d, received_units=articles.received_units_365d
    )


def _xyz(sales: SalesColumns) -> Places:
    variation = weekly_variation(
        units=sales.week_units,
        units_squared=sales.week_units_squared,
        weeks_with_stock=sales.weeks_with_stock,
    )
    return xyz_classes(variation)


def _losses(
    articles: ArticleColumns, stock_outs: StockOuts | None, is_sporadic: Flags
) -> tuple[Numbers, Numbers, Numbers]:
    """Return how many stock-outs there were, and the units and money lost to them at most."""
    count, told = len(articles), articles.shelf.is_told
    if stock_outs is None:
        unknown = np.full(count, np.nan)
        return unknown, unknown, unknown
    outs = np.bincount(stock_outs.article, minlength=count).astype(np.float64)
    lost = stock_outs.sums(stock_outs.lost_units_max, count)
    revenue = np.round(stock_outs.sums(stock_outs.lost_revenue_minor_max, count))
    sayable = told & ~is_sporadic
    return (
        np.where(told, outs, np.nan),
        np.where(sayable, lost, np.nan),
        np.where(sayable, revenue, np.nan),
    )
