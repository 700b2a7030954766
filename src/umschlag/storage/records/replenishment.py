"""Records of what ordering goes by, one row an article."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from umschlag.intelligence.forecasting.ordering import Replenishment
from umschlag.intelligence.forecasting.stock_projection import DemandPoint
from umschlag.intelligence.movement.model import ArticleFacts
from umschlag.storage.records import models as records
from umschlag.storage.records.movement import BATCH_ROWS, article_ids

_DIGITS = 2
"""Of demand in units: finer says nothing."""


@transaction.atomic
def replace_replenishments(
    found: Iterable[tuple[ArticleFacts, Replenishment]], *, made_date: date
) -> int:
    """Make these what ordering goes by and return how many articles that are.

    Left out is what nobody orders: bundles, articles whose stock was never told, and those that
    are neither active nor there.
    """
    ids = article_ids()
    rows = [
        _row(ids[facts.sku], facts, by, made_date)
        for facts, by in found
        if facts.sku in ids and _is_ordered(facts)
    ]
    records.Replenishment.objects.all().delete()
    records.Replenishment.objects.bulk_create(rows, batch_size=BATCH_ROWS)
    return len(rows)


def demand_points(row: records.Replenishment) -> list[DemandPoint]:
    """Return the article's demand by horizon, as it was kept."""
    return [
        DemandPoint(days=days, low_units=low, middle_units=middle, high_units=high)
        for days, low, middle, high in row.demand
    ]


def _is_ordered(facts: ArticleFacts) -> bool:
    available = facts.available_units
    return available is not None and not facts.is_bundle and (facts.is_active or available > 0)


def _row(
    article_id: int, facts: ArticleFacts, by: Replenishment, made_date: date
) -> records.Replenishment:
    unsold = by.expected_unsold_units
    return records.Replenishment(
        article_id=article_id,
        made_date=made_date,
        available_units=facts.available_units or 0,
        on_order_units=max(facts.on_order_units or 0, 0),
        lead_time_days=by.lead_time_days,
        lead_time_source=by.lead_time.source.value,
        lead_time_orders=by.lead_time.order_count,
        lead_time_days_late=by.lead_time.days_late,
        service_percent=by.service.percent,
        service_basis=by.service.basis.value,
        lead_time_mean_units=by.policy.lead_time_mean_units,
        safety_stock_units=by.policy.safety_stock_units,
        reorder_point_units=by.policy.reorder_point_units,
        order_up_to_units=by.policy.order_up_to_units,
        stockout_date=by.stockout_date,
        runs_out_before_arrival=by.runs_out_before_arrival,
        expected_unsold_units=None if unsold is None else round(unsold, _DIGITS),
        demand=[
            [
                point.days,
                round(point.low_units, _DIGITS),
                round(point.middle_units, _DIGITS),
                round(point.high_units, _DIGITS),
            ]
            for point in by.demand
        ],
    )
