"""Why a rule matches an article: found for all articles at once, told for one when it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from umschlag.intelligence.movement.columns import ArticleColumns, Flags, Numbers
from umschlag.intelligence.movement.figures import FigureColumns, Places
from umschlag.intelligence.movement.model import (
    MovementRule,
    MovementThresholds,
    Reason,
    ReasonValue,
    RuleScope,
    Verdict,
)
from umschlag.kernel.money import Money

NO_REASON = -1
CODES = (
    "idle",
    "idle_since_restocked",
    "never_sold",
    "idle_stock_unknown",
    "slow",
    "slow_in_units",
    "fast",
    "fast_in_units",
    "fast_sold_out",
    "fast_sold_out_in_units",
    "new",
    "rarely_sold",
    "no_rule_never_sold",
    "no_rule",
)
"""An array of reasons holds places in this, `NO_REASON` where a rule does not match."""
_PLACE = {code: np.int8(place) for place, code in enumerate(CODES)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What a rule looks at: the facts as its scope shows them, and which articles are in it."""

    articles: ArticleColumns
    figures: FigureColumns
    is_in_scope: Flags


def match_reasons(rule: MovementRule, seen: Seen, thresholds: MovementThresholds) -> Places:
    """Return of each article why the rule matches it, `NO_REASON` where it does not."""
    possible = seen.is_in_scope & _within_bounds(rule, seen, thresholds)
    if rule.verdict is Verdict.PENNER:
        idle = _idle_reasons(rule, seen, thresholds)
        found = np.where(idle == NO_REASON, _slow_reasons(rule, seen, thresholds), idle)
    else:
        found = _fast_reasons(rule, seen, thresholds)
    return np.where(possible, found, NO_REASON).astype(np.int8)


def unmatched_reasons(
    articles: ArticleColumns, figures: FigureColumns, thresholds: MovementThresholds
) -> Places:
    """Return of each article what there is to say where no rule matches it."""
    never = np.isnat(articles.sales.last_sale_date)
    is_new = figures.days_known < thresholds.new_article_days
    rarely = (
        np.isnan(articles.on_hand_units)
        & (figures.idle_days >= thresholds.dead_after_days)
        & ~selling_regularly(articles, thresholds)
    )
    return np.select(
        [is_new, never, rarely],
        [_PLACE["new"], _PLACE["no_rule_never_sold"], _PLACE["rarely_sold"]],
        _PLACE["no_rule"],
    ).astype(np.int8)


def selling_regularly(articles: ArticleColumns, thresholds: MovementThresholds) -> Flags:
    """Tell where there were enough days of sale, spread wide enough, to speak of a rate."""
    return (articles.sales.sale_day_count >= thresholds.regular_sale_days_min) & (
        _selling_days(articles) >= thresholds.regular_span_days_min
    )


def former_daily_units(articles: ArticleColumns) -> Numbers:
    """Return units sold per day between the first and the last sale, both included."""
    days = _selling_days(articles)
    sold = np.maximum(articles.sales.sold_units_total, 0)
    return np.divide(sold, days, out=np.zeros(len(days)), where=days > 0)


def _selling_days(articles: ArticleColumns) -> Numbers:
    sales = articles.sales
    days: Numbers = (sales.last_sale_date - sales.first_sale_date).astype(np.float64) + 1
    days[np.isnat(sales.first_sale_date) | np.isnat(sales.last_sale_date)] = 0
    return days


def _within_bounds(rule: MovementRule, seen: Seen, thresholds: MovementThresholds) -> Flags:
    within = np.ones(len(seen.articles), dtype=bool)
    is_penner = rule.verdict is Verdict.PENNER
    if rule.stock_units_min is not None:
        on_hand = seen.articles.on_hand_units
        # Stock was never told. An article that sold regularly and then stopped is worth a look
        # all the same, and the reason says that nobody knows the stock.
        unknown = np.isnan(on_hand) & selling_regularly(seen.articles, thresholds) & is_penner
        within &= (on_hand >= rule.stock_units_min) | unknown
    if rule.stock_value_minor_min is not None:
        value = seen.figures.stock_value_minor
        # What lies there at an unknown cost is not small change before somebody said so.
        within &= (value >= rule.stock_value_minor_min) | (np.isnan(value) & is_penner)
    if rule.days_of_supply_max is not None:
        within &= seen.figures.days_of_supply <= rule.days_of_supply_max
    return within


def _idle_reasons(rule: MovementRule, seen: Seen, thresholds: MovementThresholds) -> Places:
    articles = seen.articles
    if rule.days_sold_threshold is None:
        return np.full(len(articles), NO_REASON, dtype=np.int8)
    idle = seen.figures.idle_days
    since_sale = articles.days_since_last_sale
    never = np.isnan(since_sale)
    unknown = np.isnan(articles.on_hand_units)
    found = np.select(
        [unknown & (never | ~selling_regularly(articles, thresholds)), unknown, never],
        [NO_REASON, _PLACE["idle_stock_unknown"], _PLACE["never_sold"]],
        np.where(idle != since_sale, _PLACE["idle_since_restocked"], _PLACE["idle"]),
    )
    return np.where(idle >= rule.days_sold_threshold, found, NO_REASON).astype(np.int8)


def _slow_reasons(rule: MovementRule, seen: Seen, thresholds: MovementThresholds) -> Places:
    if rule.stock_turnover_threshold is None:
        return np.full(len(seen.articles), NO_REASON, dtype=np.int8)
    figures = seen.figures
    # A year's turnover is not seen in a few weeks.
    known_days_min = rule.days_sold_threshold or thresholds.new_article_days
    is_slow = (figures.stock_turnover_per_year < rule.stock_turnover_threshold) & (
        figures.days_known >= known_days_min
    )
    code = np.where(figures.turnover_in_units, _PLACE["slow_in_units"], _PLACE["slow"])
    return np.where(is_slow, code, NO_REASON).astype(np.int8)


def _fast_reasons(rule: MovementRule, seen: Seen, thresholds: MovementThresholds) -> Places:
    if rule.stock_turnover_threshold is None:
        return np.full(len(seen.articles), NO_REASON, dtype=np.int8)
    figures, articles = seen.figures, seen.articles
    # The year's turnover of what sold nothing lately, or was not there to sell, is history; and
    # two units that sell in a quarter turn over fast without moving anything.
    rate = figures.daily_sales_units
    is_fast = (
        (figures.stock_turnover_per_year >= rule.stock_turnover_threshold)
        & articles.is_active
        & (rate > 0)
        & (rate >= thresholds.renner_daily_units_min)
    )
    sold_out = articles.available_units <= 0
    code = np.select(
        [sold_out & figures.turnover_in_units, sold_out, figures.turnover_in_units],
        [_PLACE["fast_sold_out_in_units"], _PLACE["fast_sold_out"], _PLACE["fast_in_units"]],
        _PLACE["fast"],
    )
    return np.where(is_fast, code, NO_REASON).astype(np.int8)


def reason_at(place: int, code_place: int, *, seen: Seen, rule: MovementRule | None) -> Reason:
    """Return the reason of one article in full."""
    code = CODES[code_place]
    values = VALUES[code](_Place(seen.articles, seen.figures, place, rule))
    if rule is not None and rule.scope in (RuleScope.WAREHOUSE, RuleScope.MARKETPLACE):
        values |= {rule.scope.value: rule.scope_value}
    return Reason(code=code, values=values)


@dataclass(frozen=True, slots=True)
class _Place:
    """One article, as a rule saw it."""

    articles: ArticleColumns
    figures: FigureColumns
    place: int
    rule: MovementRule | None

    def last_sale_date(self) -> date:
        """Return it where there is one."""
        day: date = self.articles.sales.last_sale_date[self.place].item()
        return day

    def stock(self) -> dict[str, ReasonValue]:
        """Return units on hand, and their value where it is known."""
        on_hand = self.articles.on_hand_units[self.place]
        values: dict[str, ReasonValue] = {"on_hand_units": 0 if np.isnan(on_hand) else int(on_hand)}
        value = self.figures.stock_value_minor[self.place]
        if not np.isnan(value):
            values["stock_value"] = Money(int(value), str(self.articles.currency[self.place]))
        return values

    def idle(self) -> dict[str, ReasonValue]:
        """Return idle days and their bound."""
        bound = self.rule.days_sold_threshold if self.rule else None
        return {
            "idle_days": int(self.figures.idle_days[self.place]),
            "threshold_days": bound or 0,
        }

    def turnover(self) -> dict[str, ReasonValue]:
        """Return the turnover and its bound."""
        bound = self.rule.stock_turnover_threshold if self.rule else None
        return {
            "turnover": float(self.figures.stock_turnover_per_year[self.place]),
            "threshold_turnover": bound or 0.0,
        }


Tellers = dict[str, Callable[[_Place], dict[str, ReasonValue]]]


def _idle(one: _Place) -> dict[str, ReasonValue]:
    return one.idle() | one.stock() | {"last_sale_date": one.last_sale_date()}


def _never_sold(one: _Place) -> dict[str, ReasonValue]:
    return one.idle() | one.stock()


def _idle_stock_unknown(one: _Place) -> dict[str, ReasonValue]:
    return one.idle() | {
        "last_sale_date": one.last_sale_date(),
        "former_daily_units": float(
            former_daily_units(one.articles.only(np.array([one.place])))[0]
        ),
        "sold_units": int(one.articles.sales.sold_units_total[one.place]),
    }


def _slow(one: _Place) -> dict[str, ReasonValue]:
    return one.turnover() | one.stock()


def _fast(one: _Place) -> dict[str, ReasonValue]:
    figures = one.figures
    supply = figures.days_of_supply[one.place]
    values: dict[str, ReasonValue] = {
        "daily_units": float(figures.daily_sales_units[one.place]),
        "days_of_supply": 0.0 if np.isnan(supply) else float(supply),
    }
    if figures.rate_leaves_out_days[one.place]:
        values["days_left_out"] = int(figures.days_out_90d[one.place])
    return one.turnover() | values | one.stock()


def _new(one: _Place) -> dict[str, ReasonValue]:
    return {"days_known": int(one.figures.days_known[one.place])}


def _rarely_sold(one: _Place) -> dict[str, ReasonValue]:
    return {
        "last_sale_date": one.last_sale_date(),
        "sale_days": int(one.articles.sales.sale_day_count[one.place]),
    }


def _no_rule_never_sold(_one: _Place) -> dict[str, ReasonValue]:
    return {"sold_units": 0}


def _no_rule(one: _Place) -> dict[str, ReasonValue]:
    return {
        "sold_units": int(one.articles.sales.sold_units_90d[one.place]),
        "last_sale_date": one.last_sale_date(),
    }


VALUES: Tellers = {
    "idle": _idle,
    "idle_since_restocked": _idle,
    "never_sold": _never_sold,
    "idle_stock_unknown": _idle_stock_unknown,
    "slow": _slow,
    "slow_in_units": _slow,
    "fast": _fast,
    "fast_in_units": _fast,
    "fast_sold_out": _fast,
    "fast_sold_out_in_units": _fast,
    "new": _new,
    "rarely_sold": _rarely_sold,
    "no_rule_never_sold": _no_rule_never_sold,
    "no_rule": _no_rule,
}
