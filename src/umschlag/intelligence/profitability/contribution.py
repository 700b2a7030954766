"""What was earned over a period, by whatever it is added up: sums, ratios, and where money goes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from umschlag.intelligence.movement.stock_value import stock_value_minor
from umschlag.intelligence.profitability.disagreements import disagreements
from umschlag.intelligence.profitability.model import (
    ArticleFacts,
    Grouping,
    GroupStock,
    LeftOut,
    ProfitFacts,
    ProfitLine,
    ProfitReport,
    StockOfPeriod,
)
from umschlag.intelligence.profitability.sums import ProfitSums
from umschlag.kernel.money import Money
from umschlag.kernel.periods import Period

DAYS_PER_YEAR = 365


def profit_report(facts: ProfitFacts) -> ProfitReport:
    """Return every SKU's profit, best first, and the contradictions, most money at stake first."""
    found = [one for fact in facts.articles for one in disagreements(fact, currency=facts.currency)]
    return ProfitReport(
        facts=facts,
        lines=_best_first(article_profit(fact, facts=facts) for fact in facts.articles),
        total=_total(facts),
        left_out=added_left_out(facts.left_out_by_marketplace.values()),
        disagreements=sorted(
            found,
            key=lambda one: (one.stake is None, -(one.stake.minor if one.stake else 0), one.sku),
        ),
    )


def grouped(report: ProfitReport, grouping: Grouping) -> Sequence[ProfitLine]:
    """Return the report's lines added up by something else; each grouping has the same total.

    By SKU, marketplace, category and manufacturer the best contribution comes first, by time the
    oldest.
    """
    facts = report.facts
    if grouping is Grouping.SKU:
        return report.lines
    if grouping is Grouping.MARKETPLACE:
        return _best_first(
            _line(name, sums, facts, left_out=facts.left_out_by_marketplace.get(name, ()))
            for name, sums in facts.by_marketplace
        )
    if grouping in _START_OF:
        return _by_time(facts, _START_OF[grouping])
    return _by_master(facts, grouping)


def article_profit(fact: ArticleFacts, *, facts: ProfitFacts) -> ProfitLine:
    """Return what the SKU earned in the period.

    Stock serves all marketplaces, so that its returns have no measure on one of them.
    """
    whole = not facts.marketplace
    stock_days = stock_days_of(fact.stock, period=facts.period) if whole else None
    per_day = round(fact.sums.net_profit_minor / stock_days) if stock_days else None
    stock_minor = stock_value_minor(
        on_hand_units=fact.on_hand_units, unit_cost_minor=fact.erp_unit_cost_minor
    )
    mean_minor = fact.stock_mean_minor if whole else None
    margin_minor = fact.sums.gross_margin_minor
    return ProfitLine(
        key=fact.sku,
        name=fact.name,
        category=fact.category,
        manufacturer=fact.manufacturer,
        article_count=1,
        sums=fact.sums,
        currency=facts.currency,
        left_out=fact.left_out,
        has_before=facts.before is not None,
        stock_days=stock_days,
        contribution_per_stock_day=None if per_day is None else Money(per_day, facts.currency),
        gmroi_per_year=gmroi_per_year(
            margin_minor, stock_mean_minor=mean_minor, period=facts.period
        ),
        gmroi_left_out_count=int(whole and mean_minor is None),
        stock_value=None if stock_minor is None else Money(stock_minor, facts.currency),
    )


def gmroi_per_year(
    gross_margin_minor: int, *, stock_mean_minor: float | None, period: Period
) -> float | None:
    """Return gross margin of a year at this pace over the mean stock at cost.

    Gross margin return on inventory investment: gross margin ÷ average inventory at cost
    (Sweeney, Improving the Profitability of Retail Merchandising Decisions, Journal of Marketing
    37, 1973), of a year as docs/glossary.md has it. The average is over the period's pictures,
    nothing on those that do not show the article. None without a cost, without a picture of the
    stock, or where there was none: a return on nothing has no measure.
    """
    if stock_mean_minor is None or stock_mean_minor <= 0 or period.days <= 0:
        return None
    return gross_margin_minor * DAYS_PER_YEAR / period.days / stock_mean_minor


def stock_days_of(stock: StockOfPeriod | None, *, period: Period) -> float | None:
    """Return on how many days of the period units were available in our warehouses.

    Ours (docs/glossary.md, profit per day of stock): the days with available units among those
    with a picture, whether it shows the article or not; days without any picture count in the same
    proportion. None without a picture, and where no day had any, as for articles that lie at
    Amazon alone.
    """
    if stock is None or not stock.picture_days or not stock.stock_days:
        return None
    return period.days * stock.stock_days / stock.picture_days


class Part(StrEnum):
    """A stage on the way from sales to contribution."""

    SALES = "sales"
    VAT = "vat"
    REFUNDS = "refunds"
    FEES = "fees"
    ADS = "ads"
    GOODS = "goods"
    UNEXPLAINED = "unexplained"
    CONTRIBUTION = "contribution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One part of the way: what it adds, and from where to where it leads, in minor units."""

    part: Part
    amount_minor: int
    from_minor: int
    until_minor: int


def where_the_money_goes(sums: ProfitSums) -> Sequence[Stage]:
    """Return the way from gross sales to contribution; each stage begins where the last one ends.

    What Sellerboard's parts leave unexplained is a stage of its own, and absent where it is
    nothing; sales and contribution themselves begin at nothing.
    """
    taken = [
        (Part.VAT, sums.vat_minor),
        (Part.REFUNDS, sums.refund_cost_minor),
        (Part.FEES, sums.fees_minor),
        (Part.ADS, sums.ads_minor),
        (Part.GOODS, sums.cost_of_goods_minor),
    ]
    if sums.unexplained_minor:
        taken.append((Part.UNEXPLAINED, sums.unexplained_minor))
    level = sums.sales_minor
    stages = [Stage(part=Part.SALES, amount_minor=level, from_minor=0, until_minor=level)]
    for part, amount in taken:
        stages.append(
            Stage(part=part, amount_minor=amount, from_minor=level, until_minor=level + amount)
        )
        level += amount
    stages.append(
        Stage(part=Part.CONTRIBUTION, amount_minor=level, from_minor=0, until_minor=level)
    )
    return stages


def week_start(day: date) -> date:
    """Return the Monday of the day's week (ISO 8601)."""
    return day - timedelta(days=day.weekday())


def _month_start(day: date) -> date:
    return day.replace(day=1)


_START_OF: Mapping[Grouping, Callable[[date], date]] = {
    Grouping.DAY: lambda day: day,
    Grouping.WEEK: week_start,
    Grouping.MONTH: _month_start,
}


def _line(
    key: str, sums: ProfitSums, facts: ProfitFacts, *, left_out: Sequence[LeftOut] = ()
) -> ProfitLine:
    return ProfitLine(
        key=key,
        sums=sums,
        currency=facts.currency,
        left_out=left_out,
        has_before=facts.before is not None,
    )


def _total(facts: ProfitFacts) -> ProfitLine:
    # The same as over all articles, which are many more.
    sums = sum((one for _name, one in facts.by_marketplace), ProfitSums())
    gmroi, left_out_count = _return_of(facts.articles, sums, stock=facts.stock, facts=facts)
    return ProfitLine(
        key="",
        article_count=len(facts.articles),
        sums=sums,
        currency=facts.currency,
        has_before=facts.before is not None,
        gmroi_per_year=gmroi,
        gmroi_left_out_count=left_out_count,
    )


def _by_master(facts: ProfitFacts, grouping: Grouping) -> Sequence[ProfitLine]:
    of_category = grouping is Grouping.CATEGORY
    stocks = facts.stock_by_category if of_category else facts.stock_by_manufacturer
    groups: dict[str, list[ArticleFacts]] = defaultdict(list)
    for fact in facts.articles:
        groups[fact.category if of_category else fact.manufacturer].append(fact)
    lines = []
    for key, members in groups.items():
        sums = sum((fact.sums for fact in members), ProfitSums())
        stock = stocks.get(key, GroupStock())
        gmroi, left_out_count = _return_of(members, sums, stock=stock, facts=facts)
        lines.append(
            ProfitLine(
                key=key,
                article_count=len(members),
                sums=sums,
                currency=facts.currency,
                left_out=added_left_out(fact.left_out for fact in members),
                has_before=facts.before is not None,
                gmroi_per_year=gmroi,
                gmroi_left_out_count=left_out_count,
            )
        )
    return _best_first(lines)


def _return_of(
    members: Iterable[ArticleFacts], sums: ProfitSums, *, stock: GroupStock, facts: ProfitFacts
) -> tuple[float | None, int]:
    """Return the GMROI of what the members sold, and how many articles are left out of it.

    Margin on stock of unknown value would pass for a return on the stock of the others.
    """
    if facts.marketplace:
        return None, 0
    unknown = [fact for fact in members if fact.stock_mean_minor is None]
    margin_minor = sums.gross_margin_minor - sum(one.sums.gross_margin_minor for one in unknown)
    gmroi = gmroi_per_year(
        margin_minor, stock_mean_minor=stock.value_mean_minor, period=facts.period
    )
    # Those that sold and that no snapshot of the period shows are not in the group's stock.
    return gmroi, stock.unknown_count + sum(one.stock is None for one in unknown)


def _by_time(facts: ProfitFacts, start_of: Callable[[date], date]) -> Sequence[ProfitLine]:
    groups: dict[date, ProfitSums] = {}
    left_out: dict[date, list[Sequence[LeftOut]]] = defaultdict(list)
    for day, sums in facts.by_day:
        start = start_of(day)
        groups[start] = groups.get(start, ProfitSums()) + sums
        left_out[start].append(facts.left_out_by_day.get(day, ()))
    return [
        _line(start.isoformat(), sums, facts, left_out=added_left_out(left_out[start]))
        for start, sums in sorted(groups.items())
    ]


def added_left_out(groups: Iterable[Sequence[LeftOut]]) -> Sequence[LeftOut]:
    """Return what was left out, one entry a currency."""
    added: dict[str, LeftOut] = {}
    for group in groups:
        for one in group:
            known = added.get(one.currency)
            added[one.currency] = (
                one
                if known is None
                else LeftOut(
                    currency=one.currency,
                    row_count=known.row_count + one.row_count,
                    units=known.units + one.units,
                    sales=known.sales + one.sales,
                    contribution=known.contribution + one.contribution,
                )
            )
    return [added[currency] for currency in sorted(added)]


def _best_first(lines: Iterable[ProfitLine]) -> Sequence[ProfitLine]:
    return sorted(lines, key=lambda line: (-line.sums.net_profit_minor, line.key))
