"""A transfer into a mutual store: its nouns, and why there may be none."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from umschlag.allocation.planning.model import AllocationLine, MutualCause
from umschlag.kernel.errors import Refused
from umschlag.kernel.identifiers import Asin, ClientId, StoreId


class MutualStoreObstacle(StrEnum):
    """Why a mutual store cannot take the goods, in the order in which it is looked at."""

    SUSPENDED = "suspended"
    OTHER_MARKETPLACE = "other_marketplace"
    CO_OWNER_SHORT = "co_owner_short"
    NOTHING_UNGATED = "nothing_ungated"
    CLIENT_PAYS_NO_PACK = "client_pays_no_pack"


class TransferNotNeeded(Refused):
    """The client's own store can be sent a pallet of its own."""

    def __init__(self, store_id: StoreId) -> None:
        super().__init__(f"store {store_id} can be sent a pallet of its own", field="store")
        self.store_id = store_id


class NoMutualStoreFits(Refused):
    """No mutual store can take goods of the client; `obstacles` says why, store by store."""

    def __init__(
        self,
        cause: MutualCause,
        missing_minor: int,
        obstacles: Mapping[StoreId, MutualStoreObstacle],
    ) -> None:
        named = ", ".join(f"store {store}: {why}" for store, why in obstacles.items())
        super().__init__(f"no mutual store fits ({named or 'there is none'})", field="store")
        self.cause = cause
        self.missing_minor = missing_minor
        self.obstacles = dict(obstacles)


@dataclass(frozen=True, slots=True, kw_only=True)
class FundedUnits:
    """Units of one ASIN that one client pays for and owns in the mutual store."""

    client_id: ClientId
    asin: Asin
    units: int
    unit_cost_minor: int
    unit_shipping_minor: int

    @property
    def goods_minor(self) -> int:
        """What the units cost without shipping."""
        return self.units * self.unit_cost_minor

    @property
    def shipping_minor(self) -> int:
        """What shipping them costs."""
        return self.units * self.unit_shipping_minor

    @property
    def total_minor(self) -> int:
        """What the client pays for them."""
        return self.goods_minor + self.shipping_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreTransfer:
    """Goods for a mutual store, and who pays for which units; amounts in minor units.

    `missing_minor` is what the client's balance lacks for a stand-alone pallet in its own store.
    `client_alone_minor` and `mutual_alone_minor` are what shipping the side's units by themselves
    would have cost it.
    """

    client_id: ClientId
    own_store_id: StoreId
    mutual_store_id: StoreId
    cause: MutualCause
    missing_minor: int
    funded: tuple[FundedUnits, ...]
    client_alone_minor: int = 0
    mutual_alone_minor: int = 0

    @property
    def total_minor(self) -> int:
        """What all goods and their shipping cost: what both sides pay together."""
        return sum(one.total_minor for one in self.funded)

    @property
    def client_minor(self) -> int:
        """What the client's side pays."""
        return self.paid_minor(self.client_id)

    @property
    def mutual_minor(self) -> int:
        """What the mutual store's side pays."""
        return self.total_minor - self.client_minor

    def paid_minor(self, client_id: ClientId) -> int:
        """Return what one client pays."""
        return sum(one.total_minor for one in self.funded if one.client_id == client_id)

    def units_of(self, client_id: ClientId) -> int:
        """Return how many units one client comes to own."""
        return sum(one.units for one in self.funded if one.client_id == client_id)

    def lines(self) -> tuple[AllocationLine, ...]:
        """Return the mutual store's cart: one line an ASIN, whoever pays for its units."""
        units: dict[Asin, int] = {}
        for one in self.funded:
            units[one.asin] = units.get(one.asin, 0) + one.units
        first = {one.asin: one for one in reversed(self.funded)}
        return tuple(
            AllocationLine(
                store_id=self.mutual_store_id,
                asin=asin,
                units=count,
                unit_cost_minor=first[asin].unit_cost_minor,
                unit_shipping_minor=first[asin].unit_shipping_minor,
            )
            for asin, count in units.items()
        )
