import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.movement import alone, an_article, figures_of
from umschlag.intelligence.movement.turnover import (
    sell_through_of_received_ratio,
    stock_turnover_per_year,
)


def turnover(cost, stock, days):
    return alone(stock_turnover_per_year, cost_of_goods_sold=cost, average_stock=stock, days=days)


def test_selling_the_average_stock_once_in_a_year_is_a_turnover_of_one():
    assert turnover(5_000, 5_000, 365) == pytest.approx(1.0)


def test_a_shorter_time_is_annualised():
    assert turnover(5_000, 5_000, 73) == pytest.approx(5.0)


@pytest.mark.parametrize(("average_stock", "days"), [(0, 365), (-1, 365), (100, 0), (None, 9)])
def test_without_stock_or_time_there_is_no_turnover(average_stock, days):
    assert turnover(10, average_stock, days) is None


def test_more_returns_than_sales_turn_nothing_over():
    assert turnover(-10, 5, 365) == 0


@given(
    cost=st.integers(min_value=0, max_value=10**12),
    stock=st.floats(min_value=0.01, max_value=1e12),
    days=st.integers(min_value=1, max_value=3_650),
)
def test_turnover_times_average_stock_is_cost_of_goods_sold(cost, stock, days):
    assert turnover(cost, stock, days) * stock * days / 365 == pytest.approx(cost)


def test_money_is_turned_over_where_cost_is_known():
    figures = figures_of(an_article())

    assert figures.stock_turnover_per_year == pytest.approx(4.0)
    assert not figures.turnover_in_units


def test_units_stand_in_for_a_missing_cost_and_it_is_said():
    figures = figures_of(
        an_article(
            cost_of_goods_minor_365d=None,
            average_stock_value_minor_365d=None,
            sold_units_observed_365d=90,
        )
    )

    assert figures.stock_turnover_per_year == pytest.approx(3.0)
    assert figures.turnover_in_units


def sell_through(sold, received):
    return alone(sell_through_of_received_ratio, sold_units=sold, received_units=received)


@pytest.mark.parametrize(
    ("sold", "received", "expected"),
    [(30, 40.0, 0.75), (50, 40.0, 1.25), (-2, 40.0, 0.0), (3, 0.0, None), (3, None, None)],
)
def test_sell_through_is_sold_by_received_where_anything_came_in(sold, received, expected):
    assert sell_through(sold, received) == expected


@given(sold=st.integers(0, 10**6), received=st.integers(1, 10**6))
def test_sell_through_times_received_is_sold(sold, received):
    assert sell_through(sold, float(received)) * received == pytest.approx(sold)
