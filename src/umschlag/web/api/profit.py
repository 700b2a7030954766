"""What every article earned, and where ERP and Sellerboard contradict each other, over the API."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from umschlag.intelligence.profitability.model import Contradiction, ProfitReport
from umschlag.settings import load_settings
from umschlag.web.api.access import demand
from umschlag.web.api.paging import Asked, Day, Page, Text, paged_list
from umschlag.web.api.problems import ERRORS
from umschlag.web.api.schemas import MoneyOut
from umschlag.web.loose import Loose
from umschlag.wiring.contradictions import contradiction_meaning
from umschlag.wiring.profitability import asked_period, profitability, told_period

router = Router(tags=["Intelligence"])


class ProfitOut(Schema):
    """What one SKU earned. Ratios are null where their base is nothing or unknown."""

    sku: str
    name: str
    units: int
    refunds: int
    sales: MoneyOut = Field(description="Gross, VAT included.")
    revenue: MoneyOut = Field(description="Net of VAT.")
    cost_of_goods: MoneyOut
    contribution: MoneyOut = Field(
        description="Revenue less goods, fees, refunds and advertising: Sellerboard's net profit."
    )
    contribution_per_unit: MoneyOut | None
    margin: float | None = Field(description="Contribution ÷ sales.")
    roi: float | None = Field(description="Contribution ÷ cost of goods.")
    gmroi_per_year: float | None = Field(
        description="Gross margin, less refunds, of a year at this pace ÷ average stock at cost."
    )
    stock_value: MoneyOut | None
    is_estimate: bool = Field(description="Fees of some of its days are not settled.")


class ProfitPage(Page[ProfitOut]):
    """One page of the articles, and what all of them together come to."""

    since: date
    through: date = Field(description="The last day counted.")
    sales: MoneyOut
    contribution: MoneyOut
    estimated_count: int
    contradiction_count: int


class ContradictionOut(Schema):
    """One thing on which the two systems disagree."""

    sku: str
    kind: Contradiction
    ours: MoneyOut | int | None = Field(
        description="What the ERP says; of a sum, what Sellerboard's own parts come to."
    )
    sellerboard: MoneyOut | int | None = Field(alias="theirs")
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


class ProfitAsked(PeriodAsked):
    """Filters. Days are cut to those that Sellerboard told."""

    search: Text | None = Field(None, description="Part of SKU or name.")


@router.get("/profit", response={200: ProfitPage, **ERRORS})
def profit(request: HttpRequest, asked: Query[ProfitAsked]) -> dict[str, Any]:
    """List what every article earned, highest contribution first. Sums are over all articles."""
    demand(request, "records.view_article")
    report = _report(asked)
    wanted = (asked.search or "").casefold()
    lines = [
        line
        for line in report.lines
        if wanted in line.sku.casefold() or wanted in line.name.casefold()
    ]
    return {
        **paged_list(lines, asked),
        "since": report.period.start_date,
        "through": report.period.end_date - timedelta(days=1),
        "sales": report.sales,
        "contribution": report.contribution,
        "estimated_count": report.estimated_line_count,
        "contradiction_count": len(report.disagreements),
    }


@router.get("/profit/contradictions", response={200: Page[ContradictionOut], **ERRORS})
def contradictions(request: HttpRequest, asked: Query[PeriodAsked]) -> dict[str, Any]:
    """List where ERP and Sellerboard disagree, the articles with the highest sales first."""
    demand(request, "records.view_article")
    return paged_list(_report(asked).disagreements, asked)


def _report(asked: PeriodAsked) -> ProfitReport:
    settings = load_settings()
    period = asked_period(told_period(settings), since=asked.since, through=asked.through)
    return profitability(settings, period=period)
