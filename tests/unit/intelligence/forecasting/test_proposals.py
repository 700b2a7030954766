from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.forecasting import a_replenishment
from builders.movement import AS_OF, a_classification, a_sold_article, an_article, an_idle_article
from umschlag.intelligence.forecasting.model import ActKind
from umschlag.intelligence.forecasting.proposals import (
    DISCOUNT_VALUE_MINOR_MIN,
    proposed_act,
)
from umschlag.intelligence.movement.model import Verdict
from umschlag.kernel.money import Money
from umschlag.kernel.vat import net_minor

VAT = Decimal("19.0")


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


def proposed(facts, classification, *, vat_percent=VAT, **replenishment):
    by = a_replenishment(**replenishment)
    return proposed_act(facts, classification, by, sales_vat_percent=vat_percent)


def test_a_dead_penner_is_liquidated_at_a_stated_share_of_its_cost():
    act = proposed(an_idle_article(on_hand_units=10, idle_days=180), a_penner(dead_units=10))

    assert act.kind is ActKind.LIQUIDATE
    assert act.units == 10
    assert act.value == Money(5_000, "EUR")
    assert act.price == Money(150, "EUR")
    assert act.proceeds == Money(1_500, "EUR")
    assert act.reason.values["percent"] == 30


def test_a_lot_is_sold_net_so_no_vat_is_taken_off_its_price():
    act = proposed(an_idle_article(on_hand_units=10, idle_days=180), a_penner(dead_units=10))

    assert act.reason.values["net_price"] == act.price
    assert "vat_percent" not in act.reason.values


@pytest.mark.parametrize(
    ("supply", "price", "net"), [(150.0, 900, 756), (300.0, 800, 672), (900.0, 700, 588)]
)
def test_a_penner_that_still_sells_is_discounted_the_more_the_longer_it_lasts(supply, price, net):
    act = proposed(an_article(), a_penner(days_of_supply=supply))

    assert act.kind is ActKind.DISCOUNT
    assert act.units == 8
    assert act.price == Money(price, "EUR")
    assert act.proceeds == Money(8 * net, "EUR")
    assert act.reason.values["net_price"] == Money(net, "EUR")
    assert act.reason.values["vat_percent"] == pytest.approx(19.0)


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
    assert act.proceeds == Money(60 * 672, "EUR")
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


def test_a_discount_stops_where_its_net_is_the_cost():
    act = proposed(an_article(unit_cost_minor=800), a_penner(days_of_supply=900.0))

    assert act.price == Money(952, "EUR")
    assert act.proceeds == Money(8 * 800, "EUR")


def test_of_prices_that_are_net_a_discount_stops_at_cost():
    article = an_article(unit_cost_minor=950)

    act = proposed(article, a_penner(days_of_supply=900.0), vat_percent=Decimal(0))

    assert act.price == Money(950, "EUR")
    assert act.proceeds == Money(8 * 950, "EUR")


@pytest.mark.parametrize("cost", [841, 1_000])
def test_at_cost_already_no_discount_is_proposed(cost):
    assert proposed(an_article(unit_cost_minor=cost), a_penner()) is None


@given(
    cost=st.integers(min_value=0, max_value=2_000),
    price=st.integers(min_value=0, max_value=2_000),
    supply=st.sampled_from([150.0, 300.0, 900.0, float("inf")]),
    vat=st.decimals(min_value=0, max_value=30, places=1),
)
def test_no_discount_sells_below_cost_or_brings_more_than_its_price(cost, price, supply, vat):
    article = an_article(unit_cost_minor=cost, sales_price_minor=price)

    act = proposed(article, a_penner(days_of_supply=supply), vat_percent=vat)

    if act is not None:
        assert act.kind is ActKind.DISCOUNT
        assert act.price.minor < price
        assert net_minor(act.price.minor, vat_percent=vat) >= cost
        assert act.value.minor <= act.proceeds.minor <= act.price.minor * act.units


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
    # Ten euro with 19 % VAT are 8.40 without.
    assert act.price == Money(1_000, "EUR")
    assert act.proceeds == Money(20 * 840, "EUR")
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
