from dataclasses import replace

import pytest
from hypothesis import given, settings

from builders.allocation import a_client, a_lot, a_problem, a_store, an_asin
from builders.allocation_strategies import problems
from umschlag.allocation.planning.model import MutualCause, PalletCapacity, ReasonCode
from umschlag.allocation.planning.mutual_store import STAND_ALONE_FILL_MIN, mutual_proposals
from umschlag.allocation.planning.priority_loop import plan_by_priority
from umschlag.allocation.planning.small_carts import pallet_fill, plan_without_small_carts
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.kernel.identifiers import ClientId, Marketplace, StoreId

# Half of this pallet is 20 of the builder's units, by weight.
SMALL = {Marketplace.DE: PalletCapacity(volume_mm3=10**12, weight_g=20_000)}


def a_short_problem(*, spendable_minor=5 * 1050, own=None, mutual=None, **values):
    return a_problem(
        **{
            "clients": [a_client(1, spendable_minor=spendable_minor), a_client(2)],
            "stores": [
                a_store(1, **(own or {})),
                a_store(2, **{"is_mutual": True, **(mutual or {})}),
            ],
            "pallet_capacities": SMALL,
            **values,
        }
    )


def proposals(problem):
    return mutual_proposals(problem, plan_by_priority(problem))


def test_a_cart_that_fills_a_pallet_of_its_own_needs_no_other_store():
    assert proposals(a_short_problem(spendable_minor=20 * 1050)) == ()


def test_a_low_balance_proposes_the_mutual_store_for_the_small_cart():
    (proposal,) = proposals(a_short_problem())

    assert (proposal.store_id, proposal.mutual_store_id) == (1, 2)
    assert proposal.cause is MutualCause.BALANCE_SHORT
    assert (proposal.units, proposal.asins) == (5, (an_asin(1),))


def test_the_missing_amount_is_exactly_what_makes_the_pallet_stand_alone():
    (proposal,) = proposals(a_short_problem(spendable_minor=5 * 1050 + 7))

    assert proposal.missing_minor == 15 * 1050 - 7
    enough = 5 * 1050 + 7 + proposal.missing_minor
    assert proposals(a_short_problem(spendable_minor=enough)) == ()
    assert proposals(a_short_problem(spendable_minor=enough - 1)) != ()


def test_what_only_the_mutual_store_may_sell_is_proposed_within_the_balance():
    gates = {(StoreId(1), an_asin(1)): GateAnswer.INVOICE_NEEDED}

    (proposal,) = proposals(a_short_problem(gates=gates))

    assert proposal.cause is MutualCause.TOO_FEW_UNGATED
    assert (proposal.units, proposal.missing_minor) == (5, 0)


@pytest.mark.parametrize(
    "mutual",
    [
        {"is_active": False},
        {"marketplace": Marketplace.UK},
        {"asin_units_max": 0},
        {"total_units_max": 0},
        {"is_mutual": False, "total_units_max": 0},
    ],
)
def test_a_store_that_cannot_take_the_goods_is_not_proposed(mutual):
    problem = a_short_problem(
        mutual=mutual, pallet_capacities={**SMALL, Marketplace.UK: SMALL[Marketplace.DE]}
    )

    proposal = next(one for one in proposals(problem) if one.store_id == 1)

    assert (proposal.mutual_store_id, proposal.units) == (None, 0)
    assert proposal.missing_minor > 0


def test_a_mutual_store_that_is_gated_itself_is_not_proposed():
    gates = {(StoreId(2), an_asin(1)): GateAnswer.NO}

    (proposal,) = proposals(a_short_problem(gates=gates))

    assert proposal.mutual_store_id is None


def test_of_several_the_mutual_store_that_takes_most_is_proposed():
    problem = a_short_problem(mutual={"asin_units_max": 2})
    third = a_store(3, client_id=ClientId(2), is_mutual=True)
    gates = dict(problem.gates) | {(third.store_id, an_asin(1)): GateAnswer.YES}
    problem = replace(problem, stores={**problem.stores, StoreId(3): third}, gates=gates)

    assert [one.mutual_store_id for one in proposals(problem)] == [3]


def test_a_cart_that_was_not_made_for_its_size_is_proposed_whole():
    problem = a_short_problem(lots=[a_lot(remaining_units=3)])

    small, plan = plan_without_small_carts(
        replace(
            problem,
            pallet_capacities={Marketplace.DE: PalletCapacity(volume_mm3=10**12, weight_g=10**6)},
        )
    )

    assert plan.lines == ()
    (proposal,) = mutual_proposals(small, plan)
    assert (proposal.mutual_store_id, proposal.units) == (2, 3)


def test_stock_that_ran_out_is_no_reason_to_go_elsewhere():
    assert proposals(a_short_problem(lots=[a_lot(remaining_units=3)])) == ()


def test_units_promised_to_one_cart_are_not_promised_to_the_next():
    clients = [a_client(1), a_client(2), a_client(3)]
    stores = [a_store(1), a_store(2), a_store(3, is_mutual=True)]
    closed = {(StoreId(n), an_asin(1)): GateAnswer.NO for n in (1, 2)}
    problem = a_problem(
        lots=[a_lot(remaining_units=8)],
        clients=clients,
        stores=stores,
        gates=closed,
        pallet_capacities=SMALL,
    )

    assert [one.units for one in proposals(problem)] == [8]


@settings(max_examples=100, deadline=None)
@given(problems())
def test_a_proposal_stays_within_stock_gates_and_caps(problem):
    plan = plan_by_priority(problem)
    in_plan = {}
    for line in plan.lines:
        in_plan[line.asin] = in_plan.get(line.asin, 0) + line.units

    for proposal in mutual_proposals(problem, plan):
        own = problem.stores[proposal.store_id]
        cart = {line.asin: line.units for line in plan.lines_of(own.store_id)}
        assert pallet_fill(problem, own.marketplace, cart) < STAND_ALONE_FILL_MIN
        if proposal.mutual_store_id is None:
            assert proposal.units == 0
            continue
        mutual = problem.stores[proposal.mutual_store_id]
        assert mutual.is_mutual
        assert mutual.is_active
        assert mutual.marketplace is own.marketplace
        if mutual.total_units_max is not None:
            assert proposal.units <= mutual.total_units_max
        for asin in proposal.asins:
            assert problem.gate(mutual.store_id, asin) is GateAnswer.YES
            left = problem.lots[asin].remaining_units - in_plan.get(asin, 0)
            assert asin in cart or left > 0


def test_the_reasons_that_a_proposal_answers_are_those_of_gates_and_money():
    assert {cause.value for cause in MutualCause} == {
        ReasonCode.BALANCE_SHORT.value,
        "too_few_ungated",
    }
