from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from builders.allocation import a_claim, a_client, a_lot, a_problem, a_store, an_asin
from builders.allocation_strategies import problems
from umschlag.allocation.clients.model import ClientPriority
from umschlag.allocation.planning.priority_loop import plan_by_priority
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.violations import violations
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.kernel.identifiers import ClientId, Marketplace


def units_by_pair(problem):
    plan = plan_by_priority(problem)
    return {(line.store_id, line.asin): line.units for line in plan.lines}


def units_by_store(problem):
    totals = {}
    for (store_id, _), units in units_by_pair(problem).items():
        totals[store_id] = totals.get(store_id, 0) + units
    return totals


def test_the_client_of_higher_priority_is_served_first():
    clients = [a_client(1), a_client(2, priority=ClientPriority.HIGH)]

    problem = a_problem(clients=clients, stores=[a_store(1), a_store(2)])

    assert units_by_store(problem) == {2: 100}


def test_of_equal_priority_who_waited_longest_is_served_first():
    clients = [
        a_client(1, last_pallet_date=date(2026, 2, 1)),
        a_client(2, last_pallet_date=date(2026, 1, 1)),
    ]

    problem = a_problem(clients=clients, stores=[a_store(1), a_store(2)])

    assert units_by_store(problem) == {2: 100}


def test_the_oldest_lot_leaves_first_when_money_is_short():
    lots = [a_lot(1, stock_age_days=10), a_lot(2, stock_age_days=300)]

    problem = a_problem(lots=lots, clients=[a_client(spendable_minor=50 * 1050)])

    assert units_by_pair(problem) == {(1, an_asin(2)): 50}


def test_of_equal_age_the_lot_expected_to_lie_unsold_leaves_first():
    lots = [a_lot(1), a_lot(2, expected_unsold_minor=1)]

    problem = a_problem(lots=lots, clients=[a_client(spendable_minor=1050)])

    assert units_by_pair(problem) == {(1, an_asin(2)): 1}


def test_only_whole_case_packs_are_given():
    problem = a_problem(lots=[a_lot(remaining_units=40, case_pack_units=12)])

    assert units_by_store(problem) == {1: 36}


def test_the_balance_pays_goods_and_the_highest_shipping_and_keeps_its_floor():
    client = a_client(spendable_minor=5 * 1050 + 500, floor_minor=501)

    assert units_by_store(a_problem(clients=[client])) == {1: 4}


def test_caps_per_asin_and_per_run_hold():
    stores = [a_store(asin_units_max=30, total_units_max=50)]

    problem = a_problem(lots=[a_lot(1), a_lot(2), a_lot(3)], stores=stores)

    assert units_by_pair(problem) == {(1, an_asin(1)): 30, (1, an_asin(2)): 20}


def test_no_more_stores_of_one_marketplace_than_allowed_get_an_asin():
    stores = [a_store(n, client_id=ClientId(1), asin_units_max=10) for n in (1, 2, 3)]
    stores.append(a_store(4, client_id=ClientId(1), marketplace=Marketplace.UK, asin_units_max=10))

    problem = a_problem(stores=stores, stores_per_asin_max=2)

    assert units_by_store(problem) == {1: 10, 2: 10, 4: 10}


def test_stores_that_lately_got_the_asin_count_and_may_get_more():
    stores = [a_store(n, client_id=ClientId(1), asin_units_max=10) for n in (1, 2)]
    listed = {(an_asin(1), Marketplace.DE): frozenset({stores[1].store_id})}

    problem = a_problem(stores=stores, stores_per_asin_max=1, listed_stores=listed)

    assert units_by_store(problem) == {2: 10}


@pytest.mark.parametrize("answer", [GateAnswer.NO, GateAnswer.INVOICE_NEEDED, GateAnswer.UNKNOWN])
def test_nothing_but_yes_opens_the_gate(answer):
    store = a_store()

    assert units_by_store(a_problem(gates={(store.store_id, an_asin(1)): answer})) == {}


def test_a_mutual_store_is_given_nothing_on_its_own():
    assert units_by_store(a_problem(stores=[a_store(is_mutual=True)])) == {}


def test_an_arrived_preorder_comes_before_any_priority():
    clients = [a_client(1), a_client(2, priority=ClientPriority.HIGH)]
    problem = a_problem(
        lots=[a_lot(remaining_units=10)],
        clients=clients,
        stores=[a_store(1), a_store(2)],
        preorders=(a_claim(),),
    )

    line = plan_by_priority(problem).lines[0]

    assert (line.store_id, line.units, line.preorder_units) == (1, 10, 10)
    assert line.goods_minor == 5000


def test_the_older_of_two_preorders_is_served_first():
    old = a_claim(2, client_id=ClientId(2), expected_arrival_date=date(2026, 1, 1))
    problem = a_problem(
        lots=[a_lot(remaining_units=10)],
        clients=[a_client(1), a_client(2)],
        stores=[a_store(1), a_store(2)],
        preorders=(a_claim(1), old),
    )

    assert units_by_store(problem) == {2: 10}


def test_a_preorder_that_has_not_arrived_changes_nothing():
    problem = a_problem(preorders=(a_claim(is_arrived=False),))

    assert plan_by_priority(problem).lines[0].preorder_units == 0


def test_a_preorder_is_rounded_up_to_whole_packs_and_the_rest_is_paid_in_full():
    problem = a_problem(lots=[a_lot(remaining_units=12, case_pack_units=6)], preorders=(a_claim(),))

    line = plan_by_priority(problem).lines[0]

    assert (line.units, line.preorder_units, line.goods_minor) == (12, 10, 5000 + 2 * 1000)


def test_a_preorder_gets_what_its_client_can_pay():
    client = a_client(spendable_minor=4 * (500 + 50) + 549)
    problem = a_problem(clients=[client], preorders=(a_claim(),))

    line = plan_by_priority(problem).lines[0]

    assert (line.units, line.preorder_due_minor) == (4, 2000)


def test_two_preorders_of_one_client_share_one_line():
    problem = a_problem(
        lots=[a_lot(remaining_units=15)], preorders=(a_claim(1), a_claim(2, due_minor=0))
    )

    (line,) = plan_by_priority(problem).lines

    assert (line.units, line.preorder_units, line.preorder_due_minor) == (15, 15, 5000)


def test_a_preorder_of_an_asin_nobody_bought_waits():
    assert units_by_store(a_problem(lots=[], preorders=(a_claim(),))) == {}


@settings(max_examples=100, deadline=None)
@given(problems())
def test_no_plan_breaks_a_rule(problem):
    assert violations(problem, plan_by_priority(problem)) == ()


@settings(max_examples=100, deadline=None)
@given(problems())
def test_no_case_pack_that_could_be_given_is_left(problem):
    plan = plan_by_priority(problem)

    standing = Standing(problem, plan.lines)

    for store_id in problem.receiving_store_ids:
        for lot in problem.lots.values():
            assert standing.blockers(problem.stores[store_id], lot)


@settings(max_examples=100, deadline=None)
@given(problems())
def test_units_and_money_are_conserved(problem):
    plan = plan_by_priority(problem)

    standing = Standing(problem, plan.lines)

    for asin, lot in problem.lots.items():
        given_units = sum(line.units for line in plan.lines if line.asin == asin)
        assert given_units + standing.stock_units[asin] == lot.remaining_units
    for client_id, client in problem.clients.items():
        spent_minor = sum(
            line.total_minor
            for line in plan.lines
            if problem.stores[line.store_id].client_id == client_id
        )
        assert spent_minor + standing.available_minor[client_id] == client.available_minor


@settings(max_examples=50, deadline=None)
@given(problems())
def test_the_order_in_which_things_are_handed_in_does_not_matter(problem):
    turned = replace(
        problem,
        lots=dict(reversed(problem.lots.items())),
        stores=dict(reversed(problem.stores.items())),
        receiving_store_ids=problem.receiving_store_ids[::-1],
        preorders=problem.preorders[::-1],
    )

    assert set(plan_by_priority(turned).lines) == set(plan_by_priority(problem).lines)


def test_a_line_set_by_hand_stays_as_it_is():
    problem = a_problem(lots=[a_lot(1), a_lot(2)], pins={(a_store().store_id, an_asin(1)): 7})

    plan = plan_by_priority(problem)

    assert units_by_pair(problem) == {(1, an_asin(1)): 7, (1, an_asin(2)): 100}
    assert not violations(problem, plan)


def test_what_was_taken_out_by_hand_is_not_given():
    problem = a_problem(lots=[a_lot(1), a_lot(2)], pins={(a_store().store_id, an_asin(1)): 0})

    assert units_by_pair(problem) == {(1, an_asin(2)): 100}


def test_a_line_set_by_hand_serves_the_preorder_and_no_other_store_serves_it_again():
    stores = [a_store(1), a_store(2, client_id=ClientId(1))]
    problem = a_problem(
        lots=[a_lot(remaining_units=20)],
        stores=stores,
        preorders=(a_claim(outstanding_units=10, due_minor=5000),),
        pins={(stores[1].store_id, an_asin(1)): 12},
    )

    plan = plan_by_priority(problem)

    assert {line.store_id: (line.units, line.preorder_units) for line in plan.lines} == {
        2: (12, 10),
        1: (8, 0),
    }
    assert not violations(problem, plan)


def test_a_store_is_given_no_more_than_it_is_expected_to_sell():
    problem = a_problem(lots=[a_lot(demand_units_max=30, case_pack_units=12)])

    plan = plan_by_priority(problem)

    assert units_by_store(problem) == {1: 24}
    assert not violations(problem, plan)


def test_a_preorder_is_served_beyond_what_the_store_is_expected_to_sell():
    problem = a_problem(
        lots=[a_lot(demand_units_max=6)], preorders=(a_claim(outstanding_units=10),)
    )

    plan = plan_by_priority(problem)

    assert units_by_store(problem) == {1: 10}
    assert not violations(problem, plan)
