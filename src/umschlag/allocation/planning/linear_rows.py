"""A small linear program put together row by row."""

import numpy as np

from umschlag.allocation.planning.open_pairs import Floats, Ints
from umschlag.allocation.planning.relaxation import LinearProgram


class LinearRows:
    """Collects rows, and turns them into a program that stands column by column."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._at: list[Ints] = []
        self._coefficients: list[Floats] = []
        self._limits: list[float] = []

    def add(self, columns: Ints, coefficients: Floats, limit: float) -> None:
        """Add a row: the columns' sum is at most the limit."""
        self._at.append(columns)
        self._coefficients.append(coefficients)
        self._limits.append(float(limit))

    def program(self, *, worth: Floats, most: Floats) -> LinearProgram:
        """Return the program of all rows."""
        columns = np.concatenate(self._at)
        rows = np.repeat(np.arange(len(self._at)), [len(at) for at in self._at])
        order = np.lexsort((rows, columns))
        counts = np.bincount(columns, minlength=self._columns)
        return LinearProgram(
            worth=worth,
            most=most.astype(np.float64),
            limits=np.array(self._limits),
            starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
            rows=rows[order].astype(np.int32),
            coefficients=np.concatenate(self._coefficients)[order],
        )
