"""Real daily sales as the world that forecasts are judged in.

Online Retail II: a British gift retailer, 4,700 articles, 2009-12-01 to 2011-12-09. What sold is
taken as what was asked for, since the set knows no stock levels; every day since an article's first
sale counts as one with stock, none before it does.

**Judged weeks** are the last six times 28 days; a judged origin is 28 days after the other and all
that it forecasts lies in them. **Development origins** are those whose forecast ends before these
weeks: a method may be chosen and tuned there, and on nothing later.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.forecasting.demand_model import learned_model
from umschlag.intelligence.forecasting.model import DemandForecasts, ModelKind
from umschlag.kernel.identifiers import Sku

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data"
DATA = FOLDER / "orii_daily_sales.parquet"
LINES = FOLDER / "online_retail_ii.parquet"
ABSENT = f"skipped: {DATA} is not here; it lies beside the checkout on developers' machines"
HISTORY_DAYS = 730
YEAR_DAYS = 365
KNOWN_DAYS_MIN = 90
JUDGED_DAYS = 168
ORIGIN_STEP_DAYS = 28

OURS = ModelKind(os.environ.get("UMSCHLAG_BENCHMARK_MODEL", ModelKind.GLOBAL))
"""The model that the backtest on this set chooses; another one can be looked at."""

Method = Callable[[DemandHistory, int], DemandForecasts]
Floats = NDArray[np.float64]
Places = NDArray[np.intp]


def ours(history: DemandHistory, horizon_days: int) -> DemandForecasts:
    """Return the product's forecast: the one line to change when it changes."""
    model = learned_model(history, OURS, horizons_days=[horizon_days])
    return model.forecasts(history, horizon_days=horizon_days)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RealSales:
    """Units and revenue of every article (row) on every day (column) of the set."""

    skus: tuple[Sku, ...]
    names: tuple[str, ...]
    first_date: date
    units: Floats
    revenue: Floats
    first_sale_day: NDArray[np.int64]

    @property
    def last_day(self) -> int:
        """Number of the last day; the first is 0."""
        return int(self.units.shape[1]) - 1

    def date_of(self, day: int) -> date:
        """Return the date of a day."""
        return self.first_date + timedelta(days=day)

    def sold(self, *, until_day: int, days: int) -> Floats:
        """Return what each article sold in the days that end with this one."""
        sums: Floats = self.units[:, max(until_day + 1 - days, 0) : until_day + 1].sum(axis=1)
        return sums

    def demand_after(self, day: int, horizon_days: int) -> Floats:
        """Return what each article sold in the days after this one."""
        assert day + horizon_days <= self.last_day, "the set ends within the horizon"
        sums: Floats = self.units[:, day + 1 : day + 1 + horizon_days].sum(axis=1)
        return sums

    def places_known(self, day: int, *, known_days_min: int = 0) -> Places:
        """Return the articles that sold in the year before and were first sold so long ago."""
        known = self.first_sale_day <= day - known_days_min
        return np.flatnonzero(known & (self.sold(until_day=day, days=YEAR_DAYS) > 0))

    def prices(self, day: int) -> Floats:
        """Return revenue a unit until this day, in GBP; zero where nothing was sold."""
        units = self.units[:, : day + 1].sum(axis=1)
        revenue = self.revenue[:, : day + 1].sum(axis=1)
        prices: Floats = np.divide(revenue, units, out=np.zeros_like(units), where=units > 0)
        return prices

    def daily_prices(self, places: Places, start: int, end: int) -> NDArray[np.float32]:
        """Return revenue a unit of each day from `start` up to, without, `end`; NaN without."""
        units, revenue = self.units[places, start:end], self.revenue[places, start:end]
        prices = np.full(units.shape, np.nan, dtype=np.float32)
        np.divide(revenue, units, out=prices, where=units > 0, casting="same_kind")
        return prices

    def history(self, day: int, places: Places) -> DemandHistory:
        """Return what was known of these articles at the day's close, up to two years of it."""
        start = max(day + 1 - HISTORY_DAYS, 0)
        has_stock = np.arange(start, day + 1)[None, :] >= self.first_sale_day[places, None]
        return DemandHistory(
            skus=tuple(self.skus[place] for place in places),
            names=tuple(self.names[place] for place in places),
            last_date=self.date_of(day),
            units=self.units[places, start : day + 1],
            prices=self.daily_prices(places, start, day + 1),
            has_stock=has_stock,
            known_days=day - self.first_sale_day[places],
        )


def real_sales(*, articles_max: int | None = None) -> RealSales:
    """Read the set; where fewer articles are asked for, evenly chosen ones."""
    rows = pl.read_parquet(DATA, columns=["stock_code", "date", "units", "revenue"])
    codes = rows["stock_code"].unique().sort()
    if articles_max is not None and articles_max < codes.len():
        codes = codes[np.linspace(0, codes.len() - 1, articles_max).astype(np.int64).tolist()]
    first, last = rows["date"].min(), rows["date"].max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    table = pl.DataFrame({"stock_code": codes}).with_row_index("article")
    cells = rows.join(table, on="stock_code").with_columns(
        day=(pl.col("date") - first).dt.total_days()
    )
    place, day = cells["article"].to_numpy(), cells["day"].to_numpy()
    units = np.zeros((codes.len(), (last - first).days + 1))
    revenue = np.zeros_like(units)
    np.add.at(units, (place, day), cells["units"].to_numpy())
    np.add.at(revenue, (place, day), cells["revenue"].to_numpy())
    return RealSales(
        skus=tuple(Sku(code) for code in codes),
        names=_names(codes),
        first_date=first,
        units=units,
        revenue=revenue,
        first_sale_day=(units > 0).argmax(axis=1).astype(np.int64),
    )


def _names(codes: pl.Series) -> tuple[str, ...]:
    """Return what each article is mostly called on its invoices; empty where it is nowhere."""
    lines = pl.scan_parquet(LINES).filter(pl.col("description").is_not_null())
    called = (
        lines.group_by(pl.col("stock_code").str.to_uppercase(), "description")
        .len()
        .sort("len", "description", descending=[True, False])
        .unique("stock_code", keep="first", maintain_order=True)
        .collect()
    )
    names = dict(called.select("stock_code", "description").iter_rows())
    return tuple(names.get(code.upper(), "") for code in codes)


def judged_origins(sales: RealSales, horizon_days: int) -> list[int]:
    """Return the days whose forecasts are judged: all they forecast lies in the judged weeks."""
    start = sales.last_day - JUDGED_DAYS
    return list(range(start, sales.last_day - horizon_days + 1, ORIGIN_STEP_DAYS))


def development_origins(sales: RealSales, horizon_days: int) -> list[int]:
    """Return the days for choosing and tuning: a year known, done before the judged weeks."""
    newest = sales.last_day - JUDGED_DAYS - horizon_days
    return sorted(range(newest, YEAR_DAYS - 1, -ORIGIN_STEP_DAYS))


def forecast_for(method: Method, history: DemandHistory, horizon_days: int) -> DemandForecasts:
    """Return the method's forecasts, after a look at whether they are what was asked for."""
    forecasts = method(history, horizon_days)
    assert forecasts.skus == history.skus, "one forecast an article, in the history's order"
    assert forecasts.horizon_days == horizon_days
    assert np.isfinite(forecasts.mean_units).all(), "every article has a mean"
    assert (forecasts.sample_counts > 0).all(), "every article has a distribution"
    return forecasts
