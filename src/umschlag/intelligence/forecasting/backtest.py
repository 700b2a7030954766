"""Which model forecasts this merchant best: each made again as of earlier days, and judged."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

import numpy as np

from umschlag.intelligence.forecasting.accuracy import Accuracy, ErrorSums
from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.forecasting.demand_model import DemandModel, learned_model
from umschlag.intelligence.forecasting.global_quantiles import Tell, told_nobody
from umschlag.intelligence.forecasting.model import DemandForecasts, ModelKind
from umschlag.intelligence.forecasting.past_ratios import HISTORY_DAYS_MIN
from umschlag.intelligence.forecasting.plain_forecasts import erp_forecasts, naive_forecasts
from umschlag.kernel.errors import Misconfigured

HORIZON_DAYS = 28
ORIGIN_COUNT = 2
"""Eight weeks; every further one trains all models once more, and next week judges anew."""
NETS = 1
"""One net takes a fourth of the time, and does a little worse than those that forecast."""
YEAR_DAYS = 365
TOO_LITTLE = "too_little"
"""Too few articles or days to learn from."""
KNOWN_DAYS_MIN = 90
ARTICLES_MAX = 5_000
"""Evenly chosen ones beyond that: enough to tell the models apart, and no longer than a minute."""


class Contestant(StrEnum):
    """What was judged: our models, and what people would say without us."""

    GLOBAL = "global"
    POOLED = "pooled"
    COVER = "cover"
    ERP = "erp"
    NAIVE = "naive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """What each contestant's forecasts were off by, over the same days and articles."""

    as_of_date: date
    horizon_days: int
    origin_dates: Sequence[date]
    """The days as of which everything was forecast again, oldest first."""
    accuracy_by_contestant: Mapping[Contestant, Accuracy]
    left_out: Mapping[Contestant, str]
    """Why a model took no part: `TOO_LITTLE`, or why it cannot be loaded."""

    @property
    def winner(self) -> ModelKind:
        """The model with the least loss; days of cover where nothing could be judged."""
        losses = {
            kind: accuracy.scaled_loss
            for kind in ModelKind
            if (accuracy := self.accuracy_by_contestant.get(Contestant(kind.value)))
            and accuracy.scaled_loss is not None
        }
        return min(losses, key=lambda kind: losses[kind], default=ModelKind.COVER)


class Learning(Protocol):
    """Learns a model from a history: `learned_model`, or what stands in for it."""

    def __call__(
        self,
        history: DemandHistory,
        kind: ModelKind,
        *,
        horizons_days: Collection[int],
        nets: int,
    ) -> DemandModel:
        """Return the model."""


def backtest(
    history: DemandHistory,
    *,
    origin_count: int = ORIGIN_COUNT,
    learn: Learning = learned_model,
    tell: Tell = told_nobody,
) -> Backtest:
    """Return how each contestant would have done over the last origins, 28 days apart.

    Each sees the history up to its origin alone. Articles count that were known for 90 days, had a
    sale in the year before and stock on at least half of the days that were forecast: what the
    others would have sold nobody knows. Where no 28 days are over yet nobody is judged.
    """
    history = _fewer(history)
    days = [
        day
        for place in range(origin_count, 0, -1)
        if (day := history.day_count - HORIZON_DAYS * place) >= HISTORY_DAYS_MIN
    ]
    sums: dict[Contestant, ErrorSums] = {}
    left_out: dict[Contestant, str] = {}
    for number, day in enumerate(days):
        tell(number, len(days))
        for contestant, found in _forecasts_at(history.until(day), learn, left_out).items():
            _count_in(sums.setdefault(contestant, ErrorSums()), found, history, day)
    tell(len(days), len(days))
    return Backtest(
        as_of_date=history.last_date,
        horizon_days=HORIZON_DAYS,
        origin_dates=[history.until(day).last_date for day in days],
        accuracy_by_contestant={one: total.accuracy() for one, total in sums.items()},
        left_out=left_out,
    )


def _fewer(history: DemandHistory) -> DemandHistory:
    count = len(history.skus)
    if count <= ARTICLES_MAX:
        return history
    return history.only(np.linspace(0, count - 1, ARTICLES_MAX).astype(np.intp))


def _forecasts_at(
    known: DemandHistory, learn: Learning, left_out: dict[Contestant, str]
) -> dict[Contestant, DemandForecasts]:
    found = {
        Contestant.NAIVE: naive_forecasts(known, horizon_days=HORIZON_DAYS),
        Contestant.ERP: erp_forecasts(known, horizon_days=HORIZON_DAYS),
    }
    for kind in ModelKind:
        contestant = Contestant(kind.value)
        try:
            model = learn(known, kind, horizons_days=[HORIZON_DAYS], nets=NETS)
        except Misconfigured as error:
            left_out[contestant] = error.message
            continue
        if model.kind is not kind:
            left_out[contestant] = TOO_LITTLE
            continue
        found[contestant] = model.forecasts(known, horizon_days=HORIZON_DAYS)
    return found


def _count_in(
    sums: ErrorSums, forecasts: DemandForecasts, history: DemandHistory, day: int
) -> None:
    place_of = {sku: place for place, sku in enumerate(history.skus)}
    places = np.array([place_of[sku] for sku in forecasts.skus], dtype=np.intp)
    ahead = slice(day, day + HORIZON_DAYS)
    stock_days = history.has_stock[places, ahead].sum(axis=1)
    known_days = history.known_days[places] - (history.day_count - day)
    year = history.units[places, max(day - YEAR_DAYS, 0) : day].sum(axis=1)
    usual = year / np.minimum(known_days + 1, YEAR_DAYS).clip(1) * HORIZON_DAYS
    counts = (
        (known_days >= KNOWN_DAYS_MIN) & (year > 0) & (2 * stock_days >= HORIZON_DAYS)
    ).nonzero()[0]
    sums.add(
        forecasts.only(counts),
        sold_units=history.units[places[counts], ahead].sum(axis=1),
        usual_units=usual[counts],
    )
