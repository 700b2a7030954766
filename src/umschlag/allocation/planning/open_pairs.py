"""Every pair of store and lot that could be given one more case pack, as arrays.

What was put before (lines set by hand, preorders) is taken off stock, money, caps and slots.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.turns import lots_in_turn, open_lots_in_turn, stores_in_turn
from umschlag.allocation.planning.valuation import unit_worth
from umschlag.allocation.stores.model import StoreAccount
from umschlag.kernel.identifiers import Asin, ClientId, Marketplace

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
NO_GROUP = -1
"""The store needs no slot for the ASIN: it has it already, or there is a slot for everyone."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpenPairs:
    """Pairs in the order of stores and lots in their turn; each array says whose it is.

    A group is an ASIN on a marketplace where more stores want it than there are slots.
    """

    lots: tuple[Lot, ...]
    stores: tuple[StoreAccount, ...]
    client_ids: tuple[ClientId, ...]

    lot_places: Ints
    store_places: Ints
    client_places: Ints
    group_places: Ints
    """Of each pair; `NO_GROUP` where it needs no slot."""
    pack_worth_minor: Floats
    pack_cost_minor: Ints
    packs_max: Ints
    """The most case packs that stock, caps and balance leave the pair, were it alone."""
    packs_own_max: Ints
    """The most by the pair's own caps; where something that it shares with others is tighter, one
    pack more than that, so that the price stands at what is shared and not at the pair."""

    stock_packs: Ints
    """Of each lot."""
    pack_units: Ints
    balance_minor: Ints
    """Of each client."""
    store_room_units: Ints
    """Of each store; as good as endless where it has no cap."""
    slots: Ints
    """Of each group: how many more stores may have the ASIN."""
    groups: tuple[tuple[Asin, Marketplace], ...]

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.lot_places)


_ENDLESS_UNITS = 2**40


def open_pairs(standing: Standing) -> OpenPairs:
    """Return the pairs that rules, stock and money leave open and that are worth something."""
    problem = standing.problem
    stores = tuple(stores_in_turn(problem))
    lots = tuple(lots_in_turn(problem))
    client_ids = tuple(dict.fromkeys(store.client_id for store in stores))
    lot_places = {lot.asin: place for place, lot in enumerate(lots)}
    client_places = {client_id: place for place, client_id in enumerate(client_ids)}
    found = _Found()
    for store_place, (store, open_lots) in enumerate(open_lots_in_turn(problem)):
        for lot in open_lots:
            found.look_at(standing, (store_place, store), (lot_places[lot.asin], lot))
    store_places = np.array(found.store_places, dtype=np.int64)
    owners = np.array([client_places[store.client_id] for store in stores], dtype=np.int64)
    group_places, slots, groups = _crowded_groups(found)
    return OpenPairs(
        lots=lots,
        stores=stores,
        client_ids=client_ids,
        lot_places=np.array(found.lot_places, dtype=np.int64),
        store_places=store_places,
        client_places=owners[store_places] if stores else store_places,
        group_places=group_places,
        pack_worth_minor=np.array(found.worth_minor, dtype=np.float64),
        pack_cost_minor=np.array(found.cost_minor, dtype=np.int64),
        packs_max=np.array(found.packs_max, dtype=np.int64),
        packs_own_max=np.array(found.packs_own_max, dtype=np.int64),
        stock_packs=np.array(
            [standing.stock_units[lot.asin] // lot.case_pack_units for lot in lots], dtype=np.int64
        ),
        pack_units=np.array([lot.case_pack_units for lot in lots], dtype=np.int64),
        balance_minor=np.array(
            [standing.available_minor[client_id] for client_id in client_ids], dtype=np.int64
        ),
        store_room_units=np.array([_room_units(standing, store) for store in stores]),
        slots=slots,
        groups=tuple((lots[lot_place].asin, marketplace) for lot_place, marketplace in groups),
    )


class _Found:
    """Collects the pairs, and the stores that want a slot of each ASIN and marketplace."""

    def __init__(self) -> None:
        self.lot_places: list[int] = []
        self.store_places: list[int] = []
        self.worth_minor: list[float] = []
        self.cost_minor: list[int] = []
        self.packs_max: list[int] = []
        self.packs_own_max: list[int] = []
        self.slot_keys: list[tuple[int, Marketplace] | None] = []
        self.slots_left: dict[tuple[int, Marketplace], int] = {}
        self._unit_worth: dict[tuple[int, Marketplace], float] = {}

    def look_at(
        self, standing: Standing, store_at: tuple[int, StoreAccount], lot_at: tuple[int, Lot]
    ) -> None:
        (store_place, store), (lot_place, lot) = store_at, lot_at
        if lot.shipping is None or standing.is_barred(store, lot):
            return
        key = lot_place, store.marketplace
        if key not in self._unit_worth:
            worth = unit_worth(standing.problem, lot, store.marketplace)
            self._unit_worth[key] = worth.total_minor
        packs = standing.affordable_units(store, lot) // lot.case_pack_units
        if packs <= 0 or self._unit_worth[key] <= 0:
            return
        self.lot_places.append(lot_place)
        self.store_places.append(store_place)
        self.worth_minor.append(self._unit_worth[key] * lot.case_pack_units)
        self.cost_minor.append(lot.case_pack_units * (lot.unit_cost_minor + lot.shipping.max_minor))
        self.packs_max.append(packs)
        own_packs = standing.own_room_units(store, lot) // lot.case_pack_units
        self.packs_own_max.append(min(own_packs, packs + 1))
        listed = standing.listed.get((lot.asin, store.marketplace), set())
        self.slot_keys.append(None if store.store_id in listed else key)
        self.slots_left[key] = standing.problem.stores_per_asin_max - len(listed)


def _crowded_groups(found: _Found) -> tuple[Ints, Ints, list[tuple[int, Marketplace]]]:
    wanting: defaultdict[tuple[int, Marketplace], int] = defaultdict(int)
    for key in found.slot_keys:
        if key is not None:
            wanting[key] += 1
    crowded = [key for key, count in wanting.items() if count > found.slots_left[key]]
    places = {key: place for place, key in enumerate(crowded)}
    groups = [NO_GROUP if key is None else places.get(key, NO_GROUP) for key in found.slot_keys]
    return (
        np.array(groups, dtype=np.int64),
        np.array([found.slots_left[key] for key in crowded], dtype=np.int64),
        crowded,
    )


def _room_units(standing: Standing, store: StoreAccount) -> int:
    if store.total_units_max is None:
        return _ENDLESS_UNITS
    return max(store.total_units_max - standing.store_units[store.store_id], 0)
