"""The one place that knows DuckDB's Python calls."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb
import pyarrow as pa

from umschlag.kernel.errors import BadInput
from umschlag.storage.lake.engine import Asked, ReadsFiles
from umschlag.storage.lake.files import Files
from umschlag.storage.lake.questions import translated
from umschlag.storage.lake.sources import Part, Source

_HUGE_INTEGER = pa.decimal128(38, 0)
ROWS_A_GROUP = 20_480
"""A multiple of DuckDB's vectors (2,048); small enough to skip what one SKU does not need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuckDbEngine(ReadsFiles):
    """Answers each query on a connection of its own; together they keep to the limits."""

    threads: int = 2
    memory_limit: str = "1GB"

    def run(self, asked: Asked) -> pa.Table:
        """Return the query's rows; the tables it can name are the sources, nothing else.

        Raises:
            BadInput: the query is wrong or a parameter does not fit it.
        """
        sql = _query(asked)
        instance = _instance(self.threads, self.memory_limit, os.getpid())
        with _offering(instance.cursor(), asked) as connection:
            try:
                relation = connection.sql(sql, params=dict(asked.parameters) or None)
                return _with_plain_integers(relation.to_arrow_table())
            except duckdb.IOException:
                # A file that cannot be read is our fault, not the question's.
                raise
            except duckdb.Error as error:
                raise BadInput(f"the lake cannot answer: {error}") from error

    def write(self, asked: Asked, target: Path, *, scratch: Path) -> None:
        """Write the query's rows into a Parquet file; what memory cannot hold goes to `scratch`.

        Raises:
            OSError: there is no room, or a file cannot be read.
        """
        sql = _query(asked)
        # An instance of its own, because these settings hold for all connections of one.
        with _offering(_opened(self.threads, self.memory_limit), asked) as connection:
            connection.execute(f"SET temp_directory = {_quoted(scratch)}")
            connection.execute("SET preserve_insertion_order = true")
            try:
                connection.execute(
                    f"COPY ({sql}) TO {_quoted(target)} "
                    f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_A_GROUP})"
                )
            except duckdb.IOException as error:
                raise OSError(str(error)) from error


@lru_cache(maxsize=4)
def _instance(threads: int, memory_limit: str, process_id: int) -> duckdb.DuckDBPyConnection:
    """Return the process' one instance of these limits: opening one costs 30 ms, a cursor one.

    What is opened does not survive a fork, so the process' id is part of the key.
    """
    del process_id
    return _opened(threads, memory_limit)


def _opened(threads: int, memory_limit: str) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": str(threads),
        "memory_limit": memory_limit,
        # Nothing is ever fetched from outside while a question is answered.
        "autoinstall_known_extensions": "false",
    }
    instance = duckdb.connect(":memory:", config=config)
    # Where a file's columns lie may be remembered: no file ever changes under its name.
    instance.execute("SET GLOBAL parquet_metadata_cache = true")
    return instance


@contextmanager
def _offering(
    connection: duckdb.DuckDBPyConnection, asked: Asked
) -> Iterator[duckdb.DuckDBPyConnection]:
    with connection:
        # Its own bar would be drawn over ours.
        connection.execute("SET enable_progress_bar = false")
        for name, source in asked.sources.items():
            if not _is_query(source):
                # Temporary, so that each connection has its own and questions do not meet.
                connection.register(name, _given_rows(source))
        yield connection


def _with_plain_integers(table: pa.Table) -> pa.Table:
    """Return sums of integers as 64-bit ones; DuckDB makes them 128 bits wide, others do not."""
    fields = [
        field.with_type(pa.int64()) if field.type == _HUGE_INTEGER else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def _query(asked: Asked) -> str:
    """Return the question with the queries behind its tables put before it.

    As views of the connection they would be bound twice, which costs a small question a third of
    its time.
    """
    defined = [
        f'"{name}" AS NOT MATERIALIZED ({_rows_of(source, asked.files)})'
        for name, source in asked.sources.items()
        if _is_query(source)
    ]
    sql = translated(asked.question.sql, "duckdb")
    if not defined:
        return sql
    own = sql.removeprefix("WITH ")
    return f"WITH {', '.join(defined)}{' ' if own == sql else ', '}{own}"


def _is_query(source: Source) -> bool:
    return bool(source.view) or (source.rows is None and bool(source.parts))


def _given_rows(source: Source) -> pa.Table:
    return source.dataset.columns.empty_table() if source.rows is None else source.rows


def _rows_of(source: Source, files: Files) -> str:
    if source.view:
        return translated(source.view, "duckdb")
    # Paths and days, which we made ourselves, are quoted here; only the question's are bound.
    # Files are always listed: a glob would also find unpublished and superseded ones.
    columns = ", ".join(f'"{column}"' for column in source.dataset.columns.names)
    whole = [part for part in source.parts if part.only_days is None]
    scans = [_scan(columns, whole, files)] if whole else []
    for part in source.parts:
        if part.only_days is not None:
            days = ", ".join(f"DATE '{day.isoformat()}'" for day in part.only_days)
            scans.append(f"{_scan(columns, [part], files)} WHERE business_date IN ({days})")
    return " UNION ALL ".join(scans)


def _scan(columns: str, parts: Sequence[Part], files: Files) -> str:
    paths = ", ".join(_quoted(files.local(part.path)) for part in parts)
    return f"SELECT {columns} FROM read_parquet([{paths}])"  # noqa: S608 - no outside text: names are ours


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
