"""The records' articles and the newest day in the lake: brought in line, and held together."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from umschlag.intelligence.snapshots.model import ArticleMaster, ArticleState
from umschlag.storage.lake.datasets import ARTICLE_DAYS
from umschlag.storage.lake.lake import Lake
from umschlag.storage.records import lake_files
from umschlag.storage.records.articles import (
    DayRef,
    articles_state,
    forget_articles,
    set_articles_state,
    told_articles,
    write_articles,
)

_TOLD_FIELDS = (
    *(part.name for part in fields(ArticleMaster) if part.name not in ("sku", "created_date")),
    *(part.name for part in fields(ArticleState) if part.name not in ("master", "last_seen_date")),
)
_COMPARED = (*_TOLD_FIELDS, "last_seen_date")
_TEXT_LENGTHS = {"name": 250, "manufacturer": 120, "category": 120, "supplier": 120}
_SCHEMA = pa.schema([ARTICLE_DAYS.columns.field(name) for name in ("sku", *_COMPARED)])
_DATE = pa.date32()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An article whose record is not what the newest day says."""

    sku: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The records' articles held against the newest day in the lake."""

    business_date: date | None
    """The newest day; None before the first."""
    records_date: date | None
    """The day that the records say they stand at."""
    missing: Sequence[str] = ()
    """SKUs that the day has and the records lack."""
    extra: Sequence[str] = ()
    """SKUs that a snapshot told, by the records, and that the day does not know."""
    different: Sequence[Difference] = ()

    @property
    def agrees(self) -> bool:
        """Whether there is nothing to repair."""
        is_same_day = self.business_date == self.records_date
        return is_same_day and not (self.missing or self.extra or self.different)


def newest_day(lake: Lake) -> DayRef | None:
    """Return the newest day in the lake with its version, None before the first."""
    newest = lake.newest_business_date()
    return None if newest is None else day_ref(newest)


def day_ref(business_date: date) -> DayRef | None:
    """Return the day's current version, None where it has no snapshot."""
    version = lake_files.version_on(ARTICLE_DAYS.name, business_date)
    return None if version is None else DayRef(business_date=business_date, version=version)


def records_are_behind(lake: Lake) -> bool:
    """Tell at the cost of two small queries whether records and lake stand at different days.

    So after one of them alone was restored. It does not see single rows that were changed.
    """
    state = articles_state()
    return newest_day(lake) != (state.day if state else None)


def compare_current(lake: Lake) -> Comparison:
    """Hold every article's record against the newest day in the lake, field by field."""
    newest, state = newest_day(lake), articles_state()
    records_date = state.day.business_date if state else None
    target = _EMPTY
    if newest is not None:
        day = newest.business_date
        target = _told_rows(lake.read_day(ARTICLE_DAYS.name, day), day)
    known = _recorded_rows()
    is_there = pc.is_in(target["sku"], value_set=known["sku"])
    both = target.filter(is_there)
    others = known.take(pc.index_in(both["sku"], value_set=known["sku"]).combine_chunks())
    faults: dict[int, list[str]] = {}
    for name in _COMPARED:
        for place in pc.indices_nonzero(_unequal(both[name], others[name])).to_pylist():
            faults.setdefault(place, []).append(name)
    return Comparison(
        business_date=newest.business_date if newest else None,
        records_date=records_date,
        missing=target["sku"].filter(pc.invert(is_there)).to_pylist(),
        extra=_without(known, target).to_pylist(),
        different=[
            Difference(sku=both["sku"][place].as_py(), fields=tuple(names))
            for place, names in sorted(faults.items())
        ],
    )


def repair_current(lake: Lake) -> int:
    """Bring the records' articles to the newest day in the lake; return how many were written."""
    with transaction.atomic():
        articles_state(locked=True)
        newest = newest_day(lake)
        if newest is None:
            return 0
        table = lake.read_day(ARTICLE_DAYS.name, newest.business_date)
        return bring_current(newest, table, former=None, business_dates=lake.business_dates())


def bring_current(
    day: DayRef, table: pa.Table, *, former: pa.Table | None, business_dates: Sequence[date]
) -> int:
    """Bring the articles to the newest day's `article_days`; return how many rows were written.

    Only rows that differ are written: from the `former` day's rows, where the records stand at
    that day, else from the records themselves. Articles that no snapshot knows, as after an
    import of sales, stay as they are. Call it in the transaction that makes the day visible.
    `business_dates` are all days with a snapshot, this one included, oldest first.
    """
    target = _told_rows(table, day.business_date)
    known = _recorded_rows() if former is None else _former_rows(former)
    changed = target.filter(_differs(target, known))
    write_articles(_as_records(changed, day.business_date, business_dates))
    gone = _without(known, target).to_pylist()
    forget_articles(gone)
    set_articles_state(day)
    return int(changed.num_rows) + len(gone)


def _told_rows(table: pa.Table, business_date: date) -> pa.Table:
    """Return what a day's `article_days` say, as the records keep it.

    Texts are cut to their columns. The day an article was last seen stands with vanished ones
    alone; of the others it is the day of the snapshot, which is not written to every row.
    """
    columns = {name: table[name] for name in _SCHEMA.names}
    for name, length in _TEXT_LENGTHS.items():
        if (pc.max(pc.utf8_length(columns[name])).as_py() or 0) > length:
            columns[name] = pc.utf8_slice_codeunits(columns[name], 0, length)
    seen = table["last_seen_date"]
    was_there = pc.equal(seen, pa.scalar(business_date, _DATE))
    columns["last_seen_date"] = pc.if_else(was_there, pa.scalar(None, _DATE), seen)
    return pa.table(columns, schema=_SCHEMA)


def _former_rows(table: pa.Table) -> pa.Table:
    if not table.num_rows:
        return _EMPTY
    return _told_rows(table, table["business_date"][0].as_py())


def _recorded_rows() -> pa.Table:
    """Return the articles that a snapshot told, as the records have them."""
    parts = [
        pa.table(
            [pa.array(column, kind.type) for column, kind in zip(columns, _SCHEMA, strict=True)],
            _SCHEMA,
        )
        for rows in told_articles(_SCHEMA.names)
        if (columns := list(zip(*rows, strict=True)))
    ]
    return pa.concat_tables([*parts, _EMPTY]).combine_chunks()


def _differs(target: pa.Table, known: pa.Table) -> pa.ChunkedArray:
    """Tell of each row whether the known rows lack it or have it otherwise."""
    places = pc.index_in(target["sku"], value_set=known["sku"]).combine_chunks()
    differs = pc.is_null(places)
    for name in _COMPARED:
        # One column at a time, since a million articles twice do not fit beside each other.
        others = known[name].combine_chunks().take(places)
        differs = pc.or_(differs, _unequal(target[name].combine_chunks(), others))
    return differs


def _unequal(one: pa.Array, other: pa.Array) -> pa.Array:
    """Tell where the two differ; nothing equals nothing."""
    values_differ = pc.fill_null(pc.not_equal(one, other), fill_value=False)
    return pc.or_(values_differ, pc.xor(pc.is_null(one), pc.is_null(other)))


def _without(known: pa.Table, target: pa.Table) -> pa.ChunkedArray:
    return known["sku"].filter(pc.invert(pc.is_in(known["sku"], value_set=target["sku"])))


def _as_records(rows: pa.Table, business_date: date, business_dates: Sequence[date]) -> pa.Table:
    today = pa.repeat(pa.scalar(business_date, _DATE), rows.num_rows)
    last_seen = rows["last_seen_date"].to_pylist()
    vanished = [None if day is None else _day_after(day, business_dates) for day in last_seen]
    columns = {name: rows[name] for name in rows.column_names}
    columns["vanished_date"] = pa.array(vanished, _DATE)
    columns["first_seen_date"] = today
    columns["changed_date"] = today
    return pa.table(columns)


def _day_after(day: date, business_dates: Sequence[date]) -> date:
    """Return the first snapshot after the day: the one from which the article was missing."""
    return business_dates[bisect_right(business_dates, day)]


_EMPTY = _SCHEMA.empty_table()
