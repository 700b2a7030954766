"""The columnar history: immutable Parquet files, named by a catalogue in the records."""

import hashlib
import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.parquet as pq
from django.utils import timezone

from umschlag.kernel.errors import BadInput
from umschlag.kernel.outcomes import Problem
from umschlag.storage.lake.datasets import ARTICLE_DAYS, Cut, Dataset, dataset_named
from umschlag.storage.lake.engine import DuckDbEngine, Source
from umschlag.storage.lake.questions import Question, UnitsNeeded
from umschlag.storage.records import lake_files
from umschlag.storage.records.lake_files import UnitMovedOn, WrittenFile
from umschlag.storage.records.models import LakeFile

_UPSERT_ATTEMPTS = 5
ORPHAN_AGE_SECONDS_MIN = 3_600
"""A younger unlisted file may be on its way into the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lake:
    """Everything we know about the past, asked by questions and fed by publications."""

    folder: Path
    engine: DuckDbEngine = field(default_factory=DuckDbEngine)

    def ask(
        self,
        question: Question,
        /,
        *,
        since: date | None = None,
        until: date | None = None,
        **parameters: object,
    ) -> pa.Table:
        """Return the question's rows.

        `since` and `until` (excluded) hand the question only the files that hold such days; they
        are also bound where the question has parameters of these names.

        Raises:
            BadInput: a parameter is missing or unknown, or the query is wrong.
        """
        days = {"since": since, "until": until}
        given = parameters | {name: days[name] for name in days if name in question.parameters}
        _check_parameters(question, given)
        reach = _Reach(since=since, until=until)
        sources = {}
        for name in question.tables:
            dataset = dataset_named(name)
            found = self._files(dataset, reach.narrowed(question, dataset, given))
            sources[name] = Source(columns=dataset.columns, files=found)
        return self.engine.run(question.duckdb_sql, parameters=given, sources=sources)

    def newest_business_date(self, *, through: date | None = None) -> date | None:
        """Return the newest day with a complete snapshot, or None before the first."""
        unit = lake_files.newest_unit(
            ARTICLE_DAYS.name, through=through.isoformat() if through else "9999"
        )
        return date.fromisoformat(unit) if unit else None

    def business_dates(self) -> list[date]:
        """Return the days with a complete snapshot, oldest first."""
        return [date.fromisoformat(unit) for unit in lake_files.current_units(ARTICLE_DAYS.name)]

    def read_unit(self, dataset: str, unit: str) -> pa.Table:
        """Return all rows of the unit's current file; none where it was never published."""
        file = lake_files.current_file(dataset, unit)
        columns = dataset_named(dataset).columns
        return self._rows(file) if file else columns.empty_table()

    def _files(self, dataset: Dataset, reach: "_Reach") -> list[Path]:
        first = dataset.unit_of(reach.since) if reach.since else ""
        last = dataset.unit_of(reach.until - timedelta(days=1)) if reach.until else "9999"
        return [
            self.folder / file.path
            for file in lake_files.current_files(dataset.name)
            if first <= file.unit <= last
        ]

    def _rows(self, file: LakeFile) -> pa.Table:
        return pq.read_table(self.folder / file.path, partitioning=None)

    def publish(self, dataset: str, unit: str, table: pa.Table) -> LakeFile:
        """Make the table the unit's current version: readers see the old one or this, whole.

        Raises:
            BadInput: the table does not fit the data set, or the unit is no day or month.
        """
        written = self.write(dataset, unit, table)
        return lake_files.register([written], at=timezone.now())[0]

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
                return lake_files.register([written], at=timezone.now(), replacing_version=version)[
                    0
                ]
            except UnitMovedOn:
                # Safe to remove, because nobody lists the file and so nobody reads it.
                (self.folder / written.path).unlink()
        raise UnitMovedOn(f"{dataset} {month} kept changing while it was updated; try again")

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
        relative = f"{dataset}/{unit[:4]}/{unit}-{secrets.token_hex(8)}.parquet"
        path = self.folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        sink = pa.BufferOutputStream()
        pq.write_table(rows, sink, compression="zstd")
        content = sink.getvalue()
        # "x" refuses to open a file that exists: no version is ever overwritten.
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return WrittenFile(
            dataset=dataset,
            unit=unit,
            path=relative,
            row_count=rows.num_rows,
            byte_count=content.size,
            sha256=hashlib.sha256(content).hexdigest(),
        )

    def verify(self) -> list[Problem]:
        """Read every listed file anew and return those whose bytes or rows are not as recorded."""
        problems = []
        for file in lake_files.all_current_files():
            fault = self._fault(file)
            if fault:
                problems.append(Problem(place=file.path, message=fault))
        return problems

    def _fault(self, file: LakeFile) -> str:
        try:
            content = (self.folder / file.path).read_bytes()
        except OSError as error:
            return f"cannot be read: {error.strerror}"
        if hashlib.sha256(content).hexdigest() != file.sha256:
            return "the checksum is not the recorded one: restore it from a backup"
        count = pq.read_metadata(pa.BufferReader(content)).num_rows
        return "" if count == file.row_count else f"{count} rows, recorded are {file.row_count}"

    def sweep_orphans(self, *, age_seconds_min: float = ORPHAN_AGE_SECONDS_MIN) -> list[str]:
        """Remove files that no catalogue row names, as a crash leaves them; return their paths."""
        if not self.folder.is_dir():
            return []
        # Files are listed first, so that one registered in between is in both lists.
        found = [path for path in self.folder.rglob("*.parquet") if path.is_file()]
        listed = lake_files.listed_paths()
        removed = []
        for path in found:
            relative = path.relative_to(self.folder).as_posix()
            if relative in listed or time.time() - path.stat().st_mtime < age_seconds_min:
                continue
            path.unlink()
            removed.append(relative)
        return sorted(removed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reach:
    """Which days a question is handed."""

    since: date | None
    until: date | None

    def narrowed(self, question: Question, dataset: Dataset, given: dict[str, object]) -> "_Reach":
        if dataset.cut is not Cut.DAY or question.units is UnitsNeeded.ALL:
            return self
        last = "9999"
        if question.units is UnitsNeeded.AS_OF:
            last = cast("date", given["as_of"]).isoformat()
        unit = lake_files.newest_unit(dataset.name, through=last)
        if unit is None:
            return _Reach(since=date.max - timedelta(days=1), until=date.max)
        day = date.fromisoformat(unit)
        return _Reach(since=day, until=day + timedelta(days=1))


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
