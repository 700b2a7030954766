"""What was seen of demand, and on which days it could be seen.

Days without stock are not days without demand, but what to do about them differs. Leaving all of
them out is right where an article sells on most days. Where it sells now and then a stock-out
mostly follows a sale, so that leaving the days out counts the sale and forgets the waiting before
the next one: there, doing nothing is nearer to the truth. (Seen in our own measurements on series
with recorded out-of-stock hours, and in `benchmarks/stock_outs.py`.)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.forecasting.kindred_words import Vocabulary, words_of

SPORADIC_SALE_DAY_SHARE = 0.183
"""Below this share of days with a sale a week sells with less than 1 ÷ 1.32, where Syntetos and
Boylan's intermittent demand begins: 1 − (1 − 0.183)⁷ = 1 ÷ 1.32."""
SPORADIC_DAYS = 365
"""Judged on the last year alone: what sold well before and hardly sells now is sporadic now."""
RATE_MEMORY_DAYS = 91
SOLD_OUT_BLOCK = 20_000
"""So many days that sold out are looked at together: each needs its three months at hand."""
YEAR_DAYS = 365

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ObservedDemand:
    """Running totals of every article (row) before every day (column; one more than days).

    Any span's sum is the difference of two columns, whatever its length. `counted_days` are the
    days on which a sale could be seen; all days since the article is known where it is sporadic.
    """

    units: Floats
    counted_days: NDArray[np.float32]
    sale_days: NDArray[np.float32]
    squares: Floats
    last_sale_day: NDArray[np.int32]
    """Newest day with a sale before each day, −1 where there was none."""
    daily_units: Floats
    known_days: NDArray[np.int64]
    is_sporadic: NDArray[np.bool_]
    words: NDArray[np.int32]
    """Places of each article's words, a row an article: see `words_of`."""
    log_prices: NDArray[np.float32] | None
    """Of the days with a price; None where no price is known."""
    priced_days: NDArray[np.float32] | None

    @property
    def day_count(self) -> int:
        """Days in the table."""
        return int(self.daily_units.shape[1])

    def units_in(self, articles: Places, start: int, end: int) -> Floats:
        """Return units sold from the day `start` up to, without, `end`; clipped to the table."""
        sums: Floats = self.units[articles, max(end, 0)] - self.units[articles, max(start, 0)]
        return sums

    def days_in(self, articles: Places, start: int, end: int) -> Floats:
        """Return the counted days of the span."""
        days: Floats = np.asarray(
            self.counted_days[articles, max(end, 0)] - self.counted_days[articles, max(start, 0)],
            dtype=np.float64,
        )
        return days

    def rate_in(self, articles: Places, start: int, end: int) -> Floats:
        """Return units a counted day of the span; zero where there was none."""
        days = self.days_in(articles, start, end)
        rates: Floats = self.units_in(articles, start, end) / np.maximum(days, 1)
        return rates

    def yearly_rate(self, articles: Places, day: int) -> Floats:
        """Return units a counted day over the year before `day`, per article."""
        return self.rate_in(articles, day - YEAR_DAYS, day)

    def log_price_in(self, articles: Places, start: int, end: int) -> Floats:
        """Return the mean logarithm of the days' prices over the span; NaN where there is none."""
        if self.log_prices is None or self.priced_days is None:
            return np.full(len(articles), np.nan)
        first, after = max(start, 0), max(end, 0)
        days = self.priced_days[articles, after] - self.priced_days[articles, first]
        sums = self.log_prices[articles, after] - self.log_prices[articles, first]
        means: Floats = np.where(days > 0, sums / np.maximum(days, 1), np.nan).astype(np.float64)
        return means

    def age_at(self, articles: Places, origin: int) -> Floats:
        """Return for how many days the articles had been known when the day `origin` began."""
        ages: Floats = np.asarray(
            self.known_days[articles] + 1 - (self.day_count - origin), dtype=np.float64
        )
        return ages


def observed_demand(history: DemandHistory, vocabulary: Vocabulary | None = None) -> ObservedDemand:
    """Return the running totals, with stock-outs treated by how often an article sells.

    Sporadic articles keep every day since they are known. For the others days without stock are
    left out, and a day that sold its last units is taken as what the article's days that sold no
    less come to: demand was no less than what sold, and those days cap how much more is assumed.
    """
    is_sporadic = _sporadic(history.last(SPORADIC_DAYS))
    ages = np.arange(history.day_count - 1, -1, -1)
    is_known = ages[None, :] <= history.known_days[:, None]
    counted = np.where(is_sporadic[:, None], is_known, history.has_stock)
    units = np.where(is_sporadic[:, None], history.units, _with_missed_demand(history))
    with_sale = history.units > 0
    places = np.where(with_sale, np.arange(history.day_count, dtype=np.int32)[None, :], -1)
    log_prices, priced_days = _running_prices(history)
    return ObservedDemand(
        units=_running(units),
        counted_days=_running(counted | with_sale).astype(np.float32),
        sale_days=_running(with_sale).astype(np.float32),
        squares=_running(units**2),
        last_sale_day=np.maximum.accumulate(
            np.pad(places, ((0, 0), (1, 0)), constant_values=-1), axis=1
        ).astype(np.int32),
        daily_units=units,
        known_days=history.known_days,
        is_sporadic=is_sporadic,
        words=words_of(history.names or ("",) * len(history.skus), vocabulary or {}),
        log_prices=log_prices,
        priced_days=priced_days,
    )


def _running_prices(
    history: DemandHistory,
) -> tuple[NDArray[np.float32] | None, NDArray[np.float32] | None]:
    if history.prices is None:
        return None, None
    is_priced = np.nan_to_num(history.prices) > 0
    logs = np.log(history.prices, where=is_priced, out=np.zeros_like(history.prices))
    return _running(logs).astype(np.float32), _running(is_priced).astype(np.float32)


def _sporadic(history: DemandHistory) -> NDArray[np.bool_]:
    stock_days = history.has_stock.sum(axis=1)
    sale_days = (history.units > 0).sum(axis=1)
    sporadic: NDArray[np.bool_] = sale_days < SPORADIC_SALE_DAY_SHARE * stock_days
    return sporadic


def _with_missed_demand(history: DemandHistory) -> Floats:
    """Return the units, with the last day before a stock-out at what may have been asked for.

    The mean of the article's days in the three months before that sold at least as much, and of
    one day at its usual rate, or at what sold where that was more. Replacing what was cut off by
    its expectation given what was seen: Buckley and James (1979), "Linear regression with censored
    data". The more is asked for, the sooner stock runs out: what was cut off are the best days, and
    without them those that are left would tell too little.
    """
    sold_out = np.zeros_like(history.has_stock)
    sold_out[:, :-1] = history.has_stock[:, :-1] & ~history.has_stock[:, 1:]
    articles, days = np.nonzero(sold_out & (history.units > 0))
    if not len(articles):
        return history.units
    units = history.units.copy()
    usual = _usual_rates(history, articles, days)
    for start in range(0, len(articles), SOLD_OUT_BLOCK):
        block = slice(start, start + SOLD_OUT_BLOCK)
        article, day = articles[block], days[block]
        least = units[article, day]
        before = day[:, None] - np.arange(1, RATE_MEMORY_DAYS + 1)[None, :]
        places = article[:, None], np.maximum(before, 0)
        sold = history.units[places]
        is_seen = (before >= 0) & history.has_stock[places] & ~sold_out[places]
        is_as_good = is_seen & (sold >= least[:, None])
        sums = np.where(is_as_good, sold, 0.0).sum(axis=1) + np.maximum(least, usual[block])
        units[article, day] = sums / (is_as_good.sum(axis=1) + 1)
    return units


def _usual_rates(history: DemandHistory, articles: Places, days: Places) -> Floats:
    """Return units a day with stock in the three months before these articles' days."""
    sums, counted = _running(history.units), _running(history.has_stock)
    start = np.maximum(days - RATE_MEMORY_DAYS, 0)
    seen_days = counted[articles, days] - counted[articles, start]
    rates: Floats = (sums[articles, days] - sums[articles, start]) / np.maximum(seen_days, 1)
    return rates


def _running(
    cells: NDArray[np.float64] | NDArray[np.float32] | NDArray[np.bool_],
) -> Floats:
    totals = np.zeros((cells.shape[0], cells.shape[1] + 1))
    np.cumsum(cells, axis=1, out=totals[:, 1:])
    return totals
