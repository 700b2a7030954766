"""The demo merchant's shelves and the buyer who fills them, a little too late and too much."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from umschlag.simulators.demo.articles import Articles, DemandClass
from umschlag.simulators.demo.catalogue import SUPPLIERS

SALES_WAREHOUSES = 2
"""Warehouse 0 serves Amazon.de and the own shop, warehouse 1 serves Amazon.co.uk."""
REPAIR = 2
WAREHOUSE_OF_CHANNEL = np.array((0, 1, 0))
_MEMORY_DAYS = 28
_COVER_DAYS = 45
_COVER_DAYS_HOPEFUL = 120
"""Goods that sold well are bought for months: this is how money falls asleep."""
_OVERSELL_UNITS = 2
_LATE_CHANCE = 0.08


@dataclass(slots=True)
class Shelves:
    """Stock at the moment, changed day by day. `net` leaves promised units out."""

    net: NDArray[np.int64]
    repair: NDArray[np.int64]
    on_order: NDArray[np.int64]
    estimate: NDArray[np.float64]
    """Units a day as the buyer sees it, article × warehouse."""
    arriving: dict[int, NDArray[np.int64]] = field(default_factory=dict)

    def sellable(self, articles: Articles) -> NDArray[np.int64]:
        """Return what may still be sold, article × warehouse."""
        extra = np.where(articles.oversells, _OVERSELL_UNITS, 0)[:, None]
        return np.asarray(np.maximum(self.net + extra * (self.estimate > 0), 0))

    def schedule(self, day: int, units: NDArray[np.int64]) -> None:
        """Order units that arrive on the day."""
        self.on_order += units
        self.arriving[day] = self.arriving.get(day, 0) + units

    def receive(self, day: int) -> NDArray[np.int64]:
        """Take in what arrives on the day and return it."""
        units = self.arriving.pop(day, np.zeros_like(self.net))
        self.on_order -= units
        self.net += units
        return units

    def drop_orders(self, articles: NDArray[np.int64]) -> None:
        """Cancel what is on order of articles that are gone."""
        self.on_order[articles] = 0
        for units in self.arriving.values():
            units[articles] = 0


def opening_shelves(
    rng: np.random.Generator, articles: Articles, lines_per_day: NDArray[np.float64]
) -> Shelves:
    """Return the shelves as the world begins; `lines_per_day` is per warehouse."""
    mean_units = np.where(articles.demand_class == DemandClass.LUMPY, 9.5, 1.15)[:, None]
    estimate = lines_per_day * mean_units
    cover = _cover_days(articles)[:, None] + lead_times(articles)[:, None]
    units = estimate * cover * rng.uniform(0.5, 1.4, estimate.shape) + rng.integers(
        0, 5, estimate.shape
    )
    asleep = articles.demand_class == DemandClass.UNSOLD
    units[asleep, 0] = rng.integers(0, 36, articles.count)[asleep]
    units[:, 1] *= lines_per_day[:, 1] > 0
    units[articles.is_bundle | (articles.appears_day > 0)] = 0
    repair = np.where(rng.random(articles.count) < 0.01, rng.integers(1, 4, articles.count), 0)
    repair[articles.is_bundle | (articles.appears_day > 0)] = 0
    return Shelves(
        net=np.rint(units).astype(np.int64),
        repair=repair.astype(np.int64),
        on_order=np.zeros(estimate.shape, dtype=np.int64),
        estimate=estimate,
    )


def lead_times(articles: Articles) -> NDArray[np.int64]:
    """Return the supplier's lead time of every article in days."""
    return np.array([s.lead_time_days for s in SUPPLIERS])[articles.supplier_index]


def order_units_min(articles: Articles) -> NDArray[np.int64]:
    """Return the least that can be ordered of every article."""
    return np.array([s.order_units_min for s in SUPPLIERS])[articles.supplier_index]


def pack_units(articles: Articles) -> NDArray[np.int64]:
    """Return the multiple in which every article is ordered."""
    return np.array([s.pack_units for s in SUPPLIERS])[articles.supplier_index]


def remember_demand(shelves: Shelves, asked_units: NDArray[np.int64]) -> None:
    """Move the buyer's estimate towards what was asked for today, article × warehouse."""
    shelves.estimate += (asked_units - shelves.estimate) / (2 * _MEMORY_DAYS)


def reorder(
    shelves: Shelves, articles: Articles, *, day: int, weekday: int, rng: np.random.Generator
) -> None:
    """Order what runs short. Each supplier is written to once a week, and some deliver late."""
    lead = lead_times(articles)
    late = np.where(rng.random(articles.count) < _LATE_CHANCE, 21, 0) + rng.integers(
        0, 4, articles.count
    )
    buys = (articles.supplier_index % 5 == weekday) & articles.exists_on(day)
    buys &= articles.exists_on(day + 60)
    buys &= ~articles.is_bundle & (articles.demand_class != DemandClass.UNSOLD)
    # After demand has stopped somebody notices, but a month late.
    buys &= day < articles.stops_day + 30
    position = shelves.net + shelves.on_order
    point = shelves.estimate * (lead + 10)[:, None]
    wished = shelves.estimate * (lead + 10 + _cover_days(articles))[:, None] - position
    pack = pack_units(articles)[:, None]
    units = np.maximum(np.ceil(wished / pack) * pack, order_units_min(articles)[:, None])
    short = buys[:, None] & (position <= point) & (articles.lines_per_day[:, :2] > 0)
    units = np.where(short, units, 0).astype(np.int64)
    rows = np.flatnonzero(units.any(axis=1))
    arrives = day + np.maximum(1, lead + late)
    for arrival in np.unique(arrives[rows]):
        shelves.schedule(int(arrival), np.where((arrives == arrival)[:, None], units, 0))


def _cover_days(articles: Articles) -> NDArray[np.int64]:
    hopeful = articles.demand_class == DemandClass.DYING
    return np.where(hopeful, _COVER_DAYS_HOPEFUL, _COVER_DAYS)
