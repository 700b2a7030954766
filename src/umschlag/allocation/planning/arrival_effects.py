"""What an arrival would mean for everyone who waits for its goods, before it is confirmed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.planning.model import AllocationProblem, ReasonCode
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.preorders.arrivals import ArrivalShares, WaitingClaim
from umschlag.allocation.preorders.model import PreorderClaim
from umschlag.allocation.stores.model import StoreAccount
from umschlag.kernel.identifiers import Asin, ClientId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimEffect:
    """What one preorder gets, and what falls due with it."""

    claim: WaitingClaim
    units: int
    due_minor: int

    @property
    def waits_on_units(self) -> int:
        """Units that have not arrived afterwards."""
        return self.claim.waiting_units - self.units


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientEffect:
    """What one client gets of the arrival and what the next run will ask of its balance.

    Amounts are minor units. `pack_minor` pays what whole case packs hold beyond the preorders;
    it is negative where earlier units had part of a pack to pay that preorders now fill.
    `shipping_minor` is the most it can be. `already_minor` is what its other arrived preorders
    will ask for. All are None where the shipping price is missing or currencies differ.
    """

    client_id: ClientId
    claims: tuple[ClaimEffect, ...]
    pack_minor: int | None
    shipping_minor: int | None
    available_minor: int
    already_minor: int | None
    blocked_by: ReasonCode | None
    """Why a run could not give them to any store of the client; None where it can."""
    has_store: bool
    run_units_max: int | None = None
    """What the caps of the store that gets them let one run give of them, in whole packs."""

    @property
    def waiting_units(self) -> int:
        """Units the client waits for before."""
        return sum(one.claim.waiting_units for one in self.claims)

    @property
    def units(self) -> int:
        """Units the client gets."""
        return sum(one.units for one in self.claims)

    @property
    def due_minor(self) -> int:
        """What falls due for the units themselves."""
        return sum(one.due_minor for one in self.claims)

    @property
    def total_minor(self) -> int | None:
        """The most the next run will ask for because of this arrival."""
        if self.pack_minor is None or self.shipping_minor is None:
            return None
        return self.due_minor + self.pack_minor + self.shipping_minor

    @property
    def missing_minor(self) -> int | None:
        """By how much the balance is short of all that; None where it cannot be told."""
        if self.total_minor is None or self.already_minor is None:
            return None
        return max(self.already_minor + self.total_minor - self.available_minor, 0)


def arrival_effects(
    problem: AllocationProblem,
    asin: Asin,
    claims: Iterable[WaitingClaim],
    shares: ArrivalShares,
) -> tuple[ClientEffect, ...]:
    """Return the effect on every waiting client, whoever waits longest first.

    `problem` holds the waiting clients, their own stores, and the lots of the ASIN and of their
    other arrived preorders, as they stand before the arrival.
    """
    by_client: defaultdict[ClientId, list[WaitingClaim]] = defaultdict(list)
    for claim in claims:
        if claim.preorder_id in shares.units:
            by_client[claim.client_id].append(claim)
    standing = Standing(problem)
    return tuple(_effect(standing, asin, own, shares) for own in by_client.values())


def _effect(
    standing: Standing, asin: Asin, claims: Sequence[WaitingClaim], shares: ArrivalShares
) -> ClientEffect:
    problem = standing.problem
    client = problem.clients[claims[0].client_id]
    lot = problem.lots[asin]
    own = [claim for claim in problem.preorders if claim.client_id == client.client_id]
    here = [claim for claim in own if claim.asin == asin]
    waiting_ids = {claim.preorder_id for claim in claims}
    after = [
        *(claim for claim in here if claim.preorder_id not in waiting_ids),
        *(claim.arrived(shares.units[claim.preorder_id]) for claim in claims),
    ]
    is_payable = lot.shipping is not None and client.currency == lot.currency == problem.currency
    stores = [store for store in problem.stores.values() if store.client_id == client.client_id]
    return ClientEffect(
        client_id=client.client_id,
        claims=tuple(
            ClaimEffect(
                claim=claim,
                units=shares.units[claim.preorder_id],
                due_minor=claim.due_minor(shares.units[claim.preorder_id]),
            )
            for claim in claims
        ),
        pack_minor=_pack_minor(lot, after) - _pack_minor(lot, here) if is_payable else None,
        shipping_minor=_shipping_minor(lot, after) - _shipping_minor(lot, here)
        if is_payable
        else None,
        available_minor=client.headroom_minor,
        already_minor=_already_minor(problem, own) if is_payable else None,
        blocked_by=_blocked_by(standing, stores, lot),
        has_store=bool(stores),
        run_units_max=_run_units_max(standing, stores, lot),
    )


def _already_minor(problem: AllocationProblem, claims: Sequence[PreorderClaim]) -> int:
    by_asin: defaultdict[Asin, list[PreorderClaim]] = defaultdict(list)
    for claim in claims:
        by_asin[claim.asin].append(claim)
    total = 0
    for asin, same in by_asin.items():
        lot = problem.lots.get(asin)
        # Without a shipping price nothing is given, and so nothing is asked for.
        if lot is not None and lot.shipping is not None and lot.currency == problem.currency:
            due = sum(claim.due_minor for claim in same)
            total += due + _pack_minor(lot, same) + _shipping_minor(lot, same)
    return total


def _pack_minor(lot: Lot, claims: Sequence[PreorderClaim]) -> int:
    preordered = sum(claim.outstanding_units for claim in claims)
    return (_whole_packs_units(lot, claims) - preordered) * lot.unit_cost_minor


def _shipping_minor(lot: Lot, claims: Sequence[PreorderClaim]) -> int:
    return _whole_packs_units(lot, claims) * (lot.shipping.max_minor if lot.shipping else 0)


def _whole_packs_units(lot: Lot, claims: Sequence[PreorderClaim]) -> int:
    # As the planner rounds: all claims of a client on an ASIN together.
    units = sum(claim.outstanding_units for claim in claims)
    return -(-units // lot.case_pack_units) * lot.case_pack_units


def _run_units_max(standing: Standing, stores: Sequence[StoreAccount], lot: Lot) -> int | None:
    for store in sorted(stores, key=lambda one: one.store_id):
        if not _codes(standing, store, lot):
            caps = [cap for cap in (store.asin_units_max, store.total_units_max) if cap is not None]
            pack_units = lot.case_pack_units
            return min(caps) // pack_units * pack_units if caps else None
    return None


def _blocked_by(standing: Standing, stores: Sequence[StoreAccount], lot: Lot) -> ReasonCode | None:
    first: ReasonCode | None = None
    for store in sorted(stores, key=lambda one: one.store_id):
        codes = _codes(standing, store, lot)
        if not codes:
            return None
        first = first or codes[0]
    return first


def _codes(standing: Standing, store: StoreAccount, lot: Lot) -> list[ReasonCode]:
    codes = [blocker.code for blocker in standing.lasting_blockers(store, lot)]
    if not standing.may_list(store, lot.asin):
        codes.append(ReasonCode.TOO_MANY_STORES)
    return codes
