"""The lake's answer on profit, taken apart by SKU, marketplace and day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from umschlag.intelligence.profitability.contribution import added_left_out
from umschlag.intelligence.profitability.model import LeftOut
from umschlag.intelligence.profitability.sums import ProfitSums
from umschlag.kernel.money import Money

_TOLD = (
    *("units", "refunds", "sales_minor", "ads_minor", "fees_minor", "refund_cost_minor"),
    *("cost_of_goods_minor", "vat_minor", "net_profit_minor", "row_count"),
)


@dataclass(slots=True, kw_only=True)
class SumsByKey:
    """The lake's answer, taken apart by its three keys."""

    by_sku: dict[str, ProfitSums]
    by_marketplace: dict[str, ProfitSums]
    by_day: dict[date, ProfitSums]
    left_out_by_sku: dict[str, Sequence[LeftOut]]
    left_out_by_marketplace: dict[str, Sequence[LeftOut]]
    left_out_by_day: dict[date, Sequence[LeftOut]]
    foreign_rows: dict[tuple[str, date], int]


def sums_by_key(rows: Sequence[dict[str, Any]], *, currency: str) -> SumsByKey:
    """Return the rows by SKU, marketplace and day, those of several currencies together.

    What was told in the period before alone has no line of its own.
    """
    parts: dict[str, dict[Any, dict[str, int]]] = {
        "sku": {},
        "marketplace": {},
        "business_date": {},
    }
    left: dict[str, dict[Any, list[Sequence[LeftOut]]]] = {name: {} for name in parts}
    foreign: dict[tuple[str, date], int] = defaultdict(int)
    for row in rows:
        name = next(name for name in parts if row[name] is not None)
        key = row[name]
        sums = parts[name].setdefault(key, defaultdict(int))
        if not row["is_told"] and row["is_now"]:
            left[name].setdefault(key, []).append([_left_out(row)])
        _add(sums, row)
        if name == "business_date" and row["is_told"] and row["is_now"]:
            foreign[row["currency"], key] += row["row_count"]
    added = {
        name: {
            key: ProfitSums(**sums)
            for key, sums in found.items()
            if sums.get("row_count") or key in left[name]
        }
        for name, found in parts.items()
    }
    merged = {
        name: {key: added_left_out(groups) for key, groups in found.items()}
        for name, found in left.items()
    }
    return SumsByKey(
        by_sku=added["sku"],
        by_marketplace=added["marketplace"],
        by_day=added["business_date"],
        left_out_by_sku=merged["sku"],
        left_out_by_marketplace=merged["marketplace"],
        left_out_by_day=merged["business_date"],
        foreign_rows={key: count for key, count in foreign.items() if key[0] != currency},
    )


def _add(sums: dict[str, int], row: dict[str, Any]) -> None:
    """Add what one row says: to the period's sums, to those before, or to neither."""
    if not row["is_told"]:
        if not row["is_now"]:
            sums["before_left_out_count"] += row["row_count"]
        return
    if not row["is_now"]:
        sums["before_sales_minor"] += row["sales_minor"] or 0
        sums["before_net_profit_minor"] += row["net_profit_minor"] or 0
        return
    for name in _TOLD:
        sums[name] += row[name] or 0
    if row["is_settled"]:
        sums["settled_sales_minor"] += row["sales_minor"] or 0
        sums["settled_net_profit_minor"] += row["net_profit_minor"] or 0
    else:
        sums["estimated_row_count"] += row["row_count"]


def _left_out(row: dict[str, Any]) -> LeftOut:
    currency = row["currency"]
    return LeftOut(
        currency=currency,
        row_count=row["row_count"],
        sales=Money(row["sales_minor"] or 0, currency),
        contribution=Money(row["net_profit_minor"] or 0, currency),
    )
