"""Records of forecasts, written from the core's values."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max

from umschlag.intelligence.forecasting.model import ArticleForecast
from umschlag.storage.records import models as records
from umschlag.storage.records.movement import BATCH_ROWS, Written, article_ids


@transaction.atomic
def replace_forecasts(forecasts: Sequence[ArticleForecast], *, made_date: date) -> Written:
    """Make these the forecasts of the day; those of earlier days go, the lake keeps them all.

    Nothing is written where the day's forecasts already say the same.
    """
    records.ArticleForecast.objects.filter(made_date__lt=made_date).delete()
    ids = article_ids()
    rows = [
        _forecast_row(ids[forecast.sku], forecast) for forecast in forecasts if forecast.sku in ids
    ]
    former = {
        (row.article_id, row.horizon_days): row
        for row in records.ArticleForecast.objects.filter(made_date=made_date).iterator()
    }
    changed = []
    for row in rows:
        old = former.pop((row.article_id, row.horizon_days), None)
        if old is not None:
            row.pk = old.pk
            if _forecast_columns(row) == _forecast_columns(old):
                continue
        changed.append(row)
    stale = [row.pk for row in changed if row.pk is not None]
    gone = [row.pk for row in former.values()]
    for keys in _batches(stale + gone):
        records.ArticleForecast.objects.filter(pk__in=keys).delete()
    records.ArticleForecast.objects.bulk_create(changed, batch_size=BATCH_ROWS)
    return Written(
        changed_count=len(changed),
        unchanged_count=len(rows) - len(changed),
        removed_count=len(gone),
    )


def newest_made_date() -> date | None:
    """Return the day of the newest forecast; None where none was made."""
    newest: date | None = records.ArticleForecast.objects.aggregate(newest=Max("made_date"))[
        "newest"
    ]
    return newest


def _batches(keys: Sequence[int]) -> list[Sequence[int]]:
    return [keys[start : start + BATCH_ROWS] for start in range(0, len(keys), BATCH_ROWS)]


def _forecast_row(article_id: int, forecast: ArticleForecast) -> records.ArticleForecast:
    return records.ArticleForecast(
        article_id=article_id,
        made_date=forecast.made_date,
        horizon_days=forecast.horizon_days,
        method=forecast.method.value,
        mean_units=forecast.mean_units,
        q50_units=forecast.q50_units,
        q80_units=forecast.q80_units,
        q95_units=forecast.q95_units,
        stockout_date=forecast.stockout_date,
        stockout_probability=forecast.stockout_probability,
    )


def _forecast_columns(row: records.ArticleForecast) -> tuple[object, ...]:
    return tuple(getattr(row, column.attname) for column in row._meta.concrete_fields)
