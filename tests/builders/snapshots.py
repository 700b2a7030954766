"""Articles, readings and stores of snapshots with defaults."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from umschlag.intelligence.snapshots.model import (
    ArticleMaster,
    ArticleState,
    FormerSnapshot,
    Origin,
    Reading,
    Snapshot,
    StockMovement,
    Warehouse,
    WarehousePosition,
)
from umschlag.kernel.errors import Unreachable

DAY = date(2026, 9, 2)
HOME = Warehouse(warehouse_id=1, name="Home", is_sales=True)
ABROAD = Warehouse(warehouse_id=2, name="Abroad", is_sales=True)
REPAIR = Warehouse(warehouse_id=3, name="Repair", is_sales=False)
WAREHOUSES = (HOME, ABROAD, REPAIR)


def a_master(sku="HX-1", **values):
    return ArticleMaster(**{"sku": sku, "variation_id": 1001, "name": "Desk lamp"} | values)


def a_state(sku="HX-1", *, master=None, **values):
    return ArticleState(
        **{
            "master": a_master(sku, **(master or {})),
            "on_hand_units": 5,
            "reserved_units": 1,
            "on_order_units": 0,
            "other_on_hand_units": 0,
            "unit_cost_minor": 200,
            "sales_price_minor": 999,
            "last_seen_date": DAY,
        }
        | values
    )


def a_position(sku="HX-1", warehouse=HOME, on_hand_units=5, reserved_units=0):
    return WarehousePosition(sku, warehouse, on_hand_units, reserved_units)


def a_stock_movement(units, business_date=DAY, *, sku="HX-1", warehouse_id=1, cost=None):
    return StockMovement(
        business_date=business_date,
        sku=sku,
        warehouse_id=warehouse_id,
        units=units,
        is_receipt=cost is not None,
        unit_cost_minor=cost,
    )


def a_reading(*states, **values):
    return Reading(
        **{
            "articles": states,
            "positions": [a_position(state.sku) for state in states],
            "expected_count": len(states) + values.get("unusable_count", 0),
        }
        | values
    )


def a_snapshot(*states, business_date=DAY, tombstones=(), positions=None):
    return Snapshot(
        business_date=business_date,
        origin=Origin.CAPTURED,
        articles=states,
        tombstones=tombstones,
        positions=[a_position(state.sku) for state in states] if positions is None else positions,
    )


class FixedSource:
    """Delivers the same articles on whatever day it is asked for."""

    origin = Origin.CAPTURED

    def __init__(self, *states, **values):
        self.states, self.values = states, values

    def read(self, business_date, progress):
        states = [replace(state, last_seen_date=business_date) for state in self.states]
        return a_reading(*states, **self.values)


class SourceThatBreaksHalfway(FixedSource):
    """Answers for a while and then no more."""

    def read(self, business_date, progress):
        progress(1, 2, "page 1")
        raise Unreachable("Plentymarkets does not answer")


class InMemorySnapshotStore:
    """Keeps snapshots in a dictionary."""

    def __init__(self):
        self.snapshots = {}
        self.failures = []

    def article_count_on(self, business_date):
        known = self.snapshots.get(business_date)
        return None if known is None else len(known.articles) + len(known.tombstones)

    @contextmanager
    def attempt(self, business_date, origin):
        try:
            yield self
        except BaseException as error:
            self.failures.append(error)
            raise

    def publish(self, snapshot, *, reading, vanished_count):
        self.snapshots[snapshot.business_date] = snapshot

    def before(self, business_date, *, without):
        earlier = [day for day in self.snapshots if day < business_date]
        if not earlier:
            return FormerSnapshot(business_date=None, seen_count=0, others=())
        former = self.snapshots[max(earlier)]
        states = [*former.articles, *former.tombstones]
        return FormerSnapshot(
            business_date=former.business_date,
            seen_count=len(former.articles),
            others=[state for state in states if state.sku not in without],
        )
