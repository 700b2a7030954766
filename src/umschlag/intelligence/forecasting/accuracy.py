"""How far off forecasts were, once it is known what sold."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.model import DemandForecasts

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)
COVERED_LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Errors of many forecasts against what sold, each None where there is nothing to measure by.

    `scaled_loss`: pinball loss (Koenker and Bassett, 1978) over the quantiles 0.5 to 0.99, each
    article's divided by what its usual rate makes of the horizon, so that small and large articles
    count alike. `wape`: Σ|error| ÷ Σ sold, `bias`: Σ(expected − sold) ÷ Σ sold, both in units.
    `coverage_95`: the share of articles that sold no more than their 95 % quantile.
    """

    article_count: int
    scaled_loss: float | None
    wape: float | None
    bias: float | None
    coverage_95: float | None


@dataclass(slots=True, kw_only=True)
class ErrorSums:
    """Adds up errors over several days on which forecasts were made."""

    losses: float = 0.0
    loss_count: int = 0
    absolute_units: float = 0.0
    error_units: float = 0.0
    sold_units: float = 0.0
    covered: int = 0
    articles: int = 0

    def add(
        self,
        forecasts: DemandForecasts,
        *,
        sold_units: NDArray[np.float64],
        usual_units: NDArray[np.float64],
    ) -> None:
        """Count forecasts in; `usual_units` is each article's usual rate times the horizon."""
        self.add_figures(
            forecasts.mean_units,
            {level: forecasts.quantile_units(level) for level in LEVELS},
            sold_units=sold_units,
            usual_units=usual_units,
        )

    def add_figures(
        self,
        mean_units: NDArray[np.float64],
        quantile_units: Mapping[float, NDArray[np.float64]],
        *,
        sold_units: NDArray[np.float64],
        usual_units: NDArray[np.float64],
    ) -> None:
        """Count in what was forecast: the mean, and the quantiles at all of `LEVELS`."""
        error = mean_units - sold_units
        self.absolute_units += float(np.abs(error).sum())
        self.error_units += float(error.sum())
        self.sold_units += float(sold_units.sum())
        self.covered += int((sold_units <= quantile_units[COVERED_LEVEL]).sum())
        self.articles += len(sold_units)
        has_level = usual_units > 0
        for level in LEVELS:
            above = (sold_units - quantile_units[level])[has_level]
            loss = np.maximum(level * above, (level - 1) * above) / usual_units[has_level]
            self.losses += float(loss.sum())
            self.loss_count += loss.size

    def accuracy(self) -> Accuracy:
        """Return what the sums come to."""
        return Accuracy(
            article_count=self.articles,
            scaled_loss=self.losses / self.loss_count if self.loss_count else None,
            wape=self.absolute_units / self.sold_units if self.sold_units > 0 else None,
            bias=self.error_units / self.sold_units if self.sold_units > 0 else None,
            coverage_95=self.covered / self.articles if self.articles else None,
        )
