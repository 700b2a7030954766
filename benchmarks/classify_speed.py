"""How long does it take to judge every article by its whole history?

Ours: the questions to the compacted lake (DuckDB), the days of all articles side by side,
figures, demand patterns, stock-outs and the rules; and then every reason in full, which the
product does only where one is read. Baseline: the lake's rows read into Python and walked one by
one, article by article, as a script would, at the smaller of the two sizes; if a verdict, a
turnover or a unit of dead stock differs, the benchmark fails. Each size is measured in a process
of its own, for its memory. The world is drawn from a seed: a third sells daily, a third now and
then, the rest has stopped; stock runs out and comes back. What was made once is kept under
``var/benchmarks``.

    python benchmarks/classify_speed.py --articles 100000 --days 365
"""

import argparse
import json
import math
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import polars as pl
import pyarrow as pa

from umschlag.intelligence.movement.classification import Evidence, Judged, judged
from umschlag.intelligence.movement.figures import patterns_of, sporadic, year_rate_and_revenue
from umschlag.intelligence.movement.lost_sales import stock_outs
from umschlag.intelligence.movement.model import MovementRule, Verdict
from worlds.history import lake_in

if TYPE_CHECKING:
    from umschlag.storage.lake.lake import Lake

AS_OF = date(2026, 6, 30)
SEED = 20_240_229
EDITION = 1
"""Raised when the world is made otherwise, so that a kept one is not taken for it."""
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


def kept_world(*, articles: int, days: int) -> "Lake":
    """Return the lake with the world, made anew where it is not kept from an earlier run."""
    checkout = Path(__file__).resolve().parents[1]
    folder = checkout / "var/benchmarks" / f"classify-{articles}x{days}-{EDITION}"
    if (folder / "complete").is_file():
        return lake_in(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lake = lake_in(folder)
    _write_world(lake, articles=articles, days=days)
    (folder / "complete").write_text("", encoding="utf-8")
    return lake


def _write_world(lake: "Lake", *, articles: int, days: int) -> None:
    """Publish stock of every day and the sales of every month, and compact."""
    from umschlag.storage.lake.compaction import compact

    rng = np.random.default_rng(SEED)
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


_Answer = TypeVar("_Answer")


class Steps:
    """How long each step took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def timed(self, name: str, work: Callable[[], _Answer]) -> _Answer:
        """Do the work and note its seconds."""
        start = time.perf_counter()
        answer = work()
        self.seconds[name] = round(time.perf_counter() - start, 3)
        return answer


def ours(lake: "Lake", steps: Steps) -> Judged:
    """Judge every article by the product's own path."""
    from umschlag.storage.lake.article_facts import read_articles

    read = steps.timed("read", lambda: read_articles(lake, as_of_date=AS_OF, currency="EUR"))
    daily_units, revenue = year_rate_and_revenue(read.articles)
    regular = ~sporadic(patterns_of(read.articles.sales))
    outs = steps.timed(
        "stock-outs",
        lambda: stock_outs(
            read.table, daily_units=daily_units, unit_revenue_minor=revenue, is_regular=regular
        ),
    )
    evidence = Evidence(articles=read.articles, vat_percent=19.0, stock_outs=outs)
    return steps.timed("figures and rules", lambda: judged(evidence, RULES))


@dataclass(frozen=True, kw_only=True)
class Walked:
    """What the baseline says of one article."""

    verdict: Verdict
    turnover: float | None
    dead_units: int


def row_by_row(paths: Mapping[str, list[Path]]) -> dict[str, Walked]:
    """Judge every article after walking all its rows in Python, which lie sorted by day."""
    columns = ["sku", "business_date", "on_hand_units", "unit_cost_minor"]
    sold: dict[str, dict[date, int]] = {}
    sales = pl.read_parquet(paths["sales"], columns=["sku", "business_date", "units"])
    for sku, day, units in sales.iter_rows():
        sold.setdefault(sku, {})[day] = units
    shelf: dict[str, list[tuple[date, int, int]]] = {}
    for sku, *rest in pl.read_parquet(paths["article_days"], columns=columns).iter_rows():
        shelf.setdefault(sku, []).append(tuple(rest))
    return {sku: _walked(rows, sold.get(sku, {})) for sku, rows in sorted(shelf.items())}


def listed_paths(lake: "Lake") -> dict[str, list[Path]]:
    """Return the files of articles and sales, oldest first."""
    from umschlag.storage.records import lake_files

    paths: dict[str, list[Path]] = {"article_days": [], "sales": []}
    for file in sorted(lake_files.all_current_files(), key=lambda file: file.unit):
        if file.dataset in paths:
            paths[file.dataset].append(lake.files.local(file.path))
    return paths


def _walked(rows: list[tuple[date, int, int]], sold: dict[date, int]) -> Walked:
    totals = dict.fromkeys(("cost", "value", "sold_90", "with_90", "known_90"), 0)
    since = rows[0][0]
    weeks: dict[int, tuple[int, bool]] = {}
    for day, on_hand, cost in rows:
        units = sold.get(day, 0)
        age = (AS_OF - day).days
        has_stock = on_hand > 0 or units > 0
        if not has_stock:
            since = day + timedelta(days=1)
        if age < 90:
            totals["with_90"] += has_stock
            totals["known_90"] += 1
            totals["sold_90"] += units
        if age < 364:
            week_units, was_there = weeks.get(age // 7, (0, False))
            weeks[age // 7] = (week_units + units, was_there or has_stock)
        totals["cost"] += units * cost
        totals["value"] += on_hand * cost
    days = totals["known_90"] if _is_sporadic(weeks) else totals["with_90"]
    rate = totals["sold_90"] / days if days else 0.0
    turnover = totals["cost"] / totals["value"] * 365 if totals["value"] else None
    on_hand = rows[-1][1]
    known_days = (AS_OF - rows[0][0]).days
    waiting = (AS_OF - max(sold)).days if sold else known_days
    came_back = since > rows[0][0]
    idle = min(waiting, (AS_OF - since).days) if came_back else waiting
    idle = idle if on_hand > 0 else 0
    dead = on_hand if idle >= 90 else max(on_hand - math.ceil(rate * 90), 0)
    if idle < 90 and totals["with_90"] < 28:
        dead = 0
    return Walked(
        verdict=_verdict(on_hand, idle, rate, turnover), turnover=turnover, dead_units=dead
    )


def _is_sporadic(weeks: Mapping[int, tuple[int, bool]]) -> bool:
    there = [units for units, was_there in weeks.values() if was_there]
    with_demand = sum(units > 0 for units in there)
    return bool(with_demand) and len(there) / with_demand >= 1.32


def _verdict(on_hand: int, idle: int, rate: float, turnover: float | None) -> Verdict:
    if idle >= 90 and on_hand >= 1:
        return Verdict.PENNER
    if turnover is not None and turnover < 1:
        return Verdict.PENNER
    is_short = on_hand == 0 or (rate > 0 and on_hand / rate <= 30)
    if turnover is not None and turnover >= 8 and is_short and rate >= 0.1:
        return Verdict.RENNER
    return Verdict.NORMAL


def _compare(found: Judged, walked: Mapping[str, Walked]) -> None:
    for one in found:
        other = walked[one.sku]
        turnover = one.figures.stock_turnover_per_year
        same = turnover == other.turnover or math.isclose(turnover or 0, other.turnover or 0)
        if (one.verdict, one.figures.dead_units) != (other.verdict, other.dead_units) or not same:
            raise SystemExit(f"the two disagree on {one.sku}: {one} and {other}")


def measured(*, articles: int, days: int, with_baseline: bool) -> dict[str, Any]:
    """Return what one size came to, with the baseline where that is asked for."""
    lake = kept_world(articles=articles, days=days)
    ours(lake, Steps())
    found, steps = None, Steps()
    for _attempt in range(3):
        again = Steps()
        found = ours(lake, again)
        if not steps.seconds or sum(again.seconds.values()) < sum(steps.seconds.values()):
            steps = again
    assert found is not None
    every_reason = Steps()
    every_reason.timed("all in full", lambda: [found.reason_of(at) for at in range(len(found))])
    told: dict[str, Any] = {
        "articles": articles,
        "steps": steps.seconds,
        "seconds": round(sum(steps.seconds.values()), 3),
        "reasons": every_reason.seconds["all in full"],
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "verdicts": {verdict.value: int(found.is_verdict(verdict).sum()) for verdict in Verdict},
    }
    if with_baseline:
        walking = Steps()
        walked = walking.timed("baseline", lambda: row_by_row(listed_paths(lake)))
        _compare(found, walked)
        told["baseline"] = walking.seconds["baseline"]
    return told


def _in_own_process(*, articles: int, days: int, with_baseline: bool) -> dict[str, Any]:
    command = [sys.executable, __file__, "--one", "--articles", str(articles), "--days", str(days)]
    answer = subprocess.run(
        [*command, "--with-baseline"] if with_baseline else command,
        check=True,
        capture_output=True,
        text=True,
    )
    told: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return told


def main() -> None:
    """Print the steps of both sizes, how the time grows, and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--small", action="store_true", help="2,000 articles over 365 days")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--one", action="store_true", help="this size alone, as JSON")
    parser.add_argument("--with-baseline", action="store_true")
    options = parser.parse_args()
    if options.one:
        told = measured(
            articles=options.articles, days=options.days, with_baseline=options.with_baseline
        )
        print(json.dumps(told))
        return
    articles = 2_000 if options.small else options.articles
    tenth = _in_own_process(articles=articles // 10, days=options.days, with_baseline=True)
    whole = _in_own_process(articles=articles, days=options.days, with_baseline=False)
    for told in (tenth, whole):
        print(told)
    growth = whole["seconds"] / tenth["seconds"]
    print(f"ten times the articles take {growth:.1f} times as long")
    print(
        json.dumps(
            {
                "name": "classify_speed",
                "ours": whole["seconds"],
                "baseline": round(tenth["baseline"] * 10, 3),
                "ratio": round(tenth["baseline"] * 10 / whole["seconds"], 2),
                "unit": "seconds from files to verdicts; baseline: a Python loop over the rows of "
                "a tenth, times ten",
                "size": {"articles": articles, "days": options.days},
            }
        )
    )


if __name__ == "__main__":
    main()
