"""What an opened gate is worth: goods that fit on top of the plan, and no case pack fewer."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.allocation import a_client, a_lot, a_plan, a_problem, a_store, an_asin
from builders.allocation_strategies import problems
from umschlag.allocation.planning.model import AllocationLine, AllocationPlan
from umschlag.allocation.planning.opened_gates import (
    opened_gates,
    unit_money_minor,
    with_open_gates,
)
from umschlag.allocation.planning.optimal_plan import plan_optimally
from umschlag.allocation.planning.priority_loop import plan_by_priority
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.valuation import line_worth_minor
from umschlag.allocation.planning.violations import violations
from umschlag.allocation.ungating.model import GateAnswer, is_gated
from umschlag.kernel.identifiers import StoreId

GATE = (StoreId(1), an_asin())


def closed(**values):
    return a_problem(gates={GATE: GateAnswer.INVOICE_NEEDED}, **values)


def closed_gates(problem):
    return [
        (store_id, asin)
        for store_id in problem.receiving_store_ids
        for asin in problem.lots
        if is_gated(problem.gate(store_id, asin))
    ]


def together(problem, plan, opened):
    """Return the plan with the opened lines on top."""
    lots = problem.lots
    more = [
        AllocationLine(
            store_id=line.store_id,
            asin=line.asin,
            units=line.units,
            unit_cost_minor=lots[line.asin].unit_cost_minor,
            unit_shipping_minor=lots[line.asin].shipping.max_minor,
        )
        for line in opened.lines
    ]
    return AllocationPlan(lines=(*plan.lines, *more), method=plan.method)


def test_a_gate_is_worth_what_its_store_can_take_of_what_is_left():
    lot = a_lot(remaining_units=40, unit_cost_minor=500, unit_margin_minor=120)
    problem = closed(lots=[lot], stores=[a_store(asin_units_max=24)])

    opened = opened_gates(problem, a_plan(), [GATE])

    (line,) = opened.lines
    assert line.units == 24
    assert opened.value_minor == 24 * 120
    assert not line.is_assumed


def test_where_nobody_told_what_a_unit_earns_the_assumed_share_stands_in():
    lot = a_lot(unit_cost_minor=500, unit_margin_minor=None)
    problem = closed(lots=[lot])

    opened = opened_gates(problem, a_plan(), [GATE])

    assert opened.lines[0].is_assumed
    assert opened.value_minor == opened.units * 100


def test_the_balance_bounds_it():
    lot = a_lot(unit_cost_minor=500, unit_margin_minor=120)
    unit_minor = 500 + lot.shipping.max_minor
    problem = closed(lots=[lot], clients=[a_client(spendable_minor=7 * unit_minor + 3)])

    opened = opened_gates(problem, a_plan(), [GATE])

    assert opened.units == 7 // lot.case_pack_units * lot.case_pack_units
    assert opened.cost_minor <= 7 * unit_minor + 3


@pytest.mark.parametrize(
    "problem",
    [
        a_problem(),
        closed(lots=[a_lot(unit_margin_minor=-5)]),
        closed(lots=[a_lot(remaining_units=0)]),
        closed(stores=[a_store(is_active=False)]),
    ],
    ids=["open already", "earns nothing", "no stock", "suspended"],
)
def test_a_gate_behind_which_nothing_can_go_is_worth_nothing(problem):
    assert opened_gates(problem, a_plan(), [GATE]).lines == ()


def test_stock_is_shared_where_several_gates_open_together():
    stores = [a_store(1), a_store(2)]
    gates = {(StoreId(n), an_asin()): GateAnswer.NO for n in (1, 2)}
    clients = [a_client(1), a_client(2)]
    lots = [a_lot(remaining_units=10)]
    problem = a_problem(lots=lots, clients=clients, stores=stores, gates=gates)

    alone = sum(opened_gates(problem, a_plan(), [gate]).units for gate in gates)
    both = opened_gates(problem, a_plan(), list(gates)).units

    assert (alone, both) == (20, 10)


def test_where_nothing_else_is_planned_the_next_run_gives_just_that():
    problem = closed(lots=[a_lot(remaining_units=40)])

    opened = opened_gates(problem, a_plan(), [GATE])
    replanned = plan_by_priority(with_open_gates(problem, [GATE]))

    assert [(line.asin, line.units) for line in replanned.lines] == [
        (line.asin, line.units) for line in opened.lines
    ]


@given(problem=problems(), chosen=st.randoms(use_true_random=False))
def test_plan_and_opened_goods_keep_every_rule_together(problem, chosen):
    plan = plan_by_priority(problem)
    gates = [gate for gate in closed_gates(problem) if chosen.random() < 0.7]

    opened = opened_gates(problem, plan, gates)

    assert violations(with_open_gates(problem, gates), together(problem, plan, opened)) == ()
    for line in opened.lines:
        marketplace = problem.stores[line.store_id].marketplace
        money_minor, _is_assumed = unit_money_minor(problem, problem.lots[line.asin], marketplace)
        assert line.value_minor <= line.units * money_minor < line.value_minor + 1


@given(problem=problems())
def test_not_one_case_pack_more_that_earns_anything_fits_behind_any_of_the_gates(problem):
    plan = plan_by_priority(problem)
    gates = closed_gates(problem)

    opened = opened_gates(problem, plan, gates)

    asked = with_open_gates(problem, gates)
    standing = Standing(asked, together(problem, plan, opened).lines)
    for store_id, asin in gates:
        lot = problem.lots[asin]
        store = problem.stores[store_id]
        if unit_money_minor(problem, lot, store.marketplace)[0] > 0:
            assert standing.blockers(store, lot)


@given(problem=problems())
def test_gates_opened_together_are_worth_no_more_than_each_alone(problem):
    plan = plan_by_priority(problem)
    gates = closed_gates(problem)

    both = opened_gates(problem, plan, gates)

    for line in both.lines:
        alone = opened_gates(problem, plan, [(line.store_id, line.asin)])
        assert line.units <= alone.units


@settings(max_examples=30)
@given(problem=problems())
def test_the_best_plan_with_the_gates_open_is_worth_as_much_more_at_least(problem):
    problem = replace(problem, preorders=())
    gates = closed_gates(problem)
    before = plan_optimally(problem)

    opened = opened_gates(problem, before.plan, gates)

    after = plan_optimally(with_open_gates(problem, gates))
    more = sum(
        line_worth_minor(problem, line)
        for line in together(problem, before.plan, opened).lines[len(before.plan.lines) :]
    )
    assert more >= 0
    assert before.worth_minor + more <= after.bound_minor + 0.5
