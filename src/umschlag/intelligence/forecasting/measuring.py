"""What forecasts that were really made were off by, once their horizon is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.accuracy import Accuracy, ErrorSums
from umschlag.kernel.identifiers import Sku


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeptForecasts:
    """Forecasts of many articles as they were made on a day, over one horizon."""

    made_date: date
    horizon_days: int
    skus: tuple[Sku, ...]
    mean_units: NDArray[np.float64]
    quantile_units: Mapping[float, NDArray[np.float64]]

    @property
    def due_date(self) -> date:
        """The last day that they forecast: when its sales are known they can be measured."""
        return self.made_date + timedelta(days=self.horizon_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the forecasts of one day and horizon were off by, beside the same as last time."""

    made_date: date
    horizon_days: int
    accuracy: Accuracy
    naive_wape: float | None
    """WAPE of what sold in as many days before; None where nothing sold since."""


def measured(
    kept: KeptForecasts,
    *,
    sold_units: Mapping[Sku, float],
    sold_before_units: Mapping[Sku, float],
) -> Measured:
    """Return the errors, from units sold within the horizon and in as many days before it.

    Articles that are in neither sold nothing. The usual sales that losses are scaled by are those
    before; an article without any is in every figure but the loss.
    """
    sold = _in_order(kept, sold_units)
    before = _in_order(kept, sold_before_units)
    sums = ErrorSums()
    sums.add_figures(kept.mean_units, kept.quantile_units, sold_units=sold, usual_units=before)
    total = float(sold.sum())
    return Measured(
        made_date=kept.made_date,
        horizon_days=kept.horizon_days,
        accuracy=sums.accuracy(),
        naive_wape=float(np.abs(before - sold).sum()) / total if total > 0 else None,
    )


def _in_order(kept: KeptForecasts, units: Mapping[Sku, float]) -> NDArray[np.float64]:
    # More came back than was sold is no demand of less than nothing.
    return np.array([max(units.get(sku, 0), 0) for sku in kept.skus], dtype=np.float64)
