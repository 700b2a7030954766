"""Articles, readings and stores of snapshots with defaults."""

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from umschlag.intelligence.snapshots.model import (
    ArticleMaster,
    ArticleState,
    BundlePart,
    FormerSnapshot,
    Missing,
    Origin,
    ReadingBatch,
    Snapshot,
    StandingDay,
    StockMovement,
    VanishedArticle,
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


def a_part(sku="SET", part_sku="HX-1", units_per_bundle=1):
    return BundlePart(sku, part_sku, units_per_bundle)


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
    return GivenReading(
        **{
            "articles": states,
            "positions": [a_position(state.sku) for state in states],
            "expected_count": len(states) + values.get("unusable_count", 0),
        }
        | values
    )


def a_snapshot(*states, business_date=DAY, positions=None, bundle_parts=()):
    return Snapshot(
        business_date=business_date,
        articles=states,
        positions=[a_position(state.sku) for state in states] if positions is None else positions,
        bundle_parts=bundle_parts,
    )


@dataclass(kw_only=True)
class GivenReading:
    """A reading of the given articles, delivered two at a time."""

    articles: list
    positions: list
    expected_count: int
    bundle_parts: tuple = ()
    unusable_count: int = 0
    problems: tuple = ()
    was_resumed: bool = False

    def batches(self):
        for start in range(0, len(self.articles), 2):
            states = self.articles[start : start + 2]
            skus = {state.sku for state in states}
            yield ReadingBatch(
                articles=states,
                positions=[row for row in self.positions if row.sku in skus],
                bundle_parts=[part for part in self.bundle_parts if part.sku in skus],
            )


class FixedSource:
    """Delivers the same articles on whatever day it is asked for.

    `hidden` ones are there, but found only when asked for; `deleted` variations are in its log.
    """

    origin = Origin.CAPTURED

    def __init__(self, *states, hidden=(), deleted=(), calls_used=0, retries=0, **values):
        self.states, self.values = states, values
        self.hidden, self.deleted = hidden, frozenset(deleted)
        self.calls_used, self.retries = calls_used, retries
        self.asked_for = []
        self.published_dates = []

    def read(self, business_date, progress):
        self.business_date = business_date
        progress(1, 1, "all")
        return a_reading(*self._seen(self.states), **self.values)

    def look_for(self, missing, *, since):
        self.asked_for.append((set(missing), since))
        found = [state for state in self.hidden if state.master.variation_id in missing]
        left = set(missing) - {state.master.variation_id for state in found}
        return Missing(
            found=ReadingBatch(
                articles=self._seen(found), positions=[a_position(state.sku) for state in found]
            ),
            deleted=self.deleted & left,
            unexplained=frozenset(left - self.deleted),
        )

    def published(self, business_date):
        self.published_dates.append(business_date)

    def _seen(self, states):
        return [replace(state, last_seen_date=self.business_date) for state in states]


class RebuiltSource(FixedSource):
    """Says of its days that they are rebuilt."""

    origin = Origin.RECONSTRUCTED


class SourceThatBreaksHalfway(FixedSource):
    """Answers for a while and then no more."""

    def read(self, business_date, progress):
        progress(1, 2, "page 1")
        raise Unreachable("Plentymarkets does not answer")


class InMemorySnapshotStore:
    """Keeps snapshots in a dictionary: the states of each day, tombstones included."""

    def __init__(self):
        self.days = {}
        self.origins = {}
        self.versions = {}
        self.outcomes = {}
        self.failures = []

    def standing(self, business_date):
        if business_date not in self.days:
            return None
        return StandingDay(
            article_count=len(self.days[business_date]),
            origin=self.origins[business_date],
            version=self.versions[business_date],
        )

    @contextmanager
    def attempt(self, business_date, source, *, replacing=None):
        try:
            yield InMemoryAttempt(self, business_date)
        except BaseException as error:
            self.failures.append(error)
            raise

    def tombstones(self, business_date):
        return [s for s in self.days[business_date] if s.last_seen_date != business_date]


class InMemoryAttempt:
    """Keeps the draft in a list."""

    def __init__(self, store, business_date):
        self.store, self.business_date, self.states = store, business_date, []

    def keep_alive(self):
        pass

    def add(self, batch):
        self.states.extend(batch.articles)

    @property
    def article_count(self):
        return len(self.states)

    def sku_count(self):
        return len({state.sku for state in self.states})

    def former(self):
        former_date, states = self._former()
        seen = [state for state in states if state.last_seen_date == former_date]
        skus = {state.sku for state in self.states}
        ids = {state.master.variation_id for state in self.states}
        return FormerSnapshot(
            business_date=former_date,
            seen_count=len(seen),
            vanished=[
                VanishedArticle(
                    state.sku, state.master.variation_id, state.master.variation_id in ids
                )
                for state in seen
                if state.sku not in skus
            ],
        )

    def _former(self):
        former_date = max(
            (day for day in self.store.days if day < self.business_date), default=None
        )
        return former_date, self.store.days.get(former_date, [])

    def publish(self, outcome):
        skus = {state.sku for state in self.states}
        tombstones = [state for state in self._former()[1] if state.sku not in skus]
        day = self.business_date
        self.store.days[day] = [*self.states, *tombstones]
        self.store.origins[day] = outcome.origin
        self.store.versions[day] = self.store.versions.get(day, 0) + 1
        self.store.outcomes[day] = outcome
