"""Stock movements read from Plentymarkets: what came into a warehouse and what left it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from umschlag.connectors.plentymarkets.paging import Entry, Reader, read_whole
from umschlag.connectors.plentymarkets.parsing import UNITS_MAX, minor_of, shown
from umschlag.connectors.plentymarkets.values import (
    business_date_in,
    id_of,
    part_of,
    whole_of,
)
from umschlag.intelligence.snapshots.model import StockMovement, Warehouse
from umschlag.kernel.identifiers import Sku, WarehouseId
from umschlag.kernel.outcomes import Problem
from umschlag.kernel.progress import Progress, untold

_GOODS_IN_REASONS = range(100, 200)
"""Plentymarkets' reasons for incoming goods; 200s are outgoing, 301 is a correction."""
_GOODS_IN_ROWS = (1, 4)
"""`processRowType` of incoming goods and intakes; 2 are orders, so returns, 3 deletions."""
_ARCHIVED_BEFORE = timedelta(days=80)
"""What is older than three months comes only with its year; this leaves a margin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementsRead:
    """The movements of known articles, and what could not be used."""

    movements: tuple[StockMovement, ...]
    problems: tuple[Problem, ...]
    """Rows that cannot be used."""
    notes: tuple[Problem, ...]
    """What is missing although every row can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementReader:
    """Reads movements; `skus` says which variation ids are or were which SKU."""

    reader: Reader
    zone: ZoneInfo
    currency: str
    skus: Mapping[int, Sku]

    def read_since(
        self,
        first_date: date,
        *,
        through_date: date,
        warehouses: Sequence[Warehouse],
        progress: Progress = untold,
    ) -> MovementsRead:
        """Return all movements from the start of the first date on.

        Raises:
            SnapshotIncomplete: rows kept moving while they were read.
            OutsideSystemFailed: Plentymarkets did not answer, or not as its contract says.
        """
        rows: dict[object, Entry] = {}
        years = self._archive_years(first_date, through_date)
        for warehouse in warehouses:
            for year in years:
                for row in self._rows(warehouse, first_date, year, progress):
                    # The archive and the present overlap; a row without an id is nobody's double.
                    row_id = id_of(row.get("id"))
                    own = ("no id", len(rows)) if row_id is None else row_id
                    rows[(warehouse.warehouse_id, own)] = row
        return movements_of(rows.values(), skus=self.skus, zone=self.zone, currency=self.currency)

    def _archive_years(self, first_date: date, through_date: date) -> list[str]:
        """Return "" for the last three months and, where they are needed, the archived years."""
        if through_date - first_date < _ARCHIVED_BEFORE:
            return [""]
        answer = self.reader.read("/rest/stockmanagement/stock/archives")
        listed = answer if isinstance(answer, list) else part_of(answer).get("entries")
        known = {whole_of(year) for year in listed} if isinstance(listed, list) else set()
        wanted = range(first_date.year, through_date.year + 1)
        # An empty list may as well be a form we do not know: asking for a year costs one call.
        return [*(str(year) for year in wanted if year in known or not known), ""]

    def _rows(
        self, warehouse: Warehouse, first_date: date, year: str, progress: Progress
    ) -> list[Entry]:
        start = datetime.combine(first_date, time.min, self.zone).astimezone(UTC)
        params = {"createdAtFrom": start.isoformat(), "itemsPerPage": "1000"}
        if year:
            params["year"] = year
        path = f"/rest/stockmanagement/warehouses/{warehouse.warehouse_id}/stock/movements"
        return read_whole(
            self.reader, path, params, key=lambda row: id_of(row.get("id")), progress=progress
        )


def movements_of(
    rows: Iterable[Entry], *, skus: Mapping[int, Sku], zone: ZoneInfo, currency: str
) -> MovementsRead:
    """Return the rows as movements; those of unknown variations share one note.

    A receipt is goods in that is no return of a customer; corrections and moves are none either.
    """
    movements = []
    unknown: Counter[int] = Counter()
    problems = []
    for row in rows:
        variation_id = id_of(row.get("variationId"))
        warehouse_id = id_of(row.get("warehouseId"))
        day = business_date_in(row.get("createdAt"), zone)
        units = whole_of(row.get("quantity"))
        if units is not None and abs(units) > UNITS_MAX:
            units = None
        if variation_id is None or warehouse_id is None or day is None or units is None:
            problems.append(_unusable(row, zone))
            continue
        sku = skus.get(variation_id)
        if sku is None:
            unknown[variation_id] += 1
            continue
        is_receipt = (
            units > 0
            and whole_of(row.get("reason")) in _GOODS_IN_REASONS
            and whole_of(row.get("processRowType")) in _GOODS_IN_ROWS
        )
        movements.append(
            StockMovement(
                business_date=day,
                sku=sku,
                warehouse_id=WarehouseId(warehouse_id),
                units=units,
                is_receipt=is_receipt,
                unit_cost_minor=_cost_of(row, currency) if is_receipt else None,
            )
        )
    return MovementsRead(
        movements=tuple(movements), problems=tuple(problems), notes=tuple(_strangers(unknown))
    )


def _unusable(row: Entry, zone: ZoneInfo) -> Problem:
    """Say which fields make the row unusable."""
    is_there = {
        "variationId": id_of(row.get("variationId")),
        "warehouseId": id_of(row.get("warehouseId")),
        "createdAt": business_date_in(row.get("createdAt"), zone),
        "quantity": whole_of(row.get("quantity")),
    }
    named = [name for name, value in is_there.items() if value is None] or ["quantity"]
    told = ", ".join(f"{name}: {shown(row.get(name))}" for name in named)
    return Problem(place=f"stock movement {shown(row.get('id'))}", message=f"{told}; left out")


def _cost_of(row: Entry, currency: str) -> int | None:
    return minor_of(row.get("purchasePrice"), currency) or None


def _strangers(unknown: Counter[int]) -> list[Problem]:
    """Return one note for all: a merchant of ten years has thousands of such variations."""
    if not unknown:
        return []
    examples = ", ".join(str(variation_id) for variation_id in sorted(unknown)[:5])
    return [
        Problem(
            place=f"{len(unknown)} variations ({examples}{', …' if len(unknown) > 5 else ''})",
            message=f"{sum(unknown.values())} stock movements left out: the variations were "
            "deleted before our first snapshot, so nobody can tell their SKUs",
        )
    ]
