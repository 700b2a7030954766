"""Many rows written at once, the way each database is quickest at it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.csv
from django.db import connection, models

_ROWS_AT_ONCE = 20_000
_ARRIVING = "arriving_rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upsert:
    """Rows that are new are added; those whose `key` is there are overwritten.

    Each statement is built of our own column names; values are always bound or copied.
    """

    model: type[models.Model]
    key: str
    kept: Sequence[str] = ()
    """Columns that a row which is there keeps."""

    def write(self, rows: pa.Table) -> None:
        """Write the rows; the table's columns are the model's. Belongs into a transaction."""
        if not rows.num_rows:
            return
        if connection.vendor == "postgresql":
            self._copied(rows)
            return
        statement = self._statement(rows.column_names)
        with connection.cursor() as cursor:
            for part in _parts(rows):
                cursor.executemany(statement, list(_tuples(part)))

    def _copied(self, rows: pa.Table) -> None:
        """Copy into a table of this connection's own, then take over from there: one statement."""
        quote = connection.ops.quote_name
        names = ", ".join(map(quote, rows.column_names))
        table = quote(self.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMPORARY TABLE {_ARRIVING} AS SELECT {names} FROM {table} WITH NO DATA"  # noqa: S608 - no outside text: names are ours
            )
            with cursor.copy(f"COPY {_ARRIVING} ({names}) FROM STDIN WITH (FORMAT csv)") as copy:
                for part in _parts(rows):
                    copy.write(_as_csv(part))
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {names} FROM {_ARRIVING} "  # noqa: S608 - no outside text: names are ours
                + self._on_conflict(rows.column_names, "EXCLUDED.{}")
            )
            cursor.execute(f"DROP TABLE {_ARRIVING}")

    def _statement(self, columns: Sequence[str]) -> str:
        quote = connection.ops.quote_name
        names = ", ".join(map(quote, columns))
        places = ", ".join(["%s"] * len(columns))
        table = quote(self.model._meta.db_table)
        start = f"INSERT INTO {table} ({names}) VALUES ({places}) "  # noqa: S608 - no outside text: names are ours
        if connection.vendor == "mysql":
            return start + "ON DUPLICATE KEY UPDATE " + self._settings(columns, "VALUES({})")
        return start + self._on_conflict(columns, "EXCLUDED.{}")

    def _on_conflict(self, columns: Sequence[str], arriving: str) -> str:
        key = connection.ops.quote_name(self.key)
        return f"ON CONFLICT ({key}) DO UPDATE SET {self._settings(columns, arriving)}"

    def _settings(self, columns: Sequence[str], arriving: str) -> str:
        quoted = map(
            connection.ops.quote_name,
            (name for name in columns if name != self.key and name not in self.kept),
        )
        return ", ".join(f"{name} = {arriving.format(name)}" for name in quoted)


def _parts(rows: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, rows.num_rows, _ROWS_AT_ONCE):
        yield _dates_as_text(rows.slice(start, _ROWS_AT_ONCE))


def _dates_as_text(rows: pa.Table) -> pa.Table:
    """Return it with dates as ISO text, which every database takes, without drivers' adapters."""
    kinds = [
        kind.with_type(pa.string()) if pa.types.is_date(kind.type) else kind for kind in rows.schema
    ]
    return rows.cast(pa.schema(kinds))


def _tuples(rows: pa.Table) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in rows.columns), strict=True)


def _as_csv(rows: pa.Table) -> bytes:
    sink = BytesIO()
    # Every value is quoted, because only an unquoted nothing is NULL to PostgreSQL.
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid")
    pyarrow.csv.write_csv(rows, sink, options)
    return sink.getvalue()
