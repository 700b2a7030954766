"""What stock-outs cost at most."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.movement.columns import Days, Flags, Numbers
from umschlag.intelligence.movement.day_table import YEAR_DAYS, DayState, DayTable

LOST_DAYS_MAX = 90
"""Days of one stock-out for which demand is reckoned to have stayed: who finds nothing for a
quarter buys elsewhere, and a rate from before says nothing any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockOut:
    """One run of days without stock, and what it cost at most; at least it cost nothing."""

    first_date: date
    day_count: int
    lost_units_max: float | None
    """None where demand is sporadic."""
    lost_revenue_minor_max: int | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StockOuts:
    """Runs of days on which an article could not be sold, oldest first within an article."""

    article: NDArray[np.intp]
    first_date: Days
    day_count: NDArray[np.int64]
    lost_units_max: Numbers
    """NaN where demand is sporadic."""
    lost_revenue_minor_max: Numbers
    """With VAT; NaN where no price is known either."""

    def newest_first(self, article: int) -> Iterator[StockOut]:
        """Yield the stock-outs of the article at this place."""
        first, end = np.searchsorted(self.article, [article, article + 1])
        for place in range(end - 1, first - 1, -1):
            lost, revenue = self.lost_units_max[place], self.lost_revenue_minor_max[place]
            yield StockOut(
                first_date=self.first_date[place].item(),
                day_count=int(self.day_count[place]),
                lost_units_max=None if np.isnan(lost) else float(lost),
                lost_revenue_minor_max=None if np.isnan(revenue) else round(float(revenue)),
            )

    def sums(self, values: Numbers, count: int) -> Numbers:
        """Return the values' sum of each article; NaN where one of them is unknown."""
        return np.bincount(self.article, weights=values, minlength=count).astype(np.float64)


def stock_outs(
    table: DayTable, *, daily_units: Numbers, unit_revenue_minor: Numbers, is_regular: Flags
) -> StockOuts:
    """Return the stock-outs of the year, each with what it cost at most.

    A stock-out is a run of days without available units at their close on which nothing sold, from
    the first sight of the article on; days on which it had vanished from the ERP are none. At the
    least nothing was lost: buyers may have waited. At the most every buyer left: the units sold
    per day with stock over the year (`daily_units`) × days out, of which no more than 90 count,
    and this × what a unit brings in. For articles of sporadic demand nothing is said: a sale in a
    month leaves no trace in a week. Source: complete lost sales against complete backordering as
    the two ends of what happens in a stock-out (Silver, Pyke and Thomas 2017, "Inventory and
    production management in supply chains"), at a constant rate; the cap is ours.
    """
    runs = [_runs(block, part.start) for part, block in table.blocks()]
    article, first_day, day_count = (np.concatenate(column) for column in zip(*runs, strict=True))
    lost = daily_units[article] * np.minimum(day_count, LOST_DAYS_MAX)
    lost[~is_regular[article]] = np.nan
    return StockOuts(
        article=article,
        first_date=table.days_of(first_day),
        day_count=day_count,
        lost_units_max=lost,
        lost_revenue_minor_max=lost * unit_revenue_minor[article],
    )


def _runs(
    block: DayTable, first_article: int
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
    start = max(block.day_count - YEAR_DAYS, 0)
    is_known = np.arange(start, block.day_count) >= block.first_seen[:, None]
    is_out = (block.states == DayState.OUT)[:, start:] & (block.units <= 0)[:, start:] & is_known
    begins, ends = is_out.copy(), is_out.copy()
    begins[:, 1:] &= ~is_out[:, :-1]
    ends[:, :-1] &= ~is_out[:, 1:]
    # Flat, since NumPy finds them several times quicker in one row than in many.
    article, first_day = np.divmod(np.flatnonzero(begins), is_out.shape[1])
    last_day = np.flatnonzero(ends) % is_out.shape[1]
    return article + first_article, first_day + start, last_day - first_day + 1
