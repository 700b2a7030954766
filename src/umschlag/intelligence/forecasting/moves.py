"""Goods that could go to clients' stores, when several articles want the same room.

A store takes so many units of an ASIN and so many in all, and a client spends its money once. What
one article may take by itself, all together may not: the act that brings most money comes first,
and what of the others is left out says by which limit.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from umschlag.intelligence.forecasting.alternatives import LeftOutMove, StoreOffer, best_store
from umschlag.kernel.identifiers import Asin, Sku
from umschlag.kernel.money import Money


class Limit(StrEnum):
    """What a move stops at."""

    ASIN = "asin"
    """The store's units of one ASIN."""
    STORE = "store"
    """The store's units in all."""
    CLIENT = "client"
    """What the client can spend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreTerms:
    """A client's store that may sell an ASIN, what a unit costs it, and all that limits it.

    `store_key` and `client_key` tell stores and clients apart, whose names may be equal.
    """

    store_key: int
    client_key: int
    store_name: str
    client_name: str
    unit_price: Money
    """What the client pays, net, without freight."""
    spendable_minor: int
    """What the client can spend on all its stores, in the price's currency."""
    asin_units_max: int | None = None
    total_units_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedMove:
    """Units of an article that would go to a store if it were the only one."""

    sku: Sku
    asin: Asin
    units: int
    stores: Sequence[StoreTerms]


def offer_alone(asin: Asin, stores: Sequence[StoreTerms]) -> StoreOffer | None:
    """Return what the store that can take most of an ASIN offers, if nothing else goes there."""
    return best_store([_Room().offer(asin, one) for one in stores])


def shared_offers(wanted: Sequence[WantedMove]) -> Mapping[Sku, StoreOffer]:
    """Return what stores offer each article when all of them go: no limit is exceeded together.

    Most money first, then by SKU; each takes what is left of the store with most room. What it
    gets less than alone is told as `left_out`, and an offer may be of no unit.
    """
    room = _Room()
    found: dict[Sku, StoreOffer] = {}
    for one in sorted(wanted, key=lambda one: (-_money_minor(one), one.sku)):
        best = best_store([room.offer(one.asin, terms) for terms in one.stores])
        alone = offer_alone(one.asin, one.stores)
        if alone is None:
            continue
        taken = min(one.units, best.units_max) if best else 0
        missing = min(one.units, alone.units_max) - taken
        found[one.sku] = replace(
            best or replace(alone, units_max=0),
            left_out=room.left_out(one, alone, missing) if missing > 0 else None,
        )
        if best:
            room.take(one.asin, _terms_of(best, one.stores), taken)
    return found


def _money_minor(one: WantedMove) -> int:
    alone = offer_alone(one.asin, one.stores)
    return min(one.units, alone.units_max) * alone.unit_price.minor if alone else 0


def _terms_of(offer: StoreOffer, stores: Sequence[StoreTerms]) -> StoreTerms:
    return next(one for one in stores if one.store_key == offer.store_key)


@dataclass(slots=True)
class _Room:
    """What stores and clients can still take."""

    of_asin: Counter[tuple[int, Asin]] = field(default_factory=Counter)
    of_store: Counter[int] = field(default_factory=Counter)
    spent_minor: Counter[int] = field(default_factory=Counter)

    def offer(self, asin: Asin, terms: StoreTerms) -> StoreOffer:
        return StoreOffer(
            store_key=terms.store_key,
            store_name=terms.store_name,
            client_name=terms.client_name,
            units_max=max(min(self._left(asin, terms).values()), 0),
            unit_price=terms.unit_price,
        )

    def left_out(self, one: WantedMove, alone: StoreOffer, units: int) -> LeftOutMove:
        left = self._left(one.asin, _terms_of(alone, one.stores))
        return LeftOutMove(
            units=units,
            limit=min(left, key=lambda limit: left[limit]).value,
            store_name=alone.store_name,
            client_name=alone.client_name,
        )

    def take(self, asin: Asin, terms: StoreTerms, units: int) -> None:
        self.of_asin[terms.store_key, asin] += units
        self.of_store[terms.store_key] += units
        self.spent_minor[terms.client_key] += units * terms.unit_price.minor

    def _left(self, asin: Asin, terms: StoreTerms) -> dict[Limit, int]:
        money = max(terms.spendable_minor, 0) - self.spent_minor[terms.client_key]
        left = {Limit.CLIENT: money // max(terms.unit_price.minor, 1)}
        if terms.total_units_max is not None:
            left[Limit.STORE] = terms.total_units_max - self.of_store[terms.store_key]
        if terms.asin_units_max is not None:
            left[Limit.ASIN] = terms.asin_units_max - self.of_asin[terms.store_key, asin]
        return left
