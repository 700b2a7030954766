"""One model for the demand of all articles: trees and nets that predict quantiles.

The target is what an article sold over a horizon ÷ what its yearly level makes of it, summed over
the whole horizon at once: adding up daily forecasts drifts. One model serves every horizon, since
the horizon is one of its features. Two kinds learn the same target, and what they tell is averaged:
gradient-boosted trees (Ke et al. 2017, "LightGBM"), and small neural networks (`quantile_net`).
Quantile regression: Koenker and Bassett (1978), "Regression Quantiles". The parameters were chosen
on the development origins of `benchmarks/forecast_accuracy.py`.
"""

import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from umschlag.intelligence.forecasting.article_features import (
    FEATURE_COUNT,
    Origin,
    article_features,
)
from umschlag.intelligence.forecasting.kindred_sales import KindredSales, kindred_sales
from umschlag.intelligence.forecasting.observed_demand import Floats, ObservedDemand, Places
from umschlag.intelligence.forecasting.past_ratios import (
    HISTORY_DAYS_MIN,
    Calendar,
    past_origin,
)
from umschlag.intelligence.forecasting.quantile_curves import samples_of
from umschlag.intelligence.forecasting.quantile_net import QuantileNet, learned_net
from umschlag.kernel.errors import Misconfigured

if TYPE_CHECKING:
    import lightgbm

HORIZONS_DAYS = (7, 14, 21, 28, 42, 60, 90)
"""What the model learns from; a horizon between or beyond them is predicted all the same."""
ROUNDS_BY_LEVEL = {
    0.05: 72,
    0.1: 72,
    0.2: 72,
    0.35: 72,
    0.5: 72,
    0.65: 72,
    0.8: 72,
    0.9: 60,
    0.95: 48,
    0.99: 30,
}
"""The higher the quantile, the fewer rows lie above it and the sooner trees learn them by heart."""
LEVELS = tuple(ROUNDS_BY_LEVEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Which earlier days and articles are learned from."""

    step_days: int
    origins_max: int
    horizons_an_origin: int
    articles_max: int
    """Of each origin, drawn at random where there are more."""


TREE_ROWS = Drawing(step_days=14, origins_max=40, horizons_an_origin=2, articles_max=1_500)
NET_ROWS = Drawing(step_days=10, origins_max=37, horizons_an_origin=1, articles_max=4_000)
NETS = 6
"""Each learns from rows of its own, and starts from weights of its own; their mean is steadier."""
NETS_SHARE = 0.75
"""How much of what is told is the nets'. Between a half and four fifths it hardly matters."""
Tell = Callable[[int, int], None]


def told_nobody(done: int, total: int) -> None:
    """Drop how many parts are done: for training that nobody watches."""


_PARAMETERS = {
    "objective": "quantile",
    "learning_rate": 0.1,
    "num_leaves": 15,
    "min_data_in_leaf": 150,
    "feature_fraction": 0.35,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "max_bin": 127,
    "verbose": -1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "seed": 1,
}
"""Deterministic: one history, one answer, whatever the machine. One thread each: the parts train
side by side, and do not wait for one another where other programs keep the processors busy."""
LOW_LEVEL_MAX = 0.35
_LOW_PARAMETERS = {"learning_rate": 0.2, "num_leaves": 31, "min_data_in_leaf": 60}
"""Of the levels up to `LOW_LEVEL_MAX`. Most articles sell nothing now and then, so that low
quantiles begin at zero; the few that sell steadily are told apart by finer leaves alone. With the
other levels' parameters a steady article's 10 % quantile lay at a quarter of its median."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GlobalQuantiles:
    """What was learned: a booster of trees for each level, and nets that tell all levels."""

    trees: tuple["lightgbm.Booster", ...]
    nets: tuple[QuantileNet, ...]


def global_quantiles(
    observed: ObservedDemand,
    calendar: Calendar,
    *,
    nets: int = NETS,
    tell: Tell = told_nobody,
) -> GlobalQuantiles | None:
    """Return the model that learned from the whole history, or None where it is too short.

    `nets` is the number of nets that are averaged: fewer learn quicker and tell a little less.
    `tell` is called with the number of trained parts and of all.

    Raises:
        Misconfigured: LightGBM cannot be loaded; the message gives the cure.
    """
    loaded_lightgbm()
    features, roots = _training_rows(observed, calendar, TREE_ROWS, seed=0)
    if not len(roots):
        return None
    parts = [*_trees_to_train(features, roots), *_nets_to_train(observed, calendar, nets)]
    trained = []
    # Parts train side by side, each on one thread: threads of their own would wait for one another.
    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(_cores()) as side_by_side:
        for number, part in enumerate(side_by_side.map(lambda train: train(), parts)):
            tell(number, len(parts))
            trained.append(part)
    tell(len(parts), len(parts))
    return GlobalQuantiles(trees=tuple(trained[: len(LEVELS)]), nets=tuple(trained[len(LEVELS) :]))


def _trees_to_train(
    features: NDArray[np.float32], roots: Floats
) -> list[Callable[[], "lightgbm.Booster"]]:
    lightgbm = loaded_lightgbm()
    known = lightgbm.Dataset(
        features, label=roots, params={**_PARAMETERS, **_LOW_PARAMETERS}
    ).construct()

    def train(level: float) -> Any:  # noqa: ANN401 - LightGBM has no types
        low = _LOW_PARAMETERS if level <= LOW_LEVEL_MAX else {}
        parameters: dict[str, Any] = {**_PARAMETERS, **low, "alpha": level}
        return lightgbm.train(parameters, known, ROUNDS_BY_LEVEL[level])

    return [partial(train, level) for level in LEVELS]


def _nets_to_train(
    observed: ObservedDemand, calendar: Calendar, count: int
) -> list[Callable[[], QuantileNet]]:
    def train(seed: int) -> QuantileNet:
        features, roots = _training_rows(observed, calendar, NET_ROWS, seed=seed)
        return learned_net(features, roots, LEVELS, seed=seed)

    return [partial(train, seed) for seed in range(1, count + 1)]


def global_samples(
    model: GlobalQuantiles,
    observed: ObservedDemand,
    articles: Places,
    origin: Origin,
    *,
    kindred: KindredSales,
) -> NDArray[np.float64]:
    """Return 200 rising samples of each article's demand over the horizon, in units."""
    if not len(articles):
        return np.empty((0, 200))
    features, scale = article_features(observed, articles, origin, kindred)
    with ThreadPoolExecutor(_cores()) as side_by_side:
        by_level = side_by_side.map(
            lambda tree: np.asarray(tree.predict(features, num_threads=1)), model.trees
        )
        by_trees = np.maximum(np.stack(list(by_level), axis=1), 0.0)
    by_nets = np.mean([net.quantiles(features) for net in model.nets], axis=0)
    roots = (1 - NETS_SHARE) * by_trees + NETS_SHARE * by_nets
    samples: Floats = samples_of(np.array(LEVELS), roots**2) * scale[:, None]
    return samples


def _training_rows(
    observed: ObservedDemand, calendar: Calendar, drawing: Drawing, *, seed: int
) -> tuple[NDArray[np.float32], Floats]:
    """Return rows of features, and the root of each one's ratio: the largest would lead else.

    No rows where the history is too short.
    """
    rng = np.random.default_rng(seed)
    features = [np.empty((0, FEATURE_COUNT), dtype=np.float32)]
    ratios = [np.empty(0)]
    for place in range(drawing.origins_max):
        day = observed.day_count - HORIZONS_DAYS[0] - place * drawing.step_days
        if day < HISTORY_DAYS_MIN:
            break
        kindred = kindred_sales(observed, day)
        over = [days for days in HORIZONS_DAYS if day + days <= observed.day_count]
        for horizon_days in rng.permutation(over)[: drawing.horizons_an_origin]:
            past = past_origin(observed, calendar.origin(day, int(horizon_days)))
            if len(past.articles) > drawing.articles_max:
                past = past.only(rng.choice(len(past.articles), drawing.articles_max, False))
            rows, scale = article_features(observed, past.articles, past.origin, kindred)
            features.append(rows)
            ratios.append(past.sold_units / scale)
    return np.concatenate(features), np.sqrt(np.concatenate(ratios))


def _cores() -> int:
    return os.cpu_count() or 1


def loaded_lightgbm() -> Any:  # noqa: ANN401 - LightGBM has no types
    """Return the library, which is loaded only where it is used.

    Raises:
        Misconfigured: it cannot be loaded.
    """
    try:
        import lightgbm
    except (ImportError, OSError) as error:
        raise Misconfigured(
            f"LightGBM cannot be loaded ({error}); on Debian or Ubuntu: apt install libgomp1. "
            "Until then forecasts are made by pooled ratios."
        ) from error
    logging.getLogger("lightgbm").setLevel(logging.WARNING)
    return lightgbm
