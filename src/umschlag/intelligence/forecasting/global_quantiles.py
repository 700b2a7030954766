"""One model for the demand of all articles: gradient-boosted trees that predict quantiles.

The target is what an article sold over a horizon ÷ what its yearly level makes of it, summed over
the whole horizon at once: adding up daily forecasts drifts. One model serves every horizon, since
the horizon is one of its features. Quantile regression: Koenker and Bassett (1978), "Regression
Quantiles"; the trees: Ke et al. (2017), "LightGBM". The parameters were chosen on the development
origins of `benchmarks/forecast_accuracy.py`.
"""

import json
import logging
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.article_features import (
    FEATURE_COUNT,
    Origin,
    article_features,
)
from umschlag.intelligence.forecasting.observed_demand import Floats, ObservedDemand, Places
from umschlag.intelligence.forecasting.past_ratios import (
    HISTORY_DAYS_MIN,
    Calendar,
    past_origin,
)
from umschlag.intelligence.forecasting.quantile_curves import samples_of
from umschlag.kernel.errors import Misconfigured

if TYPE_CHECKING:
    import lightgbm

HORIZONS_DAYS = (7, 14, 21, 28, 42, 60, 90)
"""What the model learns from; a horizon between or beyond them is predicted all the same."""
ROUNDS_BY_LEVEL = {
    0.05: 120,
    0.1: 120,
    0.2: 120,
    0.35: 120,
    0.5: 120,
    0.65: 120,
    0.8: 120,
    0.9: 100,
    0.95: 80,
    0.99: 50,
}
"""The higher the quantile, the fewer rows lie above it and the sooner trees learn them by heart."""
ORIGIN_STEP_DAYS = 14
ORIGIN_COUNT = 40
HORIZONS_PER_ORIGIN = 2
ARTICLES_PER_ORIGIN_MAX = 1_500
DRAW_ARTICLES = 1_000
DRAWS_MIN, DRAWS_MAX = 2, 4
"""Models on different draws of articles, averaged, are steadier than one on all of them: a draw for
each thousand articles. On the development origins four had 0.4 % less loss than two."""
Tell = Callable[[int, int], None]


def told_nobody(done: int, total: int) -> None:
    """Drop how many parts are done: for training that nobody watches."""


_PARAMETERS = {
    "objective": "quantile",
    "learning_rate": 0.06,
    "num_leaves": 15,
    "min_data_in_leaf": 150,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "max_bin": 127,
    "verbose": -1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
}
"""Deterministic: one history, one answer, whatever the machine. One thread each: the parts train
side by side, and do not wait for one another where other programs keep the processors busy."""
LOW_LEVEL_MAX = 0.35
_LOW_PARAMETERS = {"learning_rate": 0.12, "num_leaves": 31, "min_data_in_leaf": 60}
"""Of the levels up to `LOW_LEVEL_MAX`. Most articles sell nothing now and then, so that low
quantiles begin at zero; the few that sell steadily are told apart by finer leaves alone. With the
other levels' parameters a steady article's 10 % quantile lay at a quarter of its median."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GlobalQuantiles:
    """The trained trees, one for each level and draw."""

    trees: tuple[tuple["lightgbm.Booster", ...], ...]


def global_quantiles(
    observed: ObservedDemand,
    calendar: Calendar,
    *,
    draws: int | None = None,
    tell: Tell = told_nobody,
) -> GlobalQuantiles | None:
    """Return the model that learned from the whole history, or None where it is too short.

    `draws` is the number of models that are averaged; by the number of articles where left out.
    `tell` is called with the number of trained parts and of all.

    Raises:
        Misconfigured: LightGBM cannot be loaded; the message gives the cure.
    """
    lightgbm = _lightgbm()
    by_articles = np.clip(-(-len(observed.known_days) // DRAW_ARTICLES), DRAWS_MIN, DRAWS_MAX)
    seeds = range(1, (draws or int(by_articles)) + 1)
    known = []
    for seed in seeds:
        rows = _training_rows(observed, calendar, seed=seed)
        if rows is None:
            return None
        features, ratios = rows
        # Roots, because the largest of ratios would otherwise lead every split.
        known.append(
            lightgbm.Dataset(
                features, label=np.sqrt(ratios), params={**_PARAMETERS, **_LOW_PARAMETERS}
            ).construct()
        )

    def trained(task: tuple[int, float]) -> Any:  # noqa: ANN401 - LightGBM has no types
        place, level = task
        low = _LOW_PARAMETERS if level <= LOW_LEVEL_MAX else {}
        parameters: dict[str, Any] = {**_PARAMETERS, **low, "alpha": level, "seed": seeds[place]}
        return lightgbm.train(parameters, known[place], ROUNDS_BY_LEVEL[level])

    tasks = [(place, level) for place in range(len(seeds)) for level in ROUNDS_BY_LEVEL]
    trees = []
    with ThreadPoolExecutor() as side_by_side:
        for number, booster in enumerate(side_by_side.map(trained, tasks)):
            tell(number, len(tasks))
            trees.append(booster)
    tell(len(tasks), len(tasks))
    count = len(ROUNDS_BY_LEVEL)
    return GlobalQuantiles(
        trees=tuple(tuple(trees[start : start + count]) for start in range(0, len(trees), count))
    )


def written(model: GlobalQuantiles) -> bytes:
    """Return the trees as bytes that `read` makes the same model of, to the last bit."""
    content = {
        "levels": list(ROUNDS_BY_LEVEL),
        "trees": [[tree.model_to_string() for tree in trees] for trees in model.trees],
    }
    return zlib.compress(json.dumps(content).encode())


def read(content: bytes) -> GlobalQuantiles | None:
    """Return the model that was written; None where it answers to other levels or features.

    A newer version of the program may ask for others, and then learns anew.

    Raises:
        Misconfigured: LightGBM cannot be loaded.
    """
    lightgbm = _lightgbm()
    kept = json.loads(zlib.decompress(content))
    trees = tuple(
        tuple(lightgbm.Booster(model_str=text) for text in texts) for texts in kept["trees"]
    )
    fits = kept["levels"] == list(ROUNDS_BY_LEVEL) and all(
        tree.num_feature() == FEATURE_COUNT for one in trees for tree in one
    )
    return GlobalQuantiles(trees=trees) if fits else None


def global_samples(
    model: GlobalQuantiles, observed: ObservedDemand, articles: Places, origin: Origin
) -> NDArray[np.float64]:
    """Return 200 rising samples of each article's demand over the horizon, in units."""
    features, scale = article_features(observed, articles, origin)
    if not len(articles):
        return np.empty((0, 200))
    with ThreadPoolExecutor() as side_by_side:
        roots = list(
            side_by_side.map(
                lambda tree: np.asarray(tree.predict(features, num_threads=1)),
                [tree for trees in model.trees for tree in trees],
            )
        )
    by_seed = (np.maximum(np.stack(roots), 0.0) ** 2).reshape(
        len(model.trees), len(ROUNDS_BY_LEVEL), len(articles)
    )
    ratios = by_seed.mean(axis=0).T
    samples: Floats = samples_of(np.array(list(ROUNDS_BY_LEVEL)), ratios) * scale[:, None]
    return samples


def _training_rows(
    observed: ObservedDemand, calendar: Calendar, *, seed: int
) -> tuple[NDArray[np.float32], Floats] | None:
    rng = np.random.default_rng(seed)
    features, ratios = [], []
    for place in range(ORIGIN_COUNT):
        day = observed.day_count - HORIZONS_DAYS[0] - place * ORIGIN_STEP_DAYS
        if day < HISTORY_DAYS_MIN:
            break
        over = [days for days in HORIZONS_DAYS if day + days <= observed.day_count]
        for horizon_days in rng.permutation(over)[:HORIZONS_PER_ORIGIN]:
            past = past_origin(observed, calendar.origin(day, int(horizon_days)))
            if len(past.articles) > ARTICLES_PER_ORIGIN_MAX:
                past = past.only(rng.choice(len(past.articles), ARTICLES_PER_ORIGIN_MAX, False))
            rows, scale = article_features(observed, past.articles, past.origin)
            features.append(rows)
            ratios.append(past.sold_units / scale)
    if not features:
        return None
    return np.concatenate(features), np.concatenate(ratios)


def _lightgbm() -> Any:  # noqa: ANN401 - LightGBM has no types
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
