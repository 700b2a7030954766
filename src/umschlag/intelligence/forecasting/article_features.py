"""What a global model sees of an article: how it sold, each figure relative to its own level."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.kindred_sales import SPANS as KINDRED_SPANS
from umschlag.intelligence.forecasting.kindred_sales import KindredSales, kindred_features
from umschlag.intelligence.forecasting.observed_demand import (
    YEAR_DAYS,
    Floats,
    ObservedDemand,
    Places,
)

LEVEL_DAYS = (7, 14, 28, 56, 91, 182)
SALE_DAY_SPANS = (28, 91, 365)
SPREAD_DAYS = (91, 365)
PAST_SPANS = 12
LAST_YEAR_DAYS = 364
"""The same weekdays a year ago."""
BEFORE_LAST_YEAR_DAYS = 56
MONTHS, MONTH_DAYS = 13, 28
"""The year before, in spans of four weeks."""
SIZE_DAYS = (28, 91, 365)
PRICE_DAYS = (28, 91)
FEATURE_COUNT = sum(
    (
        1 + len(LEVEL_DAYS),
        len(SALE_DAY_SPANS) + 1,
        len(SPREAD_DAYS) + 1,
        1,
        7,
        2,
        MONTHS,
        2 * len(SIZE_DAYS),
        1 + len(PRICE_DAYS),
        len(KINDRED_SPANS),
        1,
    )
)
"""Columns of `article_features`: a model that learned from others cannot be asked."""
_HAIR = 1e-9
_LEVEL_HAIR = 0.05
_UNITS_HAIR = 0.3
_SEASON_HAIR = 0.1
"""So much of the yearly level is added before a logarithm is taken, so that zero has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a forecast stands: days known, and the days ahead with their weight by weekdays."""

    day: int
    horizon_days: int
    usual_days: float


def article_features(
    observed: ObservedDemand, articles: Places, origin: Origin, kindred: KindredSales
) -> tuple[NDArray[np.float32], Floats]:
    """Return one row of features an article, and the units its yearly level makes of the horizon.

    The second is what the model's ratios are multiplied with. Articles without a sale in the year
    before have no level and must not be asked for. Features: level; short-term rates and their
    spread relative to it; how often and how lately it sold; its past sums of the horizon's length;
    the same weeks a year ago; the year by months; the size of a day's sales; the price and where it
    went; what its kindred sold; the horizon. Long-tailed ones are roots or logarithms, which a
    network needs and trees do not mind. NaN where the history is too short or nothing is known.
    """
    rate = np.maximum(observed.yearly_rate(articles, origin.day), _HAIR)
    scale = rate * origin.usual_days
    columns = [
        np.log(scale),
        *_levels(observed, articles, origin.day, rate),
        *_frequency(observed, articles, origin.day),
        *_spread(observed, articles, origin, rate),
        np.log1p(np.maximum(observed.age_at(articles, origin.day), 0.0)),
        *_past_spans(observed, articles, origin, rate),
        *_last_year(observed, articles, origin, rate),
        *_months(observed, articles, origin.day, rate),
        *_sizes(observed, articles, origin.day),
        *_prices(observed, articles, origin.day),
        *kindred_features(kindred, observed, articles, origin.day),
        np.full(len(articles), np.log(origin.horizon_days)),
    ]
    return np.stack(columns, axis=1).astype(np.float32), scale


def _levels(observed: ObservedDemand, articles: Places, day: int, rate: Floats) -> list[Floats]:
    found = []
    for days in LEVEL_DAYS:
        recent = observed.rate_in(articles, day - days, day)
        logs = np.log(recent / rate + _LEVEL_HAIR)
        # A span without any counted day says nothing, which is not a rate of zero.
        found.append(np.where(observed.days_in(articles, day - days, day) > 0, logs, np.nan))
    return found


def _frequency(observed: ObservedDemand, articles: Places, day: int) -> list[Floats]:
    shares = [
        (observed.sale_days[articles, day] - observed.sale_days[articles, max(day - days, 0)])
        / np.maximum(observed.days_in(articles, day - days, day), 1)
        for days in SALE_DAY_SPANS
    ]
    quiet_days = (day - 1 - observed.last_sale_day[articles, day]).astype(np.float64)
    return [*shares, np.log1p(quiet_days)]


def _spread(
    observed: ObservedDemand, articles: Places, origin: Origin, rate: Floats
) -> list[Floats]:
    day = origin.day
    found = []
    for days in SPREAD_DAYS:
        counted = np.maximum(observed.days_in(articles, day - days, day), 1)
        mean = observed.units_in(articles, day - days, day) / counted
        squares = observed.squares[articles, day] - observed.squares[articles, max(day - days, 0)]
        deviation = np.sqrt(np.maximum(squares / counted - mean**2, 0.0))
        found.append(np.sqrt(deviation / (mean + _HAIR)))
    largest = observed.daily_units[articles, max(day - SPREAD_DAYS[0], 0) : day].max(axis=1)
    return [*found, np.sqrt(largest / (rate * origin.horizon_days))]


def _past_spans(
    observed: ObservedDemand, articles: Places, origin: Origin, rate: Floats
) -> list[Floats]:
    """Return deviation, largest, median, least and the last three of the past spans' sums."""
    length = origin.horizon_days
    spans = np.full((len(articles), PAST_SPANS), np.nan)
    for place in range(PAST_SPANS):
        end = origin.day - place * length
        if end - length < 0:
            break
        days = observed.days_in(articles, end - length, end)
        ratio = observed.units_in(articles, end - length, end) / np.maximum(days, 1) / rate
        spans[:, place] = np.where(2 * days >= length, ratio, np.nan)
    # An article with no whole span behind it has no figure here. NumPy would warn of it, and what
    # silences warnings does so for all threads: these rows are made in several at once.
    has_span = ~np.isnan(spans).all(axis=1)
    told = np.where(has_span[:, None], spans, 0.0)
    figures = [
        np.where(has_span, f(told, axis=1), np.nan)
        for f in (np.nanstd, np.nanmax, np.nanmedian, np.nanmin)
    ]
    return [np.sqrt(one) for one in (*figures, spans[:, 0], spans[:, 1], spans[:, 2])]


def _last_year(
    observed: ObservedDemand, articles: Places, origin: Origin, rate: Floats
) -> list[Floats]:
    start = origin.day - LAST_YEAR_DAYS
    end = min(start + origin.horizon_days, origin.day)
    if start < BEFORE_LAST_YEAR_DAYS // 2:
        return [np.full(len(articles), np.nan)] * 2
    then = observed.rate_in(articles, start, end) / rate
    before = observed.rate_in(articles, start - BEFORE_LAST_YEAR_DAYS, start) / rate
    is_known = observed.age_at(articles, start) > BEFORE_LAST_YEAR_DAYS // 2
    growth = np.log((then + _SEASON_HAIR) / (before + _SEASON_HAIR))
    return [np.where(is_known, figure, np.nan) for figure in (np.sqrt(then), growth)]


def _months(observed: ObservedDemand, articles: Places, day: int, rate: Floats) -> list[Floats]:
    found = []
    for month in range(MONTHS):
        end = day - month * MONTH_DAYS
        start = end - MONTH_DAYS
        ratio = np.sqrt(observed.rate_in(articles, start, end) / rate)
        is_known = (observed.days_in(articles, start, end) > 0) & (start >= 0)
        found.append(np.where(is_known, ratio, np.nan))
    return found


def _sizes(observed: ObservedDemand, articles: Places, day: int) -> list[Floats]:
    """Return on how many days it sold, and how much on one of them."""
    found = []
    for days in SIZE_DAYS:
        start = max(day - days, 0)
        sale_days = observed.sale_days[articles, day] - observed.sale_days[articles, start]
        units = np.maximum(observed.units_in(articles, start, day), _UNITS_HAIR)
        found += [np.log1p(sale_days), np.log(units / np.maximum(sale_days, 1))]
    return found


def _prices(observed: ObservedDemand, articles: Places, day: int) -> list[Floats]:
    """Return the year's price, and how the latest prices stand to it."""
    usual = observed.log_price_in(articles, day - YEAR_DAYS, day)
    lately = [observed.log_price_in(articles, day - days, day) - usual for days in PRICE_DAYS]
    return [usual, *lately]
