"""Who pays for which case packs of a transfer, while money, stock and the store's caps reach."""

from collections.abc import Sequence
from dataclasses import dataclass

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.planning.small_carts import pallet_fill
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.stores.model import StoreAccount
from umschlag.kernel.identifiers import Asin, ClientId, StoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Units by payer and ASIN in one mutual store."""

    store_id: StoreId
    units: dict[tuple[ClientId, Asin], int]
    client_units: int


class Funding:
    """Counts down money, stock and room as packs are paid for; prices are the highest."""

    def __init__(self, standing: Standing, store: StoreAccount, lots: Sequence[Lot]) -> None:
        self._problem = standing.problem
        self._store = store
        self._lots = lots
        self._money_minor = dict(standing.available_minor)
        self._room_units = {lot.asin: standing.room_units(store, lot) for lot in lots}
        self._left_units = store.total_units_max
        self._filled: dict[Asin, int] = {}
        self._units: dict[tuple[ClientId, Asin], int] = {}

    def let_pay(
        self, payers: Sequence[ClientId], *, fill_max: float, is_up_to: bool = False
    ) -> None:
        """Let the payers take pack after pack, the oldest lots first, up to a fill of the pallet.

        The last pack stays below it, or with `is_up_to` just reaches it. Each pack goes to whoever
        has most left to spend, of equals to the lower number.
        """
        for lot in self._lots:
            while self._fits(lot) and (payer := self._payer(payers, lot)) is not None:
                filled = {**self._filled}
                fill_before = pallet_fill(self._problem, self._store.marketplace, filled)
                filled[lot.asin] = filled.get(lot.asin, 0) + lot.case_pack_units
                fill_after = pallet_fill(self._problem, self._store.marketplace, filled)
                if (fill_before if is_up_to else fill_after) >= fill_max:
                    break
                self._take(payer, lot)

    def round_of(self, client_id: ClientId) -> Round:
        """Return who paid for what so far."""
        own = sum(units for (payer, _), units in self._units.items() if payer == client_id)
        return Round(store_id=self._store.store_id, units=dict(self._units), client_units=own)

    def _fits(self, lot: Lot) -> bool:
        has_room = self._left_units is None or self._left_units >= lot.case_pack_units
        return has_room and self._room_units[lot.asin] >= lot.case_pack_units

    def _payer(self, payers: Sequence[ClientId], lot: Lot) -> ClientId | None:
        able = [one for one in payers if self._money_minor[one] >= self._pack_minor(lot)]
        return max(able, key=lambda one: (self._money_minor[one], -one), default=None)

    def _take(self, payer: ClientId, lot: Lot) -> None:
        units = lot.case_pack_units
        self._money_minor[payer] -= self._pack_minor(lot)
        self._room_units[lot.asin] -= units
        if self._left_units is not None:
            self._left_units -= units
        self._filled[lot.asin] = self._filled.get(lot.asin, 0) + units
        pair = payer, lot.asin
        self._units[pair] = self._units.get(pair, 0) + units

    @staticmethod
    def _pack_minor(lot: Lot) -> int:
        highest_minor = lot.shipping.max_minor if lot.shipping else 0
        return lot.case_pack_units * (lot.unit_cost_minor + highest_minor)
