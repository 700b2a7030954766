from datetime import date

import numpy as np
import pytest

from umschlag.intelligence.forecasting.accuracy import LEVELS
from umschlag.intelligence.forecasting.measuring import KeptForecasts, measured
from umschlag.kernel.identifiers import Sku

BOOK, LAMP, CUP = Sku("BOOK"), Sku("LAMP"), Sku("CUP")


def kept(**mean_by_name):
    means = np.array(list(mean_by_name.values()), dtype=float)
    return KeptForecasts(
        made_date=date(2026, 10, 1),
        horizon_days=28,
        skus=tuple(Sku(name) for name in mean_by_name),
        mean_units=means,
        quantile_units=dict.fromkeys(LEVELS, means * 2),
    )


def test_a_forecast_is_due_when_its_last_day_is_over():
    assert kept(BOOK=1).due_date == date(2026, 10, 29)


def test_errors_add_up_over_articles_beside_the_same_as_last_time():
    found = measured(
        kept(BOOK=10, LAMP=4), sold_units={BOOK: 12, LAMP: 2}, sold_before_units={BOOK: 5}
    )

    assert found.accuracy.wape == pytest.approx(4 / 14)
    assert found.accuracy.bias == 0
    assert found.naive_wape == pytest.approx(9 / 14)
    assert found.accuracy.coverage_95 == 1


def test_what_is_in_no_sale_sold_nothing_and_returns_are_no_demand():
    found = measured(kept(BOOK=3, CUP=0), sold_units={BOOK: -2}, sold_before_units={})

    assert found.accuracy.article_count == 2
    assert found.accuracy.wape is None
    assert found.naive_wape is None
    assert found.accuracy.scaled_loss is None
