"""Transfers into mutual stores: by example, and against the independent checker."""

from dataclasses import replace

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from builders.allocation import (
    a_claim,
    a_client,
    a_lot,
    a_problem,
    a_store,
    an_asin,
)
from builders.allocation_strategies import problems
from umschlag.allocation.planning.model import MutualCause, PalletCapacity
from umschlag.allocation.planning.transfer_model import (
    MutualStoreObstacle,
    NoMutualStoreFits,
    TransferNotNeeded,
)
from umschlag.allocation.planning.transfer_violations import (
    TransferFaultCode,
    transfer_violations,
)
from umschlag.allocation.planning.transfers import TransferTerms, propose_transfer
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.kernel.identifiers import ClientId, Marketplace, StoreId

# A pack of 10 units weighs 5 kg: ten packs make half of this pallet.
CAPACITY = {
    market: PalletCapacity(volume_mm3=10**12, weight_g=100_000)
    for market in (Marketplace.DE, Marketplace.UK)
}
OWN, MUTUAL = StoreId(1), StoreId(9)


def a_question(*, spendable_minor=30_000, holder_minor=1_000_000, gates=None, **values):
    """A client with its store, and a mutual store whose account is client 9's."""
    return a_problem(
        **{
            "lots": [a_lot(1, remaining_units=200, case_pack_units=10)],
            "clients": [
                a_client(1, spendable_minor=spendable_minor),
                a_client(9, spendable_minor=holder_minor),
            ],
            "stores": [a_store(1), a_store(9, is_mutual=True)],
            "receiving_store_ids": (OWN, MUTUAL),
            "pallet_capacities": CAPACITY,
            "gates": gates,
            **values,
        }
    )


def proposed(problem, *, owners=(), freight=9_500):
    terms = TransferTerms(co_owners={MUTUAL: frozenset(owners)}, pallet_freight_minor=freight)
    return propose_transfer(problem, OWN, terms)


def test_the_client_pays_what_it_can_and_the_co_owners_the_rest_of_half_a_pallet():
    # A pack costs at most 10 × (10.00 + 0.50) = 105.00: the client pays for two of ten.
    transfer = proposed(a_question())

    assert transfer.cause is MutualCause.BALANCE_SHORT
    assert transfer.missing_minor == 10 * 10_500 - 30_000
    assert transfer.units_of(ClientId(1)) == 20
    assert transfer.units_of(ClientId(9)) == 80
    assert transfer.client_minor + transfer.mutual_minor == transfer.total_minor
    assert [line.units for line in transfer.lines()] == [100]


def test_where_too_little_is_ungated_the_client_pays_for_all():
    gates = {(OWN, an_asin(1)): GateAnswer.NO}

    transfer = proposed(a_question(spendable_minor=1_000_000, gates=gates))

    assert (transfer.cause, transfer.missing_minor) == (MutualCause.TOO_FEW_UNGATED, 0)
    # Below 0.8 of a pallet, so that it stays one.
    assert transfer.units_of(ClientId(1)) == 150
    assert transfer.mutual_minor == 0


def test_shipping_is_the_share_of_the_real_pallet_and_alone_would_cost_more():
    lot = a_lot(1, remaining_units=200, case_pack_units=10, unit_cost_minor=10)
    transfer = proposed(
        a_question(lots=[replace(lot, shipping=replace(lot.shipping, max_minor=400))]),
        freight=20_000,
    )

    units = sum(line.units for line in transfer.lines())
    assert transfer.lines()[0].unit_shipping_minor == round(20_000 / units)
    alone = transfer.client_alone_minor
    assert alone >= sum(o.shipping_minor for o in transfer.funded if o.client_id == 1)


def test_several_co_owners_take_packs_by_what_they_have_left():
    problem = a_question(
        clients=[
            a_client(1, spendable_minor=30_000),
            a_client(5, spendable_minor=45_000),
            a_client(9, spendable_minor=50_000),
        ]
    )

    transfer = proposed(problem, owners=[ClientId(5)])

    assert (transfer.units_of(ClientId(5)), transfer.units_of(ClientId(9))) == (40, 40)


def test_who_can_make_a_pallet_of_its_own_needs_no_transfer():
    with pytest.raises(TransferNotNeeded):
        proposed(a_question(spendable_minor=10 * 10_500))


@pytest.mark.parametrize(
    ("values", "obstacle"),
    [
        (
            {"stores": [a_store(1), a_store(9, is_mutual=True, is_active=False)]},
            MutualStoreObstacle.SUSPENDED,
        ),
        (
            {"stores": [a_store(1), a_store(9, is_mutual=True, marketplace=Marketplace.UK)]},
            MutualStoreObstacle.OTHER_MARKETPLACE,
        ),
        ({"holder_minor": -1}, MutualStoreObstacle.CO_OWNER_SHORT),
        (
            {"gates": {(MUTUAL, an_asin(1)): GateAnswer.UNKNOWN}},
            MutualStoreObstacle.NOTHING_UNGATED,
        ),
        ({"spendable_minor": 10_499}, MutualStoreObstacle.CLIENT_PAYS_NO_PACK),
        (
            {"stores": [a_store(1), a_store(9, is_mutual=True, total_units_max=9)]},
            MutualStoreObstacle.CLIENT_PAYS_NO_PACK,
        ),
    ],
)
def test_why_a_mutual_store_does_not_fit_is_told(values, obstacle):
    with pytest.raises(NoMutualStoreFits) as refused:
        proposed(a_question(**values))

    assert refused.value.obstacles == {MUTUAL: obstacle}


def test_a_co_owner_below_its_floor_keeps_the_store_shut():
    problem = a_question(
        clients=[a_client(1, spendable_minor=30_000), a_client(5, spendable_minor=-1), a_client(9)]
    )

    with pytest.raises(NoMutualStoreFits):
        proposed(problem, owners=[ClientId(5)])


def test_what_arrived_preorders_wait_for_does_not_go():
    claim = a_claim(client_id=ClientId(7), outstanding_units=185)

    transfer = proposed(a_question(preorders=(claim,)))

    assert sum(line.units for line in transfer.lines()) == 10


def test_the_caps_of_the_mutual_store_hold():
    stores = [a_store(1), a_store(9, is_mutual=True, total_units_max=47)]

    transfer = proposed(a_question(stores=stores))

    assert sum(line.units for line in transfer.lines()) == 40


def faults_of(problem, transfer, owners=()):
    return {fault.code for fault in transfer_violations(problem, transfer, frozenset(owners))}


def test_the_checker_finds_what_does_not_hold():
    problem = a_question()
    transfer = proposed(problem)
    first, second = transfer.funded

    def broken(**values):
        return replace(transfer, funded=(replace(first, **values), second))

    poor = replace(problem, clients={**problem.clients, 1: a_client(1, spendable_minor=100)})
    claim = a_claim(client_id=ClientId(7), outstanding_units=150)
    assert faults_of(problem, transfer) == set()
    assert faults_of(problem, replace(transfer, funded=())) == {TransferFaultCode.NOTHING_GOES}
    assert TransferFaultCode.PRICES_DIFFER in faults_of(problem, broken(unit_cost_minor=1))
    assert "case_pack_split" in faults_of(problem, broken(units=13))
    assert "stock_exceeded" in faults_of(problem, broken(units=500))
    assert TransferFaultCode.PAYER_SHORT in faults_of(poor, transfer)
    stranger = {**problem.clients, 4: a_client(4)}
    assert TransferFaultCode.PAYER_NO_CO_OWNER in faults_of(
        replace(problem, clients=stranger), broken(client_id=ClientId(4))
    )
    assert TransferFaultCode.PROMISED_STOCK in faults_of(
        replace(problem, preorders=(claim,)), transfer
    )
    own_store = replace(transfer, mutual_store_id=OWN)
    assert TransferFaultCode.NOT_MUTUAL in faults_of(problem, own_store)


@st.composite
def transfer_problems(draw):
    """A random problem with an own store that is short, and two mutual stores beside it."""
    problem = draw(problems())
    money = st.integers(-500, 60_000)
    added = [a_client(90, spendable_minor=draw(money)), a_client(91, spendable_minor=draw(money))]
    caps = st.none() | st.integers(0, 80)
    stores = [
        a_store(101, client_id=ClientId(90)),
        *(
            a_store(
                number,
                client_id=ClientId(91),
                is_mutual=True,
                asin_units_max=draw(caps),
                total_units_max=draw(caps),
            )
            for number in (102, 103)
        ),
    ]
    lots = {
        an_asin(number): a_lot(
            number,
            remaining_units=draw(st.integers(0, 200)),
            unit_cost_minor=draw(st.integers(0, 900)),
            case_pack_units=draw(st.sampled_from([1, 4, 6])),
        )
        for number in (21, 22)
    }
    problem = replace(problem, lots={**problem.lots, **lots})
    answers = st.sampled_from([GateAnswer.YES] * 3 + [GateAnswer.NO])
    gates = {(store.store_id, asin): draw(answers) for store in stores for asin in problem.lots}
    weight_g = draw(st.integers(5_000, 150_000))
    return replace(
        problem,
        clients={**problem.clients, **{client.client_id: client for client in added}},
        stores={**problem.stores, **{store.store_id: store for store in stores}},
        receiving_store_ids=tuple(sorted([*problem.stores, 101, 102, 103])),
        gates={**problem.gates, **gates},
        pins={},
        pallet_capacities={
            market: PalletCapacity(volume_mm3=10**12, weight_g=weight_g) for market in CAPACITY
        },
    )


@settings(max_examples=200)
@given(transfer_problems(), st.integers(0, 30_000), st.booleans())
def test_no_transfer_breaks_a_rule_and_both_sides_pay_exactly_its_cost(problem, freight, shared):
    owners = {StoreId(102): frozenset([min(problem.clients)] if shared else [])}
    terms = TransferTerms(co_owners=owners, pallet_freight_minor=freight)

    try:
        transfer = propose_transfer(problem, StoreId(101), terms)
    except (TransferNotNeeded, NoMutualStoreFits):
        event("none")
        return

    payers = {one.client_id for one in transfer.funded}
    event(f"{len(payers)} payers")
    co_owners = owners.get(transfer.mutual_store_id, frozenset())
    assert transfer_violations(problem, transfer, co_owners) == ()
    assert transfer.client_minor + transfer.mutual_minor == transfer.total_minor
    assert transfer.total_minor == sum(line.total_minor for line in transfer.lines())
    assert sum(transfer.paid_minor(payer) for payer in payers) == transfer.total_minor
    units = sum(line.units for line in transfer.lines())
    assert sum(transfer.units_of(payer) for payer in payers) == units
    assert transfer.units_of(ClientId(90)) > 0
    for one in transfer.funded:
        assert one.units % problem.lots[one.asin].case_pack_units == 0
    turned = replace(
        problem,
        lots=dict(reversed(problem.lots.items())),
        stores=dict(reversed(problem.stores.items())),
        clients=dict(reversed(problem.clients.items())),
    )
    assert propose_transfer(turned, StoreId(101), terms) == transfer
