import pytest
from hypothesis import given, settings

from builders.allocation import a_claim, a_client, a_lot, a_problem, a_store, an_asin
from builders.allocation_strategies import problems
from umschlag.allocation.planning.explanation import refusals
from umschlag.allocation.planning.model import PalletCapacity, ReasonCode
from umschlag.allocation.planning.small_carts import (
    CART_FILL_MIN,
    pallet_fill,
    plan_without_small_carts,
    small_carts,
)
from umschlag.allocation.planning.violations import violations
from umschlag.kernel.identifiers import Marketplace

# A tenth of this pallet is 10 of the builder's units, by weight.
CAPACITY = {Marketplace.DE: PalletCapacity(volume_mm3=10**12, weight_g=50_000)}


def planned(**values):
    return plan_without_small_carts(a_problem(**{"pallet_capacities": CAPACITY, **values}))


@pytest.mark.parametrize(("units", "made"), [(10, True), (9, False)])
def test_a_cart_is_made_from_a_tenth_of_a_pallet_on(units, made):
    _, plan = planned(lots=[a_lot(remaining_units=units)])

    assert bool(plan.lines) is made


def test_what_a_small_cart_would_have_taken_is_offered_to_the_next():
    clients = [a_client(1, spendable_minor=9 * 1050, last_pallet_date=None), a_client(2)]

    _, plan = planned(clients=clients, stores=[a_store(1), a_store(2)])

    assert [(line.store_id, line.units) for line in plan.lines] == [(2, 100)]


def test_a_promised_preorder_is_given_however_small():
    _, plan = planned(lots=[a_lot(remaining_units=3)], preorders=(a_claim(),))

    assert [line.units for line in plan.lines] == [3]


def test_the_refusal_says_that_there_was_too_little():
    problem, plan = planned(lots=[a_lot(remaining_units=3)])

    (refusal,) = refusals(problem, plan, by_asin=False)

    assert refusal.code is ReasonCode.CART_TOO_SMALL


def test_fill_is_the_larger_of_volume_and_weight():
    problem = a_problem(
        pallet_capacities={Marketplace.DE: PalletCapacity(volume_mm3=6_000_000, weight_g=10_000)}
    )

    # One unit is 3 litres of 6 and 500 g of 10 kg.
    assert pallet_fill(problem, Marketplace.DE, {an_asin(1): 1}) == pytest.approx(0.5)


@settings(max_examples=80, deadline=None)
@given(problems())
def test_no_cart_is_small_and_no_rule_is_broken(problem):
    final, plan = plan_without_small_carts(problem)

    assert small_carts(final, plan) == frozenset()
    assert violations(problem, plan) == ()
    assert violations(final, plan) == ()
    for store_id in final.small_stores:
        assert not plan.lines_of(store_id)


def test_the_bound_is_a_share():
    assert 0 < CART_FILL_MIN < 1
