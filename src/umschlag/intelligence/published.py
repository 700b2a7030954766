"""The only door into intelligence: what allocation may know of how goods move."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from umschlag.intelligence.movement.model import SpeedClass
from umschlag.kernel.identifiers import Asin

__all__ = ["MovementFacts", "SpeedClass", "facts_by_asin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementFacts:
    """How one ASIN moves, over all SKUs that carry it, as of a business date."""

    asin: Asin
    as_of_date: date
    daily_sales_units: float
    """Units sold per day with stock, of all its SKUs together."""
    speed_class: SpeedClass
    """Of the SKU that moves best."""
    stock_age_days: int | None
    """Of the SKU whose stock is oldest; None where nothing is on hand or nobody knows."""
    forecast_units_28d: float | None
    """Units expected to sell in 28 days; None where no forecast was made."""
    dead_value_minor: int | None = None
    """Cost of the units not expected to sell; None where stock or cost is unknown."""
    unit_margin_minor: int | None = None
    """Gross margin of a unit, over the sales of 365 days; None where nothing sold or no cost is
    known. Of several SKUs the lowest, so that nobody counts on more than the least sure one."""


def facts_by_asin(facts_of_skus: Iterable[MovementFacts]) -> dict[Asin, MovementFacts]:
    """Return the facts of every ASIN; those of several SKUs with one ASIN are put together."""
    found: dict[Asin, MovementFacts] = {}
    for facts in facts_of_skus:
        former = found.get(facts.asin)
        found[facts.asin] = facts if former is None else _together(former, facts)
    return found


_SLOWEST_FIRST = (SpeedClass.DEAD, SpeedClass.SLOW, SpeedClass.STEADY, SpeedClass.FAST)


def _together(first: MovementFacts, second: MovementFacts) -> MovementFacts:
    both = (first, second)
    ages = [one.stock_age_days for one in both if one.stock_age_days is not None]
    forecasts = [one.forecast_units_28d for one in both if one.forecast_units_28d is not None]
    margins = [one.unit_margin_minor for one in both if one.unit_margin_minor is not None]
    dead = [one.dead_value_minor for one in both if one.dead_value_minor is not None]
    return MovementFacts(
        asin=first.asin,
        as_of_date=max(one.as_of_date for one in both),
        daily_sales_units=sum(one.daily_sales_units for one in both),
        speed_class=max((one.speed_class for one in both), key=_SLOWEST_FIRST.index),
        stock_age_days=max(ages, default=None),
        forecast_units_28d=sum(forecasts) if forecasts else None,
        dead_value_minor=sum(dead) if dead else None,
        unit_margin_minor=min(margins, default=None),
    )
