"""Days of many articles from the lake: what sold on each, and what was there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from umschlag.intelligence.movement.columns import Counts, Numbers
from umschlag.intelligence.movement.day_table import (
    RATE_DAYS,
    YEAR_DAYS,
    DayState,
    DayTable,
    OlderSales,
    UnevenCosts,
)
from umschlag.storage.lake.answers import ROOM, Answers
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.sku_places import SkuRuns, day_numbers

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days that are looked at one by one: `day_count` of them, through `last_date`."""

    last_date: date
    day_count: int

    @classmethod
    def between(cls, since: date, until: date) -> "Window":
        """Return the days from one on, `until` excluded."""
        return cls(last_date=until - timedelta(days=1), day_count=(until - since).days)

    @property
    def since(self) -> date:
        """The first day."""
        return self.last_date - timedelta(days=self.day_count - 1)

    @property
    def until(self) -> date:
        """The day after the last one."""
        return self.last_date + timedelta(days=1)

    @property
    def first_number(self) -> int:
        """The first day, in days since 1970."""
        return (self.since - _EPOCH).days

    def columns_of(self, days: pa.Array) -> NDArray[np.int64]:
        """Return the days' columns, which may lie outside the table."""
        return day_numbers(days) - self.first_number


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SalesRead:
    """The answers about sales, before the articles are known."""

    own: SkuRuns
    through_bundles: SkuRuns
    older: pa.Table

    @property
    def skus(self) -> list[pa.ChunkedArray]:
        """All SKUs that ever sold, many of them more than once."""
        return [self.own.skus, self.through_bundles.skus, self.older["sku"]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SalesCells:
    """What sold, day by day; and what the year's sales brought in."""

    units: NDArray[np.int32]
    revenue_minor_365d: Numbers
    bundle_revenue_minor_365d: Numbers
    bundle_units_90d: Counts
    bundle_units_365d: Counts
    older: OlderSales


def read_sales(
    lake: Answers, window: Window, *, marketplace: str = "", with_older: bool = True
) -> SalesRead:
    """Ask for the sales of the window, and in sum for those before; empty: all marketplaces."""
    own, through_bundles = _sold(lake, window, marketplace=marketplace, sku="")
    older = _NOTHING_OLDER
    if with_older:
        older = lake.ask(
            Question.load(ROOM, "sales_before"),
            before=window.since,
            until=window.until,
            marketplace=marketplace,
        )
    return SalesRead(own=own, through_bundles=through_bundles, older=older)


_NOTHING_OLDER = pa.table(
    {
        "sku": pa.array([], pa.string()),
        "first_sale_date": pa.array([], pa.date32()),
        "last_sale_date": pa.array([], pa.date32()),
        "units": pa.array([], pa.int64()),
        "sale_day_count": pa.array([], pa.int64()),
    }
)


def units_by_day(
    lake: Answers, sku: str, window: Window, *, known_at: datetime | None = None
) -> NDArray[np.int64]:
    """Return what one SKU sold on each day of the window, counted as for forecasts and verdicts.

    Own sales and those through bundles together, returns taken off. With `known_at` as it was
    known at that instant.
    """
    units = np.zeros(window.day_count, dtype=np.int64)
    for runs in _sold(lake, window, marketplace="", sku=sku, known_at=known_at):
        for batch in runs.batches:
            np.add.at(units, window.columns_of(batch["business_date"]), batch["units"].to_numpy())
    return units


def _sold(lake: Answers, window: Window, **wanted: object) -> tuple[SkuRuns, SkuRuns]:
    """Return what sold itself and what sold in bundles, line by line."""
    until = window.until
    own = lake.ask(Question.load(ROOM, "daily_sales"), since=window.since, until=until, **wanted)
    # No `since`, which would hide what was told of bundles before the window.
    through_bundles = lake.ask(
        Question.load(ROOM, "sales_through_bundles"), from_date=window.since, until=until, **wanted
    )
    return SkuRuns.of(own), SkuRuns.of(through_bundles)


def sales_cells(sales: SalesRead, skus: pa.Array, window: Window) -> SalesCells:
    """Return the sales of these SKUs; own ones and those through bundles together."""
    count = len(skus)
    cells = SalesCells(
        units=np.zeros((count, window.day_count), dtype=np.int32),
        revenue_minor_365d=np.zeros(count),
        bundle_revenue_minor_365d=np.zeros(count),
        bundle_units_90d=np.zeros(count, dtype=np.int64),
        bundle_units_365d=np.zeros(count, dtype=np.int64),
        older=_older(sales.older, skus),
    )
    flat = cells.units.reshape(-1)
    for batch, article in sales.own.placed(skus):
        day = window.columns_of(batch["business_date"])
        _add(flat, article * window.day_count + day, batch["units"].to_numpy())
        _add_revenue(cells.revenue_minor_365d, batch, article, day >= _year(window))
    for batch, article in sales.through_bundles.placed(skus):
        day = window.columns_of(batch["business_date"])
        units = batch["units"].to_numpy()
        np.add.at(flat, article * window.day_count + day, units)
        in_year = day >= _year(window)
        _add_revenue(cells.revenue_minor_365d, batch, article, in_year)
        _add_revenue(cells.bundle_revenue_minor_365d, batch, article, in_year)
        np.add.at(cells.bundle_units_365d, article[in_year], units[in_year])
        in_rate = day >= window.day_count - RATE_DAYS
        np.add.at(cells.bundle_units_90d, article[in_rate], units[in_rate])
    return cells


def sale_prices(sales: SalesRead, skus: pa.Array, window: Window) -> NDArray[np.float32]:
    """Return what a unit of each day's own sales brought in, in minor units; NaN where none.

    Returns and lines without revenue tell no price. Parts that sold in bundles have none of theirs.
    """
    units = np.zeros((len(skus), window.day_count), dtype=np.float32)
    revenue = np.zeros_like(units)
    for batch, article in sales.own.placed(skus):
        sold = batch["units"].to_numpy()
        brought = pc.fill_null(batch["revenue_minor"], 0).to_numpy()
        tells = np.flatnonzero((sold > 0) & (brought > 0))
        place = (article[tells], window.columns_of(batch["business_date"])[tells])
        np.add.at(units, place, sold[tells])
        np.add.at(revenue, place, brought[tells])
    with np.errstate(invalid="ignore"):
        revenue /= units
    return revenue


def _add(sums: NDArray[np.int32], places: NDArray[np.int64], values: NDArray[np.int32]) -> None:
    # Rows mostly lie in the order of the places, and then no place comes twice: several times
    # quicker than adding one after the other.
    if (places[1:] > places[:-1]).all():
        sums[places] += values
    else:
        np.add.at(sums, places, values)


def _year(window: Window) -> int:
    return max(window.day_count - YEAR_DAYS, 0)


def _add_revenue(
    sums: Numbers, batch: pa.RecordBatch, article: NDArray[np.int64], chosen: NDArray[np.bool_]
) -> None:
    revenue = pc.fill_null(batch["revenue_minor"], 0).to_numpy().astype(np.float64)
    if not chosen.all():
        revenue, article = revenue[chosen], article[chosen]
    if not len(article):
        return
    starts = np.flatnonzero(np.append(True, article[1:] != article[:-1]))
    np.add.at(sums, article[starts], np.add.reduceat(revenue, starts))


def _older(table: pa.Table, skus: pa.Array) -> OlderSales:
    older = OlderSales.none(len(skus))
    places = pc.index_in(table["sku"], value_set=skus)
    rows = table.filter(pc.is_valid(places))
    at = places.drop_null().to_numpy().astype(np.int64)
    for name, values in (
        ("first_sale_date", older.first_sale_date),
        ("last_sale_date", older.last_sale_date),
        ("units", older.units),
        ("sale_day_count", older.sale_day_count),
    ):
        values[at] = rows[name].to_numpy()
    return older


def read_states(
    lake: Answers, skus: pa.Array, window: Window, *, first_dates: NDArray[np.datetime64]
) -> tuple[NDArray[np.int8], NDArray[np.bool_], NDArray[np.int64]]:
    """Return the states of the days, which days have a snapshot, and where each article's begin.

    `first_dates` are the first days on which the articles were seen, NaT where never.
    """
    is_snapshot = np.zeros(window.day_count, dtype=bool)
    days = lake.ask(
        Question.load(ROOM, "days_with_snapshot"), since=window.since, until=window.until
    )
    for batch in days.to_batches():
        is_snapshot[window.columns_of(batch["business_date"])] = True
    columns = np.flatnonzero(is_snapshot)
    first = first_dates.astype("datetime64[D]").astype(np.int64) - window.first_number
    place = np.searchsorted(columns, first)
    # Beyond the last one there is none; NaT is the smallest number, and never seen.
    first_seen = np.append(columns, window.day_count)[place]
    first_seen[np.isnat(first_dates)] = window.day_count
    return _out_states(lake, skus, window), is_snapshot, first_seen


def _out_states(lake: Answers, skus: pa.Array, window: Window) -> NDArray[np.int8]:
    states = np.zeros((len(skus), window.day_count), dtype=np.int8)
    flat = states.reshape(-1)
    changes = SkuRuns.of(
        lake.ask(Question.load(ROOM, "out_changes"), since=window.since, until=window.until)
    )
    for batch, article in changes.placed(skus):
        day = window.columns_of(batch["business_date"])
        # No snapshot of a SKU is told twice.
        flat[article * window.day_count + day] = batch["change"].to_numpy().astype(np.int8)
    # A day without a snapshot is as the day before, since nothing changes on it.
    np.cumsum(states, axis=1, out=states)
    return states


def _ends(batch: pa.RecordBatch, window: Window) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each run's first column, and the one after its last."""
    return window.columns_of(batch["first_date"]), window.columns_of(batch["last_date"]) + 1


def read_uneven_costs(lake: Answers, skus: pa.Array, table: DayTable) -> UnevenCosts:
    """Return the runs of costs that changed, and mark the days that a snapshot lacks as unseen."""
    window = Window(last_date=table.last_date, day_count=min(table.day_count, YEAR_DAYS))
    before = table.day_count - window.day_count
    spans = SkuRuns.of(
        lake.ask(Question.load(ROOM, "cost_runs"), since=window.since, until=window.until)
    )
    runs = []
    for batch, article in spans.placed(skus):
        cost = batch["unit_cost_minor"].cast(pa.float64()).to_numpy(zero_copy_only=False)
        first, end = _ends(batch, window)
        runs.append((article, first + before, end + before, cost))
    columns = [np.concatenate(column) for column in zip(*runs, strict=True)] if runs else []
    if not columns:
        nothing = np.zeros(0, dtype=np.int64)
        columns = [nothing, nothing, nothing, np.zeros(0)]
    article, first, end, cost = columns
    _mark_unseen(table, article, first, end)
    return UnevenCosts(article=article, first_day=first, end_day=end, unit_cost_minor=cost)


def _mark_unseen(
    table: DayTable,
    article: NDArray[np.int64],
    first: NDArray[np.int64],
    end: NDArray[np.int64],
) -> None:
    chosen, rows = np.unique(article, return_inverse=True)
    steps = np.zeros((len(chosen), table.day_count + 1), dtype=np.int8)
    np.add.at(steps, (rows, first), np.int8(1))
    np.add.at(steps, (rows, end), np.int8(-1))
    held = np.cumsum(steps, axis=1)[:, :-1] > 0
    days = np.arange(table.day_count)
    known = (days >= table.first_seen[chosen, None]) & (days >= table.day_count - YEAR_DAYS)
    states = table.states[chosen]
    states[known & table.is_snapshot & ~held] = DayState.UNSEEN
    table.states[chosen] = states


def distinct(skus: Iterable[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Return every SKU once."""
    chunks = [chunk for column in skus for chunk in column.chunks]
    return pc.unique(pa.chunked_array(chunks, pa.string()))
