from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from builders.forecasting import a_history
from umschlag.intelligence.forecasting.backtest import Contestant, backtest
from umschlag.intelligence.forecasting.demand_model import learned_model
from umschlag.intelligence.forecasting.model import ModelKind
from umschlag.storage.records.backtests import keep_backtest, newest_backtest
from umschlag.storage.records.learned_quantiles import keep_quantiles, kept_quantiles
from umschlag.storage.records.models import ForecastBacktest, LearnedQuantiles
from umschlag.wiring.demand_models import best_model
from umschlag.wiring.forecast_quality import forecast_quality, quality_line

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(scope="module")
def history():
    rng = np.random.default_rng(11)
    return a_history(rng.poisson(rng.gamma(0.7, 2.0, 320)[:, None], (320, 200)))


@pytest.fixture(scope="module")
def judged(history):
    return backtest(history, origin_count=1)


def test_a_backtest_is_kept_whole(judged):
    keep_backtest(judged)

    assert newest_backtest(until=judged.as_of_date) == judged
    assert newest_backtest(until=judged.as_of_date - timedelta(days=1)) is None


def test_the_model_that_won_is_used_and_not_tested_again_for_a_week(history, judged):
    keep_backtest(judged)

    model = best_model(history)

    assert model.kind is judged.winner
    assert ForecastBacktest.objects.count() == 1


def test_a_week_later_the_models_are_tested_again(history):
    old = ForecastBacktest.objects.create(
        as_of_date=history.last_date - timedelta(days=7),
        horizon_days=28,
        winner=ModelKind.COVER.value,
    )

    best_model(history)

    assert ForecastBacktest.objects.exclude(pk=old.pk).count() == 1


def test_a_shop_with_little_history_is_forecast_from_its_own_past():
    model = best_model(a_history([[1, 0, 2] * 10]))

    assert model.kind is ModelKind.COVER
    quality = forecast_quality()
    assert quality.chosen is None
    assert quality_line(quality) == ""


def test_before_the_first_test_nothing_is_claimed():
    assert forecast_quality() is None
    assert quality_line(None) == ""


def test_the_quality_is_measured_against_what_people_would_say_without_us(judged):
    keep_backtest(judged)

    quality = forecast_quality(until=date.max)

    losses = [line.accuracy.scaled_loss for line in quality.lines]
    assert losses == sorted(losses)
    assert {line.contestant for line in quality.lines} == set(Contestant)
    assert 0 < quality.less_loss_than_erp < 1
    assert "than the ERP formula" in quality_line(quality)


def a_day_later(history, days=1):
    """Return the history with so many more days, each as the one before."""
    units = np.hstack([history.units, history.units[:, -days:]])
    stock = np.hstack([history.has_stock, history.has_stock[:, -days:]])
    return replace(
        history,
        last_date=history.last_date + timedelta(days=days),
        units=units,
        has_stock=stock,
        known_days=history.known_days + days,
    )


@pytest.fixture(scope="module")
def learned(history):
    return learned_model(history, ModelKind.GLOBAL)


def texts(learned):
    return [tree.model_to_string() for tree in learned.trees]


def test_trees_learn_once_a_week(history, learned):
    keep_quantiles(learned.learned, history)

    assert texts(kept_quantiles(a_day_later(history, 6))) == texts(learned.learned)
    assert kept_quantiles(a_day_later(history, 7)) is None
    assert kept_quantiles(history.last(history.day_count).until(history.day_count - 1)) is None


def test_trees_that_learned_from_half_the_articles_are_not_asked(history, learned):
    keep_quantiles(learned.learned, history.only(np.arange(160)))

    assert kept_quantiles(history) is None


def test_a_forecast_as_of_an_earlier_day_leaves_what_was_learned_since(history, learned):
    keep_quantiles(learned.learned, history)

    keep_quantiles(learned.learned, history.until(history.day_count - 20))

    assert LearnedQuantiles.objects.get().learned_date == history.last_date


def test_tomorrows_forecast_asks_the_trees_that_learned_today(history, judged):
    trees = {Contestant.GLOBAL: judged.accuracy_by_contestant[Contestant.GLOBAL]}
    keep_backtest(replace(judged, accuracy_by_contestant=trees))
    first = best_model(history)

    second = best_model(a_day_later(history))

    assert texts(second.learned) == texts(first.learned)
    assert LearnedQuantiles.objects.get().learned_date == history.last_date


def test_the_same_history_is_learned_from_once(history, judged):
    keep_backtest(judged)

    first, second = best_model(history), best_model(history)
    other = best_model(replace(history, units=history.units + 1))

    assert second is first
    assert other is not first
