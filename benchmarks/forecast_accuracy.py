"""How far off is the days-of-cover forecast on real sales?

Ours: `umschlag.intelligence.forecasting.days_of_cover`, quantiles of what each article sold in past
spans of the horizon's length. Baseline: the formula of ERP systems, the mean of the last 90 days
plus z times the daily standard deviation times the root of the horizon. Both see the same days,
none of the weeks they are judged on. One choice of ours, how far the past year is moved towards the
present level, was made on the seven origins before the last six; so judge by no more than six.

Data: `../shared/data/orii_daily_sales.parquet` (Online Retail II; it has no stock levels, so every
day since an article's first sale counts as one with stock). Measure: pinball loss of the demand sum
over the horizon at 0.5, 0.8, 0.9, 0.95 and 0.99, divided by the article's mean sum in the year
before, averaged over levels, articles and rolling origins. Articles count that sold in the year
before an origin and were known for 90 days.

    python benchmarks/forecast_accuracy.py --small
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import NormalDist

import numpy as np
import polars as pl
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.days_of_cover import days_of_cover
from umschlag.intelligence.forecasting.demand import DayCells, DemandHistory, demand_history
from umschlag.kernel.identifiers import Sku

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "orii_daily_sales.parquet"
LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)
YEAR_DAYS = 365
KNOWN_DAYS_MIN = 90

Quantiles = Callable[[DemandHistory, int], dict[float, NDArray[np.float64]]]


@dataclass(kw_only=True)
class Score:
    """Losses and hits of one method over all origins."""

    loss: float = 0.0
    cells: int = 0
    covered_95: float = 0.0
    articles: int = 0

    def add(
        self,
        quantiles: dict[float, NDArray[np.float64]],
        actual: NDArray[np.float64],
        scale: NDArray[np.float64],
    ) -> None:
        """Count one origin in."""
        for level, units in quantiles.items():
            error = actual - units
            loss = np.maximum(level * error, (level - 1) * error) / scale
            self.loss += float(loss.sum())
            self.cells += loss.size
        self.covered_95 += float((actual <= quantiles[0.95]).sum())
        self.articles += actual.size

    @property
    def mean_loss(self) -> float:
        """Scaled pinball loss."""
        return self.loss / self.cells

    @property
    def coverage(self) -> float:
        """Share of sums that the 95 % quantile covered."""
        return self.covered_95 / self.articles


def ours(history: DemandHistory, horizon_days: int) -> dict[float, NDArray[np.float64]]:
    """Return the quantiles of the days-of-cover forecast."""
    forecasts = days_of_cover(history, horizon_days=horizon_days, groups=[""] * len(history.skus))
    return {level: forecasts.quantile_units(level) for level in LEVELS}


def erp_formula(history: DemandHistory, horizon_days: int) -> dict[float, NDArray[np.float64]]:
    """Return 90-day mean × horizon + z × daily deviation × √horizon."""
    recent = history.last(90).units
    mean = recent.mean(axis=1) * horizon_days
    deviation = recent.std(axis=1, ddof=1) * np.sqrt(horizon_days)
    normal = NormalDist()
    return {level: mean + normal.inv_cdf(level) * deviation for level in LEVELS}


def compare(
    sales: pl.DataFrame, *, origins: int, horizon_days: int, articles_max: int | None
) -> dict[str, Score]:
    """Return the scores of both methods, from the same origins and articles."""
    methods: dict[str, Quantiles] = {"ours": ours, "erp": erp_formula}
    scores = {name: Score() for name in methods}
    last_date: date = sales["date"].max()  # type: ignore[assignment]  # the column holds dates
    for step in range(origins, 0, -1):
        origin = last_date - timedelta(days=horizon_days * step)
        history = history_until(sales, origin, articles_max)
        actual = demand_after(sales, history, horizon_days)
        scale = history.last(YEAR_DAYS).units.sum(axis=1) * horizon_days / YEAR_DAYS
        for name, method in methods.items():
            scores[name].add(method(history, horizon_days), actual, scale)
    return scores


def history_until(sales: pl.DataFrame, origin: date, articles_max: int | None) -> DemandHistory:
    """Return what was known at the close of the origin."""
    past = sales.filter(pl.col("date") <= origin)
    known = (
        past.group_by("stock_code")
        .agg(
            first=pl.col("date").min(),
            in_year=pl.col("units")
            .filter(pl.col("date") > origin - timedelta(days=YEAR_DAYS))
            .sum(),
        )
        .filter((pl.col("in_year") > 0) & (pl.col("first") <= origin - timedelta(KNOWN_DAYS_MIN)))
        .sort("stock_code")
        .head(articles_max or past.height)
        .with_row_index("article")
    )
    cells = (
        past.join(known, on="stock_code")
        .with_columns(day=YEAR_DAYS - 1 - (pl.lit(origin) - pl.col("date")).dt.total_days())
        .filter(pl.col("day") >= 0)
    )
    nothing = np.zeros(0, dtype=np.intp)
    return demand_history(
        skus=tuple(Sku(code) for code in known["stock_code"]),
        last_date=origin,
        known_days=(
            pl.select(pl.lit(origin) - known["first"]).to_series().dt.total_days()
        ).to_numpy(),
        day_count=YEAR_DAYS,
        sold=DayCells(
            article=cells["article"].cast(pl.Int64).to_numpy(),
            day=cells["day"].to_numpy(),
            units=cells["units"].cast(pl.Float64).to_numpy(),
        ),
        without_stock=DayCells(article=nothing, day=nothing),
    )


def demand_after(
    sales: pl.DataFrame, history: DemandHistory, horizon_days: int
) -> NDArray[np.float64]:
    """Return what each article sold in the days after the history."""
    origin = history.last_date
    sums = (
        sales.filter(
            (pl.col("date") > origin) & (pl.col("date") <= origin + timedelta(horizon_days))
        )
        .group_by("stock_code")
        .agg(pl.col("units").sum())
    )
    by_code = dict(zip(sums["stock_code"], sums["units"], strict=True))
    return np.array([by_code.get(sku, 0) for sku in history.skus], dtype=np.float64)


def main() -> None:
    """Print both scores and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--small", action="store_true", help="2 origins, 1,000 articles")
    parser.add_argument("--origins", type=int, default=6, help="rolling origins (default 6)")
    parser.add_argument("--horizon", type=int, default=28, help="days (default 28)")
    options = parser.parse_args()
    if not DATA.exists():
        print(f"skipped: {DATA} is not here; it lies beside the checkout on developers' machines")
        return
    origins = 2 if options.small else options.origins
    scores = compare(
        pl.read_parquet(DATA),
        origins=origins,
        horizon_days=options.horizon,
        articles_max=1_000 if options.small else None,
    )
    for name, score in scores.items():
        print(f"{name:5} loss {score.mean_loss:.4f}  95 % covered {score.coverage:.3f}")
    print(
        json.dumps(
            {
                "name": "forecast_accuracy",
                "ours": round(scores["ours"].mean_loss, 4),
                "baseline": round(scores["erp"].mean_loss, 4),
                "ratio": round(scores["erp"].mean_loss / scores["ours"].mean_loss, 3),
                "unit": "scaled pinball loss; baseline: ERP formula",
                "size": {
                    "origins": origins,
                    "horizon_days": options.horizon,
                    "forecasts": scores["ours"].articles,
                    "coverage_95": round(scores["ours"].coverage, 3),
                    "baseline_coverage_95": round(scores["erp"].coverage, 3),
                },
            }
        )
    )


if __name__ == "__main__":
    main()
