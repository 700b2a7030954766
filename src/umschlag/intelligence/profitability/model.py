"""What an article earned: the facts as Sellerboard tells them, and what we make of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from umschlag.intelligence.profitability.sums import ProfitSums
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
    fulfilment_channel: str
    """``FBA`` where Amazon ships, ``FBM`` where the merchant does; empty where it was not told."""
    raw_json: str
    """The row as it was delivered, without empty cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockOfPeriod:
    """One SKU's stock over a period, counted in the period's snapshots.

    A snapshot that does not show the SKU says that none of it was there, as before its first day.
    """

    picture_days: int
    """Snapshots of the period, whether they show the SKU or not."""
    stock_days: int
    """Those of them on which units were available."""
    on_hand_days: int
    """Those of them on which units were on hand, available or not, or nobody tells how many."""
    value_days: int
    """Those of `on_hand_days` on which the value of the units at cost is known."""
    value_minor_days: int
    """That value, summed over `value_days`, in minor units of the report's currency."""

    @property
    def value_mean_minor(self) -> float | None:
        """Mean value at cost over the period's snapshots, nothing where no units were on hand.

        Days on which it is unknown count like those on which units were on hand and it is known;
        None where there are such days alone, and without a snapshot.
        """
        if not self.picture_days:
            return None
        if not self.on_hand_days:
            return 0.0
        if not self.value_days:
            return None
        known_minor = self.value_minor_days / self.value_days
        return known_minor * self.on_hand_days / self.picture_days


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupStock:
    """The stock of a group's articles over a period, whether they sold or not."""

    value_mean_minor: float = 0.0
    """Mean value at cost of those of which it is known, in minor units."""
    unknown_count: int = 0
    """Articles of which it is not: they are in no mean."""

    @classmethod
    def of(cls, stocks: Iterable[StockOfPeriod]) -> "GroupStock":
        """Return the stock of these articles together."""
        means = [one.value_mean_minor for one in stocks]
        known = [mean for mean in means if mean is not None]
        return cls(value_mean_minor=sum(known), unknown_count=len(means) - len(known))


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Amounts in a currency for which no rate counts: told, and in no sum."""

    currency: str
    row_count: int
    units: int
    """Units sold in these rows. They need no rate, but what they brought is in no sum."""
    sales: Money
    contribution: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFacts:
    """One SKU over a period: Sellerboard's sums beside what the ERP knows.

    ERP fields are None where the ERP never told.
    """

    sku: Sku
    name: str = ""
    category: str = ""
    manufacturer: str = ""
    sums: ProfitSums
    left_out: Sequence[LeftOut] = ()
    is_known_to_erp: bool | None
    """None while there is no snapshot at all."""
    erp_unit_cost_minor: int | None = None
    """In the report's currency; None also where it is in one that no rate converts."""
    on_hand_units: int | None = None
    stock: StockOfPeriod | None = None
    erp_sold_units: int = 0
    """Units that the ERP sold on the same days and marketplaces; 0 where it knows none."""
    unstocked_day_count: int = 0
    """Days on which units were sold that the merchant ships, while no warehouse had any."""
    unstocked_units: int = 0
    unstocked_sales_minor: int | None = None
    amazon_units_without_ours: int = 0
    """Units that Amazon shipped while none of our warehouses had any: no contradiction."""

    @property
    def told_units(self) -> int:
        """Units that Sellerboard told as sold, whether a rate converts what they brought or not."""
        return self.sums.units + sum(one.units for one in self.left_out)

    @property
    def stock_mean_minor(self) -> float | None:
        """Mean value at cost of its stock; None where the ERP tells no stock or no cost of it."""
        return self.stock.value_mean_minor if self.stock else None


Side: TypeAlias = Money | int | None
"""What one side says: an amount or units, and None where it says nothing."""


class Contradiction(StrEnum):
    """Where two systems tell different stories of one article."""

    BELOW_COST = "below_cost"
    UNIT_COST = "unit_cost"
    COST_MISSING = "cost_missing"
    UNITS_SOLD = "units_sold"
    WITHOUT_STOCK = "without_stock"
    UNKNOWN_ARTICLE = "unknown_article"
    SUM = "sum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One contradiction with both sides, for a person to settle."""

    sku: Sku
    name: str
    kind: Contradiction
    ours: Side
    """What the ERP says; of a sum, what Sellerboard's own parts come to; of a price below cost,
    what a unit costs landed."""
    theirs: Side
    """What Sellerboard says; of a price below cost, what a unit brings net of VAT."""
    stake: Money | None
    """How much money of the period hangs on it; None where that cannot be told."""


class Grouping(StrEnum):
    """By what profit is added up."""

    SKU = "sku"
    MARKETPLACE = "marketplace"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    CATEGORY = "category"
    MANUFACTURER = "manufacturer"


TIME_GROUPINGS = frozenset({Grouping.DAY, Grouping.WEEK, Grouping.MONTH})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfitLine:
    """What one SKU, marketplace, day … earned. Ratios are None where their base is nothing."""

    key: str
    """The SKU, the marketplace, the category, or the first day as ``2026-09-02``."""
    name: str = ""
    category: str = ""
    manufacturer: str = ""
    article_count: int | None = None
    """How many SKUs are in it; None by marketplace and by time, where nobody counts them."""
    sums: ProfitSums
    currency: str
    left_out: Sequence[LeftOut] = ()
    gmroi_per_year: float | None = None
    gmroi_left_out_count: int = 0
    """Articles, sold or not, whose stock at cost is unknown: neither their margin nor their stock
    is in the GMROI."""
    contribution_per_stock_day: Money | None = None
    stock_days: float | None = None
    stock_value: Money | None = None
    """On hand at ERP cost at the end of the period."""
    has_before: bool = True
    """Whether all of the period before was told."""

    @property
    def units(self) -> int:
        """Units sold whose amounts are in the sums; `left_out` has those of which none counts."""
        return self.sums.units

    @property
    def refunds(self) -> int:
        """How many units came back."""
        return self.sums.refunds

    @property
    def sales(self) -> Money:
        """Gross, VAT included."""
        return Money(self.sums.sales_minor, self.currency)

    @property
    def revenue(self) -> Money:
        """Net of VAT."""
        return Money(self.sums.revenue_minor, self.currency)

    @property
    def cost_of_goods(self) -> Money:
        """A positive amount."""
        return Money(-self.sums.cost_of_goods_minor, self.currency)

    @property
    def fees(self) -> Money:
        """A positive amount; negative where reimbursements outweigh them."""
        return Money(-self.sums.fees_minor, self.currency)

    @property
    def ads(self) -> Money:
        """A positive amount."""
        return Money(-self.sums.ads_minor, self.currency)

    @property
    def refund_cost(self) -> Money:
        """A positive amount."""
        return Money(-self.sums.refund_cost_minor, self.currency)

    @property
    def contribution(self) -> Money:
        """Net profit: revenue less goods, fees, refunds and advertising, settled or not."""
        return Money(self.sums.net_profit_minor, self.currency)

    @property
    def settled_contribution(self) -> Money:
        """The part of the contribution whose fees are settled."""
        return Money(self.sums.settled_net_profit_minor, self.currency)

    @property
    def estimated_contribution(self) -> Money:
        """The part of the contribution whose fees are still estimates."""
        return Money(self.sums.estimated_net_profit_minor, self.currency)

    @property
    def margin(self) -> float | None:
        """Contribution ÷ gross sales, as Sellerboard reckons it (its column Margin)."""
        return _ratio(self.sums.net_profit_minor, self.sums.sales_minor)

    @property
    def roi(self) -> float | None:
        """Contribution ÷ cost of goods sold, as Sellerboard reckons it (its column ROI)."""
        return _ratio(self.sums.net_profit_minor, -self.sums.cost_of_goods_minor)

    @property
    def contribution_per_unit(self) -> Money | None:
        """Rounded to minor units; None where nothing was sold."""
        if self.sums.units <= 0:
            return None
        return Money(round(self.sums.net_profit_minor / self.sums.units), self.currency)

    @property
    def is_estimate(self) -> bool:
        """True while some of its days are not settled."""
        return self.sums.estimated_row_count > 0

    @property
    def contribution_change(self) -> Money | None:
        """Contribution less that of the period before; None where that is not wholly known."""
        if not self.has_before or self.sums.before_left_out_count:
            return None
        change = self.sums.net_profit_minor - self.sums.before_net_profit_minor
        return Money(change, self.currency)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateUsed:
    """By which rates the rows of one currency were converted."""

    currency: str
    row_count: int
    rate: Decimal
    """Units of the report's currency for one unit, of the newest rate that was used."""
    rate_date: date
    source: str
    lowest: Decimal
    highest: Decimal
    oldest_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfitFacts:
    """All that a report is made of; SKUs, marketplaces and days come to the same total."""

    period: Period
    before: Period | None
    """The period it is compared with; None where Sellerboard did not tell all of it."""
    currency: str
    marketplace: str = ""
    """The one that was asked for; empty: all."""
    articles: Sequence[ArticleFacts]
    by_marketplace: Sequence[tuple[str, ProfitSums]]
    by_day: Sequence[tuple[date, ProfitSums]]
    left_out_by_marketplace: Mapping[str, Sequence[LeftOut]] = field(default_factory=dict)
    left_out_by_day: Mapping[date, Sequence[LeftOut]] = field(default_factory=dict)
    rates: Sequence[RateUsed] = ()
    stock: GroupStock = GroupStock()
    """Of all articles."""
    stock_by_category: Mapping[str, GroupStock] = field(default_factory=dict)
    stock_by_manufacturer: Mapping[str, GroupStock] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfitReport:
    """Profit over a period: by SKU, best contribution first, and everything that belongs to it."""

    facts: ProfitFacts
    lines: Sequence[ProfitLine]
    total: ProfitLine
    left_out: Sequence[LeftOut]
    """By currency, what no rate converts: in none of the sums."""
    disagreements: Sequence[Disagreement]
    """Those with the most money at stake first."""

    @property
    def period(self) -> Period:
        """The days counted."""
        return self.facts.period

    @property
    def currency(self) -> str:
        """The currency of all sums."""
        return self.facts.currency

    @property
    def estimated_line_count(self) -> int:
        """How many SKUs have days that are not settled."""
        return sum(line.is_estimate for line in self.lines)

    @property
    def stake(self) -> Money:
        """Money that hangs on the contradictions, as far as it can be told."""
        known = (one.stake.minor for one in self.disagreements if one.stake is not None)
        return Money(sum(known), self.currency)
