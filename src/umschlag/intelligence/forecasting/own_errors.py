"""What one article's own forecasts were off by, once their horizons are over."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from umschlag.intelligence.forecasting.accuracy import LEVELS, Accuracy, ErrorSums


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnForecast:
    """One article's demand as it was forecast on a day, summed over a horizon."""

    made_date: date
    horizon_days: int
    method: str
    mean_units: float
    quantile_units: Mapping[float, float]

    @property
    def due_date(self) -> date:
        """The last day that it forecasts: when its sales are known it can be measured."""
        return self.made_date + timedelta(days=self.horizon_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnErrors:
    """Errors of an article's forecasts over one horizon, beside the same as last time.

    `scaled_loss` is in units here: the mean pinball loss over the quantiles 0.5 to 0.99. The naive
    forecast says of every quantile what sold in as many days before. Forecasts made on days close
    to each other share most of their horizon, so their errors are no independent ones.
    """

    horizon_days: int
    first_made_date: date
    last_made_date: date
    accuracy: Accuracy
    """Of `article_count` forecasts of the one article."""
    naive: Accuracy


def errors_by_horizon(
    made: Sequence[OwnForecast],
    *,
    sold_units: Callable[[date, date], float],
    known_through: date,
) -> list[OwnErrors]:
    """Return the errors of all forecasts that were due by `known_through`, shortest horizon first.

    `sold_units` tells what sold from a day to another, the end excluded. More returns than sales
    count as no demand.
    """
    by_horizon: dict[int, list[OwnForecast]] = defaultdict(list)
    for one in made:
        if one.due_date <= known_through:
            by_horizon[one.horizon_days].append(one)
    return [_errors(by_horizon[days], sold_units) for days in sorted(by_horizon)]


def _errors(made: list[OwnForecast], sold_units: Callable[[date, date], float]) -> OwnErrors:
    length = timedelta(days=made[0].horizon_days)
    first = [one.made_date + timedelta(days=1) for one in made]
    sold = np.array([max(sold_units(day, day + length), 0.0) for day in first])
    before = np.array([max(sold_units(day - length, day), 0.0) for day in first])
    # Of one article losses need no scale: they are in its units.
    unscaled = np.ones(len(made))
    own, naive = ErrorSums(), ErrorSums()
    own.add_figures(
        np.array([one.mean_units for one in made]),
        {level: np.array([one.quantile_units[level] for one in made]) for level in LEVELS},
        sold_units=sold,
        usual_units=unscaled,
    )
    naive.add_figures(before, dict.fromkeys(LEVELS, before), sold_units=sold, usual_units=unscaled)
    return OwnErrors(
        horizon_days=made[0].horizon_days,
        first_made_date=min(one.made_date for one in made),
        last_made_date=max(one.made_date for one in made),
        accuracy=own.accuracy(),
        naive=naive.accuracy(),
    )
