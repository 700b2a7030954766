"""Random problems for property tests: small, but with every kind of obstacle in them."""

from datetime import date, timedelta

from hypothesis import strategies as st

from builders.allocation import (
    CAPACITIES,
    TODAY,
    a_claim,
    a_client,
    a_lot,
    a_store,
    an_asin,
    some_goods,
)
from umschlag.allocation.catalog.model import ShippingBracket
from umschlag.allocation.clients.model import ClientPriority
from umschlag.allocation.planning.model import AllocationProblem, FairnessPolicy
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.kernel.identifiers import ClientId, Marketplace
from umschlag.kernel.measures import Dimensions

ANSWERS = st.sampled_from([GateAnswer.YES] * 4 + list(GateAnswer))
CAPS = st.none() | st.integers(0, 60)


@st.composite
def lots(draw, number):
    least = draw(st.integers(0, 30))
    pack_units = draw(st.sampled_from([1, 1, 4, 6, 12]))
    return a_lot(
        number,
        remaining_units=draw(st.integers(0, 60)),
        unit_cost_minor=draw(st.integers(0, 400)),
        currency=draw(st.sampled_from(["EUR"] * 9 + ["USD"])),
        stock_age_days=draw(st.integers(0, 400)),
        case_pack_units=pack_units,
        unit_margin_minor=draw(st.none() | st.integers(-50, 300)),
        demand_units_max=draw(st.none() | st.integers(pack_units, 60)),
        dimensions=draw(
            st.sampled_from([Dimensions(length_mm=300, width_mm=200, height_mm=150)] * 9 + [None])
        ),
        shipping=draw(
            st.none()
            | st.just(ShippingBracket(min_minor=least, max_minor=least + draw(st.integers(0, 40))))
        ),
    )


@st.composite
def clients(draw, number):
    return a_client(
        number,
        spendable_minor=draw(st.integers(-100, 20_000)),
        floor_minor=draw(st.sampled_from([0, 0, 500])),
        priority=draw(st.sampled_from(list(ClientPriority))),
        last_pallet_date=draw(st.none() | st.dates(date(2025, 1, 1), TODAY)),
        received_minor=draw(st.sampled_from([0, 0, 5_000])),
    )


@st.composite
def claims(draw, number, client_count, lot_count):
    outstanding = draw(st.integers(0, 30))
    return a_claim(
        number,
        client_id=ClientId(draw(st.integers(1, client_count))),
        asin=an_asin(draw(st.integers(1, lot_count))),
        outstanding_units=outstanding,
        due_minor=draw(st.integers(0, 2000)),
        expected_arrival_date=draw(st.none() | st.dates(TODAY - timedelta(90), TODAY)),
        is_arrived=draw(st.sampled_from([True, True, False])),
    )


@st.composite
def problems(draw):
    client_count = draw(st.integers(1, 4))
    all_clients = [draw(clients(n)) for n in range(1, client_count + 1)]
    all_lots = [draw(lots(n)) for n in range(1, draw(st.integers(1, 6)) + 1)]
    stores = [
        a_store(
            n,
            client_id=ClientId(draw(st.integers(1, client_count))),
            marketplace=draw(st.sampled_from([Marketplace.DE, Marketplace.UK])),
            is_active=draw(st.sampled_from([True] * 5 + [False])),
            is_mutual=draw(st.sampled_from([True] + [False] * 4)),
            asin_units_max=draw(CAPS),
            total_units_max=draw(CAPS),
        )
        for n in range(1, draw(st.integers(1, 5)) + 1)
    ]
    pairs = [(store.store_id, lot.asin) for store in stores for lot in all_lots]
    sized = [
        (lot.asin, marketplace)
        for lot in all_lots
        for marketplace in (Marketplace.DE, Marketplace.UK)
        if lot.has_measures
    ]
    return AllocationProblem(
        too_large=frozenset(draw(st.sets(st.sampled_from(sized), max_size=1)) if sized else ()),
        as_of_date=TODAY,
        lots={lot.asin: lot for lot in all_lots},
        clients={client.client_id: client for client in all_clients},
        stores={store.store_id: store for store in stores},
        receiving_store_ids=tuple(store.store_id for store in stores if not store.is_mutual),
        gates={pair: draw(ANSWERS) for pair in pairs},
        preorders=tuple(
            draw(claims(n, client_count, len(all_lots)))
            for n in range(1, draw(st.integers(0, 4)) + 1)
        ),
        stores_per_asin_max=draw(st.integers(1, 3)),
        pins=dict.fromkeys(draw(st.sets(st.sampled_from(pairs), max_size=2)), 0),
        policy=draw(st.sampled_from(FairnessPolicy)),
        pallet_capacities=CAPACITIES,
    )


@st.composite
def goods(draw, number):
    """Goods of any size that a European pallet takes, from matchboxes to furniture."""
    edges = [draw(st.integers(15, 780)) for _ in range(3)]
    return some_goods(
        number,
        units=draw(st.integers(1, 70)),
        unit_dimensions=Dimensions(length_mm=edges[0], width_mm=edges[1], height_mm=edges[2]),
        unit_weight_g=draw(st.integers(5, 30_000)),
        case_pack_units=draw(st.sampled_from([1, 1, 6, 12])),
    )


@st.composite
def mixed_goods(draw):
    """A cart of one to six ASINs."""
    return [draw(goods(n)) for n in range(1, draw(st.integers(1, 6)) + 1)]
