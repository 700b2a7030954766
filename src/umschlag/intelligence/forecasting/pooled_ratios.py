"""The pooled empirical forecast: a level of the article's own, a spread of all articles like it.

How much an article sells it tells itself. By how much such a forecast errs one article's history is
too short to tell; what articles of the same size, recency, trend and unevenness did after earlier
forecasts is not. The forecast is the level times the distribution of those realised ÷ forecast
ratios, which is conformal prediction in spirit: Vovk, Gammerman and Shafer (2005), "Algorithmic
Learning in a Random World", chapter 4 (Mondrian categories).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.article_features import Origin
from umschlag.intelligence.forecasting.observed_demand import (
    YEAR_DAYS,
    Floats,
    ObservedDemand,
    Places,
)
from umschlag.intelligence.forecasting.past_ratios import Calendar, past_origins
from umschlag.intelligence.forecasting.quantile_curves import PROBABILITIES

ORIGIN_STEP_DAYS = 14
ORIGIN_COUNT = 14
LEVEL_SPANS = ((28, 0.3), (91, 0.3), (365, 0.4))
"""Days back and weight of the rates that make the level. Chosen on the development origins of
`benchmarks/forecast_accuracy.py`, as the bins are."""
LEVEL_HAIR_UNITS = 0.02
CUTS = (6, 3, 3, 3)
"""Into how many classes level, recency, trend and unevenness are cut, one within the other."""
CLASS_ROWS_MIN = 150
"""A class with fewer rows keeps the ratios of the wider class around it."""
WEEKS_OF_UNEVENNESS = 26


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RatioClass:
    """Ratios of one class of articles, and the narrower classes inside it."""

    ratios: NDArray[np.float64]
    """Realised ÷ level at 200 evenly spread probabilities."""
    edges: NDArray[np.float64]
    narrower: tuple["RatioClass", ...]


def pooled_ratios(
    observed: ObservedDemand, calendar: Calendar, *, horizon_days: int
) -> RatioClass | None:
    """Return the ratios after earlier forecasts over the horizon, by class.

    None where no horizon is over yet.
    """
    traits, ratios = [], []
    for past in past_origins(
        observed,
        calendar,
        horizon_days=horizon_days,
        step_days=ORIGIN_STEP_DAYS,
        count=ORIGIN_COUNT,
    ):
        level, rows = _traits(observed, past.articles, past.origin)
        traits.append(rows)
        ratios.append(past.sold_units / level)
    if not ratios:
        return None
    return _cut(np.concatenate(traits), np.concatenate(ratios), 0)


def pooled_samples(
    classes: RatioClass, observed: ObservedDemand, articles: Places, origin: Origin
) -> NDArray[np.float64]:
    """Return 200 rising samples of each article's demand over the horizon, in units."""
    level, traits = _traits(observed, articles, origin)
    samples: Floats = _ratios_of(classes, traits) * level[:, None]
    return samples


def _traits(
    observed: ObservedDemand, articles: Places, origin: Origin
) -> tuple[Floats, NDArray[np.float64]]:
    """Return the level over the horizon, and what the classes are cut by."""
    day = origin.day
    rates = {days: observed.rate_in(articles, day - days, day) for days in (28, 56, 91, YEAR_DAYS)}
    daily = np.sum([weight * rates[days] for days, weight in LEVEL_SPANS], axis=0)
    level = daily * origin.usual_days + LEVEL_HAIR_UNITS
    counted = np.maximum(observed.days_in(articles, day - YEAR_DAYS, day), 1)
    sale_days = (
        observed.sale_days[articles, day] - observed.sale_days[articles, max(day - YEAR_DAYS, 0)]
    )
    # The sales that usually come in the days since the last one.
    missed = (day - 1 - observed.last_sale_day[articles, day]) * sale_days / counted
    trend = rates[56] / np.maximum(rates[YEAR_DAYS], 1e-9)
    return level, np.stack([level, missed, trend, _unevenness(observed, articles, day)], axis=1)


def _unevenness(observed: ObservedDemand, articles: Places, day: int) -> Floats:
    weeks = [
        observed.units_in(articles, day - 7 * week - 7, day - 7 * week)
        for week in range(min(WEEKS_OF_UNEVENNESS, day // 7))
    ]
    sums = np.stack(weeks, axis=1)
    uneven: Floats = sums.std(axis=1) / (sums.mean(axis=1) + 1e-9)
    return uneven


def _cut(traits: NDArray[np.float64], ratios: Floats, depth: int) -> RatioClass:
    own = np.quantile(ratios, PROBABILITIES)
    if depth == len(CUTS) or len(ratios) < CUTS[depth] * CLASS_ROWS_MIN:
        return RatioClass(ratios=own, edges=np.zeros(0), narrower=())
    shares = np.linspace(0, 1, CUTS[depth] + 1)[1:-1]
    edges = np.unique(np.quantile(traits[:, depth], shares))
    places = np.searchsorted(edges, traits[:, depth])
    narrower = tuple(
        _cut(traits[places == place], ratios[places == place], depth + 1)
        if (places == place).sum() >= CLASS_ROWS_MIN
        else RatioClass(ratios=own, edges=np.zeros(0), narrower=())
        for place in range(len(edges) + 1)
    )
    return RatioClass(ratios=own, edges=edges, narrower=narrower)


def _ratios_of(
    within: RatioClass, traits: NDArray[np.float64], depth: int = 0
) -> NDArray[np.float64]:
    if not within.narrower:
        return np.broadcast_to(within.ratios, (len(traits), PROBABILITIES.size))
    places = np.searchsorted(within.edges, traits[:, depth])
    rows = np.empty((len(traits), PROBABILITIES.size))
    for place, narrower in enumerate(within.narrower):
        rows[places == place] = _ratios_of(narrower, traits[places == place], depth + 1)
    return rows
