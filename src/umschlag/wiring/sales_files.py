"""Order lines in a file: what they would come to, and into the lake with them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pyarrow as pa
from django.db import transaction

from umschlag.connectors.sales_file.cleaning import Cleaned, sales_facts
from umschlag.connectors.sales_file.examining import (
    SalesFileOptions,
    SalesFilePreview,
    examine_sales_file,
)
from umschlag.kernel.money import minor_digits
from umschlag.kernel.outcomes import SyncOutcome
from umschlag.kernel.progress import ProgressFor
from umschlag.settings import Settings
from umschlag.storage.lake.datasets import SALES
from umschlag.storage.lake.lake import Lake
from umschlag.storage.records import lake_files
from umschlag.storage.records.sold_articles import (
    SoldArticle,
    note_sold_articles,
    spelling_by_folded_sku,
)
from umschlag.storage.records.sync_runs import recorded_sync
from umschlag.wiring.lake import open_lake
from umschlag.wiring.own_data import SALES_FILE_SOURCE, require_no_demo

_ORDER_PART = ["source", "order_id", "sku"]
_LINE = ["source", "order_id", "line_id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesFileOutcome(SyncOutcome):
    """What an import of order lines came to; the preview has every count.

    Here `skipped_count` counts lines, while `problems` says most reasons once for many lines.
    """

    preview: SalesFilePreview
    unchanged_count: int
    removed_count: int
    new_article_count: int

    @property
    def skipped_count(self) -> int:
        """How many rows of the file did not become sales."""
        return self.read_count - self.preview.sale_count - self.preview.return_count


def preview_sales_file(
    settings: Settings,
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    options: SalesFileOptions | None = None,
) -> SalesFilePreview:
    """Return what importing the file would do, and write nothing.

    Raises:
        BadInput: the file, its columns, or its numbers and dates cannot be understood.
    """
    chosen = _options(settings, columns, options)
    return examine_sales_file(Path(path), chosen, zone=settings.zone).preview


def import_sales_file(
    settings: Settings,
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    options: SalesFileOptions | None = None,
    into_demo: bool = False,
    progress_for: ProgressFor,
) -> SalesFileOutcome:
    """Bring the file's order lines into the lake, whole or not at all.

    An order and SKU that the file speaks of is replaced: the same file again, or a longer export
    that holds the same orders, counts nothing twice. Unknown SKUs become articles without stock.
    `into_demo` lets them mix with the demo's articles.

    Raises:
        BadInput: the file, its columns, or its numbers and dates cannot be understood.
        OwnDataInDemo: the folder holds the demo's articles.
    """
    if not into_demo:
        require_no_demo(settings)
    chosen = _options(settings, columns, options)
    return recorded_sync(
        SALES_FILE_SOURCE, lambda: _import_sales(settings, Path(path), chosen, progress_for)
    )


def _options(
    settings: Settings, columns: Mapping[str, str] | None, options: SalesFileOptions | None
) -> SalesFileOptions:
    chosen = options or SalesFileOptions()
    return replace(
        chosen,
        columns={**chosen.columns, **(columns or {})},
        currency=chosen.currency or settings.currency,
    )


def _import_sales(
    settings: Settings, path: Path, options: SalesFileOptions, progress_for: ProgressFor
) -> SalesFileOutcome:
    progress = progress_for("Import sales")
    progress(0, None, f"reading {path.name}")
    examined = examine_sales_file(path, options, zone=settings.zone)
    cleaned = _in_our_spelling(examined.cleaned)
    facts = sales_facts(
        cleaned,
        source=options.source,
        currency=options.currency,
        digits=minor_digits(options.currency),
    )
    touched = cleaned.touched.with_columns(pl.lit(options.source).alias("source"))
    lake = open_lake(settings)
    months = _months(facts)
    with transaction.atomic():
        changes = Changes()
        for done, month in enumerate(months, start=1):
            changes += _replace_month(lake, month, facts, touched.select(_ORDER_PART))
            progress(done, len(months), month)
        new_articles = note_sold_articles(_sold_articles(facts, cleaned), currency=options.currency)
    return SalesFileOutcome(
        source=SALES_FILE_SOURCE,
        read_count=examined.preview.row_count,
        created_count=changes.created,
        updated_count=changes.updated,
        unchanged_count=changes.unchanged,
        removed_count=changes.removed,
        new_article_count=new_articles,
        problems=examined.preview.problems,
        watermark=examined.content_sha256,
        preview=examined.preview,
    )


def _in_our_spelling(cleaned: Cleaned) -> Cleaned:
    spelling = {folded: sku for folded, sku in spelling_by_folded_sku().items() if folded != sku}
    if not spelling:
        return cleaned
    ours = pl.col("sku").replace(spelling)
    return replace(
        cleaned,
        sales=cleaned.sales.with_columns(ours),
        # Lines may lie in the lake under capitals, from before the ERP told its spelling.
        touched=pl.concat([cleaned.touched, cleaned.touched.with_columns(ours)]).unique(),
        names=cleaned.names.with_columns(ours),
    )


def _months(facts: pl.DataFrame) -> list[str]:
    """Return every month the file or the lake has: a corrected date moves a line between two."""
    of_file = facts["business_date"].dt.strftime("%Y-%m").unique().to_list()
    return sorted({*of_file, *lake_files.current_units(SALES.name)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """How many lines an import made, changed, left as they were, and removed."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0

    def __add__(self, other: "Changes") -> "Changes":
        """Return both together."""
        return Changes(
            created=self.created + other.created,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
            removed=self.removed + other.removed,
        )


def _replace_month(lake: Lake, month: str, facts: pl.DataFrame, touched: pl.DataFrame) -> Changes:
    fresh = facts.filter(pl.col("business_date").dt.strftime("%Y-%m") == month)
    current = pl.DataFrame(lake.read_unit(SALES.name, month)).join(
        touched, on=_ORDER_PART, how="semi"
    )
    unchanged = fresh.join(current, on=fresh.columns, how="semi").height
    common = fresh.join(current, on=_LINE, how="semi").height
    changes = Changes(
        created=fresh.height - common,
        updated=common - unchanged,
        unchanged=unchanged,
        removed=current.height - common,
    )
    if changes.created or changes.updated or changes.removed:
        # Cast, because Arrow joins only text of one width and polars hands out the wide one.
        gone = touched.to_arrow().cast(pa.schema([(name, pa.string()) for name in _ORDER_PART]))
        lake.upsert_month(SALES.name, month, fresh.to_arrow(), _LINE, without=gone)
    return changes


def _sold_articles(facts: pl.DataFrame, cleaned: Cleaned) -> list[SoldArticle]:
    periods = facts.group_by("sku").agg(
        pl.col("business_date").min().alias("first_date"),
        pl.col("business_date").max().alias("last_date"),
    )
    named = periods.join(cleaned.names, on="sku", how="left").sort("sku")
    return [
        SoldArticle(
            sku=line["sku"],
            name=line["name"] or "",
            first_date=line["first_date"],
            last_date=line["last_date"],
        )
        for line in named.iter_rows(named=True)
    ]
