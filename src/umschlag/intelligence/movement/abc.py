"""Which articles bring in most of the revenue, or of the margin."""

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.movement.model import AbcClass

A_SHARE = 0.80
B_SHARE = 0.95
"""The usual cuts: A up to 80 % of the amount, B up to 95 %, C the rest (Flores and Whybark 1986,
"Multiple criteria ABC analysis", after Dickie 1951)."""
CLASSES = tuple(AbcClass)
"""An array of classes holds places in this, −1 for none."""


def abc_classes(
    amounts: NDArray[np.float64], *, counts_twice: NDArray[np.bool_] | None = None
) -> NDArray[np.int8]:
    """Return each article's class by its place among the amounts, largest first.

    An article is in the class in which its own amount begins, so the largest is always A. Without
    an amount above zero it is C; where the amount is unknown (NaN) it has no class. Of equal
    amounts that of the lower place comes first: places are in the order of the SKU.

    `counts_twice` are bundles whose amount is in that of their parts as well. They take nothing of
    the whole: each is put where its own amount would stand among the others.
    """
    paid = np.where(amounts > 0, amounts, 0.0)
    adding = paid if counts_twice is None else np.where(counts_twice, 0.0, paid)
    order = np.argsort(-paid, kind="stable")
    before = np.empty(len(paid))
    # Whole minor units add up exactly, whatever the order.
    before[order] = np.cumsum(adding[order]) - adding[order]
    total = adding.sum()
    classes = np.where(before < A_SHARE * total, 0, np.where(before < B_SHARE * total, 1, 2))
    classes[paid <= 0] = 2
    classes[np.isnan(amounts)] = -1
    return classes.astype(np.int8)


def gross_margin_minor(
    *,
    revenue_minor: NDArray[np.float64],
    cost_of_goods_minor: NDArray[np.float64],
    vat_percent: float,
) -> NDArray[np.float64]:
    """Return revenue net of VAT − cost of goods; NaN where the cost is unknown.

    Fees and advertising are not taken off: that is the contribution. Source: IFRS IAS 1.103, gross
    profit by function of expense; net of VAT as a turnover tax is no revenue (IFRS 15.47).
    """
    return revenue_minor * 100.0 / (100.0 + vat_percent) - cost_of_goods_minor
