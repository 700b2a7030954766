"""How fast is "what earned what" over a year, with thousands of SKUs on several marketplaces?

Ours: the report of the profit page as the product makes it, with its ratios, contradictions and
comparison with the period before: one pass over the Sellerboard rows for SKUs, marketplaces and
days, joined with stock and cost of the period.
Baseline: the same sums of the same rows and no more, by the textbook: three GROUP BY of DuckDB over
the same files, one after the other, through Python's DB-API, without any report.

Every SKU sells on a fifth of the days on each marketplace. The first line says how long the product
takes, the second how the year stands against its last 30 days: 1 is perfect.

    python benchmarks/profit_period.py --skus 10000 --days 365
"""

import argparse
import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from worlds.history import best, lake_in, tell

if TYPE_CHECKING:
    import pyarrow as pa

    from umschlag.storage.lake.lake import Lake

MARKETPLACES = ("Amazon.de", "Amazon.fr", "Amazon.it", "Amazon.es", "Amazon.nl")
SOLD_SHARE = 0.2
FIRST_DATE = date(2025, 1, 1)
SETTLED_AFTER_DAYS = 14
AMOUNTS = ("sales", "ads", "fees", "refund_cost", "cost_of_goods", "vat", "net_profit")


def main() -> None:
    """Fill a lake, ask for the year and for its last 30 days, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--skus", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--small", action="store_true", help="500 SKUs and 60 days")
    asked = parser.parse_args()
    skus, days = (500, 60) if asked.small else (asked.skus, asked.days)
    size = f"{skus} SKUs x {len(MARKETPLACES)} marketplaces x {days} days"
    folder = Path(__file__).resolve().parents[1] / f"var/benchmarks/profit-{skus}x{days}-1"
    is_kept = (folder / "complete").is_file()
    folder.mkdir(parents=True, exist_ok=True)
    lake = lake_in(folder)
    if not is_kept:
        start = time.perf_counter()
        row_count = fill(lake, skus=skus, days=days)
        (folder / "complete").write_text(size, encoding="utf-8")
        print(f"{row_count:,} rows made in {time.perf_counter() - start:.0f} s")
    year = best(lambda: report(days), 3)
    tell("profit of the period", ours=year, baseline=best(lambda: textbook(lake), 3), size=size)
    month = best(lambda: report(30), 3)
    tell("against its last 30 days", ours=year, baseline=month, size=size)


def report(days: int) -> object:
    """Make the report of the newest days as the page does."""
    from umschlag.kernel.periods import Period
    from umschlag.settings import load_settings
    from umschlag.wiring.profit_periods import told_period
    from umschlag.wiring.profitability import profitability

    settings = load_settings()
    told = told_period(settings)
    assert told is not None
    start = told.end_date - timedelta(days=days)
    return profitability(settings, period=Period(start_date=start, end_date=told.end_date))


def textbook(lake: "Lake") -> None:
    """Add the amounts up by SKU, by marketplace and by day, each in a query of its own."""
    import duckdb

    from umschlag.storage.records import lake_files

    files = lake_files.current_files("sellerboard_days")
    paths = [str(lake.files.local(file.path)) for file in files]
    sums = ", ".join(f"sum({name}_minor)" for name in AMOUNTS)
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        for key in ("sku", "marketplace", "business_date"):
            connection.execute(
                f"select {key}, sum(units), {sums} from read_parquet(?) group by {key}",  # noqa: S608 - ours
                [paths],
            ).fetchall()


def fill(lake: "Lake", *, skus: int, days: int) -> int:
    """Publish what Sellerboard told, and a stock that changes on a twentieth of the days."""
    import pyarrow as pa

    from umschlag.storage.lake.compaction import compact

    rng = np.random.default_rng(1)
    months: dict[str, list[pa.Table]] = {}
    on_hand = rng.integers(0, 60, skus)
    cost = rng.integers(100, 3_000, skus)
    for offset in range(days):
        day = FIRST_DATE + timedelta(days=offset)
        is_settled = days - offset > SETTLED_AFTER_DAYS
        moved = rng.random(skus) < 0.05
        on_hand = np.where(moved, rng.integers(0, 60, skus), on_hand)
        lake.publish("article_days", day.isoformat(), articles(day, on_hand, cost))
        months.setdefault(f"{day:%Y-%m}", []).append(told(rng, day, cost, is_settled=is_settled))
    compact(lake)
    for month, tables in months.items():
        lake.publish("sellerboard_days", month, pa.concat_tables(tables))
    return sum(table.num_rows for tables in months.values() for table in tables)


def articles(day: date, on_hand: np.ndarray, cost: np.ndarray) -> "pa.Table":
    """Return the day's picture."""
    import pyarrow as pa

    from umschlag.storage.lake.datasets import ARTICLE_DAYS

    count = len(on_hand)
    known = {
        "business_date": pa.repeat(pa.scalar(day), count),
        "sku": pa.array([f"HX-{number:06d}" for number in range(count)]),
        "name": pa.array([f"Article {number}" for number in range(count)]),
        "category": pa.array([f"Category {number % 40}" for number in range(count)]),
        "manufacturer": pa.array([f"Manufacturer {number % 90}" for number in range(count)]),
        "on_hand_units": pa.array(on_hand),
        "unit_cost_minor": pa.array(cost),
        "currency": pa.repeat("EUR", count),
        "last_seen_date": pa.repeat(pa.scalar(day), count),
        "is_reconstructed": pa.repeat(pa.scalar(False), count),
    }
    schema = ARTICLE_DAYS.columns
    return pa.table(
        [known.get(one.name, pa.nulls(count, one.type)).cast(one.type) for one in schema],
        schema=schema,
    )


def told(rng: np.random.Generator, day: date, cost: np.ndarray, *, is_settled: bool) -> "pa.Table":
    """Return what Sellerboard told of the day."""
    import pyarrow as pa

    from umschlag.storage.lake.datasets import SELLERBOARD_DAYS

    sku, place = np.nonzero(rng.random((len(cost), len(MARKETPLACES))) < SOLD_SHARE)
    count = len(sku)
    units = rng.geometric(0.6, count)
    sales = units * rng.integers(800, 6_000, count)
    parts = {
        "sales": sales,
        "ads": -(sales // 12),
        "fees": -(sales // 4),
        "refund_cost": -(sales // 40),
        "cost_of_goods": -units * cost[sku],
        "vat": -(sales * 19 // 119),
    }
    parts["net_profit"] = sum(parts.values())
    known = {
        "business_date": pa.repeat(pa.scalar(day), count),
        "marketplace": pa.array(MARKETPLACES).take(pa.array(place)),
        "asin": pa.array([f"B0{number:08d}" for number in sku.tolist()]),
        "sku": pa.array([f"HX-{number:06d}" for number in sku.tolist()]),
        "units": pa.array(units),
        "refunds": pa.array(np.zeros(count, dtype=np.int64)),
        "currency": pa.repeat("EUR", count),
        "is_settled": pa.repeat(pa.scalar(is_settled), count),
        "fulfilment_channel": pa.repeat("FBA", count),
        "raw_json": pa.repeat("{}", count),
    } | {f"{name}_minor": pa.array(values) for name, values in parts.items()}
    schema = SELLERBOARD_DAYS.columns
    return pa.table([known[one.name].cast(one.type) for one in schema], schema=schema)


if __name__ == "__main__":
    main()
