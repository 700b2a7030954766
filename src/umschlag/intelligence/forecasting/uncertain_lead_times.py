"""Demand over a lead time that is not the same every time.

Where enough orders of a supplier were received, demand is mixed over the lead times they took: a
possible demand is that of one lead time, and each lead time counts as often as it was seen. No
curve is assumed of either. With fewer orders the textbook's variance stands in, E(L)·var(d) +
E(d)²·var(L), of a sum of independent daily demands d over a lead time L (Silver, Pyke and Thomas,
"Inventory and Production Management in Supply Chains", 4th ed., chapter 6, variability in the
replenishment lead time). Both take demand and lead time for independent of each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.lead_times import LeadTime
from umschlag.intelligence.forecasting.model import DemandForecasts
from umschlag.intelligence.forecasting.quantile_curves import PROBABILITIES

MIXED_ORDERS_MIN = 20
"""With fewer orders, one that came late would be a twentieth of all cases and more."""


class SpreadBasis(StrEnum):
    """How the spread of lead times is put into the demand over them."""

    MIXED = "mixed"
    """Demand mixed over the lead times that were measured."""
    FORMULA = "formula"
    """The textbook's variance: too few orders were received to mix over."""


def spread_basis(lead_time: LeadTime) -> SpreadBasis | None:
    """Return how the lead time's spread is reckoned with; None where none was measured."""
    if not lead_time.spread_days:
        return None
    is_enough = lead_time.order_count >= MIXED_ORDERS_MIN
    return SpreadBasis.MIXED if is_enough else SpreadBasis.FORMULA


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DemandByHorizon:
    """One article's demand over several horizons: means, and 200 evenly spread quantiles each."""

    days: NDArray[np.float64]
    """Rising, above zero."""
    mean_units: NDArray[np.float64]
    samples: NDArray[np.float64]

    @classmethod
    def of(cls, told: Iterable[tuple[DemandForecasts, int]]) -> "DemandByHorizon":
        """Return it from forecasts and the article's row in each, in any order."""
        by_days = {forecasts.horizon_days: (forecasts, row) for forecasts, row in told}
        found = [by_days[days] for days in sorted(by_days)]
        return cls(
            days=np.array(sorted(by_days), dtype=np.float64),
            mean_units=np.array([float(one.mean_units[row]) for one, row in found]),
            samples=np.stack([_even(one, row) for one, row in found]),
        )

    def over(self, days: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the samples of the demand over each number of days, one row for each.

        Between two horizons the mean grows with the days and what a quantile lies apart from it
        with their square root, as for independent days; beyond the last one likewise.
        """
        mean = _between(days, self.days, self.mean_units[:, None])
        apart = self.samples - self.mean_units[:, None]
        spread = _between(np.sqrt(days), np.sqrt(self.days), apart)
        # Each row rises, as those do that it lies between.
        samples: NDArray[np.float64] = np.maximum(mean + spread, 0.0)
        return samples


def uncertain_demand(
    demand: DemandByHorizon, lead_time: LeadTime, *, further_days: int = 0
) -> NDArray[np.float64] | None:
    """Return 200 evenly spread quantiles of the demand over the lead time and the days after it.

    None where every lead time is the same or none was measured: then it is that of the horizon.
    """
    leads = np.array(lead_time.spread_days, dtype=np.float64)
    if not len(leads) or (leads == lead_time.days).all():
        return None
    if spread_basis(lead_time) is SpreadBasis.MIXED:
        days, counts = np.unique(leads + further_days, return_counts=True)
        return _mixed(demand.over(days), counts)
    sure = demand.over(np.array([lead_time.days + further_days], dtype=np.float64))[0]
    daily_units = float(demand.mean_units[-1] / demand.days[-1])
    return _widened(sure, deviation_units=daily_units * float(leads.std()))


def _mixed(samples: NDArray[np.float64], counts: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the quantiles of all rows together, each of which counts so often."""
    weights = np.repeat(counts / counts.sum() / samples.shape[1], samples.shape[1])
    units = samples.ravel()
    order = np.argsort(units, kind="stable")
    # The hair keeps a sum of weights that is as large as the probability from falling short of it.
    places = np.searchsorted(np.cumsum(weights[order]) + 1e-9, PROBABILITIES)
    mixed: NDArray[np.float64] = units[order][np.minimum(places, len(units) - 1)]
    return mixed


def _widened(sure: NDArray[np.float64], *, deviation_units: float) -> NDArray[np.float64]:
    """Return the demand with the deviation that lead times add, in its own shape.

    The textbook multiplies the whole deviation by the normal curve's z; here the demand's own
    quantiles stand in its place, so that skewed demand stays skewed.
    """
    mean, own = float(sure.mean()), float(sure.std())
    if own > 0:
        widened = mean + (sure - mean) * np.hypot(own, deviation_units) / own
    else:
        widened = mean + _NORMAL * deviation_units
    result: NDArray[np.float64] = np.maximum(widened, 0.0)
    return result


_NORMAL = np.array([NormalDist().inv_cdf(float(one)) for one in PROBABILITIES])


def _even(forecasts: DemandForecasts, row: int) -> NDArray[np.float64]:
    """Return the article's samples as 200 evenly spread quantiles, however many there are."""
    count = int(forecasts.sample_counts[row])
    places = np.ceil(PROBABILITIES * count - 1e-9).astype(np.intp) - 1
    samples: NDArray[np.float64] = forecasts.samples[row, np.clip(places, 0, None)]
    return samples


def _between(
    at: NDArray[np.float64], known_at: NDArray[np.float64], known: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return rows joined by lines from zero at zero on; in proportion beyond the last."""
    points = np.concatenate([[0.0], known_at])
    rows = np.concatenate([np.zeros((1, known.shape[1])), known])
    left = np.clip(np.searchsorted(points, at, side="right") - 1, 0, len(points) - 2)
    weight = ((at - points[left]) / (points[left + 1] - points[left]))[:, None]
    inside = rows[left] * (1 - weight) + rows[left + 1] * weight
    beyond = rows[-1][None, :] * (at / points[-1])[:, None]
    joined: NDArray[np.float64] = np.where((at > points[-1])[:, None], beyond, inside)
    return joined
