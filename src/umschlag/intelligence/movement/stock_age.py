"""How old the goods on hand are, first in, first out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Receipts:
    """Goods that came in: place of the article, how many days ago, and units."""

    article: NDArray[np.intp]
    age_days: NDArray[np.int64]
    units: NDArray[np.int64]


def stock_age_days(
    *, on_hand_units: NDArray[np.float64], first_seen_days: NDArray[np.float64], receipts: Receipts
) -> NDArray[np.float64]:
    """Return the mean age in days of the units on hand, each counted once, rounded down.

    The oldest units leave first, so what is there came with the newest receipts. Units that no
    receipt explains are as old as the first sight of the article (`first_seen_days` ago), at least;
    NaN where that is unknown too, or where nothing is on hand. Source: first in, first out, as in
    IAS 2.27.
    """
    count = len(on_hand_units)
    there = np.maximum(np.nan_to_num(on_hand_units), 0.0)
    chosen = (receipts.units > 0) & (receipts.age_days >= 0)
    order = np.lexsort((receipts.age_days[chosen], receipts.article[chosen]))
    article = receipts.article[chosen][order]
    units = receipts.units[chosen][order].astype(np.float64)
    total = np.cumsum(units)
    is_first = np.append(True, article[1:] != article[:-1])[: len(article)]
    # What came in of the article after each receipt, which stands before it in the order.
    before = total - units
    newer = before - np.maximum.accumulate(np.where(is_first, before, 0.0))
    left = np.clip(there[article] - newer, 0.0, units)
    explained = np.bincount(article, weights=left, minlength=count)
    unit_days = np.bincount(
        article, weights=left * receipts.age_days[chosen][order], minlength=count
    ).astype(np.float64)
    unexplained = there - explained
    known_since = np.maximum(first_seen_days, 0.0)
    unit_days += np.where(unexplained > 0, unexplained * known_since, 0.0)
    age = np.full(count, np.nan)
    np.floor_divide(unit_days, there, out=age, where=there > 0)
    return age
