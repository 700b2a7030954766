"""Orders on their way from Plentymarkets into the lake's sales."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import pyarrow as pa

from umschlag.connectors.plentymarkets.orders import Order, read_orders
from umschlag.connectors.plentymarkets.paging import Reader
from umschlag.kernel.identifiers import Sku
from umschlag.kernel.outcomes import Problem, SyncOutcome
from umschlag.kernel.progress import Progress
from umschlag.settings import Settings
from umschlag.storage.lake.datasets import SALES
from umschlag.storage.lake.lake import Lake

SOURCE = "plentymarkets"

_Row = tuple[date, str, str, str, str, int, int]
_ROW_COLUMNS = (
    "business_date",
    "sku",
    "order_id",
    "line_id",
    "marketplace",
    "units",
    "revenue_minor",
)


@dataclass(slots=True)
class _Collected:
    """What one import read; the later version of an order counts."""

    orders: dict[str, Order] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    watermark: datetime | None = None

    def take(self, found: Order | Problem) -> None:
        if isinstance(found, Problem):
            self.problems.append(found)
            return
        self.orders[found.order_id] = found
        if found.updated_at and (self.watermark is None or found.updated_at > self.watermark):
            self.watermark = found.updated_at


def import_orders_into(
    lake: Lake,
    *,
    reader: Reader,
    settings: Settings,
    skus: Mapping[int, Sku],
    watermark: str,
    progress: Progress,
) -> SyncOutcome:
    """Read the orders changed since the watermark and publish their lines month by month.

    Everything is read before anything is written. `unchanged` counts orders that are no sale, that
    were cancelled before we saw them, or that were read again as they were.
    """
    since = datetime.fromisoformat(watermark) if watermark else None
    collected = _Collected(watermark=since)
    for found in read_orders(
        reader, since=since, zone=settings.zone, currency=settings.currency, progress=progress
    ):
        collected.take(found)
    by_month: dict[str, list[Order]] = {}
    for order in collected.orders.values():
        by_month.setdefault(SALES.unit_of(order.business_date), []).append(order)
    created = updated = 0
    for month, orders in sorted(by_month.items()):
        fresh, changed = _publish(lake, month, orders, skus=skus, currency=settings.currency)
        created, updated = created + fresh, updated + changed
    return SyncOutcome(
        source=SOURCE,
        read_count=len(collected.orders) + len(collected.problems),
        created_count=created,
        updated_count=updated,
        problems=tuple(collected.problems),
        notes=tuple(_strangers(collected.orders.values(), skus)),
        watermark=collected.watermark.isoformat() if collected.watermark else "",
    )


def _publish(
    lake: Lake, month: str, orders: list[Order], *, skus: Mapping[int, Sku], currency: str
) -> tuple[int, int]:
    """Publish one month's orders where they changed; return how many are new and changed."""
    rows = {order.order_id: _rows_of(order, skus) for order in orders}
    former = _former_rows(lake, month, set(rows))
    changed = {
        order_id for order_id, own in rows.items() if set(own) != former.get(order_id, set())
    }
    if not changed:
        return 0, 0
    written = [row for order_id in changed for row in rows[order_id]]
    columns = list(zip(*written, strict=True)) if written else [()] * len(_ROW_COLUMNS)
    named = dict(zip(_ROW_COLUMNS, map(list, columns), strict=True))
    table = pa.table(
        named | {"currency": [currency] * len(written), "source": [SOURCE] * len(written)}
    ).select(SALES.columns.names)
    # All former lines go, because a changed order may have lost some.
    gone = pa.table({"source": [SOURCE] * len(changed), "order_id": sorted(changed)})
    lake.upsert_month(SALES.name, month, table.cast(SALES.columns), SALES.unique_by, without=gone)
    fresh = len(changed - former.keys())
    return fresh, len(changed) - fresh


def _rows_of(order: Order, skus: Mapping[int, Sku]) -> list[_Row]:
    return [
        (
            order.business_date,
            _sku_of(line.variation_id, skus),
            order.order_id,
            line.line_id,
            order.marketplace,
            line.units,
            line.revenue_minor,
        )
        for line in order.lines
    ]


def _sku_of(variation_id: int | None, skus: Mapping[int, Sku]) -> str:
    """Return the variation's SKU; one that no snapshot ever knew goes by its id."""
    return skus.get(variation_id or 0, Sku(f"#{variation_id or 0}"))


def _former_rows(lake: Lake, month: str, order_ids: set[str]) -> dict[str, set[_Row]]:
    former: dict[str, set[_Row]] = {}
    table = lake.read_unit(SALES.name, month)
    columns = [table[name].to_pylist() for name in _ROW_COLUMNS]
    for source, row in zip(table["source"].to_pylist(), zip(*columns, strict=True), strict=True):
        if source == SOURCE and row[2] in order_ids:
            former.setdefault(row[2], set()).add(row)
    return former


def _strangers(orders: Iterable[Order], skus: Mapping[int, Sku]) -> list[Problem]:
    unknown = {line.variation_id or 0 for order in orders for line in order.lines} - skus.keys()
    if not unknown:
        return []
    examples = ", ".join(f"#{variation_id}" for variation_id in sorted(unknown)[:5])
    return [
        Problem(
            place=f"{len(unknown)} variations",
            message="sold and deleted before our first snapshot: their sales are kept under "
            f"their ids as SKU ({examples}{', …' if len(unknown) > 5 else ''})",
        )
    ]
