"""The history by changes: runs of equal snapshots of one SKU, made from rows sorted by SKU."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from umschlag.storage.lake.datasets import ARTICLE_DAYS, ARTICLE_SPANS
from umschlag.storage.lake.duckdb_engine import ROWS_A_GROUP

_ROWS_AT_ONCE = 500_000
_STATE = [name for name in ARTICLE_DAYS.columns.names if name != "business_date"]


def spans_of(rows: pq.ParquetFile, *, business_dates: Sequence[date]) -> Iterator[pa.Table]:
    """Yield the spans of a month's rows, which are sorted by SKU and business date.

    `business_dates` are the month's snapshots: a SKU that is missing from one of them starts a new
    span afterwards. A run is cut where a batch of rows ends in a SKU, so that it is never held
    whole in memory; that costs a span more now and then and says the same.
    """
    for batch in rows.iter_batches(batch_size=_ROWS_AT_ONCE):
        yield _spans(pa.Table.from_batches([batch]), business_dates)


def joined_spans(spans: pq.ParquetFile, *, business_dates: Sequence[date]) -> Iterator[pa.Table]:
    """Yield the spans of several months, sorted by SKU and first day, joined where they go on.

    `business_dates` are the snapshots of all these months, oldest first.
    """
    for batch in spans.iter_batches(batch_size=_ROWS_AT_ONCE):
        yield _joined(pa.Table.from_batches([batch]), business_dates)


def write_spans(spans: Iterator[pa.Table], target: Path) -> int:
    """Write the spans into a Parquet file and return how many there are."""
    count = 0
    with pq.ParquetWriter(
        target,
        ARTICLE_SPANS.columns,
        compression="zstd",
        use_dictionary=ARTICLE_SPANS.dictionary_columns,
    ) as writer:
        for table in spans:
            writer.write_table(table, row_group_size=ROWS_A_GROUP)
            count += table.num_rows
    return count


def _spans(rows: pa.Table, business_dates: Sequence[date]) -> pa.Table:
    days = rows["business_date"]
    place = _places(days, business_dates)
    is_seen = pc.equal(rows["last_seen_date"], days)
    # Seen on the day itself says the same on every day, and only then may two days be one run.
    last_seen = pc.if_else(is_seen, pa.scalar(None, pa.date32()), rows["last_seen_date"])
    states = rows.set_column(rows.column_names.index("last_seen_date"), "last_seen_date", last_seen)
    is_first = _changed(states)
    is_first[1:] |= np.diff(place) != 1
    first = np.flatnonzero(is_first)
    last = np.append(first[1:], rows.num_rows) - 1
    spans = states.take(first)
    ends = pc.add(days.take(last), pa.scalar(timedelta(days=1), pa.duration("s")))
    columns = {name: spans[name] for name in _STATE} | {
        "from_date": spans["business_date"],
        "until_date": ends.cast(pa.date32()),
        "day_count": pa.array((last - first + 1).astype(np.int32)),
    }
    return pa.table({name: columns[name] for name in ARTICLE_SPANS.columns.names}).cast(
        ARTICLE_SPANS.columns
    )


def _joined(spans: pa.Table, business_dates: Sequence[date]) -> pa.Table:
    place = _places(spans["from_date"], business_dates)
    day_count = spans["day_count"].to_numpy()
    is_first = _changed(spans)
    is_first[1:] |= place[1:] != (place + day_count)[:-1]
    first = np.flatnonzero(is_first)
    last = np.append(first[1:], spans.num_rows) - 1
    columns = {name: spans[name].take(first) for name in (*_STATE, "from_date")} | {
        "until_date": spans["until_date"].take(last),
        "day_count": pa.array(np.add.reduceat(day_count, first)),
    }
    return pa.table({name: columns[name] for name in ARTICLE_SPANS.columns.names}).cast(
        ARTICLE_SPANS.columns
    )


def _places(days: pa.ChunkedArray, business_dates: Sequence[date]) -> NDArray[np.int64]:
    """Return each day's number among the snapshots."""
    found = pc.index_in(days, value_set=pa.array(business_dates, pa.date32()))
    places: NDArray[np.int64] = found.to_numpy()
    return places


def _changed(states: pa.Table) -> NDArray[np.bool_]:
    """Return which rows differ from the one before in any column of the state."""
    changed = np.zeros(states.num_rows, dtype=bool)
    changed[:1] = True
    for name in _STATE:
        column = states[name].combine_chunks()
        earlier, later = column.slice(0, len(column) - 1), column.slice(1)
        differs = pc.fill_null(pc.not_equal(earlier, later), False)
        differs = pc.or_(differs, pc.xor(pc.is_null(earlier), pc.is_null(later)))
        changed[1:] |= differs.to_numpy(zero_copy_only=False)
    return changed
