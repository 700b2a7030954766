"""What each marketplace will sell: forecast beside the articles, and read again for pages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.forecasting.figures import ForecastFigures
from umschlag.intelligence.forecasting.lines import ForecastingModel
from umschlag.intelligence.forecasting.marketplaces import (
    MarketplaceFigures,
    in_line,
    marketplace_forecasts,
    marketplace_history,
)
from umschlag.intelligence.forecasting.succession import Succession
from umschlag.settings import Settings
from umschlag.storage.lake.day_tables import Window
from umschlag.storage.lake.demand import UnitsSold, read_marketplace_units
from umschlag.storage.lake.kept_forecasts import read_marketplace_forecasts
from umschlag.storage.lake.lake import Lake
from umschlag.storage.records.forecasting import newest_made_date
from umschlag.wiring.lake import open_lake


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketplaceLine:
    """What one marketplace is expected to sell of one article."""

    sku: str
    marketplace: str
    """Empty: sales that name none."""
    made_date: date
    horizon_days: int
    mean_units: float
    q50_units: float
    q80_units: float
    q95_units: float


def forecast_marketplaces(
    lake: Lake,
    model: ForecastingModel,
    history: DemandHistory,
    *,
    whole: Sequence[ForecastFigures],
    successions: Collection[Succession],
) -> list[MarketplaceFigures]:
    """Return every marketplace's forecasts, in line with those of the articles, by horizon.

    `model` is the one that learned from the articles, and nobody's successions are in it yet.
    """
    horizons = [one.horizon_days for one in whole]
    window = Window(last_date=history.last_date, day_count=history.day_count)
    sold = UnitsSold(skus=history.skus, window=window, units=history.units)
    made = {
        name: marketplace_forecasts(
            model,
            marketplace_history(history, units, successions),
            successions,
            horizons_days=horizons,
        )
        for name, units in read_marketplace_units(lake, sold)
    }
    found: list[MarketplaceFigures] = []
    for place, figures in enumerate(whole):
        parts = {name: own[place] for name, own in made.items() if own[place].skus}
        found.extend(in_line(figures, parts))
    return found


def marketplace_lines(
    settings: Settings, *, sku: str = "", marketplace: str = "", horizon_days: int | None = None
) -> list[MarketplaceLine]:
    """Return the newest forecasts by marketplace, most expected units first; empty: all.

    None where nothing was forecast yet. The horizon is that of the settings where none is given.
    """
    made_date = newest_made_date()
    if made_date is None:
        return []
    kept = read_marketplace_forecasts(
        open_lake(settings),
        made_date=made_date,
        horizon_days=horizon_days or settings.forecast_horizon_days,
        sku=sku,
        marketplace=marketplace,
    )
    lines = [
        MarketplaceLine(
            sku=own,
            marketplace=name,
            made_date=made_date,
            horizon_days=forecasts.horizon_days,
            mean_units=float(forecasts.mean_units[place]),
            q50_units=float(forecasts.quantile_units[0.5][place]),
            q80_units=float(forecasts.quantile_units[0.8][place]),
            q95_units=float(forecasts.quantile_units[0.95][place]),
        )
        for name, forecasts in kept.items()
        for place, own in enumerate(forecasts.skus)
    ]
    return sorted(lines, key=lambda line: (-line.mean_units, line.sku, line.marketplace))
