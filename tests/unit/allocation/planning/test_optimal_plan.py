from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
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
from umschlag.allocation.clients.model import ClientPriority
from umschlag.allocation.planning.explanation import refusals
from umschlag.allocation.planning.model import FairnessPolicy, ReasonCode, WorthTerms
from umschlag.allocation.planning.optimal_plan import WarmStart, plan_optimally
from umschlag.allocation.planning.priority_loop import plan_by_priority
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.valuation import plan_worth_minor, unit_worth
from umschlag.allocation.planning.violations import violations
from umschlag.kernel.identifiers import ClientId, StoreId

PLAIN = WorthTerms(aged_share=0.0, aged_share_a_year=0.0, unsold_share=0.0)


def units_by_pair(plan):
    return {(line.store_id, line.asin): line.units for line in plan.lines}


def best_worth_by_trying_all(problem):
    """Return the most that any plan of whole packs is worth, by looking at every one."""
    pairs = [(store, lot) for store in problem.stores.values() for lot in problem.lots.values()]
    choices = [range(lot.remaining_units // lot.case_pack_units + 1) for _, lot in pairs]
    best = 0.0
    for packs in product(*choices):
        lines = tuple(
            a_line(
                store=store.store_id,
                asin=lot.asin,
                units=count * lot.case_pack_units,
                unit_cost_minor=lot.unit_cost_minor,
                unit_shipping_minor=lot.shipping.max_minor,
            )
            for (store, lot), count in zip(pairs, packs, strict=True)
            if count
        )
        if not violations(problem, a_plan(*lines)):
            best = max(best, plan_worth_minor(problem, a_plan(*lines)))
    return best


@st.composite
def tiny_problems(draw):
    """Two or three stores and two lots of few packs: small enough to look at every plan."""
    lots = [
        a_lot(
            number,
            remaining_units=draw(st.integers(0, 4)) * 6,
            case_pack_units=6,
            unit_cost_minor=draw(st.integers(1, 200)),
            unit_margin_minor=draw(st.integers(1, 90)),
            demand_units_max=draw(st.none() | st.integers(6, 24)),
        )
        for number in (1, 2)
    ]
    clients = [a_client(n, spendable_minor=draw(st.integers(0, 6_000))) for n in (1, 2)]
    stores = [
        a_store(
            number,
            client_id=ClientId(draw(st.sampled_from([1, 2]))),
            asin_units_max=draw(st.none() | st.integers(0, 24)),
            total_units_max=draw(st.none() | st.integers(0, 30)),
        )
        for number in (1, 2)
    ]
    return a_problem(
        lots=lots,
        clients=clients,
        stores=stores,
        stores_per_asin_max=draw(st.sampled_from([1, 2])),
        policy=draw(st.sampled_from(FairnessPolicy)),
        worth=PLAIN,
    )


@settings(max_examples=60, deadline=None)
@given(tiny_problems())
def test_no_plan_of_all_is_worth_more_than_the_bound(problem):
    best = best_worth_by_trying_all(problem)

    found = plan_optimally(problem)

    assert best <= found.bound_minor + 1e-6
    # A greedy end may miss the very best of so small a problem, but not by much.
    assert found.worth_minor <= best + 1e-6
    assert not violations(problem, found.plan)


@settings(max_examples=60, deadline=None)
@given(tiny_problems())
def test_with_one_client_alone_the_plan_is_the_best_there_is(problem):
    problem = replace(
        problem,
        stores={
            key: replace(store, client_id=ClientId(1)) for key, store in problem.stores.items()
        },
    )

    best = best_worth_by_trying_all(problem)

    # Within the 0.01 % to which a client's own program is solved.
    assert plan_optimally(problem).worth_minor >= best * (1 - 1e-4) - 1e-6


@settings(max_examples=150, deadline=None)
@given(problems())
def test_every_plan_keeps_every_rule_and_never_beats_its_bound(problem):
    found = plan_optimally(problem)

    assert not violations(problem, found.plan)
    assert found.worth_minor <= found.bound_minor * (1 + 1e-9) + 1e-6
    assert found.worth_minor == pytest.approx(plan_worth_minor(problem, found.plan))
    assert found.is_complete


@settings(max_examples=100, deadline=None)
@given(problems())
def test_nothing_of_worth_is_left_that_could_still_be_given(problem):
    standing = Standing(problem, plan_optimally(problem).plan.lines)

    for store_id in problem.receiving_store_ids:
        store = problem.stores[store_id]
        for lot in problem.lots.values():
            if unit_worth(problem, lot, store.marketplace).total_minor > 0:
                assert standing.blockers(store, lot), (store_id, lot.asin)


@settings(max_examples=100, deadline=None)
@given(problems())
def test_everything_refused_has_a_reason(problem):
    plan = plan_optimally(problem).plan
    given_pairs = {(line.store_id, line.asin) for line in plan.lines}
    wanted = {
        (store_id, asin)
        for store_id in problem.receiving_store_ids
        for asin, lot in problem.lots.items()
        if lot.remaining_units > 0
    } - given_pairs

    told = {(one.store_id, one.asins[0]) for one in refusals(problem, plan, by_asin=True)}

    assert told == wanted


@settings(max_examples=40, deadline=None)
@given(problems())
def test_the_same_problem_has_the_same_plan(problem):
    first, second = plan_optimally(problem), plan_optimally(problem)

    assert first == second


def test_more_balance_brings_what_its_price_says_and_never_more():
    # Low priority earns no bonus, so that the worth is money alone.
    problem = replace(
        _crowded(priority=ClientPriority.LOW, asin_units_max=8), policy=FairnessPolicy.PRIORITY
    )
    found = plan_optimally(problem)
    client_id, price = max(found.prices.balance.items(), key=lambda one: one[1])

    client = problem.clients[client_id]
    richer = replace(client, spendable_minor=client.spendable_minor + 1_000)
    again = plan_optimally(replace(problem, clients={**problem.clients, client_id: richer}))

    assert found.bound_minor < again.bound_minor <= found.bound_minor + 1_000 * price + 1e-6


def test_goods_of_more_margin_are_chosen_where_money_is_short():
    lots = [a_lot(1, unit_margin_minor=100), a_lot(2, unit_margin_minor=300)]

    found = plan_optimally(
        a_problem(lots=lots, clients=[a_client(spendable_minor=50 * 1050)], worth=PLAIN)
    )

    assert units_by_pair(found.plan) == {(1, an_asin(2)): 50}
    assert found.gap_share == pytest.approx(0)


def test_the_price_of_balance_is_what_a_further_unit_of_it_earns():
    lots = [a_lot(1, unit_margin_minor=100), a_lot(2, unit_margin_minor=300)]
    problem = a_problem(
        lots=lots,
        clients=[a_client(spendable_minor=50 * 1050)],
        worth=PLAIN,
        policy=FairnessPolicy.PRIORITY,
    )

    prices = plan_optimally(problem).prices

    # 300 of margin for 1,050 of money: what counts for fairness is no money that comes in.
    assert prices.balance == {1: pytest.approx(300 / 1050)}
    assert prices.stock == {}


def test_goods_that_cost_more_freight_than_they_earn_are_left_and_said_to_be():
    problem = a_problem(
        lots=[a_lot(1, unit_margin_minor=1), a_lot(2)],
        worth=replace(PLAIN, pallet_freight_minor=20_000),
    )

    found = plan_optimally(problem)
    (refusal,) = refusals(problem, found.plan, by_asin=True)

    assert units_by_pair(found.plan) == {(1, an_asin(2)): 100}
    assert refusal.code is ReasonCode.NO_GAIN


def test_a_preorder_is_served_before_what_earns_more():
    problem = a_problem(
        lots=[a_lot(remaining_units=10)],
        clients=[a_client(1), a_client(2)],
        stores=[a_store(1), a_store(2)],
        preorders=(a_claim(outstanding_units=10),),
    )

    found = plan_optimally(problem)

    (line,) = found.plan.lines
    assert (line.store_id, line.preorder_units) == (1, 10)
    assert found.gap_share == pytest.approx(0)


def test_lines_set_by_hand_stay_and_the_rest_is_planned_around_them():
    lots = [a_lot(1, unit_margin_minor=900), a_lot(2, unit_margin_minor=100)]
    problem = a_problem(
        lots=lots,
        clients=[a_client(spendable_minor=20 * 1050)],
        pins={(StoreId(1), an_asin(2)): 5},
    )

    found = plan_optimally(problem)

    assert units_by_pair(found.plan) == {(1, an_asin(2)): 5, (1, an_asin(1)): 15}


def test_equal_clients_are_given_equal_shares_where_the_policy_says_so():
    clients = [a_client(n, spendable_minor=100 * 1050) for n in (1, 2)]
    problem = a_problem(
        lots=[a_lot(remaining_units=100)],
        clients=clients,
        stores=[a_store(1), a_store(2)],
        policy=FairnessPolicy.PROPORTIONAL,
        worth=PLAIN,
    )

    units = units_by_pair(plan_optimally(problem).plan)

    assert sorted(units.values()) == [50, 50]


def test_stopped_at_once_there_is_a_plan_all_the_same_and_it_claims_no_bound():
    problem = a_problem()

    found = plan_optimally(problem, stop=lambda: True)

    assert found.plan == plan_by_priority(problem)
    assert found.plan.method == "priority_loop"
    assert (found.bound_minor, found.gap_share, found.is_complete) == (None, None, False)


def test_stopped_after_the_first_answer_the_plan_keeps_the_rules_and_has_its_bound():
    problem = _crowded()
    asked = iter(range(10**6))
    full = plan_optimally(problem)

    for patience in range(0, 40, 3):
        asked = iter(range(10**6))
        found = plan_optimally(problem, stop=lambda: next(asked) >= patience)  # noqa: B023 - used at once
        assert not violations(problem, found.plan)
        assert found.worth_minor <= full.bound_minor + 1e-6


def _crowded(*, priority=ClientPriority.MEDIUM, asin_units_max=None):
    generator = np.random.default_rng(5)
    lots = [
        a_lot(
            number,
            remaining_units=int(generator.integers(5, 80)),
            unit_margin_minor=int(generator.integers(20, 400)),
        )
        for number in range(1, 40)
    ]
    stores = [
        a_store(n, client_id=ClientId(n % 6 + 1), asin_units_max=asin_units_max)
        for n in range(1, 13)
    ]
    clients = [
        a_client(n, spendable_minor=int(generator.integers(15_000, 150_000)), priority=priority)
        for n in range(1, 7)
    ]
    return a_problem(lots=lots, clients=clients, stores=stores, stores_per_asin_max=2)


def test_where_too_many_stores_want_an_asin_only_so_many_get_it():
    found = plan_optimally(_crowded())

    assert not violations(_crowded(), found.plan)
    assert found.gap_share < 0.02
    assert found.worth_minor > plan_worth_minor(_crowded(), plan_by_priority(_crowded()))


def test_an_empty_agency_has_an_empty_plan():
    found = plan_optimally(a_problem(lots=[], clients=[], stores=[]))

    assert (found.plan.lines, found.worth_minor, found.gap_share) == ((), 0, 0)


def warm_start_of(found):
    return WarmStart(
        units={(line.store_id, line.asin): line.units for line in found.plan.lines},
        prices=found.prices,
        gap_share=found.gap_share,
    )


@settings(max_examples=80, deadline=None)
@given(problems())
def test_a_warm_start_on_the_same_question_proves_the_same_bound(problem):
    found = plan_optimally(problem)

    again = plan_optimally(problem, warm=warm_start_of(found))

    assert not violations(problem, again.plan)
    assert again.bound_minor == pytest.approx(found.bound_minor)
    assert again.worth_minor >= found.worth_minor * (1 - 0.001) - 1


@settings(max_examples=80, deadline=None)
@given(problems(), st.data())
def test_a_warm_start_after_any_change_keeps_the_rules_and_a_true_bound(problem, data):
    found = plan_optimally(problem)
    line = data.draw(st.sampled_from(found.plan.lines)) if found.plan.lines else None
    changed = (
        problem
        if line is None
        else replace(problem, pins={**problem.pins, (line.store_id, line.asin): 0})
    )

    warm = plan_optimally(changed, warm=warm_start_of(found))
    cold = plan_optimally(changed)

    assert not violations(changed, warm.plan)
    assert cold.worth_minor <= warm.bound_minor + 1e-6
    assert warm.worth_minor <= cold.bound_minor + 1e-6


def test_a_warm_start_solves_no_linear_program():
    problem = _crowded()
    found = plan_optimally(problem)
    line = found.plan.lines[0]
    changed = replace(problem, pins={(line.store_id, line.asin): 0})

    # Stopped at once, a cold start has nothing but the loop's plan.
    assert plan_optimally(changed, stop=lambda: True).bound_minor is None
    warm = plan_optimally(changed, stop=lambda: True, warm=warm_start_of(found))

    assert warm.bound_minor is not None
    assert warm.gap_share < 0.02
