"""What is kept of forecasts: the same few figures of every article, made of all or part by part."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.forecasting.lines import ForecastingModel
from umschlag.intelligence.forecasting.model import DemandForecasts, ForecastMethod
from umschlag.intelligence.forecasting.stockout import stockout_probability
from umschlag.intelligence.movement.model import ArticleFacts
from umschlag.kernel.errors import BadInput
from umschlag.kernel.identifiers import Sku

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)
"""The quantiles that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StockAhead:
    """What articles have to sell and when more comes, in the articles' order."""

    available_units: NDArray[np.float64]
    """NaN where stock was never told."""
    on_order_units: NDArray[np.float64]
    lead_time_days: NDArray[np.float64]

    @classmethod
    def of(cls, articles: Sequence[ArticleFacts], *, lead_time_days_default: int) -> "StockAhead":
        """Return it of the articles; the lead time is the default where the ERP tells none."""
        return cls(
            available_units=_numbers((one.available_units for one in articles), np.nan),
            on_order_units=_numbers((one.on_order_units for one in articles), 0.0),
            lead_time_days=_numbers(
                (one.lead_time_days for one in articles), float(lead_time_days_default)
            ),
        )

    def only(self, articles: NDArray[np.intp]) -> "StockAhead":
        """Return it of these articles alone, by their places."""
        return StockAhead(
            available_units=self.available_units[articles],
            on_order_units=self.on_order_units[articles],
            lead_time_days=self.lead_time_days[articles],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ForecastFigures:
    """What is kept of many articles' forecasts over one horizon."""

    skus: tuple[Sku, ...]
    horizon_days: int
    methods: tuple[ForecastMethod, ...]
    mean_units: NDArray[np.float64]
    quantile_units: Mapping[float, NDArray[np.float64]]
    stockout_probability: NDArray[np.float64]
    """NaN where stock was never told."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArticlePart:
    """Some of the articles, with all that their forecasts need beside the model."""

    history: DemandHistory
    stock: StockAhead
    horizons_days: tuple[int, ...]


def figures_of(forecasts: DemandForecasts, stock: StockAhead) -> ForecastFigures:
    """Return the figures of these forecasts."""
    return ForecastFigures(
        skus=forecasts.skus,
        horizon_days=forecasts.horizon_days,
        methods=forecasts.methods,
        mean_units=forecasts.mean_units,
        quantile_units={level: forecasts.quantile_units(level) for level in LEVELS},
        stockout_probability=stockout_probability(
            forecasts,
            available_units=stock.available_units,
            on_order_units=stock.on_order_units,
            lead_time_days=stock.lead_time_days,
        ),
    )


def forecast_part(model: ForecastingModel, part: ArticlePart) -> list[ForecastFigures]:
    """Return the articles' figures over each horizon.

    An article's depend on its own row, its stock and the model alone: all articles at once come to
    the same as one part after the other, wherever each is forecast.
    """
    return [
        figures_of(model.forecasts(part.history, horizon_days=days), part.stock)
        for days in part.horizons_days
    ]


def parts_of(whole: ArticlePart, *, count: int) -> list[ArticlePart]:
    """Return the articles in so many parts of about one size, in their order; none is empty.

    Raises:
        BadInput: the count is not positive.
    """
    if count < 1:
        raise BadInput("articles are forecast in at least one part", field="partitions")
    places = np.arange(len(whole.history.skus))
    return [
        ArticlePart(
            history=whole.history.only(chosen),
            stock=whole.stock.only(chosen),
            horizons_days=whole.horizons_days,
        )
        for chosen in np.array_split(places, min(count, max(len(places), 1)))
    ]


def joined_figures(parts: Iterable[Sequence[ForecastFigures]]) -> list[ForecastFigures]:
    """Return the figures of all parts, one after the other, over each horizon."""
    return [_joined(figures) for figures in zip(*parts, strict=True)]


def _joined(figures: Sequence[ForecastFigures]) -> ForecastFigures:
    return ForecastFigures(
        skus=tuple(sku for one in figures for sku in one.skus),
        horizon_days=figures[0].horizon_days,
        methods=tuple(method for one in figures for method in one.methods),
        mean_units=np.concatenate([one.mean_units for one in figures]),
        quantile_units={
            level: np.concatenate([one.quantile_units[level] for one in figures])
            for level in figures[0].quantile_units
        },
        stockout_probability=np.concatenate([one.stockout_probability for one in figures]),
    )


def _numbers(values: Iterable[int | None], missing: float) -> NDArray[np.float64]:
    return np.array([missing if value is None else value for value in values], dtype=np.float64)
