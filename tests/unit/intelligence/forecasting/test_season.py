import numpy as np
import pytest

from builders.forecasting import a_history
from umschlag.intelligence.forecasting.season import season_factors, sold_a_year_ago


def a_shop(days, peak_from=300, peak_until=340, articles=30):
    """Return articles that sell three times as much in the same weeks of each year."""
    day_of_year = np.arange(days) % 364
    daily = np.where((day_of_year >= peak_from) & (day_of_year < peak_until), 30.0, 10.0)
    return a_history(np.tile(daily, (articles, 1)))


def test_weeks_that_sold_more_a_year_ago_are_expected_to_sell_more():
    factors = season_factors(a_shop(650), days_ahead=60)

    peak, usual = 364 + 320, 364 + 200
    assert factors[peak] > 1.4
    assert factors[peak] > 1.4 * factors[usual]


def test_a_year_seen_once_counts_half_and_seen_twice_two_thirds():
    once, twice = (season_factors(a_shop(days), days_ahead=0) for days in (600, 800))

    assert twice[320] ** (3 / 2) == pytest.approx(once[320] ** 2, rel=0.02)


def test_a_year_that_was_not_seen_whole_tells_nothing():
    assert season_factors(a_shop(380), days_ahead=30) is None
    assert season_factors(a_history([[0] * 500]), days_ahead=30) is None


def test_a_shop_that_sells_evenly_has_no_season():
    factors = season_factors(a_history([[4] * 500, [9] * 500]), days_ahead=90)

    assert factors == pytest.approx(np.ones(590))


def test_one_best_seller_does_not_make_the_year():
    units = np.full((40, 500), 5.0)
    units[0, 100:128] = 5_000

    factors = season_factors(a_history(units), days_ahead=0)

    assert factors[114] < 1.5


def test_what_sold_a_year_ago_in_the_days_ahead_is_found():
    units = np.zeros((3, 400))
    units[:, 400 - 364] = 5
    units[:, 400 - 364 + 89] = 2
    units[:, 400 - 364 + 90] = 100
    units[2, :200] = 0
    history = a_history(units, known_days=[399, 364 - 45, 364 - 46])

    assert sold_a_year_ago(history, days=90)[:2].tolist() == [7, 7]
    assert np.isnan(sold_a_year_ago(history, days=90)[2])
    assert np.isnan(sold_a_year_ago(history.last(363), days=90)).all()
