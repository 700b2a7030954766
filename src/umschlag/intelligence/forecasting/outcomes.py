"""What became of an act: what sold since, against what would have sold without it."""

from dataclasses import dataclass
from datetime import date

AFTER_DAYS = (28, 90)
"""When accepted acts are looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What the history says of one article since the decision, over so many whole days."""

    after_days: int
    measured_date: date
    sold_units: int
    """Returns taken off."""
    revenue_minor: int | None
    """With VAT; None where some of it was paid in another currency."""
    available_units: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an act came to; None where stock or forecast were never told."""

    after_days: int
    measured_date: date
    sold_units: int
    revenue_minor: int | None
    stock_units: int | None
    expected_units: float | None
    """Demand over these days, as it was forecast without the act, as far as stock would reach."""
    expected_stock_units: float | None
    """Of the available units then, what would be left."""


def outcome(
    since: Since, *, stock_units_then: int | None, expected_demand_units: float | None
) -> Outcome:
    """Return what became of it beside what was expected without the act.

    Expected sales end with the stock of then, since what would have been ordered meanwhile nobody
    knows. The difference is what the act and everything else that happened brought: one article
    alone proves nothing, many together tell whether acts of a kind work.
    """
    expected = left = None
    if expected_demand_units is not None and stock_units_then is not None:
        stock = max(stock_units_then, 0)
        expected = min(max(expected_demand_units, 0.0), float(stock))
        left = stock - expected
    return Outcome(
        after_days=since.after_days,
        measured_date=since.measured_date,
        sold_units=since.sold_units,
        revenue_minor=since.revenue_minor,
        stock_units=since.available_units,
        expected_units=expected,
        expected_stock_units=left,
    )
