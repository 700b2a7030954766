"""One article follows another: whose demand before the hand-over is whose history.

The rule is ours and plain. Every unit that the predecessor sold before the hand-over counts in the
successor's history as if it had sold it itself, on the same day; what the predecessor sells after
it, while its last stock lasts, does not. No cell of the predecessor is counted twice, and what the
two of them sold together is what they sold.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.kernel.errors import Refused
from umschlag.kernel.identifiers import Sku


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """`successor` is on sale in the place of `predecessor` from the first business date on."""

    predecessor: Sku
    successor: Sku
    from_date: date


class SuccessionFault(StrEnum):
    """Why one article cannot follow another."""

    ITSELF = "itself"
    FOLLOWED_ALREADY = "followed_already"
    ROUND = "round"
    BEFORE_ITS_OWN = "before_its_own"
    """The predecessor would be followed before it took over itself."""
    AFTER_ITS_NEXT = "after_its_next"
    """The successor would take over when another has already followed it."""


class SuccessionRefused(Refused):
    """A succession that no history can be joined by; `other` is the one that stands against it."""

    def __init__(
        self, fault: SuccessionFault, wanted: Succession, other: Succession | None = None
    ) -> None:
        super().__init__(_MESSAGES[fault].format(wanted=wanted, other=other))
        self.fault = fault
        self.wanted = wanted
        self.other = other


_MESSAGES: Mapping[SuccessionFault, str] = {
    SuccessionFault.ITSELF: "{wanted.predecessor} cannot follow itself",
    SuccessionFault.FOLLOWED_ALREADY: "{wanted.predecessor} is followed by {other.successor} from "
    "{other.from_date} already; take that back first",
    SuccessionFault.ROUND: "{wanted.successor} is followed by {other.successor} already, at the "
    "end of what came after it: articles cannot follow each other in a circle",
    SuccessionFault.BEFORE_ITS_OWN: "{wanted.predecessor} itself follows {other.predecessor} from "
    "{other.from_date}: it can be followed from a later day alone",
    SuccessionFault.AFTER_ITS_NEXT: "{wanted.successor} is followed by {other.successor} from "
    "{other.from_date}: it can follow another from an earlier day alone",
}


def require_allowed(wanted: Succession, known: Collection[Succession]) -> None:
    """Refuse a succession that does not fit the known ones.

    An article has one successor at most, since its units would else count twice; it may follow
    several. Along a chain the days rise.

    Raises:
        SuccessionRefused: it names the fault and the succession that stands against it.
    """
    if wanted.predecessor == wanted.successor:
        raise SuccessionRefused(SuccessionFault.ITSELF, wanted)
    after = {one.predecessor: one for one in known}
    if wanted.predecessor in after:
        raise SuccessionRefused(SuccessionFault.FOLLOWED_ALREADY, wanted, after[wanted.predecessor])
    next_one = after.get(wanted.successor)
    step = next_one
    while step is not None:
        if step.successor == wanted.predecessor:
            raise SuccessionRefused(SuccessionFault.ROUND, wanted, step)
        step = after.get(step.successor)
    for one in known:
        if one.successor == wanted.predecessor and one.from_date >= wanted.from_date:
            raise SuccessionRefused(SuccessionFault.BEFORE_ITS_OWN, wanted, one)
    if next_one is not None and next_one.from_date <= wanted.from_date:
        raise SuccessionRefused(SuccessionFault.AFTER_ITS_NEXT, wanted, next_one)


def joined_history(history: DemandHistory, successions: Collection[Succession]) -> DemandHistory:
    """Return the history in which successors have their predecessors' days before the hand-over.

    Units add up; a day had stock where either had, so that the predecessor's stock-outs are the
    successor's; the successor is known for as long as any of them. Rows of predecessors stay as
    they are: they are what their own last sales are told from. Of a chain, the last one has the
    days of all. A day's price is the successor's own where it has one.
    """
    place_of = {sku: place for place, sku in enumerate(history.skus)}
    units, has_stock = history.units.copy(), history.has_stock.copy()
    prices = None if history.prices is None else history.prices.copy()
    known_days = history.known_days.copy()
    # The days rise along a chain: who hands over has taken over before.
    for one in sorted(successions, key=lambda one: one.from_date):
        old, new = place_of.get(one.predecessor), place_of.get(one.successor)
        if old is None or new is None:
            continue
        before = int(np.clip((one.from_date - history.first_date).days, 0, history.day_count))
        units[new, :before] += units[old, :before]
        has_stock[new, :before] |= has_stock[old, :before]
        known_days[new] = max(known_days[new], known_days[old])
        if prices is not None:
            own = prices[new, :before]
            prices[new, :before] = np.where(np.isnan(own), prices[old, :before], own)
    return replace(history, units=units, has_stock=has_stock, known_days=known_days, prices=prices)
