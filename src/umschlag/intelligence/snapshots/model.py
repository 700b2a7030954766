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


class BundlePart(NamedTuple):
    """How many units of another SKU one bundle takes; a bundle has one of these for each part.

    A tuple, for the same reason. Either all of a bundle's parts are told or none: with one left
    out, more could be promised than can be put together.
    """

    sku: Sku
    """The bundle's."""
    part_sku: Sku
    """That of a variation which the source does not have is ``#`` and its id: it has no stock."""
    units_per_bundle: int


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
class ReadingBatch:
    """Some thousand articles as a source delivers them, with positions and parts of bundles."""

    articles: Sequence[ArticleState]
    positions: Sequence[WarehousePosition] = ()
    bundle_parts: Sequence[BundlePart] = ()


class VanishedArticle(NamedTuple):
    """An article that the former snapshot's source still had and this one's has not."""

    sku: Sku
    variation_id: VariationId | None
    has_new_sku: bool
    """Its variation is still there under another SKU; so nobody needs to be asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerSnapshot:
    """What matters of the newest snapshot before a day, compared with what was read so far."""

    business_date: date | None
    """None before the first."""
    seen_count: int
    """How many articles its source delivered."""
    vanished: Sequence[VanishedArticle]
    """Those of them that are not among what was read; tombstones do not vanish again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What a source says of variations that it did not deliver."""

    found: ReadingBatch
    """They were there after all."""
    deleted: frozenset[VariationId] = frozenset()
    """Its delete log confirms them."""
    unexplained: frozenset[VariationId] = frozenset()
    """Gone, and the delete log does not know them, or may not be read."""
    note: str = ""
    """What limits the answer, as a right that is missing; "" where nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything that a source had at the close of one business date."""

    business_date: date
    articles: Sequence[ArticleState]
    positions: Sequence[WarehousePosition]
    bundle_parts: Sequence[BundlePart] = ()


class StandingDay(NamedTuple):
    """A day that has a published snapshot."""

    article_count: int
    origin: Origin
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotOutcome:
    """What taking one day's snapshot came to."""

    business_date: date
    origin: Origin
    article_count: int
    """Those that the source has; tombstones are not counted."""
    vanished_count: int
    """Those that the snapshot before still had, of all tombstones."""
    expected_count: int = 0
    """How many articles the source said it has, before any were found by asking for them."""
    found_count: int = 0
    """Articles that the source had left out and that were there when it was asked for them."""
    deleted_count: int = 0
    """Vanished ones that the source's delete log confirms."""
    unexplained_count: int = 0
    """Vanished ones that nothing explains; each stands among the problems."""
    problems: tuple[Problem, ...] = ()
    calls_used: int = 0
    retries: int = 0
    was_resumed: bool = False
    """An earlier attempt of the same business date had read a part of it."""
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
