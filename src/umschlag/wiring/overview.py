"""The figures a manager opens the day with: the report and the dashboard show the same ones."""

from dataclasses import dataclass
from datetime import date, datetime

from umschlag.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How old the picture is that the figures are drawn from."""

    business_date: date | None
    finished_at: datetime | None
    age_days: int | None
    article_count: int
    reconstructed_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleLine:
    """One article in a list of the overview, with the reason it stands there."""

    article_id: int
    sku: str
    name: str
    on_hand_units: int | None
    stock_value: Money | None
    sold_units_90d: int
    days_since_last_sale: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StockoutLine:
    """One article that is about to run out."""

    article_id: int
    sku: str
    name: str
    available_units: int
    stockout_date: date
    reorder_units: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalTotal:
    """All open proposals of one kind."""

    kind: str
    count: int
    units: int
    value: Money
    proceeds: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceShortage:
    """A client whose balance did not reach, and where the goods could go instead."""

    client_id: int
    client_name: str
    missing: Money
    mutual_store_name: str | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationTotal:
    """What the newest allocation run came to."""

    run_id: int
    made_at: datetime
    state: str
    cart_count: int
    units: int
    goods: Money
    shipping: Money
    pallet_count: int
    freight: Money
    refusals_by_reason: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayValue:
    """Stock value at the close of one day."""

    business_date: date
    value: Money
    reconstructed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything on the first page. Sums leave out what they say they leave out."""

    freshness: Freshness
    stock_value: Money
    articles_without_cost: int
    dead_stock: Money
    penner_count: int
    renner_count: int
    worst_penner: tuple[ArticleLine, ...]
    best_renner: tuple[ArticleLine, ...]
    running_out: tuple[StockoutLine, ...]
    proposals: tuple[ProposalTotal, ...]
    allocation: AllocationTotal | None
    shortages: tuple[BalanceShortage, ...]
    skipped: tuple[str, ...]
    value_by_day: tuple[DayValue, ...]
