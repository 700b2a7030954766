"""The demo merchant's whole past, as every simulator of an outside system reads it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from umschlag.simulators.demo.articles import Articles, make_articles
from umschlag.simulators.demo.calendar import Calendar
from umschlag.simulators.demo.movements import Movements
from umschlag.simulators.demo.orders import Lines, Orders
from umschlag.simulators.demo.prices import costs_and_prices
from umschlag.simulators.demo.scale import DemoScale
from umschlag.simulators.demo.trading import Recorded, Trading

AMAZON_CHANNELS = 2


@dataclass(frozen=True)
class Merchant:
    """Arrays over days and articles; day 0 is the scale's first date, the last day is today."""

    scale: DemoScale
    calendar: Calendar
    articles: Articles
    unit_cost_minor: NDArray[np.int64]
    """Net purchase price, day × article."""
    price_minor: NDArray[np.int64]
    """Gross sales price on every channel, day × article."""
    recorded: Recorded
    orders: Orders
    lines: Lines
    movements: Movements

    @cached_property
    def units_sold(self) -> NDArray[np.int32]:
        """Units of orders placed that day, day × article × (Amazon.de, Amazon.co.uk)."""
        return self.recorded.units_sold[:, :, :AMAZON_CHANNELS].astype(np.int32)

    @cached_property
    def units_sold_in_shop(self) -> NDArray[np.int32]:
        """Units sold in the merchant's own web shop, day × article."""
        return self.recorded.units_sold[:, :, AMAZON_CHANNELS].astype(np.int32)

    @cached_property
    def units_returned(self) -> NDArray[np.int32]:
        """Units returned or refunded that day, day × article × marketplace."""
        return self.recorded.units_returned[:, :, :AMAZON_CHANNELS].astype(np.int32)

    @property
    def on_hand(self) -> NDArray[np.int64]:
        """Units at the close, day × article × warehouse (home, abroad, repair)."""
        return self.recorded.on_hand

    @property
    def reserved(self) -> NDArray[np.int64]:
        """Units of `on_hand` that leave the next morning; same shape."""
        return self.recorded.reserved

    @property
    def on_order(self) -> NDArray[np.int64]:
        """Units ordered from suppliers and not yet there, day × article × sales warehouse."""
        return self.recorded.on_order

    @property
    def name(self) -> tuple[str, ...]:
        """The articles' names."""
        return self.articles.name

    @property
    def brand(self) -> tuple[str, ...]:
        """The articles' manufacturers."""
        return self.articles.brand

    @property
    def weight_g(self) -> NDArray[np.int64]:
        """True weights; the ERP does not know all of them."""
        return self.articles.weight_g

    @property
    def dimensions_mm(self) -> NDArray[np.int64]:
        """True length, width and height, article × 3."""
        return self.articles.dimensions_mm

    @cached_property
    def ships_unix(self) -> NDArray[np.int64]:
        """When goods issue of each order is or will be booked; meaningless where none is."""
        day = np.minimum(self.orders.ships_day, self.calendar.day_count)
        return self.calendar.midnight_unix[day] + self.orders.ships_second

    @cached_property
    def created_unix(self) -> NDArray[np.int64]:
        """When each order was placed."""
        return self.calendar.midnight_unix[self.orders.day] + self.orders.second


def live_through(scale: DemoScale) -> Merchant:
    """Return the merchant after all days of the scale."""
    calendar = Calendar(scale.first_date, scale.day_count)
    articles = make_articles(scale.seed, scale.article_count)
    cost_minor, price_minor = costs_and_prices(articles, calendar, scale.seed)
    trading = Trading(articles, calendar, scale.seed, cost_minor, price_minor)
    for day in range(scale.day_count):
        trading.live(day)
    orders, lines = trading.orders.finished()
    return Merchant(
        scale=scale,
        calendar=calendar,
        articles=articles,
        unit_cost_minor=cost_minor,
        price_minor=price_minor,
        recorded=trading.recorded,
        orders=orders,
        lines=lines,
        movements=trading.movements.finished(calendar.midnight_unix),
    )
