"""The judges of forecasts are right by themselves: worlds and measures of the benchmarks."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dead_stock
import forecast_accuracy
import stock_outs
from umschlag.intelligence.forecasting.days_of_cover import days_of_cover
from umschlag.kernel.identifiers import Sku
from worlds import rival_forecasts
from worlds.drawn_stock import SCENARIOS, drawn_stock
from worlds.real_sales import (
    JUDGED_DAYS,
    RealSales,
    development_origins,
    judged_origins,
)
from worlds.replenished_stock import Outcome, StockPeriod, simulated, stock_days_at

DAYS = 739


def sales_of(units):
    return RealSales(
        skus=tuple(Sku(f"A{place}") for place in range(units.shape[0])),
        names=tuple(f"article {place}" for place in range(units.shape[0])),
        first_date=date(2009, 12, 1),
        units=units,
        revenue=units * 2.5,
        first_sale_day=(units > 0).argmax(axis=1),
    )


def drawn_sales(articles=6):
    rng = np.random.default_rng(7)
    units = rng.poisson(0.6, (articles, DAYS)) * rng.integers(1, 9, (articles, 1))
    units[:, :40] = 0
    return sales_of(units.astype(float))


def test_a_history_ends_with_its_day_and_has_no_stock_before_the_first_sale():
    sales = drawn_sales()

    history = sales.history(500, np.arange(6))

    assert history.last_date == sales.date_of(500)
    assert history.units.sum() == sales.units[:, :501].sum()
    assert not history.has_stock[:, :40].any()
    assert (history.known_days == 500 - sales.first_sale_day).all()


def test_two_years_are_the_most_that_is_known():
    history = drawn_sales().history(738, np.arange(6))

    assert history.day_count == 730


@pytest.mark.parametrize("horizon_days", [7, 14, 28, 30, 90])
def test_no_development_origin_sees_or_forecasts_a_judged_week(horizon_days):
    sales = drawn_sales()
    begin = sales.last_day - JUDGED_DAYS

    development = development_origins(sales, horizon_days)
    judged = judged_origins(sales, horizon_days)

    assert development
    assert max(development) + horizon_days <= begin
    assert min(judged) == begin
    assert max(judged) + horizon_days <= sales.last_day


def test_the_rival_chosen_beforehand_is_the_best_of_the_earlier_days():
    pytest.importorskip("statsforecast", reason="comes with the group `bench`")
    sales = drawn_sales()
    days = development_origins(sales, 28)[-2:]

    chosen = forecast_accuracy.chosen_beforehand(sales, days, 28)

    truth, cells, _sizes = forecast_accuracy.compare(sales, days, 28)
    everything = np.ones(truth.actual.size, dtype=bool)
    scores = {
        name: forecast_accuracy.Score.of(one, truth, everything) for name, one in cells.items()
    }
    assert chosen == forecast_accuracy.best_of_statsforecast(scores)


def test_nothing_is_told_of_a_rival_that_nobody_could_choose():
    truth, cells = two_methods(articles=3, origins=1)

    assert forecast_accuracy.against(cells, truth, None) is None


def two_methods(*, articles, origins):
    """Losses of ours and a rival that share what is hard about an article."""
    rng = np.random.default_rng(1)
    article = np.tile(np.arange(articles), origins)
    hard = rng.gamma(1.0, 1.0, articles)[article]
    count = article.size
    truth = forecast_accuracy.Origin(
        history=None,
        judged=article,
        article=article,
        actual=np.ones(count),
        scale=np.full(count, 2.0),
        price=np.ones(count),
        demand_class=np.full(count, "smooth"),
    )
    losses = {"ours": 0.9 * hard * rng.gamma(9, 1 / 9, count), "rival": hard}
    cells = {
        name: forecast_accuracy.Cells(
            loss_units=loss, is_covered=np.ones(count, dtype=bool), mean=loss
        )
        for name, loss in losses.items()
    }
    return truth, cells


def test_the_standard_error_is_what_drawing_other_articles_comes_to():
    articles, origins = 400, 3
    truth, cells = two_methods(articles=articles, origins=origins)
    ours, its = (np.bincount(truth.article, cells[name].loss_units) for name in ("ours", "rival"))
    rng = np.random.default_rng(2)
    drawn = [
        100 * (1 - ours[chosen].sum() / its[chosen].sum())
        for chosen in rng.integers(0, articles, (2_000, articles))
    ]

    told = forecast_accuracy.against(cells, truth, "rival")

    assert told["ours_lower_percent"] == pytest.approx(100 * (1 - ours.sum() / its.sum()), abs=0.05)
    assert told["standard_error"] == pytest.approx(np.std(drawn), abs=0.1)


def period_of(demand, *, lead_time_days=14):
    weeks = lead_time_days // 7 + 1
    return StockPeriod(
        demand=demand,
        past_weeks=np.tile(demand[:, :7].sum(axis=1), (weeks, 1)),
        price=np.full(demand.shape[0], 3.0),
        lead_time_days=lead_time_days,
    )


def test_steady_demand_needs_exactly_what_sells_until_the_next_order_arrives():
    period = period_of(np.ones((2, 98)))
    levels = [np.array([[21.0, 21.0], [14.0, 14.0]]) for _ in period.review_days]

    outcome = simulated(period, levels)

    assert outcome.fill_rate[0] == 1
    # On hand at the close of a day: 6 after the order has come, 0 before the next one.
    assert outcome.stock_days[0] == pytest.approx(3)
    assert outcome.fill_rate[1] < 1


@given(seed=st.integers(0, 10_000))
def test_more_stock_never_serves_less(seed):
    rng = np.random.default_rng(seed)
    period = period_of(rng.poisson(1.5, (3, 84)).astype(float))
    rows = np.array([[20.0], [30.0], [45.0]]) * np.ones((1, 3))

    outcome = simulated(period, [rows] * len(period.review_days))

    assert (np.diff(outcome.fill_rate) >= -1e-12).all()
    assert (np.diff(outcome.stock_days) >= -1e-12).all()
    assert (outcome.fill_rate <= 1 + 1e-12).all()


def test_days_of_stock_are_read_between_two_policies_and_unknown_where_never_reached():
    outcome = Outcome(fill_rate=np.array([0.95, 0.85]), stock_days=np.array([40.0, 20.0]))

    assert stock_days_at(outcome, 0.9) == pytest.approx(30)
    assert stock_days_at(outcome, 0.99) is None


def test_past_windows_are_those_since_the_first_sale():
    history = drawn_sales(2).history(300, np.arange(2))

    windows = rival_forecasts.past_windows(history, 28)

    for row in range(2):
        days = history.units[row, history.has_stock[row]]
        sums = [days[start : start + 28].sum() for start in range(days.size - 27)]
        assert windows.mean[row] == pytest.approx(np.mean(sums))
        assert windows.variance[row] == pytest.approx(np.var(sums))


def test_a_negative_binomial_has_the_quantiles_of_its_mean_and_variance():
    stats = pytest.importorskip("scipy.stats", reason="scipy comes with the group bench")
    windows = rival_forecasts.PastWindows(mean=np.array([10.0]), variance=np.array([40.0]))

    by_spread = {
        spread: rival_forecasts.negative_binomial_quantile(
            np.array([20.0]), windows, spread=spread, level=0.9
        )[0]
        for spread in rival_forecasts.SPREADS
    }

    for spread, variance in (("fixed", 40), ("proportional", 80), ("squared", 160)):
        size = 20**2 / (variance - 20)
        assert by_spread[spread] == stats.nbinom.ppf(0.9, size, size / (size + 20))


def test_pinball_loss_weighs_what_is_missed_by_the_level():
    answer = forecast_accuracy.Answer(mean=np.array([8.0]), quantiles=np.full((5, 1), 8.0))

    too_low = forecast_accuracy.Cells.of(answer, np.array([10.0]))
    too_high = forecast_accuracy.Cells.of(answer, np.array([6.0]))

    mean_level = np.mean(forecast_accuracy.LEVELS)
    assert too_low.loss_units[0] == pytest.approx(2 * mean_level)
    assert too_high.loss_units[0] == pytest.approx(2 * (1 - mean_level))
    assert not too_low.is_covered[0]
    assert too_high.is_covered[0]


def test_a_seed_draws_the_same_stock_again_and_never_less_than_none():
    sales = drawn_sales()

    for scenario in SCENARIOS:
        first, again = (
            drawn_stock(sales, np.arange(6), day=500, scenario=scenario, seed=3) for _ in range(2)
        )
        assert (first == again).all()
        assert (first >= 0).all()


def test_what_is_expected_to_be_left_is_never_more_than_there_is():
    history = drawn_sales().history(500, np.arange(6))
    forecasts = days_of_cover(history, horizon_days=90)
    stock = np.array([0.0, 10, 100, 1_000, 5, 50])

    unsold = dead_stock.expected_unsold(forecasts, stock)

    by_hand = [
        np.maximum(units - row[:count], 0).mean()
        for units, row, count in zip(stock, forecasts.samples, forecasts.sample_counts, strict=True)
    ]
    assert unsold == pytest.approx(by_hand)
    assert (unsold <= stock).all()


@pytest.mark.parametrize("kind", stock_outs.CENSORED)
def test_what_is_out_of_stock_sells_nothing_and_only_in_the_last_half_year(kind):
    rng = np.random.default_rng(5)
    demand = rng.poisson(3.0, (20, 400)).astype(float)

    recorded = stock_outs.CENSORED[kind](demand, stock_outs.OFTEN_OUT, rng)

    before = 400 - stock_outs.OUT_WINDOW_DAYS
    assert (recorded.units <= demand).all()
    assert (recorded.units[:, :before] == demand[:, :before]).all()
    assert not recorded.is_out[:, :before].any()
    assert (recorded.units[recorded.is_out] == 0).all()
    assert recorded.is_out.any()
