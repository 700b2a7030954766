"""Where the demo world's chance comes from: the seed, the calendar date and the topic.

A day's draws depend on nothing else, so that one more day never changes the days before it.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Topic(IntEnum):
    """What is drawn; each topic has its own stream, so that one does not shift another."""

    ARTICLES = 1
    OPENING = 2
    PRICES = 3
    DEMAND = 4
    ORDERS = 5
    STOCK = 6
    RETURNS = 7


_SLOPES = (0.6180339887498949, 0.7548776662466927, 0.5698402909980532)
"""Golden ratio and the two-dimensional plastic ratio: the evenest sequences without a table."""


def generator(seed: int, ordinal: int, topic: Topic) -> np.random.Generator:
    """Return the generator of the topic on the date with that proleptic ordinal (0: no date)."""
    return np.random.default_rng((seed, ordinal, int(topic)))


def evenly_spread(count: int, stream: int) -> NDArray[np.float64]:
    """Return numbers in [0, 1) that fill it evenly from the first few on.

    Shares of articles hold in a world of sixty as they do in one of two thousand.
    """
    return np.asarray((0.5 + np.arange(count) * _SLOPES[stream]) % 1.0)
