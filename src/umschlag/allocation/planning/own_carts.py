"""Every client's own goods, solved again in whole packs against what the others left."""

import numpy as np

from umschlag.allocation.planning.fairness import BonusStep
from umschlag.allocation.planning.filling import Filling
from umschlag.allocation.planning.linear_rows import LinearRows
from umschlag.allocation.planning.open_pairs import NO_GROUP, Ints
from umschlag.allocation.planning.optimiser import Stop, best_integers

NODES_MAX = 20
"""A client's own program is solved to within 0.01 % at the root in nearly every case."""


def improve_own_carts(
    filling: Filling,
    steps: list[tuple[BonusStep, ...]],
    stop: Stop,
    *,
    carts_max: int,
    only: Ints | None = None,
) -> bool:
    """Solve the clients' own carts again, those with most money left first; tell if it ended.

    Nothing is ever worth less after it. Each client is looked at once, `carts_max` of them at the
    most; with `only`, none but those at these places.
    """
    pairs = filling.pairs
    left = np.array(filling.balance_minor, dtype=np.float64)
    order = np.lexsort((np.arange(len(left)), -left))
    if only is not None:
        order = order[np.isin(order, only)]
    by_client = np.argsort(pairs.client_places, kind="stable")
    starts = np.searchsorted(pairs.client_places[by_client], np.arange(len(left) + 1))
    for client in order[:carts_max].tolist():
        if stop():
            return False
        own = by_client[starts[client] : starts[client + 1]]
        if len(own):
            _improve(filling, own, steps[client], client)
    return True


def _improve(filling: Filling, own: Ints, steps: tuple[BonusStep, ...], client: int) -> None:
    before = [filling.packs[pair] for pair in own.tolist()]
    for pair, packs in zip(own.tolist(), before, strict=True):
        if packs:
            filling.give(pair, -packs)
    room = np.array([filling.room_packs(pair) for pair in own.tolist()], dtype=np.int64)
    kept = room > 0
    open_own, now = own[kept], np.array(before, dtype=np.int64)[kept]
    if len(open_own):
        now = _best_packs(filling, open_own, room[kept], now, (steps, client))
    for pair, packs in zip(open_own.tolist(), now.tolist(), strict=True):
        if packs:
            filling.give(pair, packs)


def _best_packs(  # noqa: PLR0917 - the pairs' arrays belong together
    filling: Filling, own: Ints, room: Ints, now: Ints, whose: tuple[tuple[BonusStep, ...], int]
) -> Ints:
    """Return the packs of most worth for one client's pairs, as good as those it has or better.

    Columns: the pairs' packs, flags of those that compete for a slot, steps of the bonus.
    """
    steps, client = whose
    pairs = filling.pairs
    flagged = np.flatnonzero(_needs_flag(filling, own))
    costs = pairs.pack_cost_minor[own].astype(np.float64)
    rows = LinearRows(len(own) + len(flagged) + len(steps))
    rows.add(np.arange(len(own)), costs, filling.balance_minor[client])
    _add_limits(rows, filling, own, room)
    _add_slots(rows, filling, own, (room, flagged))
    if steps:
        bonus = len(own) + len(flagged) + np.arange(len(steps))
        both = np.concatenate([np.arange(len(own)), bonus])
        rows.add(both, np.concatenate([-costs, np.ones(len(steps))]), 0.0)
    program = rows.program(
        worth=np.concatenate(
            [pairs.pack_worth_minor[own], np.zeros(len(flagged)), [step.rate for step in steps]]
        ),
        most=np.concatenate([room, np.ones(len(flagged)), [step.width_minor for step in steps]]),
    )
    start = np.concatenate([now, now[flagged] > 0, _taken_steps(steps, float(costs @ now))])
    best = best_integers(
        program,
        whole_columns=len(own) + len(flagged),
        start=start.astype(np.float64),
        nodes_max=NODES_MAX,
    )
    return best[: len(own)].astype(np.int64)


def _add_limits(rows: LinearRows, filling: Filling, own: Ints, room: Ints) -> None:
    """Add the lots and stores of which the client's pairs together could take too much."""
    pairs = filling.pairs
    lots, stores = pairs.lot_places[own], pairs.store_places[own]
    units = pairs.pack_units[lots]
    for lot in _shared(lots, room, filling.stock_packs):
        at = np.flatnonzero(lots == lot)
        rows.add(at, np.ones(len(at)), filling.stock_packs[lot])
    for store in _shared(stores, room * units, filling.store_room_units):
        at = np.flatnonzero(stores == store)
        rows.add(at, units[at].astype(np.float64), filling.store_room_units[store])


def _add_slots(rows: LinearRows, filling: Filling, own: Ints, whose: tuple[Ints, Ints]) -> None:
    """Add the flags: packs only where the flag is up, and no more flags than slots."""
    room, flagged = whose
    flags = len(own) + np.arange(len(flagged))
    for place, flag in zip(flagged.tolist(), flags.tolist(), strict=True):
        rows.add(np.array([place, flag]), np.array([1.0, -float(room[place])]), 0.0)
    groups = filling.pairs.group_places[own][flagged]
    for group in np.unique(groups).tolist():
        at = flags[groups == group]
        rows.add(at, np.ones(len(at)), filling.slots[group])


def _needs_flag(filling: Filling, own: Ints) -> Ints:
    """Tell which pairs compete with another store of the same client for a slot."""
    groups = filling.pairs.group_places[own]
    counts = np.bincount(groups[groups != NO_GROUP], minlength=len(filling.slots))
    scarce = np.append(counts > np.array(filling.slots, dtype=np.int64), False)
    return scarce[groups]


def _shared(places: Ints, wanted: Ints, left: list[int]) -> list[int]:
    """Return the places where more is wanted in all than there is left."""
    each, inverse = np.unique(places, return_inverse=True)
    sums = np.bincount(inverse, weights=wanted, minlength=len(each)).tolist()
    return [place for place, wish in zip(each.tolist(), sums, strict=True) if wish > left[place]]


def _taken_steps(steps: tuple[BonusStep, ...], given_minor: float) -> list[float]:
    taken = []
    for step in steps:
        taken.append(min(step.width_minor, given_minor))
        given_minor -= taken[-1]
    return taken
