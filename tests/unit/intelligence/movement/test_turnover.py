import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.intelligence.movement.turnover import stock_turnover, stock_turnover_per_year


def test_selling_the_average_stock_once_in_a_year_is_a_turnover_of_one():
    assert stock_turnover_per_year(
        cost_of_goods_sold=5_000, average_stock=5_000, days=365
    ) == pytest.approx(1.0)


def test_a_shorter_time_is_annualised():
    assert stock_turnover_per_year(
        cost_of_goods_sold=5_000, average_stock=5_000, days=73
    ) == pytest.approx(5.0)


@pytest.mark.parametrize(("average_stock", "days"), [(0, 365), (-1, 365), (100, 0)])
def test_without_stock_or_time_there_is_no_turnover(average_stock, days):
    assert (
        stock_turnover_per_year(cost_of_goods_sold=10, average_stock=average_stock, days=days)
        is None
    )


def test_more_returns_than_sales_turn_nothing_over():
    assert stock_turnover_per_year(cost_of_goods_sold=-10, average_stock=5, days=365) == 0


@given(
    cost=st.integers(min_value=0, max_value=10**12),
    stock=st.floats(min_value=0.01, max_value=1e12),
    days=st.integers(min_value=1, max_value=3_650),
)
def test_turnover_times_average_stock_is_cost_of_goods_sold(cost, stock, days):
    turnover = stock_turnover_per_year(cost_of_goods_sold=cost, average_stock=stock, days=days)

    assert turnover * stock * days / 365 == pytest.approx(cost)


def test_money_is_turned_over_where_cost_is_known():
    turnover = stock_turnover(
        cost_of_goods_minor=60_000,
        average_stock_value_minor=15_000.0,
        sold_units=1,
        average_stock_units=1.0,
        days=365,
    )

    assert turnover.per_year == pytest.approx(4.0)
    assert not turnover.in_units


def test_units_stand_in_for_a_missing_cost_and_it_is_said():
    turnover = stock_turnover(
        cost_of_goods_minor=None,
        average_stock_value_minor=None,
        sold_units=90,
        average_stock_units=30.0,
        days=365,
    )

    assert turnover.per_year == pytest.approx(3.0)
    assert turnover.in_units


def test_without_any_stock_nothing_can_be_said():
    assert (
        stock_turnover(
            cost_of_goods_minor=None,
            average_stock_value_minor=None,
            sold_units=90,
            average_stock_units=None,
            days=0,
        )
        is None
    )
