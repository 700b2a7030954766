"""What an arrival means for each client: held against what the planner then really asks for."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.allocation import a_claim, a_client, a_lot, a_problem, a_store, an_asin
from umschlag.allocation.clients.model import ClientPriority
from umschlag.allocation.planning.arrival_effects import arrival_effects
from umschlag.allocation.planning.model import ReasonCode
from umschlag.allocation.planning.priority_loop import plan_by_priority
from umschlag.allocation.preorders.arrivals import ArrivalRule, WaitingClaim, shared_arrival
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.kernel.identifiers import ClientId


def waiting(number=1, units=10, **values):
    return WaitingClaim(
        **{
            "preorder_id": number,
            "client_id": ClientId(number),
            "asin": an_asin(),
            "priority": ClientPriority.MEDIUM,
            "open_units": units,
            "open_due_minor": units * 300,
            "expected_arrival_date": date(2026, 1, number),
            **values,
        }
    )


def effects(claims, units, *, rule=ArrivalRule.OLDEST_FIRST, problem=None, **lot):
    problem = problem or a_problem(
        lots=[a_lot(**{"remaining_units": 0, **lot})],
        clients=[a_client(claim.client_id) for claim in claims],
        stores=[a_store(claim.client_id) for claim in claims],
    )
    pack = problem.lots[an_asin()].case_pack_units
    shares = shared_arrival(claims, arrived_units=units, pack_units=pack, rule=rule)
    return arrival_effects(problem, an_asin(), claims, shares)


def test_it_tells_what_each_gets_owes_and_waits_on_for():
    first, second = effects([waiting(1), waiting(2)], 14)

    assert (first.units, first.due_minor, first.claims[0].waits_on_units) == (10, 3_000, 0)
    assert (second.units, second.due_minor, second.claims[0].waits_on_units) == (4, 1_200, 6)
    assert (second.shipping_minor, second.total_minor) == (4 * 50, 1_400)
    assert second.missing_minor == 0


def test_who_gets_nothing_is_told_too():
    _, second = effects([waiting(1), waiting(2)], 10)

    assert (second.units, second.total_minor, second.claims[0].waits_on_units) == (0, 0, 10)


def test_the_units_beyond_a_preorder_in_its_last_pack_are_paid_in_full():
    (effect,) = effects([waiting(1, 10)], 12, case_pack_units=6)

    assert effect.units == 10
    assert (effect.pack_minor, effect.shipping_minor) == (2 * 1_000, 12 * 50)
    assert effect.total_minor == 3_000 + 2_000 + 600


def test_the_balance_is_short_by_exactly_what_lacks():
    client = a_client(spendable_minor=3_499, floor_minor=0)
    problem = a_problem(lots=[a_lot(remaining_units=0)], clients=[client])

    (effect,) = effects([waiting()], 10, problem=problem)

    assert effect.missing_minor == 1


def test_an_overdraft_has_to_be_made_good_as_well():
    client = a_client(spendable_minor=-1_000)
    problem = a_problem(lots=[a_lot(remaining_units=0)], clients=[client])

    (effect,) = effects([waiting()], 10, problem=problem)

    assert effect.missing_minor == 3_500 + 1_000


def test_what_other_arrived_preorders_take_first_is_counted():
    other = a_claim(9, asin=an_asin(2), outstanding_units=4, due_minor=1_000)
    problem = a_problem(
        lots=[a_lot(remaining_units=0), a_lot(2)],
        clients=[a_client(spendable_minor=3_500)],
        preorders=(other,),
    )

    (effect,) = effects([waiting()], 10, problem=problem)

    assert effect.already_minor == 1_000 + 4 * 50
    assert effect.missing_minor == 1_200


@pytest.mark.parametrize(
    ("gate", "reason"), [(GateAnswer.NO, ReasonCode.GATED), (GateAnswer.YES, None)]
)
def test_goods_that_no_store_may_list_are_named(gate, reason):
    problem = a_problem(lots=[a_lot(remaining_units=0)], gates={(1, an_asin()): gate})

    (effect,) = effects([waiting()], 10, problem=problem)

    assert effect.blocked_by is reason


def test_the_caps_of_the_store_are_told_in_whole_packs():
    problem = a_problem(
        lots=[a_lot(remaining_units=0, case_pack_units=6)],
        stores=[a_store(asin_units_max=20, total_units_max=50)],
    )

    (effect,) = effects([waiting(1, 30)], 30, problem=problem)

    assert (effect.units, effect.run_units_max) == (30, 18)


def test_without_a_shipping_price_no_amount_is_guessed():
    (effect,) = effects([waiting()], 10, shipping=None)

    assert (effect.total_minor, effect.missing_minor) == (None, None)
    assert effect.blocked_by is ReasonCode.SHIPPING_PRICE_MISSING
    assert effect.due_minor == 3_000


def test_a_client_without_a_store_is_told():
    problem = a_problem(lots=[a_lot(remaining_units=0)], stores=[])

    (effect,) = effects([waiting()], 10, problem=problem)

    assert not effect.has_store


@given(
    units=st.lists(st.integers(1, 20), min_size=1, max_size=3),
    there=st.integers(0, 5),
    due=st.integers(0, 900),
    arrived=st.integers(0, 40),
    pack=st.sampled_from([1, 4, 6]),
    rule=st.sampled_from(ArrivalRule),
)
def test_the_next_run_asks_for_exactly_this_and_not_a_cent_less(
    units, there, due, arrived, pack, rule
):
    claims = [
        waiting(number, count + there, there_units=there, open_due_minor=due * (count + there))
        for number, count in enumerate(units, start=1)
    ]
    claims = [replace(claim, client_id=ClientId(1)) for claim in claims]
    before = tuple(claim.arrived(0) for claim in claims)
    lot = a_lot(remaining_units=0, case_pack_units=pack)
    problem = a_problem(lots=[lot], preorders=before)
    shares = shared_arrival(claims, arrived_units=arrived, pack_units=pack, rule=rule)
    (effect,) = arrival_effects(problem, lot.asin, claims, shares)

    asked_minor = effect.already_minor + effect.total_minor
    after = tuple(claim.arrived(shares.units[claim.preorder_id]) for claim in claims)
    served = there * len(claims) + effect.units
    stock = -(-served // pack) * pack

    def preordered(spendable_minor):
        plan = plan_by_priority(
            replace(
                problem,
                lots={lot.asin: replace(lot, remaining_units=stock)},
                clients={ClientId(1): a_client(spendable_minor=spendable_minor)},
                preorders=after,
            )
        )
        return sum(line.preorder_units for line in plan.lines), sum(
            line.total_minor for line in plan.lines
        )

    assert preordered(asked_minor) == (served, asked_minor)
    if served:
        assert preordered(asked_minor - 1)[0] < served
