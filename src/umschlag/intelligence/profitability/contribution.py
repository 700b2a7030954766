"""What articles earned, per SKU over a period, and where the systems contradict each other."""

from collections.abc import Sequence

from umschlag.intelligence.movement.stock_value import stock_value_minor
from umschlag.intelligence.profitability.model import (
    ArticleFacts,
    ArticleProfit,
    Contradiction,
    Disagreement,
    ProfitReport,
)
from umschlag.kernel.money import Money
from umschlag.kernel.periods import Period

DAYS_PER_YEAR = 365
COST_TOLERANCE_RATIO = 0.05
COST_TOLERANCE_MINOR = 5
UNITS_TOLERANCE_RATIO = 0.10
UNITS_TOLERANCE = 3
"""Days begin at other hours on Amazon than with us, so that the edges of a period differ."""
SUM_TOLERANCE_RATIO = 0.01
SUM_TOLERANCE_MINOR = 100


def profit_report(facts: Sequence[ArticleFacts], *, period: Period, currency: str) -> ProfitReport:
    """Return every SKU's profit, best first, and the contradictions, dearest first."""
    lines = sorted(
        (article_profit(fact, period=period, currency=currency) for fact in facts),
        key=lambda line: (-line.contribution.minor, line.sku),
    )
    by_turnover = sorted(facts, key=lambda fact: (-fact.sales_minor, fact.sku))
    return ProfitReport(
        period=period,
        currency=currency,
        lines=lines,
        contribution=Money(sum(line.contribution.minor for line in lines), currency),
        sales=Money(sum(line.sales.minor for line in lines), currency),
        estimated_line_count=sum(line.is_estimate for line in lines),
        disagreements=[
            disagreement
            for fact in by_turnover
            for disagreement in disagreements(fact, currency=currency)
        ],
    )


def article_profit(fact: ArticleFacts, *, period: Period, currency: str) -> ArticleProfit:
    """Return what the SKU earned in the period."""
    cost_minor = -fact.cost_of_goods_minor
    contribution = Money(fact.net_profit_minor, currency)
    per_unit = round(fact.net_profit_minor / fact.units) if fact.units > 0 else None
    return ArticleProfit(
        sku=fact.sku,
        name=fact.name,
        units=fact.units,
        refunds=fact.refunds,
        sales=Money(fact.sales_minor, currency),
        revenue=Money(fact.sales_minor + fact.vat_minor, currency),
        cost_of_goods=Money(cost_minor, currency),
        contribution=contribution,
        contribution_per_unit=None if per_unit is None else Money(per_unit, currency),
        margin=_ratio(fact.net_profit_minor, fact.sales_minor),
        roi=_ratio(fact.net_profit_minor, cost_minor),
        gmroi_per_year=gmroi_per_year(fact, days=period.days),
        stock_value=_stock_value(fact, currency),
        is_estimate=fact.estimated_day_count > 0,
    )


def gmroi_per_year(fact: ArticleFacts, *, days: int) -> float | None:
    """Return gross margin of a year at this pace over the mean stock at cost.

    None without a cost, without a picture of the stock, or where there was none: a return on
    nothing has no measure.
    """
    if fact.erp_unit_cost_minor is None or fact.stock_units_mean is None or days <= 0:
        return None
    stock_minor = fact.stock_units_mean * fact.erp_unit_cost_minor
    if stock_minor <= 0:
        return None
    # The VAT of what came back is in `vat_minor` again, so that refunds belong in as well.
    gross_margin_minor = (
        fact.sales_minor + fact.refund_cost_minor + fact.vat_minor + fact.cost_of_goods_minor
    )
    return gross_margin_minor * DAYS_PER_YEAR / days / stock_minor


def _stock_value(fact: ArticleFacts, currency: str) -> Money | None:
    minor = stock_value_minor(
        on_hand_units=fact.on_hand_units, unit_cost_minor=fact.erp_unit_cost_minor
    )
    return None if minor is None else Money(minor, currency)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None


def disagreements(fact: ArticleFacts, *, currency: str) -> list[Disagreement]:
    """Return where Sellerboard and the ERP, or Sellerboard with itself, disagree on the SKU."""
    found = [_unknown_article(fact), _cost(fact, currency), _units(fact), _sum(fact, currency)]
    return [disagreement for disagreement in found if disagreement is not None]


def _unknown_article(fact: ArticleFacts) -> Disagreement | None:
    if fact.is_known_to_erp:
        return None
    return Disagreement(
        sku=fact.sku,
        kind=Contradiction.UNKNOWN_ARTICLE,
        ours=None,
        theirs=fact.units,
    )


def _cost(fact: ArticleFacts, currency: str) -> Disagreement | None:
    ours_minor = fact.erp_unit_cost_minor
    if fact.units <= 0 or ours_minor is None:
        return None
    theirs_minor = -fact.cost_of_goods_minor / fact.units
    ours, theirs = Money(ours_minor, currency), Money(round(theirs_minor), currency)
    if theirs.minor == 0 and ours_minor > 0:
        kind = Contradiction.COST_MISSING
    elif abs(theirs_minor - ours_minor) > max(
        COST_TOLERANCE_MINOR, COST_TOLERANCE_RATIO * ours_minor
    ):
        kind = Contradiction.UNIT_COST
    else:
        return None
    return Disagreement(sku=fact.sku, kind=kind, ours=ours, theirs=theirs)


def _units(fact: ArticleFacts) -> Disagreement | None:
    # No contradiction where the ERP knows no sale, because its orders are not imported then.
    apart = abs(fact.units - fact.erp_sold_units)
    allowed = max(UNITS_TOLERANCE, UNITS_TOLERANCE_RATIO * fact.erp_sold_units)
    if fact.erp_sold_units <= 0 or apart <= allowed:
        return None
    return Disagreement(
        sku=fact.sku,
        kind=Contradiction.UNITS_SOLD,
        ours=fact.erp_sold_units,
        theirs=fact.units,
    )


def _sum(fact: ArticleFacts, currency: str) -> Disagreement | None:
    added = (
        fact.sales_minor
        + fact.ads_minor
        + fact.fees_minor
        + fact.refund_cost_minor
        + fact.cost_of_goods_minor
        + fact.vat_minor
    )
    allowed = max(SUM_TOLERANCE_MINOR, SUM_TOLERANCE_RATIO * fact.sales_minor)
    if abs(added - fact.net_profit_minor) <= allowed:
        return None
    return Disagreement(
        sku=fact.sku,
        kind=Contradiction.SUM,
        ours=Money(added, currency),
        theirs=Money(fact.net_profit_minor, currency),
    )
