"""From the forecasts of all articles to what is kept of each."""

from collections.abc import Sequence
from datetime import date

from umschlag.intelligence.forecasting.figures import ForecastFigures
from umschlag.intelligence.forecasting.model import ArticleForecast
from umschlag.intelligence.forecasting.stockout import stockout_date
from umschlag.intelligence.movement.model import ArticleFacts


def forecast_rows(
    articles: Sequence[ArticleFacts],
    figures: ForecastFigures,
    *,
    as_of_date: date,
    lead_time_days_default: int,
) -> list[ArticleForecast]:
    """Return every article's forecast with the day it runs out and how likely that is.

    The two are None where stock was never told; what is sold out is out that day for certain.
    Articles and figures are in one order.
    """
    rows = []
    for place, facts in enumerate(articles):
        mean = float(figures.mean_units[place])
        rows.append(
            ArticleForecast(
                sku=facts.sku,
                made_date=as_of_date,
                horizon_days=figures.horizon_days,
                method=figures.methods[place],
                mean_units=mean,
                q50_units=float(figures.quantile_units[0.5][place]),
                q80_units=float(figures.quantile_units[0.8][place]),
                q95_units=float(figures.quantile_units[0.95][place]),
                stockout_date=_stockout_date(
                    facts,
                    mean / figures.horizon_days,
                    as_of_date=as_of_date,
                    lead_time_days_default=lead_time_days_default,
                ),
                stockout_probability=_probability(
                    facts, float(figures.stockout_probability[place])
                ),
            )
        )
    return rows


def _probability(facts: ArticleFacts, of_running_out: float) -> float | None:
    if facts.available_units is None:
        return None
    # What is gone cannot run out any more, whatever little it sells.
    return 1.0 if facts.available_units <= 0 else of_running_out


def _stockout_date(
    facts: ArticleFacts, daily_units: float, *, as_of_date: date, lead_time_days_default: int
) -> date | None:
    if facts.available_units is None:
        return None
    lead = facts.lead_time_days
    return stockout_date(
        available_units=facts.available_units,
        on_order_units=facts.on_order_units or 0,
        daily_demand_units=daily_units,
        lead_time_days=lead_time_days_default if lead is None else lead,
        as_of_date=as_of_date,
    )
