"""How fast is "every SKU's newest state", and does it stay so while the history grows?

Ours: the question `snapshots/latest` as the product asks it, through catalogue, header and engine.
Vanished SKUs are carried along as tombstones, so the newest day's file alone has the answer.
Baseline: the textbook, `WHERE (sku, business_date) IN (SELECT sku, MAX(business_date) … GROUP BY
sku)`, in DuckDB over the same day files, in the same run. Both answers are compared row by row.

The history is generated from a seed: 5 % of the SKUs change stock a day, a few vanish, and both
questions are timed at a twelfth of the days and at all of them. The last line but one says how
much slower ours gets over that growth (ours: long history, baseline: short one; 1 is perfect).

    python benchmarks/history_latest.py --skus 20000 --days 365
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    from umschlag.storage.lake.lake import Lake

FIRST_DATE = date(2025, 1, 1)
CHANGED_SHARE = 0.05
VANISHED_SHARE_A_DAY = 0.0002
REPETITIONS = 5
TEXTBOOK = """
select sku, on_hand_units, unit_cost_minor
from article_days
where last_seen_date = business_date
and (sku, business_date) in (
    select sku, max(business_date)
    from article_days
    where last_seen_date = business_date
    group by sku
)
order by sku
"""


def main() -> None:
    """Publish a history, ask both questions at two lengths, and print what they cost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--skus", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true", help="2,000 SKUs and 60 days")
    arguments = parser.parse_args()
    skus, days = (2_000, 60) if arguments.small else (arguments.skus, arguments.days)
    with tempfile.TemporaryDirectory() as folder:
        lake = _empty_lake(Path(folder))
        history = _days_of(skus, days, np.random.default_rng(arguments.seed))
        short = max(1, days // 12)
        timings: dict[int, tuple[float, float]] = {}
        for number, (day, table) in enumerate(history, start=1):
            lake.publish("article_days", day.isoformat(), table)
            if number in (short, days):
                timings[number] = _timed(lake)
                ours, textbook = timings[number]
                print(
                    f"{number:5} days: ours {ours * 1e3:.1f} ms, textbook {textbook * 1e3:.1f} ms"
                )
    size = f"{skus} SKUs x {days} days"
    _tell("latest while the history grows", timings[days][0], timings[short][0], size)
    _tell("latest", *timings[days], size)


def _empty_lake(folder: Path) -> "Lake":
    """Return a lake with its catalogue in a database of its own."""
    os.environ["UMSCHLAG_VAR_DIR"] = str(folder)
    os.environ["UMSCHLAG_CONFIG"] = str(folder / "no-such-file.toml")
    os.environ["DATABASE_URL"] = ""
    os.environ["DJANGO_SETTINGS_MODULE"] = "umschlag.web.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from umschlag.storage.lake.lake import Lake

    call_command("migrate", verbosity=0)
    return Lake(folder=folder / "lake")


def _days_of(
    sku_count: int, day_count: int, rng: np.random.Generator
) -> "Iterator[tuple[date, pa.Table]]":
    """Yield the days one by one: all of them at once would not fit into memory."""
    import pyarrow as pa

    from umschlag.storage.lake.datasets import ARTICLE_DAYS

    count = sku_count
    skus = pa.array([f"HX-{number:07d}" for number in range(count)])
    names = pa.array([f"Article number {number}" for number in range(count)])
    on_hand = rng.negative_binomial(1, 0.05, count).astype(np.int32)
    cost = rng.integers(100, 9_000, count)
    last_seen = np.full(count, np.datetime64(FIRST_DATE, "D"))
    is_there = np.ones(count, dtype=bool)
    for offset in range(day_count):
        day = FIRST_DATE + timedelta(days=offset)
        # Who vanishes keeps the last state, so nothing of it changes any more.
        is_there &= rng.random(count) >= VANISHED_SHARE_A_DAY
        changed = is_there & (rng.random(count) < CHANGED_SHARE)
        on_hand[changed] = rng.negative_binomial(1, 0.05, int(changed.sum()))
        last_seen[is_there] = np.datetime64(day, "D")
        told = {
            "business_date": pa.repeat(pa.scalar(day), count),
            "sku": skus,
            "name": names,
            "on_hand_units": pa.array(on_hand),
            "unit_cost_minor": pa.array(cost),
            "currency": pa.repeat("EUR", count),
            "last_seen_date": pa.array(last_seen),
            "is_reconstructed": pa.repeat(pa.scalar(False), count),
        }
        columns = {
            field.name: told.get(field.name, pa.nulls(count, field.type))
            for field in ARTICLE_DAYS.columns
        }
        yield day, pa.table(columns)


def _timed(lake: "Lake") -> tuple[float, float]:
    """Return the seconds of ours and of the textbook, after checking that they agree."""
    from umschlag.storage.lake.questions import Question

    latest = Question.load("umschlag.intelligence.snapshots", "latest")
    textbook = Question.parse(TEXTBOOK, name="textbook")
    names = ["sku", "on_hand_units", "unit_cost_minor"]
    if not lake.ask(latest).select(names).equals(lake.ask(textbook).select(names)):
        raise SystemExit("the two answers differ")
    return _best(lambda: lake.ask(latest)), _best(lambda: lake.ask(textbook))


def _best(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def _tell(name: str, ours: float, baseline: float, size: str) -> None:
    print(
        json.dumps(
            {
                "name": name,
                "ours": round(ours, 4),
                "baseline": round(baseline, 4),
                "ratio": round(baseline / ours, 2),
                "unit": "s",
                "size": size,
            }
        )
    )


if __name__ == "__main__":
    main()
