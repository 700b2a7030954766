"""Answers questions in PostgreSQL, from the mirror that it keeps of the lake's current truth."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import ClassVar

import psycopg
import pyarrow as pa
from psycopg import errors

from umschlag.kernel.errors import BadInput
from umschlag.kernel.progress import Progress, untold
from umschlag.storage.lake.datasets import Cut, Dataset
from umschlag.storage.lake.engine import Asked, EngineUnavailable
from umschlag.storage.lake.files import Files
from umschlag.storage.lake.postgresql_mirror import (
    MIRRORED,
    TABLE_OF,
    Connection,
    columns_ddl,
    copy_rows,
    follow,
    held_units,
    lacking,
    prepare,
    rows_of,
    unit_column,
)
from umschlag.storage.lake.questions import translated
from umschlag.storage.lake.sources import Part, Source, UnitVersion, current_parts

_CONNECT_SECONDS_MAX = 10
_REMEDY = (
    "is the server up, and may the user of UMSCHLAG_LAKE_URL log in, create tables and temporary "
    "tables? Without UMSCHLAG_LAKE_URL the lake's own files answer"
)
_ARROW_TYPES = {
    "bool": pa.bool_(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "text": pa.string(),
    "date": pa.date32(),
    "float8": pa.float64(),
    # Sums of 64-bit integers; all of the lake's columns are whole numbers.
    "numeric": pa.int64(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresqlEngine:
    """Answers each question on a connection of its own, from one state of the mirror."""

    url: str = field(repr=False)
    """``postgresql://user:password@host/database``; it holds a password."""
    reads_spans: ClassVar[bool] = False

    def run(self, asked: Asked) -> pa.Table:
        """Return the query's rows; the tables it can name are the sources, nothing else.

        Current days that the mirror lacks are taken over first; what is no longer the current
        truth is read from the files.

        Raises:
            BadInput: the query is wrong or a parameter does not fit it.
            EngineUnavailable: the database cannot be reached, or refuses us.
        """
        with self._connected() as connection:
            _catch_up(connection, asked)
            # All that follows sees one state, whoever replaces days meanwhile.
            with connection.transaction(force_rollback=True):
                connection.execute("set transaction isolation level repeatable read")
                offer = _Offer(
                    connection=connection, files=asked.files, held=held_units(connection)
                )
                for name, source in asked.sources.items():
                    offer.put(name, source)
                return _answer(connection, asked)

    def follow(
        self,
        files: Files,
        *,
        published: Mapping[str, Collection[str]] | None = None,
        progress: Progress = untold,
    ) -> int:
        """Copy into the mirror what it lacks; return how many days and months that were.

        Raises:
            EngineUnavailable: the database cannot be reached, or refuses us.
        """
        loaded = 0
        with self._connected() as connection:
            for table, dataset in MIRRORED.items():
                if published is None:
                    loaded += follow(connection, files, dataset, progress=progress)
                    # So that it knows at once what it holds, and plans by that.
                    connection.execute(f"analyze {table}")
                elif dataset.name in published:
                    units = published[dataset.name]
                    loaded += follow(connection, files, dataset, units=units)
        return loaded

    def behind(self) -> Mapping[str, Collection[str]]:
        """Return the days and months by data set that the mirror has yet to take over.

        Raises:
            EngineUnavailable: the database cannot be reached, or refuses us.
        """
        with self._connected() as connection:
            held = held_units(connection)
        names = {
            name: _names(lacking(current_parts(dataset), held[name]))
            for dataset in MIRRORED.values()
            for name in [dataset.name]
        }
        return {name: units for name, units in names.items() if units}

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            connection = psycopg.connect(
                self.url,
                autocommit=True,
                connect_timeout=_CONNECT_SECONDS_MAX,
                application_name="umschlag",
            )
        except psycopg.ProgrammingError:
            # Its text may repeat the address, and with it the password.
            raise EngineUnavailable(
                "UMSCHLAG_LAKE_URL is no address of PostgreSQL; write it as "
                "postgresql://user:password@host:5432/database"
            ) from None
        except psycopg.Error as error:
            raise _unavailable(error) from error
        with connection:
            try:
                connection.execute("set time zone 'UTC'")
                # A crash may lose the last units taken over: they are taken over once more.
                connection.execute("set synchronous_commit = off")
                prepare(connection)
                yield connection
            except psycopg.Error as error:
                raise _unavailable(error) from error


def _unavailable(error: psycopg.Error) -> EngineUnavailable:
    return EngineUnavailable(f"PostgreSQL cannot answer: {_first_line(error)}; {_REMEDY}")


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().partition("\n")[0]


def _names(parts: Iterator[Part]) -> list[str]:
    return [unit.name for part in parts for unit in part.units]


def _catch_up(connection: Connection, asked: Asked) -> None:
    """Take over what the question needs and the mirror lacks, where it is the current truth."""
    held = held_units(connection)
    for source in asked.sources.values():
        units = _names(lacking(source.parts, held.get(source.dataset.name, ())))
        if units:
            follow(connection, asked.files, source.dataset, units=units)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """Puts the question's tables before PostgreSQL, from one state of the mirror."""

    connection: Connection
    files: Files
    held: Mapping[str, Collection[UnitVersion]]

    def put(self, name: str, source: Source) -> None:
        """Make the table or view of that name, which ends with the transaction."""
        if source.view:
            self._make_view(name, source.view)
        elif source.parts:
            self._make_view(name, self._selects(name, source))
        else:
            rows = [] if source.rows is None else [source.rows]
            self._make_table(name, source.dataset, rows)

    def _selects(self, name: str, source: Source) -> str:
        """Return the query for the rows: from the mirror, and what that lacks from the files."""
        dataset, held = source.dataset, self.held[source.dataset.name]
        columns = ", ".join(dataset.columns.names)
        wanted = {unit.name for part in source.parts for unit in part.units if unit in held}
        condition = _condition(dataset, wanted, {unit.name for unit in held})
        query = f"select {columns} from {TABLE_OF[dataset.name]} where {condition}"  # noqa: S608 - ours
        missing = list(lacking(source.parts, held))
        if missing:
            extra = f"{name}_from_files"
            tables = (rows_of(self.files, dataset, part) for part in missing)
            self._make_table(extra, dataset, chain.from_iterable(tables))
            query += f" union all select {columns} from {extra}"  # noqa: S608 - ours
        return query

    def _make_view(self, name: str, query: str) -> None:
        self.connection.execute(f"create temporary view {name} as {query}")

    def _make_table(self, name: str, dataset: Dataset, rows: Iterable[pa.Table]) -> None:
        columns = columns_ddl(dataset)
        self.connection.execute(f"create temporary table {name} ({columns}) on commit drop")
        copy_rows(self.connection, name, rows)
        self.connection.execute(f"analyze {name}")


def _condition(dataset: Dataset, wanted: Collection[str], held: Collection[str]) -> str:
    """Return what tells the wanted units from the others, as plainly as it can be said."""
    if not wanted:
        return "false"
    column = unit_column(dataset)
    kind = "date " if dataset.cut is Cut.DAY else ""
    first, last = min(wanted), max(wanted)
    # A view cannot take parameters; the names of days and months are ours and hold no quote.
    if sum(first <= unit <= last for unit in held) == len(wanted):
        return f"{column} between {kind}'{first}' and {kind}'{last}'"
    listed = ", ".join(f"{kind}'{unit}'" for unit in sorted(wanted))
    return f"{column} in ({listed})"


def _make_table(connection: Connection, name: str, dataset: Dataset) -> None:
    connection.execute(f"create temporary table {name} ({columns_ddl(dataset)}) on commit drop")


def _answer(connection: Connection, asked: Asked) -> pa.Table:
    query = _with_plain_percents(translated(asked.question.sql, "postgres"), asked.parameters)
    try:
        cursor = connection.cursor(binary=True)
        cursor.execute(query, dict(asked.parameters))
        return _arrow(cursor)
    except (psycopg.OperationalError, psycopg.InterfaceError, errors.InsufficientPrivilege):
        raise
    except (psycopg.Error, pa.ArrowInvalid) as error:
        raise BadInput(f"the lake cannot answer: {error}") from error


def _with_plain_percents(query: str, parameters: Mapping[str, object]) -> str:
    """Return the query with every percent sign doubled that does not start a parameter."""
    names = "|".join(map(re.escape, parameters)) or "$^"
    return re.sub(rf"%(?!\((?:{names})\)s)", "%%", query)


def _arrow(cursor: psycopg.Cursor[tuple[object, ...]]) -> pa.Table:
    described = cursor.description or []
    names = [column.name for column in described]
    types = [column.type_display for column in described]
    unknown = [kind for kind in types if kind not in _ARROW_TYPES]
    if unknown:
        raise BadInput(f"an answer of PostgreSQL's type {unknown[0]} has no like on other engines")
    rows = cursor.fetchall()
    columns: Sequence[Sequence[object]] = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = [
        pa.array(_whole(name, column) if kind == "numeric" else column, _ARROW_TYPES[kind])
        for name, kind, column in zip(names, types, columns, strict=True)
    ]
    return pa.table(arrays, names=names)


def _whole(name: str, values: Sequence[object]) -> list[int | None]:
    """Return sums of integers as such; a mean would come as a decimal here and nowhere else."""
    whole = []
    for value in values:
        if isinstance(value, Decimal) and value != value.to_integral_value():
            raise BadInput(f"{name} is a decimal: average numbers as double precision", field=name)
        whole.append(None if value is None else int(value))  # type: ignore[call-overload] # a Decimal
    return whole
