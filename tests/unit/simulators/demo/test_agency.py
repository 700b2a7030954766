"""The demo agency: deterministic, coherent, and with every kind of trouble in it."""

from collections import Counter
from datetime import date, timedelta

import pytest

from builders.agency import a_world
from umschlag.simulators.demo.agency import MUTUAL_CLIENT_NUMBER, demo_agency
from umschlag.simulators.demo.identities import asin_of

FIRST_DATE = date(2025, 1, 1)


def full_agency(*, days_on=0):
    """The agency of `make run`, with plain articles."""
    return demo_agency(
        a_world(
            first_date=FIRST_DATE,
            today=FIRST_DATE + timedelta(days=399 + days_on),
            article_count=2000,
            client_count=25,
            store_count=40,
            sheet_asin_count=300,
        )
    )


AGENCY = full_agency()


def test_the_same_scale_is_the_same_agency():
    assert full_agency() == AGENCY


def test_the_past_does_not_change_when_a_day_passes():
    later = full_agency(days_on=1)

    assert (later.clients, later.stores, later.lots) == (
        AGENCY.clients,
        AGENCY.stores,
        AGENCY.lots,
    )
    assert later.ungating == AGENCY.ungating


def test_it_has_the_sizes_of_the_demo():
    assert (len(AGENCY.clients), len(AGENCY.stores)) == (25, 40)
    assert (len(AGENCY.lots), len(AGENCY.preorders)) == (300, 16)
    assert sum(store.is_mutual for store in AGENCY.stores) == 3


def test_everything_refers_to_something_that_is_there():
    clients = {client.number for client in AGENCY.clients}
    stores = {store.number for store in AGENCY.stores}
    asins = {lot.asin for lot in AGENCY.lots}

    assert {store.client_number for store in AGENCY.stores} == clients
    assert {answer.store_number for answer in AGENCY.ungating} == stores
    assert {answer.asin for answer in AGENCY.ungating} <= asins
    assert {preorder.client_number for preorder in AGENCY.preorders} <= clients
    assert {preorder.asin for preorder in AGENCY.preorders} <= asins
    assert all(lot.asin == asin_of(lot.article) for lot in AGENCY.lots)


def test_mutual_stores_are_the_agencys_own_and_on_both_marketplaces():
    mutual = [store for store in AGENCY.stores if store.is_mutual]

    assert {store.client_number for store in mutual} == {MUTUAL_CLIENT_NUMBER}
    assert len({store.marketplace for store in mutual}) == 2
    assert not any(store.is_suspended for store in mutual)


def test_some_balances_reach_for_a_pallet_and_some_do_not():
    balances = [client.balance_minor for client in AGENCY.clients[1:]]

    assert sum(balance < 0 for balance in balances) >= 1
    assert sum(0 < balance < 60_000 for balance in balances) >= 3
    assert sum(balance > 300_000 for balance in balances) >= 10


def test_the_stock_is_worth_a_few_hundred_thousand():
    value = sum(lot.remaining_units * lot.unit_cost_minor for lot in AGENCY.lots)

    assert 15_000_000 <= value <= 30_000_000


def test_lots_make_sense():
    for lot in AGENCY.lots:
        assert 0 <= lot.remaining_units < lot.bought_units
        assert lot.remaining_units % lot.case_pack_units == 0
        assert 0 < lot.shipping_price_minor_min < lot.shipping_price_minor_max
        assert FIRST_DATE <= lot.added_date <= FIRST_DATE + timedelta(days=399)


def test_ungating_has_every_answer_in_both_spellings_and_some_silence():
    answers = Counter(answer.answer for answer in AGENCY.ungating)

    assert set(answers) == {
        *("Yes", "No", "No, Invoice Needed", "No - Invoice Needed", "Pending review"),
    }
    assert 0.28 < answers["Yes"] / len(AGENCY.ungating) < 0.45
    assert len(AGENCY.ungating) < 40 * 300


def test_preorders_wait_arrive_and_end():
    stages = Counter(preorder.status for preorder in AGENCY.preorders)

    assert set(stages) == {"waiting", "arrived", "fulfilled", "cancelled"}
    assert stages["arrived"] == 3


def test_several_clients_wait_for_one_asin_that_each_may_sell():
    shared = [preorder for preorder in AGENCY.preorders if preorder.number > 7_500]
    yes = {(row.store_number, row.asin) for row in AGENCY.ungating if row.answer == "Yes"}
    (asin,) = {preorder.asin for preorder in shared}

    assert len({preorder.client_number for preorder in shared}) == 4
    assert {preorder.status for preorder in shared} == {"waiting"}
    for preorder in shared:
        stores = [s for s in AGENCY.stores if s.client_number == preorder.client_number]
        assert any((store.number, asin) in yes for store in stores)


def test_a_waiting_preorder_arrives_on_its_day():
    waiting = next(preorder for preorder in AGENCY.preorders if preorder.status == "waiting")
    days_on = (waiting.expected_date - FIRST_DATE).days - 399

    before, after = full_agency(days_on=days_on - 1), full_agency(days_on=days_on)

    stages = [
        next(one.status for one in agency.preorders if one.number == waiting.number)
        for agency in (before, after)
    ]
    assert stages == ["waiting", "arrived"]


@pytest.mark.parametrize(
    "sizes",
    [
        {"client_count": 1, "store_count": 1},
        {"client_count": 2, "store_count": 2},
        {"client_count": 3, "store_count": 30, "sheet_asin_count": 1},
        {"store_count": 0},
        {"sheet_asin_count": 0},
    ],
)
def test_small_worlds_hold_together(sizes):
    agency = demo_agency(a_world(**sizes))

    clients = {client.number for client in agency.clients}
    assert {store.client_number for store in agency.stores} <= clients
    assert len({store.number for store in agency.stores}) == len(agency.stores)
