from dataclasses import replace

import pytest
from hypothesis import given, settings

from builders.allocation import BOX, a_claim, a_client, a_lot, a_plan, a_problem, a_store, an_asin
from builders.allocation_strategies import problems
from umschlag.allocation.catalog.model import ShippingBracket
from umschlag.allocation.planning.explanation import line_reasons, refusals
from umschlag.allocation.planning.model import AllocationLine, ReasonCode
from umschlag.allocation.planning.priority_loop import plan_by_priority
from umschlag.allocation.planning.small_carts import (
    optimal_without_small_carts,
    plan_without_small_carts,
)
from umschlag.allocation.planning.valuation import unit_worth
from umschlag.allocation.planning.violations import violations
from umschlag.allocation.preorders.rules import due_minor_of
from umschlag.allocation.ungating.model import GateAnswer

GATES = {ReasonCode.GATED, ReasonCode.INVOICE_NEEDED, ReasonCode.UNKNOWN_GATE}


def _lift_in_lot(lot, codes):
    values = {}
    if ReasonCode.CURRENCY in codes:
        values["currency"] = "EUR"
    if ReasonCode.MEASURES_MISSING in codes:
        values["dimensions"] = BOX
    if ReasonCode.SHIPPING_PRICE_MISSING in codes:
        values["shipping"] = ShippingBracket(min_minor=0, max_minor=0)
    if codes & {ReasonCode.NO_STOCK, ReasonCode.CASE_PACK}:
        values["remaining_units"] = lot.remaining_units + lot.case_pack_units
    if ReasonCode.DEMAND in codes:
        values["demand_units_max"] = None
    return replace(lot, **values)


def _lift_in_store(store, codes):
    values = {}
    if ReasonCode.STORE_SUSPENDED in codes:
        values["is_active"] = True
    if ReasonCode.CAP in codes:
        values["asin_units_max"] = None
    if ReasonCode.STORE_CAP in codes:
        values["total_units_max"] = None
    return replace(store, **values)


def lifted(problem, refusal, codes, *, more_minor=10**9):
    """Return the problem in which the named reasons no longer stand."""
    (asin,) = refusal.asins
    lots = dict(problem.lots) | {asin: _lift_in_lot(problem.lots[asin], codes)}
    store = problem.stores[refusal.store_id]
    clients = dict(problem.clients)
    # Whether the balance reaches cannot be told without a price, so it is lifted with the price.
    if codes & {ReasonCode.BALANCE_SHORT, ReasonCode.SHIPPING_PRICE_MISSING}:
        client = clients[store.client_id]
        # What is paid in makes an overdraft good first.
        paid_in = client.spendable_minor + more_minor
        clients[store.client_id] = replace(client, spendable_minor=paid_in)
    gates = dict(problem.gates)
    if codes & GATES:
        gates[refusal.store_id, asin] = GateAnswer.YES
    pins = dict(problem.pins)
    if ReasonCode.EXCLUDED in codes:
        del pins[refusal.store_id, asin]
    return replace(
        problem,
        lots=lots,
        clients=clients,
        gates=gates,
        pins=pins,
        stores=dict(problem.stores) | {store.store_id: _lift_in_store(store, codes)},
        small_stores=frozenset()
        # A cart with a preorder is made however small, so that is no reason to be named.
        if ReasonCode.CART_TOO_SMALL in codes or refusal.preorder_external_id is not None
        else problem.small_stores,
        stores_per_asin_max=99
        if ReasonCode.TOO_MANY_STORES in codes
        else problem.stores_per_asin_max,
        too_large=frozenset() if ReasonCode.TOO_LARGE in codes else problem.too_large,
    )


def one_pack_more(problem, plan, refusal):
    (asin,) = refusal.asins
    lot = problem.lots[asin]
    preordered = {}
    if refusal.preorder_external_id is not None:
        claims = [
            one
            for one in problem.preorders
            if (one.client_id, one.asin) == (refusal.client_id, asin)
        ]
        arrived_units = sum(one.outstanding_units for one in claims if one.is_arrived)
        units = min(lot.case_pack_units, arrived_units)
        due_minor = due_minor_of(claims, units=units)
        preordered = {"preorder_units": units, "preorder_due_minor": due_minor}
    line = AllocationLine(
        store_id=refusal.store_id,
        asin=asin,
        units=lot.case_pack_units,
        unit_cost_minor=lot.unit_cost_minor,
        unit_shipping_minor=lot.shipping.max_minor if lot.shipping else 0,
        **preordered,
    )
    return replace(plan, lines=(*plan.lines, line))


def breaks(problem, plan, refusal):
    return bool(violations(problem, one_pack_more(problem, plan, refusal)))


def optimal(problem):
    problem, found = optimal_without_small_carts(problem)
    return problem, found.plan


@pytest.mark.parametrize("planned", [plan_without_small_carts, optimal])
@settings(max_examples=80, deadline=None)
@given(problem=problems())
def test_every_reason_is_true_and_all_of_them_together_are_enough(planned, problem):
    problem, plan = planned(problem)

    for refusal in refusals(problem, plan, by_asin=True):
        codes = {refusal.code, *refusal.further_codes}
        if refusal.code is ReasonCode.NO_GAIN:
            # No rule forbids it: it would be given, were it worth anything.
            marketplace = problem.stores[refusal.store_id].marketplace
            (asin,) = refusal.asins
            assert unit_worth(problem, problem.lots[asin], marketplace).total_minor <= 0
            assert codes == {ReasonCode.NO_GAIN}
            assert not breaks(problem, plan, refusal)
            continue
        assert not breaks(lifted(problem, refusal, codes), plan, refusal)
        for code in codes - {ReasonCode.BALANCE_SHORT}:
            assert breaks(lifted(problem, refusal, codes - {code}), plan, refusal)


@settings(max_examples=80, deadline=None)
@given(problems())
def test_the_missing_amount_is_exact_to_the_minor_unit(problem):
    plan = plan_by_priority(problem)

    for refusal in refusals(problem, plan, by_asin=True):
        if refusal.missing_minor is None:
            continue
        # Of an unpaid preorder the amount is told though others took the goods since.
        codes = {ReasonCode.BALANCE_SHORT, *refusal.further_codes}
        enough = lifted(problem, refusal, codes, more_minor=refusal.missing_minor)
        short = lifted(problem, refusal, codes, more_minor=refusal.missing_minor - 1)
        assert not breaks(enough, plan, refusal)
        assert breaks(short, plan, refusal)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_everything_not_given_is_explained_once_and_gathering_loses_nothing(problem):
    plan = plan_by_priority(problem)
    given_pairs = {(line.store_id, line.asin) for line in plan.lines}

    by_asin = refusals(problem, plan, by_asin=True)
    gathered = refusals(problem, plan, by_asin=False)

    expected = {
        (store_id, asin)
        for store_id in problem.receiving_store_ids
        for asin, lot in problem.lots.items()
        if lot.remaining_units > 0
    } - given_pairs
    assert {(one.store_id, one.asins[0]) for one in by_asin} == expected
    assert len(by_asin) == len(expected)
    spread = [(one.store_id, one.code, asin) for one in gathered for asin in one.asins]
    assert sorted(spread) == sorted((one.store_id, one.code, one.asins[0]) for one in by_asin)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"stores": [a_store(is_active=False)]}, ReasonCode.STORE_SUSPENDED),
        ({"stores": [a_store(asin_units_max=0)]}, ReasonCode.CAP),
        ({"stores": [a_store(total_units_max=0)]}, ReasonCode.STORE_CAP),
        ({"lots": [a_lot(currency="USD")]}, ReasonCode.CURRENCY),
        ({"lots": [a_lot(dimensions=None)]}, ReasonCode.MEASURES_MISSING),
        ({"lots": [a_lot(shipping=None)]}, ReasonCode.SHIPPING_PRICE_MISSING),
        ({"lots": [a_lot(remaining_units=5, case_pack_units=6)]}, ReasonCode.CASE_PACK),
        ({"stores_per_asin_max": 0}, ReasonCode.TOO_MANY_STORES),
        ({"clients": [a_client(spendable_minor=0)]}, ReasonCode.BALANCE_SHORT),
    ],
)
def test_each_obstacle_has_its_own_reason(values, code):
    problem = a_problem(**values)

    (refusal,) = refusals(problem, plan_by_priority(problem), by_asin=True)

    assert (refusal.code, refusal.further_codes) == (code, ())


@settings(max_examples=80, deadline=None)
@given(problems())
def test_a_cap_is_told_with_what_it_leaves_and_that_is_less_than_a_case_pack(problem):
    plan = plan_by_priority(problem)
    caps = {ReasonCode.CAP, ReasonCode.STORE_CAP}

    for reason in line_reasons(problem, plan):
        for blocker in (one for one in reason.limited_by if one.code in caps):
            lines = [
                line
                for line in plan.lines_of(reason.store_id)
                if blocker.code is ReasonCode.STORE_CAP or line.asin == reason.asin
            ]
            assert blocker.left_units == blocker.limit - sum(line.units for line in lines)
            assert blocker.pack_units == problem.lots[reason.asin].case_pack_units
            assert 0 <= blocker.left_units < blocker.pack_units


def test_gathered_refusals_name_the_smallest_case_pack_that_the_cap_has_no_room_for():
    problem = a_problem(
        lots=[a_lot(1, case_pack_units=24), a_lot(2, case_pack_units=18)],
        stores=[a_store(total_units_max=15)],
    )

    (refusal,) = refusals(problem, a_plan(), by_asin=False)

    assert (refusal.limit, refusal.left_units, refusal.pack_units) == (15, 15, 18)


def test_stock_that_others_took_is_named_with_how_much_there_was():
    problem = a_problem(clients=[a_client(1), a_client(2)], stores=[a_store(1), a_store(2)])

    (refusal,) = refusals(problem, plan_by_priority(problem), by_asin=True)

    assert (refusal.store_id, refusal.code, refusal.limit) == (2, ReasonCode.NO_STOCK, 100)


def test_gathered_refusals_name_the_smallest_amount_that_would_help():
    problem = a_problem(
        lots=[a_lot(1), a_lot(2, unit_cost_minor=700)], clients=[a_client(spendable_minor=100)]
    )

    (refusal,) = refusals(problem, a_plan(), by_asin=False)

    assert refusal.asins == (an_asin(1), an_asin(2))
    assert refusal.missing_minor == 650


def test_money_is_not_named_where_money_would_not_help():
    problem = a_problem(clients=[a_client(spendable_minor=0)], stores=[a_store(is_active=False)])

    (refusal,) = refusals(problem, a_plan(), by_asin=True)

    assert refusal.missing_minor is None
    assert refusal.further_codes == (ReasonCode.BALANCE_SHORT,)


def test_a_line_says_what_kept_it_from_being_larger():
    problem = a_problem(stores=[a_store(asin_units_max=30)], preorders=(a_claim(),))

    (reason,) = line_reasons(problem, plan_by_priority(problem))

    assert reason.preorder_units == 10
    assert reason.stock_age_days == 60
    assert reason.days_since_last_pallet == 29
    assert [(one.code, one.limit) for one in reason.limited_by] == [(ReasonCode.CAP, 30)]


@pytest.mark.parametrize("by_asin", [True, False])
def test_an_overdraft_has_to_be_made_good_before_anything_is_paid(by_asin):
    overdrawn = a_client(spendable_minor=-12_050)

    (refusal,) = refusals(a_problem(clients=[overdrawn]), a_plan(), by_asin=by_asin)

    assert refusal.missing_minor == 12_050 + 1_050


def test_a_floor_that_is_not_reached_has_to_be_made_good_too():
    client = a_client(spendable_minor=100, floor_minor=300)

    (refusal,) = refusals(a_problem(clients=[client]), a_plan(), by_asin=True)

    assert refusal.missing_minor == 200 + 1_050
