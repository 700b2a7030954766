import numpy as np
import pytest

from builders.forecasting import a_history
from umschlag.intelligence.forecasting.accuracy import ErrorSums
from umschlag.intelligence.forecasting.backtest import Contestant, backtest
from umschlag.intelligence.forecasting.demand_model import learned_model
from umschlag.intelligence.forecasting.model import ModelKind
from umschlag.intelligence.forecasting.plain_forecasts import erp_forecasts, naive_forecasts
from umschlag.kernel.errors import Misconfigured


def lumpy_shop(articles=350, days=260, seed=3):
    """Return articles that mostly sell nothing, and then a few at once."""
    rng = np.random.default_rng(seed)
    orders = rng.random((articles, days)) < rng.uniform(0.03, 0.4, articles)[:, None]
    return a_history(orders * rng.integers(1, 9, (articles, days)))


@pytest.fixture(scope="module")
def judged():
    return backtest(lumpy_shop(), origin_count=2)


def test_every_contestant_is_judged_by_the_same_articles(judged):
    counts = {one.article_count for one in judged.accuracy_by_contestant.values()}

    assert set(judged.accuracy_by_contestant) == set(Contestant)
    assert len(counts) == 1


def test_the_winner_has_the_least_loss_of_our_models(judged):
    losses = {
        kind: judged.accuracy_by_contestant[Contestant(kind.value)].scaled_loss
        for kind in ModelKind
    }

    assert losses[judged.winner] == min(losses.values())


def test_what_learned_from_all_articles_beats_the_formula_and_the_last_time(judged):
    loss = {one: found.scaled_loss for one, found in judged.accuracy_by_contestant.items()}

    assert loss[Contestant(judged.winner.value)] < loss[Contestant.ERP] < loss[Contestant.NAIVE]


def test_nothing_after_an_origin_is_seen_before_it():
    history = lumpy_shop()
    changed = history.units.copy()
    changed[:, -1] += 1_000

    before, after = (
        backtest(one, origin_count=1).accuracy_by_contestant[Contestant.POOLED]
        for one in (history, a_history(changed))
    )

    # Only what sold differs, by 1,000 units an article: had the forecast known, it would not err.
    assert after.bias < -0.9
    assert before.bias > -0.5


def test_a_history_without_28_days_that_are_over_judges_nobody():
    found = backtest(a_history(np.ones((400, 110))))

    assert not found.accuracy_by_contestant
    assert found.winner is ModelKind.COVER


def test_a_library_that_cannot_be_loaded_leaves_its_model_out():
    def learn_without_trees(history, kind, **how):
        if kind is ModelKind.GLOBAL:
            raise Misconfigured("LightGBM cannot be loaded; apt install libgomp1")
        return learned_model(history, kind, **how)

    found = backtest(lumpy_shop(), origin_count=1, learn=learn_without_trees)

    assert "libgomp1" in found.left_out[Contestant.GLOBAL]
    assert found.winner is not ModelKind.GLOBAL


def test_errors_are_added_up_by_their_definitions():
    history = a_history([[1] * 28 + [2] * 28, [0] * 55 + [4]])
    sums = ErrorSums()

    sums.add(
        naive_forecasts(history, horizon_days=28),
        sold_units=np.array([50.0, 4.0]),
        usual_units=np.array([28.0, 4.0]),
    )

    found = sums.accuracy()
    assert found.wape == pytest.approx(6 / 54)
    assert found.bias == pytest.approx(6 / 54)
    assert found.coverage_95 == 1
    assert found.scaled_loss == pytest.approx(
        np.mean([1 - p for p in (0.5, 0.8, 0.9, 0.95, 0.99)]) * 6 / 28 / 2
    )


def test_the_formula_of_erp_systems_is_symmetric_about_the_mean_of_90_days():
    found = erp_forecasts(a_history([[5, 7] * 45]), horizon_days=16)

    assert found.mean_units[0] == pytest.approx(96)
    assert found.quantile_units(0.95)[0] == pytest.approx(96 + 1.635 * 4, rel=0.005)
