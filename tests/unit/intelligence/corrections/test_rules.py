"""What may be written to the ERP at all."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.corrections import PRICES, WAREHOUSES, a_correction, a_price
from umschlag.intelligence.corrections.model import (
    Caution,
    Line,
    Outcome,
    Place,
    Places,
    Ready,
    Refusal,
    Standing,
    WriteKind,
)
from umschlag.intelligence.corrections.rules import ROWS_PER_CALL_MAX, judged, portions, prepared

HOME = WAREHOUSES.by_id[1]
DEFAULT_PRICE = PRICES.by_id[1]


def stands(figure, **values):
    known = None if figure is None else Decimal(figure)
    return Standing(variation_id=1004, figure=known, **values)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (a_correction(units=-1), Refusal.NEGATIVE_UNITS),
        (replace(a_correction(), asked=Decimal("2.5")), Refusal.BROKEN_UNITS),
        (a_correction(units=1_000_000), Refusal.TOO_LARGE),
        (a_correction(warehouse=9), Refusal.UNKNOWN_PLACE),
        (a_correction(warehouse=3), Refusal.NO_SALES_WAREHOUSE),
        (a_correction(warehouse=None), Refusal.PLACE_MISSING),
    ],
)
def test_a_correction_that_cannot_be_meant_is_refused(change, refusal):
    fit, refused = prepared([change], WAREHOUSES)

    assert fit == []
    assert [(line.outcome, line.refusal) for line in refused] == [(Outcome.REFUSED, refusal)]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (a_price(price="-0.01"), Refusal.PRICE_NOT_POSITIVE),
        (a_price(price="0.00"), Refusal.PRICE_NOT_POSITIVE),
        (a_price(price="1.005"), Refusal.PRICE_TOO_FINE),
        (a_price(price="1000000.00"), Refusal.TOO_LARGE),
        (a_price(price_id=9), Refusal.UNKNOWN_PLACE),
        (a_price(price_id=2, currency="GBP"), Refusal.OTHER_CURRENCY),
    ],
)
def test_a_price_that_cannot_be_meant_is_refused(change, refusal):
    fit, refused = prepared([change], PRICES)

    assert fit == []
    assert [(line.outcome, line.refusal) for line in refused] == [(Outcome.REFUSED, refusal)]


def test_no_units_and_the_smallest_price_may_be_asked_for():
    assert prepared([a_correction(units=0)], WAREHOUSES)[1] == []
    assert prepared([a_price(price="0.01")], PRICES)[1] == []


def test_a_row_without_a_place_means_the_usual_one():
    fit, _refused = prepared([a_price(price_id=None)], PRICES)

    assert fit[0].place_id == 1


def test_a_list_that_names_one_thing_twice_changes_it_not_at_all():
    twice = [a_price(price_id=None, price="1.00", row=2), a_price(price="2.00", row=3)]

    fit, refused = prepared([*twice, a_price(sku="HX-2", row=4)], PRICES)

    assert [change.sku for change in fit] == ["HX-2"]
    assert {line.refusal for line in refused} == {Refusal.TWICE}


def test_what_stands_as_asked_is_not_sent():
    found = judged(a_correction(units=10), stands("10.00"), HOME)

    assert isinstance(found, Line)
    assert found.outcome is Outcome.ALREADY


@pytest.mark.parametrize(
    ("standing", "refusal"),
    [
        (None, Refusal.UNKNOWN_ARTICLE),
        (stands(None, is_bundle=True), Refusal.BUNDLE),
        (stands(12, location_ids=(0, 7)), Refusal.SEVERAL_LOCATIONS),
        (stands(None, problem="tells ['many']"), Refusal.UNREADABLE),
        (stands(11), Refusal.MOVED),
        (stands("12.5"), Refusal.MOVED),
    ],
)
def test_a_correction_is_refused_for_what_stands_in_the_erp(standing, refusal):
    found = judged(a_correction(units=10, based_on=12), standing, HOME)

    assert isinstance(found, Line)
    assert (found.outcome, found.refusal) == (Outcome.REFUSED, refusal)


def test_stock_that_moved_is_refused_even_where_it_moved_to_what_is_asked():
    found = judged(a_correction(units=10, based_on=12), stands(10), HOME)

    assert isinstance(found, Line)
    assert found.refusal is Refusal.MOVED


def test_a_bundle_has_a_price_of_its_own():
    assert isinstance(judged(a_price(), stands("9.99", is_bundle=True), DEFAULT_PRICE), Ready)


def test_a_price_that_leaves_less_than_the_cost_is_a_caution_and_no_refusal():
    below = judged(a_price(price="9.99", covering_price=Decimal(10)), stands(12), DEFAULT_PRICE)
    covering = judged(a_price(price="10.00", covering_price=Decimal(10)), stands(12), DEFAULT_PRICE)

    assert isinstance(below, Ready)
    assert below.cautions == (Caution.BELOW_COST,)
    assert isinstance(covering, Ready)
    assert covering.cautions == ()


def test_a_price_that_has_to_be_made_is_told():
    found = judged(a_price(), stands(None), DEFAULT_PRICE)

    assert isinstance(found, Ready)
    assert found.is_new
    assert found.cautions == (Caution.NEW_PRICE,)


@given(
    st.lists(st.tuples(st.integers(0, 300), st.sampled_from([1, 2])), unique=True, max_size=150),
    st.sampled_from(WriteKind),
)
def test_portions_hold_every_row_once_fit_a_call_and_keep_to_one_place(named, kind):
    changes = [a_correction(f"S-{number}", warehouse=place) for number, place in named]

    cut = list(portions(kind, changes))

    assert sorted(change.key for portion in cut for change in portion) == sorted(
        change.key for change in changes
    )
    assert all(1 <= len(portion) <= ROWS_PER_CALL_MAX[kind] for portion in cut)
    assert all(len({change.place_id for change in portion}) == 1 for portion in cut)


def test_the_portions_are_those_of_the_contract():
    assert ROWS_PER_CALL_MAX == {WriteKind.STOCK: 20, WriteKind.PRICE: 50}


def test_a_place_that_no_price_is_limited_to_takes_every_currency():
    anywhere = Places(by_id={5: Place(place_id=5, name="Shop")})

    assert prepared([a_price(price_id=5, currency="USD")], anywhere)[1] == []
