"""How fast does a person's file of order lines become clean sales, and what does the care cost?

Ours: read the CSV, find its dialect and columns, check every cell, drop lines that two sheets
share, net cancellations against their sales, leave out what is no product, number the lines.
Baseline: plain polars in the same run, which trusts the file: read it, add units up by SKU and
day. The ratio is therefore below 1; it says what trusting nothing costs. The file is drawn from a
seed (or given with --file) and holds a tenth of doubled lines and one cancellation in fifty; the
units that remain are known beforehand, and the benchmark fails where ours differ from them.

    python benchmarks/import_sales.py --lines 1000000
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from umschlag.connectors.sales_file.cleaning import sales_facts
from umschlag.connectors.sales_file.examining import SalesFileOptions, examine_sales_file

SMALL_LINES = 100_000
LINES = 1_000_000
MINUTES_OF_TWO_YEARS = 2 * 365 * 24 * 60
OPTIONS = SalesFileOptions(currency="EUR")


def written_sales(folder: Path, *, lines: int, seed: int) -> tuple[Path, int]:
    """Write the file and return it with the units that are sold in the end."""
    rng = np.random.default_rng(seed)
    minute = np.sort(rng.integers(0, MINUTES_OF_TWO_YEARS, lines))
    sold = pl.DataFrame(
        {
            "Invoice": 500_000 + np.arange(lines) // 20,
            "StockCode": rng.integers(10_000, 15_000, lines),
            "Quantity": rng.geometric(0.1, lines),
            "minute": minute,
            "Price": rng.integers(50, 5_000, lines) / 100,
            # Every line has a customer of its own, so that a cancellation has one sale alone.
            "Customer ID": np.arange(lines),
            "Sheet": 1,
        }
    )
    doubled = sold.head(lines // 10).with_columns(pl.lit(2, pl.Int32).alias("Sheet"))
    gone = sold.tail(lines // 2).gather_every(25)
    cancels = gone.with_columns(
        pl.format("C{}", "Invoice").alias("Invoice"),
        -pl.col("Quantity"),
        pl.col("minute") + 60,
    )
    shown = pl.lit("2024-01-01 00:00").str.to_datetime("%Y-%m-%d %H:%M") + pl.duration(
        minutes="minute"
    )
    frame = pl.concat(
        [part.cast({"Invoice": pl.String, "Sheet": pl.Int32}) for part in (sold, doubled, cancels)]
    ).with_columns(shown.dt.strftime("%d.%m.%Y %H:%M").alias("InvoiceDate"))
    path = folder / "sales.csv"
    frame.drop("minute").write_csv(path, separator=";")
    return path, int(sold["Quantity"].sum()) - int(gone["Quantity"].sum())


def cleaned_sales(path: Path) -> pl.DataFrame:
    """Return the file's sales as they go into the lake."""
    examined = examine_sales_file(path, OPTIONS, zone=ZoneInfo("Europe/Berlin"))
    return sales_facts(examined.cleaned, source="file", currency="EUR", digits=2)


def trusted_sales(path: Path) -> pl.DataFrame:
    """Return units by SKU and day of a file that is believed in everything."""
    lines = pl.read_csv(path, separator=";", schema_overrides={"Invoice": pl.String})
    day = pl.col("InvoiceDate").str.to_datetime("%d.%m.%Y %H:%M").dt.date()
    return lines.group_by("StockCode", day).agg(pl.col("Quantity").sum())


def seconds_of(work: Callable[[Path], pl.DataFrame], path: Path) -> tuple[float, pl.DataFrame]:
    """Return how long the work took, and its result."""
    started = time.perf_counter()
    result = work(path)
    return time.perf_counter() - started, result


def main() -> None:
    """Measure both and print the result."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--small", action="store_true", help=f"{SMALL_LINES:,} lines")
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", type=Path, help="a file of your own (ours alone is measured)")
    options = parser.parse_args()
    if options.file:
        seconds, facts = seconds_of(cleaned_sales, options.file)
        print(
            f"{options.file.name}: {facts.height:,} sales in {seconds:.2f} s, {_peak_gib():.2f} GiB"
        )
        return
    lines = SMALL_LINES if options.small else options.lines
    with tempfile.TemporaryDirectory() as folder:
        path, units = written_sales(Path(folder), lines=lines, seed=options.seed)
        row_count = pl.scan_csv(path, separator=";", infer_schema=False).select(pl.len())
        rows = int(row_count.collect().item())
        plain_seconds, _ = seconds_of(trusted_sales, path)
        our_seconds, facts = seconds_of(cleaned_sales, path)
    if int(facts["units"].sum()) != units:
        raise SystemExit(f"ours found {facts['units'].sum():,} units where {units:,} were sold")
    print(f"{rows:,} rows: ours {our_seconds:.2f} s, plain polars {plain_seconds:.2f} s")
    print(f"at most {_peak_gib():.2f} GiB of memory; {facts.height:,} sales, {units:,} units")
    ours, baseline = rows / our_seconds, rows / plain_seconds
    result = {
        "name": "import_sales",
        "ours": round(ours),
        "baseline": round(baseline),
        "ratio": round(ours / baseline, 3),
        "unit": "rows/s (baseline: polars read and group, nothing checked)",
        "size": f"{rows:,} rows",
    }
    print(json.dumps(result))


def _peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    main()
