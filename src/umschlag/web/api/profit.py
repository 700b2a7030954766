"""What was earned by what, and where ERP and Sellerboard contradict each other, over the API."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from umschlag.intelligence.profitability.model import Contradiction, Grouping, ProfitReport
from umschlag.settings import load_settings
from umschlag.web.api.access import demand
from umschlag.web.api.paging import Asked, Day, Page, Text, paged_list
from umschlag.web.api.problems import ERRORS
from umschlag.web.api.schemas import MoneyOut
from umschlag.web.loose import Loose
from umschlag.wiring.contradictions import contradiction_meaning
from umschlag.wiring.profit_lists import Wanted
from umschlag.wiring.profit_periods import asked_period, told_period
from umschlag.wiring.profitability import profitability

router = Router(tags=["Intelligence"])


class LeftOutOut(Schema):
    """Amounts in a currency for which no rate counts: in no sum."""

    currency: str
    product_days: int = Field(alias="row_count")
    units: int = Field(description="Units sold, which are in no sum either.")
    sales: MoneyOut
    contribution: MoneyOut


class RateOut(Schema):
    """By which rates amounts of one currency were converted, each at the rate of its day."""

    currency: str
    product_days: int = Field(alias="row_count")
    rate: Decimal = Field(description="Of the newest day: the report's currency for one unit.")
    rate_date: date
    source: str
    lowest: Decimal
    highest: Decimal
    oldest_date: date


class ProfitOut(Schema):
    """What one SKU, marketplace, day … earned. Ratios are null where their base is nothing."""

    key: str = Field(description="The SKU, the marketplace, the category, or the first day.")
    sku: str | None = Field(None, description="Where it is grouped by SKU.")
    name: str
    category: str
    manufacturer: str
    article_count: int | None = Field(description="Null by marketplace and by time.")
    units: int
    refunds: int
    sales: MoneyOut = Field(description="Gross, VAT included.")
    revenue: MoneyOut = Field(description="Net of VAT.")
    fees: MoneyOut
    ads: MoneyOut
    refund_cost: MoneyOut
    cost_of_goods: MoneyOut
    contribution: MoneyOut = Field(
        description="Revenue less goods, fees, refunds and advertising: Sellerboard's net profit, "
        "settled and estimated together."
    )
    settled_contribution: MoneyOut
    estimated_contribution: MoneyOut
    contribution_change: MoneyOut | None = Field(
        description="Against the period before; null where Sellerboard did not tell all of it."
    )
    contribution_per_unit: MoneyOut | None
    margin: float | None = Field(description="Contribution ÷ sales.")
    roi: float | None = Field(description="Contribution ÷ cost of goods.")
    gmroi_per_year: float | None = Field(
        description="Gross margin, less refunds, of a year at this pace ÷ average stock at cost."
    )
    gmroi_left_out_count: int = Field(
        description="Articles, sold or not, whose stock at cost is unknown: neither their margin "
        "nor their stock is in the GMROI."
    )
    contribution_per_stock_day: MoneyOut | None = Field(
        description="Contribution ÷ days on which units were available in the merchant's own "
        "warehouses."
    )
    stock_days: float | None
    stock_value: MoneyOut | None
    is_estimate: bool = Field(description="Fees of some of its days are not settled.")
    left_out: list[LeftOutOut]


class ProfitPage(Page[ProfitOut]):
    """One page of the lines, and what all of the period together comes to."""

    since: date
    through: date = Field(description="The last day counted.")
    before_since: date | None = Field(description="First day of the period it is compared with.")
    currency: str
    sales: MoneyOut
    contribution: MoneyOut
    settled_contribution: MoneyOut
    estimated_contribution: MoneyOut
    contribution_change: MoneyOut | None
    estimated_count: int = Field(description="SKUs of which some days are estimated.")
    contradiction_count: int
    rates: list[RateOut]
    left_out: list[LeftOutOut]


class ContradictionOut(Schema):
    """One thing on which the two systems disagree."""

    sku: str
    name: str
    kind: Contradiction
    ours: MoneyOut | int | None = Field(
        description="What the ERP says; of a sum, what Sellerboard's own parts come to; of a price "
        "below cost, what a unit costs with its fees."
    )
    sellerboard: MoneyOut | int | None = Field(alias="theirs")
    at_stake: MoneyOut | None = Field(alias="stake")
    meaning: str

    @staticmethod
    def resolve_meaning(record: Loose) -> str:
        """Put into words what stands against what."""
        return contradiction_meaning(record.kind)


class PeriodAsked(Asked):
    """Filters. Days are cut to those that Sellerboard told."""

    since: Day | None = Field(None, description="Business dates from this one on.")
    through: Day | None = Field(
        None, description="Up to this one. Without both, the newest 30 days that were told."
    )
    marketplace: Text = Field("", description="One marketplace alone, such as Amazon.de.")
    search: Text | None = Field(None, description="Part of SKU or name.")


class ProfitAsked(PeriodAsked):
    """Filters and order. Days are cut to those that Sellerboard told."""

    by: Grouping = Field(Grouping.SKU, description="By what it is added up.")
    show: Literal["", "losing", "earning", "estimated", "left-out"] = ""
    sort: Literal[
        "", "best", "worst", "change", "sales", "units", "margin", "roi", "gmroi", "per-day"
    ] = Field("", description="Empty: highest contribution first, days from the oldest on.")


class ContradictionsAsked(PeriodAsked):
    """Filters. Days are cut to those that Sellerboard told."""

    kind: Contradiction | None = None


@router.get("/profit", response={200: ProfitPage, **ERRORS})
def profit(request: HttpRequest, asked: Query[ProfitAsked]) -> dict[str, Any]:
    """List what was earned, highest contribution first. Sums are over all of the period."""
    demand(request, "records.view_article")
    report = _report(asked)
    wanted = Wanted(grouping=asked.by, q=asked.search or "", show=asked.show, sort=asked.sort)
    found = paged_list(wanted.lines(report), asked)
    if asked.by is Grouping.SKU:
        found["items"] = [_WithSku(line) for line in found["items"]]
    total, before = report.total, report.facts.before
    return {
        **found,
        "since": report.period.start_date,
        "through": report.period.end_date - timedelta(days=1),
        "before_since": before.start_date if before else None,
        "currency": report.currency,
        "sales": total.sales,
        "contribution": total.contribution,
        "settled_contribution": total.settled_contribution,
        "estimated_contribution": total.estimated_contribution,
        "contribution_change": total.contribution_change,
        "estimated_count": report.estimated_line_count,
        "contradiction_count": len(report.disagreements),
        "rates": report.facts.rates,
        "left_out": report.left_out,
    }


@router.get("/profit/contradictions", response={200: Page[ContradictionOut], **ERRORS})
def contradictions(request: HttpRequest, asked: Query[ContradictionsAsked]) -> dict[str, Any]:
    """List where ERP and Sellerboard disagree, the most money at stake first."""
    demand(request, "records.view_article")
    wanted = Wanted(q=asked.search or "")
    return paged_list(wanted.disagreements(_report(asked), asked.kind), asked)


def _report(asked: PeriodAsked) -> ProfitReport:
    settings = load_settings()
    period = asked_period(told_period(settings), since=asked.since, through=asked.through)
    return profitability(settings, period=period, marketplace=asked.marketplace)


class _WithSku:
    """A line whose key is a SKU, which programs look for under that name."""

    def __init__(self, line: Loose) -> None:
        self._line = line
        self.sku = line.key

    def __getattr__(self, name: str) -> Loose:
        return getattr(self._line, name)
