"""Daily demand of many articles side by side."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from umschlag.kernel.errors import BadInput
from umschlag.kernel.identifiers import Sku


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DayCells:
    """Cells of the article × day table: place of the article, place of the day, and a number."""

    article: NDArray[np.intp]
    day: NDArray[np.intp]
    units: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True, eq=False)
class DemandHistory:
    """Units sold by article (row) and day (column), and on which days any could have sold.

    A day with a sale always counts as one with stock. `known_days` tells for how many days each
    article has been known, which may reach back before the first column.
    """

    skus: tuple[Sku, ...]
    last_date: date
    units: NDArray[np.float64]
    has_stock: NDArray[np.bool_]
    known_days: NDArray[np.int64]
    groups: tuple[str, ...] = ()
    """Each article's category, by which newcomers find their like; empty where none is told."""
    names: tuple[str, ...] = ()
    """Each article's name, whose words find its kindred; empty where none is told."""
    prices: NDArray[np.float32] | None = None
    """What a unit sold for on each day, in any unit of money, or NaN; None where none is known."""

    def __post_init__(self) -> None:
        shape = (len(self.skus), self.day_count)
        if self.units.shape != shape or self.has_stock.shape != shape:
            raise BadInput(f"units and stock days must both be {shape} large")
        if self.prices is not None and self.prices.shape != shape:
            raise BadInput(f"prices must be {shape} large", field="prices")
        for field, told in (("groups", self.groups), ("names", self.names)):
            if told and len(told) != len(self.skus):
                raise BadInput(f"every article needs its own of the {field}", field=field)

    @property
    def day_count(self) -> int:
        """Days in the table."""
        return int(self.units.shape[1])

    @property
    def first_date(self) -> date:
        """Day of the first column."""
        return self.last_date - timedelta(days=self.day_count - 1)

    def last(self, days: int) -> "DemandHistory":
        """Return the newest days alone; all where there are fewer."""
        start = max(self.day_count - days, 0)
        return replace(
            self,
            units=self.units[:, start:],
            has_stock=self.has_stock[:, start:],
            prices=None if self.prices is None else self.prices[:, start:],
        )

    def recorded(self) -> "DemandHistory":
        """Return the days since the first on which any article had stock or sold.

        Days before it were not recorded. Taken for days without demand they would make the year
        look quieter than it was, and every later week of it a season.
        """
        days = np.flatnonzero(self.has_stock.any(axis=0) | (self.units > 0).any(axis=0))
        return self.last(self.day_count - int(days[0])) if len(days) else self

    def until(self, days: int) -> "DemandHistory":
        """Return what was known after the first `days` days, of the articles known by then."""
        later = self.day_count - days
        known_days = self.known_days - later
        known = replace(
            self,
            last_date=self.last_date - timedelta(days=later),
            units=self.units[:, :days],
            has_stock=self.has_stock[:, :days],
            prices=None if self.prices is None else self.prices[:, :days],
            known_days=known_days,
        )
        return known.only(np.flatnonzero(known_days >= 0))

    def only(self, articles: NDArray[np.intp]) -> "DemandHistory":
        """Return the rows of these articles alone, by their places."""
        return replace(
            self,
            skus=tuple(self.skus[place] for place in articles),
            units=self.units[articles],
            has_stock=self.has_stock[articles],
            prices=None if self.prices is None else self.prices[articles],
            known_days=self.known_days[articles],
            groups=tuple(self.groups[place] for place in articles) if self.groups else (),
            names=tuple(self.names[place] for place in articles) if self.names else (),
        )

    def daily_rate(self) -> NDArray[np.float64]:
        """Return units per day with stock of each article; zero where there was no such day."""
        days = self.has_stock.sum(axis=1)
        rates: NDArray[np.float64] = self.units.sum(axis=1) / np.maximum(days, 1)
        return rates


def demand_history(
    *,
    skus: tuple[Sku, ...],
    last_date: date,
    known_days: NDArray[np.int64],
    day_count: int,
    sold: DayCells,
    without_stock: DayCells,
) -> DemandHistory:
    """Return the table of the last `day_count` days, from the cells that are not as usual.

    Usual is: nothing sold, and stock there from the first day the article was known. Cells of
    `sold` that come twice add up.
    """
    if sold.units is None:
        raise BadInput("cells of sales need their units", field="sold")
    shape = (len(skus), day_count)
    units = np.zeros(shape)
    np.add.at(units, (sold.article, sold.day), np.maximum(sold.units, 0.0))
    ages = np.arange(day_count - 1, -1, -1)
    has_stock = ages[None, :] <= known_days[:, None]
    has_stock[without_stock.article, without_stock.day] = False
    has_stock |= units > 0
    return DemandHistory(
        skus=skus, last_date=last_date, units=units, has_stock=has_stock, known_days=known_days
    )
