"""The database's own refusal to change the ledger, or who owns what, whoever asks, also by SQL.

Triggers on SQLite, PostgreSQL and MariaDB. They are put in after every migration, because SQLite
loses a table's triggers when a migration rebuilds it, and a database restored by other means may
have none. Rows can be added; a restore that replaces all records opens the guard for its own
transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, UniqueConstraint
from django.db.transaction import TransactionManagementError

from umschlag.storage.records.models import (
    LedgerAccount,
    LedgerEnd,
    LedgerEntry,
    LedgerPosting,
    OwnershipEntry,
)

_FIXED = (LedgerEntry, LedgerPosting, LedgerAccount, OwnershipEntry)
_REFUSAL = "the ledger is never changed or deleted: book a further entry"
_REFUSALS: dict[type[Model], str] = {
    OwnershipEntry: "who owns what is never changed or deleted: add a further entry"
}
"""What stands in place of the ledger's own text."""
_OPEN_POSTGRESQL = "umschlag.ledger_is_open"
_OPEN_MYSQL = "@umschlag_ledger_is_open"
"""The session's word, on the two that have sessions, that it replaces the ledger as a whole."""
_PREFIX = "ledger_guard_"


def install(connection: BaseDatabaseWrapper) -> None:
    """Put in the triggers that are missing. Does nothing where the ledger has no tables yet."""
    wanted = _statements(connection.vendor)
    missing = wanted.keys() - _present(connection)
    if not missing or not _has_tables(connection):
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
        for name in sorted(missing):
            cursor.execute(wanted[name])


def missing_triggers(using: str = "default") -> list[str]:
    """Return the names of triggers that should be in the database and are not."""
    connection = connections[using]
    return sorted(_statements(connection.vendor).keys() - _present(connection))


@contextmanager
def lifted(using: str = "default") -> Iterator[None]:
    """Let the ledger be emptied in the block, to be filled again from a backup.

    Raises:
        TransactionManagementError: the caller has no transaction that would close it again.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise TransactionManagementError("the ledger's guard is lifted in a transaction alone")
    ways = {"sqlite": _without_triggers, "postgresql": _open_setting, "mysql": _open_variable}
    with ways[connection.vendor](connection):
        yield


@contextmanager
def _without_triggers(connection: BaseDatabaseWrapper) -> Iterator[None]:
    # SQLite's statements about tables are part of the transaction, like all others: nobody else
    # sees the tables without their guard, and where the block breaks off, so does the removal.
    with connection.cursor() as cursor:
        for name in _present(connection):
            cursor.execute(f'DROP TRIGGER "{name}"')
    yield
    install(connection)


@contextmanager
def _open_setting(connection: BaseDatabaseWrapper) -> Iterator[None]:
    # True: the setting is the transaction's own, and ends with it however it ends.
    statement = "SELECT set_config(%s, %s, true)"
    with connection.cursor() as cursor:
        cursor.execute(statement, [_OPEN_POSTGRESQL, "yes"])
    yield
    with connection.cursor() as cursor:
        cursor.execute(statement, [_OPEN_POSTGRESQL, ""])


@contextmanager
def _open_variable(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET {_OPEN_MYSQL} = 1")
    try:
        yield
    finally:
        # Past Django's own cursor, which refuses to work in a transaction that broke: a variable
        # is not part of the transaction and would stay.
        with connection.connection.cursor() as cursor:
            cursor.execute(f"SET {_OPEN_MYSQL} = NULL")


def _has_tables(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        present = connection.introspection.table_names(cursor)
    return {_table(model) for model in (*_FIXED, LedgerEnd)} <= set(present)


def _present(connection: BaseDatabaseWrapper) -> set[str]:
    queries = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE NOT tgisinternal AND tgenabled <> 'D'"
        " AND pg_class.relnamespace = to_regnamespace(current_schema())",
        "mysql": "SELECT trigger_name FROM information_schema.triggers"
        " WHERE trigger_schema = DATABASE()",
    }
    with connection.cursor() as cursor:
        cursor.execute(queries[connection.vendor])
        return {name for (name,) in cursor.fetchall() if name.startswith(_PREFIX)}


def _statements(vendor: str) -> dict[str, str]:
    """Return the statement that makes each trigger, by the trigger's name."""
    made = {"sqlite": _sqlite, "postgresql": _postgresql, "mysql": _mysql}[vendor]
    statements = {}
    for model in (*_FIXED, LedgerEnd):
        statements.update(made(_table(model), _table(model).removeprefix("records_"), model))
    return statements


def _sqlite(table: str, short: str, model: type[Model]) -> dict[str, str]:
    # Going on is all that the end may do.
    backwards = "WHEN NEW.number <= OLD.number" if model is LedgerEnd else ""
    # REPLACE deletes without telling the delete's trigger: the row of the same key, and any other
    # that a unique constraint would put it in place of.
    same = [
        " AND ".join(f'"{column}" = NEW."{column}"' for column in columns)
        for columns in _unique_columns(model)
    ]
    there = " OR ".join(f'EXISTS (SELECT 1 FROM "{table}" WHERE {one})' for one in same)  # noqa: S608 - our own table and columns
    guards = {"update": backwards, "delete": "", "insert": f"WHEN {there}"}
    return {
        f"{_PREFIX}{short}_{act}": f'CREATE TRIGGER "{_PREFIX}{short}_{act}"'
        f' BEFORE {act.upper()} ON "{table}" {when}'
        f" BEGIN SELECT RAISE(ABORT, '{_refusal(model)}'); END"
        for act, when in guards.items()
    }


_POSTGRESQL_FUNCTION = f"""\
CREATE OR REPLACE FUNCTION umschlag_ledger_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$
DECLARE
    has_rows boolean;
BEGIN
    IF coalesce(current_setting('{_OPEN_POSTGRESQL}', true), '') = 'yes' THEN
        IF TG_OP = 'UPDATE' THEN RETURN NEW; ELSE RETURN OLD; END IF;
    END IF;
    IF TG_OP = 'TRUNCATE' THEN
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.%I)', TG_TABLE_SCHEMA, TG_TABLE_NAME)
            INTO has_rows;
        IF NOT has_rows THEN RETURN NULL; END IF;
    END IF;
    RAISE EXCEPTION '%', coalesce(TG_ARGV[0], '{_REFUSAL}') USING ERRCODE = 'restrict_violation';
END
$guard$
"""  # noqa: S608 - made of two constants of this module


def _postgresql(table: str, short: str, model: type[Model]) -> dict[str, str]:
    backwards = "WHEN (NEW.number <= OLD.number)" if model is LedgerEnd else ""
    guards = {
        "update": f"FOR EACH ROW {backwards}",
        "delete": "FOR EACH ROW",
        "truncate": "FOR EACH STATEMENT",
    }
    return {
        f"{_PREFIX}{short}_{act}": f'CREATE TRIGGER "{_PREFIX}{short}_{act}"'
        f' BEFORE {act.upper()} ON "{table}" {when}'
        f" EXECUTE FUNCTION umschlag_ledger_guard('{_refusal(model)}')"
        for act, when in guards.items()
    }


def _mysql(table: str, short: str, model: type[Model]) -> dict[str, str]:
    backwards = " AND NEW.number <= OLD.number" if model is LedgerEnd else ""
    guards = {"update": backwards, "delete": ""}
    return {
        f"{_PREFIX}{short}_{act}": f"CREATE TRIGGER `{_PREFIX}{short}_{act}`"
        f" BEFORE {act.upper()} ON `{table}` FOR EACH ROW"
        f" BEGIN IF {_OPEN_MYSQL} IS NULL{when} THEN"
        f" SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{_refusal(model)}'; END IF; END"
        for act, when in guards.items()
    }


def _unique_columns(model: type[Model]) -> list[list[str]]:
    """Return the columns of the key, and those of each unique constraint."""
    fields = model._meta.concrete_fields
    columns = {field.name: str(field.column) for field in fields}
    keys = [columns[field.name] for field in fields if field.primary_key]
    constraints = model._meta.constraints
    named = [one.fields for one in constraints if isinstance(one, UniqueConstraint)]
    return [keys, *([columns[name] for name in names] for names in named)]


def _refusal(model: type[Model]) -> str:
    return _REFUSALS.get(model, _REFUSAL)


def _table(model: type[Model]) -> str:
    return model._meta.db_table
