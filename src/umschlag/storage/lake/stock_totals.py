"""What a day's stock comes to: summed up when its rows are published, and again to prove it."""

import pyarrow as pa

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
"""What of the rows is asked for; `totals_of` needs no more."""


def totals_of(rows: pa.Table, files: Files) -> list[StockTotal]:
    """Return what each day among the rows of `article_days` comes to, by day and currency."""
    question = Question.load("umschlag.intelligence.snapshots", "stock_totals")
    told = answered(question, {ARTICLE_DAYS.name: Source(dataset=ARTICLE_DAYS, rows=rows)}, files)
    return [StockTotal(**row) for row in told.to_pylist()]
