from datetime import timedelta

import numpy as np
import pytest

from builders.forecasting import a_history, forecasts_of
from builders.movement import AS_OF, a_sold_article, an_article
from umschlag.intelligence.forecasting.model import ForecastMethod
from umschlag.intelligence.forecasting.usecases import forecast_rows, replenishments


def rows(articles, forecasts):
    return forecast_rows(articles, forecasts, as_of_date=AS_OF, lead_time_days_default=14)


def test_a_row_tells_demand_and_when_the_stock_is_gone():
    (row,) = rows([an_article(on_hand_units=20)], forecasts_of(range(1, 101), means=[56]))

    assert row.made_date == AS_OF
    assert row.horizon_days == 28
    assert row.method is ForecastMethod.WINDOWS
    assert (row.mean_units, row.q50_units, row.q80_units, row.q95_units) == (56, 50, 80, 95)
    assert row.stockout_date == AS_OF + timedelta(days=10)
    assert row.stockout_probability == pytest.approx(0.8)


def test_where_stock_was_never_told_nobody_knows_when_it_is_gone():
    (row,) = rows([a_sold_article()], forecasts_of([1, 2, 3]))

    assert row.stockout_date is None
    assert row.stockout_probability is None


def test_what_is_sold_out_is_out_today_for_certain_even_if_it_hardly_sells():
    article = an_article(on_hand_units=0, on_order_units=30)

    (row,) = rows([article], forecasts_of([0] * 9 + [1], means=[0.1]))

    assert (row.stockout_date, row.stockout_probability) == (AS_OF, 1.0)


def steady(*lead_times):
    articles = [an_article(f"HX-{n}", lead_time_days=days) for n, days in enumerate(lead_times)]
    history = a_history(np.full((len(articles), 365), 2))
    return replenishments(articles, history, lead_time_days_default=14, service_level_percent=95)


def test_levels_cover_each_articles_own_lead_time_and_a_week_more():
    short, usual = steady(5, None)

    assert short.policy.reorder_point_units == 10
    assert short.policy.order_up_to_units == 24
    assert usual.lead_time_days == 14
    assert usual.policy.reorder_point_units == 28


def test_without_a_lead_time_only_the_review_is_covered():
    (at_once,) = steady(0)

    assert at_once.policy.reorder_point_units == 0
    assert at_once.policy.order_up_to_units == 14


def test_the_day_of_running_out_goes_by_the_present_rate():
    (one,) = steady(5)

    assert one.stockout_date == AS_OF + timedelta(days=5)
