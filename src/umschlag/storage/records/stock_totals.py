"""What the stock of each day in the lake comes to, on record beside the day."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from umschlag.storage.records.models import LakeDay, LakeDayTotal


class StockTotal(NamedTuple):
    """What the articles of one business date come to, in one currency; without vanished ones."""

    business_date: date
    currency: str | None
    sku_count: int
    on_hand_units: int
    """What one article owes takes nothing from another."""
    value_minor: int
    skus_without_cost: int
    """They have stock, and are left out of the value."""
    is_reconstructed: bool


def record_totals(day: LakeDay, totals: Iterable[StockTotal]) -> None:
    """Put on record what the day comes to, in each currency."""
    LakeDayTotal.objects.bulk_create(_total_of(day, total) for total in totals)


def totals_of_days(days: QuerySet[LakeDay]) -> list[StockTotal]:
    """Return what the days are on record to come to, oldest first."""
    totals = LakeDayTotal.objects.filter(day__in=days).order_by("day__business_date", "currency")
    rows = totals.values_list(
        "day__business_date",
        "currency",
        "sku_count",
        "on_hand_units",
        "value_minor",
        "skus_without_cost",
        "is_reconstructed",
    )
    return [StockTotal(row[0], row[1] or None, *row[2:]) for row in rows]


def _total_of(day: LakeDay, total: StockTotal) -> LakeDayTotal:
    return LakeDayTotal(
        day=day,
        currency=total.currency or "",
        sku_count=total.sku_count,
        on_hand_units=total.on_hand_units,
        value_minor=total.value_minor,
        skus_without_cost=total.skus_without_cost,
        is_reconstructed=total.is_reconstructed,
    )
