"""How an article's verdict and figures come about: which rule with which bounds, and arithmetic."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from umschlag.kernel.money import Money
from umschlag.storage.records.models import (
    Article,
    ArticleMovement,
    MovementRule,
    RuleScope,
    Verdict,
)
from umschlag.storage.records.reasons import read_values
from umschlag.web.amounts import default_currency
from umschlag.wiring import amounts
from umschlag.wiring.reasons import figure_text

Line = tuple[str, str, str]
"""What it is called, the figure, and how it comes about."""


def derivation(article: Article, movement: ArticleMovement) -> list[Line]:
    """Return the movement figures, each with how it comes about."""
    return [
        *_rate_lines(article, movement),
        *_class_lines(movement),
        *_stock_lines(article, movement),
        *_unsold_lines(article),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """One bound of the rule that decided, and the figure that it was held against."""

    title: str
    bound: str
    figure: str
    """Empty where the classification did not keep it."""


def rule_lines(movement: ArticleMovement) -> list[RuleLine]:
    """Return the bounds of the rule that made the verdict, with the figures that it saw.

    Only while the rule still says what it said then: of one that was changed, renamed or deleted
    since nobody can tell its bounds, and the reason has those that decided.
    """
    rule = MovementRule.objects.filter(name=movement.rule_name).first()
    saw = read_values(movement.reason_values)
    if rule is None or rule.verdict != movement.verdict or _is_changed(rule, saw):
        return []
    lines = [
        RuleLine(title=title, bound=bound(value), figure=_saw(saw, name))
        for column, (title, name, bound) in _bounds(rule).items()
        if (value := getattr(rule, column)) is not None
    ]
    return [RuleLine(title=_("Looks at"), bound=_scope_text(rule), figure=""), *lines]


def _is_changed(rule: MovementRule, saw: Mapping[str, Any]) -> bool:
    days, turnover = saw.get("threshold_days"), saw.get("threshold_turnover")
    return (days is not None and days != (rule.days_sold_threshold or 0)) or (
        turnover is not None and turnover != float(rule.stock_turnover_threshold or 0)
    )


def _saw(saw: Mapping[str, Any], name: str) -> str:
    return figure_text(saw[name]) if name in saw else ""


def _bounds(rule: MovementRule) -> dict[str, tuple[str, str, Callable[[Any], str]]]:
    """Return for each bound of a rule its title, the figure of the reason, and its text."""
    least, most = _("at least %s"), _("at most %s")
    turnover = _("below %s") if rule.verdict == Verdict.PENNER else least
    return {
        "days_sold_threshold": (
            _("Days without a sale"),
            "idle_days",
            lambda days: least % amounts.count_text(days),
        ),
        "stock_turnover_threshold": (
            _("Stock turnover per year"),
            "turnover",
            lambda bound: turnover % amounts.decimal_text(bound, 2),
        ),
        "stock_units_min": (
            _("Stock in units"),
            "on_hand_units",
            lambda units: least % amounts.count_text(units),
        ),
        "stock_value_minor_min": (
            _("Stock value"),
            "stock_value",
            lambda minor: least % amounts.money_text(_own_money(minor)),
        ),
        "days_of_supply_max": (
            _("Days of supply"),
            "days_of_supply",
            lambda days: most % amounts.count_text(days),
        ),
    }


def _own_money(minor: int) -> Money:
    return Money(minor, default_currency())


def _scope_text(rule: MovementRule) -> str:
    if rule.scope == RuleScope.PRICE_BAND:
        low, high = (
            amounts.money_text(None if minor is None else _own_money(minor))
            for minor in (rule.price_minor_min, rule.price_minor_max)
        )
        return _("prices from %(low)s to below %(high)s") % {"low": low, "high": high}
    name = str(rule.get_scope_display())
    return f"{name}: {rule.scope_value}" if rule.scope_value else name


def _rate_text(daily_units: float) -> str:
    # Of 0.17 a day 53 units last 312 days and not the 318 that stand there.
    return amounts.decimal_text(daily_units, 2 if daily_units >= 1 else 4)


def _rate_lines(article: Article, movement: ArticleMovement) -> list[Line]:
    rate = _rate_text(movement.daily_sales_units)
    of_days = {
        "sold": amounts.count_text(movement.sold_units_90d),
        "days": amounts.count_text(movement.rate_days),
        "out": amounts.count_text(movement.days_out_90d),
    }
    text = _("%(sold)s units in 90 days ÷ %(days)s days")
    if movement.rate_leaves_out_days:
        text = _("%(sold)s units in 90 days ÷ %(days)s days: %(out)s without stock are left out")
    elif movement.days_out_90d:
        text = _(
            "%(sold)s units in 90 days ÷ %(days)s days: %(out)s without stock count, since demand "
            "is sporadic"
        )
    available = amounts.count_text(article.available_units)
    return [
        (_("Sales rate, units a day"), rate, text % of_days),
        (
            _("Days of supply"),
            amounts.decimal_text(movement.days_of_supply, 0),
            _("%(available)s available ÷ %(rate)s a day") % {"available": available, "rate": rate},
        ),
        (
            _("Stock turnover per year"),
            amounts.decimal_text(movement.stock_turnover_per_year, 2),
            _("units sold in 365 days ÷ average stock in units: the cost is unknown")
            if movement.turnover_in_units
            else _("cost of goods sold in 365 days ÷ average stock value"),
        ),
        (
            _("Sell-through"),
            amounts.share_text(movement.sell_through_of_received_ratio),
            _("units sold ÷ units received in 365 days"),
        ),
    ]


def _class_lines(movement: ArticleMovement) -> list[Line]:
    revenue_and_margin = (
        movement.get_abc_class_display(),
        movement.get_abc_class_by_margin_display() or amounts.UNKNOWN,
    )
    return [
        (
            _("ABC class by revenue and by margin"),
            " · ".join(revenue_and_margin),
            _("by share of the revenue and of the gross margin of 365 days"),
        ),
        (
            _("XYZ class"),
            movement.get_xyz_class_display() or amounts.UNKNOWN,
            _("spread ÷ mean of the weeks with stock: X to 0.5, Y to 1"),
        ),
        (
            _("Demand pattern"),
            movement.get_demand_pattern_display(),
            _("weeks with stock: how often it sells, and how evenly"),
        ),
    ]


def _stock_lines(article: Article, movement: ArticleMovement) -> list[Line]:
    idle = movement.days_since_last_sale
    outs = movement.stock_out_count_365d
    lost = _money(movement.lost_revenue_minor_max_365d, article)
    return [
        (
            _("Last sale"),
            date_format(movement.last_sale_date) if movement.last_sale_date else _("never"),
            "" if idle is None else ngettext("%s day ago", "%s days ago", idle) % idle,
        ),
        (
            _("Stock age, days"),
            amounts.count_text(movement.stock_age_days),
            _("since receipt, first in first out"),
        ),
        (
            _("Dead stock"),
            amounts.money_text(_money(movement.dead_value_minor, article)),
            _("what this stock cost and does not earn back in time"),
        ),
        (
            _("Sales lost to stock-outs"),
            f"≤ {amounts.money_text(lost)}" if lost and lost.minor else amounts.money_text(lost),
            _("unknown: demand is sporadic, or stock was never told")
            if lost is None
            else _("no stock-out in 365 days")
            if not outs
            else ngettext(
                "%s stock-out in 365 days; at least nothing was lost",
                "%s stock-outs in 365 days; at least nothing was lost",
                outs,
            )
            % amounts.count_text(outs),
        ),
    ]


def _unsold_lines(article: Article) -> list[Line]:
    by = getattr(article, "replenishment", None)
    if by is None or by.expected_unsold_units is None:
        return []
    units = by.expected_unsold_units
    cost = None if article.unit_cost_minor is None else round(article.unit_cost_minor * units)
    told = {
        "units": amounts.decimal_text(units, 1),
        "available": amounts.count_text(by.available_units),
        "day": date_format(by.made_date),
    }
    return [
        (
            _("Expected unsold after 90 days"),
            amounts.money_text(_money(cost, article)),
            _("%(units)s of %(available)s available units, by the forecast of %(day)s, at cost")
            % told,
        )
    ]


def _money(minor: int | None, article: Article) -> Money | None:
    return None if minor is None else Money(minor, article.currency)
