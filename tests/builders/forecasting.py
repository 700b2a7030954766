"""Demand tables from a few rows of numbers."""

import numpy as np

from builders.movement import AS_OF
from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.forecasting.lead_times import LeadTime, LeadTimeSource
from umschlag.intelligence.forecasting.model import DemandForecasts, ForecastMethod
from umschlag.intelligence.forecasting.ordering import Replenishment
from umschlag.intelligence.forecasting.replenishment import StockPolicy
from umschlag.intelligence.forecasting.service_level import LevelBasis, ServiceLevel
from umschlag.kernel.identifiers import Sku


def a_history(units, has_stock=None, known_days=None, **values):
    """Return a history of rows of daily units; every known day had stock unless told otherwise."""
    table = np.array(units, dtype=float)
    stock = np.ones(table.shape, dtype=bool) if has_stock is None else np.array(has_stock).copy()
    known = np.full(len(table), table.shape[1] - 1) if known_days is None else np.array(known_days)
    stock &= np.arange(table.shape[1])[::-1][None] <= known[:, None]
    return DemandHistory(
        skus=tuple(Sku(f"HX-{row}") for row in range(len(table))),
        last_date=AS_OF,
        units=table,
        has_stock=stock | (table > 0),
        known_days=known,
        **values,
    )


def forecasts_of(*samples, horizon_days=28, means=None):
    """Return forecasts with these possible sums, one list an article, all equally long or less."""
    width = max(len(one) for one in samples)
    table = np.full((len(samples), width), np.nan)
    for row, one in enumerate(samples):
        table[row, : len(one)] = sorted(one)
    return DemandForecasts(
        skus=tuple(Sku(f"HX-{row}") for row in range(len(samples))),
        horizon_days=horizon_days,
        mean_units=np.array(means or [np.mean(one) for one in samples], dtype=float),
        samples=table,
        sample_counts=np.array([len(one) for one in samples]),
        methods=(ForecastMethod.WINDOWS,) * len(samples),
    )


def a_replenishment(reorder_point_units=20, order_up_to_units=30, lead_time_days=14, **values):
    return Replenishment(
        **{
            "policy": StockPolicy(
                reorder_point_units=reorder_point_units, order_up_to_units=order_up_to_units
            ),
            "lead_time": LeadTime(days=lead_time_days, source=LeadTimeSource.ERP),
            "service": ServiceLevel(percent=95, basis=LevelBasis.ONE),
            "daily_demand_units": 1.0,
            "stockout_date": None,
            **values,
        }
    )


class SteadyModel:
    """A model that lets each article sell what its history's mean is, more or less."""

    def forecasts(self, history, *, horizon_days, articles=None):
        rows = np.arange(len(history.skus)) if articles is None else articles
        rates = history.units[rows].mean(axis=1)
        spread = np.linspace(0.5, 1.5, 101)
        samples = rates[:, None] * horizon_days * spread[None, :]
        return DemandForecasts(
            skus=tuple(history.skus[row] for row in rows),
            horizon_days=horizon_days,
            mean_units=samples.mean(axis=1),
            samples=samples,
            sample_counts=np.full(len(rows), spread.size),
            methods=(ForecastMethod.WINDOWS,) * len(rows),
        )
