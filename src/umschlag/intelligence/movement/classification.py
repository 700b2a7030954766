"""The verdict on every article, by the merchant's rules."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.movement.abc import CLASSES as ABC_CLASSES
from umschlag.intelligence.movement.abc import abc_classes
from umschlag.intelligence.movement.columns import (
    ArticleColumns,
    Flags,
    Numbers,
    SalesColumns,
    Texts,
)
from umschlag.intelligence.movement.figures import FigureColumns, Places, movement_figures
from umschlag.intelligence.movement.lost_sales import StockOuts
from umschlag.intelligence.movement.model import (
    Classification,
    MovementRule,
    MovementThresholds,
    Reason,
    RuleScope,
    Verdict,
)
from umschlag.intelligence.movement.reasons import (
    NO_REASON,
    Seen,
    match_reasons,
    reason_at,
    unmatched_reasons,
)
from umschlag.kernel.identifiers import Sku


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WarehouseStock:
    """What lies in one warehouse, article by article; zero where nothing does."""

    on_hand_units: Numbers
    reserved_units: Numbers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """All that verdicts are given by.

    What rules see that look at one warehouse or marketplace goes by its name in lower case; a name
    that is not there has no stock and no sales.
    """

    articles: ArticleColumns
    thresholds: MovementThresholds = field(default_factory=MovementThresholds)
    vat_percent: float = 0.0
    stock_outs: StockOuts | None = None
    warehouses: Mapping[str, WarehouseStock] = field(default_factory=dict)
    marketplaces: Mapping[str, SalesColumns] = field(default_factory=dict)

    def figures(self, articles: ArticleColumns | None = None) -> FigureColumns:
        """Return the figures of all articles, or of these views of them."""
        return movement_figures(
            self.articles if articles is None else articles,
            self.thresholds,
            vat_percent=self.vat_percent,
            stock_outs=self.stock_outs if articles is None else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged(Sequence[Classification]):
    """The verdict on every article with rule, reason and figures, side by side.

    A reason is put into full when it is read: most are never looked at.
    """

    articles: ArticleColumns
    figures: FigureColumns
    rules: Sequence[MovementRule]
    """In the order in which they were asked."""
    seen: Sequence[Seen]
    """What each rule looked at; behind them what is looked at where none matched."""
    rule: NDArray[np.int16]
    """Place of the rule that decided, −1 where none did."""
    reason: Places
    abc_class: Places
    abc_class_by_margin: Places
    stock_outs: StockOuts | None = None

    def __len__(self) -> int:
        return len(self.articles)

    @overload
    def __getitem__(self, place: int) -> Classification: ...

    @overload
    def __getitem__(self, place: slice) -> list[Classification]: ...

    def __getitem__(self, place: int | slice) -> Classification | list[Classification]:
        every = list(self)
        return every[place]

    def __iter__(self) -> Iterator[Classification]:
        columns = zip(
            self.articles.sku.tolist(),
            self.rule.tolist(),
            self.figures.rows(),
            self.abc_class.tolist(),
            self.abc_class_by_margin.tolist(),
            strict=True,
        )
        for place, (sku, rule, figures, abc, by_margin) in enumerate(columns):
            yield Classification(
                sku=Sku(sku),
                verdict=self.rules[rule].verdict if rule >= 0 else Verdict.NORMAL,
                rule_name=self.rules[rule].name if rule >= 0 else "",
                reason=self.reason_of(place),
                figures=figures,
                abc_class=ABC_CLASSES[abc],
                abc_class_by_margin=ABC_CLASSES[by_margin] if by_margin >= 0 else None,
            )

    def reason_of(self, place: int) -> Reason:
        """Return why the article at this place was judged as it was."""
        rule = int(self.rule[place])
        return reason_at(
            place,
            int(self.reason[place]),
            seen=self.seen[rule],
            rule=self.rules[rule] if rule >= 0 else None,
        )

    def is_verdict(self, verdict: Verdict) -> Flags:
        """Return the articles of this verdict."""
        of_rules = [rule.verdict is verdict for rule in self.rules]
        # No rule is −1, which is the last place.
        return np.array([*of_rules, verdict is Verdict.NORMAL])[self.rule]


def judged(evidence: Evidence, rules: Iterable[MovementRule]) -> Judged:
    """Return the verdict on every article: that of the first rule that matches, else normal."""
    articles, figures = evidence.articles, evidence.figures()
    everything = Seen(
        articles=articles, figures=figures, is_in_scope=np.ones(len(articles), dtype=bool)
    )
    asked = by_priority(rules)
    seen = [_seen(rule, evidence, everything) for rule in asked]
    decided = np.full(len(articles), -1, dtype=np.int16)
    reason = unmatched_reasons(articles, figures, evidence.thresholds)
    for place in reversed(range(len(asked))):
        # Asked from behind, so that what the first of them says stands in the end.
        found = match_reasons(asked[place], seen[place], evidence.thresholds)
        decided[found != NO_REASON] = place
        reason = np.where(found != NO_REASON, found, reason)
    sales = articles.sales
    return Judged(
        articles=articles,
        figures=figures,
        rules=asked,
        seen=[*seen, everything],
        rule=decided,
        reason=reason,
        abc_class=abc_classes(sales.revenue_minor_365d, counts_twice=articles.is_bundle),
        abc_class_by_margin=abc_classes(figures.margin_minor_365d, counts_twice=articles.is_bundle),
        stock_outs=evidence.stock_outs,
    )


def by_priority(rules: Iterable[MovementRule]) -> list[MovementRule]:
    """Return the rules in the order in which they are asked: priority, then name."""
    return sorted(rules, key=lambda rule: (rule.priority, rule.name))


def matches(rule: MovementRule, evidence: Evidence) -> tuple[Flags, Seen]:
    """Return which articles the rule would match if it were asked first, and what it looked at."""
    everything = Seen(
        articles=evidence.articles,
        figures=evidence.figures(),
        is_in_scope=np.ones(len(evidence.articles), dtype=bool),
    )
    seen = _seen(rule, evidence, everything)
    return match_reasons(rule, seen, evidence.thresholds) != NO_REASON, seen


def _seen(rule: MovementRule, evidence: Evidence, everything: Seen) -> Seen:
    articles = evidence.articles
    name = rule.scope_value.casefold()
    if rule.scope is RuleScope.ALL:
        return everything
    if rule.scope is RuleScope.WAREHOUSE:
        return _in_warehouse(evidence, evidence.warehouses.get(name))
    if rule.scope is RuleScope.MARKETPLACE:
        return _on_marketplace(evidence, evidence.marketplaces.get(name))
    if rule.scope is RuleScope.PRICE_BAND:
        return replace(everything, is_in_scope=_in_price_band(rule, articles))
    own: Texts = getattr(articles, rule.scope.value)
    is_same = [value.casefold() == name for value in own.tolist()]
    return replace(everything, is_in_scope=np.array(is_same, dtype=bool))


def _in_price_band(rule: MovementRule, articles: ArticleColumns) -> Flags:
    price = articles.sales_price_minor
    within = ~np.isnan(price)
    if rule.price_minor_min is not None:
        within &= price >= rule.price_minor_min
    if rule.price_minor_max is not None:
        within &= price < rule.price_minor_max
    return within


def _in_warehouse(evidence: Evidence, stock: WarehouseStock | None) -> Seen:
    nothing = np.zeros(len(evidence.articles))
    articles = replace(
        evidence.articles,
        on_hand_units=nothing if stock is None else stock.on_hand_units,
        reserved_units=nothing if stock is None else stock.reserved_units,
    )
    return Seen(
        articles=articles,
        figures=evidence.figures(articles),
        is_in_scope=articles.on_hand_units > 0,
    )


def _on_marketplace(evidence: Evidence, sales: SalesColumns | None) -> Seen:
    articles = evidence.articles if sales is None else replace(evidence.articles, sales=sales)
    has_sold = ~np.isnat(articles.sales.last_sale_date)
    return Seen(
        articles=articles,
        figures=evidence.figures(articles),
        is_in_scope=has_sold if sales is not None else np.zeros(len(articles), dtype=bool),
    )
