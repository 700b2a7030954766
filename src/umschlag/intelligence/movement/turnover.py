"""How often the stock turns over in a year."""

from dataclasses import dataclass

DAYS_PER_YEAR = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class StockTurnover:
    """Turnover a year, and whether units stood in for a missing cost."""

    per_year: float
    in_units: bool


def stock_turnover_per_year(
    *, cost_of_goods_sold: float, average_stock: float, days: int
) -> float | None:
    """Return cost of goods sold ÷ average stock, annualised from the days both were taken over.

    Both in one unit: minor units of money, or units of the article. None where there was no stock
    on average or no day: a ratio to nothing says nothing. Never negative: a period of returns
    turned nothing over. Definition: ASCM dictionary, "inventory turnover".
    """
    if average_stock <= 0 or days <= 0:
        return None
    return max(cost_of_goods_sold, 0.0) / average_stock * DAYS_PER_YEAR / days


def stock_turnover(
    *,
    cost_of_goods_minor: int | None,
    average_stock_value_minor: float | None,
    sold_units: int,
    average_stock_units: float | None,
    days: int,
) -> StockTurnover | None:
    """Return the turnover in money where cost is known, else in units; None without stock."""
    if cost_of_goods_minor is not None and average_stock_value_minor:
        in_money = stock_turnover_per_year(
            cost_of_goods_sold=cost_of_goods_minor,
            average_stock=average_stock_value_minor,
            days=days,
        )
        if in_money is not None:
            return StockTurnover(per_year=in_money, in_units=False)
    if average_stock_units is None:
        return None
    in_units = stock_turnover_per_year(
        cost_of_goods_sold=sold_units, average_stock=average_stock_units, days=days
    )
    return None if in_units is None else StockTurnover(per_year=in_units, in_units=True)
