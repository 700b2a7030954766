"""Who owns what in mutual stores, on a database: added to, and changed by nobody."""

import pytest
from django.db import DatabaseError, connection, transaction

from builders import web as build
from umschlag.allocation.balances.model import LedgerIsFixed
from umschlag.storage.records import dump, ledger_guard
from umschlag.storage.records.models import LedgerAccount, OwnershipEntry

pytestmark = [pytest.mark.database, pytest.mark.django_db]
TABLE = "records_ownershipentry"
REFUSED = "who owns what is never changed or deleted: add a further entry"


@pytest.fixture
def entry():
    """Twelve units that came to a client, and two that came back with a cancelled pallet."""
    owner = build.a_client()
    store, mutual = build.a_store(owner), build.a_store(owner, "S-9", name="Mutual", kind="mutual")
    asin = build.an_asin()
    pallet = build.a_pallet(build.a_cart(build.a_run(store=store), store, asin), asin)
    told = {
        "store": mutual,
        "client": owner,
        "asin": asin,
        "transfer": build.a_transfer(store, mutual, asin),
        "currency": "EUR",
        "booked_at": build.NOW,
    }
    OwnershipEntry.objects.create(
        **told, pallet=pallet, units=-2, goods_minor=-25_00, shipping_minor=-90
    )
    return OwnershipEntry.objects.create(**told, units=12, goods_minor=150_00, shipping_minor=5_40)


def rows():
    return list(dump.lines_of(OwnershipEntry))


def sql(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {TABLE} SET units = 500",
        f"UPDATE {TABLE} SET client_id = client_id",
        f"DELETE FROM {TABLE}",
        f"DELETE FROM {TABLE} WHERE units < 0",
    ],
)
def test_the_database_itself_refuses_to_change_who_owns_what(entry, statement):
    before = rows()

    with pytest.raises(DatabaseError, match=REFUSED):
        sql(statement)

    assert rows() == before
    assert len(before) == 2


def test_overwriting_is_refused_too(entry):
    before = rows()
    names = ", ".join(field.column for field in OwnershipEntry._meta.concrete_fields)
    replacing = {
        "sqlite": f"INSERT OR REPLACE INTO {TABLE} ({names}) SELECT {names} FROM {TABLE}",
        "mysql": f"REPLACE INTO {TABLE} ({names}) SELECT {names} FROM {TABLE}",
        "postgresql": f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {TABLE} CASCADE",
    }

    with pytest.raises(DatabaseError, match=REFUSED):
        sql(replacing[connection.vendor])

    assert rows() == before


@pytest.mark.skipif(
    connection.vendor == "postgresql", reason="PostgreSQL has no statement that replaces rows"
)
@pytest.mark.parametrize(
    ("model", "refused"),
    [(OwnershipEntry, REFUSED), (LedgerAccount, "the ledger is never changed or deleted")],
)
def test_no_row_is_put_in_the_place_of_one_with_the_same_names(entry, model, refused):
    before = list(dump.lines_of(model))
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(columns)
    table = model._meta.db_table
    # Without its key, the database would find the row by its unique constraint.
    where = "WHERE pallet_id IS NOT NULL" if model is OwnershipEntry else ""
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "REPLACE"

    with pytest.raises(DatabaseError, match=refused):
        sql(f"{verb} INTO {table} ({names}) SELECT {names} FROM {table} {where}")

    assert list(dump.lines_of(model)) == before != []


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.save(),
        lambda row: row.delete(),
        lambda row: row.save(update_fields=["units"]),
        lambda row: type(row).objects.update(units=1),
        lambda row: type(row).objects.all().delete(),
        lambda row: type(row).objects.bulk_update([row], ["units"]),
        lambda row: type(row).objects.bulk_create([row], ignore_conflicts=True),
        lambda row: type(row).objects.update_or_create(pk=row.pk, defaults={"units": 1}),
        lambda row: row.client.ownership.all().delete(),
        lambda row: row.transfer.ownership.all().delete(),
    ],
)
def test_models_and_queries_refuse_it_in_plain_words(entry, change):
    before = rows()

    with pytest.raises(LedgerIsFixed, match="OwnershipEntry is never changed or deleted"):
        change(entry)

    assert rows() == before


def test_further_entries_can_be_added_and_a_restore_may_empty_all(entry):
    assert ledger_guard.missing_triggers() == []
    with transaction.atomic(), dump.in_any_order(), ledger_guard.lifted():
        OwnershipEntry._base_manager.all()._raw_delete(using="default")
    assert rows() == []

    OwnershipEntry.objects.bulk_create([entry])

    assert [row.units for row in OwnershipEntry.objects.all()] == [12]
    with pytest.raises(DatabaseError, match=REFUSED):
        sql(f"DELETE FROM {TABLE}")


# MariaDB commits with every change of its tables and triggers, so nothing would be rolled back.
@pytest.mark.django_db(transaction=True)
def test_missing_triggers_are_named_and_put_in_again(entry):
    name = "ledger_guard_ownershipentry_update"
    with connection.cursor() as cursor:
        on = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {name}{on}")
    assert ledger_guard.missing_triggers() == [name]

    ledger_guard.install(connection)

    assert ledger_guard.missing_triggers() == []
    with pytest.raises(DatabaseError, match=REFUSED):
        sql(f"UPDATE {TABLE} SET units = 500")
