"""The one place that knows DuckDB's Python calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from umschlag.kernel.errors import BadInput

_HUGE_INTEGER = pa.decimal128(38, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a table's rows are: exactly these files, or nowhere yet."""

    columns: pa.Schema
    files: Sequence[Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class DuckDbEngine:
    """Answers one query at a time, each on a connection of its own."""

    threads: int = 2
    memory_limit: str = "1GB"

    def run(
        self, sql: str, *, parameters: Mapping[str, object], sources: Mapping[str, Source]
    ) -> pa.Table:
        """Return the query's rows; the tables it can name are the sources, nothing else.

        Raises:
            BadInput: the query is wrong or a parameter does not fit it.
        """
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": str(self.threads),
            "memory_limit": self.memory_limit,
            # Nothing is ever fetched from outside while a question is answered.
            "autoinstall_known_extensions": "false",
        }
        with duckdb.connect(":memory:", config=config) as connection:
            for name, source in sources.items():
                _offer(connection, name, source)
            try:
                relation = connection.sql(sql, params=dict(parameters) or None)
                return _with_plain_integers(relation.to_arrow_table())
            except duckdb.IOException:
                # A file that cannot be read is our fault, not the question's.
                raise
            except duckdb.Error as error:
                raise BadInput(f"the lake cannot answer: {error}") from error


def _with_plain_integers(table: pa.Table) -> pa.Table:
    """Return sums of integers as 64-bit ones; DuckDB makes them 128 bits wide, others do not."""
    fields = [
        field.with_type(pa.int64()) if field.type == _HUGE_INTEGER else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def _offer(connection: duckdb.DuckDBPyConnection, name: str, source: Source) -> None:
    if not source.files:
        connection.register(name, source.columns.empty_table())
        return
    # A view cannot take parameters, so the paths, which we made ourselves, are quoted here. Files
    # are always listed: a glob would also find unpublished and superseded ones.
    paths = ", ".join("'" + str(path).replace("'", "''") + "'" for path in source.files)
    columns = ", ".join(f'"{column}"' for column in source.columns.names)
    connection.execute(f'CREATE VIEW "{name}" AS SELECT {columns} FROM read_parquet([{paths}])')  # noqa: S608 - no outside text: names are ours
