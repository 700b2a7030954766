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
PEERS_WEIGHT_DAYS = 14
"""What a new article's category says weighs as much as so many days of its own."""


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

    Its category's rates, drawn towards its own the longer it has been in stock: an empirical Bayes
    estimate whose prior counts as 14 days.
    """
    rows = np.stack([peers.by_group.get(group, peers.everyone) for group in _groups(newcomers)])
    own_days = newcomers.has_stock.sum(axis=1)
    own_weight = (own_days / (own_days + PEERS_WEIGHT_DAYS))[:, None]
    own = newcomers.daily_rate()[:, None]
    blended: NDArray[np.float64] = ((1 - own_weight) * rows + own_weight * own) * horizon_days
    return blended


def _groups(history: DemandHistory) -> tuple[str, ...]:
    return history.groups or ("",) * len(history.skus)
