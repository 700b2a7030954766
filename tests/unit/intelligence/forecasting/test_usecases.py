from datetime import timedelta

import pytest

from builders.forecasting import forecasts_of
from builders.movement import AS_OF, a_sold_article, an_article
from umschlag.intelligence.forecasting.figures import StockAhead, figures_of
from umschlag.intelligence.forecasting.model import ForecastMethod
from umschlag.intelligence.forecasting.usecases import forecast_rows


def rows(articles, forecasts):
    figures = figures_of(forecasts, StockAhead.of(articles, lead_time_days_default=14))
    return forecast_rows(articles, figures, as_of_date=AS_OF, lead_time_days_default=14)


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
