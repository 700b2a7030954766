"""From the forecasts of all articles to what is kept of each."""

from collections.abc import Mapping, Sequence
from datetime import date

from umschlag.intelligence.forecasting.figures import ForecastFigures
from umschlag.intelligence.forecasting.model import ArticleForecast
from umschlag.intelligence.forecasting.stockout import stockout_date
from umschlag.intelligence.movement.model import ArticleFacts
from umschlag.kernel.identifiers import Sku

NOBODY_WAITS: Mapping[Sku, int] = {}


def forecast_rows(
    articles: Sequence[ArticleFacts],
    figures: ForecastFigures,
    *,
    as_of_date: date,
    lead_time_days_default: int,
    wait_days: Mapping[Sku, int] = NOBODY_WAITS,
) -> list[ArticleForecast]:
    """Return every article's forecast with the day it runs out and how likely that is.

    The two are None where stock was never told; what is sold out is out that day for certain.
    Articles and figures are in one order; `wait_days` are those before an article is on sale.
    """
    rows = []
    for place, facts in enumerate(articles):
        mean = float(figures.mean_units[place])
        wait = wait_days.get(facts.sku, 0)
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
                    mean / max(figures.horizon_days - wait, 1),
                    as_of_date=as_of_date,
                    lead_time_days=lead_time_days_default
                    if facts.lead_time_days is None
                    else facts.lead_time_days,
                    wait_days=wait,
                ),
                stockout_probability=_probability(
                    facts, float(figures.stockout_probability[place]), wait
                ),
            )
        )
    return rows


def _probability(facts: ArticleFacts, of_running_out: float, wait_days: int) -> float | None:
    if facts.available_units is None:
        return None
    # What is gone cannot run out any more, whatever little it sells.
    return 1.0 if facts.available_units <= 0 and not wait_days else of_running_out


def _stockout_date(
    facts: ArticleFacts,
    daily_units: float,
    *,
    as_of_date: date,
    lead_time_days: int,
    wait_days: int,
) -> date | None:
    if facts.available_units is None:
        return None
    return stockout_date(
        available_units=facts.available_units,
        on_order_units=facts.on_order_units or 0,
        daily_demand_units=daily_units,
        lead_time_days=lead_time_days,
        as_of_date=as_of_date,
        wait_days=wait_days,
    )
