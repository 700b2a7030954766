"""What each article of the demo merchant is: fixed by the seed, whatever day it is."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from umschlag.simulators.demo.catalogue import BRANDS, COLOURS, EDITIONS, KINDS, SUPPLIERS
from umschlag.simulators.demo.identities import variation_id_of
from umschlag.simulators.demo.randomness import Topic, evenly_spread, generator

NEVER = 1_000_000
"""A day that no demo world reaches."""
RECREATED_ID_FIRST = 500_000
ITEM_ID_FIRST = 50_000
BUNDLE_COMPONENTS = 2


class DemandClass(IntEnum):
    """How an article sells; several systems' tests look articles up by it."""

    FAST = 0
    SEASONAL = 1
    WEEKDAY = 2
    STEADY = 3
    INTERMITTENT = 4
    LUMPY = 5
    DYING = 6
    UNSOLD = 7
    BUNDLE = 8
    PHASED_OUT = 9
    """Sold to the last unit and never ordered again: most of a grown catalogue."""


SHARES = (0.09, 0.08, 0.08, 0.11, 0.19, 0.025, 0.025, 0.10, 0.02, 0.28)
"""Share of each demand class, in the order of `DemandClass`."""
_RATE_MEDIAN = (0.185, 0.078, 0.08, 0.05, 0.026, 0.02, 0.07, 0.0, 0.025, 0.012)
"""Order lines a day over all channels, in the order of `DemandClass`."""
_RATE_SPREAD = (0.8, 0.5, 0.6, 0.5, 0.4, 0.4, 0.5, 0.0, 0.3, 0.5)
"""How far apart the rates of a class lie: few fast articles bring most of the orders."""
_ABROAD_SHARES = (0.4, 0.4, 0.35, 0.3, 0.08, 0.08, 0.3, 0.0, 0.0, 0.12)
"""How many of each class are sold on Amazon.co.uk too."""
_EXTRA_UNITS_COST_MINOR = 1_300
_EXTRA_UNITS_BOUNDS = (0.1, 2.2)
LUMPY_UNITS = (4, 16)
"""Units in one line of a lumpy article: from the first on, below the second."""
_OVERBOUGHT_SHARE = 0.05
_INACTIVE_SHARES = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.0, 0.6)
_ORDER_UNITS_MAX = (6, 6, 6, 6, 1, 2, 12, 24, 24, 24)
"""The largest minimum order that the buyer accepts: slow goods come from wholesalers. Both in the
order of `DemandClass`."""
_LEAD_TIME_DAYS_MAX = (16, 45, 16, 16, 16, 16, 45, 45, 45, 45)
"""The longest lead time that the buyer accepts for goods that sell all year, in the same order."""
_CHANNEL_SHARES_BOTH = (0.62, 0.30, 0.08)
_CHANNEL_SHARES_HOME = (0.92, 0.0, 0.08)


@dataclass(frozen=True)
class Articles:
    """One entry an article in every array; days count from the world's first date."""

    name: tuple[str, ...]
    kind: NDArray[np.int64]
    brand_index: NDArray[np.int64]
    supplier_index: NDArray[np.int64]
    demand_class: NDArray[np.int64]
    lines_per_day: NDArray[np.float64]
    """Order lines a day, article × channel (Amazon.de, Amazon.co.uk, own shop)."""
    extra_units: NDArray[np.float64]
    """Units beyond the first that an order line has on average: many of cheap goods, few of dear
    ones; of lumpy articles half a carton."""
    season_peak_day: NDArray[np.int64]
    """Day of the year on which seasonal articles sell best."""
    weight_g: NDArray[np.int64]
    dimensions_mm: NDArray[np.int64]
    base_cost_minor: NDArray[np.int64]
    markup: NDArray[np.float64]
    appears_day: NDArray[np.int64]
    """First day in the ERP; 0 for those that were there before."""
    stops_day: NDArray[np.int64]
    """First day on which nobody asks for it any more; `NEVER` for most."""
    vanishes_day: NDArray[np.int64]
    recreated_day: NDArray[np.int64]
    """Day on which the same number gets a new variation id."""
    is_overbought: NDArray[np.bool_]
    """The buyer hoped for far too much: of these stock is left when demand is over."""
    oversells: NDArray[np.bool_]
    """The ERP is set to sell a little more than there is."""
    components: NDArray[np.int64]
    """Article × 2: what a bundle is made of; -1 for all others."""
    lacks_cost: NDArray[np.bool_]
    lacks_dimensions: NDArray[np.bool_]
    lacks_weight: NDArray[np.bool_]
    lacks_gtin: NDArray[np.bool_]
    lacks_category: NDArray[np.bool_]
    is_inactive: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """How many articles there are."""
        return len(self.name)

    @cached_property
    def is_bundle(self) -> NDArray[np.bool_]:
        """Whether the article has no stock of its own."""
        return np.asarray(self.demand_class == DemandClass.BUNDLE)

    @cached_property
    def brand(self) -> tuple[str, ...]:
        """The manufacturer's name of every article."""
        return tuple(BRANDS[index] for index in self.brand_index)

    @cached_property
    def category(self) -> tuple[str, ...]:
        """The category's name of every article."""
        return tuple(KINDS[index].category for index in self.kind)

    @cached_property
    def item_id(self) -> NDArray[np.int64]:
        """The container: every fifth article is a further variation of the one before."""
        index = np.arange(self.count)
        return np.asarray(ITEM_ID_FIRST + index - (index % 5 == 4))

    @cached_property
    def is_main(self) -> NDArray[np.bool_]:
        """Whether the article is its item's main variation."""
        return np.asarray(np.arange(self.count) % 5 != 4)

    @cached_property
    def first_variation_id(self) -> NDArray[np.int64]:
        """The variation id that each article was first given."""
        return np.array([variation_id_of(article) for article in range(self.count)], dtype=np.int64)

    def variation_id_on(self, day: int, articles: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the variation ids that the articles have on the day."""
        recreated = day >= self.recreated_day[articles]
        return np.where(recreated, RECREATED_ID_FIRST + articles, self.first_variation_id[articles])

    @property
    def mean_units(self) -> NDArray[np.float64]:
        """Units in an order line on average."""
        return np.asarray(1 + self.extra_units)

    def exists_on(self, day: int) -> NDArray[np.bool_]:
        """Return which articles the ERP knows at the close of the day."""
        return np.asarray((self.appears_day <= day) & (day < self.vanishes_day))


def make_articles(seed: int, count: int) -> Articles:
    """Return the merchant's articles."""
    rng = generator(seed, 0, Topic.ARTICLES)
    demand_class = np.searchsorted(np.cumsum(SHARES)[:-1], evenly_spread(count, 0), side="right")
    demand_class = demand_class.astype(np.int64)
    kind = rng.integers(0, len(KINDS), count)
    lives = _lives(rng, demand_class)
    sizes = rng.uniform(0.7, 1.3, count)
    gaps = rng.random((count, 6))
    cost_minor = _base_costs(rng, kind)
    return Articles(
        name=_names(rng, kind),
        kind=kind,
        brand_index=rng.integers(0, len(BRANDS), count),
        supplier_index=_supplier_indexes(rng, demand_class),
        demand_class=demand_class,
        lines_per_day=_lines_per_day(rng, demand_class),
        extra_units=_extra_units(demand_class, cost_minor),
        season_peak_day=_season_peak_days(rng, kind),
        weight_g=_scaled([KINDS[k].weight_g for k in kind], sizes),
        dimensions_mm=_scaled([KINDS[k].dimensions_mm for k in kind], np.cbrt(sizes)[:, None]),
        base_cost_minor=cost_minor,
        markup=rng.uniform(1.6, 2.6, count),
        **lives,
        is_overbought=rng.random(count) < _OVERBOUGHT_SHARE,
        oversells=(evenly_spread(count, 2) > 0.992) & (demand_class != DemandClass.PHASED_OUT),
        components=_components(rng, demand_class, lives["vanishes_day"], lives["appears_day"]),
        lacks_cost=gaps[:, 0] < 0.03,
        lacks_dimensions=gaps[:, 1] < 0.12,
        lacks_weight=gaps[:, 2] < 0.05,
        lacks_gtin=gaps[:, 3] < 0.08,
        lacks_category=gaps[:, 4] < 0.05,
        is_inactive=gaps[:, 5] < np.array(_INACTIVE_SHARES)[demand_class],
    )


def _lives(
    rng: np.random.Generator, demand_class: NDArray[np.int64]
) -> dict[str, NDArray[np.int64]]:
    """Return when articles appear, stop selling, vanish and are re-created.

    Half of the events lie in the first two months, so that small worlds have some too.
    """
    count = len(demand_class)
    days = np.where(
        rng.random((count, 4)) < 0.4,
        rng.integers(12, 60, (count, 4)),
        rng.integers(60, 395, (count, 4)),
    )
    event = evenly_spread(count, 1)
    plain = (demand_class != DemandClass.DYING) & (demand_class != DemandClass.BUNDLE)
    return {
        "appears_day": np.where(plain & (event < 0.06), days[:, 0], 0),
        "stops_day": np.where(demand_class == DemandClass.DYING, days[:, 1], NEVER),
        "vanishes_day": np.where(plain & (event > 0.975), days[:, 2], NEVER),
        "recreated_day": np.where(plain & (event > 0.955) & (event <= 0.975), days[:, 3], NEVER),
    }


def _lines_per_day(
    rng: np.random.Generator, demand_class: NDArray[np.int64]
) -> NDArray[np.float64]:
    count = len(demand_class)
    total = np.array(_RATE_MEDIAN)[demand_class] * np.exp(
        rng.normal(0, 1, count) * np.array(_RATE_SPREAD)[demand_class]
    )
    abroad = rng.random(count) < np.array(_ABROAD_SHARES)[demand_class]
    channel_shares = np.where(abroad[:, None], _CHANNEL_SHARES_BOTH, _CHANNEL_SHARES_HOME)
    # Only Amazon.de sells bundles: one channel is enough to show what they do to components.
    channel_shares[demand_class == DemandClass.BUNDLE] = (1.0, 0.0, 0.0)
    return np.asarray(total[:, None] * channel_shares)


def _supplier_indexes(
    rng: np.random.Generator, demand_class: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return a supplier of every article whose minimum order and lead time suit it."""
    chance = rng.random(len(demand_class))
    chosen = np.zeros(len(demand_class), dtype=np.int64)
    limits = zip(_ORDER_UNITS_MAX, _LEAD_TIME_DAYS_MAX, strict=True)
    for one, (units_max, days_max) in zip(DemandClass, limits, strict=True):
        suitable = [
            place
            for place, supplier in enumerate(SUPPLIERS)
            if supplier.order_units_min <= units_max and supplier.lead_time_days <= days_max
        ]
        of_class = demand_class == one
        chosen[of_class] = np.array(suitable)[(chance[of_class] * len(suitable)).astype(np.int64)]
    return chosen


def _extra_units(
    demand_class: NDArray[np.int64], cost_minor: NDArray[np.int64]
) -> NDArray[np.float64]:
    several = np.clip(_EXTRA_UNITS_COST_MINOR / cost_minor, *_EXTRA_UNITS_BOUNDS)
    many = (sum(LUMPY_UNITS) - 1) / 2 - 1
    return np.where(demand_class == DemandClass.LUMPY, many, several)


def _season_peak_days(rng: np.random.Generator, kind: NDArray[np.int64]) -> NDArray[np.int64]:
    peaks = {"Garten": 150, "Sport": 20, "Tier": 300, "Saison": 345, "Kind": 340}
    centre = np.array([peaks.get(KINDS[k].category, 330) for k in kind])
    return np.asarray((centre + rng.integers(-20, 21, len(kind))) % 365)


def _base_costs(rng: np.random.Generator, kind: NDArray[np.int64]) -> NDArray[np.int64]:
    low = np.array([KINDS[k].cost_minor[0] for k in kind])
    high = np.array([KINDS[k].cost_minor[1] for k in kind])
    return np.asarray(np.rint(low + (high - low) * rng.beta(1.5, 2.2, len(kind)))).astype(np.int64)


def _scaled(values: list[int] | list[tuple[int, int, int]], by: object) -> NDArray[np.int64]:
    return np.asarray(np.maximum(1, np.rint(np.array(values) * np.asarray(by))), np.int64)


def _components(
    rng: np.random.Generator,
    demand_class: NDArray[np.int64],
    vanishes_day: NDArray[np.int64],
    appears_day: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return two components for every bundle, from the articles that are always there."""
    lasting = (vanishes_day == NEVER) & (appears_day == 0)
    choice = np.flatnonzero(lasting & (demand_class <= DemandClass.STEADY))
    components = np.full((len(demand_class), BUNDLE_COMPONENTS), -1, dtype=np.int64)
    if len(choice) < BUNDLE_COMPONENTS:
        return components
    for bundle in np.flatnonzero(demand_class == DemandClass.BUNDLE):
        components[bundle] = rng.choice(choice, BUNDLE_COMPONENTS, replace=False)
    return components


def _names(rng: np.random.Generator, kind: NDArray[np.int64]) -> tuple[str, ...]:
    """Return names as a shop writes them; each is used once."""
    used: set[str] = set()
    names = []
    places = rng.integers(0, 1_000_000, (len(kind), 3))
    for index, (size_place, colour_place, edition_place) in zip(kind, places, strict=True):
        chosen = KINDS[index]
        size = chosen.sizes[size_place % len(chosen.sizes)]
        colour = COLOURS[colour_place % len(COLOURS)]
        edition = EDITIONS[edition_place % len(EDITIONS)]
        base = f"{chosen.noun} {edition}".rstrip()
        name = f"{base} {size}, {colour}"
        serial = 2
        while name in used:
            name = f"{base} {size}, {colour} (Modell {serial})"
            serial += 1
        used.add(name)
        names.append(name)
    return tuple(names)
