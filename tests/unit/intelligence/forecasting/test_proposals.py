from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.forecasting import a_replenishment
from builders.movement import AS_OF, a_classification, a_sold_article, an_article, an_idle_article
from umschlag.intelligence.forecasting.alternatives import (
    BundlePartner,
    Outlook,
    StoreOffer,
    best_store,
)
from umschlag.intelligence.forecasting.clearing import DISCOUNT_VALUE_MINOR_MIN
from umschlag.intelligence.forecasting.model import ActKind
from umschlag.intelligence.forecasting.proposals import proposed_acts
from umschlag.intelligence.forecasting.service_level import LevelBasis, ServiceLevel, UnitMoney
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
    acts = proposed_acts(facts, classification, by, sales_vat_percent=vat_percent)
    return acts[0] if acts else None


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


def offered(facts, classification, outlook, **replenishment):
    by = a_replenishment(**replenishment)
    return proposed_acts(facts, classification, by, outlook, sales_vat_percent=VAT)


def a_store(units_max=50):
    return StoreOffer(
        store_name="Nordlicht (Amazon.de)",
        client_name="Nordlicht GmbH",
        units_max=units_max,
        unit_price=Money(480, "EUR"),
    )


def a_partner(expected_units_90d=30.0, stock_units=40):
    return BundlePartner(
        sku="HX-9",
        name="Bulb",
        orders_together=12,
        expected_units_90d=expected_units_90d,
        stock_units=stock_units,
    )


def test_what_would_be_liquidated_goes_to_a_store_that_may_sell_it():
    article = an_idle_article(on_hand_units=10, idle_days=180, asin="B000000001")

    (act,) = offered(article, a_penner(dead_units=10), Outlook(store=a_store(units_max=6)))

    assert act.kind is ActKind.MOVE
    assert (act.units, act.proceeds) == (6, Money(6 * 480, "EUR"))
    assert act.reason.values["unsold_units"] == 10


def test_a_store_without_room_or_with_another_currency_takes_nothing():
    article = an_idle_article(on_hand_units=10, idle_days=180, asin="B000000001")
    pounds = replace(a_store(), unit_price=Money(480, "GBP"))

    (act,) = offered(article, a_penner(dead_units=10), Outlook(store=pounds))

    assert act.kind is ActKind.LIQUIDATE
    assert best_store([a_store(units_max=0)]) is None
    assert best_store([a_store(units_max=1), a_store(units_max=2)]).units_max == 2


def test_what_is_bought_together_with_a_good_seller_is_bundled_with_it():
    (act,) = offered(an_article(on_hand_units=110), overstocked(), Outlook(partner=a_partner()))

    assert act.kind is ActKind.BUNDLE
    assert act.units == 30
    assert act.price == Money(900, "EUR")
    assert act.reason.values["orders_together"] == 12


def test_no_more_pairs_are_made_than_the_partner_has_units():
    partner = a_partner(stock_units=2)

    (act,) = offered(an_article(on_hand_units=110), overstocked(), Outlook(partner=partner))

    assert (act.kind, act.units) == (ActKind.BUNDLE, 2)
    assert act.reason.values["partner_stock_units"] == 2


def test_a_partner_that_hardly_sells_helps_nobody():
    (act,) = offered(an_article(on_hand_units=110), overstocked(), Outlook(partner=a_partner(0.9)))

    assert act.kind is ActKind.DISCOUNT


def test_what_will_not_sell_is_no_more_bought():
    article = an_article(on_hand_units=110, on_order_units=24)

    acts = offered(article, overstocked(), Outlook())

    assert [act.kind for act in acts] == [ActKind.DISCOUNT, ActKind.STOP_REORDERING]
    assert acts[1].units == 24
    assert acts[1].proceeds == Money(24 * 500, "EUR")


def test_what_sells_out_more_likely_than_not_is_not_cleared_for_the_other_case():
    stocked = an_article(on_hand_units=110)
    rarely, mostly = (
        Outlook(expected_unsold_units=40.7, median_units_90d=units) for units in (110.0, 60.0)
    )

    assert offered(stocked, a_classification(), rarely) == []
    assert len(offered(stocked, a_classification(), mostly)) == 1


def test_a_proposal_names_both_counts_where_the_rule_counts_more_than_the_forecast():
    article, more = an_article(on_hand_units=110), a_penner(dead_units=60)

    (by_rule,) = offered(article, more, Outlook(expected_unsold_units=40.7))
    (by_forecast,) = offered(article, more, Outlook(expected_unsold_units=80.7))

    assert by_rule.units == 60
    assert by_rule.reason.values["dead_units"] == 60
    assert by_rule.reason.values["forecast_unsold_units"] == 41
    assert by_forecast.units == 80
    assert "forecast_unsold_units" not in by_forecast.reason.values


@pytest.mark.parametrize(
    ("year_ago", "told"), [(None, None), (69.0, None), (90.0, 90), (1_257.0, 1257)]
)
def test_a_proposal_says_when_the_same_days_a_year_ago_would_serve_half_of_what_looks_dead(
    year_ago, told
):
    article = an_article(on_hand_units=110, on_order_units=30)
    outlook = Outlook(expected_unsold_units=40.7, year_ago_units_90d=year_ago)

    acts = offered(article, a_classification(), outlook)

    assert {act.kind for act in acts} == {ActKind.DISCOUNT, ActKind.STOP_REORDERING}
    assert {act.reason.values.get("year_ago_units") for act in acts} == {told}


def test_expected_unsold_units_are_discounted_though_no_rule_sees_them():
    article = an_article(on_hand_units=110)

    (act,) = offered(article, a_classification(), Outlook(expected_unsold_units=40.7))

    assert (act.kind, act.units) == (ActKind.DISCOUNT, 40)
    assert act.basis.expected_unsold_units == 40.7


def test_what_will_sell_after_all_is_left_alone_though_its_stock_lasts_long():
    article = an_article(on_hand_units=110)

    assert offered(article, overstocked(), Outlook(expected_unsold_units=0.2)) == []


def test_a_new_article_is_not_cleared_on_the_word_of_a_forecast():
    new = replace(an_article(on_hand_units=110), days_known=30)

    assert offered(new, a_classification(), Outlook(expected_unsold_units=90.0)) == []


def earning(units=30, **values):
    return {
        "unit": UnitMoney(net_price_minor=840, cost_minor=500, fees_minor=90),
        "coverage_samples": np.linspace(0, units, 31),
        **values,
    }


def test_an_order_says_what_it_is_expected_to_earn_step_by_step():
    (act,) = offered(an_article(on_hand_units=12), a_classification(), Outlook(), **earning())

    last = act.steps[-1]
    assert (last.units, last.cost_minor) == (act.units, act.value.minor)
    assert act.expected_money == Money(last.margin_minor - last.holding_minor, "EUR")
    assert act.reason.values["unit_margin"] == Money(250, "EUR")


def test_what_earns_nothing_is_not_ordered_where_money_chooses():
    level = ServiceLevel(percent=50, basis=LevelBasis.MONEY, underage_minor=0.0, overage_minor=9.0)

    acts = offered(an_article(on_hand_units=2), a_classification(), Outlook(), service=level)

    assert acts == []


def test_a_discount_by_the_forecast_says_what_the_rate_alone_would_leave():
    stocked = an_article(on_hand_units=110)
    slow = overstocked(daily_sales_units=1.0)

    (by_forecast,) = offered(stocked, slow, Outlook(expected_unsold_units=70.4))
    (by_rule,) = offered(stocked, overstocked(), Outlook())

    assert by_forecast.units == 70
    assert by_forecast.reason.values["rate_unsold_units"] == 20
    assert "rate_unsold_units" not in by_rule.reason.values
