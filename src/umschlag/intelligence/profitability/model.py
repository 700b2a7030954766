"""What an article earned: the facts as Sellerboard tells them, and what we make of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from umschlag.kernel.identifiers import Asin, Sku
from umschlag.kernel.money import Money
from umschlag.kernel.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerboardDay:
    """One product on one marketplace and one day, as Sellerboard reckons it.

    Amounts are minor units of the account's currency, not the marketplace's; money in is
    positive, costs are negative, and reimbursements make fees positive. Gross sales, advertising,
    fees, refund cost, cost of goods and VAT add up to the net profit: `fees_minor` also holds
    promotions, gift wrap, shipping and further expenses.
    """

    business_date: date
    """The marketplace's own calendar day."""
    marketplace: str
    asin: Asin
    sku: Sku
    units: int
    refunds: int
    sales_minor: int
    ads_minor: int
    fees_minor: int
    refund_cost_minor: int
    cost_of_goods_minor: int
    vat_minor: int
    net_profit_minor: int
    currency: str
    is_settled: bool
    """False while Amazon's fees of the day are still estimates."""
    raw_json: str
    """The row as it was delivered, without empty cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFacts:
    """One SKU over a period: Sellerboard's sums beside what the ERP knows.

    Costs are negative as in Sellerboard; ERP fields are None where the ERP never told.
    """

    sku: Sku
    name: str
    units: int
    refunds: int
    sales_minor: int
    ads_minor: int
    fees_minor: int
    refund_cost_minor: int
    cost_of_goods_minor: int
    vat_minor: int
    net_profit_minor: int
    estimated_day_count: int
    """Days in the sums whose fees are not settled."""
    is_known_to_erp: bool
    erp_unit_cost_minor: int | None
    on_hand_units: int | None
    stock_units_mean: float | None
    """Mean units on hand over the period's days with a picture."""
    stock_day_count: int
    erp_sold_units: int
    """Units that the ERP sold on the same days and marketplaces; 0 where it knows none."""


Side: TypeAlias = Money | int | None
"""What one side says: an amount or units, and None where it says nothing."""


class Contradiction(StrEnum):
    """Where two systems tell different stories of one article."""

    UNIT_COST = "unit_cost"
    COST_MISSING = "cost_missing"
    UNITS_SOLD = "units_sold"
    UNKNOWN_ARTICLE = "unknown_article"
    SUM = "sum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One contradiction with both sides, for a person to settle."""

    sku: Sku
    kind: Contradiction
    ours: Side
    """What the ERP says; of a sum, what Sellerboard's own parts come to."""
    theirs: Side
    """What Sellerboard says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleProfit:
    """What one SKU earned in the period. Ratios are None where their base is nothing."""

    sku: Sku
    name: str
    units: int
    refunds: int
    sales: Money
    """Gross, VAT included."""
    revenue: Money
    """Net of VAT."""
    cost_of_goods: Money
    """A positive amount."""
    contribution: Money
    """Net profit: revenue less goods, fees, refunds and advertising."""
    contribution_per_unit: Money | None
    margin: float | None
    """Contribution ÷ gross sales, as Sellerboard reckons it."""
    roi: float | None
    """Contribution ÷ cost of goods sold."""
    gmroi_per_year: float | None
    """Gross margin (revenue − refunds − cost of goods) of a year at this pace ÷ mean stock at cost.
    """
    stock_value: Money | None
    """On hand at ERP cost, today."""
    is_estimate: bool
    """True while some of its days are not settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfitReport:
    """Profit by SKU over a period, best contribution first."""

    period: Period
    currency: str
    lines: Sequence[ArticleProfit]
    contribution: Money
    sales: Money
    estimated_line_count: int
    disagreements: Sequence[Disagreement]
