"""From the forecasts of all articles to what is kept of each."""

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.model import ArticleForecast, DemandForecasts
from umschlag.intelligence.forecasting.stockout import stockout_date, stockout_probability
from umschlag.intelligence.movement.model import ArticleFacts


def forecast_rows(
    articles: Sequence[ArticleFacts],
    forecasts: DemandForecasts,
    *,
    as_of_date: date,
    lead_time_days_default: int,
) -> list[ArticleForecast]:
    """Return every article's forecast with the day it runs out and how likely that is.

    The two are None where stock was never told; what is sold out is out that day for certain.
    Articles and forecasts are in one order.
    """
    leads = _lead_times(articles, lead_time_days_default)
    probability = stockout_probability(
        forecasts,
        available_units=_units([facts.available_units for facts in articles]),
        on_order_units=np.nan_to_num(_units([facts.on_order_units for facts in articles])),
        lead_time_days=np.array(leads, dtype=np.float64),
    )
    medians, upper, high = (forecasts.quantile_units(level) for level in (0.5, 0.8, 0.95))
    rows = []
    for place, facts in enumerate(articles):
        mean = float(forecasts.mean_units[place])
        rows.append(
            ArticleForecast(
                sku=facts.sku,
                made_date=as_of_date,
                horizon_days=forecasts.horizon_days,
                method=forecasts.methods[place],
                mean_units=mean,
                q50_units=float(medians[place]),
                q80_units=float(upper[place]),
                q95_units=float(high[place]),
                stockout_date=_stockout_date(
                    facts, mean / forecasts.horizon_days, leads[place], as_of_date
                ),
                stockout_probability=_probability(facts, float(probability[place])),
            )
        )
    return rows


def _probability(facts: ArticleFacts, of_running_out: float) -> float | None:
    if facts.available_units is None:
        return None
    # What is gone cannot run out any more, whatever little it sells.
    return 1.0 if facts.available_units <= 0 else of_running_out


def _stockout_date(
    facts: ArticleFacts, daily_units: float, lead_time_days: int, as_of_date: date
) -> date | None:
    if facts.available_units is None:
        return None
    return stockout_date(
        available_units=facts.available_units,
        on_order_units=facts.on_order_units or 0,
        daily_demand_units=daily_units,
        lead_time_days=lead_time_days,
        as_of_date=as_of_date,
    )


def _lead_times(articles: Sequence[ArticleFacts], default: int) -> list[int]:
    return [default if facts.lead_time_days is None else facts.lead_time_days for facts in articles]


def _units(values: Sequence[int | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
