"""What to do: reorder, discount, liquidate, each with its arithmetic."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from umschlag.intelligence.forecasting.model import ActKind, ProposedAct
from umschlag.intelligence.forecasting.replenishment import REVIEW_DAYS, StockPolicy, order_units
from umschlag.intelligence.movement.model import (
    ArticleFacts,
    Classification,
    Reason,
    ReasonValue,
    Verdict,
)
from umschlag.kernel.money import Money
from umschlag.kernel.vat import gross_minor_for, net_minor

DISCOUNT_STEPS = ((180.0, 10), (365.0, 20), (math.inf, 30))
"""Per cent off, by days of supply at most: the longer it lasts, the larger the step."""
DISCOUNT_VALUE_MINOR_MIN = 5_000
"""Less money in units beyond 90 days of supply, at cost, is not worth a new price tag."""
LIQUIDATION_IDLE_DAYS_MIN = 180
"""What once sold and lay idle for less may still go at a discount; what never sold will not."""
ORDER_DAYS_MAX = 365
LIQUIDATION_PERCENT_OF_COST = 30
"""What a stock lot brings without VAT, by our assumption; every proposal states it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replenishment:
    """What ordering one article goes by."""

    policy: StockPolicy
    lead_time_days: int
    service_level_percent: int
    daily_demand_units: float
    stockout_date: date | None


def proposed_act(
    facts: ArticleFacts,
    classification: Classification,
    replenishment: Replenishment,
    *,
    sales_vat_percent: Decimal,
) -> ProposedAct | None:
    """Return the one thing to do with the article, or None.

    Penner that never sold, or not for 180 days, are liquidated. Whatever else the verdict, units
    that do not sell in the horizon of dead stock are discounted, where they cost enough. Others
    are reordered at the reorder point, unless the order would last for more than a year; Penner
    never are. Nothing is proposed where stock was never told.

    Sales prices contain the VAT, unit costs do not: proceeds are net of it, rounded down to whole
    minor units for each unit, and no discount goes below the price whose net is the unit cost.
    """
    if facts.on_hand_units is None:
        return None
    dead_units = classification.figures.dead_units or 0
    is_penner = classification.verdict is Verdict.PENNER
    if dead_units and is_penner and _is_past_discounts(facts):
        return _liquidation(facts, dead_units)
    if dead_units and _is_worth_a_discount(classification):
        return _discount(facts, classification, dead_units, sales_vat_percent)
    if is_penner:
        return None
    # Bundles are put together from other articles: those are ordered. And of what never sold, no
    # more is ordered on the word of its category alone.
    if not facts.is_active or facts.is_bundle or facts.last_sale_date is None:
        return None
    return _reorder(facts, replenishment, sales_vat_percent)


def _is_past_discounts(facts: ArticleFacts) -> bool:
    return facts.last_sale_date is None or facts.idle_days >= LIQUIDATION_IDLE_DAYS_MIN


def _is_worth_a_discount(classification: Classification) -> bool:
    value_minor = classification.figures.dead_value_minor
    if value_minor is None:
        # Where the cost is unknown, the rule that made it a Penner said that it matters.
        return classification.verdict is Verdict.PENNER
    return value_minor >= DISCOUNT_VALUE_MINOR_MIN


def _liquidation(facts: ArticleFacts, units: int) -> ProposedAct:
    price = None
    if facts.unit_cost_minor is not None:
        price = Money(facts.unit_cost_minor * LIQUIDATION_PERCENT_OF_COST // 100, facts.currency)
    values: dict[str, ReasonValue] = {
        "units": units,
        "idle_days": facts.idle_days,
        "percent": LIQUIDATION_PERCENT_OF_COST,
    }
    # Lots are sold between merchants, whose prices are net.
    return _act(facts, ActKind.LIQUIDATE, units, _Price(price, price), values=values)


def _discount(
    facts: ArticleFacts, classification: Classification, units: int, vat_percent: Decimal
) -> ProposedAct | None:
    supply = classification.figures.days_of_supply or 0.0
    percent = next(step for days, step in DISCOUNT_STEPS if supply <= days)
    price_minor = None
    if facts.sales_price_minor is not None:
        price_minor = _discounted_minor(facts, percent, vat_percent)
        if price_minor >= facts.sales_price_minor:
            return None
    values: dict[str, ReasonValue] = {
        "units": units,
        "days_of_supply": supply,
        "daily_units": classification.figures.daily_sales_units,
        "percent": percent,
    }
    if classification.figures.dead_value_minor is not None:
        values["bound_value"] = Money(classification.figures.dead_value_minor, facts.currency)
        values["value_min"] = Money(DISCOUNT_VALUE_MINOR_MIN, facts.currency)
    if math.isinf(supply):
        del values["days_of_supply"], values["daily_units"]
    price = _tagged(facts, price_minor, vat_percent, values)
    return _act(facts, ActKind.DISCOUNT, units, price, values=values)


def _discounted_minor(facts: ArticleFacts, percent: int, vat_percent: Decimal) -> int:
    now_minor = facts.sales_price_minor or 0
    lower_minor = now_minor * (100 - percent) // 100
    # A discount stops where its net is the cost, and where the price is there already none is
    # left to give; what goes for less is liquidated, once it is dead.
    floor_minor = gross_minor_for(facts.unit_cost_minor or 0, vat_percent=vat_percent)
    return max(lower_minor, min(floor_minor, now_minor))


def _reorder(
    facts: ArticleFacts, replenishment: Replenishment, vat_percent: Decimal
) -> ProposedAct | None:
    policy = replenishment.policy
    available = facts.available_units or 0
    on_order = facts.on_order_units or 0
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
    values: dict[str, ReasonValue] = {
        "units": units,
        "available_units": available,
        "on_order_units": on_order,
        "reorder_point_units": policy.reorder_point_units,
        "order_up_to_units": policy.order_up_to_units,
        "lead_time_days": replenishment.lead_time_days,
        "service_percent": replenishment.service_level_percent,
        "order_units_min": facts.order_units_min or 0,
        "pack_units": facts.pack_units or 1,
        "is_rounded": int(units != policy.order_up_to_units - available - on_order),
    }
    return _act(
        facts,
        ActKind.REORDER,
        units,
        _tagged(facts, facts.sales_price_minor, vat_percent, values),
        values=values,
        due_date=_order_date(facts.as_of_date, replenishment),
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


@dataclass(frozen=True, slots=True)
class _Price:
    """A unit's price as the buyer reads it, and what of it is ours; None where unknown."""

    shown: Money | None
    net: Money | None


def _tagged(
    facts: ArticleFacts,
    price_minor: int | None,
    vat_percent: Decimal,
    values: dict[str, ReasonValue],
) -> _Price:
    """Return the price on the tag with its net, and add the VAT between them to the values."""
    if price_minor is None:
        return _Price(None, None)
    values["vat_percent"] = float(vat_percent)
    return _Price(
        Money(price_minor, facts.currency),
        Money(net_minor(price_minor, vat_percent=vat_percent), facts.currency),
    )


def _act(
    facts: ArticleFacts,
    kind: ActKind,
    units: int,
    price: _Price,
    *,
    values: dict[str, ReasonValue],
    due_date: date | None = None,
) -> ProposedAct:
    value = None
    if facts.unit_cost_minor is not None:
        value = Money(facts.unit_cost_minor * units, facts.currency)
    proceeds = None if price.net is None else price.net * units
    if price.shown is not None and price.net is not None and proceeds is not None:
        values |= {"price": price.shown, "net_price": price.net, "proceeds": proceeds}
    return ProposedAct(
        sku=facts.sku,
        kind=kind,
        units=units,
        value=value,
        price=price.shown,
        proceeds=proceeds,
        due_date=due_date,
        reason=Reason(code=_sentence_code(kind, values), values=values),
    )


def _sentence_code(kind: ActKind, values: dict[str, ReasonValue]) -> str:
    if kind is ActKind.DISCOUNT and "daily_units" not in values:
        return "discount_unsold"
    return kind.value
