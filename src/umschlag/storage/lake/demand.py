"""Daily demand from the lake, as the core's table of articles and days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.movement.day_table import DayTable
from umschlag.intelligence.movement.model import ArticleFacts
from umschlag.kernel.identifiers import Sku
from umschlag.storage.lake.answers import ROOM, Answers
from umschlag.storage.lake.day_tables import (
    Window,
    read_sales,
    read_states,
    sale_prices,
    sales_cells,
)
from umschlag.storage.lake.questions import Question


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitsSold:
    """What articles (rows) sold on the window's days (columns), counted as forecasts learn it.

    Own sales and those through bundles together. A day on which more came back than was sold
    counts as one without a sale.
    """

    skus: tuple[Sku, ...]
    window: Window
    units: NDArray[np.float64]


def read_units(lake: Answers, skus: tuple[Sku, ...], window: Window) -> UnitsSold:
    """Return what these articles sold on the days of the window."""
    units = _units(lake, pa.array(skus, pa.string()), window, marketplace="")
    return UnitsSold(skus=skus, window=window, units=units)


def _units(
    lake: Answers, skus: pa.Array, window: Window, *, marketplace: str
) -> NDArray[np.float64]:
    sales = read_sales(lake, window, marketplace=marketplace, with_older=False)
    return np.maximum(sales_cells(sales, skus, window).units, 0).astype(np.float64)


def read_demand(
    lake: Answers, articles: Sequence[ArticleFacts], *, as_of_date: date, day_count: int
) -> DemandHistory:
    """Return the articles' demand over the last days, through the as-of date.

    Fewer days where the lake knows nothing of the first of them.
    What sold as a part of bundles is demand for the part. A day had stock unless its snapshot says
    that nothing was available, from the first day on which the article was known.
    """
    window = Window(last_date=as_of_date, day_count=day_count)
    facts = list(articles)
    skus = pa.array([one.sku for one in facts], pa.string())
    # The facts may be of a later picture, whose own day is not over.
    days_known = [one.days_known - (one.as_of_date - as_of_date).days for one in facts]
    known_days = np.maximum(np.array(days_known, dtype=np.int64), 0)
    sales = read_sales(lake, window, with_older=False)
    cells = sales_cells(sales, skus, window)
    states, is_snapshot, first_seen = read_states(
        lake,
        skus,
        window,
        first_dates=np.array([one.first_seen_date for one in facts], dtype="datetime64[D]"),
    )
    table = DayTable(
        last_date=as_of_date,
        units=cells.units,
        states=states,
        is_snapshot=is_snapshot,
        first_seen=first_seen,
    )
    is_known = np.arange(day_count - 1, -1, -1) <= known_days[:, None]
    units = np.maximum(cells.units, 0).astype(np.float64)
    return DemandHistory(
        skus=tuple(one.sku for one in facts),
        last_date=as_of_date,
        units=units,
        has_stock=(table.has_stock() & is_known) | (units > 0),
        known_days=known_days,
        groups=tuple(one.category for one in facts),
        names=tuple(one.name for one in facts),
        prices=sale_prices(sales, skus, window),
    ).recorded()


def read_marketplace_units(
    lake: Answers, sold: UnitsSold
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield each marketplace's name and units, in the same rows and days, one at a time.

    Last comes what is left, as sales that name no marketplace; its name is empty.
    """
    skus = pa.array(sold.skus, pa.string())
    left = sold.units.copy()
    for row in lake.ask(Question.load(ROOM, "marketplaces")).to_pylist():
        name = row["marketplace"]
        units = _units(lake, skus, sold.window, marketplace=name)
        left -= units
        yield name, units
    # A day's return on one marketplace may hide a sale on another.
    yield "", np.maximum(left, 0.0)
