import json
import zlib
from dataclasses import replace

import numpy as np
import pytest

from builders.forecasting import a_history
from umschlag.intelligence.forecasting.article_features import (
    FEATURE_COUNT,
    Origin,
    article_features,
)
from umschlag.intelligence.forecasting.demand_model import learned_model
from umschlag.intelligence.forecasting.kindred_sales import kindred_sales
from umschlag.intelligence.forecasting.model import ForecastMethod, ModelKind
from umschlag.intelligence.forecasting.observed_demand import observed_demand
from umschlag.intelligence.forecasting.written_quantiles import read, written

DAYS = 300
HORIZON = 28
RESTING = 40
LEARNING = [ModelKind.POOLED, ModelKind.GLOBAL]


def a_shop(articles=400, days=DAYS, seed=7):
    """Return a history of steady articles of many speeds, and what each sells afterwards."""
    rng = np.random.default_rng(seed)
    rates = rng.gamma(0.7, 2.0, articles) + 0.02
    units = rng.poisson(rates[:, None], (articles, days + HORIZON)).astype(float)
    return a_history(units[:, :days]), units[:, days:].sum(axis=1)


@pytest.fixture(scope="module")
def shop():
    return a_shop()


@pytest.fixture(scope="module", params=LEARNING)
def model(request, shop):
    return learned_model(shop[0], request.param, horizons_days=[HORIZON])


@pytest.fixture(scope="module", params=LEARNING)
def learned_from_rest(request):
    """Return a shop whose first articles sold four a day until a hundred days ago."""
    history, _ = a_shop()
    units = history.units.copy()
    units[:RESTING, :-100] = np.random.default_rng(4).poisson(4, (RESTING, DAYS - 100))
    units[:RESTING, -100:] = 0
    history = a_history(units)
    return history, learned_model(history, request.param, horizons_days=[28, 90])


def test_what_comes_lies_within_the_quantiles_as_often_as_they_say(shop, model):
    history, sold = shop

    forecasts = model.forecasts(history, horizon_days=HORIZON)

    for level in (0.5, 0.8, 0.95):
        covered = (sold <= forecasts.quantile_units(level)).mean()
        assert covered == pytest.approx(level, abs=0.06)


def test_the_expected_units_add_up_to_what_sells(shop, model):
    history, sold = shop

    forecasts = model.forecasts(history, horizon_days=HORIZON)

    assert forecasts.mean_units.sum() == pytest.approx(sold.sum(), rel=0.05)


def test_quantiles_never_fall_as_their_level_rises(shop, model):
    forecasts = model.forecasts(shop[0], horizon_days=HORIZON)

    assert not (np.diff(forecasts.samples, axis=1) < -1e-9).any()
    assert not (forecasts.samples < 0).any()
    assert np.isfinite(forecasts.samples[:, 0]).all()


def test_a_part_of_the_articles_gets_the_answer_that_all_of_them_get(shop, model):
    history = shop[0]
    some = np.arange(50, 120)

    whole = model.forecasts(history, horizon_days=HORIZON)
    part = model.forecasts(history.only(some), horizon_days=HORIZON)
    chosen = model.forecasts(history, horizon_days=HORIZON, articles=some)

    assert np.array_equal(part.samples, whole.samples[some], equal_nan=True)
    assert np.array_equal(chosen.samples, part.samples, equal_nan=True)
    assert part.methods == whole.methods[50:120]


def test_the_same_history_is_forecast_the_same_every_time(shop, model):
    again = learned_model(shop[0], model.kind, horizons_days=[HORIZON])

    first, second = (one.forecasts(shop[0], horizon_days=HORIZON) for one in (model, again))

    assert np.array_equal(first.samples, second.samples, equal_nan=True)


@pytest.mark.parametrize("kind", LEARNING)
def test_newcomers_ask_their_peers_and_what_never_sold_is_expected_at_nothing(kind):
    history, _ = a_shop()
    units = history.units.copy()
    units[0] = 0
    units[1, :-10] = 0
    known_days = history.known_days.copy()
    known_days[1] = 9
    history = a_history(units, known_days=known_days)

    forecasts = learned_model(history, kind, horizons_days=[HORIZON]).forecasts(
        history, horizon_days=HORIZON
    )

    assert forecasts.methods[0] is ForecastMethod.NONE
    assert forecasts.mean_units[0] == 0
    assert forecasts.methods[1] is ForecastMethod.PEERS


def test_an_article_that_has_rested_for_months_is_not_told_dead_for_certain(learned_from_rest):
    history, model = learned_from_rest

    weeks, months = (
        model.forecasts(history, horizon_days=days).only(np.arange(RESTING)) for days in (28, 90)
    )

    some = np.full(RESTING, 50.0)
    assert weeks.exceedance(some).mean() < 0.05
    assert months.exceedance(some).mean() > 0.17


@pytest.mark.parametrize(("articles", "days"), [(250, 300), (400, 90)])
@pytest.mark.parametrize("kind", LEARNING)
def test_with_few_articles_or_days_the_simple_method_stands_in(articles, days, kind):
    history, _ = a_shop(articles, days)

    model = learned_model(history, kind)

    assert model.kind is ModelKind.COVER
    assert ForecastMethod.POOLED not in model.forecasts(history, horizon_days=7).methods


def test_a_horizon_that_no_ratios_were_learned_for_takes_those_of_the_nearest(shop):
    history = shop[0]
    model = learned_model(history, ModelKind.POOLED, horizons_days=[7, 28])

    month = model.forecasts(history, horizon_days=30)
    weeks = model.forecasts(history, horizon_days=28)

    assert month.mean_units.sum() == pytest.approx(weeks.mean_units.sum() * 30 / 28, rel=0.02)


def test_days_out_of_stock_do_not_make_a_steady_article_look_slower():
    units = np.full((400, DAYS), 3.0)
    has_stock = np.ones(units.shape, dtype=bool)
    units[:200, ::5] = 0
    has_stock[:200, ::5] = False
    history = a_history(units, has_stock)

    forecasts = learned_model(history, ModelKind.POOLED, horizons_days=[HORIZON]).forecasts(
        history, horizon_days=HORIZON
    )

    assert forecasts.mean_units[:200] == pytest.approx(forecasts.mean_units[200:], rel=0.03)


@pytest.fixture(scope="module")
def learned(shop):
    return learned_model(shop[0], ModelKind.GLOBAL)


def test_written_trees_read_again_forecast_the_same_to_the_last_bit(shop, learned):
    again = learned_model(shop[0], ModelKind.GLOBAL, learned=read(written(learned.learned)))

    before, after = (one.forecasts(shop[0], horizon_days=28).samples for one in (learned, again))
    np.testing.assert_array_equal(after, before)


def test_trees_that_tell_other_quantiles_are_not_read(learned):
    other = json.loads(zlib.decompress(written(learned.learned))) | {"levels": [0.5]}

    assert read(zlib.compress(json.dumps(other).encode())) is None


def test_the_model_is_asked_about_as_many_features_as_it_learned(shop, learned):
    origin = Origin(day=DAYS, horizon_days=28, usual_days=28.0)
    observed = observed_demand(shop[0])

    rows, _scale = article_features(observed, np.arange(5), origin, kindred_sales(observed, DAYS))

    assert rows.shape == (5, FEATURE_COUNT)
    assert learned.learned.trees[0].num_feature() == FEATURE_COUNT
    assert len(learned.learned.nets[0].means) == FEATURE_COUNT


def test_what_was_learned_from_fewer_features_is_not_read(learned):
    other = json.loads(zlib.decompress(written(learned.learned))) | {"features": 25}

    assert read(zlib.compress(json.dumps(other).encode())) is None


def a_shop_of_families(families=40, members=10, days=600, seed=11):
    """Return units of articles whose family has a year of its own, and its names.

    Half of each family is younger than a year: it cannot know what comes.
    """
    rng = np.random.default_rng(seed)
    months = np.exp(rng.normal(0, 1.0, (families, 13)))
    month_of = np.arange(days + HORIZON) % 364 // 28
    rates = np.repeat(months[:, month_of], members, axis=0) * 0.5
    units = rng.poisson(rates).astype(float)
    names = tuple(f"kind{row // members} no{row}" for row in range(len(units)))
    known_days = np.where(np.arange(len(units)) % 2, 150, days - 1)
    units[known_days == 150, : days - 151] = 0
    history = a_history(units[:, :days], known_days=known_days, names=names)
    return history, units[:, days:].sum(axis=1)


def test_articles_too_young_to_know_the_year_are_told_by_those_with_words_in_common():
    history, sold = a_shop_of_families()
    young = history.known_days == 150
    errors = {}

    for names in (history.names, ()):
        model = learned_model(replace(history, names=names), ModelKind.GLOBAL, nets=1)
        told = model.forecasts(replace(history, names=names), horizon_days=HORIZON)
        errors[bool(names)] = np.abs(told.mean_units - sold)[young].mean()

    assert errors[True] < 0.9 * errors[False]


def test_a_price_cut_that_moved_others_is_expected_to_move_an_article():
    rng = np.random.default_rng(5)
    days = 330
    is_cut = rng.random((400, (days + HORIZON) // 40 + 1)).repeat(40, axis=1)[:, : days + HORIZON]
    is_cut = is_cut < 0.25
    units = rng.poisson(np.where(is_cut, 1.6, 0.4)).astype(float)
    prices = np.where(units > 0, np.where(is_cut, 7.0, 10.0), np.nan).astype(np.float32)
    history = a_history(units[:, :days], prices=prices[:, :days])
    losses = []

    for known in (history, replace(history, prices=None)):
        told = learned_model(known, ModelKind.GLOBAL, nets=1).forecasts(known, horizon_days=7)
        error = units[:, days : days + 7].sum(axis=1) - told.quantile_units(0.9)
        losses.append(np.maximum(0.9 * error, -0.1 * error).mean())

    assert losses[0] < losses[1]
