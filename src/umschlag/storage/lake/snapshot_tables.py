"""Snapshots as the lake's tables, and rows of the lake as articles again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter
from typing import Any, Protocol

import pyarrow as pa

from umschlag.intelligence.snapshots.model import (
    ArticleMaster,
    ArticleState,
    BundlePart,
    Origin,
    StockMovement,
    Warehouse,
    WarehousePosition,
)
from umschlag.kernel.identifiers import Sku, WarehouseId
from umschlag.storage.lake.datasets import ARTICLE_DAYS, BUNDLE_PARTS, RECEIPTS, WAREHOUSE_DAYS

_MASTER_COLUMNS = tuple(part.name for part in fields(ArticleMaster))
_STATE_COLUMNS = tuple(part.name for part in fields(ArticleState) if part.name != "master")

_MASTERS_PER_ARTICLE_MAX = 3
_TYPES = {column.name: column.type for column in ARTICLE_DAYS.columns}
_MASTER_SCHEMA = pa.schema([(name, _TYPES[name]) for name in _MASTER_COLUMNS])
_STATE_SCHEMA = pa.schema([(name, _TYPES[name]) for name in _STATE_COLUMNS])
_DAY_COLUMNS = ("business_date", "is_reconstructed")
_POSITION_SCHEMA = pa.schema(
    [part for part in WAREHOUSE_DAYS.columns if part.name not in _DAY_COLUMNS]
)
_values_of_master = attrgetter(*_MASTER_COLUMNS)
_values_of_state = attrgetter(*_STATE_COLUMNS)


class MasterColumns(Protocol):
    """Turns what articles are into columns."""

    def of(self, masters: Sequence[ArticleMaster]) -> pa.Table:
        """Return one row per master, in their order."""


class FreshMasters:
    """For articles read from outside, of which each is another object every time."""

    def of(self, masters: Sequence[ArticleMaster]) -> pa.Table:
        """Return one row per master, in their order."""
        return _columns(map(_values_of_master, masters), _MASTER_SCHEMA)


@dataclass(slots=True)
class RepeatedMasters:
    """For a back-fill: hundreds of days of the same articles, of which only the stock differs.

    What articles are is turned into columns once, not every day; therefore it keeps them alive.
    """

    _masters: list[ArticleMaster] = field(default_factory=list)
    _places: dict[int, int] = field(default_factory=dict)
    """Where each master stands in `_rows`, by its identity; `_masters` keeps it alive."""
    _rows: pa.Table = field(default_factory=_MASTER_SCHEMA.empty_table)

    def of(self, masters: Sequence[ArticleMaster]) -> pa.Table:
        """Return one row per master, in their order."""
        strangers = [master for master in masters if id(master) not in self._places]
        if strangers:
            self._learn(strangers, in_use_count=len(masters))
            if any(id(master) not in self._places for master in masters):
                self._learn(masters, in_use_count=0)
        return self._rows.take([self._places[id(master)] for master in masters])

    def _learn(self, masters: Sequence[ArticleMaster], *, in_use_count: int) -> None:
        """Add the masters; where most of the known ones are of no use any more, start anew."""
        if len(self._masters) > _MASTERS_PER_ARTICLE_MAX * in_use_count:
            self._masters, self._places = [], {}
            self._rows = _MASTER_SCHEMA.empty_table()
        first = len(self._masters)
        self._masters.extend(masters)
        self._places |= {id(master): first + place for place, master in enumerate(masters)}
        fresh = FreshMasters().of(masters)
        self._rows = pa.concat_tables([self._rows, fresh]).combine_chunks()


def article_rows(states: Sequence[ArticleState], masters: MasterColumns) -> pa.Table:
    """Return one row per state, without the columns that all rows of a day share."""
    told = _columns(map(_values_of_state, states), _STATE_SCHEMA)
    known = masters.of([state.master for state in states])
    columns = {name: known[name] for name in _MASTER_COLUMNS}
    columns |= {name: told[name] for name in _STATE_COLUMNS}
    return pa.table({name: columns[name] for name in _TYPES if name not in _DAY_COLUMNS})


def position_rows(positions: Sequence[WarehousePosition]) -> pa.Table:
    """Return one row per position, without the columns that all rows of a day share."""
    skus, warehouses, on_hand, reserved = zip(*positions, strict=True) if positions else ((),) * 4
    columns = {
        "sku": skus,
        "warehouse_id": [warehouse.warehouse_id for warehouse in warehouses],
        "warehouse_name": [warehouse.name for warehouse in warehouses],
        "is_sales": [warehouse.is_sales for warehouse in warehouses],
        "on_hand_units": on_hand,
        "reserved_units": reserved,
    }
    return pa.table(columns, schema=_POSITION_SCHEMA)


def article_table(rows: pa.Table, *, business_date: date, origin: Origin) -> pa.Table:
    """Return the rows as those of the day, whatever day they stem from."""
    columns = {name: rows[name] for name in _TYPES if name not in _DAY_COLUMNS}
    columns["business_date"] = _constant(business_date, rows.num_rows, pa.date32())
    is_reconstructed = origin is Origin.RECONSTRUCTED
    columns["is_reconstructed"] = _constant(is_reconstructed, rows.num_rows, pa.bool_())
    return pa.table({name: columns[name] for name in _TYPES}, schema=ARTICLE_DAYS.columns)


def warehouse_table(rows: pa.Table, *, business_date: date) -> pa.Table:
    """Return the rows as those of the day."""
    columns = {name: rows[name] for name in _POSITION_SCHEMA.names}
    columns["business_date"] = _constant(business_date, rows.num_rows, pa.date32())
    names = WAREHOUSE_DAYS.columns.names
    return pa.table({name: columns[name] for name in names}, schema=WAREHOUSE_DAYS.columns)


def bundle_table(parts: Sequence[BundlePart], *, business_date: date) -> pa.Table:
    """Return the parts as rows of the day; bundles are few."""
    rows = [(business_date, *part) for part in parts]
    return _columns(rows, BUNDLE_PARTS.columns)


def receipt_table(movements: Iterable[StockMovement]) -> pa.Table:
    """Return the receipts among the movements, summed by day, SKU and warehouse.

    The cost is the average of the units whose cost is known.
    """
    sums: dict[tuple[Any, ...], list[int]] = {}
    for move in movements:
        if move.is_receipt:
            own = sums.setdefault((move.business_date, move.sku, move.warehouse_id), [0, 0, 0])
            own[0] += move.units
            if move.unit_cost_minor is not None:
                own[1] += move.units
                own[2] += move.units * move.unit_cost_minor
    columns = {
        "business_date": [key[0] for key in sums],
        "sku": [key[1] for key in sums],
        "warehouse_id": [key[2] for key in sums],
        "units": [units for units, _, _ in sums.values()],
        "unit_cost_minor": [
            round(cost / priced) if priced else None for _, priced, cost in sums.values()
        ],
    }
    return pa.table(columns, schema=RECEIPTS.columns)


def states_in(table: pa.Table) -> Sequence[ArticleState]:
    """Return the rows of `article_days` as states."""
    states = []
    for row in table.to_pylist():
        master = {name: row[name] for name in _MASTER_COLUMNS}
        state = {name: row[name] for name in _STATE_COLUMNS}
        master["sku"] = Sku(row["sku"])
        states.append(ArticleState(master=ArticleMaster(**master), **state))
    return states


def positions_in(table: pa.Table) -> Sequence[WarehousePosition]:
    """Return the rows of `warehouse_days` as positions."""
    warehouses: dict[int, Warehouse] = {}
    positions = []
    for row in table.to_pylist():
        warehouse = warehouses.setdefault(
            row["warehouse_id"],
            Warehouse(
                warehouse_id=WarehouseId(row["warehouse_id"]),
                name=row["warehouse_name"],
                is_sales=row["is_sales"],
            ),
        )
        positions.append(
            WarehousePosition(
                Sku(row["sku"]), warehouse, row["on_hand_units"], row["reserved_units"]
            )
        )
    return positions


def bundle_parts_in(table: pa.Table) -> Sequence[BundlePart]:
    """Return the rows of `bundle_parts` as parts."""
    columns = (table[name].to_pylist() for name in BundlePart._fields)
    return list(map(BundlePart._make, zip(*columns, strict=True)))


def _columns(rows: Iterable[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table(
        [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)],
        schema=schema,
    )


def _constant(value: object, count: int, kind: pa.DataType) -> pa.Array:
    return pa.repeat(pa.scalar(value, kind), count)
