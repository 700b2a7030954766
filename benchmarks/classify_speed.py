"""How long does it take to judge every article by its whole history?

Ours: the question `article_facts` to the compacted lake (DuckDB), figures, rules. Baseline: the
lake's rows read into Python and walked one by one, article by article, as a script would; then the
same figures and rules. Both start from the files and end with a verdict an article; if a verdict or
a figure differs, the benchmark fails. The world is drawn from a seed: a third sells daily, a third
now and then, the rest has stopped; stock runs out and comes back.

    python benchmarks/classify_speed.py --articles 10000 --days 365
"""

import argparse
import json
import tempfile
import time
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyarrow as pa

from umschlag.intelligence.movement.classification import classified_articles
from umschlag.intelligence.movement.model import (
    ArticleFacts,
    Classification,
    MovementRule,
    MovementThresholds,
    Verdict,
)
from umschlag.kernel.identifiers import Sku
from worlds.history import lake_in

if TYPE_CHECKING:
    from umschlag.storage.lake.lake import Lake

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


def written_world(folder: Path, *, articles: int, days: int, seed: int) -> "Lake":
    """Publish stock of every day and the sales of every month, compact, and return the lake."""
    lake = lake_in(folder)
    from umschlag.storage.lake.compaction import compact

    rng = np.random.default_rng(seed)
    rates = np.choose(np.arange(articles) % 3, [rng.gamma(2, 1, articles), 0.05, 0.0])
    units = rng.poisson(rates[:, None], (articles, days))
    stock = np.maximum(rng.integers(0, 60, articles)[:, None] - (units.cumsum(axis=1) % 50), 0)
    costs = rng.integers(100, 5_000, articles)
    skus = np.array([f"S{number:07d}" for number in range(articles)])
    dates = [AS_OF - timedelta(days=days - 1 - day) for day in range(days)]
    for place, day in enumerate(dates):
        rows = _stock_rows(pa.array([day] * articles), skus, stock[:, place], costs)
        lake.publish("article_days", day.isoformat(), rows)
    for month in sorted({f"{day:%Y-%m}" for day in dates}):
        chosen = [place for place, day in enumerate(dates) if f"{day:%Y-%m}" == month]
        days_of_month = pa.array(np.repeat([dates[place] for place in chosen], articles))
        lake.publish("sales", month, _sales_rows(days_of_month, skus, units[:, chosen].T.ravel()))
    compact(lake)
    return lake


def _stock_rows(
    days: pa.Array,
    skus: np.ndarray[Any, Any],
    stock: np.ndarray[Any, Any],
    costs: np.ndarray[Any, Any],
) -> pa.Table:
    known = {
        "business_date": days,
        "sku": skus,
        "on_hand_units": stock,
        "reserved_units": np.zeros(len(days), dtype=np.int32),
        "unit_cost_minor": costs,
        "currency": np.full(len(days), "EUR"),
        "last_seen_date": days,
        "is_reconstructed": np.zeros(len(days), dtype=bool),
    }
    return _table(known, "article_days", len(days))


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
    return _table(known, "sales", int(sold.sum()))


def _table(known: Mapping[str, Any], dataset: str, rows: int) -> pa.Table:
    from umschlag.storage.lake.datasets import dataset_named

    schema = dataset_named(dataset).columns
    columns = [
        pa.array(known[field.name]).cast(field.type)
        if field.name in known
        else pa.nulls(rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def ours(lake: "Lake") -> list[Classification]:
    """Judge every article by the product's own path."""
    from umschlag.storage.lake.article_facts import article_facts, receipts_by_sku

    facts = article_facts(lake, as_of_date=AS_OF, currency="EUR")
    return _judged(facts, receipts_by_sku(lake, as_of_date=AS_OF))


def row_by_row(paths: Mapping[str, list[Path]]) -> list[Classification]:
    """Judge every article after walking all its rows in Python, which lie sorted by day."""
    columns = ["sku", "business_date", "on_hand_units", "reserved_units", "unit_cost_minor"]
    sold: dict[str, dict[date, tuple[int, int]]] = {}
    sale_columns = ["sku", "business_date", "units", "revenue_minor"]
    for sku, day, units, revenue in pl.read_parquet(
        paths["sales"], columns=sale_columns
    ).iter_rows():
        sold.setdefault(sku, {})[day] = (units, revenue)
    shelf: dict[str, list[tuple[date, int, int, int]]] = {}
    for sku, *rest in pl.read_parquet(paths["article_days"], columns=columns).iter_rows():
        shelf.setdefault(sku, []).append(tuple(rest))
    facts = [_walked(Sku(sku), rows, sold.get(sku, {})) for sku, rows in sorted(shelf.items())]
    return _judged(facts, {})


def listed_paths(lake: "Lake") -> dict[str, list[Path]]:
    """Return the files of articles and sales, oldest first."""
    from umschlag.storage.records import lake_files

    paths: dict[str, list[Path]] = {"article_days": [], "sales": []}
    for file in sorted(lake_files.all_current_files(), key=lambda file: file.unit):
        if file.dataset in paths:
            paths[file.dataset].append(lake.files.local(file.path))
    return paths


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
        lake = written_world(Path(folder), articles=articles, days=options.days, seed=options.seed)
        started = time.perf_counter()
        fast = ours(lake)
        ours_seconds = time.perf_counter() - started
        paths = listed_paths(lake)
        started = time.perf_counter()
        slow = row_by_row(paths)
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
