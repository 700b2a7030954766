"""A day's snapshot while it is put together: columns only, however many articles there are.

Bundles alone are kept as they come, since there are few of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from umschlag.intelligence.snapshots.model import (
    BundlePart,
    FormerSnapshot,
    Origin,
    ReadingBatch,
    VanishedArticle,
)
from umschlag.kernel.identifiers import Sku, VariationId
from umschlag.storage.lake.datasets import ARTICLE_DAYS
from umschlag.storage.lake.snapshot_tables import (
    MasterColumns,
    article_rows,
    article_table,
    bundle_table,
    position_rows,
    warehouse_table,
)
from umschlag.storage.records.articles import DayRef


@dataclass(slots=True, kw_only=True)
class SnapshotDraft:
    """What a source delivered so far, and the former day's rows to hold it against."""

    business_date: date
    origin: Origin
    masters: MasterColumns
    former_day: DayRef | None
    """The newest day before it; None before the first."""
    load_former_rows: Callable[[], pa.Table]
    """Reads the former day's `article_days`, sorted by SKU."""
    _former_rows: pa.Table | None = field(default=None, init=False)
    _articles: list[pa.Table] = field(default_factory=list, init=False)
    _positions: list[pa.Table] = field(default_factory=list, init=False)
    _bundle_parts: list[BundlePart] = field(default_factory=list, init=False)

    @property
    def former_rows(self) -> pa.Table:
        """The former day's `article_days`; read when first asked for.

        That is after the source has told everything: what it needs for that and a million rows
        do not fit beside each other.
        """
        if self._former_rows is None:
            self._former_rows = self.load_former_rows()
        return self._former_rows

    def add(self, batch: ReadingBatch) -> None:
        """Append the batch."""
        if batch.articles:
            self._articles.append(article_rows(batch.articles, self.masters))
        if batch.positions:
            self._positions.append(position_rows(batch.positions))
        self._bundle_parts.extend(batch.bundle_parts)

    @property
    def article_count(self) -> int:
        """How many articles were added."""
        return sum(rows.num_rows for rows in self._articles)

    def sku_count(self) -> int:
        """Return how many different SKUs they have."""
        return int(pc.count_distinct(self._skus()).as_py())

    def former(self) -> FormerSnapshot:
        """Return what the former day's source had and the draft lacks."""
        if self.former_day is None:
            return FormerSnapshot(business_date=None, seen_count=0, vanished=())
        was_seen = pc.equal(
            self.former_rows["last_seen_date"], pa.scalar(self.former_day.business_date)
        )
        gone = self.former_rows.filter(pc.and_(was_seen, self._is_gone()))
        ids = gone["variation_id"]
        still_there = pc.is_in(ids, value_set=self._column("variation_id"), skip_nulls=True)
        rows = zip(gone["sku"].to_pylist(), ids.to_pylist(), still_there.to_pylist(), strict=True)
        return FormerSnapshot(
            business_date=self.former_day.business_date,
            seen_count=pc.sum(was_seen).as_py() or 0,
            vanished=[
                VanishedArticle(
                    sku=Sku(sku),
                    variation_id=None if number is None else VariationId(number),
                    has_new_sku=there,
                )
                for sku, number, there in rows
            ],
        )

    def take_article_table(self) -> pa.Table:
        """Return the day's `article_days`, tombstones included, sorted by SKU; gives its own away.

        A million articles do not fit into memory twice, in their order and in the sources'.
        """
        tombstones = self.former_rows.filter(self._is_gone())
        parts = [*self._articles, tombstones.select(ARTICLE_ROW_COLUMNS)]
        self._articles = []
        rows = article_table(
            pa.concat_tables(parts), business_date=self.business_date, origin=self.origin
        )
        return ARTICLE_DAYS.conform(rows)

    def warehouse_table(self) -> pa.Table:
        """Return the day's `warehouse_days`."""
        rows = pa.concat_tables([*self._positions, position_rows(())])
        return warehouse_table(rows, business_date=self.business_date)

    def bundle_table(self) -> pa.Table:
        """Return the day's `bundle_parts`."""
        return bundle_table(self._bundle_parts, business_date=self.business_date)

    def _is_gone(self) -> pa.ChunkedArray:
        return pc.invert(pc.is_in(self.former_rows["sku"], value_set=self._skus()))

    def _skus(self) -> pa.ChunkedArray:
        return self._column("sku")

    def _column(self, name: str) -> pa.ChunkedArray:
        kind = ARTICLE_DAYS.columns.field(name).type
        chunks = [chunk for rows in self._articles for chunk in rows[name].chunks]
        return pa.chunked_array(chunks, kind)


ARTICLE_ROW_COLUMNS = [
    name for name in ARTICLE_DAYS.columns.names if name not in ("business_date", "is_reconstructed")
]
