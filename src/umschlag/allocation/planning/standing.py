"""What is left of stock, money and room in the stores while a plan grows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.planning.model import (
    AllocationLine,
    AllocationProblem,
    Blocker,
    ReasonCode,
)
from umschlag.allocation.stores.model import StoreAccount
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.kernel.identifiers import Asin, ClientId, Marketplace, StoreId

_GATE_REASONS = {
    GateAnswer.NO: ReasonCode.GATED,
    GateAnswer.INVOICE_NEEDED: ReasonCode.INVOICE_NEEDED,
    GateAnswer.UNKNOWN: ReasonCode.UNKNOWN_GATE,
}


class Standing:
    """Counts down as lines are put; knows what stands in the way of one more case pack."""

    def __init__(self, problem: AllocationProblem, lines: Iterable[AllocationLine] = ()) -> None:
        self.problem = problem
        self.stock_units: dict[Asin, int] = {
            asin: lot.remaining_units for asin, lot in problem.lots.items()
        }
        self.available_minor: dict[ClientId, int] = {
            client_id: client.available_minor for client_id, client in problem.clients.items()
        }
        self.store_units: defaultdict[StoreId, int] = defaultdict(int)
        self.listed: dict[tuple[Asin, Marketplace], set[StoreId]] = {
            pair: set(stores) for pair, stores in problem.listed_stores.items()
        }
        self.lines: dict[tuple[StoreId, Asin], AllocationLine] = {}
        for line in lines:
            self.put(line)

    def put(self, line: AllocationLine) -> None:
        """Set the line of its store and ASIN, in place of the one that stood there."""
        store = self.problem.stores[line.store_id]
        pair = (line.store_id, line.asin)
        before = self.lines.get(pair)
        more_units = line.units - (before.units if before else 0)
        more_minor = line.total_minor - (before.total_minor if before else 0)
        self.stock_units[line.asin] -= more_units
        self.store_units[line.store_id] += more_units
        self.available_minor[store.client_id] -= more_minor
        self.listed.setdefault((line.asin, store.marketplace), set()).add(line.store_id)
        self.lines[pair] = line

    def given_units(self, store: StoreAccount, asin: Asin) -> int:
        """Return how many units of the ASIN the plan gives the store so far."""
        line = self.lines.get((store.store_id, asin))
        return line.units if line else 0

    def may_list(self, store: StoreAccount, asin: Asin) -> bool:
        """Tell whether the store is one of the few of its marketplace for this ASIN, or may be."""
        listed = self.listed.get((asin, store.marketplace), ())
        return store.store_id in listed or len(listed) < self.problem.stores_per_asin_max

    def room_units(self, store: StoreAccount, lot: Lot, *, is_promised: bool = False) -> int:
        """Return how many more units stock and caps leave, in whole case packs.

        What was promised to a client is not held against what its store is thought to sell.
        """
        own_units = self.own_room_units(store, lot, is_promised=is_promised)
        units = min(self.stock_units[lot.asin], own_units)
        if store.total_units_max is not None:
            units = min(units, store.total_units_max - self.store_units[store.store_id])
        return max(units, 0) // lot.case_pack_units * lot.case_pack_units

    def affordable_units(self, store: StoreAccount, lot: Lot) -> int:
        """Return how many more units stock, caps and the client's money leave, in whole packs.

        None where nobody knows what shipping them costs.
        """
        if lot.shipping is None:
            return 0
        units = self.room_units(store, lot)
        pack_minor = lot.case_pack_units * (lot.unit_cost_minor + lot.shipping.max_minor)
        if pack_minor > 0:
            packs = max(self.available_minor[store.client_id], 0) // pack_minor
            units = min(units, packs * lot.case_pack_units)
        return units

    def missing_minor(self, client_id: ClientId, cost_minor: int) -> int:
        """Return what must be paid in before the cost can be paid; 0 where it can be.

        Whoever lies below the floor has to make that good first.
        """
        lacking_minor = cost_minor - self.available_minor[client_id]
        if lacking_minor <= 0:
            return 0
        return lacking_minor + max(-self.problem.clients[client_id].headroom_minor, 0)

    def give(self, store: StoreAccount, lot: Lot, *, units: int) -> None:
        """Give the store so many units more; what was given before stays, preorders too."""
        if units <= 0:
            return
        before = self.lines.get((store.store_id, lot.asin))
        self.put(
            AllocationLine(
                store_id=store.store_id,
                asin=lot.asin,
                units=units + (before.units if before else 0),
                unit_cost_minor=lot.unit_cost_minor,
                unit_shipping_minor=lot.shipping.max_minor if lot.shipping else 0,
                preorder_units=before.preorder_units if before else 0,
                preorder_due_minor=before.preorder_due_minor if before else 0,
            )
        )

    def own_room_units(self, store: StoreAccount, lot: Lot, *, is_promised: bool = False) -> int:
        """Return how many more units the store and the lot allow each other, whatever is left."""
        units = lot.remaining_units
        if lot.demand_units_max is not None and not is_promised:
            units = min(units, lot.demand_units_max)
        if store.asin_units_max is not None:
            units = min(units, store.asin_units_max)
        return units - self.given_units(store, lot.asin)

    def is_barred(self, store: StoreAccount, lot: Lot) -> bool:
        """Tell whether the store may be given none of the lot, caps and money left aside."""
        # The cheap questions come first, because most pairs end at one of them.
        return (
            self.stock_units[lot.asin] < lot.case_pack_units
            or not self.may_list(store, lot.asin)
            or next(self.lasting_blockers(store, lot), None) is not None
        )

    def lasting_blockers(self, store: StoreAccount, lot: Lot) -> Iterator[Blocker]:
        """Yield what no stock or money could change: gates, missing facts, size."""
        client = self.problem.clients[store.client_id]
        if not store.is_active:
            yield Blocker(code=ReasonCode.STORE_SUSPENDED)
        if store.store_id in self.problem.small_stores:
            yield Blocker(code=ReasonCode.CART_TOO_SMALL)
        if not client.currency == lot.currency == self.problem.currency:
            yield Blocker(code=ReasonCode.CURRENCY)
        pinned_units = self.problem.pins.get((store.store_id, lot.asin))
        if pinned_units is not None:
            code = ReasonCode.PINNED if pinned_units else ReasonCode.EXCLUDED
            yield Blocker(code=code, limit=pinned_units)
        answer = self.problem.gate(store.store_id, lot.asin)
        if answer in _GATE_REASONS:
            yield Blocker(code=_GATE_REASONS[answer])
        if not lot.has_measures:
            yield Blocker(code=ReasonCode.MEASURES_MISSING)
        elif (lot.asin, store.marketplace) in self.problem.too_large:
            yield Blocker(code=ReasonCode.TOO_LARGE)
        if lot.shipping is None:
            yield Blocker(code=ReasonCode.SHIPPING_PRICE_MISSING)

    def blockers(self, store: StoreAccount, lot: Lot) -> tuple[Blocker, ...]:
        """Return everything that stands in the way of one more case pack; empty when nothing."""
        return (
            *self.lasting_blockers(store, lot),
            *self._stock_blockers(store, lot),
            *self._cap_blockers(store, lot),
            *self._balance_blockers(store, lot),
        )

    def _stock_blockers(self, store: StoreAccount, lot: Lot) -> Iterator[Blocker]:
        left_units = self.stock_units[lot.asin]
        if left_units <= 0:
            yield Blocker(code=ReasonCode.NO_STOCK, limit=lot.remaining_units)
        elif left_units < lot.case_pack_units:
            yield Blocker(code=ReasonCode.CASE_PACK, limit=lot.case_pack_units)
        if not self.may_list(store, lot.asin):
            yield Blocker(code=ReasonCode.TOO_MANY_STORES, limit=self.problem.stores_per_asin_max)

    def _cap_blockers(self, store: StoreAccount, lot: Lot) -> Iterator[Blocker]:
        caps = (
            (ReasonCode.CAP, store.asin_units_max, self.given_units(store, lot.asin)),
            (ReasonCode.DEMAND, lot.demand_units_max, self.given_units(store, lot.asin)),
            (ReasonCode.STORE_CAP, store.total_units_max, self.store_units[store.store_id]),
        )
        for code, cap, given_units in caps:
            if cap is not None and given_units + lot.case_pack_units > cap:
                yield Blocker(
                    code=code,
                    limit=cap,
                    left_units=max(cap - given_units, 0),
                    pack_units=lot.case_pack_units,
                )

    def _balance_blockers(self, store: StoreAccount, lot: Lot) -> Iterator[Blocker]:
        if lot.shipping is None:
            return
        pack_minor = lot.case_pack_units * (lot.unit_cost_minor + lot.shipping.max_minor)
        missing_minor = self.missing_minor(store.client_id, pack_minor)
        if missing_minor > 0:
            yield Blocker(code=ReasonCode.BALANCE_SHORT, missing_minor=missing_minor)
