"""From a few quantiles of every article to samples of its whole distribution."""

import numpy as np
from numpy.typing import NDArray

SAMPLE_COUNT = 200
PROBABILITIES = np.arange(0.5, SAMPLE_COUNT) / SAMPLE_COUNT
"""Where a distribution is sampled: evenly, so that each sample stands for 0.5 %."""


def samples_of(levels: NDArray[np.float64], quantiles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 200 evenly spread quantiles a row from those at the rising `levels`.

    Between two levels the line that joins them; above the last one the last line goes on; below
    the first it goes to zero, which is the least that can sell. Rows are made monotone, by which
    crossing quantiles are put in order and never get worse: Chernozhukov, Fernández-Val and
    Galichon (2010), "Quantile and probability curves without crossing".
    """
    rising = np.sort(np.maximum(quantiles, 0.0), axis=1)
    slope = (rising[:, -1] - rising[:, -2]) / (levels[-1] - levels[-2])
    top = rising[:, -1] + slope * (1.0 - levels[-1])
    known = np.concatenate([np.zeros((len(rising), 1)), rising, top[:, None]], axis=1)
    at = np.concatenate([[0.0], levels, [1.0]])
    left = np.clip(np.searchsorted(at, PROBABILITIES, side="right") - 1, 0, len(at) - 2)
    weight = (PROBABILITIES - at[left]) / (at[left + 1] - at[left])
    samples: NDArray[np.float64] = (
        known[:, left] * (1 - weight)[None, :] + known[:, left + 1] * weight[None, :]
    )
    return samples


def whole_units(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rising samples as whole units, a row an article, with the mean within 1 ÷ 400.

    Nobody buys a third of an article: 200 samples of 0.3 say that 60 of them are one. Each sample
    is rounded together with what rounding the ones before it left over.
    """
    totals = np.floor(np.cumsum(samples, axis=1) + 0.5)
    whole: NDArray[np.float64] = np.diff(totals, axis=1, prepend=0.0)
    return np.sort(whole, axis=1)
