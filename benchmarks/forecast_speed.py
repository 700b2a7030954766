"""How long do the forecasts of 30,000 articles with two years of days take, and how much memory?

Ours: the product's forecast (`worlds.real_sales.ours`) of 28-day sums, or of every horizon named,
in a process of its own: seconds from the table of demand to the samples, and the most memory that
the process ever held (Linux's VmHWM): Python, its libraries and the table itself, whose size is
printed, are in it. Three sizes tell whether the time grows in line with the articles. Baselines:
Croston-SBA and AutoETS of statsforecast, one process, on a sample of the same series, **scaled up**
by their number; both tell a mean alone here, AutoETS by weeks.

Data: the series of Online Retail II, two years each, drawn with replacement and multiplied by a
factor from a seed, so that no two are alike; names and prices go along. Time is the wall's, on
whatever cores the method uses.

    python benchmarks/forecast_speed.py --small
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.kernel.identifiers import Sku
from worlds import real_sales, rival_forecasts

SIZES = (7_500, 15_000, 30_000)
SIZES_SMALL = (500, 1_000, 2_000)
CROSTON, ETS = "CrostonSBA", "AutoETS"
SAMPLES = {CROSTON: 1_000, ETS: 100}
SEED = 20_111_209
LAST_DATE = date(2011, 12, 9)


def many_series(articles: int) -> DemandHistory:
    """Return two years of so many articles, drawn from the real ones."""
    sales = real_sales.real_sales()
    rng = np.random.default_rng(SEED)
    known = sales.places_known(sales.last_day)
    places = known[rng.integers(0, known.size, articles)]
    drawn = sales.history(sales.last_day, places)
    factor = rng.lognormal(0.0, 0.5, articles)
    return replace(
        drawn,
        skus=tuple(Sku(f"S{number:06d}") for number in range(articles)),
        units=np.ceil(drawn.units * factor[:, None]),
    )


def keep(history: DemandHistory, folder: Path) -> None:
    """Write the table where a fresh process reads it: drawing it takes more than it holds."""
    np.save(folder / "units.npy", history.units)
    np.save(folder / "has_stock.npy", history.has_stock)
    np.save(folder / "known_days.npy", history.known_days)
    np.save(folder / "prices.npy", _prices(history))
    (folder / "names.json").write_text(json.dumps([history.skus, history.names]))


def kept(folder: Path) -> DemandHistory:
    """Return the table that was written there."""
    skus, names = json.loads((folder / "names.json").read_text())
    return DemandHistory(
        skus=tuple(map(Sku, skus)),
        names=tuple(names),
        last_date=LAST_DATE,
        units=np.load(folder / "units.npy"),
        has_stock=np.load(folder / "has_stock.npy"),
        known_days=np.load(folder / "known_days.npy"),
        prices=np.load(folder / "prices.npy"),
    )


def measure(folder: Path, horizons: list[int]) -> dict[str, float]:
    """Return seconds and mebibytes of this process: run it in one of its own."""
    history = kept(folder)
    before_mib = _peak_mib()
    started, worked = time.perf_counter(), time.process_time()
    for horizon_days in horizons:
        forecasts = real_sales.forecast_for(real_sales.ours, history, horizon_days)
        assert forecasts.quantile_units(0.95).sum() > 0, "nothing was forecast"
    return {
        "articles": len(history.skus),
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - worked,
        "peak_mib": _peak_mib(),
        "before_mib": before_mib,
        "table_mib": (history.units.nbytes + history.has_stock.nbytes + _prices(history).nbytes)
        / 2**20,
    }


def _prices(history: DemandHistory) -> NDArray[np.float32]:
    assert history.prices is not None, "the real set tells prices"
    return history.prices


def _peak_mib() -> float:
    """Return the most memory that this process held so far.

    Linux tells it in kibibytes. Not `getrusage`: what that tells begins with the parent's.
    """
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    told = next(line for line in lines if line.startswith("VmHWM:"))
    return int(told.split()[1]) / 1024


def measured_in_child(articles: int, horizons: list[int]) -> dict[str, float]:
    """Return what a fresh process measures."""
    with tempfile.TemporaryDirectory() as folder:
        keep(many_series(articles), Path(folder))
        told = subprocess.run(
            [sys.executable, __file__, "--child", folder, "--horizons", *map(str, horizons)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
    answer: dict[str, float] = json.loads(told.splitlines()[-1])
    return answer


def rival_seconds(name: str, articles: int) -> float:
    """Return the seconds that a method of statsforecast would take for so many articles."""
    from statsforecast import models

    count = min(SAMPLES[name], articles)
    units = many_series(count).units.astype(np.float32)
    if name == ETS:
        units = units[:, units.shape[1] % 7 :].reshape(count, -1, 7).sum(axis=2)
        model, steps = models.AutoETS(season_length=1), 4
    else:
        model, steps = models.CrostonSBA(), 28
    model.forecast(y=units[0], h=steps)  # what it loads or compiles once is not counted
    started = time.perf_counter()
    for series in units:
        model.forecast(y=series, h=steps)
    return (time.perf_counter() - started) / count * articles


def main() -> None:
    """Print seconds and memory of each size and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--small", action="store_true", help="500, 1,000 and 2,000 articles")
    parser.add_argument("--horizons", type=int, nargs="+", default=[28], help="days (default 28)")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not real_sales.DATA.exists():
        print(real_sales.ABSENT)
        return
    if options.child:
        print(json.dumps(measure(options.child, options.horizons)))
        return
    measured = []
    for articles in SIZES_SMALL if options.small else SIZES:
        one = measured_in_child(articles, options.horizons)
        measured.append(one)
        print(
            f"{articles:>6} articles: {one['seconds']:.1f} s ({one['cpu_seconds']:.1f} s of "
            f"processor time, {os.cpu_count()} cores), peak {one['peak_mib']:,.0f} MiB "
            f"(before it {one['before_mib']:,.0f}, table {one['table_mib']:,.0f})",
            flush=True,
        )
    print(json.dumps(summary(measured, options.horizons)))


def summary(measured: list[dict[str, float]], horizons: list[int]) -> dict[str, object]:
    """Return the line of JSON; without statsforecast there is no baseline."""
    smallest, largest = measured[0], measured[-1]
    articles = int(largest["articles"])
    rivals = {}
    if rival_forecasts.statsforecast_is_here():
        rivals = {name: rival_seconds(name, articles) for name in SAMPLES}
        for name, seconds in rivals.items():
            print(
                f"{name}: {seconds:.1f} s, scaled up from {min(SAMPLES[name], articles)} articles"
            )
    else:
        print(rival_forecasts.ABSENT)
    baseline = rivals.get(CROSTON)
    growth = (largest["seconds"] / smallest["seconds"]) / (articles / smallest["articles"])
    return {
        "name": "forecast_speed",
        "ours": round(largest["seconds"], 2),
        "baseline": None if baseline is None else round(baseline, 2),
        "ratio": None if baseline is None else round(baseline / largest["seconds"], 3),
        "unit": "s; baseline: statsforecast's CrostonSBA, means alone, scaled up",
        "size": {
            "articles": articles,
            "days": real_sales.HISTORY_DAYS,
            "horizons": horizons,
            "peak_mib": round(largest["peak_mib"]),
            "seconds_by_articles": {
                int(one["articles"]): round(one["seconds"], 2) for one in measured
            },
            "growth_to_linear": round(growth, 2),
            "auto_ets": None if ETS not in rivals else round(rivals[ETS], 1),
        },
    }


if __name__ == "__main__":
    main()
