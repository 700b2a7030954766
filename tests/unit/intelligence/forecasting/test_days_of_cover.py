import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.forecasting import a_history
from umschlag.intelligence.forecasting.days_of_cover import days_of_cover
from umschlag.intelligence.forecasting.model import ForecastMethod
from umschlag.kernel.errors import BadInput

YEAR = 365
LEVELS = (0.5, 0.8, 0.95, 0.99)


def forecast(history, horizon_days=28, groups=None):
    return days_of_cover(replace(history, groups=tuple(groups or ())), horizon_days=horizon_days)


def test_steady_sales_are_forecast_without_spread():
    found = forecast(a_history([[2] * YEAR]))

    assert found.methods == (ForecastMethod.WINDOWS,)
    assert found.mean_units[0] == pytest.approx(56)
    assert found.quantile_units(0.95)[0] == pytest.approx(56)


def test_days_without_stock_are_left_out_of_the_mean():
    out = np.zeros(YEAR, dtype=bool)
    out[-60:-20] = True
    units = np.where(out, 0, 3)

    found = forecast(a_history([units], has_stock=[~out]))

    assert found.mean_units[0] == pytest.approx(84)
    assert found.quantile_units(0.5)[0] == pytest.approx(84)


def test_quantiles_are_sums_of_past_spans():
    # One week in four sells 40 a week, so a fortnight brings 0 or 40.
    week = [[40 / 7] * 7, [0] * 7, [0] * 7, [0] * 7]
    units = np.tile(np.concatenate(week), 14)[:YEAR]

    found = forecast(a_history([units]), horizon_days=14)

    assert found.quantile_units(0.95)[0] == pytest.approx(40, rel=0.1)
    assert found.quantile_units(0.2)[0] == pytest.approx(0, abs=1e-9)


def test_a_rising_level_lifts_the_spread_half_the_way():
    rising = forecast(a_history([[1] * (YEAR - 90) + [4] * 90]))

    assert 28 < rising.quantile_units(0.5)[0] < 112
    assert rising.mean_units[0] == pytest.approx(112)


def test_too_few_spans_fall_back_to_mean_and_variance_of_the_days():
    rng = np.random.default_rng(7)
    units = np.zeros((1, YEAR))
    units[0, -50:] = rng.poisson(2, 50)

    found = forecast(a_history(units, has_stock=np.arange(YEAR)[None] >= 315, known_days=[49]))

    assert found.methods == (ForecastMethod.VARIANCE,)
    assert found.quantile_units(0.5)[0] == pytest.approx(56, rel=0.2)
    assert found.quantile_units(0.95)[0] > found.mean_units[0]


def test_a_new_article_is_forecast_from_its_category():
    units = np.zeros((12, YEAR))
    units[:6] = 1
    units[6:11] = 5
    known = [364] * 11 + [3]
    groups = ["books"] * 6 + ["lamps"] * 5 + ["lamps"]

    found = forecast(a_history(units, known_days=known), groups=groups)

    assert found.methods[-1] is ForecastMethod.PEERS
    # Four days in stock without a sale say little against five lamps that all sell 140.
    assert 70 < found.mean_units[-1] < 140


def test_a_new_article_of_a_small_category_is_forecast_from_all():
    units = np.zeros((7, YEAR))
    units[:6] = 2
    groups = ["books"] * 6 + ["lamps"]

    found = forecast(a_history(units, known_days=[364] * 6 + [3]), groups=groups)

    assert 28 < found.mean_units[-1] < 56


def test_a_new_articles_own_sales_draw_its_forecast():
    units = np.zeros((7, YEAR))
    units[:6] = 2
    units[6, -14:] = 4

    found = forecast(a_history(units, known_days=[364] * 6 + [13]))

    assert 56 < found.mean_units[-1] < 112


def test_a_new_article_that_was_never_in_stock_is_forecast_as_its_peers_sell():
    units = np.zeros((7, YEAR))
    units[:6] = [[1 / 8], [1 / 2], [2], [2], [8], [32]]
    has_stock = np.ones(units.shape, dtype=bool)
    has_stock[6] = False

    found = forecast(a_history(units, has_stock, known_days=[364] * 6 + [9]))

    assert found.quantile_units(0.5)[-1] == pytest.approx(56)
    assert found.quantile_units(0.99)[-1] > 800


def test_the_more_peers_differ_the_more_a_new_articles_own_sales_say():
    alike, apart = np.zeros((7, YEAR)), np.zeros((7, YEAR))
    alike[:6] = 2
    apart[:6] = [[1 / 8], [1 / 2], [2], [2], [8], [32]]
    for units in (alike, apart):
        units[6, -10:] = 20

    among_alike, among_apart = (
        forecast(a_history(units, known_days=[364] * 6 + [9])).quantile_units(0.5)[-1]
        for units in (alike, apart)
    )

    assert 56 < among_alike < among_apart < 560


@given(first=st.integers(0, 200), second=st.integers(0, 200), days=st.integers(1, 20))
def test_the_more_a_new_article_sold_the_more_it_is_expected_to(first: int, second: int, days: int):
    units = np.random.default_rng(5).poisson(1.5, (9, YEAR)).astype(float)
    units[7:] = 0
    units[7, -1], units[8, -1] = sorted((first, second))

    found = forecast(a_history(units, known_days=[364] * 7 + [days - 1] * 2))

    assert (found.samples[7, :200] <= found.samples[8, :200]).all()
    assert (np.diff(found.samples[7:, :200], axis=1) >= 0).all()
    assert found.mean_units[7] <= found.mean_units[8]


def test_a_new_article_alone_is_expected_to_sell_nothing():
    found = forecast(a_history([[0] * YEAR], known_days=[3]))

    assert found.methods == (ForecastMethod.PEERS,)
    assert found.mean_units.tolist() == [0.0]


def test_what_did_not_sell_in_a_year_is_expected_to_sell_nothing():
    found = forecast(a_history([[0] * YEAR]))

    assert found.methods == (ForecastMethod.NONE,)
    assert found.mean_units.tolist() == [0.0]
    assert found.quantile_units(0.99).tolist() == [0.0]


def test_a_history_shorter_than_the_horizon_is_enough():
    found = forecast(a_history([[1] * 20], known_days=[200]), horizon_days=28)

    assert found.methods == (ForecastMethod.VARIANCE,)
    assert found.mean_units[0] == pytest.approx(28)


def test_an_article_without_sale_for_three_months_keeps_a_tail():
    units = np.zeros((1, YEAR))
    units[0, : YEAR - 90 : 9] = 1

    found = forecast(a_history(units))

    assert found.mean_units[0] == 0
    assert found.quantile_units(0.95)[0] > 0


def test_some_articles_are_forecast_as_they_are_among_all():
    units = np.random.default_rng(5).poisson(2, (9, YEAR))
    history = a_history(units, known_days=[364] * 8 + [3])
    groups = ["a"] * 9

    grouped = replace(history, groups=tuple(groups))
    some = days_of_cover(grouped, horizon_days=28, articles=np.array([8, 2]))

    everyone = forecast(history, groups=groups)
    assert some.skus == ("HX-8", "HX-2")
    assert some.mean_units.tolist() == everyone.mean_units[[8, 2]].tolist()
    assert some.quantile_units(0.9).tolist() == everyone.quantile_units(0.9)[[8, 2]].tolist()


def test_without_articles_there_is_nothing_to_forecast():
    found = forecast(a_history(np.zeros((0, YEAR))))

    assert found.methods == ()
    assert found.quantile_units(0.95).size == 0


@pytest.mark.parametrize(("horizon", "groups"), [(0, [""]), (28, ["a", "b"])])
def test_a_horizon_and_a_group_are_needed(horizon, groups):
    with pytest.raises(BadInput):
        forecast(a_history([[1] * 40]), horizon_days=horizon, groups=groups)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    rate=st.floats(0.0, 6.0),
    days=st.integers(5, 420),
    out=st.floats(0.0, 1.0),
    known=st.integers(0, 500),
    horizon=st.integers(1, 120),
)
def test_every_forecast_is_finite_and_its_quantiles_rise(seed, rate, days, out, known, horizon):
    rng = np.random.default_rng(seed)
    stock = rng.random((3, days)) >= out
    units = rng.poisson(rate, (3, days)) * stock
    history = a_history(units, has_stock=stock, known_days=[known, 400, 400])

    found = forecast(history, horizon_days=horizon)

    quantiles = np.array([found.quantile_units(level) for level in LEVELS])
    assert np.isfinite(quantiles).all()
    assert (quantiles >= 0).all()
    assert (np.diff(quantiles, axis=0) >= 0).all()
    assert np.isfinite(found.mean_units).all()
    assert (found.mean_units >= 0).all()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), factor=st.integers(2, 9))
def test_a_multiple_of_all_sales_is_a_multiple_of_the_forecast(seed, factor):
    units = np.random.default_rng(seed).poisson(1.5, (2, YEAR))

    once = forecast(a_history(units))
    often = forecast(a_history(units * factor))

    assert often.mean_units == pytest.approx(once.mean_units * factor)
    assert often.quantile_units(0.9) == pytest.approx(once.quantile_units(0.9) * factor)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), horizon=st.integers(1, 60), level=st.floats(0.05, 1.0))
def test_quantiles_are_those_of_the_spans_counted_one_by_one(seed, horizon, level):
    rng = np.random.default_rng(seed)
    stock = rng.random(YEAR) < 0.9
    units = rng.poisson(0.7, YEAR) * stock

    found = forecast(a_history([units], has_stock=[stock]), horizon_days=horizon)

    sums = []
    for start in range(YEAR - horizon + 1):
        span = slice(start, start + horizon)
        days = int((stock | (units > 0))[span].sum())
        if 2 * days >= horizon:
            sums.append(units[span].sum() * horizon / days)
    expected = sorted(sums)[math.ceil(level * len(sums) - 1e-9) - 1]
    year_rate = units.sum() / stock.sum()
    present = (units[-90:].sum() + 10 * year_rate) / (stock[-90:].sum() + 10)
    assert found.quantile_units(level)[0] == pytest.approx(
        expected * math.sqrt(present / year_rate)
    )


def test_an_articles_forecast_does_not_depend_on_its_neighbours():
    units = np.random.default_rng(3).poisson(2, (5, YEAR))

    together = forecast(a_history(units)).quantile_units(0.95)

    alone = [forecast(a_history(units[[row]])).quantile_units(0.95)[0] for row in range(5)]
    assert together.tolist() == alone
