"""The nouns of forecasting."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.order_money import OrderStep
from umschlag.intelligence.movement.model import Reason
from umschlag.kernel.errors import BadInput
from umschlag.kernel.identifiers import Sku
from umschlag.kernel.money import Money


class ForecastMethod(StrEnum):
    """How an article's forecast was made: said with every forecast."""

    GLOBAL = "global"
    """Trees and nets that learned from all articles at once: see `global_quantiles`."""
    POOLED = "pooled"
    """Its own level times what came of earlier forecasts of articles like it: `pooled_ratios`."""
    WINDOWS = "windows"
    """Quantiles of what it sold in past spans as long as the horizon."""
    VARIANCE = "variance"
    """Too few such spans: a gamma distribution with the mean and variance of its own days."""
    PEERS = "peers"
    """New: what articles of its category sell."""
    NONE = "none"
    """No sale in the year looked at: none expected."""


class ModelKind(StrEnum):
    """What settled articles are forecast by: chosen by backtest on the merchant's own sales."""

    GLOBAL = "global"
    POOLED = "pooled"
    COVER = "cover"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DemandForecasts:
    """Demand of many articles summed over one horizon.

    `samples` holds each article's distribution as sorted possible sums, NaN after the first
    `sample_counts`: quantiles and probabilities are read from it, so they can never contradict.
    """

    skus: tuple[Sku, ...]
    horizon_days: int
    mean_units: NDArray[np.float64]
    samples: NDArray[np.float64]
    sample_counts: NDArray[np.int64]
    methods: tuple[ForecastMethod, ...]

    def only(self, articles: NDArray[np.intp]) -> "DemandForecasts":
        """Return the rows of these articles alone, by their places."""
        return DemandForecasts(
            skus=tuple(self.skus[place] for place in articles),
            horizon_days=self.horizon_days,
            mean_units=self.mean_units[articles],
            samples=self.samples[articles],
            sample_counts=self.sample_counts[articles],
            methods=tuple(self.methods[place] for place in articles),
        )

    def quantile_units(self, level: float) -> NDArray[np.float64]:
        """Return the smallest sample that at least this share of samples does not exceed.

        Raises:
            BadInput: the level is not above 0 and at most 1.
        """
        if not 0 < level <= 1:
            raise BadInput(f"a quantile's level lies above 0 and at most at 1, not {level}")
        # The hair keeps 0.07 × 100 at 7: as floats, the product is a little above.
        places = np.ceil(level * self.sample_counts - 1e-9).astype(np.int64) - 1
        rows = np.arange(len(self.skus))
        units: NDArray[np.float64] = self.samples[rows, np.clip(places, 0, None)]
        return units

    def exceedance(self, units: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability that each article's demand is above its number of units."""
        # NaN is above nothing, so what lies after the samples does not count.
        above = (self.samples > units[:, None]).sum(axis=1)
        shares: NDArray[np.float64] = above / self.sample_counts
        return shares


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleForecast:
    """One article's forecast as it is kept."""

    sku: Sku
    made_date: date
    horizon_days: int
    method: ForecastMethod
    mean_units: float
    q50_units: float
    q80_units: float
    q95_units: float
    stockout_date: date | None
    stockout_probability: float | None


class ActKind(StrEnum):
    """What to do with an article."""

    DISCOUNT = "discount"
    LIQUIDATE = "liquidate"
    REORDER = "reorder"
    MOVE = "move"
    """To a client's store that may sell it."""
    BUNDLE = "bundle"
    """With an article that sells well and is often bought together with it."""
    STOP_REORDERING = "stop_reordering"
    """Cancel or put off what is on order."""


CLEARING = frozenset({ActKind.DISCOUNT, ActKind.LIQUIDATE, ActKind.MOVE, ActKind.BUNDLE})
"""Acts on the units that would not sell: one of them at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActBasis:
    """The article as it was when the act was proposed: what its outcome is measured against."""

    available_units: int | None = None
    sales_price: Money | None = None
    """On the tag, with VAT."""
    expected_unsold_units: float | None = None
    """Of the available units after 90 days, without the act."""
    expected_units_28d: float | None = None
    """Demand without the act."""
    expected_units_90d: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedAct:
    """One thing to do, what it brings in, and why. Amounts are None where a price is unknown."""

    sku: Sku
    kind: ActKind
    units: int
    value: Money | None
    """Cost of the units."""
    price: Money | None
    """Proposed price of one unit: with VAT, but for liquidations, whose lots are sold net."""
    proceeds: Money | None
    """What the units bring net of VAT, marketplace and payment fees not taken off."""
    due_date: date | None
    reason: Reason
    basis: ActBasis = ActBasis()
    steps: tuple[OrderStep, ...] = ()
    """Of an order: what the smaller ones would earn too; empty where a price is unknown."""

    @property
    def expected_money(self) -> Money | None:
        """What an order is expected to earn over its coverage time; None where nobody can say."""
        if not self.steps or self.value is None:
            return None
        return Money(self.steps[-1].money_minor, self.value.currency)
