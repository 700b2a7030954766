"""The planner's question and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.clients.model import ClientAccount
from umschlag.allocation.preorders.model import PreorderClaim
from umschlag.allocation.stores.model import StoreAccount
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.kernel.identifiers import Asin, ClientId, Marketplace, StoreId


class ReasonCode(StrEnum):
    """Why a store was not given an ASIN, in the order in which the reasons are looked at."""

    STORE_SUSPENDED = "store_suspended"
    CART_TOO_SMALL = "cart_too_small"
    CURRENCY = "currency"
    EXCLUDED = "excluded"
    PINNED = "pinned"
    GATED = "gated"
    INVOICE_NEEDED = "invoice_needed"
    UNKNOWN_GATE = "unknown_gate"
    MEASURES_MISSING = "measures_missing"
    SHIPPING_PRICE_MISSING = "shipping_price_missing"
    TOO_LARGE = "too_large"
    NO_STOCK = "no_stock"
    CASE_PACK = "case_pack"
    TOO_MANY_STORES = "too_many_stores"
    CAP = "cap"
    DEMAND = "demand"
    STORE_CAP = "store_cap"
    BALANCE_SHORT = "balance_short"
    NO_GAIN = "no_gain"


class FairnessPolicy(StrEnum):
    """How clients share what is scarce, beside what the goods earn; chosen by the manager."""

    PRIORITY = "priority"
    """Money of clients of higher priority counts more, whatever the others get."""
    PROPORTIONAL = "proportional"
    """Every client should use the same share of its balance in this run."""
    MAX_MIN = "max_min"
    """Whoever was given least of its means in the rolling window comes first, by priority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorthTerms:
    """What moving a unit is taken to be worth beside its margin. All shares are of its cost."""

    assumed_margin_share: float = 0.2
    """Margin of a unit of which intelligence publishes none."""
    aged_from_days: int = 180
    """Older stock is aged: Amazon's surcharge for it begins on day 181."""
    aged_share: float = 0.35
    """Worth of moving an aged unit. Ours: with it the plan moves more aged stock than the loop,
    which sorts by age alone, and earns far more (benchmarks/allocation_gap.py)."""
    aged_share_a_year: float = 0.07
    """Worth of a year of age, so that of two lots alike the older goes first."""
    unsold_share: float = 0.1
    """Worth of moving a unit that intelligence expects to lie unsold."""
    pallet_freight_minor: int = 0
    """Freight of one pallet; a unit is charged the volume or weight that it takes of it."""
    pallet_fill: float = 0.7
    """How full pallets go out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PalletCapacity:
    """What one pallet of a marketplace carries: goods' volume and goods' weight."""

    volume_mm3: int
    weight_g: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationProblem:
    """Everything a plan depends on; nothing else is looked at."""

    as_of_date: date
    lots: Mapping[Asin, Lot]
    clients: Mapping[ClientId, ClientAccount]
    stores: Mapping[StoreId, StoreAccount]
    receiving_store_ids: tuple[StoreId, ...]
    """Stores the plan may give goods to; others are there as mutual stores to propose."""
    gates: Mapping[tuple[StoreId, Asin], GateAnswer]
    """Missing pairs are unknown."""
    currency: str = "EUR"
    """The freight's currency. Goods and clients of another one cannot be charged with it."""
    preorders: tuple[PreorderClaim, ...] = ()
    stores_per_asin_max: int = 3
    listed_stores: Mapping[tuple[Asin, Marketplace], frozenset[StoreId]] = field(
        default_factory=dict
    )
    """Stores that were lately given the ASIN: they count against `stores_per_asin_max`."""
    too_large: frozenset[tuple[Asin, Marketplace]] = frozenset()
    """ASINs of which not even one unit fits the marketplace's pallet."""
    pallet_capacities: Mapping[Marketplace, PalletCapacity] = field(default_factory=dict)
    small_stores: frozenset[StoreId] = frozenset()
    """Stores for which there is so little that a pallet of their own is not worth its freight."""
    pins: Mapping[tuple[StoreId, Asin], int] = field(default_factory=dict)
    """Units that a person set by hand and that stay; 0: the store is not to have the ASIN."""
    worth: WorthTerms = WorthTerms()
    policy: FairnessPolicy = FairnessPolicy.PROPORTIONAL

    def gate(self, store_id: StoreId, asin: Asin) -> GateAnswer:
        """Return whether the store may list the ASIN; unknown where nobody said."""
        return self.gates.get((store_id, asin), GateAnswer.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationLine:
    """Units of one ASIN for one store, and what they cost the client's balance.

    Preordered units cost `preorder_due_minor` together; the others cost the unit cost each. The
    shipping price is the highest the client can be asked for: the real one is known when the
    pallets stand, and is never higher.
    """

    store_id: StoreId
    asin: Asin
    units: int
    unit_cost_minor: int
    unit_shipping_minor: int
    preorder_units: int = 0
    preorder_due_minor: int = 0

    @property
    def goods_minor(self) -> int:
        """What the units cost without shipping."""
        return (self.units - self.preorder_units) * self.unit_cost_minor + self.preorder_due_minor

    @property
    def shipping_minor(self) -> int:
        """What shipping them costs at the line's price."""
        return self.units * self.unit_shipping_minor

    @property
    def total_minor(self) -> int:
        """What the client's balance is asked for."""
        return self.goods_minor + self.shipping_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationPlan:
    """All lines of one run; at most one for a store and an ASIN."""

    lines: tuple[AllocationLine, ...]
    method: str

    def lines_of(self, store_id: StoreId) -> tuple[AllocationLine, ...]:
        """Return the lines of one store's cart."""
        return tuple(line for line in self.lines if line.store_id == store_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """One thing that stands between a store and one more case pack of an ASIN.

    `limit` is the number the reason speaks of: units left, the case pack, the cap, or the number
    of stores. `missing_minor` is how much balance is short, exact to the minor unit. Of a cap,
    `left_units` is what it still leaves, and `pack_units` the case pack that is larger than it.
    """

    code: ReasonCode
    limit: int | None = None
    missing_minor: int | None = None
    left_units: int | None = None
    pack_units: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a store was not given some ASINs: the first reason, and what else stood in the way.

    `missing_minor` is the least amount that would buy one more case pack of one of them. Where
    the balance is short for an arrived preorder, that is the first reason: `preorder_external_id`
    names it, and `missing_minor` is what its first case pack lacks, whatever else stands in the
    way.
    """

    store_id: StoreId
    client_id: ClientId
    code: ReasonCode
    asins: tuple[Asin, ...]
    limit: int | None = None
    missing_minor: int | None = None
    further_codes: tuple[ReasonCode, ...] = ()
    preorder_external_id: str | None = None
    left_units: int | None = None
    pack_units: int | None = None
    """As a blocker's; of several ASINs the smallest case pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReason:
    """Why a line is there, and what kept it from being larger."""

    store_id: StoreId
    asin: Asin
    preorder_units: int
    stock_age_days: int
    client_priority: int
    days_since_last_pallet: int | None
    limited_by: tuple[Blocker, ...]


class MutualCause(StrEnum):
    """Why a cart does not make a pallet of its own."""

    BALANCE_SHORT = "balance_short"
    TOO_FEW_UNGATED = "too_few_ungated"


@dataclass(frozen=True, slots=True, kw_only=True)
class MutualProposal:
    """Where goods could go whose own cart fills no pallet; None where no mutual store fits."""

    client_id: ClientId
    store_id: StoreId
    mutual_store_id: StoreId | None
    cause: MutualCause
    missing_minor: int
    units: int
    asins: tuple[Asin, ...]
