"""How old the goods on hand are, first in, first out."""

from collections.abc import Sequence
from datetime import date

from umschlag.intelligence.movement.model import Receipt


def stock_age_days(
    *,
    on_hand_units: int,
    receipts: Sequence[Receipt],
    first_seen_date: date | None,
    as_of_date: date,
) -> int | None:
    """Return the mean age in days of the units on hand, each counted once, rounded down.

    The oldest units leave first, so what is there came with the newest receipts. Units that no
    receipt explains are as old as the first sight of the article, at least; None where that is
    unknown too, or where nothing is on hand.
    """
    if on_hand_units <= 0:
        return None
    unexplained = on_hand_units
    unit_days = 0
    for receipt in sorted(receipts, key=lambda one: one.business_date, reverse=True):
        if receipt.units <= 0 or receipt.business_date > as_of_date:
            continue
        there = min(receipt.units, unexplained)
        unit_days += there * (as_of_date - receipt.business_date).days
        unexplained -= there
        if unexplained == 0:
            break
    if unexplained:
        if first_seen_date is None:
            return None
        unit_days += unexplained * max((as_of_date - first_seen_date).days, 0)
    return unit_days // on_hand_units
