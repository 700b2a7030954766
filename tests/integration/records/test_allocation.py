from datetime import UTC, date, datetime, timedelta

import pytest

from builders.agency_records import (
    a_client_record,
    a_preorder_record,
    a_store_record,
    an_asin_record,
    let_spend,
    ungate,
)
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.kernel.identifiers import Marketplace
from umschlag.storage.records.allocation import (
    LISTED_DAYS,
    PlanningTerms,
    problem_of,
    rows_for_planning,
)
from umschlag.storage.records.models import (
    AllocationRun,
    Cart,
    CartLine,
    Client,
    PreorderStatus,
    RunState,
    StoreKind,
    UngatingAnswer,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TERMS = PlanningTerms(
    as_of_date=date(2026, 3, 2),
    now_at=NOW,
    currency="EUR",
    floor_minor=250,
    stores_per_asin_max=3,
)


def the_problem(only_store_id=None):
    rows = rows_for_planning(only_store_id)
    receiving = [store.pk for store in rows.stores]
    return problem_of(rows, TERMS, receiving_store_ids=receiving, facts={})


def the_lot():
    (lot,) = the_problem().lots.values()
    return lot


def test_what_a_client_can_spend_is_the_sum_of_its_entries_and_not_the_mirror():
    client = a_client_record(balance_minor=1_000)
    a_store_record(client)
    let_spend(client, 600)

    (account,) = the_problem().clients.values()

    assert (account.spendable_minor, account.floor_minor, account.available_minor) == (
        600,
        250,
        350,
    )


def test_a_client_without_entries_can_spend_nothing():
    client = a_client_record(balance_minor=0)
    Client.objects.update(balance_minor=1_000)
    a_store_record(client)

    (account,) = the_problem().clients.values()

    assert account.spendable_minor == 0


def test_stock_ages_from_the_day_it_was_added():
    an_asin_record(added_date=date(2026, 2, 20))

    assert the_lot().stock_age_days == 10


@pytest.mark.parametrize(
    "values",
    [
        {"shipping_price_minor_min": None},
        {"shipping_price_minor_max": None},
    ],
)
def test_a_missing_shipping_price_is_no_price(values):
    an_asin_record(**values)

    assert the_lot().shipping is None


@pytest.mark.parametrize("field", ["weight_g", "length_mm", "width_mm", "height_mm"])
@pytest.mark.parametrize("value", [None, 0])
def test_a_measure_that_is_missing_or_zero_is_unknown(field, value):
    an_asin_record(**{field: value})

    assert not the_lot().has_measures


def test_an_asin_of_which_nothing_is_left_is_not_looked_at():
    an_asin_record(remaining_units=0)

    assert the_problem().lots == {}


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        (UngatingAnswer.YES, GateAnswer.YES),
        (UngatingAnswer.NO, GateAnswer.NO),
        (UngatingAnswer.INVOICE_NEEDED, GateAnswer.INVOICE_NEEDED),
    ],
)
def test_every_answer_of_the_ungating_software_keeps_its_meaning(answer, meant):
    store, asin = a_store_record(a_client_record()), an_asin_record()
    ungate(store, asin, answer=answer)

    assert the_problem().gate(store.pk, asin.asin) is meant


def test_what_nobody_answered_is_unknown():
    store, asin = a_store_record(a_client_record()), an_asin_record()

    assert the_problem().gate(store.pk, asin.asin) is GateAnswer.UNKNOWN


@pytest.mark.parametrize(
    ("status", "count"),
    [
        (PreorderStatus.ARRIVED, 1),
        (PreorderStatus.WAITING, 0),
        (PreorderStatus.FULFILLED, 0),
        (PreorderStatus.CANCELLED, 0),
    ],
)
def test_only_arrived_preorders_claim_units(status, count):
    client = a_client_record()
    a_store_record(client)
    a_preorder_record(client, an_asin_record(), status=status, allocated_units=4)

    claims = the_problem().preorders

    assert [claim.outstanding_units for claim in claims] == [6] * count


@pytest.mark.parametrize(
    ("state", "days_ago", "counts"),
    [
        (RunState.CONFIRMED, LISTED_DAYS - 1, True),
        (RunState.CONFIRMED, LISTED_DAYS + 1, False),
        (RunState.PROPOSED, 1, False),
        (RunState.DISCARDED, 1, False),
    ],
)
def test_confirmed_carts_of_the_last_three_months_count_as_listings(state, days_ago, counts):
    client, asin = a_client_record(), an_asin_record()
    store = a_store_record(client)
    then = NOW - timedelta(days=days_ago)
    run = AllocationRun.objects.create(made_at=then, confirmed_at=then, state=state, method="x")
    cart = Cart.objects.create(
        run=run,
        client=client,
        store=store,
        units=1,
        goods_minor=1,
        shipping_minor=0,
        currency="EUR",
    )
    CartLine.objects.create(
        cart=cart, asin=asin, units=1, unit_cost_minor=1, unit_shipping_minor=0, reason_code="x"
    )

    listed = the_problem().listed_stores

    assert (listed.get((asin.asin, Marketplace.DE)) == {store.pk}) is counts


def test_one_store_is_looked_at_with_the_mutual_stores_beside_it():
    client = a_client_record()
    asked, mutual = a_store_record(client, 1), a_store_record(client, 2, kind=StoreKind.MUTUAL)
    a_store_record(client, 3)

    assert set(the_problem(asked.pk).stores) == {asked.pk, mutual.pk}


def test_a_unit_too_large_for_a_marketplace_s_pallet_is_named():
    client = a_client_record()
    a_store_record(client, 1)
    a_store_record(client, 2, marketplace="Amazon.co.uk")
    asin = an_asin_record(length_mm=1100, width_mm=900, height_mm=870)

    # It lies on the British deck of 1200 × 1000 mm, and on the European one in no way.
    assert the_problem().too_large == {(asin.asin, Marketplace.DE)}
