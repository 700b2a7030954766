"""Filters that pick figures out of kept forecasts."""

from collections.abc import Mapping
from datetime import date

from django import template

from umschlag.intelligence.forecasting.own_errors import OwnForecast

register = template.Library()


@register.filter
def quantile(forecast: OwnForecast, percent: int) -> float:
    """Return the forecast's quantile at so many per cent."""
    return forecast.quantile_units[percent / 100]


@register.filter
def on_day(units_by_day: Mapping[date, float], day: date) -> float | None:
    """Return the day's figure; None where there is none yet."""
    return units_by_day.get(day)
