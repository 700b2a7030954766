"""From parts of case packs to whole ones: "relax and fix", round by round.

The linear program spreads an ASIN over parts of more stores than may have it. Each round keeps,
on every such marketplace, the stores that use most of their flag, shuts the others out and solves
again from where it stood. When no marketplace is too crowded, parts of packs are rounded down and
what is left goes to whoever gains most by it; then every client's own cart is solved in whole
packs against what the others left.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umschlag.allocation.planning.fairness import BonusStep, earned_bonus_minor
from umschlag.allocation.planning.filling import Filling, fill_up, filled
from umschlag.allocation.planning.open_pairs import NO_GROUP, Floats, OpenPairs
from umschlag.allocation.planning.optimiser import SolverFailed, Stop, Stopped, WarmProgram
from umschlag.allocation.planning.own_carts import improve_own_carts
from umschlag.allocation.planning.prices import Prices, row_prices_of
from umschlag.allocation.planning.relaxation import RowPlaces, gap_below, proven_bound, relaxation
from umschlag.kernel.identifiers import Asin, StoreId

ROUNDS_MAX = 8
"""Each round leaves fewer crowded marketplaces; after six hardly one is left in the benchmark."""
_SOME = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dive:
    """What the dive came to: whole packs, what nothing can exceed, and the prices that prove it."""

    filling: Filling
    bonus_minor: float
    """What the packs count for fairness."""
    bound_minor: float
    prices: Floats
    places: RowPlaces
    is_complete: bool
    """False where it was stopped: the plan is whole, but may be further from the bound."""

    @property
    def gap_share(self) -> float:
        """How far the packs are from the bound at the most."""
        return gap_below(self.bound_minor, self.filling.worth_minor + self.bonus_minor)


def dive(
    pairs: OpenPairs, steps: list[tuple[BonusStep, ...]], stop: Stop, *, own_carts_max: int
) -> Dive:
    """Return whole packs for the pairs, and how good they can be at most.

    Raises:
        Stopped: it was stopped before the first answer.
        SolverFailed: there was no first answer.
    """
    program, places = relaxation(pairs, steps)
    solver = WarmProgram(program, stop)
    solution = solver.solve()
    first_prices = solution.prices
    most = program.most.copy()
    is_complete = True
    try:
        for _ in range(ROUNDS_MAX):
            shut = _too_many(pairs, solution.values[: len(pairs)])
            if not shut.any():
                break
            most[: len(pairs)][shut] = 0.0
            solution = solver.solve(most)
    except (Stopped, SolverFailed):
        is_complete = False
    gains = pairs.pack_worth_minor + pairs.pack_cost_minor * _bonus_rates(
        pairs, steps, solution.values
    )
    filling = filled(pairs, solution.values[: len(pairs)], gains)
    if is_complete:
        is_complete = improve_own_carts(filling, steps, stop, carts_max=own_carts_max)
        # What one client gave back may be of use to one that was looked at before.
        fill_up(filling, gains)
    return Dive(
        filling=filling,
        bonus_minor=_bonus_minor(filling, steps),
        bound_minor=proven_bound(program, first_prices),
        prices=np.maximum(first_prices, 0.0),
        places=places,
        is_complete=is_complete,
    )


def dive_again(
    pairs: OpenPairs,
    steps: list[tuple[BonusStep, ...]],
    stop: Stop,
    *,
    units: Mapping[tuple[StoreId, Asin], int],
    prices: Prices,
    carts_max: int,
) -> Dive:
    """Return a former plan's packs, as far as they still can be given, filled up and improved.

    No linear program is solved: prices of whatever question prove a bound, and those of nearly
    the same one a good bound.
    """
    program, places = relaxation(pairs, steps)
    row_prices = row_prices_of(pairs, program, places, prices)
    stores = [store.store_id for store in pairs.stores]
    asins = [lot.asin for lot in pairs.lots]
    both = zip(pairs.store_places.tolist(), pairs.lot_places.tolist(), strict=True)
    former = [units.get((stores[store], asins[lot]), 0) for store, lot in both]
    wishes = np.array(former, dtype=np.float64) / pairs.pack_units[pairs.lot_places]
    gains = pairs.pack_worth_minor + pairs.pack_cost_minor * _bonus_rates(pairs, steps, wishes)
    filling = filled(pairs, wishes, gains)
    changed = np.array(filling.packs) * pairs.pack_units[pairs.lot_places] != np.array(former)
    is_complete = improve_own_carts(
        filling,
        steps,
        stop,
        carts_max=carts_max,
        only=np.unique(pairs.client_places[changed]),
    )
    fill_up(filling, gains)
    return Dive(
        filling=filling,
        bonus_minor=_bonus_minor(filling, steps),
        bound_minor=proven_bound(program, row_prices),
        prices=row_prices,
        places=places,
        is_complete=is_complete,
    )


def _bonus_minor(filling: Filling, steps: list[tuple[BonusStep, ...]]) -> float:
    given = filling.pairs.balance_minor - np.array(filling.balance_minor, dtype=np.int64)
    return sum(
        earned_bonus_minor(each, minor) for each, minor in zip(steps, given.tolist(), strict=True)
    )


def _too_many(pairs: OpenPairs, values: Floats) -> NDArray[np.bool_]:
    """Tell which pairs use a slot beyond those there are, the ones that use least of theirs."""
    used = np.where(pairs.group_places == NO_GROUP, 0.0, values / pairs.packs_max)
    wants = used > _SOME
    places = np.arange(len(pairs))
    order = np.lexsort((places, -used, pairs.group_places))
    groups = pairs.group_places[order]
    begins = np.concatenate([[True], groups[1:] != groups[:-1]]) if len(groups) else groups > 0
    ranks = np.empty(len(pairs), dtype=np.int64)
    ranks[order] = places - np.maximum.accumulate(np.where(begins, places, 0))
    slots = np.append(pairs.slots, len(pairs))[pairs.group_places]
    crowd = np.bincount(
        pairs.group_places[wants & (pairs.group_places != NO_GROUP)], minlength=len(pairs.slots)
    )
    is_crowded = np.append(crowd > pairs.slots, False)[pairs.group_places]
    return is_crowded & (ranks >= slots)


def _bonus_rates(pairs: OpenPairs, steps: list[tuple[BonusStep, ...]], values: Floats) -> Floats:
    """Return, pair by pair, what a further minor unit of its client's money counts for."""
    given = np.bincount(
        pairs.client_places,
        weights=values[: len(pairs)] * pairs.pack_cost_minor,
        minlength=len(steps),
    )
    rates = np.zeros(len(steps))
    for place, each in enumerate(steps):
        reached = 0.0
        for step in each:
            reached += step.width_minor
            if given[place] < reached:
                rates[place] = step.rate
                break
    return rates[pairs.client_places]
