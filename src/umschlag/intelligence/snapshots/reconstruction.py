"""Earlier days, rebuilt from today's complete state and the stock movements since."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.snapshots.model import (
    ArticleState,
    BundlePart,
    Missing,
    Origin,
    ReadingBatch,
    Snapshot,
    StockMovement,
    Warehouse,
    WarehousePosition,
)
from umschlag.kernel.errors import BadInput
from umschlag.kernel.identifiers import Sku, VariationId, WarehouseId
from umschlag.kernel.outcomes import Problem
from umschlag.kernel.progress import Progress

_UNKNOWN_COST = -1
_Grid = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _History:
    """Whole days along the first axis, from `first_date` to the snapshot's own."""

    on_hand: _Grid
    """Day × place, a place being one SKU in one warehouse."""
    sales_on_hand: _Grid
    """Day × article, the sales warehouses' sum."""
    other_on_hand: _Grid
    unit_cost: _Grid
    """Day × article, in minor units; below zero where unknown."""


@dataclass(frozen=True, slots=True)
class RebuiltReading:
    """A rebuilt day, whole by its making and small enough for one batch."""

    batch: ReadingBatch
    was_resumed = False
    unusable_count = 0
    problems: Sequence[Problem] = ()

    @property
    def expected_count(self) -> int:
        """As many as were rebuilt."""
        return len(self.batch.articles)

    def batches(self) -> Iterator[ReadingBatch]:
        """Deliver the day."""
        yield self.batch


class Reconstruction:
    """Rebuilds the close of any day from `first_date` up to the day before the snapshot.

    On hand is the snapshot's less all later movements. Unit cost is that of the newest receipt up
    to the day, else the snapshot's; unknown where the snapshot tells none, or the stock's value
    would drop on the first captured day by what only receipts had a cost of. Sales prices are not
    in the movements, so they are unknown; reservations and orders under way are not either and
    stand at 0. An article is there from its creation or its first movement, whichever is earlier;
    without both it always was. What an article is, and what a bundle is put together from, is as
    the snapshot tells it.
    """

    origin = Origin.RECONSTRUCTED
    calls_used = 0
    retries = 0

    def __init__(
        self,
        *,
        snapshot: Snapshot,
        movements: Sequence[StockMovement],
        warehouses: Sequence[Warehouse],
        first_date: date,
    ) -> None:
        if first_date > snapshot.business_date:
            raise BadInput(f"{first_date} is after the snapshot's {snapshot.business_date}")
        self._snapshot = snapshot
        self._first_date = first_date
        self._warehouses = {warehouse.warehouse_id: warehouse for warehouse in warehouses}
        self._articles = {state.master.sku: place for place, state in enumerate(snapshot.articles)}
        known = [movement for movement in movements if movement.sku in self._articles]
        self._places = self._all_places(known)
        self._start_dates = self._first_dates(known)
        self._place_skus = [sku for sku, _ in self._places]
        self._place_warehouses = [self._warehouses[number] for _, number in self._places]
        self._place_starts = np.array(
            [self._start_dates[self._articles[sku]].toordinal() for sku in self._place_skus],
            dtype=np.int64,
        )
        self._history = self._rebuilt(known)

    def read(self, business_date: date, progress: Progress) -> RebuiltReading:
        """Return the articles as they were at the close of the day.

        Raises:
            BadInput: the day lies outside what was rebuilt.
        """
        day = self._day(business_date)
        if not 0 <= day < len(self._history.on_hand) - 1:
            raise BadInput(f"{business_date} lies outside the rebuilt days")
        batch = ReadingBatch(
            articles=self._articles_on(business_date, day),
            positions=self._positions_on(business_date, day),
            bundle_parts=self._bundle_parts_on(business_date),
        )
        progress(1, 1, str(business_date))
        return RebuiltReading(batch)

    def look_for(self, missing: Collection[VariationId], *, since: date) -> Missing:
        """Explain none: what the snapshot lacks cannot be rebuilt, nor can anybody be asked."""
        return Missing(
            found=ReadingBatch(articles=()),
            unexplained=frozenset(missing),
            note=f"rebuilt from the snapshot of {self._snapshot.business_date}, "
            f"which no longer has what was there on {since}",
        )

    def published(self, business_date: date) -> None:
        """Do nothing: nothing is kept for resuming."""

    def _day(self, business_date: date) -> int:
        return (business_date - self._first_date).days

    def _all_places(
        self, movements: Sequence[StockMovement]
    ) -> Mapping[tuple[Sku, WarehouseId], int]:
        keys = {
            (position.sku, position.warehouse.warehouse_id): None
            for position in self._snapshot.positions
        }
        keys |= {(movement.sku, movement.warehouse_id): None for movement in movements}
        return {key: place for place, key in enumerate(keys)}

    def _first_dates(self, movements: Sequence[StockMovement]) -> list[date]:
        """Return from when on each article was there."""
        first_moves: dict[Sku, date] = {}
        for movement in movements:
            known = first_moves.get(movement.sku)
            if known is None or movement.business_date < known:
                first_moves[movement.sku] = movement.business_date
        starts = []
        for state in self._snapshot.articles:
            candidates = [state.master.created_date, first_moves.get(state.master.sku)]
            starts.append(min((day for day in candidates if day is not None), default=date.min))
        return starts

    def _rebuilt(self, movements: Sequence[StockMovement]) -> _History:
        days = self._day(self._snapshot.business_date) + 1
        place_count = len(self._places)
        moved = np.zeros((days + 1, place_count), dtype=np.int64)
        for movement in movements:
            # All that came before the first day is in its opening stock already.
            day = self._day(movement.business_date)
            if 0 <= day < days:
                place = self._places[movement.sku, movement.warehouse_id]
                moved[day, place] += movement.units
        later = np.cumsum(moved[::-1], axis=0)[::-1][1:]
        closing = np.zeros(place_count, dtype=np.int64)
        for position in self._snapshot.positions:
            place = self._places[position.sku, position.warehouse.warehouse_id]
            closing[place] = position.on_hand_units
        on_hand = closing - later
        article_of = np.array([self._articles[sku] for sku, _ in self._places], dtype=np.int64)
        is_sales = np.array(
            [self._warehouses[warehouse].is_sales for _, warehouse in self._places], dtype=bool
        )
        return _History(
            on_hand=on_hand,
            sales_on_hand=self._summed(on_hand, article_of, is_sales),
            other_on_hand=self._summed(on_hand, article_of, ~is_sales),
            unit_cost=self._unit_costs(movements, days),
        )

    def _summed(self, on_hand: _Grid, article_of: _Grid, chosen: NDArray[np.bool_]) -> _Grid:
        sums = np.zeros((len(on_hand), len(self._articles)), dtype=np.int64)
        columns = np.flatnonzero(chosen)
        for column in columns.tolist():
            # Added one by one, because an article may lie in several of the chosen warehouses.
            sums[:, article_of[column]] += on_hand[:, column]
        return sums

    def _unit_costs(self, movements: Sequence[StockMovement], days: int) -> _Grid:
        today = [state.unit_cost_minor for state in self._snapshot.articles]
        costs = np.full((days, len(today)), _UNKNOWN_COST, dtype=np.int64)
        receipts = [move for move in movements if move.is_receipt and move.unit_cost_minor]
        for receipt in sorted(receipts, key=lambda move: move.business_date):
            day = max(self._day(receipt.business_date), 0)
            if day < days and receipt.unit_cost_minor:
                costs[day:, self._articles[receipt.sku]] = receipt.unit_cost_minor
        newest = np.array([_UNKNOWN_COST if cost is None else cost for cost in today])
        return np.where((costs == _UNKNOWN_COST) | (newest == _UNKNOWN_COST), newest, costs)

    def _articles_on(self, business_date: date, day: int) -> list[ArticleState]:
        on_hand = self._history.sales_on_hand[day].tolist()
        elsewhere = self._history.other_on_hand[day].tolist()
        costs = self._history.unit_cost[day].tolist()
        return [
            ArticleState(
                master=state.master,
                on_hand_units=on_hand[place],
                reserved_units=0,
                on_order_units=0,
                other_on_hand_units=elsewhere[place],
                unit_cost_minor=None if costs[place] < 0 else costs[place],
                sales_price_minor=None,
                last_seen_date=business_date,
            )
            for place, state in enumerate(self._snapshot.articles)
            if self._start_dates[place] <= business_date
        ]

    def _positions_on(self, business_date: date, day: int) -> list[WarehousePosition]:
        units = self._history.on_hand[day]
        there = units != 0
        there &= self._place_starts <= business_date.toordinal()
        places = np.flatnonzero(there).tolist()
        rows = zip(
            [self._place_skus[place] for place in places],
            [self._place_warehouses[place] for place in places],
            units[there].tolist(),
            repeat(0),
            strict=False,
        )
        return list(map(WarehousePosition._make, rows))

    def _bundle_parts_on(self, business_date: date) -> list[BundlePart]:
        return [
            part
            for part in self._snapshot.bundle_parts
            if self._start_dates[self._articles[part.sku]] <= business_date
        ]
