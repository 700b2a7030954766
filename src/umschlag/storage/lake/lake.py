"""The columnar history: immutable Parquet files, named by a catalogue in the records."""

import hashlib
import logging
import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction
from django.utils import timezone

from umschlag.kernel.errors import BadInput
from umschlag.storage.lake.datasets import ARTICLE_DAYS, Cut, Dataset, dataset_named
from umschlag.storage.lake.duckdb_engine import ROWS_A_GROUP, DuckDbEngine
from umschlag.storage.lake.engine import Asked, Engine, EngineUnavailable
from umschlag.storage.lake.files import Files
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.sources import Reach, sources_of
from umschlag.storage.lake.stock_totals import totals_of
from umschlag.storage.records import lake_files, lake_listing
from umschlag.storage.records.lake_listing import UnitMovedOn, WrittenFile
from umschlag.storage.records.models import LakeFile

_UPSERT_ATTEMPTS = 5
_WRITERS = ThreadPoolExecutor(4, thread_name_prefix="lake-writer")
"""Kept, since a back-fill of a year would else start and stop a thousand threads."""
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lake:
    """Everything we know about the past, asked by questions and fed by publications."""

    files: Files
    engine: Engine = field(default_factory=DuckDbEngine)

    def ask(
        self,
        question: Question,
        /,
        *,
        since: date | None = None,
        until: date | None = None,
        known_at: datetime | None = None,
        **parameters: object,
    ) -> pa.Table:
        """Return the question's rows.

        `since` and `until` (excluded) hand the question only the files that hold such days; they
        are also bound where the question has parameters of these names. `known_at` asks what we
        knew at that instant: late data and corrections that came after it are left out.

        Raises:
            BadInput: a parameter is missing or unknown, or the query is wrong.
            EngineUnavailable: the engine cannot be reached.
        """
        days = {"since": since, "until": until}
        given = parameters | {name: days[name] for name in days if name in question.parameters}
        _check_parameters(question, given)
        reach = Reach(since=since, until=until, known_at=known_at)
        return self.engine.run(
            Asked(
                question=question,
                parameters=given,
                sources=sources_of(question, reach, given, reads_spans=self.engine.reads_spans),
                files=self.files,
            )
        )

    def newest_business_date(self, *, through: date | None = None) -> date | None:
        """Return the newest day with a complete snapshot, or None before the first."""
        return lake_files.newest_day(ARTICLE_DAYS.name, through=through)

    def business_dates(self) -> list[date]:
        """Return the days with a complete snapshot, oldest first."""
        return lake_files.dates_held(ARTICLE_DAYS.name)

    def row_count_on(self, dataset: str, business_date: date) -> int | None:
        """Return how many rows the day has; None where it was never published."""
        return lake_files.row_count_on(dataset, business_date)

    def read_day(
        self, dataset: str, business_date: date, *, columns: Sequence[str] | None = None
    ) -> pa.Table:
        """Return all rows of the day, sorted as its data set is; none where it is missing.

        `columns` are those that are wanted; all where None.
        """
        known = dataset_named(dataset)
        wanted = list(columns or known.columns.names)
        until = date.fromordinal(business_date.toordinal() + 1)
        days = lake_files.days_held(dataset, since=business_date, until=until)
        if not days:
            return known.columns.empty_table().select(wanted)
        # Whole months lie in other files than single days; sorted by SKU both have one order.
        only = None if days[0].file_day_count == 1 else [("business_date", "=", business_date)]
        path = self.files.local(days[0].path)
        rows = pq.read_table(path, columns=wanted, filters=only, partitioning=None)
        return rows.select(wanted)

    def read_unit(self, dataset: str, unit: str) -> pa.Table:
        """Return all rows of the day or month; none where it was never published."""
        known = dataset_named(dataset)
        if known.cut is Cut.DAY:
            return self.read_day(dataset, date.fromisoformat(unit))
        file = lake_files.current_file(dataset, unit)
        return self._rows(file) if file else known.columns.empty_table()

    def _rows(self, file: LakeFile) -> pa.Table:
        return pq.read_table(self.files.local(file.path), partitioning=None)

    def publish(self, dataset: str, unit: str, table: pa.Table) -> LakeFile:
        """Make the table the unit's current version: readers see the old one or this, whole.

        Raises:
            BadInput: the table does not fit the data set, or the unit is no day or month.
        """
        return self._register(self.write(dataset, unit, table))

    def upsert_month(
        self,
        dataset: str,
        month: str,
        table: pa.Table,
        key: Sequence[str],
        *,
        without: pa.Table | None = None,
    ) -> LakeFile:
        """Replace the month's rows that have an equal key, keep the others, publish the whole.

        Of rows that share a key in `table`, the last one counts. Former rows that agree with a row
        of `without` in all its columns go as well, as the lines of an order that was cancelled.

        Raises:
            BadInput: the table does not fit the data set, or a key is empty (null).
            UnitMovedOn: others published the month again and again meanwhile.
        """
        fresh = _last_of_each(dataset_named(dataset).conform(table), key)
        for _ in range(_UPSERT_ATTEMPTS):
            current = lake_files.current_file(dataset, month)
            rows = fresh
            if current is not None:
                kept = _without(self._rows(current), fresh.select(list(key)))
                if without is not None:
                    kept = _without(kept, without)
                rows = pa.concat_tables([kept, fresh])
            written = self.write(dataset, month, rows)
            version = current.version if current else 0
            try:
                return self._register(written, replacing_version=version)
            except UnitMovedOn:
                # Safe to remove, because nobody lists the file and so nobody reads it.
                self.files.remove(written.path)
        raise UnitMovedOn(f"{dataset} {month} kept changing while it was updated; try again")

    def _register(self, written: WrittenFile, **options: int) -> LakeFile:
        with transaction.atomic():
            listed = lake_listing.register([written], at=timezone.now(), **options)[0]
            self.tell_engine([written])
        return listed

    def tell_engine(self, published: Sequence[WrittenFile]) -> None:
        """Let the engine take the units over, once the transaction that lists them is through.

        An engine that cannot be reached then catches up when it is next asked.
        """
        units = {file.dataset: [file.unit] for file in published}
        transaction.on_commit(partial(self._follow, units), robust=True)

    def _follow(self, units: dict[str, list[str]]) -> None:
        try:
            self.engine.follow(self.files, published=units)
        except EngineUnavailable as error:
            _logger.warning("the published day or month is not mirrored yet: %s", error)

    def write(self, dataset: str, unit: str, table: pa.Table) -> WrittenFile:
        """Lay the unit's rows down as a complete file that no reader knows of yet.

        For publications of several files, or with other records, in one transaction; whoever
        calls this registers the file, else the sweeper removes it.

        Raises:
            BadInput: the table does not fit the data set, or the unit is no day or month.
        """
        known = dataset_named(dataset)
        _check_unit(known, unit)
        rows = known.conform(table)
        sink = pa.BufferOutputStream()
        pq.write_table(
            rows,
            sink,
            compression="zstd",
            row_group_size=ROWS_A_GROUP,
            use_dictionary=known.dictionary_columns,
        )
        written = self.put(dataset, unit, sink.getvalue().to_pybytes(), row_count=rows.num_rows)
        return replace(written, totals=totals_of(rows)) if known is ARTICLE_DAYS else written

    def write_together(self, unit: str, tables: Mapping[str, pa.Table]) -> list[WrittenFile]:
        """Lay down the unit's rows of several data sets side by side, since a disk makes us wait.

        Raises:
            BadInput: as `write` does; what was laid down of the others is left to the sweeper.
        """
        return list(_WRITERS.map(lambda name: self.write(name, unit, tables[name]), tables))

    def put(self, dataset: str, unit: str, content: bytes, *, row_count: int) -> WrittenFile:
        """Lay a finished Parquet file down under a name of its own; no reader knows of it yet."""
        path = f"{dataset}/{unit[:4]}/{unit}-{secrets.token_hex(8)}.parquet"
        self.files.put(path, content)
        return WrittenFile(
            dataset=dataset,
            unit=unit,
            path=path,
            row_count=row_count,
            byte_count=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )


def _check_parameters(question: Question, given: dict[str, object]) -> None:
    missing = sorted(question.parameters - given.keys())
    if missing:
        raise BadInput(f"question {question.name}: missing {missing[0]}", field=missing[0])
    unknown = sorted(given.keys() - question.parameters)
    if unknown:
        raise BadInput(f"question {question.name} has no parameter {unknown[0]}", field=unknown[0])


def _check_unit(dataset: Dataset, unit: str) -> None:
    day = unit if dataset.cut is Cut.DAY else f"{unit}-01"
    try:
        valid = dataset.unit_of(date.fromisoformat(day)) == unit
    except ValueError:
        valid = False
    if not valid:
        shape = "2026-09-02" if dataset.cut is Cut.DAY else "2026-09"
        raise BadInput(f"{dataset.name}: {unit!r} is no {dataset.cut}, write it as {shape}")


def _last_of_each(table: pa.Table, key: Sequence[str]) -> pa.Table:
    for name in key:
        if table[name].null_count:
            # Refused, because nulls equal nothing and every import would add such a row anew.
            raise BadInput(f"a row has no {name}, by which it would be known again", field=name)
    place = "place in the table"
    numbered = table.append_column(place, pa.array(range(table.num_rows), pa.int64()))
    last = numbered.group_by(list(key)).aggregate([(place, "max")])
    return table.take(last[f"{place}_max"])


def _without(rows: pa.Table, others: pa.Table) -> pa.Table:
    """Return the rows that agree with none of the others in the others' columns."""
    keys = others.column_names
    return rows.join(others, keys=keys, join_type="left anti").select(rows.column_names)
