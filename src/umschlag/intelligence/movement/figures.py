"""Every figure a verdict can stand on, from the facts of one article."""

from collections.abc import Sequence

from umschlag.intelligence.movement.dead_stock import dead_units
from umschlag.intelligence.movement.model import (
    ArticleFacts,
    MovementFigures,
    MovementThresholds,
    Receipt,
    SpeedClass,
)
from umschlag.intelligence.movement.sales_rate import daily_sales_units
from umschlag.intelligence.movement.stock_age import stock_age_days
from umschlag.intelligence.movement.stock_cover import days_of_supply
from umschlag.intelligence.movement.turnover import stock_turnover

RATE_DAYS = 90
"""The present sales rate is that of the last 90 days."""


def movement_figures(
    facts: ArticleFacts, receipts: Sequence[Receipt], thresholds: MovementThresholds
) -> MovementFigures:
    """Return the figures of one article."""
    rate = present_rate(facts)
    turnover = stock_turnover(
        cost_of_goods_minor=facts.cost_of_goods_minor_365d,
        average_stock_value_minor=facts.average_stock_value_minor_365d,
        sold_units=facts.sold_units_observed_365d,
        average_stock_units=facts.average_stock_units_365d,
        days=facts.days_observed_365d,
    )
    available = facts.available_units
    dead = _dead_units(facts, rate, thresholds)
    return MovementFigures(
        daily_sales_units=rate,
        stock_turnover_per_year=turnover.per_year if turnover else None,
        turnover_in_units=turnover.in_units if turnover else False,
        days_of_supply=None
        if available is None
        else days_of_supply(available_units=available, daily_demand_units=rate),
        stock_age_days=None
        if facts.on_hand_units is None
        else stock_age_days(
            on_hand_units=facts.on_hand_units,
            receipts=receipts,
            first_seen_date=facts.first_seen_date,
            as_of_date=facts.as_of_date,
        ),
        stock_value_minor=facts.stock_value_minor,
        dead_units=dead,
        dead_value_minor=None
        if dead is None or facts.unit_cost_minor is None
        else dead * facts.unit_cost_minor,
        speed_class=speed_class(facts, rate, thresholds),
    )


def present_rate(facts: ArticleFacts) -> float:
    """Return units sold per day with stock over the last 90 days.

    Where stock was never told, every day since the first sale counts as one with stock.
    """
    days = facts.days_with_stock_90d
    if days is None:
        days = min(RATE_DAYS, facts.days_known + 1)
    return daily_sales_units(sold_units=facts.sold_units_90d, days_with_stock=days)


def speed_class(facts: ArticleFacts, rate: float, thresholds: MovementThresholds) -> SpeedClass:
    """Return the class by sales rate and last sale; a new article is slow until it sells."""
    if facts.idle_days >= thresholds.dead_after_days:
        return SpeedClass.DEAD
    if rate >= thresholds.fast_daily_units_min:
        return SpeedClass.FAST
    return SpeedClass.SLOW if rate < thresholds.slow_daily_units_max else SpeedClass.STEADY


def _dead_units(facts: ArticleFacts, rate: float, thresholds: MovementThresholds) -> int | None:
    available = facts.available_units
    if available is None:
        return None
    is_idle = facts.idle_days >= thresholds.dead_after_days
    if not is_idle and _is_too_young_to_say(facts, thresholds):
        return 0
    return dead_units(
        available_units=available,
        daily_sales_units=rate,
        horizon_days=thresholds.dead_horizon_days,
        is_idle=is_idle,
    )


def _is_too_young_to_say(facts: ArticleFacts, thresholds: MovementThresholds) -> bool:
    # Neither a new article nor goods that just came back have a rate one could hold on to.
    return (
        facts.days_known < thresholds.new_article_days
        or (facts.days_with_stock_90d or 0) < thresholds.rate_days_min
    )
