"""Every article's state at the close of one day, as it is known now or was known then."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from umschlag.kernel.errors import NotFound
from umschlag.settings import Settings
from umschlag.storage.lake.questions import Question
from umschlag.wiring.day_pictures import DayPicture, picture_of
from umschlag.wiring.lake import open_lake
from umschlag.wiring.looking_back import KnownDays, nothing_known
from umschlag.wiring.stock_sums import StockTotals, figures, flags, stock_totals

_ROOM = "umschlag.intelligence.snapshots"
_SEARCHED = ("sku", "name", "asin", "gtin")


class StockOrder(StrEnum):
    """What the list can be sorted by, the largest first; by SKU from A to Z."""

    VALUE = "value"
    UNITS = "units"
    SKU = "sku"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockWanted:
    """Which of the day's articles are wanted, and in which order."""

    search: str = ""
    """A part of the SKU, name, ASIN or GTIN."""
    order: StockOrder = StockOrder.VALUE
    with_vanished: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """One article as the day's picture shows it."""

    sku: str
    name: str
    on_hand_units: int | None
    reserved_units: int | None
    available_units: int | None
    other_on_hand_units: int | None
    on_order_units: int | None
    unit_cost_minor: int | None
    value_minor: int | None
    """None where the cost is not known; zero for what is oversold or vanished."""
    sales_price_minor: int | None
    currency: str
    last_seen_date: date | None
    is_vanished: bool
    is_reconstructed: bool


class StockLines(Sequence[StockLine]):
    """Lines of which only those asked for become objects."""

    def __init__(self, stock: "StockOnADay") -> None:
        self._stock = stock

    def __len__(self) -> int:
        """Return how many lines there are."""
        return len(self._stock)

    @overload
    def __getitem__(self, place: int) -> StockLine: ...

    @overload
    def __getitem__(self, place: slice) -> list[StockLine]: ...

    def __getitem__(self, place: int | slice) -> StockLine | list[StockLine]:
        """Return one line, or those of a page."""
        if isinstance(place, int):
            return self[(first := range(len(self))[place]) : first + 1][0]
        start, stop, _ = place.indices(len(self))
        part = self._stock.part(start, stop).select(list(StockLine.__dataclass_fields__))
        return [StockLine(**row) for row in part.to_pylist()]


@dataclass(frozen=True, slots=True, kw_only=True)
class StockOnADay:
    """The articles that were wanted of one day."""

    asked_date: date
    business_date: date
    """The newest day with a snapshot not after the one that was asked for."""
    picture: DayPicture
    known_on: date | None
    rows: pa.Table
    """All of the day, with `available_units` and `value_minor` beside what the lake tells."""
    places: NDArray[np.int64]
    """Which of the rows are wanted, in the order wanted."""
    totals: StockTotals
    is_rebuilt: bool
    """Whether some of it was rebuilt from stock movements.

    Those know no prices, no reservations and no orders under way: all of them are None there.
    """

    def __len__(self) -> int:
        """Return how many articles were wanted."""
        return len(self.places)

    def part(self, start: int, stop: int) -> pa.Table:
        """Return these of the wanted rows; of the others, nothing is copied."""
        return self.rows.take(pa.array(self.places[start:stop]))

    @property
    def lines(self) -> StockLines:
        """The wanted rows for people."""
        return StockLines(self)


def day_shown(known: KnownDays, on: date | None) -> date | None:
    """Return the newest day with a snapshot not after `on`, or of all; None where there is none."""
    count = len(known.days) if on is None else bisect_right(known.days, on)
    return known.days[count - 1] if count else None


def day_after(known: KnownDays, on: date) -> date | None:
    """Return the first day with a snapshot after `on`; None where there is none."""
    place = bisect_right(known.days, on)
    return known.days[place] if place < len(known.days) else None


def stock_on_a_day(
    settings: Settings,
    *,
    on: date | None,
    known_on: date | None,
    known: KnownDays,
    wanted: StockWanted,
) -> StockOnADay:
    """Return the stock at the close of the newest day that is not after `on`; None: of all days.

    Raises:
        NotFound: there is no snapshot of that day or of one before it.
    """
    shown = day_shown(known, on)
    if shown is None:
        raise NotFound(_no_snapshot(settings, known, on), field="on")
    rows = _valued(_told(settings, shown, known), settings.currency)
    # The newest day may have come in since the days were listed.
    told_date = rows["business_date"][0].as_py() if rows.num_rows else shown
    fits, is_vanished = _fits(rows, wanted.search), flags(rows["is_vanished"])
    live = fits & ~is_vanished
    places = np.flatnonzero(fits if wanted.with_vanished else live)
    return StockOnADay(
        asked_date=on or told_date,
        business_date=told_date,
        picture=picture_of(settings, told_date, known_at=known.known_at),
        known_on=known_on,
        rows=rows,
        places=_sorted(rows, places, wanted.order),
        totals=stock_totals(rows, fits, with_vanished=wanted.with_vanished),
        is_rebuilt=bool(np.any(live & flags(rows["is_reconstructed"]))),
    )


def _no_snapshot(settings: Settings, known: KnownDays, on: date | None) -> str:
    if not known.days:
        return nothing_known(settings, known)
    return f"there is no snapshot of {on} or before it; the first is that of {known.days[0]}"


def _told(settings: Settings, shown: date, known: KnownDays) -> pa.Table:
    """Return what the lake tells of the day; its newest one is a file of its own."""
    lake = open_lake(settings)
    if known.known_at is None and shown == known.days[-1]:
        return lake.ask(Question.load(_ROOM, "latest"))
    return lake.ask(Question.load(_ROOM, "as_of"), as_of=shown, known_at=known.known_at)


def _valued(rows: pa.Table, currency: str) -> pa.Table:
    """Add what follows from the figures, by the rules of `movement/stock_value.py`."""
    # Whole columns at once: 100,000 articles as objects would take seconds.
    rows = _without_guesses(rows)
    on_hand = pc.cast(rows["on_hand_units"], pa.int64())
    reserved = pc.fill_null(pc.cast(rows["reserved_units"], pa.int64()), 0)
    available = pc.subtract_checked(on_hand, reserved)
    stock = pc.if_else(pc.less(on_hand, 0), 0, on_hand)
    value = pc.multiply_checked(stock, rows["unit_cost_minor"])
    kept_in = pc.if_else(pc.equal(rows["currency"], ""), None, rows["currency"])
    columns = {
        "available_units": pc.if_else(rows["is_reconstructed"], None, available),
        "value_minor": pc.if_else(rows["is_vanished"], 0, value),
    }
    for name, column in columns.items():
        rows = rows.append_column(name, column)
    named = {"currency": pc.fill_null(kept_in, currency), "name": pc.fill_null(rows["name"], "")}
    for name, column in named.items():
        rows = rows.set_column(rows.column_names.index(name), name, column)
    return rows


def _without_guesses(rows: pa.Table) -> pa.Table:
    """Return the rows without what movements do not tell: there it stands at zero, unknown."""
    for name in ("reserved_units", "on_order_units"):
        told = pc.if_else(rows["is_reconstructed"], None, rows[name])
        rows = rows.set_column(rows.column_names.index(name), name, told)
    return rows


def _fits(rows: pa.Table, search: str) -> NDArray[np.bool_]:
    fits = np.full(rows.num_rows, not search)
    for name in _SEARCHED if search else ():
        found = pc.match_substring(rows[name], search, ignore_case=True)
        fits |= flags(found)
    return fits


def _sorted(rows: pa.Table, places: NDArray[np.int64], order: StockOrder) -> NDArray[np.int64]:
    """Return the places of the rows in this order, and by SKU among equals."""
    skus = rows["sku"].combine_chunks()
    # They nearly always lie so already, which is quicker seen than sorted.
    if not pc.all(pc.less_equal(skus[:-1], skus[1:])).as_py():
        places = places[pc.sort_indices(skus.take(pa.array(places))).to_numpy()]
    if order is StockOrder.SKU:
        return places
    column = rows["value_minor" if order is StockOrder.VALUE else "on_hand_units"]
    unknown_last = np.iinfo(np.int64).min + 1
    return places[np.argsort(-figures(column, unknown_last)[places], kind="stable")]
