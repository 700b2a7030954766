"""What a new article may sell: what articles of its category do, more and more its own sales."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.forecasting.quantile_curves import PROBABILITIES

YOUNG_DAYS = 28
"""An article known for less, or a rate from fewer days with stock, is not relied on."""
PEERS_MIN = 5
DAY_VARIANCE = 10.0
"""Of the logarithm of a rate that one day shows; of more days, as many times less. Chosen from 3,
5, 7 and 10 on days before the judged weeks of `benchmarks/dead_stock.py`."""
PEERS_VARIANCE_MIN = 0.25
"""A handful of peers that sell alike are alike by chance too."""
RATE_HAIR = 0.03
"""Units a day, against which rates are taken before their logarithm: zero has one then."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PeerRates:
    """Units per day with stock at 200 evenly spread probabilities, over the settled articles."""

    everyone: NDArray[np.float64]
    by_group: Mapping[str, NDArray[np.float64]]
    """Of categories with at least five settled articles."""


def peer_rates(history: DemandHistory) -> PeerRates:
    """Return how fast settled articles sell, of all and by category."""
    rates = history.daily_rate()
    settled = (history.known_days >= YOUNG_DAYS) & (history.has_stock.sum(axis=1) >= YOUNG_DAYS)
    rates_by_group: dict[str, list[float]] = {}
    for group, rate, is_settled in zip(
        _groups(history), rates.tolist(), settled.tolist(), strict=True
    ):
        if is_settled:
            rates_by_group.setdefault(group, []).append(rate)
    return PeerRates(
        everyone=np.quantile(rates[settled] if settled.any() else np.zeros(1), PROBABILITIES),
        by_group={
            group: np.quantile(found, PROBABILITIES)
            for group, found in rates_by_group.items()
            if group and len(found) >= PEERS_MIN
        },
    )


def newcomer_samples(
    peers: PeerRates, newcomers: DemandHistory, *, horizon_days: int
) -> NDArray[np.float64]:
    """Return 200 rising samples of each newcomer's demand over the horizon, in units.

    Its category's rates, drawn towards its own the longer it has been in stock and the more they
    differ, and drawn together as it becomes known: an empirical Bayes estimate of logarithms taken
    as normal. Efron and Morris (1975), "Data analysis using Stein's estimator and its
    generalizations".
    """
    rates = np.stack([peers.by_group.get(group, peers.everyone) for group in _groups(newcomers)])
    logs = np.log1p(rates / RATE_HAIR)
    middle = np.median(logs, axis=1, keepdims=True)
    own = np.log1p(newcomers.daily_rate() / RATE_HAIR)[:, None]
    known = (logs.var(axis=1) + PEERS_VARIANCE_MIN) * newcomers.has_stock.sum(axis=1)
    peers_weight = (DAY_VARIANCE / (DAY_VARIANCE + known))[:, None]
    expected = peers_weight * middle + (1 - peers_weight) * own
    # The root, since it is the variance that shrinks as the article becomes known.
    drawn = expected + np.sqrt(peers_weight) * (logs - middle)
    samples: NDArray[np.float64] = RATE_HAIR * np.expm1(np.maximum(drawn, 0.0)) * horizon_days
    return samples


def _groups(history: DemandHistory) -> tuple[str, ...]:
    return history.groups or ("",) * len(history.skus)
