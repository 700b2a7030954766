"""Orders on their way from Plentymarkets into the lake's sales."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from django.utils import timezone

from umschlag.connectors.plentymarkets.order_lines import Order
from umschlag.connectors.plentymarkets.orders import ReadTo, read_orders
from umschlag.connectors.plentymarkets.paging import Reader
from umschlag.kernel.identifiers import Sku
from umschlag.kernel.outcomes import Problem, SyncOutcome
from umschlag.kernel.progress import Progress
from umschlag.settings import Settings
from umschlag.storage.lake.datasets import SALES
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.questions import Question

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


_WHERE_ORDERS_ARE = Question.parse(
    "select order_id, min(business_date) as first_date, max(business_date) as last_date "
    "from sales where source = :source group by order_id",
    name="where_orders_are",
)
_NAMELESS = Question.parse(
    "select sku, min(business_date) as first_date, max(business_date) as last_date "
    "from sales where source = :source and sku like '#%' group by sku",
    name="nameless_sales",
)


def import_orders_into(
    lake: Lake,
    *,
    reader: Reader,
    settings: Settings,
    skus: Mapping[int, Sku],
    watermark: str,
    progress: Progress,
) -> SyncOutcome:
    """Read the orders changed since the watermark and bring their lines in line, all or none.

    Everything is read before anything is written. Each order's former lines go, in whichever month
    they stand, so that a cancelled, deleted, re-typed or re-dated order leaves none behind; all
    months are published together, else an order that moved from one to another counted in both.
    `unchanged` counts orders that are no sale, that were cancelled before we saw them, or that were
    read again as they were.
    """
    read = read_orders(
        reader,
        since=ReadTo.parse(watermark),
        started_at=timezone.now(),
        zone=settings.zone,
        currency=settings.currency,
        progress=progress,
    )
    rows = {order.order_id: _rows_of(order, skus) for order in read.orders.values()}
    former = _former_rows(lake, rows.keys() | read.deleted)
    wanted = rows | {order_id: [] for order_id in former.keys() - rows.keys()}
    changed = {
        order_id for order_id, own in wanted.items() if set(own) != former.get(order_id, set())
    }
    nameless = _nameless(lake, skus)
    with transaction.atomic():
        _publish(lake, changed, wanted, former, currency=settings.currency)
        _name(lake, nameless, skus)
    fresh = changed - former.keys()
    return SyncOutcome(
        source=SOURCE,
        read_count=len(wanted) + len(read.problems),
        created_count=len(fresh),
        updated_count=len(changed) - len(fresh),
        problems=read.problems,
        notes=(*read.notes, *_strangers(read.orders.values(), skus)),
        watermark=str(read.read_to) if read.read_to else "",
    )


def _publish(
    lake: Lake,
    changed: Collection[str],
    wanted: Mapping[str, Sequence[_Row]],
    former: Mapping[str, Collection[_Row]],
    *,
    currency: str,
) -> None:
    """Put the changed orders' rows in place of their former ones."""
    fresh: dict[str, list[_Row]] = {}
    gone: dict[str, set[str]] = {}
    for order_id in sorted(changed):
        for row in wanted[order_id]:
            fresh.setdefault(SALES.unit_of(row[0]), []).append(row)
        for row in (*wanted[order_id], *former.get(order_id, ())):
            gone.setdefault(SALES.unit_of(row[0]), set()).add(order_id)
    for month, order_ids in sorted(gone.items()):
        written = fresh.get(month, [])
        columns = list(zip(*written, strict=True)) if written else [()] * len(_ROW_COLUMNS)
        named = dict(zip(_ROW_COLUMNS, map(list, columns), strict=True))
        table = pa.table(
            named | {"currency": [currency] * len(written), "source": [SOURCE] * len(written)}
        ).select(SALES.columns.names)
        # All former lines go, because a changed order may have lost some.
        without = pa.table({"source": [SOURCE] * len(order_ids), "order_id": sorted(order_ids)})
        lake.upsert_month(
            SALES.name, month, table.cast(SALES.columns), SALES.unique_by, without=without
        )


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


def _former_rows(lake: Lake, order_ids: Collection[str]) -> dict[str, set[_Row]]:
    """Return the rows that we have of these orders, in whatever month."""
    places = lake.ask(_WHERE_ORDERS_ARE, source=SOURCE)
    ours = places.filter(pc.is_in(places["order_id"], pa.array(sorted(order_ids), pa.string())))
    former: dict[str, set[_Row]] = {}
    for month in _months_in(ours):
        table = lake.read_unit(SALES.name, month)
        table = table.filter(
            pc.and_(
                pc.equal(table["source"], SOURCE),
                pc.is_in(table["order_id"], pa.array(sorted(order_ids), pa.string())),
            )
        )
        columns = [table[name].to_pylist() for name in _ROW_COLUMNS]
        for row in zip(*columns, strict=True):
            former.setdefault(row[2], set()).add(row)
    return former


def _months_in(places: pa.Table) -> list[str]:
    """Return the months that the places lie in; a group may have one in between."""
    days = places["first_date"].to_pylist() + places["last_date"].to_pylist()
    if not days:
        return []
    found = {SALES.unit_of(day) for day in days}
    moved = any(
        SALES.unit_of(first) != SALES.unit_of(last)
        for first, last in zip(
            places["first_date"].to_pylist(), places["last_date"].to_pylist(), strict=True
        )
    )
    if not moved:
        return sorted(found)
    first, months = min(days).replace(day=1), []
    while first <= max(days):
        months.append(SALES.unit_of(first))
        first = (first + timedelta(days=31)).replace(day=1)
    return months


def _nameless(lake: Lake, skus: Mapping[int, Sku]) -> pa.Table:
    """Return sales from before their variation's first snapshot that have a SKU by now."""
    nameless = lake.ask(_NAMELESS, source=SOURCE)
    named = [sku for sku in nameless["sku"].to_pylist() if _name_of(sku, skus) != sku]
    return nameless.filter(pc.is_in(nameless["sku"], pa.array(named, pa.string())))


def _name_of(sku: str, skus: Mapping[int, Sku]) -> str:
    number = sku.removeprefix("#")
    return _sku_of(int(number), skus) if number.isdecimal() else sku


def _name(lake: Lake, nameless: pa.Table, skus: Mapping[int, Sku]) -> None:
    """Give these sales the SKU that their variation turned out to have."""
    for month in _months_in(nameless):
        table = lake.read_unit(SALES.name, month)
        mask = pc.and_(
            pc.equal(table["source"], SOURCE),
            pc.is_in(table["sku"], nameless["sku"].combine_chunks()),
        )
        table = table.filter(mask)
        if table.num_rows:
            named = pa.array([_name_of(sku, skus) for sku in table["sku"].to_pylist()], pa.string())
            at = table.column_names.index("sku")
            lake.upsert_month(
                SALES.name, month, table.set_column(at, "sku", named), SALES.unique_by
            )


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
