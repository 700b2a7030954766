"""A stockroom with weekly review and lost sales, for many articles and policies side by side.

After the close of a review day every article is ordered up to its level: what is on hand and on
order counts. An order placed at the close of day t can be sold from the morning of day t + lead
time + 1, so a level must last for lead time + 7 days. What is asked for and not there is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from worlds.real_sales import JUDGED_DAYS, Floats, Places, RealSales

REVIEW_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StockPeriod:
    """The days and articles that are simulated.

    `start_day` is the first review; what is measured begins when its order is there.
    """

    demand: Floats
    past_weeks: Floats
    price: Floats
    lead_time_days: int

    @property
    def day_count(self) -> int:
        """Days after the first review."""
        return int(self.demand.shape[1])

    @property
    def review_days(self) -> list[int]:
        """Days of the period after whose close is ordered (0: the day before it).

        An order that could not arrive before the end would change nothing.
        """
        return list(range(0, self.day_count - self.lead_time_days, REVIEW_DAYS))


def stock_period(
    sales: RealSales, places: Places, *, start_day: int, lead_time_days: int
) -> StockPeriod:
    """Return the 24 weeks after the start.

    `past_weeks` holds what was sold in each week before the start, the newest first: what the
    orders on the way at the start were for.
    """
    weeks = lead_time_days // REVIEW_DAYS + 1
    past = [
        sales.sold(until_day=start_day - REVIEW_DAYS * week, days=REVIEW_DAYS)[places]
        for week in range(weeks)
    ]
    return StockPeriod(
        demand=sales.units[places, start_day + 1 : start_day + 1 + JUDGED_DAYS],
        past_weeks=np.array(past),
        price=sales.prices(start_day)[places],
        lead_time_days=lead_time_days,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What policies came to, one place each: fill rate by value and days of stock."""

    fill_rate: Floats
    stock_days: Floats


def simulated(period: StockPeriod, levels: Sequence[Floats]) -> Outcome:
    """Return what ordering up to these levels comes to, measured once the first order is there.

    `levels` has for each review the units of each policy (row) and article (column). The start is
    warm: each review before it is taken to have ordered what its week had sold, so that stock on
    hand and on order make up the first review's level.
    """
    lead = period.lead_time_days
    shape = levels[0].shape
    on_hand, arriving = _warm_start(period, np.ceil(levels[0]))
    served_value = np.zeros(shape[0])
    stock_value = np.zeros(shape[0])
    came_less_went = on_hand.copy()
    reviews = dict(zip(period.review_days, levels, strict=True))
    for day in range(period.day_count + 1):
        if day > 0:
            on_hand += arriving[day]
            served = np.minimum(on_hand, period.demand[:, day - 1])
            on_hand -= served
            came_less_went += arriving[day] - served
            if day > lead:
                served_value += served @ period.price
                stock_value += on_hand @ period.price
        if day in reviews:
            position = on_hand + arriving[day + 1 :].sum(axis=0)
            arriving[day + lead + 1] += np.maximum(np.ceil(reviews[day]) - position, 0)
    assert (on_hand >= 0).all(), "sold what was not there"
    assert np.allclose(on_hand, came_less_went), "units were made or lost"
    asked_value = float(period.price @ period.demand[:, lead:].sum(axis=1))
    return Outcome(fill_rate=served_value / asked_value, stock_days=stock_value / asked_value)


def _warm_start(period: StockPeriod, level: Floats) -> tuple[Floats, Floats]:
    """Return stock on hand at the first review, before it, and what arrives on which day."""
    arriving = np.zeros((period.day_count + period.lead_time_days + 2, *level.shape))
    ordered = period.past_weeks.sum(axis=0)
    # Where the level is below what the weeks had sold, sales were lost and less was ordered.
    share = np.minimum(level / np.maximum(ordered, 1), 1.0)
    for week in range(1, period.past_weeks.shape[0]):
        day = period.lead_time_days + 1 - REVIEW_DAYS * week
        arriving[day] = np.floor(period.past_weeks[week] * share)
    on_hand = np.maximum(level - ordered, 0.0)
    return on_hand, arriving


def stock_days_at(outcome: Outcome, fill_rate: float) -> float | None:
    """Return the days of stock at which the curve reaches a fill rate; None where it never does.

    Linear between the neighbouring policies; where the first one already fills more, its days.
    """
    order = np.argsort(outcome.stock_days)
    fill, days = outcome.fill_rate[order], outcome.stock_days[order]
    reached = np.flatnonzero(fill >= fill_rate)
    if reached.size == 0:
        return None
    place = int(reached[0])
    if place == 0:
        return float(days[0])
    return float(np.interp(fill_rate, fill[place - 1 : place + 1], days[place - 1 : place + 1]))
