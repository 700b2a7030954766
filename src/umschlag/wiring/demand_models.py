"""Which model forecasts, by backtest on the merchant's own sales, and what it learned today."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from hashlib import sha256

from django.utils.translation import gettext as _

from umschlag.intelligence.forecasting.backtest import Backtest, backtest
from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.forecasting.demand_model import (
    HORIZONS_DAYS,
    DemandModel,
    learned_model,
)
from umschlag.intelligence.forecasting.model import ModelKind
from umschlag.intelligence.movement.model import ArticleFacts
from umschlag.kernel.errors import Misconfigured
from umschlag.kernel.progress import Progress, untold
from umschlag.storage.lake.demand import read_demand
from umschlag.storage.lake.lake import Lake
from umschlag.storage.records.backtests import keep_backtest, newest_backtest
from umschlag.storage.records.learned_quantiles import keep_quantiles, kept_quantiles

HISTORY_DAYS = 730
"""Two years: a season is told from the year before."""
BACKTEST_HOLDS_DAYS = 7
"""What forecasts best changes slowly, and to find it out takes longer than to forecast."""


def read_history(lake: Lake, facts: Sequence[ArticleFacts], *, as_of_date: date) -> DemandHistory:
    """Return two years of the articles' demand through the day."""
    return read_demand(lake, facts, as_of_date=as_of_date, day_count=HISTORY_DAYS)


def best_model(
    history: DemandHistory,
    *,
    horizons_days: Collection[int] = HORIZONS_DAYS,
    progress: Progress = untold,
) -> DemandModel:
    """Return the model that won the newest backtest, with what it learned from the history.

    The backtest is made anew once a week, and as often the trees and nets learn. Where the winner
    cannot be loaded any more, pooled ratios stand in, and every forecast says by which method it
    was made.
    """
    found = newest_backtest(until=history.last_date)
    if found is None or history.last_date - found.as_of_date >= timedelta(BACKTEST_HOLDS_DAYS):
        found = _tested(history, progress)
    try:
        return _learned(history, found.winner, horizons_days, progress)
    except Misconfigured:
        return _learned(history, ModelKind.POOLED, horizons_days, progress)


_newest_learned: dict[str, DemandModel] = {}
"""The model learned last, by what it learned from: the main job forecasts and then orders by it."""


def _learned(
    history: DemandHistory, kind: ModelKind, horizons_days: Collection[int], progress: Progress
) -> DemandModel:
    what = _("learning from all articles")
    # Trees and nets forecast any horizon; ratios are learned for the ones that are asked for.
    learned_for = sorted(horizons_days) if kind is ModelKind.POOLED else []
    seen = (kind, learned_for, history.last_date, history.skus, history.groups, history.names)
    contents = (repr(seen).encode(), history.units.tobytes(), history.has_stock.tobytes())
    key = sha256(b"".join(contents)).hexdigest()
    if key not in _newest_learned:
        _newest_learned.clear()
        kept = kept_quantiles(history) if kind is ModelKind.GLOBAL else None
        model = learned_model(
            history,
            kind,
            horizons_days=horizons_days,
            learned=kept,
            tell=lambda done, total: progress(done, total, what),
        )
        if model.learned is not None and kept is None:
            keep_quantiles(model.learned, history)
        _newest_learned[key] = model
    return _newest_learned[key]


def _tested(history: DemandHistory, progress: Progress) -> Backtest:
    what = _("finding the best model")
    found = backtest(history, tell=lambda done, total: progress(done, total, what))
    keep_backtest(found)
    return found
