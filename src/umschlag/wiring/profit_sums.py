"""The lake's answer on profit, added up by SKU, marketplace and day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import polars as pl

from umschlag.intelligence.profitability.model import LeftOut
from umschlag.intelligence.profitability.sums import ProfitSums
from umschlag.kernel.money import Money

_TOLD = (
    *("units", "refunds", "sales_minor", "ads_minor", "fees_minor", "refund_cost_minor"),
    *("cost_of_goods_minor", "vat_minor", "net_profit_minor", "row_count"),
)
_SUMS = [one.name for one in fields(ProfitSums)]
_IS_TOLD_NOW = pl.col("is_told") & pl.col("is_now")
_IS_TOLD_BEFORE = pl.col("is_told") & ~pl.col("is_now")
_IS_LEFT_OUT = ~pl.col("is_told") & pl.col("is_now")
_IS_LEFT_OUT_BEFORE = ~pl.col("is_told") & ~pl.col("is_now")
# A row of which nobody says that it is settled is an estimate.
_IS_SETTLED = pl.col("is_settled").fill_null(False)


@dataclass(slots=True, kw_only=True)
class SumsByKey:
    """The lake's answer, taken apart by its three keys."""

    by_sku: Mapping[str, ProfitSums]
    by_marketplace: Mapping[str, ProfitSums]
    by_day: Mapping[date, ProfitSums]
    left_out_by_sku: Mapping[str, Sequence[LeftOut]]
    left_out_by_marketplace: Mapping[str, Sequence[LeftOut]]
    left_out_by_day: Mapping[date, Sequence[LeftOut]]
    foreign_rows: Mapping[tuple[str, date], int]
    """How many rows of each day were converted from each other currency."""


def sums_by_key(rows: pl.DataFrame, *, currency: str) -> SumsByKey:
    """Return the answer of `profit_by_key` by SKU, marketplace and day, all currencies together.

    What was told in the period before alone has no line of its own.
    """
    of_skus = rows.filter(pl.col("sku").is_not_null())
    of_days = rows.filter(pl.col("sku").is_null())
    return SumsByKey(
        by_sku=_sums_by("sku", of_skus),
        by_marketplace=_sums_by("marketplace", of_days),
        by_day=_sums_by("business_date", of_days),
        left_out_by_sku=_left_out_by("sku", of_skus),
        left_out_by_marketplace=_left_out_by("marketplace", of_days),
        left_out_by_day=_left_out_by("business_date", of_days),
        foreign_rows=_foreign_rows(of_days, currency=currency),
    )


def _sums_by(key: str, rows: pl.DataFrame) -> dict[Any, ProfitSums]:
    added = rows.group_by(key).agg(
        *(_where(_IS_TOLD_NOW, name).alias(name) for name in _TOLD),
        *(
            _where(_IS_TOLD_NOW & _IS_SETTLED, name).alias(f"settled_{name}")
            for name in ("sales_minor", "net_profit_minor")
        ),
        _where(_IS_TOLD_NOW & ~_IS_SETTLED, "row_count").alias("estimated_row_count"),
        *(
            _where(_IS_TOLD_BEFORE, name).alias(f"before_{name}")
            for name in ("sales_minor", "net_profit_minor")
        ),
        _where(_IS_LEFT_OUT_BEFORE, "row_count").alias("before_left_out_count"),
        _IS_LEFT_OUT.any().alias("has_left_out"),
    )
    lines = added.filter((pl.col("row_count") > 0) | pl.col("has_left_out")).sort(key)
    return {
        name: ProfitSums(**sums)
        for name, sums in zip(
            lines[key].to_list(), lines.select(_SUMS).iter_rows(named=True), strict=True
        )
    }


def _where(condition: pl.Expr, name: str) -> pl.Expr:
    return pl.when(condition).then(pl.col(name)).otherwise(0).sum()


def _left_out_by(key: str, rows: pl.DataFrame) -> dict[Any, Sequence[LeftOut]]:
    """Return what no rate converts, by key, one entry a currency."""
    added = (
        rows.filter(_IS_LEFT_OUT)
        .group_by(key, "currency")
        .agg(pl.col("row_count", "units", "sales_minor", "net_profit_minor").sum())
        .sort(key, "currency")
    )
    found: dict[Any, list[LeftOut]] = {}
    for name, currency, count, units, sales_minor, net_profit_minor in added.iter_rows():
        one = LeftOut(
            currency=currency,
            row_count=count,
            units=units,
            sales=Money(sales_minor, currency),
            contribution=Money(net_profit_minor, currency),
        )
        found.setdefault(name, []).append(one)
    return dict(found)


def _foreign_rows(rows: pl.DataFrame, *, currency: str) -> dict[tuple[str, date], int]:
    converted = rows.filter(_IS_TOLD_NOW & (pl.col("currency") != currency))
    added = converted.group_by("currency", "business_date").agg(pl.col("row_count").sum())
    return {(code, day): count for code, day, count in added.iter_rows()}
