"""The lake's current truth once more, as tables of a PostgreSQL database.

The files stay the truth. The mirror notes which version of which day or month it holds and replaces
one file's units in one transaction, so that whoever reads `plenty_articles` sees whole days only.
"""

import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from psycopg import sql

from umschlag.kernel.progress import Progress, untold
from umschlag.storage.lake.datasets import (
    ARTICLE_DAYS,
    BUNDLE_PARTS,
    DEMAND_FORECASTS,
    MARKETPLACE_FORECASTS,
    RECEIPTS,
    SALES,
    SELLERBOARD_DAYS,
    WAREHOUSE_DAYS,
    Cut,
    Dataset,
)
from umschlag.storage.lake.engine import EngineUnavailable
from umschlag.storage.lake.files import Files
from umschlag.storage.lake.sources import Part, UnitVersion, current_parts

Connection = psycopg.Connection[tuple[object, ...]]

MIRRORED: Mapping[str, Dataset] = {
    "plenty_articles": ARTICLE_DAYS,
    "plenty_warehouse_days": WAREHOUSE_DAYS,
    "plenty_bundle_parts": BUNDLE_PARTS,
    "plenty_receipts": RECEIPTS,
    "plenty_sales": SALES,
    "plenty_sellerboard_days": SELLERBOARD_DAYS,
    "plenty_demand_forecasts": DEMAND_FORECASTS,
    "plenty_marketplace_forecasts": MARKETPLACE_FORECASTS,
}
TABLE_OF = {dataset.name: table for table, dataset in MIRRORED.items()}
_UNITS_TABLE = "plenty_lake_units"
_MONTH_COLUMN = "lake_month"
_COLUMN_TYPES = {
    # The bytes' order, as the other engines have it; the database's own may be a language's.
    pa.string(): 'text collate "C"',
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.float64(): "double precision",
}
_ROWS_AT_ONCE = 50_000
_LOCK = 7_331_150_421
"""Any number that nothing else in the database locks by."""


def held_units(connection: Connection) -> dict[str, set[UnitVersion]]:
    """Return what the mirror holds, by data set."""
    held: dict[str, set[UnitVersion]] = {name: set() for name in TABLE_OF}
    rows = connection.execute(
        f"select dataset, unit, version, published_at from {_UNITS_TABLE}"  # noqa: S608 - ours
    )
    for dataset, unit, version, published_at in rows:
        held[dataset].add(UnitVersion(unit, version, published_at))  # type: ignore[index, arg-type] # the columns are not null
    return held


def lacking(parts: Iterable[Part], held: Collection[UnitVersion]) -> Iterator[Part]:
    """Yield of the parts what is not held, as parts."""
    for part in parts:
        units = tuple(unit for unit in part.units if unit not in held)
        if not units:
            continue
        if len(units) == len(part.units):
            yield part
        else:
            days = tuple(date.fromisoformat(unit.name) for unit in units)
            yield replace(part, units=units, only_days=days)


def unit_column(dataset: Dataset) -> str:
    """Return the column of the mirror that tells which unit a row belongs to."""
    return "business_date" if dataset.cut is Cut.DAY else _MONTH_COLUMN


def prepare(connection: Connection) -> None:
    """Make the tables that are missing, and anew those that an older version made.

    Raises:
        EngineUnavailable: a table of such a name is there that is not ours.
    """
    if not _unlike(connection):
        return
    with connection.transaction():
        _lock(connection)
        unlike = _unlike(connection)
        if _UNITS_TABLE in unlike:
            unlike = {_UNITS_TABLE: unlike[_UNITS_TABLE]} | {
                table: _is_there(connection, table) for table in MIRRORED
            }
        for table, is_there in unlike.items():
            if is_there:
                connection.execute(sql.SQL("drop table {}").format(sql.Identifier(table)))
            _create(connection, table)


def follow(
    connection: Connection,
    files: Files,
    dataset: Dataset,
    *,
    units: Collection[str] | None = None,
    progress: Progress = untold,
) -> int:
    """Bring the data set's units to the current truth; return how many were loaded.

    `units` names those that matter; None: all, and what the catalogue no longer has goes. Two
    processes may be at it: each file is loaded by one of them.
    """
    loaded = 0
    while True:
        with connection.transaction():
            _lock(connection)
            # Read anew under the lock each time: nobody may bring an older version back.
            current = current_parts(dataset)
            held = held_units(connection)[dataset.name]
            due = [part for part in lacking(current, held) if _matters(part, units)]
            if not due:
                if units is None:
                    _drop_gone(connection, dataset, current, held)
                return loaded
            part = _only(due[0], units)
            _load(connection, files, dataset, part)
        loaded += len(part.units)
        left = sum(len(part.units) for part in due)
        progress(loaded, loaded + left - len(part.units), f"{dataset.name} {part.units[-1].name}")


def rows_of(files: Files, dataset: Dataset, part: Part) -> Iterator[pa.Table]:
    """Yield the part's rows, some at a time."""
    days = None if part.only_days is None else pa.array(part.only_days, pa.date32())
    with pq.ParquetFile(files.local(part.path)) as reader:
        for batch in reader.iter_batches(_ROWS_AT_ONCE, columns=dataset.columns.names):
            rows = pa.Table.from_batches([batch])
            if days is not None:
                rows = rows.filter(pc.is_in(rows["business_date"], value_set=days))
            yield rows


def copy_rows(connection: Connection, table: str, tables: Iterable[pa.Table]) -> None:
    """Append the rows to the table, whose columns are named as theirs.

    Raises:
        EngineUnavailable: the database took in another number of rows than it was sent.
    """
    sent = 0
    cursor = connection.cursor()
    for rows in tables:
        names = sql.SQL(", ").join(map(sql.Identifier, rows.column_names))
        statement = sql.SQL("copy {} ({}) from stdin (format csv)")
        with cursor.copy(statement.format(sql.Identifier(table), names)) as copy:
            copy.write(_csv(rows))
        if cursor.rowcount != rows.num_rows:
            raise EngineUnavailable(
                f"PostgreSQL took in {cursor.rowcount} of {rows.num_rows} rows of {table}; "
                "nothing of them counts. Please report this"
            )
        sent += rows.num_rows


def columns_ddl(dataset: Dataset) -> str:
    """Return the data set's columns as PostgreSQL declares them."""
    return ", ".join(f"{column.name} {_COLUMN_TYPES[column.type]}" for column in dataset.columns)


def _csv(rows: pa.Table) -> bytes:
    for place, column in enumerate(rows.columns):
        if column.type == pa.string():
            # The one character that PostgreSQL cannot store in a text.
            clean = pc.replace_substring(column, "\x00", "\ufffd")
            rows = rows.set_column(place, rows.column_names[place], clean)
    sink = io.BytesIO()
    # NULL is written as nothing and an empty text in quotes, which is how PostgreSQL tells them.
    pa_csv.write_csv(rows, sink, pa_csv.WriteOptions(include_header=False))
    return sink.getvalue()


def _lock(connection: Connection) -> None:
    """Wait until no other process writes to the mirror; ends with the transaction."""
    connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK])


def _matters(part: Part, units: Collection[str] | None) -> bool:
    return units is None or any(unit.name in units for unit in part.units)


def _only(part: Part, units: Collection[str] | None) -> Part:
    if units is None:
        return part
    unwanted = {unit for unit in part.units if unit.name not in units}
    return next(lacking([part], unwanted))


def _load(connection: Connection, files: Files, dataset: Dataset, part: Part) -> None:
    names = [unit.name for unit in part.units]
    _forget(connection, dataset, names)
    month = pa.scalar(names[0])

    def told_by_month() -> Iterator[pa.Table]:
        for rows in rows_of(files, dataset, part):
            if dataset.cut is Cut.DAY:
                yield rows
            else:
                yield rows.append_column(_MONTH_COLUMN, pa.repeat(month, rows.num_rows))

    copy_rows(connection, TABLE_OF[dataset.name], told_by_month())
    connection.cursor().executemany(
        f"insert into {_UNITS_TABLE} (dataset, unit, version, published_at) "  # noqa: S608 - ours
        "values (%s, %s, %s, %s)",
        [(dataset.name, *unit) for unit in part.units],
    )


def _drop_gone(
    connection: Connection, dataset: Dataset, current: Sequence[Part], held: Collection[UnitVersion]
) -> None:
    listed = {unit.name for part in current for unit in part.units}
    gone = [unit.name for unit in held if unit.name not in listed]
    if gone:
        _forget(connection, dataset, gone)


def _forget(connection: Connection, dataset: Dataset, names: Sequence[str]) -> None:
    kind = "date[]" if dataset.cut is Cut.DAY else "text[]"
    connection.execute(
        f"delete from {TABLE_OF[dataset.name]} "  # noqa: S608 - ours
        f"where {unit_column(dataset)} = any(%s::{kind})",
        [list(names)],
    )
    connection.execute(
        f"delete from {_UNITS_TABLE} where dataset = %s and unit = any(%s)",  # noqa: S608 - ours
        [dataset.name, list(names)],
    )


_UNITS_DDL = (
    "dataset text, unit text, version integer not null, published_at timestamptz not null, "
    "primary key (dataset, unit)"
)


def _ddl(table: str) -> str:
    if table == _UNITS_TABLE:
        return _UNITS_DDL
    dataset = MIRRORED[table]
    month = "" if dataset.cut is Cut.DAY else f", {_MONTH_COLUMN} text not null"
    return columns_ddl(dataset) + month


def _comment(table: str) -> str:
    """Return what marks a table as ours, and as being of this shape."""
    return f"Written by Umschlag from its lake; change nothing here. Columns: {_ddl(table)}"


def _is_there(connection: Connection, table: str) -> bool:
    found = connection.execute("select to_regclass(%s) is not null", [table]).fetchone()
    return bool(found and found[0])


def _unlike(connection: Connection) -> dict[str, bool]:
    """Return the tables that are not as they should be, and whether they are there at all."""
    names = [_UNITS_TABLE, *MIRRORED]
    rows = connection.execute(
        "select name, to_regclass(name) is not null, "
        "coalesce(obj_description(to_regclass(name), 'pg_class'), '') "
        "from unnest(%s::text[]) with ordinality as asked (name, place) order by place",
        [names],
    )
    unlike = {}
    for name, is_there, comment in rows:
        table = str(name)
        if is_there and not str(comment).startswith("Written by Umschlag"):
            raise EngineUnavailable(
                f"PostgreSQL has a table {table} that Umschlag did not make. Give the lake a "
                "schema of its own, by ?options=-csearch_path%3Dumschlag in UMSCHLAG_LAKE_URL"
            )
        if not is_there or comment != _comment(table):
            unlike[table] = bool(is_there)
    return unlike


def _create(connection: Connection, table: str) -> None:
    connection.execute(f"create table {table} ({_ddl(table)})")
    statement = sql.SQL("comment on table {} is {}")
    connection.execute(statement.format(sql.Identifier(table), sql.Literal(_comment(table))))
    if table == _UNITS_TABLE:
        return
    dataset = MIRRORED[table]
    for columns in ("sku, business_date", unit_column(dataset)):
        connection.execute(f"create index on {table} ({columns})")
    connection.execute(
        f"delete from {_UNITS_TABLE} where dataset = %s",  # noqa: S608 - ours
        [dataset.name],
    )
