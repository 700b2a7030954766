"""The ledger on a database: appended to, and changed by nobody through anything."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from builders.agency_records import a_client_record, a_purse
from builders.records import a_cart, a_run, a_store
from umschlag.allocation.balances.chain import GENESIS, FaultCode, chain_faults
from umschlag.allocation.balances.model import LedgerIsFixed
from umschlag.storage.records import dump, ledger_guard
from umschlag.storage.records.ledger import (
    balances,
    book,
    chain_end,
    entries_of,
    spendable_minor,
)
from umschlag.storage.records.models import (
    Client,
    LedgerAccount,
    LedgerAccountKind,
    LedgerEnd,
    LedgerEntry,
    LedgerPosting,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]

AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
FIXED = {
    "records_ledgerentry": ("note = 'x'", LedgerEntry),
    "records_ledgerposting": ("amount_minor = 1", LedgerPosting),
    "records_ledgeraccount": ("kind = 'held'", LedgerAccount),
    "records_ledgerend": ("number = 0", LedgerEnd),
}


@pytest.fixture
def client():
    return a_client_record(balance_minor=1_000)


def faults():
    return [(one.code, one.number) for one in chain_faults(entries_of(), end=chain_end())]


def sql(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_what_was_booked_reads_back_as_it_was_sealed(client):
    cart = a_cart(a_run(), a_store(client))
    told = a_purse(client).told_by_panel(25, note="Größe „2“ 💡 \n\ttwo  ")

    booked = book(
        [told, a_purse(client).hold(400, cart_id=cart.pk)], booked_at=AT, booked_by="jörg"
    )

    assert list(entries_of())[1:] == booked
    assert [entry.number for entry in booked] == [2, 3]
    assert booked[0].previous_hash == LedgerEntry.objects.get(pk=1).hash
    assert LedgerEntry.objects.get(pk=1).previous_hash == GENESIS
    assert (chain_end().number, chain_end().hash) == (3, booked[1].hash)
    assert faults() == []


def test_balances_are_summed_account_by_account(client):
    other = a_client_record(2, balance_minor=50)
    cart = a_cart(a_run(), a_store(client))
    purse = a_purse(client)
    book([purse.hold(400, cart_id=cart.pk), purse.contribute(100, to=other.pk)], booked_at=AT)

    assert balances(LedgerAccountKind.SPENDABLE) == {client.pk: 500, other.pk: 150}
    assert balances(LedgerAccountKind.HELD) == {client.pk: 400}
    assert balances(LedgerAccountKind.PANEL, [other.pk]) == {other.pk: -50}
    assert spendable_minor(client.pk) == 500
    assert sum(LedgerPosting.objects.values_list("amount_minor", flat=True)) == 0


def test_a_note_longer_than_its_column_is_sealed_as_it_is_kept(client):
    book([a_purse(client).told_by_panel(5, note="ö" * 400)], booked_at=AT, booked_by="b" * 200)

    kept = LedgerEntry.objects.get(pk=2)
    assert (len(kept.note), kept.note[-1], len(kept.booked_by)) == (250, "…", 150)
    assert faults() == []


def test_booking_nothing_opens_no_ledger():
    assert book([], booked_at=AT) == []
    assert not LedgerEnd.objects.exists()


def test_what_is_rolled_back_leaves_no_gap(client):
    with transaction.atomic():
        book([a_purse(client).told_by_panel(5)], booked_at=AT)
        transaction.set_rollback(True)

    book([a_purse(client).told_by_panel(6)], booked_at=AT)

    assert chain_end().number == 2
    assert faults() == []


@pytest.mark.parametrize("table", FIXED)
@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_itself_refuses_to_change_the_ledger(client, table, act):
    change, model = FIXED[table]
    before = list(dump.lines_of(model))
    statement = f"UPDATE {table} SET {change}" if act == "update" else f"DELETE FROM {table}"

    with pytest.raises(DatabaseError, match="the ledger is never changed or deleted"):
        sql(statement)

    assert list(dump.lines_of(model)) == before != []


@pytest.mark.parametrize("table", FIXED)
def test_overwriting_is_refused_too(client, table):
    columns = {field.column: field for field in FIXED[table][1]._meta.concrete_fields}
    names = ", ".join(columns)
    replacing = {
        "sqlite": f"INSERT OR REPLACE INTO {table} ({names}) SELECT {names} FROM {table}",
        "mysql": f"REPLACE INTO {table} ({names}) SELECT {names} FROM {table}",
        "postgresql": f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE",
    }

    with pytest.raises(DatabaseError, match="the ledger is never changed or deleted"):
        sql(replacing[connection.vendor])

    assert faults() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.save(),
        lambda row: row.delete(),
        lambda row: row.save(update_fields=["hash"]),
        lambda row: type(row).objects.update(hash=""),
        lambda row: type(row).objects.all().delete(),
        lambda row: type(row).objects.bulk_update([row], ["hash"]),
        lambda row: type(row).objects.bulk_create([row], ignore_conflicts=True),
        lambda row: type(row).objects.update_or_create(pk=row.pk, defaults={"hash": ""}),
        lambda row: type(row)._base_manager.filter(pk=row.pk).update(hash=""),
        lambda row: row.client.ledger_entries.all().delete(),
    ],
)
def test_models_and_queries_refuse_it_in_plain_words(client, change):
    row = LedgerEntry.objects.get()

    with pytest.raises(LedgerIsFixed, match="book a further entry"):
        change(row)

    assert faults() == []


def test_a_client_with_entries_cannot_be_deleted(client):
    with pytest.raises(DatabaseError):
        client.delete()

    assert Client.objects.filter(pk=client.pk).exists()


def test_the_guard_is_lifted_for_its_block_alone(client):
    assert ledger_guard.missing_triggers() == []
    with transaction.atomic(), dump.in_any_order(), ledger_guard.lifted():
        LedgerPosting._base_manager.all()._raw_delete(using="default")

    assert faults() == [(FaultCode.CHANGED, 1), (FaultCode.NOT_ZERO, 1)]
    assert ledger_guard.missing_triggers() == []
    with pytest.raises(DatabaseError, match="never changed"):
        sql("DELETE FROM records_ledgerentry")


def test_a_block_that_breaks_off_leaves_the_guard_as_it_was(client):
    def empty_and_fail():
        LedgerPosting._base_manager.all()._raw_delete(using="default")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction.atomic(), ledger_guard.lifted():
        empty_and_fail()

    assert faults() == []
    assert ledger_guard.missing_triggers() == []
    with pytest.raises(DatabaseError, match="never changed"):
        sql("DELETE FROM records_ledgerposting")
