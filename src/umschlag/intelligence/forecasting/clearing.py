"""Units that will not sell: at which price, to whom, with what, or not to be bought any more."""

import math
from decimal import Decimal

from umschlag.intelligence.forecasting.acts import ActDraft, UnitPrice
from umschlag.intelligence.forecasting.alternatives import (
    BUNDLE_DAYS,
    BUNDLE_PERCENT_OFF,
    BundlePartner,
    LeftOutMove,
    Outlook,
    StoreOffer,
)
from umschlag.intelligence.forecasting.model import ActKind
from umschlag.intelligence.movement.model import (
    ArticleFacts,
    Classification,
    MovementThresholds,
    ReasonValue,
    Verdict,
)
from umschlag.kernel.money import Money
from umschlag.kernel.vat import gross_minor_for

DISCOUNT_STEPS = ((180.0, 10), (365.0, 20), (math.inf, 30))
"""Per cent off, by days of supply at most: the longer it lasts, the larger the step."""
DISCOUNT_VALUE_MINOR_MIN = 5_000
"""Less money in units that will not sell, at cost, is not worth a new price tag."""
LIQUIDATION_IDLE_DAYS_MIN = 180
"""What once sold and lay idle for less may still go at a discount; what never sold will not."""
NEW_ARTICLE_DAYS = MovementThresholds().new_article_days
DEAD_STOCK_DAYS = MovementThresholds().dead_horizon_days
LIQUIDATION_PERCENT_OF_COST = 30
"""What a stock lot brings without VAT, by our assumption; every proposal states it."""


def unsold_units(facts: ArticleFacts, classification: Classification, outlook: Outlook) -> int:
    """Return the available units that will not sell in 90 days, whole ones.

    What the demand's distribution says comes first: `expected_unsold_units`, rounded down, where
    it is likelier than not that any unit is left over: what mostly sells needs no new price for
    the case that it does not. Of a Penner at least what the rules call dead counts; where there is
    no forecast, or the article is too new to have had its chance, that alone.
    """
    by_rule = classification.figures.dead_units or 0
    expected = outlook.expected_unsold_units
    if expected is None or facts.days_known < NEW_ARTICLE_DAYS:
        return by_rule
    available = max(facts.available_units or 0, 0)
    calculated = min(math.floor(expected), available)
    if outlook.median_units_90d is not None and outlook.median_units_90d >= available:
        calculated = 0
    if classification.verdict is Verdict.PENNER:
        return max(calculated, by_rule)
    return calculated


def clearing_draft(
    facts: ArticleFacts,
    classification: Classification,
    outlook: Outlook,
    *,
    sales_vat_percent: Decimal,
) -> ActDraft | None:
    """Return how the units that will not sell become money, or None where they are not worth it.

    Penner that never sold, or not for 180 days, go to a client's store where one may sell them (it
    pays their cost), else they are liquidated. Others whose stock lasts for more than a year go to
    such a store too; then what is bought together with a good seller is bundled with it; the rest
    is discounted.
    """
    units = unsold_units(facts, classification, outlook)
    if not units:
        return None
    draft = _cleared(facts, classification, outlook, units=units, vat_percent=sales_vat_percent)
    if draft is not None:
        draft.values |= _other_count(outlook, units) | _year_ago(facts, outlook, units)
    if draft is not None and outlook.store is not None and outlook.store.left_out is not None:
        draft.values |= _left_out(outlook.store.left_out)
    return draft


def _other_count(outlook: Outlook, units: int) -> dict[str, ReasonValue]:
    """Return both counts, where more is dead by the rules than the forecast alone expects."""
    expected = outlook.expected_unsold_units
    if expected is None or units <= math.ceil(expected):
        return {}
    return {"dead_units": units, "forecast_unsold_units": round(expected)}


def _year_ago(facts: ArticleFacts, outlook: Outlook, units: int) -> dict[str, ReasonValue]:
    """Return what sold in the same days a year ago, where so much now would serve half of these.

    What rests before its season looks dead to any rate; a forecast that saw one year alone does not
    know better. A person does.
    """
    year_ago = outlook.year_ago_units_90d
    expected_to_sell = max(facts.available_units or 0, 0) - units
    if year_ago is None or year_ago < expected_to_sell + units / 2:
        return {}
    return {"year_ago_units": round(year_ago)}


def _left_out(move: LeftOutMove) -> dict[str, ReasonValue]:
    return {
        "left_out_units": move.units,
        "left_out_by": move.limit,
        "left_out_store": move.store_name,
        "left_out_client": move.client_name,
    }


def _cleared(
    facts: ArticleFacts,
    classification: Classification,
    outlook: Outlook,
    *,
    units: int,
    vat_percent: Decimal,
) -> ActDraft | None:
    if classification.verdict is Verdict.PENNER and _is_past_discounts(facts):
        return _moved(facts, units, outlook.store) or _liquidation(facts, units)
    if not _is_worth_a_discount(facts, classification, units):
        return None
    supply = classification.figures.days_of_supply or 0.0
    if supply > DISCOUNT_STEPS[-2][0]:
        moved = _moved(facts, units, outlook.store)
        if moved:
            return moved
    bundled = _bundled(facts, units, outlook.partner, vat_percent)
    return bundled or _discount(facts, classification, units, vat_percent)


def stop_draft(
    facts: ArticleFacts, classification: Classification, outlook: Outlook
) -> ActDraft | None:
    """Return that no more shall come of what will not sell anyway, where some is on order.

    The ERP tells no rule by which it reorders, so units on order are all that can be stopped.
    """
    on_order = facts.on_order_units or 0
    units = unsold_units(facts, classification, outlook)
    if on_order <= 0 or not units or not _is_worth_a_discount(facts, classification, units):
        return None
    values: dict[str, ReasonValue] = {
        "units": on_order,
        "unsold_units": units,
        "available_units": facts.available_units or 0,
        **_other_count(outlook, units),
        **_year_ago(facts, outlook, units),
    }
    draft = ActDraft(facts=facts, kind=ActKind.STOP_REORDERING, units=on_order, values=values)
    if facts.unit_cost_minor is not None:
        # Purchase prices are net: what is not spent is the cost itself.
        cost = Money(facts.unit_cost_minor, facts.currency)
        draft.price = UnitPrice(shown=cost, net=cost)
    return draft


def _is_past_discounts(facts: ArticleFacts) -> bool:
    return facts.last_sale_date is None or facts.idle_days >= LIQUIDATION_IDLE_DAYS_MIN


def _is_worth_a_discount(facts: ArticleFacts, classification: Classification, units: int) -> bool:
    value_minor = _bound_minor(facts, classification, units)
    if value_minor is None:
        # Where the cost is unknown, the rule that made it a Penner said that it matters.
        return classification.verdict is Verdict.PENNER
    return value_minor >= DISCOUNT_VALUE_MINOR_MIN


def _bound_minor(facts: ArticleFacts, classification: Classification, units: int) -> int | None:
    figures = classification.figures
    if units == figures.dead_units:
        return figures.dead_value_minor
    return None if facts.unit_cost_minor is None else facts.unit_cost_minor * units


def _moved(facts: ArticleFacts, units: int, store: StoreOffer | None) -> ActDraft | None:
    if (
        store is None
        or store.units_max <= 0
        or store.unit_price.currency != facts.currency
        or facts.asin is None
    ):
        return None
    moved = min(units, store.units_max)
    values: dict[str, ReasonValue] = {
        "units": moved,
        "unsold_units": units,
        "asin": str(facts.asin),
        "store_name": store.store_name,
        "client_name": store.client_name,
        "units_max": store.units_max,
    }
    # Between merchants prices are net.
    price = UnitPrice(shown=store.unit_price, net=store.unit_price)
    return ActDraft(facts=facts, kind=ActKind.MOVE, units=moved, values=values, price=price)


def _bundled(
    facts: ArticleFacts, units: int, partner: BundlePartner | None, vat_percent: Decimal
) -> ActDraft | None:
    if partner is None or facts.sales_price_minor is None:
        return None
    bundled = min(units, math.floor(partner.expected_units_90d), partner.stock_units)
    price_minor = _discounted_minor(facts, BUNDLE_PERCENT_OFF, vat_percent)
    if bundled < 1 or price_minor >= facts.sales_price_minor:
        return None
    values: dict[str, ReasonValue] = {
        "units": bundled,
        "unsold_units": units,
        "partner_sku": str(partner.sku),
        "partner_name": partner.name,
        "orders_together": partner.orders_together,
        "partner_units": partner.expected_units_90d,
        "partner_stock_units": partner.stock_units,
        "partner_days": BUNDLE_DAYS,
        "percent": BUNDLE_PERCENT_OFF,
    }
    draft = ActDraft(facts=facts, kind=ActKind.BUNDLE, units=bundled, values=values)
    draft.tag(price_minor, vat_percent)
    return draft


def _liquidation(facts: ArticleFacts, units: int) -> ActDraft:
    price = None
    if facts.unit_cost_minor is not None:
        price = Money(facts.unit_cost_minor * LIQUIDATION_PERCENT_OF_COST // 100, facts.currency)
    values: dict[str, ReasonValue] = {
        "units": units,
        "idle_days": facts.idle_days,
        "percent": LIQUIDATION_PERCENT_OF_COST,
    }
    # Lots are sold between merchants, whose prices are net.
    return ActDraft(
        facts=facts,
        kind=ActKind.LIQUIDATE,
        units=units,
        values=values,
        price=UnitPrice(shown=price, net=price),
    )


def _discount(
    facts: ArticleFacts, classification: Classification, units: int, vat_percent: Decimal
) -> ActDraft | None:
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
    bound_minor = _bound_minor(facts, classification, units)
    if bound_minor is not None:
        values["bound_value"] = Money(bound_minor, facts.currency)
        values["value_min"] = Money(DISCOUNT_VALUE_MINOR_MIN, facts.currency)
    if math.isinf(supply):
        del values["days_of_supply"], values["daily_units"]
    else:
        values |= _by_rate(facts, classification, units)
    code = "discount_unsold" if math.isinf(supply) else ""
    draft = ActDraft(facts=facts, kind=ActKind.DISCOUNT, units=units, values=values, code=code)
    draft.tag(price_minor, vat_percent)
    return draft


def _by_rate(
    facts: ArticleFacts, classification: Classification, units: int
) -> dict[str, ReasonValue]:
    """Return what the present rate alone would leave, where the forecast says otherwise."""
    rate = classification.figures.daily_sales_units
    by_rate = max((facts.available_units or 0) - DEAD_STOCK_DAYS * rate, 0.0)
    # Less than a unit is no other opinion, since both are rounded.
    if units == classification.figures.dead_units or abs(by_rate - units) < 1:
        return {}
    return {"rate_unsold_units": round(by_rate)}


def _discounted_minor(facts: ArticleFacts, percent: int, vat_percent: Decimal) -> int:
    now_minor = facts.sales_price_minor or 0
    lower_minor = now_minor * (100 - percent) // 100
    # A discount stops where its net is the cost, and where the price is there already none is
    # left to give; what goes for less is liquidated, once it is dead.
    floor_minor = gross_minor_for(facts.unit_cost_minor or 0, vat_percent=vat_percent)
    return max(lower_minor, min(floor_minor, now_minor))
