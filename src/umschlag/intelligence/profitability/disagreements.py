"""Where Sellerboard and the ERP, or Sellerboard with itself, contradict each other on a SKU."""

from umschlag.intelligence.profitability.model import ArticleFacts, Contradiction, Disagreement
from umschlag.kernel.money import Money

COST_TOLERANCE_RATIO = 0.05
COST_TOLERANCE_MINOR = 5
UNITS_TOLERANCE_RATIO = 0.10
UNITS_TOLERANCE = 3
"""Days begin at other hours on Amazon than with us, so that the edges of a period differ."""
SUM_TOLERANCE_RATIO = 0.01
SUM_TOLERANCE_MINOR = 100


def disagreements(fact: ArticleFacts, *, currency: str) -> list[Disagreement]:
    """Return what contradicts what on the SKU, each with both sides and the money at stake."""
    found = [
        _unknown_article(fact, currency),
        _cost(fact, currency),
        _units(fact, currency),
        _sum(fact, currency),
        _without_stock(fact, currency),
        _below_cost(fact, currency),
    ]
    return [disagreement for disagreement in found if disagreement is not None]


def _unknown_article(fact: ArticleFacts, currency: str) -> Disagreement | None:
    if fact.is_known_to_erp is not False or not fact.sums.row_count:
        return None
    return Disagreement(
        sku=fact.sku,
        name=fact.name,
        kind=Contradiction.UNKNOWN_ARTICLE,
        ours=None,
        theirs=fact.told_units,
        stake=Money(fact.sums.sales_minor, currency),
    )


def _cost(fact: ArticleFacts, currency: str) -> Disagreement | None:
    ours_minor = fact.erp_unit_cost_minor
    units = fact.sums.units
    if units <= 0 or ours_minor is None:
        return None
    theirs_minor = -fact.sums.cost_of_goods_minor / units
    theirs = Money(round(theirs_minor), currency)
    apart_minor = abs(theirs_minor - ours_minor)
    if theirs.minor == 0 and ours_minor > 0:
        kind = Contradiction.COST_MISSING
    elif apart_minor > max(COST_TOLERANCE_MINOR, COST_TOLERANCE_RATIO * ours_minor):
        kind = Contradiction.UNIT_COST
    else:
        return None
    return Disagreement(
        sku=fact.sku,
        name=fact.name,
        kind=kind,
        ours=Money(ours_minor, currency),
        theirs=theirs,
        stake=Money(round(apart_minor * units), currency),
    )


def _units(fact: ArticleFacts, currency: str) -> Disagreement | None:
    # No contradiction where the ERP knows no sale, because its orders are not imported then.
    # The ERP counts the days whose amounts no rate converts as well.
    told = fact.told_units
    apart = abs(told - fact.erp_sold_units)
    allowed = max(UNITS_TOLERANCE, UNITS_TOLERANCE_RATIO * fact.erp_sold_units)
    if fact.erp_sold_units <= 0 or apart <= allowed:
        return None
    # Valued at the mean price of what a rate converts; of no sale there is none.
    units = fact.sums.units
    stake = Money(round(apart * fact.sums.sales_minor / units), currency) if units > 0 else None
    return Disagreement(
        sku=fact.sku,
        name=fact.name,
        kind=Contradiction.UNITS_SOLD,
        ours=fact.erp_sold_units,
        theirs=told,
        stake=stake,
    )


def _sum(fact: ArticleFacts, currency: str) -> Disagreement | None:
    sums = fact.sums
    allowed = max(SUM_TOLERANCE_MINOR, SUM_TOLERANCE_RATIO * sums.sales_minor)
    if abs(sums.unexplained_minor) <= allowed:
        return None
    return Disagreement(
        sku=fact.sku,
        name=fact.name,
        kind=Contradiction.SUM,
        ours=Money(sums.parts_minor, currency),
        theirs=Money(sums.net_profit_minor, currency),
        stake=Money(abs(sums.unexplained_minor), currency),
    )


def _without_stock(fact: ArticleFacts, currency: str) -> Disagreement | None:
    """Return sales that we ship ourselves on days on which no warehouse had a unit.

    Goods in Amazon's centres are not in the ERP, so that what Amazon ships contradicts nothing.
    """
    if fact.unstocked_units <= 0:
        return None
    sales_minor = fact.unstocked_sales_minor
    return Disagreement(
        sku=fact.sku,
        name=fact.name,
        kind=Contradiction.WITHOUT_STOCK,
        ours=0,
        theirs=fact.unstocked_units,
        stake=None if sales_minor is None else Money(sales_minor, currency),
    )


def _below_cost(fact: ArticleFacts, currency: str) -> Disagreement | None:
    """Return a mean net price that does not bring back the unit's cost and the fees on it.

    Means over the period; advertising, storage bought in and refunds come on top. The ERP's cost
    counts, Sellerboard's where the ERP has none; without any there is nothing to compare.
    """
    units = fact.sums.units
    if units <= 0:
        return None
    told_minor = -fact.sums.cost_of_goods_minor / units
    cost_minor = told_minor if fact.erp_unit_cost_minor is None else fact.erp_unit_cost_minor
    if cost_minor <= 0:
        return None
    landed_minor = cost_minor - fact.sums.fees_minor / units
    price_minor = fact.sums.revenue_minor / units
    if price_minor >= landed_minor - 1:
        return None
    return Disagreement(
        sku=fact.sku,
        name=fact.name,
        kind=Contradiction.BELOW_COST,
        ours=Money(round(landed_minor), currency),
        theirs=Money(round(price_minor), currency),
        stake=Money(round((landed_minor - price_minor) * units), currency),
    )
