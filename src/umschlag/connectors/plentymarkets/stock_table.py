"""Stock rows of a whole system in memory: a few numbers each, found by variation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from umschlag.connectors.plentymarkets.parsing import UNITS_MAX, stock_row_of
from umschlag.connectors.plentymarkets.plain import NotPlain, minor_factor_of, minor_of_plain
from umschlag.kernel.outcomes import Problem

_Id = Annotated[int, msgspec.Meta(ge=1, le=UNITS_MAX)]
_Units = Annotated[int, msgspec.Meta(ge=-UNITS_MAX, le=UNITS_MAX)]
_Cost = Annotated[float, msgspec.Meta(ge=0)]


class _PlainRow(msgspec.Struct, rename="camel"):
    """A stock row as it nearly always comes; every other kind takes the lenient way."""

    variation_id: _Id
    warehouse_id: _Id
    stock_physical: _Units
    reserved_stock: _Units
    reordered: _Units
    average_purchase_price: _Cost


class Stocked(NamedTuple):
    """One variation's stock in one warehouse."""

    variation_id: int
    warehouse_id: int
    on_hand_units: int
    reserved_units: int
    on_order_units: int
    unit_cost_minor: int
    """0 where unknown."""


_raw_rows = msgspec.json.Decoder(list[msgspec.Raw])
_plain = msgspec.json.Decoder(_PlainRow)


@dataclass(slots=True)
class StockTable:
    """Every stock row, sorted by variation."""

    rows: NDArray[np.int64]
    """One row a stock row, its columns those of `Stocked`."""

    def of(self, variation_ids: Sequence[int]) -> list[list[Stocked]]:
        """Return the rows of each variation."""
        own = self.rows[:, 0]
        starts = np.searchsorted(own, variation_ids, side="left").tolist()
        ends = np.searchsorted(own, variation_ids, side="right").tolist()
        return [
            [Stocked(*row) for row in self.rows[start:end].tolist()] if end > start else []
            for start, end in zip(starts, ends, strict=True)
        ]

    def strangers(self, variation_ids: NDArray[np.int64]) -> list[int]:
        """Return the variations with stock that are not among these."""
        own = np.unique(self.rows[:, 0])
        return [int(number) for number in own[~np.isin(own, variation_ids)]]


@dataclass(slots=True)
class StockCollector:
    """Puts the table together from pages."""

    currency: str
    problems: list[Problem] = field(default_factory=list)
    _parts: list[NDArray[np.int64]] = field(default_factory=list)
    _factor: int | None = field(init=False)

    def __post_init__(self) -> None:
        self._factor = minor_factor_of(self.currency)

    def add(self, encoded: bytes, counting: Iterable[bool]) -> None:
        """Add those rows of a page that count."""
        rows = zip(_raw_rows.decode(encoded), counting, strict=True)
        found = [row for raw, counts in rows if counts and (row := self._row_of(raw)) is not None]
        self._parts.append(np.array(found, dtype=np.int64).reshape(-1, len(Stocked._fields)))

    def table(self) -> StockTable:
        """Return the table."""
        rows = np.concatenate([np.zeros((0, len(Stocked._fields)), np.int64), *self._parts])
        self._parts = []
        return StockTable(rows[np.argsort(rows[:, 0], kind="stable")])

    def _row_of(self, raw: msgspec.Raw) -> Stocked | None:
        try:
            row = _plain.decode(raw)
            cost = minor_of_plain(row.average_purchase_price, self._factor)
        except (msgspec.DecodeError, NotPlain):
            return self._lenient(raw)
        return Stocked(
            row.variation_id,
            row.warehouse_id,
            row.stock_physical,
            row.reserved_stock,
            row.reordered,
            cost,
        )

    def _lenient(self, raw: msgspec.Raw) -> Stocked | None:
        row, problems = stock_row_of(msgspec.json.decode(raw), self.currency)
        self.problems.extend(problems)
        if row is None:
            return None
        return Stocked(
            row.variation_id,
            row.warehouse_id,
            row.on_hand_units,
            row.reserved_units,
            row.on_order_units,
            row.unit_cost_minor or 0,
        )
