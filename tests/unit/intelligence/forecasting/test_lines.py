import pickle
from datetime import timedelta

import numpy as np
import pytest

from builders.forecasting import SteadyModel, a_history
from builders.movement import AS_OF
from umschlag.intelligence.forecasting.lines import waiting_days, with_successions
from umschlag.intelligence.forecasting.model import ForecastMethod
from umschlag.intelligence.forecasting.succession import Succession

DAYS = 100


def follows(predecessor, successor, ahead_days):
    """Return that it follows from so many days after tomorrow on; tomorrow is the first day."""
    return Succession(
        predecessor=f"HX-{predecessor}",
        successor=f"HX-{successor}",
        from_date=AS_OF + timedelta(days=1 + ahead_days),
    )


def old_and_new(new_units=0.0, old_in_stock=True):
    units = np.zeros((3, DAYS))
    units[0] = 2.0
    units[1, -4:] = new_units
    units[2] = 1.0
    has_stock = np.ones(units.shape, dtype=bool)
    if not old_in_stock:
        units[0, -1] = 0
        has_stock[0, -1] = False
    return a_history(units, has_stock)


def means(history, successions, days, articles=None):
    model = with_successions(SteadyModel(), history, successions)
    return model.forecasts(history, horizon_days=days, articles=articles).mean_units.tolist()


def test_the_successor_is_forecast_by_what_it_takes_over_and_nobody_else_changes():
    assert means(old_and_new(), [follows(0, 1, ahead_days=0)], 10) == pytest.approx([20, 20, 10])


def test_before_its_day_the_successor_sells_nothing_and_then_for_the_days_that_are_left():
    history, to_come = old_and_new(), [follows(0, 1, ahead_days=7)]

    assert means(history, to_come, 7)[1] == 0
    assert means(history, to_come, 10)[1] == pytest.approx(2 * 3)
    assert means(history, to_come, 28)[1] == pytest.approx(2 * 21)


def test_what_is_not_on_sale_yet_is_not_forecast_by_its_category():
    history = old_and_new()
    model = with_successions(SteadyModel(), history, [follows(0, 1, ahead_days=30)])

    forecasts = model.forecasts(history, horizon_days=28)

    assert forecasts.methods[1] is ForecastMethod.NONE
    assert forecasts.quantile_units(0.95)[1] == 0


def test_a_successor_that_sells_already_goes_on_until_its_day():
    history = old_and_new(new_units=25.0)

    found = means(history, [follows(0, 1, ahead_days=4)], 10)

    assert found[1] == pytest.approx(1.0 * 4 + (1.0 + 2.0) * 6)


def test_a_predecessor_sells_while_its_stock_lasts_and_then_no_more():
    handed_over = [follows(0, 1, ahead_days=0)]

    assert means(old_and_new(), handed_over, 10)[0] == pytest.approx(20)
    assert means(old_and_new(old_in_stock=False), handed_over, 10)[0] == 0
    # Until the day comes it is out of stock as any other is.
    assert means(old_and_new(old_in_stock=False), [follows(0, 1, 5)], 10)[0] > 0


def test_some_articles_get_what_all_of_them_get():
    history, told = old_and_new(), [follows(0, 1, ahead_days=3)]
    some = np.array([1, 2])

    assert means(history, told, 10, articles=some) == means(history, told, 10)[1:]


def test_a_line_of_three_hands_on_what_it_took_over():
    units = np.zeros((3, DAYS))
    units[0, :50], units[1, 50:] = 2.0, 2.0
    history = a_history(units)
    told = [
        Succession(predecessor="HX-0", successor="HX-1", from_date=AS_OF - timedelta(days=49)),
        Succession(predecessor="HX-1", successor="HX-2", from_date=AS_OF + timedelta(days=1)),
    ]

    assert means(history, told, 10)[2] == pytest.approx(20)


def test_without_successions_the_model_itself_forecasts():
    model = SteadyModel()

    assert with_successions(model, old_and_new(), []) is model
    assert with_successions(model, old_and_new(), [follows(8, 9, ahead_days=0)]) is model


def test_it_can_be_sent_to_a_cluster():
    history = old_and_new()
    model = with_successions(SteadyModel(), history, [follows(0, 1, ahead_days=3)])

    sent = pickle.loads(pickle.dumps(model))

    expected = model.forecasts(history, horizon_days=10).samples
    assert np.array_equal(sent.forecasts(history, horizon_days=10).samples, expected)


def test_only_what_never_sold_waits_for_its_day():
    told = [follows(0, 1, ahead_days=7), follows(2, 1, ahead_days=9)]

    assert waiting_days(old_and_new(), told) == {"HX-1": 7}
    assert waiting_days(old_and_new(new_units=1.0), told) == {}
    assert waiting_days(old_and_new(), [follows(0, 1, ahead_days=0)]) == {}
    assert waiting_days(old_and_new(), [follows(8, 1, ahead_days=7)]) == {}
