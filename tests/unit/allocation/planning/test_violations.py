from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from builders.allocation import (
    a_claim,
    a_client,
    a_line,
    a_lot,
    a_plan,
    a_problem,
    a_store,
    an_asin,
)
from builders.allocation_strategies import problems
from umschlag.allocation.planning.priority_loop import plan_by_priority
from umschlag.allocation.planning.violations import ViolationCode, violations
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.kernel.identifiers import ClientId, Marketplace, StoreId


def codes(problem, *lines):
    return [violation.code for violation in violations(problem, a_plan(*lines))]


def two_lines():
    return a_line(1), a_line(2)


def two_stores(**values):
    stores = [a_store(1), a_store(2)]
    return a_problem(clients=[a_client(1), a_client(2)], stores=stores, **values)


def test_a_sound_plan_breaks_nothing():
    assert codes(two_stores(), *two_lines()) == []


def test_an_empty_plan_breaks_nothing_even_where_a_balance_is_below_its_floor():
    assert codes(a_problem(clients=[a_client(spendable_minor=-5)])) == []


YES = GateAnswer.YES
PLANTED = [
    (ViolationCode.UNKNOWN_STORE, a_problem(), a_line(store=9)),
    (ViolationCode.UNKNOWN_STORE, a_problem(stores=[a_store(is_mutual=True)]), a_line()),
    (ViolationCode.UNKNOWN_ASIN, a_problem(), a_line(number=9)),
    (ViolationCode.UNITS_NOT_POSITIVE, a_problem(), a_line(units=0)),
    (ViolationCode.STOCK_EXCEEDED, a_problem(), a_line(units=101)),
    (ViolationCode.STORE_SUSPENDED, a_problem(stores=[a_store(is_active=False)]), a_line()),
    (ViolationCode.CART_TOO_SMALL, a_problem(small_stores=frozenset({StoreId(1)})), a_line()),
    (ViolationCode.CURRENCY_MIXED, a_problem(lots=[a_lot(currency="USD")]), a_line()),
    (ViolationCode.CURRENCY_MIXED, a_problem(clients=[a_client(currency="USD")]), a_line()),
    (ViolationCode.CURRENCY_MIXED, a_problem(currency="USD"), a_line()),
    (ViolationCode.MEASURES_MISSING, a_problem(lots=[a_lot(weight_g=None)]), a_line()),
    (ViolationCode.MEASURES_MISSING, a_problem(lots=[a_lot(dimensions=None)]), a_line()),
    (
        ViolationCode.TOO_LARGE,
        a_problem(too_large=frozenset({(an_asin(1), Marketplace.DE)})),
        a_line(),
    ),
    (ViolationCode.CASE_PACK_SPLIT, a_problem(lots=[a_lot(case_pack_units=6)]), a_line()),
    (ViolationCode.ASIN_CAP_EXCEEDED, a_problem(stores=[a_store(asin_units_max=9)]), a_line()),
    (ViolationCode.STORE_CAP_EXCEEDED, a_problem(stores=[a_store(total_units_max=9)]), a_line()),
    (ViolationCode.DEMAND_EXCEEDED, a_problem(lots=[a_lot(demand_units_max=9)]), a_line()),
    (ViolationCode.PIN_IGNORED, a_problem(pins={(StoreId(1), an_asin(1)): 0}), a_line()),
    (ViolationCode.PIN_IGNORED, a_problem(pins={(StoreId(1), an_asin(1)): 11}), a_line()),
    (ViolationCode.TOO_MANY_STORES, a_problem(stores_per_asin_max=0), a_line()),
    (ViolationCode.WRONG_COST, a_problem(), a_line(unit_cost_minor=999)),
    (ViolationCode.SHIPPING_PRICE_OUTSIDE, a_problem(), a_line(unit_shipping_minor=51)),
    (ViolationCode.SHIPPING_PRICE_OUTSIDE, a_problem(), a_line(unit_shipping_minor=9)),
    (ViolationCode.SHIPPING_PRICE_OUTSIDE, a_problem(lots=[a_lot(shipping=None)]), a_line()),
    (
        ViolationCode.BALANCE_BELOW_FLOOR,
        a_problem(clients=[a_client(spendable_minor=10_499)]),
        a_line(),
    ),
    (
        ViolationCode.BALANCE_BELOW_FLOOR,
        a_problem(clients=[a_client(spendable_minor=10_500, floor_minor=1)]),
        a_line(),
    ),
    (ViolationCode.PREORDER_EXCEEDED, a_problem(), a_line(preorder_units=1)),
    (
        ViolationCode.PREORDER_EXCEEDED,
        a_problem(preorders=(a_claim(is_arrived=False, due_minor=0),)),
        a_line(preorder_units=1),
    ),
    (
        ViolationCode.PREORDER_DUE_WRONG,
        a_problem(preorders=(a_claim(),)),
        a_line(preorder_units=10, preorder_due_minor=4999),
    ),
]


@pytest.mark.parametrize(("code", "problem", "line"), PLANTED)
def test_each_planted_fault_is_found_and_no_other_is_made_up(code, problem, line):
    assert codes(problem, line) == [code]


@pytest.mark.parametrize("answer", [GateAnswer.NO, GateAnswer.INVOICE_NEEDED, GateAnswer.UNKNOWN])
def test_only_a_clear_yes_passes_the_gate(answer):
    problem = a_problem(gates={(StoreId(1), an_asin(1)): answer})

    assert codes(problem, a_line()) == [ViolationCode.NOT_UNGATED]


def test_a_pair_nobody_spoke_of_is_not_ungated():
    problem = replace(a_problem(), gates={})

    assert codes(problem, a_line()) == [ViolationCode.NOT_UNGATED]


def test_the_same_pair_twice_is_found():
    assert codes(a_problem(), a_line(), a_line()) == [ViolationCode.LINE_TWICE]


def test_more_preordered_than_given_is_found():
    found = codes(
        a_problem(preorders=(a_claim(outstanding_units=11, due_minor=0),)),
        a_line(preorder_units=11),
    )

    assert ViolationCode.PREORDER_EXCEEDED in found


def test_preorders_that_two_stores_of_a_client_would_serve_are_found():
    problem = a_problem(
        stores=[a_store(1), a_store(2, client_id=ClientId(1))],
        # Paid already, so that what falls due tells nothing of it.
        preorders=(a_claim(1, due_minor=0), a_claim(2, due_minor=0)),
    )
    lines = a_line(1, preorder_units=10), a_line(2, preorder_units=4)

    (violation,) = violations(problem, a_plan(*lines))

    assert (violation.code, violation.excess) == (ViolationCode.PREORDER_SPLIT, 4)


def test_the_stock_is_shared_by_all_stores():
    problem = two_stores(lots=[a_lot(remaining_units=19)])

    (violation,) = violations(problem, a_plan(*two_lines()))

    assert (violation.code, violation.excess) == (ViolationCode.STOCK_EXCEEDED, 1)


def test_the_balance_is_shared_by_a_client_s_stores():
    stores = [a_store(1), a_store(2, client_id=ClientId(1))]
    problem = a_problem(stores=stores, clients=[a_client(spendable_minor=20_999)])

    (violation,) = violations(problem, a_plan(*two_lines()))

    assert (violation.code, violation.excess) == (ViolationCode.BALANCE_BELOW_FLOOR, 1)


def test_stores_of_one_marketplace_are_counted_with_those_that_have_the_asin():
    listed = {(an_asin(1), Marketplace.DE): frozenset({StoreId(7)})}

    assert codes(two_stores(stores_per_asin_max=2, listed_stores=listed), *two_lines()) == [
        ViolationCode.TOO_MANY_STORES
    ]


def test_a_store_that_has_the_asin_already_may_get_more_of_it():
    listed = {(an_asin(1), Marketplace.DE): frozenset({StoreId(1), StoreId(7)})}

    assert codes(a_problem(stores_per_asin_max=1, listed_stores=listed), a_line()) == []


def test_preordered_units_cost_what_is_due_and_not_the_unit_cost():
    problem = a_problem(clients=[a_client(spendable_minor=5_500)], preorders=(a_claim(),))

    assert codes(problem, a_line(preorder_units=10, preorder_due_minor=5_000)) == []


@settings(max_examples=40, deadline=None)
@given(problems(), st.data())
def test_a_line_made_larger_than_a_sound_plan_s_is_found(problem, data):
    plan = plan_by_priority(problem)
    assume(plan.lines)
    line = data.draw(st.sampled_from(plan.lines))
    more = replace(line, units=line.units + problem.lots[line.asin].case_pack_units)

    # The loop leaves no case pack that could be given, so one more must break a rule.
    others = tuple(one for one in plan.lines if one is not line)

    assert violations(problem, replace(plan, lines=(*others, more)))
