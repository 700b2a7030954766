"""What a day's stock comes to: summed up when its rows are published, recounted to prove it."""

import pyarrow as pa
import pyarrow.compute as pc

from umschlag.storage.lake.datasets import ARTICLE_DAYS
from umschlag.storage.lake.files import Files
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.rewriting import answered
from umschlag.storage.lake.sources import Source
from umschlag.storage.records.stock_totals import StockTotal

SUMMED_COLUMNS = (
    "business_date",
    "last_seen_date",
    "currency",
    "on_hand_units",
    "unit_cost_minor",
    "is_reconstructed",
)
"""What of the rows is looked at."""


def totals_of(rows: pa.Table) -> list[StockTotal]:
    """Return what each day among the rows of `article_days` comes to, by day and currency."""
    # A vanished SKU has no stock any more.
    is_seen = pc.equal(rows["last_seen_date"], rows["business_date"])
    seen = rows.select(SUMMED_COLUMNS).filter(is_seen)
    cost = seen["unit_cost_minor"]
    units = pc.max_element_wise(seen["on_hand_units"], pa.scalar(0, pa.int64()))
    figures = pa.table(
        {
            "business_date": seen["business_date"],
            "currency": seen["currency"],
            "units": units,
            "value": pc.multiply(units, pc.fill_null(cost, 0)),
            "has_no_cost": pc.and_(pc.is_null(cost), pc.greater(units, 0)),
            "is_reconstructed": seen["is_reconstructed"],
        }
    )
    sums = figures.group_by(["business_date", "currency"]).aggregate(
        [
            ([], "count_all"),
            ("units", "sum"),
            ("value", "sum"),
            ("has_no_cost", "sum"),
            ("is_reconstructed", "any"),
        ]
    )
    return [StockTotal(*row.values()) for row in sums.to_pylist()]


def recounted(rows: pa.Table, files: Files) -> list[StockTotal]:
    """Return the same by the question in SQL, which shares nothing with the sums it proves."""
    question = Question.load("umschlag.intelligence.snapshots", "stock_totals")
    told = answered(question, {ARTICLE_DAYS.name: Source(dataset=ARTICLE_DAYS, rows=rows)}, files)
    return [StockTotal(**row) for row in told.to_pylist()]
