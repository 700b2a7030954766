import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.forecasting import a_history
from umschlag.intelligence.forecasting.demand_model import learned_model
from umschlag.intelligence.forecasting.figures import (
    ArticlePart,
    StockAhead,
    forecast_part,
    joined_figures,
    parts_of,
)
from umschlag.intelligence.forecasting.model import ModelKind
from umschlag.kernel.errors import BadInput


def some_articles(count=9, days=120):
    rng = np.random.default_rng(3)
    history = a_history(rng.poisson(rng.gamma(1, 1, count)[:, None], (count, days)))
    stock = StockAhead(
        available_units=np.where(np.arange(count) % 4, np.arange(count) * 10.0, np.nan),
        on_order_units=np.arange(count) % 2 * 5.0,
        lead_time_days=np.arange(count) * 3.0,
    )
    return ArticlePart(history=history, stock=stock, horizons_days=(7, 28))


WHOLE = some_articles()
MODEL = learned_model(WHOLE.history, ModelKind.COVER)


@given(st.integers(1, 20))
def test_articles_forecast_in_parts_get_what_all_at_once_do(count):
    parts = parts_of(WHOLE, count=count)

    found = joined_figures([forecast_part(MODEL, part) for part in parts])

    assert len(parts) == min(count, 9)
    for one, other in zip(found, forecast_part(MODEL, WHOLE), strict=True):
        for field in dataclasses.fields(one):
            np.testing.assert_equal(getattr(one, field.name), getattr(other, field.name))


def test_articles_cannot_be_cut_into_no_part():
    with pytest.raises(BadInput, match="at least one part"):
        parts_of(WHOLE, count=0)


def test_no_article_is_one_empty_part():
    nobody = ArticlePart(
        history=WHOLE.history.only(np.arange(0)),
        stock=WHOLE.stock.only(np.arange(0)),
        horizons_days=(7,),
    )

    (figures,) = joined_figures([forecast_part(MODEL, part) for part in parts_of(nobody, count=4)])

    assert figures.skus == ()
