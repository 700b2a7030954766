from dataclasses import replace

import pytest
from hypothesis import given, settings

from builders.allocation import a_claim, a_client, a_lot, a_plan, a_problem, a_store, an_asin
from builders.allocation_strategies import problems
from umschlag.allocation.planning.explanation import refusals
from umschlag.allocation.planning.model import PalletCapacity, ReasonCode
from umschlag.allocation.planning.small_carts import plan_without_small_carts
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.unpaid_preorders import unpaid_preorders
from umschlag.allocation.planning.violations import violations
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.kernel.identifiers import ClientId, Marketplace, StoreId

CAPACITY = {Marketplace.DE: PalletCapacity(volume_mm3=10**12, weight_g=50_000)}
CLAIM = a_claim(external_id="7003", outstanding_units=24, due_minor=24 * 600)
# A pack of 12 preordered units: 600 each fall due, and 50 each for shipping.
PACK_MINOR = 12 * 650


def short_of_a_preorder(*, short_minor=1_480, **values):
    """Return a problem whose client lacks so much for a pack, and could buy a little else."""
    return a_problem(
        **{
            "lots": [a_lot(1, case_pack_units=12), a_lot(2, remaining_units=5, unit_cost_minor=1)],
            "clients": [a_client(spendable_minor=PACK_MINOR - short_minor)],
            "preorders": (CLAIM,),
            "pallet_capacities": CAPACITY,
            **values,
        }
    )


def first_refusal_of(problem, *, by_asin=False):
    final, plan = plan_without_small_carts(problem)
    assert violations(problem, plan) == ()
    told = refusals(final, plan, by_asin=by_asin)
    return next(one for one in told if an_asin(1) in one.asins)


@pytest.mark.parametrize("by_asin", [True, False])
def test_a_preorder_that_is_not_paid_is_refused_for_exactly_what_is_missing(by_asin):
    refusal = first_refusal_of(short_of_a_preorder(), by_asin=by_asin)

    assert refusal.code is ReasonCode.BALANCE_SHORT
    assert refusal.missing_minor == 1_480
    assert refusal.preorder_external_id == "7003"
    assert refusal.asins == (an_asin(1),)
    assert refusal.further_codes == ()


def test_the_rest_of_the_store_still_hears_that_its_cart_is_too_small():
    final, plan = plan_without_small_carts(short_of_a_preorder())

    codes = {one.asins: one.code for one in refusals(final, plan, by_asin=False)}

    assert codes[an_asin(2),] is ReasonCode.CART_TOO_SMALL


def test_once_the_amount_is_there_the_preorder_is_served():
    _, plan = plan_without_small_carts(short_of_a_preorder(short_minor=0))

    assert plan.lines[0].preorder_units == 12


def test_the_amount_is_told_though_another_client_took_the_goods():
    problem = short_of_a_preorder(
        clients=[a_client(1, spendable_minor=PACK_MINOR - 1_480), a_client(2)],
        stores=[a_store(1), a_store(2)],
        lots=[a_lot(1, remaining_units=96, case_pack_units=12)],
    )

    refusal = first_refusal_of(problem)

    assert (refusal.code, refusal.missing_minor) == (ReasonCode.BALANCE_SHORT, 1_480)
    assert refusal.further_codes == (ReasonCode.NO_STOCK,)


def test_only_one_store_of_a_client_is_told_and_a_gated_one_is_not():
    stores = [a_store(number, client_id=ClientId(1)) for number in (1, 2, 3)]
    problem = short_of_a_preorder(stores=stores, gates={(StoreId(1), an_asin(1)): GateAnswer.NO})

    unpaid = unpaid_preorders(Standing(problem))

    assert unpaid == {(StoreId(2), an_asin(1)): [CLAIM]}


@pytest.mark.parametrize("change", [{"is_arrived": False}, {"asin": an_asin(9)}])
def test_what_has_not_arrived_or_is_not_in_the_sheet_is_no_unpaid_preorder(change):
    problem = short_of_a_preorder(preorders=(replace(CLAIM, **change),))

    assert unpaid_preorders(Standing(problem, a_plan().lines)) == {}


@settings(max_examples=80, deadline=None)
@given(problems())
def test_no_preorder_that_is_served_or_could_be_paid_is_called_unpaid(problem):
    final, plan = plan_without_small_carts(problem)

    for refusal in refusals(final, plan, by_asin=True):
        if refusal.preorder_external_id is not None:
            assert refusal.code is ReasonCode.BALANCE_SHORT
            assert refusal.missing_minor > 0
            assert ReasonCode.CART_TOO_SMALL not in refusal.further_codes
            assert not any(
                line.preorder_units
                for line in plan.lines
                if line.asin in refusal.asins
                and final.stores[line.store_id].client_id == refusal.client_id
            )
