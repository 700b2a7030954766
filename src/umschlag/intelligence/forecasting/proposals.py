"""What to do with an article: reorder, clear what will not sell, each with its arithmetic."""

from datetime import date, timedelta
from decimal import Decimal

from umschlag.intelligence.forecasting.acts import ActDraft
from umschlag.intelligence.forecasting.alternatives import NOTHING_ELSE_KNOWN, Outlook
from umschlag.intelligence.forecasting.clearing import clearing_draft, stop_draft
from umschlag.intelligence.forecasting.model import ActBasis, ActKind, ProposedAct
from umschlag.intelligence.forecasting.order_money import OrderStep, OrderTerms, money_steps
from umschlag.intelligence.forecasting.ordering import Replenishment
from umschlag.intelligence.forecasting.replenishment import (
    REVIEW_DAYS,
    order_steps,
    order_units,
)
from umschlag.intelligence.forecasting.service_level import LevelBasis
from umschlag.intelligence.forecasting.uncertain_lead_times import spread_basis
from umschlag.intelligence.movement.model import (
    ArticleFacts,
    Classification,
    ReasonValue,
    Verdict,
)
from umschlag.kernel.money import Money

ORDER_DAYS_MAX = 365


def proposed_acts(
    facts: ArticleFacts,
    classification: Classification,
    replenishment: Replenishment,
    outlook: Outlook = NOTHING_ELSE_KNOWN,
    *,
    sales_vat_percent: Decimal,
    holding_percent_per_year: float = 0.0,
) -> list[ProposedAct]:
    """Return what to do with the article: one thing at most, and beside it not to order more.

    Units that will not sell in 90 days are cleared (see `clearing_draft`), and what is on order of
    them is stopped. Others are reordered at the reorder point, unless the order would last for
    more than a year; Penner never are, nor, where money chooses the service level, what earns
    nothing. Nothing is proposed where stock was never told.

    Sales prices contain the VAT, unit costs do not: proceeds are net of it, rounded down to whole
    minor units for each unit, and no discount goes below the price whose net is the unit cost.
    """
    if facts.on_hand_units is None:
        return []
    drafts = [
        clearing_draft(facts, classification, outlook, sales_vat_percent=sales_vat_percent),
        stop_draft(facts, classification, outlook),
    ]
    if not any(drafts) and _may_be_ordered(facts, classification, replenishment):
        drafts = [_reorder(facts, replenishment, sales_vat_percent, holding_percent_per_year)]
    price_minor = facts.sales_price_minor
    basis = ActBasis(
        available_units=facts.available_units,
        sales_price=None if price_minor is None else Money(price_minor, facts.currency),
        expected_unsold_units=outlook.expected_unsold_units,
        expected_units_28d=replenishment.expected_units_28d,
        expected_units_90d=replenishment.expected_units_90d,
    )
    return [draft.act(basis) for draft in drafts if draft is not None]


def _may_be_ordered(
    facts: ArticleFacts, classification: Classification, replenishment: Replenishment
) -> bool:
    # Bundles are put together from other articles: those are ordered.
    if not facts.is_active or facts.is_bundle:
        return False
    if facts.last_sale_date is None:
        # Of what never sold no more is ordered on the word of its category alone; what its
        # predecessor sold is another word, and no verdict on stock that waits for its day.
        return bool(replenishment.takes_over)
    return classification.verdict is not Verdict.PENNER


def _reorder(
    facts: ArticleFacts,
    replenishment: Replenishment,
    vat_percent: Decimal,
    holding_percent: float,
) -> ActDraft | None:
    policy, service = replenishment.policy, replenishment.service
    if service.basis is LevelBasis.MONEY and not service.underage_minor:
        return None
    available = facts.available_units or 0
    on_order = max(facts.on_order_units or 0, 0)
    units = order_units(
        policy,
        available_units=available,
        on_order_units=on_order,
        order_units_min=facts.order_units_min,
        pack_units=facts.pack_units,
    )
    if units == 0:
        return None
    # A minimum order that lasts for more than a year buys tomorrow's dead stock.
    lasts_units = replenishment.daily_demand_units * ORDER_DAYS_MAX
    if available + on_order + units > lasts_units:
        return None
    steps = _money_steps(facts, replenishment, units, holding_percent)
    draft = ActDraft(
        facts=facts,
        kind=ActKind.REORDER,
        units=units,
        values=_order_values(facts, replenishment, units)
        | _money_values(facts, replenishment, holding_percent),
        due_date=_order_date(facts.as_of_date, replenishment),
        steps=steps,
    )
    draft.tag(facts.sales_price_minor, vat_percent)
    return draft


def _order_values(
    facts: ArticleFacts, replenishment: Replenishment, units: int
) -> dict[str, ReasonValue]:
    policy, lead_time = replenishment.policy, replenishment.lead_time
    available = facts.available_units or 0
    on_order = max(facts.on_order_units or 0, 0)
    values: dict[str, ReasonValue] = {
        "units": units,
        "available_units": available,
        "on_order_units": on_order,
        "lead_time_mean_units": policy.lead_time_mean_units,
        "safety_stock_units": policy.safety_stock_units,
        "reorder_point_units": policy.reorder_point_units,
        "order_up_to_units": policy.order_up_to_units,
        "lead_time_days": replenishment.lead_time_days,
        "lead_time_source": lead_time.source.value,
        "service_percent": replenishment.service.percent,
        "service_basis": replenishment.service.basis.value,
        "order_units_min": facts.order_units_min or 0,
        "pack_units": facts.pack_units or 1,
        "is_rounded": int(units != policy.order_up_to_units - available - on_order),
    }
    if replenishment.takes_over:
        values["predecessors"] = ", ".join(one.predecessor for one in replenishment.takes_over)
    if lead_time.order_count:
        values["lead_time_orders"] = lead_time.order_count
    values |= _spread_values(replenishment)
    if replenishment.stockout_date is not None:
        values["stockout_date"] = replenishment.stockout_date
    if replenishment.runs_out_before_arrival is not None:
        values["risk_percent"] = round(100 * replenishment.runs_out_before_arrival)
    return values


def _spread_values(replenishment: Replenishment) -> dict[str, ReasonValue]:
    """Return what spreading lead times add, and how that was reckoned; nothing if unmeasured."""
    policy, lead_time = replenishment.policy, replenishment.lead_time
    basis = spread_basis(lead_time)
    if basis is None:
        return {}
    values: dict[str, ReasonValue] = {
        "lead_time_spread_basis": basis.value,
        "lead_time_spread_units": policy.lead_time_spread_units,
        "order_up_to_spread_units": policy.order_up_to_spread_units,
    }
    if lead_time.days_late is not None:
        values["lead_time_days_late"] = lead_time.days_late
    return values


def _money_values(
    facts: ArticleFacts, replenishment: Replenishment, holding_percent: float
) -> dict[str, ReasonValue]:
    """Return what a unit earns and costs; the order's own sums are in its steps."""
    unit, currency = replenishment.unit, facts.currency
    values: dict[str, ReasonValue] = {
        "coverage_days": replenishment.coverage_days,
        "demand_a_day_units": replenishment.daily_demand_units,
        "holding_percent": holding_percent,
    }
    named = {
        "unit_net_price": unit.net_price_minor,
        "unit_cost": unit.cost_minor,
        "unit_fees": unit.fees_minor,
        "unit_margin": unit.margin_minor,
    }
    return values | {
        name: Money(minor, currency) for name, minor in named.items() if minor is not None
    }


def _money_steps(
    facts: ArticleFacts, replenishment: Replenishment, units: int, holding_percent: float
) -> tuple[OrderStep, ...]:
    unit, samples = replenishment.unit, replenishment.coverage_samples
    margin = unit.margin_minor
    if margin is None or unit.cost_minor is None or samples is None or not len(samples):
        return ()
    return money_steps(
        samples,
        units=units,
        steps=order_steps(order_units_min=facts.order_units_min, pack_units=facts.pack_units),
        terms=OrderTerms(
            position_units=(facts.available_units or 0) + max(facts.on_order_units or 0, 0),
            cost_minor=unit.cost_minor,
            margin_minor=margin,
            holding_percent_per_year=holding_percent,
            coverage_days=replenishment.coverage_days,
            daily_units=replenishment.daily_demand_units,
        ),
    )


def _order_date(as_of_date: date, replenishment: Replenishment) -> date:
    """Return the last day to order on, so that goods arrive before the expected stock-out.

    Never later than the next review: the reorder point says that waiting on risks too much.
    """
    review_date = as_of_date + timedelta(days=REVIEW_DAYS)
    if replenishment.stockout_date is None:
        return review_date
    latest_date = replenishment.stockout_date - timedelta(days=replenishment.lead_time_days)
    return min(max(latest_date, as_of_date), review_date)
