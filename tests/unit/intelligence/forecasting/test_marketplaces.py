from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.forecasting import SteadyModel, a_history, forecasts_of
from builders.movement import AS_OF
from umschlag.intelligence.forecasting.demand_model import learned_model
from umschlag.intelligence.forecasting.figures import StockAhead, figures_of
from umschlag.intelligence.forecasting.marketplaces import (
    in_line,
    marketplace_forecasts,
    marketplace_history,
)
from umschlag.intelligence.forecasting.model import ModelKind
from umschlag.intelligence.forecasting.succession import Succession


def figures(forecasts):
    nothing = np.zeros(len(forecasts.skus))
    stock = StockAhead(available_units=nothing, on_order_units=nothing, lead_time_days=nothing)
    return figures_of(forecasts, stock)


means = st.lists(st.floats(0, 500), min_size=3, max_size=3)


@given(means, st.lists(means, min_size=1, max_size=4))
def test_the_means_of_an_articles_marketplaces_add_up_to_its_own(whole, parts):
    total = figures(forecasts_of(*[[mean, mean] for mean in whole]))
    split = {
        f"M{place}": figures(forecasts_of(*[[0, mean] for mean in part]))
        for place, part in enumerate(parts)
    }

    found = in_line(total, split)

    sums = sum(one.figures.mean_units for one in found)
    assert sums == pytest.approx(total.mean_units, rel=1e-6, abs=1e-6)


@given(st.lists(st.floats(0.1, 500), min_size=2, max_size=2), st.floats(0.1, 900))
def test_a_marketplaces_relative_spread_is_its_own(highs, mean):
    total = figures(forecasts_of([mean]))
    split = {str(place): figures(forecasts_of([0, high])) for place, high in enumerate(highs)}

    for one in in_line(total, split):
        assert one.figures.quantile_units[0.95][0] == pytest.approx(2 * one.figures.mean_units[0])


def test_an_article_that_one_marketplace_sells_has_there_the_forecast_it_has():
    history = a_history(np.random.default_rng(5).poisson(2.0, (6, 200)))
    model = learned_model(history, ModelKind.COVER)
    whole = figures(model.forecasts(history, horizon_days=28))
    own = marketplace_history(history, history.units)

    (part,) = marketplace_forecasts(model, own, horizons_days=[28])
    (found,) = in_line(whole, {"Amazon.de": part})

    assert found.figures.skus == whole.skus
    assert found.figures.mean_units == pytest.approx(whole.mean_units)
    assert found.figures.quantile_units[0.95] == pytest.approx(whole.quantile_units[0.95])


def test_only_what_a_marketplace_sold_within_a_year_is_forecast_there():
    units = np.zeros((3, 500))
    units[0, 450], units[1, 20] = 1.0, 1.0

    own = marketplace_history(a_history(units), units)

    assert own.skus == ("HX-0",)


def test_an_article_without_stock_has_none_on_any_marketplace():
    history = a_history([[0, 2, 0]], has_stock=[[True, True, False]])

    own = marketplace_history(history, np.array([[0.0, 1.0, 0.0]]))

    assert own.has_stock.tolist() == [[True, True, False]]


def test_a_successor_takes_over_on_every_marketplace_what_was_sold_there():
    units = np.zeros((2, 100))
    units[0] = 4.0
    history = a_history(units)
    told = [Succession(predecessor="HX-0", successor="HX-1", from_date=AS_OF + timedelta(days=1))]
    own = marketplace_history(history, units / 4, told)

    (part,) = marketplace_forecasts(SteadyModel(), own, told, horizons_days=[10])

    assert dict(zip(part.skus, part.mean_units.tolist(), strict=True)) == pytest.approx(
        {"HX-0": 10, "HX-1": 10}
    )


def test_where_no_marketplace_expects_a_sale_that_the_article_does_they_share_it_alike():
    total = figures(forecasts_of([2, 6]))
    nothing = figures(forecasts_of([0, 0]))

    found = in_line(total, {"A": nothing, "B": nothing})

    assert [one.figures.mean_units[0] for one in found] == [2, 2]
    assert [one.figures.quantile_units[0.95][0] for one in found] == [3, 3]
