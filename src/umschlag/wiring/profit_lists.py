"""Profit as lists: which lines are wanted, in which order, and their columns in a file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from umschlag.intelligence.profitability.contribution import grouped
from umschlag.intelligence.profitability.model import (
    TIME_GROUPINGS,
    Contradiction,
    Disagreement,
    Grouping,
    ProfitLine,
    ProfitReport,
    Side,
)
from umschlag.kernel.money import Money
from umschlag.wiring.contradictions import contradiction_meaning, contradiction_title
from umschlag.wiring.profit_words import line_title
from umschlag.wiring.spreadsheets import Cell, Row

ORDERS: Mapping[str, Callable[[ProfitLine], float | None]] = {
    "best": lambda line: line.sums.net_profit_minor,
    "worst": lambda line: -line.sums.net_profit_minor,
    "change": lambda line: _distance(line.contribution_change),
    "sales": lambda line: line.sums.sales_minor,
    "units": lambda line: line.sums.units,
    "margin": lambda line: _ratio(line.margin),
    "roi": lambda line: _ratio(line.roi),
    "gmroi": lambda line: line.gmroi_per_year,
    "per-day": lambda line: _minor(line.contribution_per_stock_day),
}
SHOWN: Mapping[str, Callable[[ProfitLine], bool]] = {
    "losing": lambda line: line.sums.net_profit_minor < 0,
    "earning": lambda line: line.sums.net_profit_minor > 0,
    "estimated": lambda line: line.is_estimate,
    "left-out": lambda line: bool(line.left_out),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a report somebody asked to see."""

    grouping: Grouping = Grouping.SKU
    q: str = ""
    show: str = ""
    """One of `SHOWN`; empty: all lines."""
    sort: str = ""
    """One of `ORDERS`; empty: the highest contribution first, days from the oldest on."""

    def lines(self, report: ProfitReport) -> list[ProfitLine]:
        """Return the lines asked for, in the order asked for, unknown measures last."""
        fits = SHOWN.get(self.show)
        found = [
            line
            for line in grouped(report, self.grouping)
            if (fits is None or fits(line))
            and self._names(line.key, line_title(line, self.grouping))
        ]
        measure = ORDERS.get(self.sort)
        if measure is None:
            return found
        return sorted(
            found, key=lambda line: (measure(line) is None, -(measure(line) or 0), line.key)
        )

    def disagreements(
        self, report: ProfitReport, kind: Contradiction | None = None
    ) -> list[Disagreement]:
        """Return the contradictions of the articles asked for, of one kind where it is given."""
        return [
            one
            for one in report.disagreements
            if (kind is None or one.kind is kind) and self._names(one.sku, one.name)
        ]

    def _names(self, *texts: str) -> bool:
        wanted = self.q.casefold()
        return any(wanted in text.casefold() for text in texts)


def profit_rows(
    lines: Sequence[ProfitLine], report: ProfitReport, *, grouping: Grouping
) -> Iterator[Row]:
    """Return the column names and a row for each line, amounts in major units."""
    is_time = grouping in TIME_GROUPINGS
    key_column = "first_day" if is_time else grouping.value
    masters = grouping is Grouping.SKU
    names = [key_column, *(("name", "category", "manufacturer") if masters else ("articles",))]
    yield [*names, *_FIGURES, "currency", "is_estimate", "left_out", "since", "through"]
    last_date = report.period.end_date - timedelta(days=1)
    for line in lines:
        key: Cell = date.fromisoformat(line.key) if is_time else line.key
        named = [line.name, line.category, line.manufacturer] if masters else [line.article_count]
        left = "; ".join(str(one.contribution) for one in line.left_out)
        yield [
            key,
            *named,
            *(figure(line) for figure in _FIGURES.values()),
            report.currency,
            line.is_estimate,
            left,
            report.period.start_date,
            last_date,
        ]


def contradiction_rows(found: Sequence[Disagreement], report: ProfitReport) -> Iterator[Row]:
    """Return the column names and a row for each contradiction, with numbers that can be summed."""
    last_date = report.period.end_date - timedelta(days=1)
    yield [
        *("sku", "name", "kind", "what", "ours", "sellerboard", "at_stake", "currency"),
        *("meaning", "since", "through"),
    ]
    for one in found:
        yield [
            one.sku,
            one.name,
            one.kind.value,
            contradiction_title(one.kind),
            _cell(one.ours),
            _cell(one.theirs),
            _cell(one.stake),
            report.currency,
            contradiction_meaning(one.kind),
            report.period.start_date,
            last_date,
        ]


def _before(line: ProfitLine) -> Cell:
    if line.contribution_change is None:
        return None
    return Money(line.sums.before_net_profit_minor, line.currency).decimal


_FIGURES: Mapping[str, Callable[[ProfitLine], Cell]] = {
    "units": lambda line: line.units,
    "refunds": lambda line: line.refunds,
    "sales": lambda line: line.sales.decimal,
    "sales_without_vat": lambda line: line.revenue.decimal,
    "refund_cost": lambda line: line.refund_cost.decimal,
    "fees": lambda line: line.fees.decimal,
    "advertising": lambda line: line.ads.decimal,
    "cost_of_goods": lambda line: line.cost_of_goods.decimal,
    "contribution": lambda line: line.contribution.decimal,
    "contribution_settled": lambda line: line.settled_contribution.decimal,
    "contribution_estimated": lambda line: line.estimated_contribution.decimal,
    "contribution_before": _before,
    "contribution_change": lambda line: _cell(line.contribution_change),
    "contribution_per_unit": lambda line: _cell(line.contribution_per_unit),
    "margin": lambda line: line.margin,
    "roi": lambda line: line.roi,
    "gmroi_per_year": lambda line: _ratio(line.gmroi_per_year),
    "gmroi_left_out_articles": lambda line: line.gmroi_left_out_count,
    "contribution_per_stock_day": lambda line: _cell(line.contribution_per_stock_day),
    "stock_days": lambda line: line.stock_days,
    "stock_value": lambda line: _cell(line.stock_value),
}


def _cell(side: Side) -> Cell:
    return side.decimal if isinstance(side, Money) else side


def _ratio(value: float | None) -> float | None:
    """Return it to a hundredth of a per cent: amounts of whole cents tell no more."""
    return None if value is None else round(value, 4)


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor


def _distance(amount: Money | None) -> int | None:
    return None if amount is None else abs(amount.minor)
