"""How many order lines a day the demo merchant's articles are asked for."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from umschlag.simulators.demo.articles import LUMPY_UNITS, Articles, DemandClass

CHANNELS = ("Amazon.de", "Amazon.co.uk", "Webshop")
CHANNEL_COUNT = len(CHANNELS)
_SEASON_STRENGTH = 0.9
_EXTRA_UNITS_MAX = 3
_WEEKDAY_FACTORS = {
    # Weekend goods and office goods: Monday first; each averages one over the week.
    0: (0.45, 0.45, 0.55, 0.8, 1.35, 1.9, 1.5),
    1: (1.6, 1.45, 1.35, 1.3, 1.0, 0.15, 0.15),
}
_GENERAL_WEEK = (1.12, 1.05, 1.0, 0.98, 0.9, 0.85, 1.1)


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked for on one day, article × channel: order lines, and units in each."""

    lines: NDArray[np.int64]
    units_per_line: NDArray[np.int64]


def expected_lines(articles: Articles, day: int, on: date) -> NDArray[np.float64]:
    """Return the expected order lines, article × channel."""
    factor = np.full(articles.count, _GENERAL_WEEK[on.weekday()])
    weekly = articles.demand_class == DemandClass.WEEKDAY
    patterns = np.array([_WEEKDAY_FACTORS[0][on.weekday()], _WEEKDAY_FACTORS[1][on.weekday()]])
    factor[weekly] = patterns[articles.kind[weekly] % 2]
    factor *= season_factor(articles, on.timetuple().tm_yday)
    there = articles.exists_on(day) & (day < articles.stops_day)
    return np.asarray(articles.lines_per_day * (factor * there)[:, None])


def season_factor(articles: Articles, day_of_year: int | NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how much more each article is asked for than on average; 1 without a season."""
    angle = 2 * np.pi * (day_of_year - articles.season_peak_day) / 365.25
    seasonal = articles.demand_class == DemandClass.SEASONAL
    return np.where(seasonal, 1 + _SEASON_STRENGTH * np.cos(angle), 1.0)


def draw_demand(
    rng: np.random.Generator, articles: Articles, expected: NDArray[np.float64]
) -> Demand:
    """Return one day's demand; lumpy articles come rarely and then many at a time."""
    lines = rng.poisson(expected)
    several = 1 + rng.binomial(
        _EXTRA_UNITS_MAX, np.minimum(articles.extra_units / _EXTRA_UNITS_MAX, 1)
    )
    many = rng.integers(*LUMPY_UNITS, articles.count)
    units = np.where(articles.demand_class == DemandClass.LUMPY, many, several)
    return Demand(lines.astype(np.int64), np.repeat(units[:, None], CHANNEL_COUNT, axis=1))
