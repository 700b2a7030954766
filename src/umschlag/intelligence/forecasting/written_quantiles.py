"""What the global model learned, as bytes that are kept until it learns again."""

import base64
import json
import zlib
from dataclasses import fields
from typing import Any

import numpy as np

from umschlag.intelligence.forecasting.article_features import FEATURE_COUNT
from umschlag.intelligence.forecasting.global_quantiles import (
    LEVELS,
    GlobalQuantiles,
    loaded_lightgbm,
)
from umschlag.intelligence.forecasting.quantile_net import QuantileNet


def written(model: GlobalQuantiles) -> bytes:
    """Return the model as bytes that `read` makes the same model of, to the last bit."""
    content = {
        "levels": list(LEVELS),
        "features": FEATURE_COUNT,
        "trees": [tree.model_to_string() for tree in model.trees],
        "nets": [_written_net(net) for net in model.nets],
    }
    return zlib.compress(json.dumps(content).encode())


def read(content: bytes) -> GlobalQuantiles | None:
    """Return the model that was written; None where it answers to other levels or features.

    A newer version of the program may ask for others, and then learns anew.

    Raises:
        Misconfigured: LightGBM cannot be loaded.
    """
    lightgbm = loaded_lightgbm()
    kept = json.loads(zlib.decompress(content))
    if kept["levels"] != list(LEVELS) or kept.get("features") != FEATURE_COUNT:
        return None
    return GlobalQuantiles(
        trees=tuple(lightgbm.Booster(model_str=text) for text in kept["trees"]),
        nets=tuple(_read_net(net) for net in kept["nets"]),
    )


def _written_net(net: QuantileNet) -> dict[str, Any]:
    return {one.name: _written_value(getattr(net, one.name)) for one in fields(net)}


def _written_value(value: Any) -> Any:  # noqa: ANN401 - arrays, tuples of them, a number
    if isinstance(value, tuple):
        return [_written_value(one) for one in value]
    if isinstance(value, np.ndarray):
        text = base64.b64encode(value.tobytes()).decode("ascii")
        return {"type": value.dtype.str, "shape": value.shape, "bytes": text}
    return value


def _read_net(kept: dict[str, Any]) -> QuantileNet:
    return QuantileNet(**{name: _read_value(value) for name, value in kept.items()})


def _read_value(kept: Any) -> Any:  # noqa: ANN401 - as `_written_value`
    if isinstance(kept, list):
        return tuple(_read_value(one) for one in kept)
    if isinstance(kept, dict):
        values = np.frombuffer(base64.b64decode(kept["bytes"]), dtype=kept["type"])
        return values.reshape(kept["shape"])
    return kept
