"""A forecast model that has learned from a history, and what it says of any articles' demand."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.days_of_cover import YEAR_DAYS, days_of_cover
from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.forecasting.global_quantiles import (
    NETS,
    GlobalQuantiles,
    Tell,
    global_quantiles,
    global_samples,
    told_nobody,
)
from umschlag.intelligence.forecasting.kindred_sales import KindredSales, kindred_sales
from umschlag.intelligence.forecasting.kindred_words import Vocabulary, vocabulary_of
from umschlag.intelligence.forecasting.model import DemandForecasts, ForecastMethod, ModelKind
from umschlag.intelligence.forecasting.newcomers import YOUNG_DAYS, PeerRates, peer_rates
from umschlag.intelligence.forecasting.observed_demand import (
    ObservedDemand,
    Places,
    observed_demand,
)
from umschlag.intelligence.forecasting.past_ratios import HISTORY_DAYS_MIN, Calendar
from umschlag.intelligence.forecasting.pooled_ratios import (
    RatioClass,
    pooled_ratios,
    pooled_samples,
)
from umschlag.intelligence.forecasting.quantile_curves import SAMPLE_COUNT, whole_units
from umschlag.intelligence.forecasting.season import YEAR_DAYS as SEASON_DAYS
from umschlag.intelligence.forecasting.season import season_factors
from umschlag.intelligence.forecasting.weekdays import weekday_profile
from umschlag.intelligence.forecasting.years_pace import at_years_pace, pace_count, pooled

LOOK_AHEAD_DAYS = 182
ARTICLES_MIN = 300
"""With fewer articles there are too few like any one of them to learn from."""
LEARNING_DAYS_MIN = HISTORY_DAYS_MIN + 28
"""A level wants 100 days, and 28 more show what came of it."""
HORIZONS_DAYS = (7, 14, 28, 30, 90)
"""What every article is forecast for."""


@dataclass(slots=True, kw_only=True, eq=False)
class DemandModel:
    """What was learned from all articles; it forecasts all of them or any part.

    An article's forecast depends on its own row and on the model alone, so that a part of the
    articles gets the same answer as all of them do: a cluster may share them out.
    """

    kind: ModelKind
    """What the model is; `COVER` where the history was too short or small for the one asked."""
    profile: NDArray[np.float64]
    peers: PeerRates
    ratios: Mapping[int, RatioClass] = field(default_factory=dict)
    learned: GlobalQuantiles | None = None
    vocabulary: Vocabulary = field(default_factory=dict)
    kindred: KindredSales | None = None
    """What articles with a word in common sold, as of the last day of the history."""
    season: NDArray[np.float64] | None = None
    """Each day's factor, from the first day of the history learned from; see `season_factors`."""
    first_date: date | None = None
    _seen: WeakKeyDictionary[DemandHistory, ObservedDemand] = field(
        default_factory=WeakKeyDictionary, repr=False
    )
    """Kept no longer than the history itself, since a model outlives it."""

    def __getstate__(self) -> dict[str, Any]:
        """Return what was learned: a copy that is sent elsewhere has seen no history yet."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "_seen"}

    def __setstate__(self, learned: dict[str, Any]) -> None:
        """Become a model that learned this."""
        for name, value in learned.items():
            setattr(self, name, value)
        self._seen = WeakKeyDictionary()

    def forecasts(
        self, history: DemandHistory, *, horizon_days: int, articles: Places | None = None
    ) -> DemandForecasts:
        """Return the demand in the days after the history, of these articles or of all.

        Newcomers are forecast by their peers, articles without a sale in the year at zero, and
        whatever the model cannot judge by days of cover; each forecast says which.

        Raises:
            BadInput: the horizon is not positive.
        """
        places = np.arange(len(history.skus)) if articles is None else articles
        simple = days_of_cover(
            history,
            horizon_days=horizon_days,
            articles=articles,
            peers=self.peers,
        )
        if self.kind is ModelKind.COVER or not len(places):
            return simple
        observed = self._observed(history)
        is_settled = (history.known_days[places] >= YOUNG_DAYS) & (
            observed.yearly_rate(places, observed.day_count) > 0
        )
        if not is_settled.any():
            return simple
        settled = places[is_settled]
        samples = self._samples(history, settled, horizon_days)
        if count := pace_count(horizon_days):
            year = history.last(YEAR_DAYS).only(settled)
            samples = pooled(samples, at_years_pace(year, horizon_days), count)
        return _joined(simple, is_settled, whole_units(samples), _METHODS[self.kind])

    def _samples(
        self, history: DemandHistory, articles: Places, horizon_days: int
    ) -> NDArray[np.float64]:
        observed = self._observed(history)
        calendar = Calendar(first_date=history.first_date, profile=self.profile)
        origin = calendar.origin(observed.day_count, horizon_days)
        factor = self._season_of(history.last_date + timedelta(days=1), horizon_days).mean()
        if self.learned is not None and self.kindred is not None:
            samples = global_samples(self.learned, observed, articles, origin, kindred=self.kindred)
            return samples * float(factor)
        # How ratios spread changes slowly with the length of the sum: the nearest one stands in.
        learned = min(self.ratios, key=lambda days: abs(math.log(days / horizon_days)))
        pooled = pooled_samples(self.ratios[learned], observed, articles, origin)
        return pooled * float(factor)

    def _observed(self, history: DemandHistory) -> ObservedDemand:
        # Every horizon asks for the same running totals, which take longer than the forecast.
        if history not in self._seen:
            factors = self._season_of(history.first_date, history.day_count)
            even = replace(history, units=history.units / factors[None, :])
            self._seen[history] = observed_demand(even, self.vocabulary)
        return self._seen[history]

    def _season_of(self, first_date: date, days: int) -> NDArray[np.float64]:
        if self.season is None or self.first_date is None:
            return np.ones(days)
        start = (first_date - self.first_date).days
        # Beyond what the model looked ahead the year goes round.
        places = np.arange(start, start + days)
        beyond = places >= len(self.season)
        rounds = -(-(places - len(self.season) + 1) // SEASON_DAYS)
        factors = self.season[np.where(beyond, places - rounds * SEASON_DAYS, places)]
        return np.where(places < 0, 1.0, factors)


def learned_model(
    history: DemandHistory,
    kind: ModelKind,
    *,
    horizons_days: Collection[int] = HORIZONS_DAYS,
    learned: GlobalQuantiles | None = None,
    nets: int = NETS,
    tell: Tell = told_nobody,
) -> DemandModel:
    """Return a model of this kind that learned from the history.

    What was `learned` a few days before is taken instead of learning again: how demand spreads
    around its level changes slowly, and levels, weekdays, season and what articles with words in
    common sold are always the history's. For `nets` see `global_quantiles`.

    Below 300 articles or 128 days there is nothing to learn, and the model is days of cover: an
    article's own past, or its peers', says more then than what a handful of others did. Pooled
    ratios are learned for the horizons given here; the nearest of them stands in for any other.

    Raises:
        Misconfigured: LightGBM is asked for and cannot be loaded.
    """
    model = DemandModel(
        kind=ModelKind.COVER,
        profile=weekday_profile(history),
        peers=peer_rates(history.last(YEAR_DAYS)),
        season=season_factors(history, days_ahead=LOOK_AHEAD_DAYS),
        first_date=history.first_date,
        vocabulary=vocabulary_of(history.names),
    )
    if kind is ModelKind.COVER or not _can_learn(history):
        return model
    observed = model._observed(history)
    calendar = Calendar(first_date=history.first_date, profile=model.profile)
    if kind is ModelKind.GLOBAL:
        model.learned = learned or global_quantiles(observed, calendar, nets=nets, tell=tell)
        model.kindred = kindred_sales(observed, observed.day_count)
        can_forecast = model.learned is not None
    else:
        found = {
            days: pooled_ratios(observed, calendar, horizon_days=days)
            for days in sorted(set(horizons_days))
        }
        model.ratios = {days: ratios for days, ratios in found.items() if ratios is not None}
        can_forecast = len(model.ratios) == len(found)
    if can_forecast:
        model.kind = kind
    return model


def _can_learn(history: DemandHistory) -> bool:
    is_long = history.day_count >= LEARNING_DAYS_MIN
    return is_long and int((history.units.sum(axis=1) > 0).sum()) >= ARTICLES_MIN


_METHODS = {
    ModelKind.GLOBAL: ForecastMethod.GLOBAL,
    ModelKind.POOLED: ForecastMethod.POOLED,
}


def _joined(
    simple: DemandForecasts,
    is_settled: NDArray[np.bool_],
    samples: NDArray[np.float64],
    method: ForecastMethod,
) -> DemandForecasts:
    """Return the simple forecasts with the settled articles' in place of theirs."""
    width = max(simple.samples.shape[1], SAMPLE_COUNT)
    together = np.full((len(simple.skus), width), np.nan)
    together[:, : simple.samples.shape[1]] = simple.samples
    together[is_settled] = np.nan
    together[is_settled, :SAMPLE_COUNT] = samples
    mean = simple.mean_units.copy()
    mean[is_settled] = samples.mean(axis=1)
    counts = np.where(is_settled, SAMPLE_COUNT, simple.sample_counts)
    return DemandForecasts(
        skus=simple.skus,
        horizon_days=simple.horizon_days,
        mean_units=mean,
        samples=together,
        sample_counts=counts,
        methods=tuple(
            method if settled else own
            for settled, own in zip(is_settled, simple.methods, strict=True)
        ),
    )
