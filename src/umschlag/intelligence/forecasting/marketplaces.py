"""What each marketplace will sell of an article: its own forecast, in line with the article's.

Each marketplace's series of an article is forecast by the model that forecasts the articles, which
learned from all of them and judges any series alike; so its quantiles come from its own past. Then
the marketplaces' forecasts are scaled so that their means add up to the article's, which stays:
top-down by forecast proportions, Athanasopoulos, Ahmed and Hyndman (2009), "Hierarchical forecasts
for Australian domestic tourism". Scaling all of a distribution by one factor leaves its relative
spread as it is. Quantiles of several marketplaces do not add up, and are not meant to: they seldom
all sell much at once.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.forecasting.demand_model import HORIZONS_DAYS
from umschlag.intelligence.forecasting.figures import ForecastFigures, StockAhead, figures_of
from umschlag.intelligence.forecasting.lines import ForecastingModel, with_successions
from umschlag.intelligence.forecasting.succession import Succession, joined_history
from umschlag.kernel.identifiers import Sku

SOLD_WITHIN_DAYS = 365
"""A marketplace that sold none of an article for a year is not forecast: nothing is expected."""
NOTHING_UNITS = 1e-9
"""What is expected below it is nothing: scaled up, rounding would be all there is."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarketplaceFigures:
    """Forecasts of one marketplace's sales over one horizon; empty: sales that name none."""

    marketplace: str
    figures: ForecastFigures


def marketplace_history(
    history: DemandHistory, units: NDArray[np.float64], successions: Collection[Succession] = ()
) -> DemandHistory:
    """Return the days of what sold on one marketplace within a year, as rows of its own.

    `units` are the marketplace's, in the history's rows and days. An article has stock there when
    it has any. What follows, or is followed by, an article that sells there comes along.
    """
    own = replace(history, units=units, has_stock=history.has_stock | (units > 0))
    sells = units[:, -SOLD_WITHIN_DAYS:].sum(axis=1) > 0
    place_of = {sku: place for place, sku in enumerate(history.skus)}
    linked = [
        place_of[sku]
        for one in successions
        for sku in (one.predecessor, one.successor)
        if sku in place_of
    ]
    sells[linked] = True
    return own.only(np.flatnonzero(sells))


def marketplace_forecasts(
    model: ForecastingModel,
    history: DemandHistory,
    successions: Collection[Succession] = (),
    *,
    horizons_days: Sequence[int] = HORIZONS_DAYS,
) -> list[ForecastFigures]:
    """Return one marketplace's forecasts of what it sells, before they are brought in line."""
    joined = joined_history(history, successions)
    sells = np.flatnonzero(joined.units[:, -SOLD_WITHIN_DAYS:].any(axis=1))
    following = with_successions(model, history, successions)
    stock = StockAhead(
        available_units=np.full(len(sells), np.nan),
        on_order_units=np.zeros(len(sells)),
        lead_time_days=np.zeros(len(sells)),
    )
    return [
        figures_of(following.forecasts(history, horizon_days=days, articles=sells), stock)
        for days in horizons_days
    ]


def in_line(
    whole: ForecastFigures, parts: Mapping[str, ForecastFigures]
) -> list[MarketplaceFigures]:
    """Return the marketplaces' forecasts, scaled so that their means add up to each article's.

    Where none of an article's marketplaces is expected to sell anything and the article is, they
    share it alike, for want of anything that tells them apart; their quantiles are then those of
    the article in the same share.
    """
    place_of = {sku: place for place, sku in enumerate(whole.skus)}
    sums = np.zeros(len(whole.skus))
    counts = np.zeros(len(whole.skus))
    for part in parts.values():
        places = _places(part, place_of)
        sums[places] += part.mean_units
        counts[places] += 1
    sells = sums > NOTHING_UNITS
    factors = np.divide(whole.mean_units, sums, out=np.zeros_like(sums), where=sells)
    shares = np.where(sells, 0.0, 1 / np.maximum(counts, 1))
    return [
        MarketplaceFigures(
            marketplace=marketplace,
            figures=_scaled(
                part, whole, places=_places(part, place_of), factors=factors, shares=shares
            ),
        )
        for marketplace, part in sorted(parts.items())
    ]


def _places(part: ForecastFigures, place_of: Mapping[Sku, int]) -> NDArray[np.intp]:
    return np.array([place_of[sku] for sku in part.skus], dtype=np.intp)


def _scaled(
    part: ForecastFigures,
    whole: ForecastFigures,
    *,
    places: NDArray[np.intp],
    factors: NDArray[np.float64],
    shares: NDArray[np.float64],
) -> ForecastFigures:
    factor, share = factors[places], shares[places]
    return replace(
        part,
        mean_units=part.mean_units * factor + whole.mean_units[places] * share,
        quantile_units={
            level: units * factor + whole.quantile_units[level][places] * share
            for level, units in part.quantile_units.items()
        },
    )
