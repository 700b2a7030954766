"""How much demand varies from week to week."""

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.movement.demand_pattern import squared_ratio_of_spread
from umschlag.intelligence.movement.model import XyzClass

X_VARIATION_MAX = 0.5
Y_VARIATION_MAX = 1.0
"""Coefficients of variation of weekly demand. The cuts are a convention, and no textbook's rule:
half and once the mean are what planning tools for shops commonly take. Materials in production are
cut lower, at 0.25 and 0.5 (REFA-Lexikon, "XYZ-Analyse", refa.de) or at 0.1 and 0.25
(logistik-info.net, "XYZ Analyse", which says that the literature differs); by those, weeks of a
shop would nearly all be Z."""
WEEKS_MIN = 4
"""Of fewer weeks with stock nobody can tell a spread."""
CLASSES = tuple(XyzClass)
"""An array of classes holds places in this, −1 for none."""


def weekly_variation(
    *,
    units: NDArray[np.int64],
    units_squared: NDArray[np.int64],
    weeks_with_stock: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the coefficient of variation of weekly demand, weeks without a sale included.

    Weeks without stock are left out before: nothing can sell in them. NaN where nothing sold, or
    in fewer than four weeks with stock.
    """
    variation = np.sqrt(squared_ratio_of_spread(units, units_squared, weeks_with_stock))
    variation[weeks_with_stock < WEEKS_MIN] = np.nan
    return variation


def xyz_classes(variation: NDArray[np.float64]) -> NDArray[np.int8]:
    """Return each article's place in `CLASSES`: X up to 0.5, Y up to 1, Z above; −1 without."""
    places = np.searchsorted([X_VARIATION_MAX, Y_VARIATION_MAX], variation, side="left")
    places[np.isnan(variation)] = -1
    return places.astype(np.int8)
