"""Daily demand from the lake, as the core's table of articles and days."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DayCells, DemandHistory, demand_history
from umschlag.intelligence.movement.model import ArticleFacts
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.questions import Question

_ROOM = "umschlag.intelligence.forecasting"
_EPOCH = date(1970, 1, 1)


def read_demand(
    lake: Lake, articles: Sequence[ArticleFacts], *, as_of_date: date, day_count: int
) -> DemandHistory:
    """Return the articles' demand over the last days, through the as-of date."""
    from_date = as_of_date - timedelta(days=day_count - 1)
    skus = pa.array([facts.sku for facts in articles], pa.string())
    sold, empty = (
        lake.ask(
            Question.load(_ROOM, name),
            since=from_date,
            until=as_of_date + timedelta(days=1),
            from_date=from_date,
            as_of=as_of_date,
        )
        for name in ("daily_demand", "days_without_stock")
    )
    return demand_history(
        skus=tuple(facts.sku for facts in articles),
        last_date=as_of_date,
        known_days=np.array([facts.days_known for facts in articles], dtype=np.int64),
        day_count=day_count,
        sold=_cells(sold, skus, from_date),
        without_stock=_cells(empty, skus, from_date),
    )


def _cells(table: pa.Table, skus: pa.Array, from_date: date) -> DayCells:
    places = pc.index_in(table["sku"], value_set=skus)
    # Only articles count, since the history also holds SKUs that vanished.
    known = pc.is_valid(places)
    table = table.filter(known)
    article = _integers(places.filter(known))
    day = _integers(table["business_date"].cast(pa.int32())) - (from_date - _EPOCH).days
    units = None
    if "units" in table.column_names:
        units = table["units"].cast(pa.float64()).to_numpy()
    return DayCells(article=article, day=day, units=units)


def _integers(column: pa.ChunkedArray) -> NDArray[np.intp]:
    integers: NDArray[np.intp] = column.to_numpy().astype(np.intp)
    return integers
