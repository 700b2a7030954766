from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.allocation import a_claim, a_client, a_lot, a_problem, a_store, an_asin
from builders.allocation_strategies import problems
from umschlag.allocation.planning.model import WorthTerms
from umschlag.allocation.planning.optimal_plan import plan_optimally
from umschlag.allocation.planning.part_shares import even_shares, in_whole, moved_shares
from umschlag.allocation.planning.parts import (
    joined_prices,
    plan_in_parts,
    plan_one_by_one,
    problems_of,
    split_problem,
    used_packs,
)
from umschlag.allocation.planning.valuation import plan_worth_minor
from umschlag.allocation.planning.violations import violations
from umschlag.kernel.identifiers import ClientId, Marketplace, StoreId

COUNTS = st.integers(1, 4)
PLAIN = WorthTerms(aged_share=0.0, aged_share_a_year=0.0, unsold_share=0.0)


def units_by_pair(plan):
    return {(line.store_id, line.asin): line.units for line in plan.lines}


def shares_of_two_rounds(split, count):
    """Return the shares before and after they moved by the prices of the parts' own plans."""
    even = even_shares(split.pairs, split.pair_parts, count)
    plans = plan_one_by_one(problems_of(split, even), 0)
    prices = joined_prices(split, even, [one.prices for one in plans])
    units = {pair: each for one in plans for pair, each in units_by_pair(one.plan).items()}
    used = used_packs(split, units)
    return even, moved_shares(split.pairs, split.pair_parts, even, used_packs=used, prices=prices)


@settings(max_examples=60, deadline=None)
@given(problems(), COUNTS)
def test_the_joined_plan_keeps_every_rule_and_never_beats_its_bound(problem, count):
    found = plan_in_parts(problem, count)

    assert not violations(problem, found.plan)
    assert found.worth_minor == pytest.approx(plan_worth_minor(problem, found.plan))
    assert found.worth_minor <= found.bound_minor * (1 + 1e-9) + 1e-6


@settings(max_examples=60, deadline=None)
@given(problems(), COUNTS)
def test_the_plan_of_the_whole_never_beats_the_bound_of_the_parts(problem, count):
    # Both serve the same preorders first, so that their bounds speak of the same plans.
    whole = plan_optimally(problem)

    assert whole.worth_minor <= plan_in_parts(problem, count).bound_minor * (1 + 1e-9) + 1e-6


@settings(max_examples=60, deadline=None)
@given(problems(), COUNTS)
def test_the_same_question_has_the_same_answer(problem, count):
    assert plan_in_parts(problem, count).plan == plan_in_parts(problem, count).plan


@settings(max_examples=60, deadline=None)
@given(problems(), COUNTS)
def test_preorders_are_served_as_in_the_whole_problem(problem, count):
    def preordered(plan):
        return {(line.store_id, line.asin): line.preorder_units for line in plan.lines}

    promised = {
        (line.store_id, line.asin): line.preorder_units
        for line in split_problem(problem, count).standing.lines.values()
    }

    given_units = preordered(plan_in_parts(problem, count).plan)

    assert {pair: given_units.get(pair) for pair in promised} == promised


@settings(max_examples=60, deadline=None)
@given(problems(), COUNTS)
def test_shares_add_up_to_what_there_is_to_share(problem, count):
    split = split_problem(problem, count)

    for shares in shares_of_two_rounds(split, count):
        assert (shares.packs >= 0).all()
        assert (shares.packs.sum(axis=1) == split.pairs.stock_packs).all()
        assert (shares.slots >= 0).all()
        assert (shares.slots.sum(axis=1) == split.pairs.slots).all()


@settings(max_examples=60, deadline=None)
@given(problems(), COUNTS)
def test_the_parts_hold_no_more_stock_than_the_whole_and_every_client_once(problem, count):
    split = split_problem(problem, count)

    parts = problems_of(split, even_shares(split.pairs, split.pair_parts, count))

    for asin, lot in problem.lots.items():
        assert sum(part.lots[asin].remaining_units for part in parts) <= lot.remaining_units
    receiving = [store_id for part in parts for store_id in part.receiving_store_ids]
    assert sorted(receiving) == sorted(problem.receiving_store_ids)
    clients = [client_id for part in parts for client_id in part.clients]
    assert len(clients) == len(set(clients))


@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 9), min_size=3, max_size=3), st.integers(0, 50)),
        min_size=1,
        max_size=5,
    )
)
def test_whole_numbers_add_up_and_are_less_than_one_off(rows):
    weights = np.array([row for row, _ in rows], dtype=np.float64)
    totals = np.array([total for _, total in rows])

    whole = in_whole(weights, totals)

    assert (whole.sum(axis=1) == totals).all()
    weighted = weights.sum(axis=1) > 0
    exact = weights[weighted] / weights[weighted].sum(axis=1, keepdims=True)
    assert (np.abs(whole[weighted] - exact * totals[weighted, None]) < 1).all()


def test_stock_moves_to_the_part_whose_money_has_nothing_better():
    # Client 1 has money for ten units and a better lot of its own; client 2 has only this one.
    lots = [
        a_lot(1, remaining_units=20, unit_margin_minor=100),
        a_lot(2, remaining_units=20, unit_margin_minor=900),
    ]
    problem = a_problem(
        lots=lots,
        clients=[a_client(1, spendable_minor=10_500), a_client(2, spendable_minor=100_000)],
        stores=[a_store(1), a_store(2, client_id=ClientId(2))],
        worth=PLAIN,
    )
    # Store 2 may not list the better lot.
    gates = {pair: answer for pair, answer in problem.gates.items() if pair != (2, an_asin(2))}
    problem = replace(problem, gates=gates)
    split = split_problem(problem, 2)
    shared_lot = [lot.asin for lot in split.pairs.lots].index(an_asin(1))
    (poor,) = {place for place, group in enumerate(split.groups) if ClientId(1) in group}

    even, moved = shares_of_two_rounds(split, 2)

    assert moved.packs[shared_lot, poor] < even.packs[shared_lot, poor]
    assert units_by_pair(plan_in_parts(problem, 2).plan) == {
        (StoreId(1), an_asin(2)): 10,
        (StoreId(2), an_asin(1)): 20,
    }


def test_a_marketplace_is_never_more_crowded_than_it_may_be():
    problem = a_problem(
        lots=[a_lot(remaining_units=40)],
        clients=[a_client(number) for number in (1, 2, 3, 4)],
        stores=[a_store(number, client_id=ClientId(number)) for number in (1, 2, 3, 4)],
        stores_per_asin_max=2,
    )
    split = split_problem(problem, 4)

    parts = problems_of(split, even_shares(split.pairs, split.pair_parts, 4))
    plans = plan_one_by_one(parts, 0)

    assert sum(len(one.plan.lines) for one in plans) <= 2
    assert not violations(problem, plan_in_parts(problem, 4).plan)


def test_stock_that_was_promised_to_one_part_is_not_shared_with_another():
    problem = a_problem(
        lots=[a_lot(remaining_units=20)],
        clients=[a_client(1), a_client(2)],
        stores=[a_store(1), a_store(2, client_id=ClientId(2))],
        preorders=(a_claim(client_id=ClientId(2), outstanding_units=20),),
    )

    found = plan_in_parts(problem, 2)

    assert units_by_pair(found.plan) == {(StoreId(2), an_asin()): 20}


def test_lines_set_by_hand_stay_and_stores_that_sell_it_already_need_no_slot():
    problem = a_problem(
        lots=[a_lot(remaining_units=40)],
        clients=[a_client(number) for number in (1, 2, 3)],
        stores=[
            a_store(number, client_id=ClientId(number), asin_units_max=12) for number in (1, 2, 3)
        ],
        stores_per_asin_max=2,
        listed_stores={(an_asin(), Marketplace.DE): frozenset({StoreId(1)})},
        pins={(StoreId(3), an_asin()): 7},
    )

    found = plan_in_parts(problem, 3)

    assert units_by_pair(found.plan) == {(StoreId(1), an_asin()): 12, (StoreId(3), an_asin()): 7}


def test_clients_of_one_marketplace_stand_together():
    markets = [Marketplace.DE, Marketplace.UK, Marketplace.DE, Marketplace.UK]
    problem = a_problem(
        clients=[a_client(number) for number in (1, 2, 3, 4)],
        stores=[
            a_store(number, client_id=ClientId(number), marketplace=market)
            for number, market in enumerate(markets, start=1)
        ],
    )

    groups = split_problem(problem, 2).groups

    assert set(groups) == {frozenset({1, 3}), frozenset({2, 4})}
