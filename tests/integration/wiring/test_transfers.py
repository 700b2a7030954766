"""Transfers on real records: worked out, approved by both sides, carried out in one go."""

import threading

import pytest
from django.db import connection, connections

from builders.agency_records import (
    a_client_record,
    a_preorder_record,
    a_store_record,
    an_asin_record,
    let_spend,
    ungate,
)
from umschlag.storage.records.allocation_runs import ProposedRuns
from umschlag.storage.records.ledger import spendable_minor
from umschlag.storage.records.models import (
    AllocationRun,
    Cart,
    CartLine,
    CatalogAsin,
    LedgerEntry,
    MutualTransfer,
    Notification,
    NotificationKind,
    OwnershipEntry,
    Pallet,
    PalletDestination,
    StoreKind,
    StoreStatus,
    TransferLine,
    TransferState,
)
from umschlag.storage.records.transfers import TransferUnknown, co_owners_of
from umschlag.wiring.allocation import planning_terms
from umschlag.wiring.doctoring import Health
from umschlag.wiring.leaving import cancel_pallets, ship_pallets, undo_allocation
from umschlag.wiring.ledger_findings import ledger_findings
from umschlag.wiring.stored_reasons import reason_text
from umschlag.wiring.transfer_view import ownership
from umschlag.wiring.transfers import (
    TransferAlreadyDecided,
    TransferBreaksRules,
    TransferImpossible,
    approve_transfer,
    propose_for_store,
    reject_transfer,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def settings(settings_in):
    return settings_in()


class Agency:
    """A client short of balance with its store, and a mutual store of the agency's."""

    def __init__(self, *, balance_minor=30_000, holder_minor=1_000_000):
        self.asin = an_asin_record(
            remaining_units=500, bought_units=500, case_pack_units=10, weight_g=3_000
        )
        self.client = a_client_record(1, balance_minor=balance_minor)
        self.holder = a_client_record(9, balance_minor=holder_minor, name="Agency")
        self.own = a_store_record(self.client, 1)
        self.mutual = a_store_record(self.holder, 9, kind=StoreKind.MUTUAL, name="Mutual DE")
        ungate(self.own, self.asin)
        ungate(self.mutual, self.asin)


def paid_by(client):
    lines = TransferLine.objects.filter(client=client)
    return sum(line.total_minor for line in lines)


def test_a_proposal_takes_nothing_and_says_what_each_side_pays(settings):
    agency = Agency()

    number = propose_for_store(settings, agency.own.pk, by="anna")

    record = MutualTransfer.objects.get(pk=number)
    assert (record.state, record.proposed_by, record.cause) == (
        "proposed",
        "anna",
        "balance_short",
    )
    units = {line.client_id: line.units for line in record.lines.all()}
    # A pack costs 10 × (10.00 + 2.00) at most, so 300.00 pay for two.
    assert units[agency.client.pk] == 20
    assert units[agency.holder.pk] > 0
    assert paid_by(agency.client) <= 30_000
    assert record.missing_minor == sum(units.values()) * 1_200 - 30_000
    assert CatalogAsin.objects.get().remaining_units == 500
    assert spendable_minor(agency.client.pk) == 30_000
    assert not Cart.objects.exists()
    assert Notification.objects.get().kind == NotificationKind.MUTUAL_TRANSFER


def received_minor(settings, client):
    asked = ProposedRuns(terms=planning_terms(settings), facts={})
    return asked.problem().clients[client.pk].received_minor


def test_goods_in_a_mutual_store_count_for_fairness_as_their_payers(settings):
    agency = Agency()
    number = propose_for_store(settings, agency.own.pk, by="anna")
    before = received_minor(settings, agency.client)
    for side in ("client", "mutual"):
        approve_transfer(settings, number, side, by="anna")
    paid = {
        client: sum(entry.total_minor for entry in OwnershipEntry.objects.filter(client=client))
        for client in (agency.client, agency.holder)
    }

    assert before == 0
    assert all(paid.values())
    assert {client: received_minor(settings, client) for client in paid} == paid

    undo_allocation(settings, Cart.objects.get().run_id, by="anna")
    assert [received_minor(settings, client) for client in paid] == [0, 0]


def test_one_approval_alone_moves_nothing(settings):
    agency = Agency()
    number = propose_for_store(settings, agency.own.pk, by="anna")

    approved = approve_transfer(settings, number, "client", by="anna")

    assert not approved.is_executed
    record = MutualTransfer.objects.get()
    assert (record.client_approved_by, record.mutual_approved_at) == ("anna", None)
    assert not Cart.objects.exists()
    with pytest.raises(TransferAlreadyDecided):
        approve_transfer(settings, number, "client", by="bea")


def test_both_approvals_carry_it_out_to_the_cent(settings):
    agency = Agency()
    number = propose_for_store(settings, agency.own.pk, by="anna")
    approve_transfer(settings, number, "mutual", by="bea")

    assert approve_transfer(settings, number, "client", by="anna").is_executed

    record = MutualTransfer.objects.get()
    cart = Cart.objects.get()
    line = CartLine.objects.get()
    assert (record.state, record.cart) == (TransferState.EXECUTED, cart)
    assert (cart.store, cart.client) == (agency.mutual, agency.holder)
    assert cart.total_minor == paid_by(agency.client) + paid_by(agency.holder)
    assert CatalogAsin.objects.get().remaining_units == 500 - cart.units
    # Each side's balance fell by just what it pays; what is held is the whole cart.
    assert spendable_minor(agency.client.pk) == 30_000 - paid_by(agency.client)
    assert spendable_minor(agency.holder.pk) == 1_000_000 - paid_by(agency.holder)
    hold = LedgerEntry.objects.get(kind="hold")
    assert hold.cart == cart
    assert -min(posting.amount_minor for posting in hold.postings.all()) == cart.total_minor
    assert {p.destination for p in Pallet.objects.all()} == {PalletDestination.MUTUAL_STORE}
    assert sum(pallet.units for pallet in Pallet.objects.all()) == cart.units
    assert str(record.pk) in reason_text(line)


def test_who_owns_what_is_written_down_by_units_and_money(settings):
    agency = Agency()
    number = propose_for_store(settings, agency.own.pk, by="anna")
    approve_transfer(settings, number, "mutual", by="bea")
    approve_transfer(settings, number, "client", by="anna")

    owned = {entry.client_id: entry for entry in OwnershipEntry.objects.all()}

    cart = Cart.objects.get()
    assert set(owned) == {agency.client.pk, agency.holder.pk}
    assert owned[agency.client.pk].units == 20
    assert sum(entry.units for entry in owned.values()) == cart.units
    assert sum(entry.total_minor for entry in owned.values()) == cart.total_minor
    assert {entry.store for entry in owned.values()} == {agency.mutual}
    told = Notification.objects.filter(title__contains="is done").get()
    assert "20 units" in told.body


def test_a_cancelled_transfer_gives_everyone_back_what_it_paid(settings):
    agency = Agency()
    number = propose_for_store(settings, agency.own.pk, by="anna")
    for side in ("client", "mutual"):
        approve_transfer(settings, number, side, by="anna")

    undo_allocation(settings, AllocationRun.objects.get().pk, by="bea", reason="no truck")

    assert spendable_minor(agency.client.pk) == 30_000
    assert spendable_minor(agency.holder.pk) == 1_000_000
    assert CatalogAsin.objects.get().remaining_units == 500
    assert ownership() == []
    assert all(finding.health is Health.GOOD for finding in ledger_findings())
    agency.holder.refresh_from_db()
    assert agency.holder.total_allocated_minor == 0


@pytest.fixture
def on_two_pallets(settings):
    """Carry a transfer out that two clients pay and that stands on two pallets; return it all.

    Cartons of 20 are so large that two fill a pallet. The client owns 43 of 60 units.
    """
    agency = Agency(balance_minor=1_000_000)
    asin = an_asin_record(
        2,
        remaining_units=60,
        bought_units=60,
        case_pack_units=20,
        length_mm=300,
        width_mm=300,
        height_mm=120,
    )
    CatalogAsin.objects.filter(pk=agency.asin.pk).update(remaining_units=0)
    ungate(agency.mutual, asin)
    number = propose_for_store(settings, agency.own.pk, by="anna")
    line = TransferLine.objects.get(transfer=number)
    assert (line.client, line.units) == (agency.client, 60)
    TransferLine.objects.filter(pk=line.pk).update(units=43)
    TransferLine.objects.create(
        transfer_id=number,
        client=agency.holder,
        asin=asin,
        units=17,
        unit_cost_minor=line.unit_cost_minor,
        unit_shipping_minor=line.unit_shipping_minor,
    )
    for side in ("client", "mutual"):
        approve_transfer(settings, number, side, by="anna")
    first, second = Pallet.objects.order_by("code")
    return agency, first, second


def owned_units():
    return {one.client.pk: one.units for one in ownership()}


def test_a_cancelled_pallet_gives_its_share_back_at_once_as_it_is_owned(settings, on_two_pallets):
    agency, first, second = on_two_pallets
    price = TransferLine.objects.first().unit_cost_minor
    price += TransferLine.objects.first().unit_shipping_minor
    before = spendable_minor(agency.client.pk), spendable_minor(agency.holder.pk)

    cancel_pallets(settings, [second.pk], by="bea")

    # 43 and 17 of 60 have a share of 14.3 and 5.7 in the 20 units that stood on it.
    assert (first.units, second.units) == (40, 20)
    assert spendable_minor(agency.client.pk) - before[0] == 14 * price
    assert spendable_minor(agency.holder.pk) - before[1] == 6 * price
    assert second.held_minor == 20 * price
    assert owned_units() == {agency.client.pk: 29, agency.holder.pk: 11}
    assert sum(one.paid.minor for one in ownership()) == first.held_minor
    back = LedgerEntry.objects.filter(kind="contribution").latest("number")
    assert second.code in back.note
    assert back.booked_by == "bea"
    assert all(finding.health is Health.GOOD for finding in ledger_findings())

    ship_pallets(settings, [first.pk], by="bea")
    assert sum(owned_units().values()) == first.units
    assert all(finding.health is Health.GOOD for finding in ledger_findings())


@pytest.mark.parametrize("is_at_once", [True, False])
def test_pallet_after_pallet_everyone_has_back_what_it_paid(settings, on_two_pallets, is_at_once):
    agency, first, second = on_two_pallets

    for pallets in [[first, second]] if is_at_once else [[second], [first]]:
        cancel_pallets(settings, [pallet.pk for pallet in pallets], by="bea")

    assert spendable_minor(agency.client.pk) == 1_000_000
    assert spendable_minor(agency.holder.pk) == 1_000_000
    assert ownership() == []
    assert co_owners_of([agency.mutual.pk]) == {}
    for client_id in (agency.client.pk, agency.holder.pk):
        entries = OwnershipEntry.objects.filter(client_id=client_id)
        assert sum(entry.units for entry in entries) == 0
        assert sum(entry.total_minor for entry in entries) == 0
    assert all(finding.health is Health.GOOD for finding in ledger_findings())


def test_what_came_back_of_one_pallet_is_not_given_back_again_by_undoing(settings, on_two_pallets):
    agency, _, second = on_two_pallets
    cancel_pallets(settings, [second.pk], by="bea")

    undo_allocation(settings, AllocationRun.objects.get().pk, by="bea", reason="no truck")

    assert spendable_minor(agency.client.pk) == 1_000_000
    assert spendable_minor(agency.holder.pk) == 1_000_000


def test_who_owns_nothing_any_more_is_no_co_owner(settings, on_two_pallets):
    agency, first, second = on_two_pallets
    ship_pallets(settings, [first.pk], by="bea")
    assert co_owners_of([agency.mutual.pk]) == {
        agency.mutual.pk: {agency.client.pk, agency.holder.pk}
    }

    asin = OwnershipEntry.objects.filter(client=agency.holder).get()
    OwnershipEntry.objects.create(
        store=agency.mutual,
        client=agency.holder,
        asin=asin.asin,
        transfer=asin.transfer,
        pallet=second,
        units=-asin.units,
        goods_minor=-asin.goods_minor,
        shipping_minor=-asin.shipping_minor,
        currency="EUR",
        booked_at=asin.booked_at,
    )

    assert co_owners_of([agency.mutual.pk]) == {agency.mutual.pk: {agency.client.pk}}
    assert owned_units() == {agency.client.pk: 43}


def test_shipping_a_transfer_charges_what_was_held(settings):
    agency = Agency()
    number = propose_for_store(settings, agency.own.pk, by="anna")
    for side in ("client", "mutual"):
        approve_transfer(settings, number, side, by="anna")
    total_minor = Cart.objects.get().total_minor

    left = ship_pallets(settings, [pallet.pk for pallet in Pallet.objects.all()], by="bea")

    assert left.held.minor == total_minor
    assert all(finding.health is Health.GOOD for finding in ledger_findings())
    assert sum(one.paid.minor for one in ownership()) == total_minor


def test_a_co_owner_of_before_pays_along_and_must_be_liquid(settings):
    agency = Agency()
    number = propose_for_store(settings, agency.own.pk, by="anna")
    approve_transfer(settings, number, "client", by="anna")
    approve_transfer(settings, number, "mutual", by="anna")
    second = a_client_record(2, balance_minor=30_000)
    store = a_store_record(second, 2)
    ungate(store, agency.asin)
    let_spend(agency.client, 2_000_000)

    propose_for_store(settings, store.pk, by="anna")
    payers = set(TransferLine.objects.filter(transfer__client=second).values_list("client_id"))
    assert (agency.client.pk,) in payers

    reject_transfer(settings, MutualTransfer.objects.get(client=second).pk, reason="no", by="b")
    let_spend(agency.client, -1)
    with pytest.raises(TransferImpossible, match="a co-owner's balance is below its limit"):
        propose_for_store(settings, store.pk, by="anna")


@pytest.mark.parametrize("change", ["stock", "balance", "holder", "gate", "store", "cost"])
def test_what_does_not_hold_any_more_is_not_carried_out(settings, change):
    agency = Agency()
    number = propose_for_store(settings, agency.own.pk, by="anna")
    approve_transfer(settings, number, "mutual", by="bea")
    match change:
        case "stock":
            CatalogAsin.objects.update(remaining_units=10)
        case "balance":
            let_spend(agency.client, 100)
        case "holder":
            let_spend(agency.holder, -1)
        case "gate":
            agency.mutual.ungating.update(answer="No")
        case "store":
            agency.mutual.status = StoreStatus.SUSPENDED
            agency.mutual.save()
        case "cost":
            CatalogAsin.objects.update(unit_cost_minor=999)
    before = CatalogAsin.objects.get().remaining_units

    with pytest.raises(TransferBreaksRules):
        approve_transfer(settings, number, "client", by="anna")

    assert not Cart.objects.exists()
    assert not AllocationRun.objects.exists()
    assert not OwnershipEntry.objects.exists()
    assert CatalogAsin.objects.get().remaining_units == before
    record = MutualTransfer.objects.get()
    assert (record.state, record.client_approved_at) == (TransferState.PROPOSED, None)


def test_goods_of_arrived_preorders_stay(settings):
    agency = Agency()
    number = propose_for_store(settings, agency.own.pk, by="anna")
    approve_transfer(settings, number, "mutual", by="bea")
    a_preorder_record(agency.client, agency.asin, ordered_units=490)

    with pytest.raises(TransferBreaksRules, match="arrived preorders wait"):
        approve_transfer(settings, number, "client", by="anna")


def test_a_transfer_is_rejected_with_a_reason(settings):
    agency = Agency()
    number = propose_for_store(settings, agency.own.pk, by="anna")
    with pytest.raises(TransferImpossible):
        reject_transfer(settings, number, reason=" ", by="bea")

    reject_transfer(settings, number, reason="the client pays in", by="bea")

    record = MutualTransfer.objects.get()
    assert (record.state, record.rejected_by, record.rejected_reason) == (
        TransferState.REJECTED,
        "bea",
        "the client pays in",
    )
    with pytest.raises(TransferAlreadyDecided):
        approve_transfer(settings, number, "client", by="anna")
    assert propose_for_store(settings, agency.own.pk, by="anna")


def test_why_there_is_no_transfer_is_said(settings):
    rich = Agency(balance_minor=10_000_000)
    with pytest.raises(TransferImpossible, match="a pallet of its own"):
        propose_for_store(settings, rich.own.pk, by="anna")

    let_spend(rich.client, 100)
    with pytest.raises(TransferImpossible, match="ask the client for it"):
        propose_for_store(settings, rich.own.pk, by="anna")

    let_spend(rich.client, 30_000)
    propose_for_store(settings, rich.own.pk, by="anna")
    with pytest.raises(TransferImpossible, match="waits for approval"):
        propose_for_store(settings, rich.own.pk, by="anna")
    with pytest.raises(TransferUnknown):
        approve_transfer(settings, 4711, "client", by="anna")


@pytest.mark.django_db(transaction=True)
def test_both_sides_at_the_same_moment_carry_it_out_once(settings):
    agency = Agency()
    number = propose_for_store(settings, agency.own.pk, by="anna")
    sides = ["client", "mutual"] * 3
    start = threading.Barrier(len(sides))

    def approve(side, together):
        try:
            if together:
                start.wait(timeout=30)
            approve_transfer(settings, number, side, by=side)
        except TransferAlreadyDecided:
            pass
        finally:
            if together:
                connections.close_all()

    if connection.vendor == "sqlite":
        for side in sides:
            approve(side, together=False)
    else:
        threads = [threading.Thread(target=approve, args=(side, True)) for side in sides]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)

    assert Cart.objects.count() == 1
    assert LedgerEntry.objects.filter(kind="hold").count() == 1
    assert OwnershipEntry.objects.filter(client=agency.client).count() == 1
