"""Forecasts of articles that follow others: by the joined history, from the hand-over on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import numpy as np

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.forecasting.model import DemandForecasts, ForecastMethod
from umschlag.intelligence.forecasting.observed_demand import Floats, Places
from umschlag.intelligence.forecasting.succession import Succession, joined_history
from umschlag.kernel.identifiers import Sku


class ForecastingModel(Protocol):
    """Forecasts any articles of a history."""

    def forecasts(
        self, history: DemandHistory, *, horizon_days: int, articles: Places | None = None
    ) -> DemandForecasts:
        """Return the demand in the days after the history, of these articles or of all."""


@dataclass(slots=True, kw_only=True, eq=False)
class LineModel:
    """Forecasts as the model does, but successors with the demand that they take over.

    A successor that is not on sale yet sells nothing before its day, or what it sells already. What
    is handed over and out of stock sells nothing more. All others get the model's own answer, and
    an article's forecast still depends on no other row of the history it is asked about.
    """

    model: ForecastingModel
    line: DemandHistory
    """The successors alone, each with all that it takes over, also what it has yet to."""
    today: DemandHistory
    """The same successors with what they have taken over by now."""
    ahead_days: Mapping[Sku, int]
    """Successors whose hand-over is still to come, and so many days that lie before it."""
    ended: frozenset[Sku]
    """What is handed over and has no stock left."""

    def forecasts(
        self, history: DemandHistory, *, horizon_days: int, articles: Places | None = None
    ) -> DemandForecasts:
        """Return the demand in the days after the history, of these articles or of all.

        Raises:
            BadInput: the horizon is not positive.
        """
        found = self.model.forecasts(history, horizon_days=horizon_days, articles=articles)
        places = {sku: place for place, sku in enumerate(self.line.skus)}
        own = [row for row, sku in enumerate(found.skus) if sku in places]
        for ahead in sorted({self.ahead_days.get(found.skus[row], 0) for row in own}):
            rows = [row for row in own if self.ahead_days.get(found.skus[row], 0) == ahead]
            line = np.array([places[found.skus[row]] for row in rows], dtype=np.intp)
            found = _with_rows(found, rows, self._from_the_day_on(line, horizon_days, ahead))
        ended = [row for row, sku in enumerate(found.skus) if sku in self.ended]
        return _with_rows(found, ended, _nothing(found, len(ended))) if ended else found

    def _from_the_day_on(self, line: Places, horizon_days: int, ahead: int) -> DemandForecasts:
        """Return the successors' demand: of now until the day, of the whole line from it on."""
        if ahead == 0:
            return self.model.forecasts(self.line, horizon_days=horizon_days, articles=line)
        until = self.model.forecasts(
            self.today, horizon_days=min(ahead, horizon_days), articles=line
        )
        # What never sold is not on sale yet, whatever its category sells.
        sells = self.today.units[line].sum(axis=1) > 0
        before = np.where(sells, until.mean_units, 0.0)
        if ahead >= horizon_days:
            silent = np.flatnonzero(~sells)
            return _with_rows(until, silent.tolist(), _nothing(until, len(silent)))
        after = self.model.forecasts(self.line, horizon_days=horizon_days - ahead, articles=line)
        return DemandForecasts(
            skus=after.skus,
            horizon_days=horizon_days,
            mean_units=after.mean_units + before,
            samples=after.samples + before[:, None],
            sample_counts=after.sample_counts,
            methods=after.methods,
        )


def with_successions(
    model: ForecastingModel, history: DemandHistory, successions: Collection[Succession]
) -> ForecastingModel:
    """Return the model that knows who follows whom; the model itself where nobody does."""
    known = set(history.skus)
    told = [one for one in successions if {one.predecessor, one.successor} <= known]
    if not told:
        return model
    tomorrow = history.last_date + timedelta(days=1)
    over = [one for one in told if one.from_date <= tomorrow]
    to_come = [one for one in told if one.from_date > tomorrow]
    successors = {one.successor for one in told}
    rows = np.array([row for row, sku in enumerate(history.skus) if sku in successors])
    place_of = {sku: place for place, sku in enumerate(history.skus)}
    ahead_days: dict[Sku, int] = {}
    for one in sorted(to_come, key=lambda one: one.from_date):
        ahead_days.setdefault(one.successor, (one.from_date - tomorrow).days)
    return LineModel(
        model=model,
        line=joined_history(history, told).only(rows),
        today=joined_history(history, over).only(rows),
        ahead_days=ahead_days,
        ended=frozenset(
            one.predecessor for one in over if not history.has_stock[place_of[one.predecessor], -1]
        ),
    )


def waiting_days(history: DemandHistory, successions: Collection[Succession]) -> dict[Sku, int]:
    """Return for how many days successors that never sold wait for the first hand-over to them."""
    place_of = {sku: place for place, sku in enumerate(history.skus)}
    found: dict[Sku, int] = {}
    for one in sorted(successions, key=lambda one: one.from_date):
        place = place_of.get(one.successor)
        if place is None or one.predecessor not in place_of or history.units[place].any():
            continue
        found.setdefault(one.successor, (one.from_date - history.last_date).days - 1)
    return {sku: days for sku, days in found.items() if days > 0}


def _nothing(like: DemandForecasts, count: int) -> DemandForecasts:
    samples = np.full((count, like.samples.shape[1]), np.nan)
    samples[:, 0] = 0
    return DemandForecasts(
        skus=(),
        horizon_days=like.horizon_days,
        mean_units=np.zeros(count),
        samples=samples,
        sample_counts=np.ones(count, dtype=np.int64),
        methods=(ForecastMethod.NONE,) * count,
    )


def _with_rows(whole: DemandForecasts, rows: list[int], new: DemandForecasts) -> DemandForecasts:
    width = max(whole.samples.shape[1], new.samples.shape[1])
    samples, mean = _wide(whole.samples, width), whole.mean_units.copy()
    samples[rows], mean[rows] = _wide(new.samples, width), new.mean_units
    counts, methods = whole.sample_counts.copy(), list(whole.methods)
    counts[rows] = new.sample_counts
    for row, method in zip(rows, new.methods, strict=True):
        methods[row] = method
    return DemandForecasts(
        skus=whole.skus,
        horizon_days=whole.horizon_days,
        mean_units=mean,
        samples=samples,
        sample_counts=counts,
        methods=tuple(methods),
    )


def _wide(samples: Floats, width: int) -> Floats:
    missing = width - samples.shape[1]
    return np.pad(samples, ((0, 0), (0, missing)), constant_values=np.nan)
