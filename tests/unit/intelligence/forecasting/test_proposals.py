from datetime import timedelta

import pytest

from builders.forecasting import a_replenishment
from builders.movement import AS_OF, a_classification, a_sold_article, an_article, an_idle_article
from umschlag.intelligence.forecasting.model import ActKind
from umschlag.intelligence.forecasting.proposals import (
    DISCOUNT_VALUE_MINOR_MIN,
    proposed_act,
)
from umschlag.intelligence.movement.model import Verdict
from umschlag.kernel.money import Money


def a_penner(**figures):
    return a_classification(
        verdict=Verdict.PENNER,
        **{
            "dead_units": 8,
            "dead_value_minor": DISCOUNT_VALUE_MINOR_MIN,
            "days_of_supply": 200.0,
            **figures,
        },
    )


def proposed(facts, classification, **replenishment):
    return proposed_act(facts, classification, a_replenishment(**replenishment))


def test_a_dead_penner_is_liquidated_at_a_stated_share_of_its_cost():
    act = proposed(an_idle_article(on_hand_units=10, idle_days=180), a_penner(dead_units=10))

    assert act.kind is ActKind.LIQUIDATE
    assert act.units == 10
    assert act.value == Money(5_000, "EUR")
    assert act.price == Money(150, "EUR")
    assert act.proceeds == Money(1_500, "EUR")
    assert act.reason.values["percent"] == 30


@pytest.mark.parametrize(("supply", "price"), [(150.0, 900), (300.0, 800), (900.0, 700)])
def test_a_penner_that_still_sells_is_discounted_the_more_the_longer_it_lasts(supply, price):
    act = proposed(an_article(), a_penner(days_of_supply=supply))

    assert act.kind is ActKind.DISCOUNT
    assert act.units == 8
    assert act.price == Money(price, "EUR")
    assert act.proceeds == Money(8 * price, "EUR")


def test_what_never_sold_is_liquidated_without_a_discount_before():
    never = an_article(first_sale_date=None, last_sale_date=None)

    assert proposed(never, a_penner()).kind is ActKind.LIQUIDATE


def test_what_once_sold_is_discounted_before_it_is_liquidated():
    act = proposed(an_idle_article(idle_days=179), a_penner(days_of_supply=float("inf")))

    assert act.kind is ActKind.DISCOUNT
    assert act.reason.code == "discount_unsold"


def overstocked(**figures):
    return a_classification(
        **{
            "dead_units": 60,
            "dead_value_minor": DISCOUNT_VALUE_MINOR_MIN,
            "days_of_supply": 300.0,
            **figures,
        }
    )


def test_overstock_is_discounted_whatever_the_verdict_and_says_from_which_money_on():
    act = proposed(an_article(on_hand_units=110), overstocked())

    assert act.kind is ActKind.DISCOUNT
    assert act.units == 60
    assert act.proceeds == Money(60 * 800, "EUR")
    assert act.reason.values["bound_value"] == Money(5_000, "EUR")
    assert act.reason.values["value_min"] == Money(5_000, "EUR")


def test_overstock_of_less_money_is_left_to_sell():
    little = DISCOUNT_VALUE_MINOR_MIN - 1

    assert proposed(an_article(on_hand_units=110), overstocked(dead_value_minor=little)) is None
    assert proposed(an_article(), a_penner(dead_value_minor=little)) is None


def test_of_unknown_cost_only_a_penner_is_discounted():
    article = an_article(on_hand_units=110, unit_cost_minor=None)

    assert proposed(article, overstocked(dead_value_minor=None)) is None
    assert proposed(article, a_penner(dead_value_minor=None)).kind is ActKind.DISCOUNT


def test_what_is_discounted_is_not_reordered_too():
    act = proposed(an_article(on_hand_units=1), overstocked())

    assert act.kind is ActKind.DISCOUNT


def test_a_discount_stops_at_cost():
    act = proposed(an_article(unit_cost_minor=950), a_penner(days_of_supply=900.0))

    assert act.price == Money(950, "EUR")


def test_at_cost_already_no_discount_is_proposed():
    assert proposed(an_article(unit_cost_minor=1_000), a_penner()) is None


def test_a_penner_that_sold_nothing_lately_has_its_own_sentence():
    act = proposed(an_article(), a_penner(days_of_supply=float("inf")))

    assert act.reason.code == "discount_unsold"
    assert act.price == Money(700, "EUR")


def test_a_penner_without_dead_stock_is_left_alone():
    assert proposed(an_article(), a_penner(dead_units=0)) is None


def test_without_a_price_the_proceeds_are_unknown():
    act = proposed(an_article(sales_price_minor=None), a_penner())

    assert act.price is None
    assert act.proceeds is None


def test_at_the_reorder_point_an_order_is_proposed():
    act = proposed(an_article(on_hand_units=12, reserved_units=2), a_classification())

    assert act.kind is ActKind.REORDER
    assert act.units == 20
    assert act.value == Money(10_000, "EUR")
    assert act.proceeds == Money(20_000, "EUR")
    assert act.reason.values["reorder_point_units"] == 20


def test_above_the_reorder_point_nothing_is_proposed():
    assert proposed(an_article(on_hand_units=21), a_classification()) is None


def test_an_order_that_would_last_for_more_than_a_year_is_not_proposed():
    article = an_article(on_hand_units=2, order_units_min=40)
    slow, slower = 42 / 365 + 1e-6, 42 / 365 - 1e-6

    assert proposed(article, a_classification(), daily_demand_units=slow).units == 40
    assert proposed(article, a_classification(), daily_demand_units=slower) is None


def test_a_penner_is_not_reordered():
    assert proposed(an_article(on_hand_units=1), a_penner(dead_units=0)) is None


@pytest.mark.parametrize(
    "values", [{"is_active": False}, {"is_bundle": True}, {"last_sale_date": None}]
)
def test_inactive_articles_bundles_and_what_never_sold_are_not_reordered(values):
    assert proposed(an_article(on_hand_units=0, **values), a_classification()) is None


def test_where_stock_was_never_told_nothing_is_proposed():
    assert proposed(a_sold_article(), a_classification()) is None


@pytest.mark.parametrize(("runs_out_in", "due_in"), [(3, 0), (18, 4), (60, 7), (None, 7)])
def test_an_order_is_due_a_lead_time_before_the_stock_is_gone(runs_out_in, due_in):
    stockout_date = None if runs_out_in is None else AS_OF + timedelta(days=runs_out_in)

    act = proposed(an_article(), a_classification(), stockout_date=stockout_date)

    assert act.due_date == AS_OF + timedelta(days=due_in)
