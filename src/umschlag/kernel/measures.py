"""Weights in grams and lengths in millimetres; other units are converted at the edge."""

import math
from dataclasses import dataclass

from umschlag.kernel.errors import MalformedAmount

GRAMS_PER_POUND = 453.59237
"""International avoirdupois pound, exact by definition (1959)."""
MILLIMETRES_PER_INCH = 25.4
"""International inch, exact by definition (1959)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimensions:
    """A box's outer edges in millimetres, as measured; no edge is zero."""

    length_mm: int
    width_mm: int
    height_mm: int

    def __post_init__(self) -> None:
        if min(self.length_mm, self.width_mm, self.height_mm) <= 0:
            raise MalformedAmount(f"a box needs three edges above zero, not {self}")

    @property
    def volume_mm3(self) -> int:
        """Outer volume."""
        return self.length_mm * self.width_mm * self.height_mm


def grams_from_pounds(pounds: float) -> int:
    """Return whole grams, rounded up so that a limit is never broken by rounding."""
    return _rounded_up(pounds * GRAMS_PER_POUND, what=f"{pounds} lb")


def millimetres_from_inches(inches: float) -> int:
    """Return whole millimetres, rounded up so that a box never turns out larger than booked."""
    return _rounded_up(inches * MILLIMETRES_PER_INCH, what=f"{inches} in")


def _rounded_up(value: float, *, what: str) -> int:
    if not math.isfinite(value) or value < 0:
        raise MalformedAmount(f"{what} is no measure")
    # A hair of tolerance keeps 10 in at 254 mm although 10 × 25.4 is a float.
    return math.ceil(value - 1e-9)
