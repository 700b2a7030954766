"""The verdict on an article, by the merchant's rules."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from umschlag.intelligence.movement.abc import abc_classes
from umschlag.intelligence.movement.figures import movement_figures
from umschlag.intelligence.movement.model import (
    ArticleFacts,
    Classification,
    MovementFigures,
    MovementRule,
    MovementThresholds,
    Reason,
    ReasonValue,
    Receipt,
    RuleScope,
    Verdict,
)
from umschlag.kernel.identifiers import Sku
from umschlag.kernel.money import Money


def classified_articles(
    articles: Iterable[ArticleFacts],
    *,
    receipts: Mapping[Sku, Sequence[Receipt]],
    rules: Iterable[MovementRule],
    thresholds: MovementThresholds,
) -> list[Classification]:
    """Return a classification of every article, in the order of the articles."""
    ordered = by_priority(rules)
    facts_of_all = list(articles)
    abc = abc_classes({facts.sku: facts.revenue_minor_365d for facts in facts_of_all})
    result = []
    for facts in facts_of_all:
        figures = movement_figures(facts, receipts.get(facts.sku, ()), thresholds)
        verdict, rule_name, reason = _verdict(facts, figures, ordered, thresholds)
        result.append(
            Classification(
                sku=facts.sku,
                verdict=verdict,
                rule_name=rule_name,
                reason=reason,
                figures=figures,
                abc_class=abc[facts.sku],
            )
        )
    return result


def by_priority(rules: Iterable[MovementRule]) -> list[MovementRule]:
    """Return the rules in the order in which they are asked: priority, then name."""
    return sorted(rules, key=lambda rule: (rule.priority, rule.name))


def match_reason(
    rule: MovementRule,
    facts: ArticleFacts,
    figures: MovementFigures,
    thresholds: MovementThresholds,
) -> Reason | None:
    """Return why the rule matches the article, or None where it does not."""
    if not (_in_scope(rule, facts) and _within_bounds(rule, facts, figures, thresholds)):
        return None
    if rule.verdict is Verdict.PENNER:
        return _idle_reason(rule, facts, thresholds) or _slow_reason(
            rule, facts, figures, thresholds
        )
    return _fast_reason(rule, facts, figures, thresholds)


def _verdict(
    facts: ArticleFacts,
    figures: MovementFigures,
    rules: Sequence[MovementRule],
    thresholds: MovementThresholds,
) -> tuple[Verdict, str, Reason]:
    for rule in rules:
        reason = match_reason(rule, facts, figures, thresholds)
        if reason is not None:
            return rule.verdict, rule.name, reason
    return Verdict.NORMAL, "", _unmatched_reason(facts, thresholds)


def _in_scope(rule: MovementRule, facts: ArticleFacts) -> bool:
    if rule.scope is RuleScope.ALL:
        return True
    value = {
        RuleScope.CATEGORY: facts.category,
        RuleScope.MANUFACTURER: facts.manufacturer,
        RuleScope.SUPPLIER: facts.supplier,
    }[rule.scope]
    return value.casefold() == rule.scope_value.casefold()


def _within_bounds(
    rule: MovementRule,
    facts: ArticleFacts,
    figures: MovementFigures,
    thresholds: MovementThresholds,
) -> bool:
    if not _may_be_there(rule, facts, thresholds):
        return False
    if not _is_worth_it(rule, figures):
        return False
    return rule.days_of_supply_max is None or (
        figures.days_of_supply is not None and figures.days_of_supply <= rule.days_of_supply_max
    )


def _is_worth_it(rule: MovementRule, figures: MovementFigures) -> bool:
    if rule.stock_value_minor_min is None:
        return True
    if figures.stock_value_minor is None:
        # What lies there at an unknown cost is not small change before somebody said so.
        return rule.verdict is Verdict.PENNER
    return figures.stock_value_minor >= rule.stock_value_minor_min


def _may_be_there(rule: MovementRule, facts: ArticleFacts, thresholds: MovementThresholds) -> bool:
    if rule.stock_units_min is None:
        return True
    if facts.on_hand_units is None:
        # Stock was never told. An article that sold regularly and then stopped is worth a look
        # all the same, and the reason says that nobody knows the stock.
        return rule.verdict is Verdict.PENNER and sold_regularly(facts, thresholds)
    return facts.on_hand_units >= rule.stock_units_min


def sold_regularly(facts: ArticleFacts, thresholds: MovementThresholds) -> bool:
    """Tell whether there were enough days of sale, spread wide enough, to speak of a rate."""
    return (
        facts.sale_day_count >= thresholds.regular_sale_days_min
        and _selling_days(facts) >= thresholds.regular_span_days_min
    )


def former_daily_units(facts: ArticleFacts) -> float:
    """Return units sold per day between the first and the last sale, both included."""
    days = _selling_days(facts)
    return max(facts.sold_units_total, 0) / days if days else 0.0


def _selling_days(facts: ArticleFacts) -> int:
    if facts.first_sale_date is None or facts.last_sale_date is None:
        return 0
    return (facts.last_sale_date - facts.first_sale_date).days + 1


def _idle_reason(
    rule: MovementRule, facts: ArticleFacts, thresholds: MovementThresholds
) -> Reason | None:
    threshold = rule.days_sold_threshold
    if threshold is None or facts.idle_days < threshold:
        return None
    values: dict[str, ReasonValue] = {"idle_days": facts.idle_days, "threshold_days": threshold}
    if facts.on_hand_units is None:
        if facts.last_sale_date is None or not sold_regularly(facts, thresholds):
            return None
        values |= {
            "last_sale_date": facts.last_sale_date,
            "former_daily_units": former_daily_units(facts),
            "sold_units": facts.sold_units_total,
        }
        return Reason(code="idle_stock_unknown", values=values)
    values |= _stock_values(facts)
    if facts.last_sale_date is None:
        return Reason(code="never_sold", values=values)
    values["last_sale_date"] = facts.last_sale_date
    if facts.idle_days != facts.days_since_last_sale:
        return Reason(code="idle_since_restocked", values=values)
    return Reason(code="idle", values=values)


def _slow_reason(
    rule: MovementRule,
    facts: ArticleFacts,
    figures: MovementFigures,
    thresholds: MovementThresholds,
) -> Reason | None:
    turnover = figures.stock_turnover_per_year
    bound = rule.stock_turnover_threshold
    if turnover is None or bound is None or turnover >= bound:
        return None
    # A year's turnover is not seen in a few weeks.
    if facts.days_known < (rule.days_sold_threshold or thresholds.new_article_days):
        return None
    return Reason(
        code="slow_in_units" if figures.turnover_in_units else "slow",
        values={"turnover": turnover, "threshold_turnover": bound} | _stock_values(facts),
    )


def _fast_reason(
    rule: MovementRule,
    facts: ArticleFacts,
    figures: MovementFigures,
    thresholds: MovementThresholds,
) -> Reason | None:
    turnover = figures.stock_turnover_per_year
    bound = rule.stock_turnover_threshold
    if turnover is None or bound is None or turnover < bound:
        return None
    # The year's turnover of what sold nothing lately, or was not there to sell, is history; and
    # two units that sell in a quarter turn over fast without moving anything.
    rate = figures.daily_sales_units
    if not facts.is_active or rate <= 0 or rate < thresholds.renner_daily_units_min:
        return None
    values: dict[str, ReasonValue] = {
        "turnover": turnover,
        "threshold_turnover": bound,
        "daily_units": figures.daily_sales_units,
        "days_of_supply": figures.days_of_supply or 0.0,
    }
    is_sold_out = facts.available_units is not None and facts.available_units <= 0
    code = "fast_sold_out" if is_sold_out else "fast"
    return Reason(
        code=f"{code}_in_units" if figures.turnover_in_units else code,
        values=values | _stock_values(facts),
    )


def _unmatched_reason(facts: ArticleFacts, thresholds: MovementThresholds) -> Reason:
    if facts.days_known < thresholds.new_article_days:
        return Reason(code="new", values={"days_known": facts.days_known})
    last_sale: date | None = facts.last_sale_date
    if last_sale is None:
        return Reason(code="no_rule_never_sold", values={"sold_units": 0})
    if facts.on_hand_units is None and facts.idle_days >= thresholds.dead_after_days:
        values: dict[str, ReasonValue] = {
            "last_sale_date": last_sale,
            "sale_days": facts.sale_day_count,
        }
        if not sold_regularly(facts, thresholds):
            return Reason(code="rarely_sold", values=values)
    return Reason(
        code="no_rule", values={"sold_units": facts.sold_units_90d, "last_sale_date": last_sale}
    )


def _stock_values(facts: ArticleFacts) -> dict[str, ReasonValue]:
    values: dict[str, ReasonValue] = {"on_hand_units": facts.on_hand_units or 0}
    if facts.stock_value_minor is not None:
        values["stock_value"] = Money(facts.stock_value_minor, facts.currency)
    return values
