from datetime import date

import pytest
from django.utils import translation
from django.utils.formats import date_format

from umschlag.intelligence.movement.model import Reason
from umschlag.kernel.money import Money
from umschlag.wiring.reasons import SENTENCES, sentence

IDLE = Reason(
    code="idle",
    values={
        "idle_days": 120,
        "threshold_days": 90,
        "last_sale_date": date(2026, 5, 5),
        "on_hand_units": 1_200,
        "stock_value": Money(460_428, "EUR"),
    },
)
REORDER = {
    "units": 24,
    "available_units": 10,
    "on_order_units": 0,
    "reorder_point_units": 18,
    "order_up_to_units": 25,
    "lead_time_days": 14,
    "service_percent": 95,
    "order_units_min": 20,
    "pack_units": 12,
}
EVERY_VALUE = {
    **REORDER,
    **IDLE.values,
    "is_rounded": 1,
    "former_daily_units": 2.0,
    "sold_units": 5,
    "sale_days": 3,
    "turnover": 0.5,
    "threshold_turnover": 1.0,
    "daily_units": 0.25,
    "days_of_supply": 20.0,
    "days_known": 7,
    "percent": 30,
    "price": Money(150, "EUR"),
    "net_price": Money(126, "EUR"),
    "vat_percent": 19.0,
    "proceeds": Money(3_600, "EUR"),
    "bound_value": Money(12_000, "EUR"),
    "value_min": Money(5_000, "EUR"),
    "unsold_units": 40,
    "store_name": "Nordlicht DE",
    "client_name": "Nordlicht GmbH",
    "asin": "B000000001",
    "units_max": 24,
    "orders_together": 12,
    "partner_sku": "HX-2",
    "partner_name": "Lamp",
    "partner_units": 30,
    "partner_days": 28,
}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_a_sentence_carries_the_figures():
    day = date_format(date(2026, 5, 5), "DATE_FORMAT")
    assert sentence(IDLE) == (
        f"No sale for 120 days, at least 90 (last sale {day}); 1,200 units on hand worth €4,604.28."
    )


def test_a_value_that_is_unknown_is_left_out():
    values = {name: value for name, value in IDLE.values.items() if name != "stock_value"}

    assert sentence(Reason(code="idle", values=values)).endswith("1,200 units on hand.")


def test_figures_are_written_as_the_language_writes_them():
    with translation.override("de"):
        assert "4.604,28\N{NO-BREAK SPACE}€" in sentence(IDLE)


def test_an_order_that_was_rounded_says_to_what():
    rounded = sentence(Reason(code="reorder", values={**REORDER, "is_rounded": 1}))
    exact = sentence(Reason(code="reorder", values={**REORDER, "is_rounded": 0}))

    assert rounded.endswith("24 units (at least 20, in packs of 12).")
    assert exact.endswith("24 units.")


def test_small_rates_are_not_rounded_to_nothing():
    values = {**EVERY_VALUE, "daily_units": 0.02}

    assert "at the 0.020 a day" in sentence(Reason(code="discount", values=values))


def test_stock_that_never_runs_out_has_a_sign_and_no_number():
    values = {**EVERY_VALUE, "days_of_supply": float("inf")}

    assert "lasts ∞ days" in sentence(Reason(code="fast", values=values))


def test_a_discount_says_what_the_units_cost_and_from_which_cost_on_it_is_proposed():
    assert sentence(Reason(code="discount", values=EVERY_VALUE)) == (
        "Lasts 20 days at the 0.250 a day of the last 90: 30 % off. If the 24 units that are not "
        "expected to sell in 90 days (€120.00 at cost, at least €50.00) do, they bring "
        "24 × €1.26 = €36.00 net of VAT (€1.50 with 19 % VAT), before fees."
    )


def test_where_the_price_is_net_no_vat_is_named_in_it():
    values = {**EVERY_VALUE, "vat_percent": 0.0}

    assert "24 × €1.26 = €36.00 net of VAT, before fees" in sentence(
        Reason(code="discount", values=values)
    )


def test_arithmetic_from_before_vat_was_taken_off_is_told_as_it_was():
    values = {name: value for name, value in EVERY_VALUE.items() if name != "net_price"}

    assert "24 × €1.50 = €36.00." in sentence(Reason(code="liquidate", values=values))


def test_a_discount_of_unknown_cost_says_nothing_of_it():
    values = {name: value for name, value in EVERY_VALUE.items() if name != "bound_value"}

    assert "24 units do sell" in sentence(Reason(code="discount_unsold", values=values))


def test_arithmetic_without_a_price_says_so():
    values = {name: value for name, value in EVERY_VALUE.items() if name != "price"}

    assert "the sales price is missing" in sentence(Reason(code="discount", values=values))


def test_what_is_reckoned_from_the_cost_says_that_it_is_the_cost_that_is_missing():
    values = {name: value for name, value in EVERY_VALUE.items() if name != "price"}

    assert "the unit cost is missing" in sentence(Reason(code="liquidate", values=values))
    assert "the unit cost is missing" in sentence(Reason(code="stop_reordering", values=values))


def test_where_the_forecast_expects_another_number_than_the_rate_both_are_told():
    values = {**EVERY_VALUE, "rate_unsold_units": 3}

    text = sentence(Reason(code="discount", values=values))

    assert "the 24 units that are not expected to sell" in text
    assert "by the rate alone 3 would be left" in text


def test_both_counts_are_named_where_rule_and_forecast_differ():
    values = {**EVERY_VALUE, "units": 40, "dead_units": 40, "forecast_unsold_units": 12}

    text = sentence(Reason(code="discount", values=values))

    assert "the 40 units that are not expected to sell" in text
    assert "40 are dead by the rate of the last 90 days" in text
    assert "the forecast alone expects 12 unsold" in text


def test_what_sold_a_year_ago_is_named():
    values = {**EVERY_VALUE, "year_ago_units": 1257}

    text = sentence(Reason(code="discount", values=values))

    assert text.endswith(
        "In the same 90 days a year ago 1,257 sold: look whether its season is still to come."
    )


@pytest.mark.parametrize("code", SENTENCES)
def test_every_sentence_can_be_told(code):
    text = sentence(Reason(code=code, values=EVERY_VALUE))

    assert text.endswith(".")
    assert "%(" not in text
