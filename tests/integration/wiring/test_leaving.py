"""Shipping, cancelling and undoing: what was taken is charged, or given back to the last cent."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from builders.agency_records import (
    a_client_record,
    a_preorder_record,
    a_store_record,
    an_asin_record,
    ungate,
)
from umschlag.allocation.balances.chain import chain_faults
from umschlag.allocation.pallets.leaving import (
    HoldExceeded,
    PalletGone,
    RunHasShipped,
    RunNotConfirmed,
    ShippedBeforeBuilt,
)
from umschlag.kernel.periods import business_date_of
from umschlag.storage.records import dump
from umschlag.storage.records.allocation import rows_for_planning
from umschlag.storage.records.ledger import balances, chain_end, entries_of, spendable_minor
from umschlag.storage.records.models import (
    AllocationRun,
    Cart,
    CatalogAsin,
    Client,
    LedgerAccountKind,
    LedgerEntry,
    LedgerPosting,
    Pallet,
    PalletStatus,
    Preorder,
    PreorderStatus,
    RunState,
)
from umschlag.storage.records.run_states import RunUnknown
from umschlag.wiring.allocation import confirm_allocation, plan_allocation
from umschlag.wiring.doctoring import Health
from umschlag.wiring.leaving import (
    DateAhead,
    cancel_pallets,
    mark_ready,
    pallet_keys,
    ship_pallets,
    undo_allocation,
)
from umschlag.wiring.ledger_findings import ledger_findings
from umschlag.wiring.pallet_papers import PalletUnknown

pytestmark = [pytest.mark.database, pytest.mark.django_db]

BALANCE = 1_000_000


@pytest.fixture
def settings(settings_in):
    return settings_in()


@pytest.fixture
def client():
    return a_client_record(balance_minor=BALANCE, last_pallet_date=date(2026, 2, 1))


def a_confirmed_run(settings, client, *, units=120, number=1, preorders=()):
    """Confirm a run of one cart; 120 large units stand on several pallets."""
    asin = an_asin_record(
        number,
        bought_units=units,
        remaining_units=units,
        length_mm=600,
        width_mm=400,
        height_mm=300,
        weight_g=9_000,
        unit_cost_minor=6_033,
    )
    store = a_store_record(client, number)
    ungate(store, asin)
    for preorder_number, values in enumerate(preorders, start=1):
        a_preorder_record(client, asin, preorder_number, **values)
    run_id = plan_allocation(settings, only_store_id=store.pk)
    confirm_allocation(settings, run_id)
    return AllocationRun.objects.get(pk=run_id)


def pallets_of(run):
    return list(Pallet.objects.filter(cart__run=run).order_by("code"))


def on(kind, client):
    return balances(kind).get(client.pk, 0)


def money_of(client):
    return tuple(
        on(kind, client)
        for kind in (
            LedgerAccountKind.SPENDABLE,
            LedgerAccountKind.HELD,
            LedgerAccountKind.CHARGED,
        )
    )


def everything_but_the_ledger():
    """Return the tables that a run changes, but for runs, carts and pallets, which it adds."""
    models = (Client, CatalogAsin, Preorder)
    return {model: list(dump.lines_of(model)) for model in models}


def is_sound():
    assert [one.said for one in ledger_findings() if one.health is Health.BROKEN] == []
    assert list(chain_faults(entries_of(), end=chain_end())) == []
    return True


def test_what_the_pallets_hold_is_the_cart(settings, client):
    run = a_confirmed_run(settings, client)

    total = Cart.objects.get().total_minor

    assert len(pallets_of(run)) >= 2
    assert sum(pallet.held_minor for pallet in pallets_of(run)) == total
    assert money_of(client) == (BALANCE - total, total, 0)
    assert is_sound()


def test_shipping_charges_exactly_what_was_held_for_the_pallet(settings, client):
    run = a_confirmed_run(settings, client)
    Pallet.objects.update(built_at=datetime(2026, 3, 2, 9, tzinfo=UTC))
    before = money_of(client)
    first, *others = pallets_of(run)

    left = ship_pallets(settings, [first.pk], by="anna", shipped_date=date(2026, 3, 3))

    spendable, held, charged = money_of(client)
    assert (spendable, charged) == (before[0], first.held_minor)
    assert held == sum(pallet.held_minor for pallet in others)
    assert (left.pallet_codes, left.held.minor) == ((first.code,), first.held_minor)
    entry = LedgerEntry.objects.get(kind="capture")
    assert (entry.booked_by, entry.pallet, entry.cart) == ("anna", first, first.cart)
    assert entry.reverses == LedgerEntry.objects.get(kind="hold")
    first.refresh_from_db()
    assert (first.status, first.shipped_date, first.closed_by) == (
        PalletStatus.SHIPPED,
        date(2026, 3, 3),
        "anna",
    )
    assert is_sound()


def test_all_pallets_shipped_leave_nothing_held(settings, client):
    run = a_confirmed_run(settings, client)
    total = Cart.objects.get().total_minor

    ship_pallets(settings, [pallet.pk for pallet in pallets_of(run)], by="anna")

    assert money_of(client) == (BALANCE - total, 0, total)
    today = business_date_of(timezone.now(), settings.zone)
    assert {pallet.shipped_date for pallet in pallets_of(run)} == {today}


def test_cancelling_gives_back_money_units_and_a_place_in_the_run(settings, client):
    run = a_confirmed_run(settings, client)
    first, *others = pallets_of(run)

    cancel_pallets(settings, [first.pk], by="anna")

    held = sum(pallet.held_minor for pallet in others)
    assert money_of(client) == (BALANCE - held, held, 0)
    assert CatalogAsin.objects.get().remaining_units == first.units
    client.refresh_from_db()
    assert client.total_allocated_minor == held
    # Another pallet of the cart still stands, so the client got one that day.
    assert client.last_pallet_date == business_date_of(run.confirmed_at, settings.zone)
    assert Cart.objects.get().cancelled_at is None
    assert is_sound()


def test_undoing_a_run_leaves_everything_as_it_was_before(settings, client):
    an_earlier = everything_but_the_ledger()
    run = a_confirmed_run(settings, client)
    asin = CatalogAsin.objects.get()

    left = undo_allocation(settings, run.pk, by="anna", reason="wrong prices")

    run.refresh_from_db()
    assert (run.state, run.undone_by, run.undone_reason) == (
        RunState.UNDONE,
        "anna",
        "wrong prices",
    )
    assert run.undone_at is not None
    assert money_of(client) == (BALANCE, 0, 0)
    assert everything_but_the_ledger()[Client] == an_earlier[Client]
    asin.refresh_from_db()
    assert asin.remaining_units == 120
    assert {pallet.status for pallet in pallets_of(run)} == {PalletStatus.CANCELLED}
    assert left.units == 120
    assert LedgerEntry.objects.filter(kind="release").count() == len(left.pallet_codes)
    assert sum(LedgerPosting.objects.values_list("amount_minor", flat=True)) == 0
    assert is_sound()


def test_preorders_are_unserved_exactly(settings, client):
    preorders = [
        {"ordered_units": 70, "remaining_due_minor": 1_001},
        {"ordered_units": 30, "remaining_due_minor": 500, "allocated_units": 10},
    ]
    run = a_confirmed_run(settings, client, preorders=preorders)
    assert {row.status for row in Preorder.objects.all()} == {PreorderStatus.FULFILLED}
    first = pallets_of(run)[0]

    cancel_pallets(settings, [first.pk], by="anna")

    older = Preorder.objects.get(external_id="P-1")
    assert older.status == PreorderStatus.ARRIVED
    assert older.allocated_units == 70 - first.units
    assert older.remaining_due_minor > 0
    undo_allocation(settings, run.pk, by="anna")
    rows = Preorder.objects.order_by("external_id").values_list(
        "allocated_units", "remaining_due_minor", "status"
    )
    assert list(rows) == [(0, 1_001, "arrived"), (10, 500, "arrived")]
    assert money_of(client) == (BALANCE, 0, 0)
    assert is_sound()


def test_the_goods_of_an_undone_run_can_be_given_out_again(settings_in, client):
    settings = settings_in(asin_stores_max=1)
    run = a_confirmed_run(settings, client)
    undo_allocation(settings, run.pk, by="anna")

    store = a_store_record(a_client_record(2), 2)
    ungate(store, CatalogAsin.objects.get())
    again = plan_allocation(settings, only_store_id=store.pk)
    confirm_allocation(settings, again)

    assert CatalogAsin.objects.get().remaining_units == 0
    assert rows_for_planning(None).asins == []
    assert is_sound()


def test_the_last_pallet_goes_back_to_the_newest_cart_that_stands(settings, client):
    older = a_confirmed_run(settings, client)
    newer = a_confirmed_run(settings, client, number=2)
    AllocationRun.objects.filter(pk=older.pk).update(
        confirmed_at=newer.confirmed_at - timedelta(days=9)
    )

    undo_allocation(settings, newer.pk, by="anna")
    client.refresh_from_db()
    assert client.last_pallet_date == business_date_of(
        newer.confirmed_at - timedelta(days=9), settings.zone
    )

    undo_allocation(settings, older.pk, by="anna")
    client.refresh_from_db()
    assert client.last_pallet_date == date(2026, 2, 1)


def test_nothing_is_undone_once_something_was_shipped(settings, client):
    run = a_confirmed_run(settings, client)
    first, *others = pallets_of(run)
    ship_pallets(settings, [first.pk], by="anna")
    before = money_of(client)

    with pytest.raises(RunHasShipped, match=rf"was shipped \({first.code}\)"):
        undo_allocation(settings, run.pk, by="ben")

    run.refresh_from_db()
    assert run.state == RunState.CONFIRMED
    assert money_of(client) == before
    # What stands here can go one by one all the same.
    cancel_pallets(settings, [pallet.pk for pallet in others], by="ben")
    assert money_of(client) == (BALANCE - first.held_minor, 0, first.held_minor)
    assert is_sound()


def test_a_run_is_undone_once(settings, client):
    run = a_confirmed_run(settings, client)
    undo_allocation(settings, run.pk, by="anna")

    with pytest.raises(RunNotConfirmed):
        undo_allocation(settings, run.pk, by="anna")
    with pytest.raises(RunUnknown):
        undo_allocation(settings, run.pk + 99, by="anna")
    assert money_of(client) == (BALANCE, 0, 0)


@pytest.mark.parametrize("first_act", [ship_pallets, cancel_pallets])
@pytest.mark.parametrize("second_act", [ship_pallets, cancel_pallets])
def test_a_pallet_goes_once_and_all_or_nothing(settings, client, first_act, second_act):
    run = a_confirmed_run(settings, client)
    first, second, *_ = pallets_of(run)
    first_act(settings, [first.pk], by="anna")
    before = money_of(client)

    with pytest.raises(PalletGone, match=first.code):
        second_act(settings, [second.pk, first.pk], by="ben")
    with pytest.raises(PalletUnknown):
        second_act(settings, [second.pk, first.pk + 999], by="ben")

    second.refresh_from_db()
    assert second.status == PalletStatus.PLANNED
    assert money_of(client) == before


def test_nothing_is_shipped_tomorrow(settings, client):
    run = a_confirmed_run(settings, client)
    tomorrow = business_date_of(timezone.now(), settings.zone) + timedelta(days=1)

    with pytest.raises(DateAhead):
        ship_pallets(settings, [pallets_of(run)[0].pk], by="anna", shipped_date=tomorrow)

    assert pallets_of(run)[0].status == PalletStatus.PLANNED


def test_nothing_is_shipped_before_it_was_built(settings, client):
    run = a_confirmed_run(settings, client)
    first, second, *_ = pallets_of(run)
    # At half past midnight in Berlin: in UTC it is the day before.
    Pallet.objects.filter(pk=first.pk).update(built_at=datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    before = money_of(client)

    for pallets, shipped_date in (([first], date(2026, 3, 2)), ([first, second], date(2026, 3, 3))):
        keys = [pallet.pk for pallet in pallets]
        with pytest.raises(ShippedBeforeBuilt, match=f"Pallet {pallets[-1].code} was built on"):
            ship_pallets(settings, keys, by="anna", shipped_date=shipped_date)

    assert {pallet.status for pallet in pallets_of(run)} == {PalletStatus.PLANNED}
    assert money_of(client) == before
    ship_pallets(settings, [first.pk], by="anna", shipped_date=date(2026, 3, 3))


def test_a_pallet_is_ready_before_it_leaves(settings, client):
    run = a_confirmed_run(settings, client)
    first = pallets_of(run)[0]

    mark_ready(first.pk)
    first.refresh_from_db()
    assert first.status == PalletStatus.READY
    ship_pallets(settings, pallet_keys([first.code]), by="anna")

    with pytest.raises(PalletGone):
        mark_ready(first.pk)
    with pytest.raises(PalletUnknown, match="P-404"):
        pallet_keys([first.code, "P-404"])


def test_a_sheet_that_lowered_what_was_bought_does_not_stop_a_cancellation(settings, client):
    run = a_confirmed_run(settings, client)
    CatalogAsin.objects.update(bought_units=5)

    undo_allocation(settings, run.pk, by="anna")

    asin = CatalogAsin.objects.get()
    assert (asin.remaining_units, asin.bought_units) == (120, 120)
    assert spendable_minor(client.pk) == BALANCE


def another_pallet(pallet, code, **values):
    """Write a pallet of the same cart past all rules, as a program with the database could."""
    before = {field.attname: getattr(pallet, field.attname) for field in Pallet._meta.fields}
    return Pallet.objects.create(**{**before, "id": None, "code": code, **values})


@pytest.mark.parametrize("act", [ship_pallets, cancel_pallets])
def test_no_more_is_taken_from_a_hold_than_was_held(settings, client, act):
    run = a_confirmed_run(settings, client)
    total = Cart.objects.get().total_minor
    extra = another_pallet(pallets_of(run)[0], "X-1", held_minor=total + 1)
    before = money_of(client)

    with pytest.raises(HoldExceeded, match="X-1"):
        act(settings, [extra.pk], by="anna")

    extra.refresh_from_db()
    assert extra.status == PalletStatus.PLANNED
    assert money_of(client) == before


@pytest.mark.parametrize("act", [ship_pallets, cancel_pallets])
def test_pallets_of_one_cart_share_its_hold(settings, client, act):
    run = a_confirmed_run(settings, client)
    first, *others = pallets_of(run)
    extra = another_pallet(first, "X-1", held_minor=1)
    act(settings, [pallet.pk for pallet in (first, *others)], by="anna")

    with pytest.raises(HoldExceeded, match="X-1"):
        act(settings, [extra.pk], by="anna")


@pytest.mark.parametrize("act", [ship_pallets, cancel_pallets])
def test_a_hold_is_given_to_no_other_client(settings, client, act):
    run = a_confirmed_run(settings, client)
    other = a_client_record(2, balance_minor=0)
    foreign = another_pallet(pallets_of(run)[0], "X-1", held_minor=1, client_id=other.pk)

    with pytest.raises(HoldExceeded, match="X-1"):
        act(settings, [foreign.pk], by="anna")

    assert money_of(other) == (0, 0, 0)
