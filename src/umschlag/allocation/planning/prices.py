"""What one more of a scarce thing would add to a plan's worth."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from umschlag.allocation.planning.open_pairs import Floats, OpenPairs
from umschlag.allocation.planning.relaxation import LinearProgram, RowPlaces
from umschlag.kernel.identifiers import Asin, ClientId, Marketplace, StoreId

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """By the linear program, and exact for a small change; nothing where there was enough of it."""

    balance: Mapping[ClientId, float] = field(default_factory=dict)
    """Minor units of worth for one more minor unit of balance."""
    stock: Mapping[Asin, float] = field(default_factory=dict)
    """Minor units of worth for one more unit in stock."""
    store_cap: Mapping[StoreId, float] = field(default_factory=dict)
    """Minor units of worth for one more unit that the store may take."""
    slot: Mapping[tuple[Asin, Marketplace], float] = field(default_factory=dict)
    """Minor units of worth for one more store of the marketplace that may have the ASIN."""
    bonus: Mapping[ClientId, float] = field(default_factory=dict)
    """What a minor unit given to the client counts for fairness, at the margin."""


def prices_of(pairs: OpenPairs, places: RowPlaces, row_prices: Floats) -> Prices:
    """Return the rows' prices by what they are the price of."""
    units = np.ones(len(row_prices))
    # A lot's row counts case packs, and a price is told for a unit.
    units[: places.balance] = pairs.pack_units
    each = row_prices / units
    return Prices(
        stock=_positive((lot.asin for lot in pairs.lots), each[: places.balance]),
        balance=_positive(pairs.client_ids, each[places.balance : places.cap]),
        store_cap=_positive(
            (pairs.stores[place].store_id for place in places.capped),
            each[places.cap : places.slot],
        ),
        slot=_positive(pairs.groups, each[places.slot : places.bonus]),
        bonus=_positive(pairs.client_ids, each[places.bonus :]),
    )


def row_prices_of(
    pairs: OpenPairs, program: LinearProgram, places: RowPlaces, prices: Prices
) -> Floats:
    """Return the prices as the rows of another program have them; 0 where a row has none yet."""
    lots = [prices.stock.get(lot.asin, 0.0) * lot.case_pack_units for lot in pairs.lots]
    caps = [prices.store_cap.get(pairs.stores[place].store_id, 0.0) for place in places.capped]
    rows = [
        *lots,
        *(prices.balance.get(client_id, 0.0) for client_id in pairs.client_ids),
        *caps,
        *(prices.slot.get(group, 0.0) for group in pairs.groups),
        *(prices.bonus.get(client_id, 0.0) for client_id in pairs.client_ids),
    ]
    assert len(rows) == len(program.limits)  # noqa: S101 - the rows' order is this module's own
    return np.array(rows)


def _positive(keys: Iterable[Key], prices: Floats) -> dict[Key, float]:
    return {key: price for key, price in zip(keys, prices.tolist(), strict=True) if price > 0}
