"""How long does it take to judge every article by its whole history?

Ours: the question `article_facts` to Parquet files (DuckDB), figures, rules. Baseline: the same
files read into Python and walked row by row, article by article, as a script would; then the same
figures and rules. Both start from the files and end with a verdict an article; if a verdict or a
figure differs, the benchmark fails. The world is drawn from a seed: a third sells daily, a third
now and then, the rest has stopped; stock runs out and comes back.

    python benchmarks/classify_speed.py --articles 10000 --days 365
"""

import argparse
import json
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from umschlag.intelligence.movement.classification import classified_articles
from umschlag.intelligence.movement.model import (
    ArticleFacts,
    Classification,
    MovementRule,
    MovementThresholds,
    Verdict,
)
from umschlag.kernel.identifiers import Sku
from umschlag.storage.lake.article_facts import article_facts, receipts_by_sku
from umschlag.storage.lake.datasets import ARTICLE_DAYS, SALES, dataset_named
from umschlag.storage.lake.duckdb_engine import DuckDbEngine
from umschlag.storage.lake.engine import Asked
from umschlag.storage.lake.files import LocalFiles
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.sources import Part, Source

AS_OF = date(2026, 6, 30)
RULES = [
    MovementRule(
        name="idle", verdict=Verdict.PENNER, days_sold_threshold=90, stock_units_min=1, priority=1
    ),
    MovementRule(name="slow", verdict=Verdict.PENNER, stock_turnover_threshold=1, priority=2),
    MovementRule(
        name="fast",
        verdict=Verdict.RENNER,
        stock_turnover_threshold=8,
        days_of_supply_max=30,
        priority=3,
    ),
]


@dataclass(frozen=True, kw_only=True)
class Files:
    """The written history; answers questions as the lake does."""

    paths: Mapping[str, list[Path]]

    def ask(self, question: Question, /, **parameters: Any) -> pa.Table:  # noqa: ANN401 - as `Lake`
        """Return the question's rows."""
        sources = {
            name: Source(
                dataset=dataset_named(name),
                parts=[Part(path=str(path), units=()) for path in self.paths.get(name, [])],
            )
            for name in question.tables
        }
        return DuckDbEngine().run(
            Asked(
                question=question,
                parameters=parameters,
                sources=sources,
                files=LocalFiles(Path("/")),
            )
        )


def written_world(folder: Path, *, articles: int, days: int, seed: int) -> Files:
    """Write stock of every day and the sales, a file a month, and return the files."""
    rng = np.random.default_rng(seed)
    rates = np.choose(np.arange(articles) % 3, [rng.gamma(2, 1, articles), 0.05, 0.0])
    units = rng.poisson(rates[:, None], (articles, days))
    stock = np.maximum(rng.integers(0, 60, articles)[:, None] - (units.cumsum(axis=1) % 50), 0)
    costs = rng.integers(100, 5_000, articles)
    skus = np.array([f"S{number:07d}" for number in range(articles)])
    dates = [AS_OF - timedelta(days=days - 1 - day) for day in range(days)]
    paths: dict[str, list[Path]] = {"article_days": [], "sales": []}
    for month in sorted({f"{day:%Y-%m}" for day in dates}):
        chosen = [place for place, day in enumerate(dates) if f"{day:%Y-%m}" == month]
        days_of_month = pa.array(np.repeat([dates[place] for place in chosen], articles))
        tables = {
            "article_days": _stock_rows(days_of_month, skus, stock[:, chosen].T.ravel(), costs),
            "sales": _sales_rows(days_of_month, skus, units[:, chosen].T.ravel()),
        }
        for name, table in tables.items():
            path = folder / f"{name}-{month}.parquet"
            pq.write_table(table, path, compression="zstd")
            paths[name].append(path)
    return Files(paths=paths)


def _stock_rows(
    days: pa.Array,
    skus: np.ndarray[Any, Any],
    stock: np.ndarray[Any, Any],
    costs: np.ndarray[Any, Any],
) -> pa.Table:
    times = len(days) // len(skus)
    known = {
        "business_date": days,
        "sku": np.tile(skus, times),
        "on_hand_units": stock,
        "reserved_units": np.zeros(len(days), dtype=np.int32),
        "unit_cost_minor": np.tile(costs, times),
        "currency": np.full(len(days), "EUR"),
        "last_seen_date": days,
        "is_reconstructed": np.zeros(len(days), dtype=bool),
    }
    return _table(known, ARTICLE_DAYS.columns, len(days))


def _sales_rows(
    days: pa.Array, skus: np.ndarray[Any, Any], units: np.ndarray[Any, Any]
) -> pa.Table:
    sold = units > 0
    known = {
        "business_date": days.filter(pa.array(sold)),
        "sku": np.tile(skus, len(days) // len(skus))[sold],
        "units": units[sold],
        "revenue_minor": units[sold] * 999,
    }
    return _table(known, SALES.columns, int(sold.sum()))


def _table(known: Mapping[str, Any], schema: pa.Schema, rows: int) -> pa.Table:
    columns = [
        pa.array(known[field.name]).cast(field.type)
        if field.name in known
        else pa.nulls(rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def ours(files: Files) -> list[Classification]:
    """Judge every article by the product's own path."""
    facts = article_facts(files, as_of_date=AS_OF, currency="EUR")
    return _judged(facts, receipts_by_sku(files, as_of_date=AS_OF))


def row_by_row(files: Files) -> list[Classification]:
    """Judge every article after walking all its rows in Python."""
    columns = ["sku", "business_date", "on_hand_units", "reserved_units", "unit_cost_minor"]
    sold: dict[str, dict[date, tuple[int, int]]] = {}
    sale_columns = ["sku", "business_date", "units", "revenue_minor"]
    for sku, day, units, revenue in pl.read_parquet(
        files.paths["sales"], columns=sale_columns
    ).iter_rows():
        sold.setdefault(sku, {})[day] = (units, revenue)
    shelf: dict[str, list[tuple[date, int, int, int]]] = {}
    for sku, *rest in pl.read_parquet(files.paths["article_days"], columns=columns).iter_rows():
        shelf.setdefault(sku, []).append(tuple(rest))
    facts = [_walked(Sku(sku), rows, sold.get(sku, {})) for sku, rows in sorted(shelf.items())]
    return _judged(facts, {})


def _walked(
    sku: Sku, rows: list[tuple[date, int, int, int]], sold: dict[date, tuple[int, int]]
) -> ArticleFacts:
    totals = dict.fromkeys(("90", "365", "cost", "value", "stock", "with", "r365"), 0)
    since = rows[0][0]
    for day, on_hand, reserved, cost in rows:
        units, revenue = sold.get(day, (0, 0))
        has_stock = on_hand - reserved > 0 or units > 0
        age = (AS_OF - day).days
        if not has_stock:
            since = day + timedelta(days=1)
        if age < 90:
            totals["with"] += has_stock
            totals["90"] += units
        if age < 365:
            totals["365"] += units
            totals["r365"] += revenue
            totals["cost"] += units * cost
            totals["value"] += on_hand * cost
            totals["stock"] += on_hand
    days = min(len(rows), 365)
    _day, on_hand, reserved, cost = rows[-1]
    return ArticleFacts(
        sku=sku,
        as_of_date=AS_OF,
        currency="EUR",
        on_hand_units=on_hand,
        reserved_units=reserved,
        unit_cost_minor=cost,
        first_seen_date=rows[-days][0],
        stock_since_date=since,
        first_sale_date=min(sold, default=None),
        last_sale_date=max(sold, default=None),
        sale_day_count=len(sold),
        sold_units_total=sum(units for units, _revenue in sold.values()),
        sold_units_90d=totals["90"],
        sold_units_365d=totals["365"],
        revenue_minor_365d=totals["r365"],
        days_with_stock_90d=totals["with"],
        days_observed_365d=days,
        sold_units_observed_365d=totals["365"],
        cost_of_goods_minor_365d=totals["cost"],
        average_stock_value_minor_365d=totals["value"] / days,
        average_stock_units_365d=totals["stock"] / days,
    )


def _judged(facts: list[ArticleFacts], receipts: Mapping[Sku, Any]) -> list[Classification]:
    return classified_articles(
        facts, receipts=receipts, rules=RULES, thresholds=MovementThresholds()
    )


def main() -> None:
    """Print both times and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--small", action="store_true", help="2,000 articles over 365 days")
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=20_240_229)
    options = parser.parse_args()
    articles = 2_000 if options.small else options.articles
    with tempfile.TemporaryDirectory() as folder:
        files = written_world(Path(folder), articles=articles, days=options.days, seed=options.seed)
        started = time.perf_counter()
        fast = ours(files)
        ours_seconds = time.perf_counter() - started
        started = time.perf_counter()
        slow = row_by_row(files)
        baseline_seconds = time.perf_counter() - started
    if [(one.sku, one.verdict, one.figures) for one in fast] != [
        (one.sku, one.verdict, one.figures) for one in slow
    ]:
        raise SystemExit("the two disagree on a verdict or a figure")
    verdicts = [one.verdict.value for one in fast]
    print({verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))})
    print(
        json.dumps(
            {
                "name": "classify_speed",
                "ours": round(ours_seconds, 3),
                "baseline": round(baseline_seconds, 3),
                "ratio": round(baseline_seconds / ours_seconds, 2),
                "unit": "seconds from files to verdicts; baseline: a Python loop over the rows",
                "size": {"articles": articles, "days": options.days},
            }
        )
    )


if __name__ == "__main__":
    main()
