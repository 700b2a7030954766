"""All records as lines of JSON, the same on SQLite, PostgreSQL and MariaDB.

A line is one row: an object of column name → value, keys sorted. Encrypted columns stay as they
lie in the database.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import TextField, Value
from django.db.models.functions import Cast

from umschlag.kernel.errors import BadInput
from umschlag.storage.records import lake_files, ledger_guard
from umschlag.storage.records.encryption import EncryptedTextField
from umschlag.storage.records.models import LakeFile

LEFT_OUT = {"sessions.Session", "records.PlanningWork"}
"""Who was logged in, and what was being computed, is nothing to bring back."""
_BATCH_ROWS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSum:
    """Row count and checksum of one table's lines."""

    row_count: int
    sha256: str


def dumped_models() -> list[type[models.Model]]:
    """Return every model with a table, those first that others refer to."""
    waiting = {
        model
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy and model._meta.managed and model._meta.label not in LEFT_OUT
    }
    ordered: list[type[models.Model]] = []
    while waiting:
        ready = sorted(
            (model for model in waiting if not _referred(model) & (waiting - {model})),
            key=lambda model: model._meta.label,
        )
        if not ready:
            raise BadInput(f"tables refer to each other in a circle: {waiting}")
        ordered += ready
        waiting -= set(ready)
    return ordered


def _referred(model: type[models.Model]) -> set[type[models.Model]]:
    return {
        field.related_model
        for field in model._meta.concrete_fields
        if field.is_relation and isinstance(field.related_model, type)
    }


def migrations_applied() -> list[str]:
    """Return the names of the migrations that the tables have seen, sorted."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


@contextmanager
def one_instant() -> Iterator[None]:
    """Make all reading in the block see the records as they are at its beginning."""
    if connection.in_atomic_block:
        # The caller's transaction decides what is seen.
        yield
        return
    if connection.vendor == "sqlite":
        # A reader in WAL mode sees one instant without keeping writers waiting. The attribute is
        # SQLite's alone, which the stubs do not tell.
        sqlite: Any = connection
        # Django makes the attribute when it connects, and a worker's thread may not have yet.
        connection.ensure_connection()
        before = sqlite.transaction_mode
        sqlite.transaction_mode = "DEFERRED"
        try:
            with transaction.atomic():
                yield
        finally:
            sqlite.transaction_mode = before
        return
    level = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
    if connection.vendor == "mysql":
        with connection.cursor() as cursor:
            cursor.execute(level)
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(level)
        yield


def lines_of(model: type[models.Model]) -> Iterator[bytes]:
    """Yield the table's rows as lines, by primary key."""
    fields = model._meta.concrete_fields
    # Cast, so that the cipher is not opened on the way.
    raw = {
        f"raw_{field.attname}": Cast(field.attname, TextField())
        for field in fields
        if isinstance(field, EncryptedTextField)
    }
    names = [
        f"raw_{field.attname}" if f"raw_{field.attname}" in raw else field.attname
        for field in fields
    ]
    rows = _rows_of(model).annotate(**raw).order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=_BATCH_ROWS):
        values = {field.attname: _plain(value) for field, value in zip(fields, row, strict=True)}
        text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        yield text.encode() + b"\n"


def _rows_of(model: type[models.Model]) -> "models.QuerySet[Any]":
    """Return the rows that count. Files that nothing needs any more are on their way out."""
    rows = model._base_manager.all()
    return rows.filter(lake_files.is_kept()) if model is LakeFile else rows


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def sum_of(lines: Iterable[bytes]) -> TableSum:
    """Return count and checksum of the lines."""
    digest = hashlib.sha256()
    count = 0
    for line in lines:
        digest.update(line)
        count += 1
    return TableSum(row_count=count, sha256=digest.hexdigest())


@contextmanager
def in_any_order() -> Iterator[None]:
    """Let rows name others that come later, inside a transaction; at its end all must be there.

    Files of the lake name each other, and MariaDB would look at each row on its own.

    Raises:
        IntegrityError: a row names one that is not there.
    """
    with connection.constraint_checks_disabled():
        yield
    connection.check_constraints()


def empty_tables() -> None:
    """Delete every row of every dumped table, in the caller's transaction."""
    with ledger_guard.lifted():
        for model in reversed(dumped_models()):
            model._base_manager.all()._raw_delete(using="default")


def load_lines(model: type[models.Model], lines: Iterable[bytes], *, lost_key: bool) -> None:
    """Insert the lines as rows with the primary keys they had.

    `lost_key` empties the encrypted columns, whose key is gone.

    Raises:
        BadInput: a line does not fit the table.
    """
    fields = model._meta.concrete_fields
    batch: list[models.Model] = []
    for number, line in enumerate(lines, start=1):
        try:
            values = json.loads(line)
            batch.append(
                model(**{f.attname: _read(f, values[f.attname], lost_key) for f in fields})
            )
        except (ValueError, KeyError) as error:
            raise BadInput(f"{model._meta.label}, line {number}: {error!r}") from error
        if len(batch) == _BATCH_ROWS:
            model._base_manager.bulk_create(batch)
            batch = []
    model._base_manager.bulk_create(batch)


def _read(field: "models.Field[Any, Any]", value: Any, lost_key: bool) -> Any:  # noqa: ANN401 - columns hold anything
    if isinstance(field, EncryptedTextField):
        # An expression goes past the field's own encryption: the cipher is stored as it came.
        return "" if lost_key or not value else Value(value, output_field=TextField())
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value)
    if isinstance(field, models.ForeignKey):
        return field.target_field.to_python(value)
    return field.to_python(value)


def reset_sequences(tables: Sequence[type[models.Model]]) -> None:
    """Let the next row of each table get a number after those that were put in."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables)):
            cursor.execute(statement)


def is_in_use() -> bool:
    """Tell whether anything but accounts was ever entered or read here."""
    owned = [
        model
        for model in apps.get_app_config("records").get_models()
        if model._meta.label not in {"records.Backup", "records.ApiToken", "records.MovementRule"}
    ]
    return any(model._base_manager.exists() for model in owned)
