"""One picture of the ERP a business date: every SKU's state at the close of the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from umschlag.kernel.identifiers import Sku, VariationId, WarehouseId
from umschlag.kernel.outcomes import Problem


class Origin(StrEnum):
    """How a day's picture was made."""

    CAPTURED = "captured"
    RECONSTRUCTED = "reconstructed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleMaster:
    """What an article is, whatever its stock; mostly the same from one day to the next.

    Text that the ERP does not know is "", a measure None. A bundle is sold out of its components
    and has no stock of its own.
    """

    sku: Sku
    variation_id: VariationId | None
    item_id: int | None = None
    name: str = ""
    manufacturer: str = ""
    category: str = ""
    supplier: str = ""
    asin: str = ""
    gtin: str = ""
    is_active: bool = True
    is_bundle: bool = False
    currency: str = "EUR"
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    lead_time_days: int | None = None
    order_units_min: int | None = None
    pack_units: int | None = None
    created_date: date | None = None
    """When the ERP made the variation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleState:
    """One SKU at the close of one business date.

    `on_hand_units` and `reserved_units` are sums over the sales warehouses; repair, transit and
    marketplace warehouses are in `other_on_hand_units`. On hand may be negative where the ERP has
    oversold. Unit cost is net, the sales price gross; either is None where unknown.
    """

    master: ArticleMaster
    on_hand_units: int
    reserved_units: int
    on_order_units: int
    other_on_hand_units: int
    unit_cost_minor: int | None
    sales_price_minor: int | None
    last_seen_date: date
    """Earlier than the snapshot's date: a tombstone, the last state before the SKU vanished."""

    @property
    def sku(self) -> Sku:
        """The article's SKU."""
        return self.master.sku


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse:
    """One of the merchant's warehouses. Only sales warehouses hold stock that can be sold."""

    warehouse_id: WarehouseId
    name: str
    is_sales: bool


class WarehousePosition(NamedTuple):
    """One SKU's units in one warehouse; positions without any units are left out.

    A tuple, since a back-fill makes some thousand of them for each of hundreds of days.
    """

    sku: Sku
    warehouse: Warehouse
    on_hand_units: int
    reserved_units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMovement:
    """Units that came into a warehouse (positive) or left it (negative) on a business date.

    `unit_cost_minor` is what a receipt cost a unit, None for other movements.
    """

    business_date: date
    sku: Sku
    warehouse_id: WarehouseId
    units: int
    is_receipt: bool
    unit_cost_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a source delivered for one business date, and what it took."""

    articles: Sequence[ArticleState]
    positions: Sequence[WarehousePosition]
    expected_count: int
    """How many articles the source says it has; with the problems it must add up."""
    unusable_count: int = 0
    """Articles that could not be used; each has its problem."""
    problems: tuple[Problem, ...] = ()
    calls_used: int = 0
    retries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerSnapshot:
    """What matters of the newest snapshot before a day."""

    business_date: date | None
    """None before the first."""
    seen_count: int
    """How many articles its source delivered."""
    others: Sequence[ArticleState]
    """Its states, tombstones included, of the SKUs that were not asked to be left out."""

    @property
    def vanished_count(self) -> int:
        """How many of the others it had seen itself."""
        return sum(state.last_seen_date == self.business_date for state in self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Every SKU known at the close of one business date, vanished ones included."""

    business_date: date
    origin: Origin
    articles: Sequence[ArticleState]
    """Those that the source delivered."""
    tombstones: Sequence[ArticleState]
    """The last state of those that earlier snapshots knew and this source no longer has."""
    positions: Sequence[WarehousePosition]


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotOutcome:
    """What taking one day's snapshot came to."""

    business_date: date
    origin: Origin
    article_count: int
    vanished_count: int
    """Those that the snapshot before still had, of all tombstones."""
    problems: tuple[Problem, ...] = ()
    calls_used: int = 0
    retries: int = 0
    was_there_already: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillOutcome:
    """What rebuilding the days before today came to."""

    days_made: int
    first_date: date | None
    last_date: date | None
    movement_count: int
    receipt_count: int
    problems: tuple[Problem, ...] = ()
    calls_used: int = 0
    retries: int = 0
