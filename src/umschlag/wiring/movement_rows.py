"""The list of verdicts as rows of a file, amounts in major units."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from umschlag.kernel.money import Money
from umschlag.wiring.movement_list import is_missed
from umschlag.wiring.spreadsheets import Cell, Row
from umschlag.wiring.stored_reasons import reason_text


def movement_rows(found: QuerySet[Any]) -> Iterator[Row]:
    """Return the column names and a row for each verdict, as `MovementsWanted` yields them."""
    yield list(_COLUMNS)
    for movement in found.iterator(chunk_size=1000):
        yield [figure(movement) for figure in _COLUMNS.values()]


def money_of(movement: Any, name: str) -> Money | None:  # noqa: ANN401 - a row with what `with_unsold` adds
    """Return the minor units of that name as money of the article's currency."""
    minor = getattr(movement, name)
    return None if minor is None else Money(minor, movement.article.currency)


def _money(name: str) -> Callable[[Any], Cell]:
    def cell(movement: Any) -> Cell:  # noqa: ANN401 - a row with what `with_unsold` adds
        amount = money_of(movement, name)
        return None if amount is None else amount.decimal

    return cell


def _own(name: str) -> Callable[[Any], Cell]:
    return lambda movement: getattr(movement, name)


def _rounded(name: str, digits: int) -> Callable[[Any], Cell]:
    def cell(movement: Any) -> Cell:  # noqa: ANN401 - a row with what `with_unsold` adds
        value = getattr(movement, name)
        return None if value is None else round(value, digits)

    return cell


def _of_article(name: str) -> Callable[[Any], Cell]:
    return lambda movement: getattr(movement.article, name)


def _forecast_day(movement: Any) -> Cell:  # noqa: ANN401 - a row with what `with_unsold` adds
    by = getattr(movement.article, "replenishment", None)
    return None if by is None else by.made_date


_COLUMNS: Mapping[str, Callable[[Any], Cell]] = {
    "sku": _of_article("sku"),
    "name": _of_article("name"),
    "manufacturer": _of_article("manufacturer"),
    "category": _of_article("category"),
    "supplier": _of_article("supplier"),
    "verdict": _own("verdict"),
    "rule": _own("rule_name"),
    "reason": reason_text,
    "speed": _own("speed_class"),
    "abc_revenue": _own("abc_class"),
    "abc_margin": _own("abc_class_by_margin"),
    "xyz": _own("xyz_class"),
    "demand_pattern": _own("demand_pattern"),
    "on_hand_units": _of_article("on_hand_units"),
    "available_units": _of_article("available_units"),
    "sold_units_90d": _own("sold_units_90d"),
    "sold_units_365d": _own("sold_units_365d"),
    "daily_sales_units": _rounded("daily_sales_units", 4),
    "days_out_90d": _own("days_out_90d"),
    "days_since_last_sale": _own("days_since_last_sale"),
    "stock_turnover_per_year": _rounded("stock_turnover_per_year", 4),
    "days_of_supply": _rounded("days_of_supply", 1),
    "sell_through": _rounded("sell_through_of_received_ratio", 4),
    "stock_age_days": _own("stock_age_days"),
    "stock_value": _money("stock_value_minor"),
    "dead_stock": _money("dead_value_minor"),
    "expected_unsold_units": _rounded("unsold_units", 1),
    "expected_unsold_value": _money("unsold_value_minor"),
    "missed_by_rules": is_missed,
    "forecast_made_on": _forecast_day,
    "revenue_365d": _money("revenue_minor_365d"),
    "margin_365d": _money("margin_minor_365d"),
    "stock_outs_365d": _own("stock_out_count_365d"),
    "lost_units_max": _rounded("lost_units_max_365d", 1),
    "lost_sales_max": _money("lost_revenue_minor_max_365d"),
    "currency": _of_article("currency"),
    "as_of": _own("as_of_date"),
}
