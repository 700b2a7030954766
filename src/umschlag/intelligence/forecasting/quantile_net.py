"""A small neural network that tells several quantiles of a figure at once, in NumPy alone.

Where trees cut a feature into steps, it draws a smooth line, and it learns all quantiles from every
row: where few rows lie above a level, the others' help. The two err differently, and their mean
errs less than either. Composite quantile regression network: Cannon (2011), "Quantile regression
neural networks"; the optimiser: Kingma and Ba (2015), "Adam", with steps that fade as half a
cosine: Loshchilov and Hutter (2017), "SGDR". The parameters were chosen on the development origins
of `benchmarks/forecast_accuracy.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

HIDDEN = (64, 64, 64)
EPOCHS = 14
BATCH_MIN, BATCH_MAX = 64, 1024
BATCHES_AN_EPOCH = 100
"""A batch is a hundredth of the rows, within these bounds: few rows need as many steps."""
STEP = 2e-3
FADING = (0.9, 0.999)
WEIGHT_DECAY = 1e-3
DROPPED = 0.1
"""This share of a row's features is hidden each time, against learning rows by heart."""
SOFTENED = 0.02
"""Errors smaller than this pull less, so that steps do not jump to and fro around a quantile."""
DEVIATIONS_MAX = 4.0
"""A feature further from the mean is taken as this far: nets go on where nothing was seen."""
MISSING_MIN = 0.001
"""A feature missing in a smaller share of rows has no sign of its own for it."""
PLACES_KEPT = 6
"""Decimals of what a net tells. How a processor adds up depends on how many rows it is given; what
differs lies far below."""

Floats32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuantileNet:
    """A trained network, and how features are made ready for it."""

    means: Floats32
    deviations: Floats32
    tells_missing: NDArray[np.bool_]
    """Features that have a second input, which is 1 where they are NaN."""
    weights: tuple[Floats32, ...]
    biases: tuple[Floats32, ...]
    ceiling: float
    """The largest figure that was learned from: nothing larger is told."""

    def quantiles(self, features: Floats32) -> NDArray[np.float64]:
        """Return the quantiles, a row a row of features, within zero and the ceiling."""
        values = self._inputs(features).astype(np.float64)
        for weights, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            values = np.maximum(values @ weights + bias, 0.0)
        told = values @ self.weights[-1] + self.biases[-1]
        return np.clip(np.round(told, PLACES_KEPT), 0.0, self.ceiling)

    def _inputs(self, features: Floats32) -> Floats32:
        is_missing = np.isnan(features)
        far = (features - self.means) / self.deviations
        known = np.where(is_missing, 0.0, np.clip(far, -DEVIATIONS_MAX, DEVIATIONS_MAX))
        return np.hstack([known, is_missing[:, self.tells_missing]]).astype(np.float32)


def learned_net(
    features: Floats32, figures: NDArray[np.float64], levels: Sequence[float], *, seed: int
) -> QuantileNet:
    """Return a network that learned the figures' quantiles at these rising levels.

    `figures` are zero or more, one a row of features; NaN among the features is "not known".
    """
    rng = np.random.default_rng(seed)
    net = _untrained(features, figures, levels, rng)
    inputs, wanted = net._inputs(features), figures.astype(np.float32)[:, None]
    size = int(np.clip(len(inputs) // BATCHES_AN_EPOCH, BATCH_MIN, BATCH_MAX))
    batches = list(_batches(len(inputs), size, rng))
    values = [*net.weights, *net.biases]
    memory = [_Memory(mean=np.zeros_like(one), square=np.zeros_like(one)) for one in values]
    for number, rows in enumerate(batches):
        batch = inputs[rows]
        batch *= rng.random(batch.shape, dtype=np.float32) > DROPPED
        slopes = _slopes(net, batch, wanted[rows], np.array(levels, dtype=np.float32))
        step = STEP * (1 + np.cos(np.pi * number / len(batches))) / 2
        for value, slope, seen in zip(values, slopes, memory, strict=True):
            value -= np.float32(step) * seen.direction(slope, number)  # noqa: PLW2901 - in place
    return net


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Memory:
    """Adam's fading means of one array's slopes and their squares."""

    mean: Floats32
    square: Floats32

    def direction(self, slope: Floats32, number: int) -> Floats32:
        """Take in the slope of the step with this number, from zero, and return where to go."""
        for kept, new, fading in (
            (self.mean, slope, FADING[0]),
            (self.square, slope**2, FADING[1]),
        ):
            kept += (1 - fading) * (new - kept)  # noqa: PLW2901 - in place
        known, known_square = (1 - fading ** (number + 1) for fading in FADING)
        way: Floats32 = (self.mean / known) / (np.sqrt(self.square / known_square) + 1e-8)
        return way


def _untrained(
    features: Floats32,
    figures: NDArray[np.float64],
    levels: Sequence[float],
    rng: np.random.Generator,
) -> QuantileNet:
    is_known = ~np.isnan(features)
    counts = np.maximum(is_known.sum(axis=0), 1)
    means = np.where(is_known, features, 0.0).sum(axis=0, dtype=np.float64) / counts
    squares = np.where(is_known, (features - means) ** 2, 0.0).sum(axis=0) / counts
    tells_missing = (~is_known).mean(axis=0) > MISSING_MIN
    sizes = [features.shape[1] + int(tells_missing.sum()), *HIDDEN, len(levels)]
    weights = [
        rng.normal(0, np.sqrt(2 / before), (before, after)).astype(np.float32)
        for before, after in pairwise(sizes)
    ]
    # It begins by telling every row the quantiles of all, and learns from there.
    weights[-1] *= np.float32(0.1)
    biases = [np.zeros(after, dtype=np.float32) for after in sizes[1:]]
    biases[-1] = np.quantile(figures, levels).astype(np.float32)
    return QuantileNet(
        means=means.astype(np.float32),
        deviations=(np.sqrt(squares) + 1e-6).astype(np.float32),
        tells_missing=tells_missing,
        weights=tuple(weights),
        biases=tuple(biases),
        ceiling=float(figures.max()),
    )


def _batches(rows: int, size: int, rng: np.random.Generator) -> Iterator[NDArray[np.intp]]:
    for _epoch in range(EPOCHS):
        order = rng.permutation(rows)
        for start in range(0, max(rows - size, 0) + 1, size):
            yield order[start : start + size]


def _slopes(
    net: QuantileNet, inputs: Floats32, wanted: Floats32, levels: Floats32
) -> list[Floats32]:
    """Return the loss's slopes by every weight and then every bias: backpropagation."""
    layers = [inputs]
    for weights, bias in zip(net.weights[:-1], net.biases[:-1], strict=True):
        layers.append(np.maximum(layers[-1] @ weights + bias, 0.0))
    error = wanted - (layers[-1] @ net.weights[-1] + net.biases[-1])
    pull = np.where(error > 0, -levels, 1 - levels)
    pull *= np.minimum(np.abs(error) / np.float32(SOFTENED), 1.0) / len(inputs)
    by_weight, by_bias = [], []
    for place in range(len(layers) - 1, -1, -1):
        weights = net.weights[place]
        by_weight.append(layers[place].T @ pull + np.float32(WEIGHT_DECAY) * weights)
        by_bias.append(pull.sum(axis=0))
        if place:
            pull = (pull @ weights.T) * (layers[place] > 0)
    return [*reversed(by_weight), *reversed(by_bias)]
