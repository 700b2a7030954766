"""Forecasts in the lake: kept as they were made, read again when their horizon is over."""

from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
import pyarrow as pa

from umschlag.intelligence.forecasting.figures import ForecastFigures
from umschlag.intelligence.forecasting.marketplaces import MarketplaceFigures
from umschlag.intelligence.forecasting.measuring import KeptForecasts
from umschlag.intelligence.forecasting.own_errors import OwnForecast
from umschlag.kernel.identifiers import Sku
from umschlag.storage.lake.datasets import DEMAND_FORECASTS, MARKETPLACE_FORECASTS, Dataset
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.questions import Question

_ROOM = "umschlag.intelligence.forecasting"
_QUANTILES = {
    "q50_units": 0.5,
    "q80_units": 0.8,
    "q90_units": 0.9,
    "q95_units": 0.95,
    "q99_units": 0.99,
}


def keep_forecasts(lake: Lake, made: Sequence[ForecastFigures], *, made_date: date) -> None:
    """Keep the day's forecasts over all horizons; all of the day from before give way.

    Those too of which there are none any more, as of an article that is gone.
    """
    _replace_day(lake, DEMAND_FORECASTS, [_rows(one, made_date) for one in made], made_date)


def keep_marketplace_forecasts(
    lake: Lake, made: Sequence[MarketplaceFigures], *, made_date: date
) -> None:
    """Keep the day's forecasts by marketplace; all of the day from before give way.

    One whose orders have been given to another marketplace since would else count beside it.
    """
    tables = []
    for one in made:
        rows = _rows(one.figures, made_date)
        names = pa.array([one.marketplace] * rows.num_rows, pa.string())
        tables.append(rows.append_column("marketplace", names))
    _replace_day(lake, MARKETPLACE_FORECASTS, tables, made_date)


def _replace_day(lake: Lake, dataset: Dataset, tables: Sequence[pa.Table], made_date: date) -> None:
    rows = pa.concat_tables(tables) if tables else dataset.columns.empty_table()
    lake.upsert_month(
        dataset.name,
        dataset.unit_of(made_date),
        rows,
        list(dataset.unique_by),
        without=pa.table({"business_date": pa.array([made_date], pa.date32())}),
    )


def read_marketplace_forecasts(
    lake: Lake, *, made_date: date, horizon_days: int, sku: str = "", marketplace: str = ""
) -> dict[str, KeptForecasts]:
    """Return what was forecast on the day over the horizon, by marketplace; empty: all."""
    found = lake.ask(
        Question.load(_ROOM, "marketplace_forecasts"),
        made_date=made_date,
        horizon_days=horizon_days,
        sku=sku,
        marketplace=marketplace,
    )
    names = found["marketplace"].to_numpy(zero_copy_only=False)
    return {
        str(name): _kept(found.filter(pa.array(names == name)), made_date, horizon_days)
        for name in sorted(set(names))
    }


def read_forecasts(lake: Lake, *, made_date: date, horizon_days: int) -> KeptForecasts:
    """Return what was forecast on the day over the horizon; of no article where nothing was."""
    question = Question.load(_ROOM, "forecasts_made")
    found = lake.ask(question, made_date=made_date, horizon_days=horizon_days)
    return _kept(found, made_date, horizon_days)


def _kept(found: pa.Table, made_date: date, horizon_days: int) -> KeptForecasts:
    return KeptForecasts(
        made_date=made_date,
        horizon_days=horizon_days,
        skus=tuple(Sku(sku) for sku in found["sku"].to_pylist()),
        mean_units=found["mean_units"].to_numpy(),
        quantile_units={level: found[column].to_numpy() for column, level in _QUANTILES.items()},
    )


def forecasts_of_sku(
    lake: Lake, sku: Sku, *, since: date, until: date, known_at: datetime | None = None
) -> list[OwnForecast]:
    """Return one article's forecasts made from a day to another, the end excluded, oldest first."""
    question = Question.load(_ROOM, "forecasts_of_sku")
    found = lake.ask(question, known_at=known_at, sku=sku, since=since, until=until)
    return [
        OwnForecast(
            made_date=row["business_date"],
            horizon_days=row["horizon_days"],
            method=row["method"],
            mean_units=row["mean_units"],
            quantile_units={level: row[column] for column, level in _QUANTILES.items()},
        )
        for row in found.to_pylist()
    ]


def days_with_forecasts(lake: Lake, *, since: date) -> list[tuple[date, int]]:
    """Return the days on which forecasts were made and the horizons that they were made for."""
    found = lake.ask(Question.load(_ROOM, "forecast_days"), since=since).to_pylist()
    return [(row["business_date"], row["horizon_days"]) for row in found]


def _rows(made: ForecastFigures, made_date: date) -> pa.Table:
    count = len(made.skus)
    columns = {
        "business_date": pa.array([made_date] * count, pa.date32()),
        "sku": pa.array(made.skus, pa.string()),
        "horizon_days": pa.array(np.full(count, made.horizon_days), pa.int32()),
        "method": pa.array([method.value for method in made.methods], pa.string()),
        "mean_units": pa.array(made.mean_units),
        **{name: pa.array(made.quantile_units[level]) for name, level in _QUANTILES.items()},
    }
    return pa.table(columns, schema=DEMAND_FORECASTS.columns)
