"""What came of earlier forecasts: realised sums ÷ what the yearly level made of them.

Both global methods learn from the same rows: every article at many earlier days, each with what it
sold in the days after. Only days before the history's end are looked at, so nothing that lies
ahead is seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.article_features import Origin
from umschlag.intelligence.forecasting.observed_demand import Floats, ObservedDemand, Places
from umschlag.intelligence.forecasting.weekdays import usual_days

KNOWN_DAYS_MIN = 28
"""An article younger than this has no level of its own to take a ratio to."""
HISTORY_DAYS_MIN = 100
"""Before so many days of history are seen no level is worth a ratio either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Which date the table's days are, and how a week spreads."""

    first_date: date
    profile: NDArray[np.float64]

    def origin(self, day: int, horizon_days: int) -> Origin:
        """Return the origin of a forecast that knows the first `day` days."""
        weight = usual_days(
            self.profile,
            last_date=self.first_date + timedelta(days=day - 1),
            horizon_days=horizon_days,
        )
        return Origin(day=day, horizon_days=horizon_days, usual_days=weight)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PastOrigin:
    """The articles that could be forecast at an earlier day, and what they sold then."""

    origin: Origin
    articles: Places
    sold_units: Floats

    def only(self, chosen: NDArray[np.bool_] | Places) -> "PastOrigin":
        """Return these articles alone."""
        return replace(self, articles=self.articles[chosen], sold_units=self.sold_units[chosen])


def past_origins(
    observed: ObservedDemand, calendar: Calendar, *, horizon_days: int, step_days: int, count: int
) -> Iterator[PastOrigin]:
    """Yield the newest origins whose horizon is over, newest first.

    Articles that were out for more than half of the horizon are left out: what they would have
    sold nobody knows. Others are scaled up to the whole of it, by no more than two therefore.
    """
    for place in range(count):
        day = observed.day_count - horizon_days - place * step_days
        if day < HISTORY_DAYS_MIN:
            return
        yield past_origin(observed, calendar.origin(day, horizon_days))


def past_origin(observed: ObservedDemand, origin: Origin) -> PastOrigin:
    """Return the articles with a level at the origin, and their demand after it."""
    everyone = np.arange(len(observed.known_days))
    end = origin.day + origin.horizon_days
    days = observed.days_in(everyone, origin.day, end)
    has_level = (observed.yearly_rate(everyone, origin.day) > 0) & (
        observed.age_at(everyone, origin.day) >= KNOWN_DAYS_MIN
    )
    articles = np.flatnonzero(has_level & (2 * days >= origin.horizon_days))
    sold = observed.units_in(articles, origin.day, end) * origin.horizon_days / days[articles]
    return PastOrigin(origin=origin, articles=articles, sold_units=sold)
