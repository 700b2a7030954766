from dataclasses import replace
from datetime import date
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.allocation import a_claim, a_client, a_lot, a_plan, a_problem, a_store, an_asin
from builders.allocation_strategies import problems
from umschlag.allocation.planning.exact_preorders import serve_preorders_exactly
from umschlag.allocation.planning.promised_goods import preorder_line, serve_preorders
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.violations import violations
from umschlag.allocation.preorders.rules import serving_order
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.kernel.identifiers import ClientId, Marketplace, StoreId


def served(problem, serve=serve_preorders_exactly):
    standing = Standing(problem)
    serve(standing)
    assert not violations(problem, a_plan(*standing.lines.values()))
    return {(line.store_id, line.asin): line.preorder_units for line in standing.lines.values()}


def units_by_day(problem, given):
    """Return the preordered units by day of expected arrival, oldest first, counted anew."""
    left = {}
    for (store_id, asin), units in given.items():
        pair = problem.stores[store_id].client_id, asin
        left[pair] = left.get(pair, 0) + units
    days = {}
    for claim in serving_order(problem.preorders):
        pair = claim.client_id, claim.asin
        taken = min(left.get(pair, 0), claim.outstanding_units)
        left[pair] = left.get(pair, 0) - taken
        day = claim.expected_arrival_date or date.max
        days[day] = days.get(day, 0) + taken
    return tuple(units for _, units in sorted(days.items()))


def test_a_claim_goes_to_the_store_whose_cap_leaves_room_for_all_of_it():
    stores = [a_store(1, asin_units_max=4), a_store(2, client_id=ClientId(1))]
    problem = a_problem(stores=stores, preorders=(a_claim(outstanding_units=10),))

    assert served(problem, serve_preorders) == {(1, an_asin(1)): 4}
    assert served(problem) == {(2, an_asin(1)): 10}


def test_a_claim_leaves_the_last_slot_to_who_has_no_other_marketplace():
    stores = [
        a_store(1, marketplace=Marketplace.DE),
        a_store(2, client_id=ClientId(1), marketplace=Marketplace.UK),
        a_store(3, client_id=ClientId(2), marketplace=Marketplace.DE),
    ]
    problem = a_problem(
        clients=[a_client(1), a_client(2)],
        stores=stores,
        stores_per_asin_max=1,
        preorders=(
            a_claim(1, outstanding_units=10),
            a_claim(2, client_id=ClientId(2), outstanding_units=6),
        ),
    )

    assert served(problem) == {(2, an_asin(1)): 10, (3, an_asin(1)): 6}


def test_the_oldest_is_served_before_many_newer_ones():
    problem = a_problem(
        lots=[a_lot(remaining_units=12, case_pack_units=12)],
        clients=[a_client(1), a_client(2)],
        stores=[a_store(1), a_store(2)],
        preorders=(
            a_claim(1, outstanding_units=1, expected_arrival_date=date(2026, 1, 1)),
            a_claim(2, client_id=ClientId(2), outstanding_units=12),
        ),
    )

    assert served(problem) == {(1, an_asin(1)): 1}


@settings(max_examples=150, deadline=None)
@given(problems())
def test_day_by_day_nobody_is_served_worse_than_by_going_down_the_list(problem):
    plain = units_by_day(problem, served(problem, serve_preorders))
    exact = units_by_day(problem, served(problem))

    assert exact >= plain


@st.composite
def small_questions(draw):
    lots = [
        a_lot(n, remaining_units=draw(st.integers(0, 3)) * 4, case_pack_units=4) for n in (1, 2)
    ]
    clients = [a_client(n, spendable_minor=draw(st.integers(0, 12_000))) for n in (1, 2)]
    stores = [
        a_store(
            n,
            client_id=ClientId(owner),
            marketplace=draw(st.sampled_from([Marketplace.DE, Marketplace.UK])),
            asin_units_max=draw(st.sampled_from([None, 4, 8])),
        )
        for n, owner in ((1, 1), (2, 1), (3, 2))
    ]
    claims = tuple(
        a_claim(
            number,
            client_id=ClientId(owner),
            asin=an_asin(asin),
            outstanding_units=draw(st.integers(1, 3)) * 4,
            due_minor=0,
            expected_arrival_date=date(2026, 1, draw(st.integers(1, 2))),
        )
        for number, (owner, asin) in enumerate(((1, 1), (1, 2), (2, 1)), start=1)
    )
    return a_problem(
        lots=lots,
        clients=clients,
        stores=stores,
        preorders=claims,
        stores_per_asin_max=1,
        gates={(StoreId(2), an_asin(2)): GateAnswer.NO},
    )


def best_by_trying_all(problem):
    """Return the best units by day over every choice of stores and packs."""
    choices = []
    for claim in problem.preorders:
        own = [s for s in problem.stores.values() if s.client_id == claim.client_id]
        choices.append([(None, 0), *product(own, range(1, claim.outstanding_units // 4 + 1))])
    best = ()
    for picks in product(*choices):
        lines = [
            preorder_line(store, problem.lots[claim.asin], [claim], packs * 4)
            for claim, (store, packs) in zip(problem.preorders, picks, strict=True)
            if packs
        ]
        if not violations(problem, a_plan(*lines)):
            given_units = {(line.store_id, line.asin): line.preorder_units for line in lines}
            best = max(best, units_by_day(problem, given_units))
    return best


@settings(max_examples=80, deadline=None)
@given(small_questions())
def test_no_choice_of_stores_and_packs_serves_the_oldest_better(problem):
    assert units_by_day(problem, served(problem)) == best_by_trying_all(problem)


def test_what_a_person_set_by_hand_is_left_alone():
    problem = replace(
        a_problem(preorders=(a_claim(outstanding_units=10),)),
        pins={(StoreId(1), an_asin(1)): 4},
    )

    standing = Standing(problem)
    serve_preorders_exactly(standing)

    assert standing.lines == {}
