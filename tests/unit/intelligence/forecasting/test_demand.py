from datetime import timedelta

import numpy as np
import pytest

from builders.forecasting import a_history
from builders.movement import AS_OF
from umschlag.intelligence.forecasting.demand import DayCells, DemandHistory, demand_history
from umschlag.kernel.errors import BadInput


def cells(*pairs, units=None):
    return DayCells(
        article=np.array([article for article, _day in pairs], dtype=np.intp),
        day=np.array([day for _article, day in pairs], dtype=np.intp),
        units=None if units is None else np.array(units, dtype=float),
    )


def built(*, sold, without_stock, known_days=(99, 99)):
    return demand_history(
        skus=("A", "B"),
        last_date=AS_OF,
        known_days=np.array(known_days),
        day_count=5,
        sold=sold,
        without_stock=without_stock,
    )


def test_days_that_nothing_is_told_of_had_stock_and_no_sale():
    history = built(sold=cells(units=[]), without_stock=cells())

    assert history.units.sum() == 0
    assert history.has_stock.all()


def test_cells_that_come_twice_add_up():
    history = built(sold=cells((0, 1), (0, 1), units=[2, 3]), without_stock=cells())

    assert history.units[0].tolist() == [0, 5, 0, 0, 0]


def test_more_returns_than_sales_are_no_negative_demand():
    history = built(sold=cells((0, 1), units=[-2]), without_stock=cells())

    assert history.units.min() == 0


def test_a_day_that_sold_had_stock_whatever_its_close_says():
    history = built(sold=cells((0, 2), units=[4]), without_stock=cells((0, 2), (0, 3)))

    assert history.has_stock[0].tolist() == [True, True, True, False, True]


def test_days_before_an_article_was_known_are_none_with_stock():
    history = built(sold=cells(units=[]), without_stock=cells(), known_days=(1, 99))

    assert history.has_stock[0].tolist() == [False, False, False, True, True]
    assert history.has_stock[1].all()


def test_sales_without_units_are_refused():
    with pytest.raises(BadInput):
        built(sold=cells((0, 1)), without_stock=cells())


def test_the_rate_leaves_days_without_stock_out():
    history = a_history([[2, 0, 0, 2]], has_stock=[[True, False, False, True]])

    assert history.daily_rate().tolist() == [2.0]


def test_without_a_day_with_stock_the_rate_is_zero():
    history = a_history([[0, 0]], has_stock=[[False, False]])

    assert history.daily_rate().tolist() == [0.0]


def test_the_last_days_end_on_the_same_date():
    history = a_history([[1, 2, 3, 4]])

    assert history.last(2).units.tolist() == [[3, 4]]
    assert history.last(2).first_date == AS_OF - timedelta(days=1)
    assert history.last(9).day_count == 4


def test_a_table_of_another_shape_is_refused():
    with pytest.raises(BadInput):
        DemandHistory(
            skus=("A",),
            last_date=AS_OF,
            units=np.zeros((1, 3)),
            has_stock=np.ones((1, 2), dtype=bool),
            known_days=np.array([9]),
        )


def test_days_before_anything_was_recorded_are_no_part_of_the_history():
    recorded = a_history([[0, 0, 0, 4], [0, 0, 0, 0]], known_days=[0, 1]).recorded()

    assert recorded.units.tolist() == [[0, 4], [0, 0]]
    assert recorded.has_stock.tolist() == [[False, True], [True, True]]


def test_a_history_in_which_nothing_is_known_stays_as_it_is():
    empty = a_history([[0, 0]], known_days=[-1])

    assert empty.recorded() is empty


def test_names_and_prices_go_along_with_their_articles_and_days():
    prices = np.array([[1, np.nan, 3], [4, 5, 6]], dtype=np.float32)
    history = a_history([[1, 0, 1], [1, 1, 1]], names=("mug", "lamp"), prices=prices)

    assert history.only(np.array([1])).names == ("lamp",)
    assert history.only(np.array([1])).prices.tolist() == [[4, 5, 6]]
    assert history.last(2).prices[1].tolist() == [5, 6]
    assert history.until(2).prices[1].tolist() == [4, 5]
    assert history.until(2).names == ("mug", "lamp")


@pytest.mark.parametrize(
    ("field", "value"), [("names", ("mug",)), ("prices", np.zeros((2, 2), dtype=np.float32))]
)
def test_names_or_prices_that_do_not_fit_the_table_are_refused(field, value):
    with pytest.raises(BadInput) as refused:
        a_history([[1, 0, 1], [1, 1, 1]], **{field: value})

    assert refused.value.field == field
