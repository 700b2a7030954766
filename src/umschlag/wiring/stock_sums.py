"""What the stock on a day comes to, in parts that add up to the list it stands under."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from umschlag.kernel.money import Money

COUNTED = gettext_noop("Stock, counted")
WITHOUT_COST = gettext_noop("of which without known cost: not in the value")
OVERSOLD = gettext_noop("Oversold: listed below zero, counted as none")
VANISHED = gettext_noop("Vanished from the ERP: listed, counted as none")
ELSEWHERE = gettext_noop("Elsewhere, in warehouses that do not sell: not in the stock above")
ELSEWHERE_WITHOUT_COST = gettext_noop("of which elsewhere without known cost")


@dataclass(frozen=True, slots=True, kw_only=True)
class StockSum:
    """One part of the stock in one currency.

    In each currency, `COUNTED`, `OVERSOLD` and `VANISHED` add up to the list's column of stock on
    hand, the value of `COUNTED` to its column of values; `ELSEWHERE` has a column of its own.
    """

    part: str
    currency: str
    articles: int
    units: int
    value: Money | None
    """None for a part whose cost nobody knows."""

    @property
    def title(self) -> str:
        """What the part is, in the language of who reads it."""
        return _(self.part)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockTotals:
    """What the articles come to; vanished ones have no stock any more and are only counted."""

    articles: int
    """Without the vanished ones."""
    articles_with_stock: int
    units: int
    """On hand; what one article owes takes nothing from another."""
    values: Sequence[Money]
    """One a currency, the largest first."""
    articles_without_cost: int
    """They have stock, and are left out of the value."""
    articles_oversold: int
    articles_vanished: int
    sums: Sequence[StockSum]
    """Those of one currency together; but for what is counted, parts without an article are not."""


def stock_totals(rows: pa.Table, fits: NDArray[np.bool_], *, with_vanished: bool) -> StockTotals:
    """Return what those of the day's rows come to that fit what is asked for."""
    is_vanished = flags(rows["is_vanished"])
    live = fits & ~is_vanished
    on_hand = figures(rows["on_hand_units"], 0)
    is_unpriced = pc.is_null(rows["unit_cost_minor"]).to_numpy()
    values = sorted(_values(rows, live), key=lambda value: -value.minor)
    gone = fits & is_vanished
    return StockTotals(
        articles=int(np.count_nonzero(live)),
        articles_with_stock=int(np.count_nonzero(on_hand[live] > 0)),
        units=int(np.maximum(on_hand[live], 0).sum()),
        values=values,
        articles_without_cost=int(np.count_nonzero(live & is_unpriced & (on_hand > 0))),
        articles_oversold=int(np.count_nonzero(on_hand[live] < 0)),
        articles_vanished=int(np.count_nonzero(gone)),
        sums=list(_sums(rows, live, gone if with_vanished else np.zeros_like(gone), values)),
    )


def flags(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Return a column of yes and no; unknown is no."""
    found: NDArray[np.bool_] = pc.fill_null(column, False).to_numpy()
    return found


def figures(column: pa.ChunkedArray, unknown: int) -> NDArray[np.int64]:
    """Return a column of whole numbers, with this one where none is known."""
    found: NDArray[np.int64] = pc.fill_null(pc.cast(column, pa.int64()), unknown).to_numpy()
    return found


def _values(rows: pa.Table, live: NDArray[np.bool_]) -> Iterator[Money]:
    amounts = rows.select(["currency", "value_minor"]).filter(pa.array(live))
    sums = amounts.group_by("currency").aggregate([("value_minor", "sum")])
    for row in sums.to_pylist():
        yield Money(row["value_minor_sum"] or 0, row["currency"])


def _sums(
    rows: pa.Table, live: NDArray[np.bool_], gone: NDArray[np.bool_], values: Sequence[Money]
) -> Iterator[StockSum]:
    currencies = [value.currency for value in values]
    only_gone = set(rows["currency"].filter(pa.array(gone)).to_pylist()) - set(currencies)
    on_hand, elsewhere = (
        figures(rows[name], 0) for name in ("on_hand_units", "other_on_hand_units")
    )
    cost = figures(rows["unit_cost_minor"], 0)
    has_cost = pc.is_valid(rows["unit_cost_minor"]).to_numpy()
    for currency in (*currencies, *sorted(only_gone)):
        kept = flags(pc.equal(rows["currency"], currency))
        ours = kept & live
        parts = {
            COUNTED: (ours & (on_hand > 0), on_hand, True),
            WITHOUT_COST: (ours & (on_hand > 0) & ~has_cost, on_hand, False),
            OVERSOLD: (ours & (on_hand < 0), on_hand, None),
            VANISHED: (kept & gone, on_hand, None),
            ELSEWHERE: (ours & (elsewhere != 0), elsewhere, True),
            ELSEWHERE_WITHOUT_COST: (ours & (elsewhere != 0) & ~has_cost, elsewhere, False),
        }
        for part, (chosen, units, is_valued) in parts.items():
            if part != COUNTED and not chosen.any():
                continue
            worth = int((np.maximum(units, 0) * cost)[chosen].sum()) if is_valued else 0
            yield StockSum(
                part=part,
                currency=currency,
                articles=int(np.count_nonzero(chosen)),
                units=int(units[chosen].sum()),
                value=None if is_valued is False else Money(worth, currency),
            )
