"""Stock for articles whose real sales are known and whose real stock is not: drawn from a seed.

**Bought.** Each article was last bought for on a day drawn evenly from the 180 days before the
cut-off. Its stock then came to cover × rate: the rate is that of the 90 days before the purchase,
the cover lognormal with a median of 60 days and a sigma of 0.5, since purchasers misjudge. What it
sold since is taken off, as far as there was any. An article first sold less than 28 days before its
purchase was bought by its rate up to the cut-off (over 28 days at least).

**Overstocked.** The same, and of 15 % of the articles as many times more was bought as a lognormal
factor says (median 2, sigma 0.5); and articles that sold nothing in the 90 days before the cut-off
still hold stock: their rate in the 90 days up to their last sale × days that are lognormal with a
median of 30 and a sigma of 1.

The numbers were set by what fixed rules find in it ("nothing sold in 90 days" finds a tenth or two
fifths of the money). The days-of-cover forecast had been seen on two earlier draws by then; the
models that learn had not been written yet.

Whole units; the value of a unit is the article's mean price before the cut-off.
"""

from typing import Literal

import numpy as np

from worlds.real_sales import Floats, Places, RealSales

Scenario = Literal["bought", "overstocked"]
SCENARIOS: tuple[Scenario, ...] = ("bought", "overstocked")
RATE_DAYS = 90
PURCHASE_DAYS = 180
YOUNG_DAYS = 28
COVER_MEDIAN_DAYS, COVER_SIGMA = 60.0, 0.5
OVERBOUGHT_SHARE, OVERBOUGHT_MEDIAN, OVERBOUGHT_SIGMA = 0.15, 2.0, 0.5
ENDED_MEDIAN_DAYS, ENDED_SIGMA = 30.0, 1.0


def drawn_stock(
    sales: RealSales, places: Places, *, day: int, scenario: Scenario, seed: int
) -> Floats:
    """Return the units of each article at the day's close."""
    rng = np.random.default_rng([seed, day])
    count = places.size
    purchase = day - rng.integers(0, PURCHASE_DAYS + 1, count)
    cover = COVER_MEDIAN_DAYS * rng.lognormal(0.0, COVER_SIGMA, count)
    overbought = rng.random(count) < OVERBOUGHT_SHARE
    factor = OVERBOUGHT_MEDIAN * rng.lognormal(0.0, OVERBOUGHT_SIGMA, count)
    ended_days = ENDED_MEDIAN_DAYS * rng.lognormal(0.0, ENDED_SIGMA, count)
    totals = np.pad(np.cumsum(sales.units[places], axis=1), ((0, 0), (1, 0)))
    if scenario == "overstocked":
        cover = np.where(overbought, cover * factor, cover)
    stock = cover * _rate_at(totals, purchase, RATE_DAYS)
    stock = np.maximum(stock - _between(totals, purchase, np.full(count, day)), 0.0)
    known_days = day - sales.first_sale_day[places] + 1
    is_young = purchase - sales.first_sale_day[places] < YOUNG_DAYS
    own_rate = totals[:, day + 1] / np.maximum(known_days, YOUNG_DAYS)
    stock = np.where(is_young, cover * own_rate, stock)
    if scenario == "overstocked":
        last_sale = last_sale_days(sales, places, day)
        has_ended = day - last_sale >= RATE_DAYS
        stock = np.where(has_ended, ended_days * _rate_at(totals, last_sale, RATE_DAYS), stock)
    return np.round(stock)


def last_sale_days(sales: RealSales, places: Places, day: int) -> Places:
    """Return the day of each article's last sale up to this day; -1 where there was none."""
    sold = sales.units[places, : day + 1] > 0
    last = day - sold[:, ::-1].argmax(axis=1)
    return np.where(sold.any(axis=1), last, -1)


def _between(totals: Floats, after: Places, until: Places) -> Floats:
    """Return units sold after one day up to another, an article each."""
    rows = np.arange(totals.shape[0])
    sold: Floats = totals[rows, until + 1] - totals[rows, after + 1]
    return sold


def _rate_at(totals: Floats, until: Places, days: int) -> Floats:
    return _between(totals, np.maximum(until - days, -1), until) / days
