"""Who of several groups of clients is given how much of the stock and of the slots.

First in proportion to what each group could take. Then by bids: a pair bids for a case pack what
the pack is worth to it less what its client's money and its store's room would earn elsewhere,
at the prices that the groups' own linear programs put on them. Arguments named `parts` are the part
of each pair.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umschlag.allocation.planning.open_pairs import NO_GROUP, Floats, Ints, OpenPairs
from umschlag.allocation.planning.prices import Prices
from umschlag.kernel.identifiers import Asin, ClientId

Flags = NDArray[np.bool_]

_STEP = 0.25
"""The part of its money that a client bids with for more than it has: with all of it, everybody
would bid for the same lots at once, and shares would swing back and forth."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shares:
    """Whole case packs of each lot (row) for each part (column), and slots of each group."""

    packs: Ints
    slots: Ints


def client_groups(pairs: OpenPairs, count: int) -> tuple[frozenset[ClientId], ...]:
    """Return so many groups of clients with about equally many open pairs.

    Clients of one marketplace stand together, because they share its slots; a client is never
    split, since its balance is one. A group may be empty where there are few clients.
    """
    markets = sorted({store.marketplace for store in pairs.stores})
    market_of_store = np.array([markets.index(store.marketplace) for store in pairs.stores])
    seen = np.zeros((len(pairs.client_ids), max(len(markets), 1)), dtype=np.int64)
    if len(pairs):
        np.add.at(seen, (pairs.client_places, market_of_store[pairs.store_places]), 1)
    sizes = seen.sum(axis=1)
    order = np.lexsort((np.array(pairs.client_ids), seen.argmax(axis=1)))
    middles = np.cumsum(sizes[order]) - sizes[order] / 2
    parts = np.minimum((middles * count / max(sizes.sum(), 1)).astype(np.int64), count - 1)
    groups: list[set[ClientId]] = [set() for _ in range(count)]
    for place, part in zip(order.tolist(), parts.tolist(), strict=True):
        groups[part].add(pairs.client_ids[place])
    return tuple(frozenset(group) for group in groups)


def even_shares(pairs: OpenPairs, parts: Ints, count: int) -> Shares:
    """Return shares in proportion to what each part's pairs could take."""
    grouped = pairs.group_places != NO_GROUP
    wanting = _sums(pairs.group_places[grouped], parts[grouped], None, (len(pairs.slots), count))
    slots = in_whole(wanting, pairs.slots)
    may = np.ones(len(pairs), dtype=np.bool_)
    may[grouped] = slots[pairs.group_places[grouped], parts[grouped]] > 0
    return Shares(packs=in_whole(_wants(pairs, parts, count, may), _stock(pairs)), slots=slots)


def moved_shares(
    pairs: OpenPairs, parts: Ints, before: Shares, *, used_packs: Ints, prices: Prices
) -> Shares:
    """Return shares moved towards the parts whose pairs bid most.

    Every pair bids for what its part's plan gave it (`used_packs`), and every client for as much
    more as a part of its money buys, best first.
    """
    count = before.packs.shape[1]
    bids = _bids(pairs, prices)
    more_packs = _wished_more(pairs, bids, used_packs)
    may = _wins_slot(pairs, bids * (used_packs + more_packs), used_packs + more_packs)
    grouped = may & (pairs.group_places != NO_GROUP)
    won = _sums(pairs.group_places[grouped], parts[grouped], None, (len(pairs.slots), count))
    # Slots that nobody bid for stay where they were.
    spare = np.maximum(pairs.slots - won.sum(axis=1).astype(np.int64), 0)
    slots = won.astype(np.int64) + in_whole(before.slots.astype(np.float64), spare)
    taken_packs = _taken(pairs, bids, used_packs * may, more_packs * may)
    taken = _sums(pairs.lot_places, parts, taken_packs, before.packs.shape)
    left = _stock(pairs) - taken.sum(axis=1).astype(np.int64)
    has_slot = (pairs.group_places == NO_GROUP) | may
    spread = in_whole(_wants(pairs, parts, count, has_slot), left)
    return Shares(packs=taken.astype(np.int64) + spread, slots=slots)


def in_whole(weights: Floats, totals: Ints) -> Ints:
    """Return each row's total shared out by its weights in whole numbers, which add up to it.

    The largest remainders are rounded up; of equal ones another column comes first in each row.
    A row without weights is shared out evenly.
    """
    rows, count = weights.shape
    sums = weights.sum(axis=1, keepdims=True)
    shares = np.where(sums > 0, weights / np.where(sums > 0, sums, 1.0), 1.0 / count)
    exact = shares * totals[:, None]
    whole = np.floor(exact + 1e-9).astype(np.int64)
    turns = (np.arange(count)[None, :] + np.arange(rows)[:, None]) % count
    remainders = np.round(exact - whole, 9)
    order = np.lexsort((turns, -remainders), axis=1)
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(count)[None, :].repeat(rows, axis=0), axis=1)
    shared: Ints = whole + (ranks < (totals - whole.sum(axis=1))[:, None])
    return shared


def clearing_prices(pairs: OpenPairs, prices: Prices) -> dict[Asin, float]:
    """Return the price of a unit of each lot at which no more is bid for than there is.

    Of all prices of stock these prove the nearest bound, with the others as they are.
    """
    slot_prices = np.array([*(prices.slot.get(group, 0.0) for group in pairs.groups), 0.0])
    # NO_GROUP is -1 and finds the 0 at the end.
    paid = slot_prices[pairs.group_places] / np.maximum(pairs.packs_max, 1)
    bids = _bids(pairs, prices) - paid
    order = np.lexsort((np.arange(len(pairs)), -bids, pairs.lot_places))
    lots, most = pairs.lot_places[order], pairs.packs_own_max[order]
    is_beyond = _sum_before(most, lots) + most > _stock(pairs)[lots]
    clearing = np.zeros(len(pairs.lots))
    np.maximum.at(clearing, lots[is_beyond], bids[order][is_beyond])
    units = zip(pairs.lots, (clearing / pairs.pack_units).tolist(), strict=True)
    return {lot.asin: price for lot, price in units if price > 0}


def _stock(pairs: OpenPairs) -> Ints:
    """Return the packs to share of each lot; lines set by hand may have given more than all."""
    return np.maximum(pairs.stock_packs, 0)


def _bids(pairs: OpenPairs, prices: Prices) -> Floats:
    """Return, pair by pair, what a case pack is worth to it beyond its money and its room."""
    money = [
        prices.bonus.get(client_id, 0.0) - prices.balance.get(client_id, 0.0)
        for client_id in pairs.client_ids
    ]
    room = [prices.store_cap.get(store.store_id, 0.0) for store in pairs.stores]
    if not len(pairs):
        return pairs.pack_worth_minor
    bids: Floats = (
        pairs.pack_worth_minor
        + pairs.pack_cost_minor * np.array(money)[pairs.client_places]
        - pairs.pack_units[pairs.lot_places] * np.array(room)[pairs.store_places]
    )
    return bids


def _wished_more(pairs: OpenPairs, bids: Floats, used_packs: Ints) -> Ints:
    """Return the further packs that each client bids for with a part of its money."""
    costs = np.maximum(pairs.pack_cost_minor, 1)
    room = np.where(bids > 0, np.maximum(pairs.packs_max - used_packs, 0), 0)
    order = np.lexsort((np.arange(len(pairs)), -bids / costs, pairs.client_places))
    asked_minor = (room * costs)[order]
    clients = pairs.client_places[order]
    purse_minor = (pairs.balance_minor[clients] * _STEP).astype(np.int64)
    left_minor = np.maximum(purse_minor - _sum_before(asked_minor, clients), 0)
    more = np.zeros(len(pairs), dtype=np.int64)
    more[order] = np.minimum(room[order], -(-left_minor // costs[order]))
    return more


def _wins_slot(pairs: OpenPairs, gains: Floats, wished_packs: Ints) -> Flags:
    """Tell which pairs that wish for packs need no slot, or gain most by one of those there are."""
    wishes = wished_packs > 0
    order = np.lexsort((np.arange(len(pairs)), -gains, ~wishes, pairs.group_places))
    ranks = _ranks(pairs.group_places[order])
    slots = np.append(pairs.slots, len(pairs))[pairs.group_places[order]]
    wins = np.zeros(len(pairs), dtype=np.bool_)
    wins[order] = (ranks < slots) | (pairs.group_places[order] == NO_GROUP)
    return wins & wishes


def _taken(pairs: OpenPairs, bids: Floats, used_packs: Ints, more_packs: Ints) -> Floats:
    """Return the packs that each pair takes where the highest bid for a lot is served first."""
    lots = np.tile(pairs.lot_places, 2)
    # Of equal bids the one that has the packs already keeps them.
    newer = np.repeat([0, 1], len(pairs))
    order = np.lexsort((np.arange(len(lots)), newer, -np.tile(bids, 2), lots))
    wishes = np.concatenate([used_packs, more_packs])[order]
    before = _sum_before(wishes, lots[order])
    taken = np.zeros(len(lots))
    taken[order] = np.clip(_stock(pairs)[lots[order]] - before, 0, wishes)
    return taken[: len(pairs)] + taken[len(pairs) :]


def _sum_before(values: Ints, sorted_keys: Ints) -> Ints:
    """Return the sum of the values before each place within its run of equal keys."""
    sums = np.cumsum(values) - values
    before: Ints = sums - sums[np.arange(len(values)) - _ranks(sorted_keys)]
    return before


def _ranks(sorted_keys: Ints) -> Ints:
    """Return each place's number within its run of equal keys, from 0."""
    if not len(sorted_keys):
        return sorted_keys
    places = np.arange(len(sorted_keys))
    begins = np.concatenate([[True], sorted_keys[1:] != sorted_keys[:-1]])
    ranks: Ints = places - np.maximum.accumulate(np.where(begins, places, 0))
    return ranks


def _wants(pairs: OpenPairs, parts: Ints, count: int, may: Flags) -> Floats:
    wishes = np.where(may, pairs.packs_max, 0).astype(np.float64)
    return _sums(pairs.lot_places, parts, wishes, (len(pairs.lots), count))


def _sums(rows: Ints, columns: Ints, values: Floats | None, shape: tuple[int, ...]) -> Floats:
    flat = np.bincount(
        rows * shape[1] + columns, weights=values, minlength=shape[0] * shape[1]
    ).astype(np.float64)
    return flat.reshape(shape)
