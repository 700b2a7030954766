"""How many units sell on a day on which there are any."""


def daily_sales_units(*, sold_units: int, days_with_stock: int) -> float:
    """Return units sold per day with stock.

    Days without stock are not days without demand, so they are not counted. Zero where there
    was no such day, or where more came back than was sold.
    """
    if days_with_stock <= 0:
        return 0.0
    return max(sold_units, 0) / days_with_stock
