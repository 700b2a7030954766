"""Every booking of stock in the demo world: the truth that on-hand figures add up from."""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Reason(IntEnum):
    """Why stock moved, in Plentymarkets' numbers."""

    OPENING = 100
    RECEIPT = 101
    RETURN = 102
    SALE = 201
    CORRECTION = 301
    DELETED = 402
    RECREATED = 403


@dataclass(frozen=True, slots=True)
class Movements:
    """One entry a booking in every array, in the order in which they happened."""

    day: NDArray[np.int64]
    at_unix: NDArray[np.int64]
    article: NDArray[np.int64]
    variation_id: NDArray[np.int64]
    warehouse: NDArray[np.int64]
    units: NDArray[np.int64]
    reason: NDArray[np.int64]
    line: NDArray[np.int64]
    """Index of the order line that caused it; -1 for none."""
    cost_minor: NDArray[np.int64]
    """Purchase price of a unit where goods came in; 0 elsewhere."""


_COLUMNS = (
    "second",
    "article",
    "variation_id",
    "warehouse",
    "units",
    "reason",
    "line",
    "cost_minor",
)


@dataclass(slots=True)
class MovementLog:
    """Collects bookings day by day."""

    _days: list[NDArray[np.int64]] = field(default_factory=list)
    _today: list[NDArray[np.int64]] = field(default_factory=list)

    def add(
        self,
        where: tuple[NDArray[np.int64], ArrayLike, NDArray[np.int64]],
        units: NDArray[np.int64],
        reason: Reason,
        *,
        second: ArrayLike,
        line: ArrayLike = -1,
        cost_minor: ArrayLike = 0,
    ) -> None:
        """Book units at `where` (article, warehouse, variation id); zeros are left out.

        `second` counts from local midnight.
        """
        article, warehouse, variation_id = where
        moving = units != 0
        if not moving.any():
            return
        rows = np.empty((len(_COLUMNS), len(article)), dtype=np.int64)
        columns = (second, article, variation_id, warehouse, units, int(reason), line, cost_minor)
        for place, column in enumerate(columns):
            rows[place] = column
        self._today.append(rows[:, moving])

    def close_day(self, day: int) -> None:
        """Sort the day's bookings by time; they are final from now on."""
        rows = np.concatenate(self._today, axis=1) if self._today else np.empty((8, 0), np.int64)
        rows = rows[:, np.argsort(rows[0], kind="stable")]
        self._days.append(np.concatenate([np.full((1, rows.shape[1]), day), rows]))
        self._today.clear()

    def finished(self, midnight_unix: NDArray[np.int64]) -> Movements:
        """Return all bookings."""
        rows = np.concatenate(self._days, axis=1)
        named = dict(zip(_COLUMNS, rows[1:], strict=True))
        second = named.pop("second")
        return Movements(day=rows[0], at_unix=midnight_unix[rows[0]] + second, **named)
