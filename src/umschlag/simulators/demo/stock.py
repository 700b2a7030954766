"""The demo merchant's shelves and the buyer who fills them, a little too late and too much."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from umschlag.simulators.demo.articles import Articles, DemandClass
from umschlag.simulators.demo.catalogue import SUPPLIERS
from umschlag.simulators.demo.demand import season_factor

SALES_WAREHOUSES = 2
"""Warehouse 0 serves Amazon.de and the own shop, warehouse 1 serves Amazon.co.uk."""
REPAIR = 2
WAREHOUSE_OF_CHANNEL = np.array((0, 1, 0))
_MEMORY_DAYS = (60, 60, 60, 90, 180, 180, 60, 60, 60, 60)
"""Over how many days the buyer averages what was asked for, in the order of `DemandClass`."""
_COVER_DAYS = (20, 26, 22, 24, 18, 20, 32, 0, 0, 0)
"""What one order lasts for, in the order of `DemandClass`. Goods that sold well are bought for
months: this is how money falls asleep."""
_COVER_DAYS_OVERBOUGHT = 300
_SAFETY_DAYS = (18, 23, 20, 25, 33, 16, 14, 0, 0, 0)
"""How much longer than the lead time stock shall last, in the order of `DemandClass`."""
_SAFETY_DAYS_PER_LEAD_DAY = 0.2
_OVERBOUGHT_UNITS = (15, 34)
_UNWANTED_UNITS = (1, 3)
_UNWANTED_UNITS_OVERBOUGHT = (18, 36)
_PHASED_OUT_DAYS = (150, 300)
_PHASED_OUT_STOCKED_SHARE = 0.6
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


def opening_shelves(rng: np.random.Generator, articles: Articles, on: date) -> Shelves:
    """Return the shelves as the world begins on the date, with what is already on its way."""
    daily = _daily_units(articles, season_factor(articles, on.timetuple().tm_yday))
    lead, cover = lead_times(articles), _cover_days(articles)[:, None]
    safety_days = _safety_days(articles)[:, None]
    order = np.maximum(daily * cover, order_units_min(articles)[:, None])
    units = (
        daily * safety_days + order * rng.uniform(0.1, 1.1, daily.shape) + rng.random(daily.shape)
    )
    units *= daily > 0
    units = np.where(_is_ordered(articles)[:, None], units, _left_over_units(rng, articles, daily))
    units[:, 0] += _overbought_units(rng, articles)
    there = ~articles.is_bundle & (articles.appears_day == 0)
    repair = np.where(rng.random(articles.count) < 0.01, rng.integers(1, 4, articles.count), 0)
    shelves = Shelves(
        net=units.astype(np.int64) * there[:, None],
        repair=repair.astype(np.int64) * there,
        on_order=np.zeros(daily.shape, dtype=np.int64),
        estimate=daily,
    )
    pack = pack_units(articles)[:, None]
    coming = np.rint(daily * lead[:, None] / pack).astype(np.int64) * pack
    coming *= (there & _is_ordered(articles))[:, None]
    arrives = 1 + rng.integers(0, lead)
    for day in np.unique(arrives):
        shelves.schedule(int(day), np.where((arrives == day)[:, None], coming, 0))
    return shelves


def _left_over_units(
    rng: np.random.Generator, articles: Articles, daily_units: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what lies there of goods that nobody orders any more, article × warehouse."""
    few, many = (
        rng.integers(*bounds, articles.count)
        for bounds in (_UNWANTED_UNITS, _UNWANTED_UNITS_OVERBOUGHT)
    )
    unwanted = np.where(articles.is_overbought, many, few)
    lasts_days = rng.integers(*_PHASED_OUT_DAYS, articles.count)
    # What is still listed as active ended before the world began: nobody shall order it anew.
    lasts_days *= articles.is_inactive & (rng.random(articles.count) < _PHASED_OUT_STOCKED_SHARE)
    rest = np.ceil(daily_units * lasts_days[:, None])
    unsold = articles.demand_class == DemandClass.UNSOLD
    rest[unsold, 0] = unwanted[unsold]
    return rest


def _overbought_units(rng: np.random.Generator, articles: Articles) -> NDArray[np.int64]:
    """Return what lies there of slow goods of which a whole pallet was once bought."""
    slow = articles.demand_class == DemandClass.INTERMITTENT
    units = rng.integers(*_OVERBOUGHT_UNITS, articles.count)
    return np.where(articles.is_overbought & slow, units, 0)


def _is_ordered(articles: Articles) -> NDArray[np.bool_]:
    """Return which articles the buyer keeps in stock."""
    left = (DemandClass.UNSOLD, DemandClass.BUNDLE, DemandClass.PHASED_OUT)
    return ~np.isin(articles.demand_class, left)


def _daily_units(articles: Articles, season: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the units a day that are asked for in that season, article × warehouse."""
    lines = articles.lines_per_day
    per_warehouse = np.stack([lines[:, 0] + lines[:, 2], lines[:, 1]], axis=1)
    return np.asarray(per_warehouse * (articles.mean_units * season)[:, None])


def lead_times(articles: Articles) -> NDArray[np.int64]:
    """Return the supplier's lead time of every article in days."""
    return np.array([s.lead_time_days for s in SUPPLIERS])[articles.supplier_index]


def order_units_min(articles: Articles) -> NDArray[np.int64]:
    """Return the least that can be ordered of every article."""
    return np.array([s.order_units_min for s in SUPPLIERS])[articles.supplier_index]


def pack_units(articles: Articles) -> NDArray[np.int64]:
    """Return the multiple in which every article is ordered."""
    return np.array([s.pack_units for s in SUPPLIERS])[articles.supplier_index]


def remember_demand(shelves: Shelves, articles: Articles, asked_units: NDArray[np.int64]) -> None:
    """Move the buyer's estimate towards what was asked for today, article × warehouse."""
    memory_days = np.array(_MEMORY_DAYS)[articles.demand_class]
    shelves.estimate += (asked_units - shelves.estimate) / memory_days[:, None]


def reorder(
    shelves: Shelves, articles: Articles, *, day: int, on: date, rng: np.random.Generator
) -> None:
    """Order what runs short. Each supplier is written to once a week, and some deliver late."""
    lead = lead_times(articles)
    late = np.where(rng.random(articles.count) < _LATE_CHANCE, 21, 0) + rng.integers(
        0, 4, articles.count
    )
    buys = (articles.supplier_index % 5 == on.weekday()) & articles.exists_on(day)
    buys &= articles.exists_on(day + 60) & _is_ordered(articles)
    # After demand has stopped somebody notices, but a month late.
    buys &= day < articles.stops_day + 30
    position = shelves.net + shelves.on_order
    daily = _outlook(shelves, articles, on)
    bridged_days = lead + _safety_days(articles)
    point = daily * bridged_days[:, None]
    wished = daily * (bridged_days + _cover_days(articles))[:, None] - position
    pack = pack_units(articles)[:, None]
    units = np.maximum(np.ceil(wished / pack) * pack, order_units_min(articles)[:, None])
    short = buys[:, None] & (position <= point) & (articles.lines_per_day[:, :2] > 0)
    units = np.where(short, units, 0).astype(np.int64)
    rows = np.flatnonzero(units.any(axis=1))
    arrives = day + np.maximum(1, lead + late)
    for arrival in np.unique(arrives[rows]):
        shelves.schedule(int(arrival), np.where((arrives == arrival)[:, None], units, 0))


def _outlook(shelves: Shelves, articles: Articles, on: date) -> NDArray[np.float64]:
    """Return the units a day that the buyer expects while the order lasts, article × warehouse.

    Of seasonal goods the buyer knows last year's season; of others what was asked for of late.
    """
    arrival_day = on.timetuple().tm_yday + lead_times(articles)
    season = season_factor(articles, arrival_day + _COVER_DAYS[DemandClass.SEASONAL] // 2)
    seasonal = articles.demand_class == DemandClass.SEASONAL
    return np.where(seasonal[:, None], _daily_units(articles, season), shelves.estimate)


def _cover_days(articles: Articles) -> NDArray[np.int64]:
    hopeful = articles.is_overbought & (articles.demand_class == DemandClass.SEASONAL)
    return np.where(hopeful, _COVER_DAYS_OVERBOUGHT, np.array(_COVER_DAYS)[articles.demand_class])


def _safety_days(articles: Articles) -> NDArray[np.float64]:
    """Return for how long there shall be stock beyond the lead time: longer from far away."""
    least = np.array(_SAFETY_DAYS)[articles.demand_class]
    return np.asarray(least + _SAFETY_DAYS_PER_LEAD_DAY * lead_times(articles))
