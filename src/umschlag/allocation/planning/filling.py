"""Whole case packs, counted exactly: what is left of stock, money, caps and slots."""

import numpy as np

from umschlag.allocation.planning.open_pairs import NO_GROUP, Floats, Ints, OpenPairs


class Filling:
    """Gives case packs to pairs and keeps every limit, in whole numbers.

    Plain lists and not arrays: every step looks at single places, which lists do many times
    faster.
    """

    def __init__(self, pairs: OpenPairs) -> None:
        self.pairs = pairs
        self.packs = [0] * len(pairs)
        self._lots: list[int] = pairs.lot_places.tolist()
        self._stores: list[int] = pairs.store_places.tolist()
        self._clients: list[int] = pairs.client_places.tolist()
        self._groups: list[int] = pairs.group_places.tolist()
        self._costs: list[int] = pairs.pack_cost_minor.tolist()
        self._most: list[int] = pairs.packs_max.tolist()
        self._units: list[int] = pairs.pack_units.tolist()
        self.stock_packs: list[int] = pairs.stock_packs.tolist()
        self.balance_minor: list[int] = pairs.balance_minor.tolist()
        self.store_room_units: list[int] = pairs.store_room_units.tolist()
        self.slots: list[int] = pairs.slots.tolist()

    def room_packs(self, pair: int) -> int:
        """Return how many more case packs the pair may be given."""
        lot = self._lots[pair]
        packs = min(self.stock_packs[lot], self._most[pair] - self.packs[pair])
        if packs <= 0:
            return 0
        group = self._groups[pair]
        if group != NO_GROUP and not self.packs[pair] and self.slots[group] <= 0:
            return 0
        packs = min(packs, self.store_room_units[self._stores[pair]] // self._units[lot])
        cost = self._costs[pair]
        return min(packs, self.balance_minor[self._clients[pair]] // cost) if cost else packs

    def give(self, pair: int, packs: int) -> None:
        """Give the pair more case packs; with a number below 0 take some back."""
        group = self._groups[pair]
        had, has = self.packs[pair] > 0, self.packs[pair] + packs > 0
        if group != NO_GROUP and had != has:
            self.slots[group] -= has - had
        lot = self._lots[pair]
        self.packs[pair] += packs
        self.stock_packs[lot] -= packs
        self.store_room_units[self._stores[pair]] -= packs * self._units[lot]
        self.balance_minor[self._clients[pair]] -= packs * self._costs[pair]

    def fill(self, order: Ints, wishes: Ints | None = None) -> None:
        """Give every pair in the order what it wishes, or all there is, as far as there is room."""
        wished = None if wishes is None else wishes.tolist()
        for pair in order.tolist():
            packs = self.room_packs(pair)
            if wished is not None:
                packs = min(packs, wished[pair])
            if packs > 0:
                self.give(pair, packs)

    @property
    def worth_minor(self) -> float:
        """What the packs given are worth, without any bonus."""
        return float(self.pairs.pack_worth_minor @ np.array(self.packs, dtype=np.float64))


def filled(pairs: OpenPairs, wishes: Floats, gains: Floats) -> Filling:
    """Return the wishes in whole case packs, and what is left given to whoever gains most by it.

    `wishes` may be parts of packs, which are rounded down; `gains` is what a further pack counts
    for, in minor units, before its cost.
    """
    filling = Filling(pairs)
    # 2.9999999 is three to a solver; exact counting catches where that was too much.
    whole = np.floor(wishes + 1e-6).astype(np.int64)
    filling.fill(np.lexsort((np.arange(len(pairs)), -whole * gains)), whole)
    fill_up(filling, gains)
    return filling


def fill_up(filling: Filling, gains: Floats) -> None:
    """Give away what is left, first where the money gains most; then no pair has room."""
    costs = np.maximum(filling.pairs.pack_cost_minor, 1)
    filling.fill(np.lexsort((np.arange(len(gains)), -gains / costs)))
