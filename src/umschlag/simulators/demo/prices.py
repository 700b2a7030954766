"""What the demo merchant pays and asks for each article, day by day."""

import numpy as np
from numpy.typing import NDArray

from umschlag.simulators.demo.articles import Articles
from umschlag.simulators.demo.calendar import Calendar
from umschlag.simulators.demo.randomness import Topic, generator

_PRICE_CHANGE_CHANCE = 1 / 110
_COST_CHANGE_CHANCE = 1 / 240
_MARGIN_MIN = 1.15
_VAT_FACTOR = 1.19


def costs_and_prices(
    articles: Articles, calendar: Calendar, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return unit cost (net) and asked price (gross), day × article, in minor units of EUR."""
    shape = (calendar.day_count, articles.count)
    cost_step = np.ones(shape)
    price_factor = np.ones(shape)
    price_changes = np.zeros(shape, dtype=bool)
    first_ordinal = calendar.first_date.toordinal()
    for day in range(1, calendar.day_count):
        rng = generator(seed, first_ordinal + day, Topic.PRICES)
        chance, size = rng.random((2, articles.count)), rng.random((2, articles.count))
        cost_step[day] = np.where(chance[0] < _COST_CHANGE_CHANCE, 0.96 + 0.10 * size[0], 1.0)
        price_changes[day] = chance[1] < _PRICE_CHANGE_CHANCE
        price_factor[day] = 0.88 + 0.18 * size[1]
    drift = np.clip(np.cumprod(cost_step, axis=0), 0.7, 1.5)
    cost = np.rint(articles.base_cost_minor * drift).astype(np.int64)
    last_change = np.maximum.accumulate(
        np.where(price_changes, np.arange(calendar.day_count)[:, None], 0), axis=0
    )
    factor = np.take_along_axis(price_factor, last_change, axis=0)
    wished = articles.base_cost_minor * articles.markup * _VAT_FACTOR * factor
    least = cost * _MARGIN_MIN * _VAT_FACTOR
    return cost, _rounded_to_a_shop_price(np.maximum(wished, least))


def _rounded_to_a_shop_price(minor: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the next price up that ends in 49 or 99."""
    return (np.ceil((minor + 1) / 50) * 50 - 1).astype(np.int64)
