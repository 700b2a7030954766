import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.movement import (
    a_sold_article,
    an_article,
    an_idle_article,
    days_ago,
    figures_of,
)
from umschlag.intelligence.movement.model import SpeedClass


def test_the_rate_is_that_of_the_last_90_days_with_stock():
    figures = figures_of(an_article(sold_units_90d=30, days_with_stock_90d=60))

    assert figures.daily_sales_units == pytest.approx(0.5)


def test_where_stock_was_never_told_every_day_since_the_first_sale_counts():
    old = figures_of(a_sold_article(sold_units_90d=180))
    young = figures_of(a_sold_article(sold_units_90d=20, first_sale_date=days_ago(9)))

    assert old.daily_sales_units == pytest.approx(2.0)
    assert young.daily_sales_units == pytest.approx(2.0)


def test_supply_and_turnover_stand_on_the_facts():
    figures = figures_of(an_article(on_hand_units=10, sold_units_90d=30, days_with_stock_90d=90))

    assert figures.days_of_supply == pytest.approx(30.0)
    assert figures.stock_turnover_per_year == pytest.approx(4.0)
    assert figures.stock_value_minor == 5_000


def test_stock_that_was_never_told_leaves_its_figures_unknown():
    figures = figures_of(a_sold_article())

    assert figures.days_of_supply is None
    assert figures.stock_value_minor is None
    assert figures.dead_units is None
    assert figures.dead_value_minor is None
    assert figures.stock_age_days is None
    assert figures.stock_turnover_per_year is None


def test_unknown_cost_leaves_money_unknown_and_units_known():
    figures = figures_of(
        an_idle_article(
            unit_cost_minor=None,
            cost_of_goods_minor_365d=None,
            average_stock_value_minor_365d=None,
        )
    )

    assert figures.dead_units == 10
    assert figures.dead_value_minor is None
    assert figures.turnover_in_units


def test_an_idle_article_is_dead_to_the_last_unit():
    figures = figures_of(an_idle_article(idle_days=90, on_hand_units=8))

    assert figures.dead_units == 8
    assert figures.dead_value_minor == 4_000
    assert figures.speed_class is SpeedClass.DEAD
    assert figures.days_of_supply == math.inf


def test_a_day_earlier_it_is_not_dead_yet():
    figures = figures_of(an_idle_article(idle_days=89))

    assert figures.speed_class is SpeedClass.SLOW


def test_a_new_article_has_no_dead_stock_yet():
    figures = figures_of(
        an_article(
            first_seen_date=days_ago(30),
            stock_since_date=days_ago(30),
            first_sale_date=None,
            last_sale_date=None,
            sold_units_90d=0,
            days_with_stock_90d=31,
        )
    )

    assert figures.dead_units == 0
    assert figures.speed_class is SpeedClass.SLOW


def test_goods_that_just_came_back_have_no_dead_stock_yet():
    figures = figures_of(
        an_idle_article(idle_days=80, stock_since_date=days_ago(9), days_with_stock_90d=10)
    )

    assert figures.dead_units == 0


@pytest.mark.parametrize(
    ("sold_90d", "speed"),
    [(90, SpeedClass.FAST), (30, SpeedClass.STEADY), (8, SpeedClass.SLOW)],
)
def test_the_speed_class_goes_by_units_a_day(sold_90d, speed):
    assert figures_of(an_article(sold_units_90d=sold_90d)).speed_class is speed


@given(
    on_hand=st.integers(-20, 5_000),
    reserved=st.integers(0, 50),
    cost=st.integers(0, 100_000),
    sold=st.integers(-10, 2_000),
    idle=st.integers(0, 360),
    with_stock=st.integers(0, 90),
)
def test_dead_money_never_exceeds_the_value_of_the_stock(
    on_hand, reserved, cost, sold, idle, with_stock
):
    figures = figures_of(
        an_article(
            on_hand_units=on_hand,
            reserved_units=reserved,
            unit_cost_minor=cost,
            sold_units_90d=sold,
            last_sale_date=days_ago(idle),
            days_with_stock_90d=with_stock,
        )
    )

    assert 0 <= figures.dead_value_minor <= figures.stock_value_minor
