"""Order lines are put together to orders without losing one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.simulators.demo.orders import (
    SHIPS_NEXT_DAY_FROM,
    Handling,
    LineType,
    OrderLog,
    OrderType,
    cancelled_twins,
    group_sales,
    joined,
    shipping_seconds,
    with_components,
)

SOLD = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2), st.integers(1, 5)), max_size=40)


def grouped(sold, seed=1):
    columns = np.array(sold, dtype=np.int64).reshape(-1, 3).T
    return group_sales(np.random.default_rng(seed), *columns)


def lines_of(orders):
    channel = orders.channel[orders.line_order]
    return sorted(
        zip(orders.article.tolist(), channel.tolist(), orders.units.tolist(), strict=True)
    )


@given(sold=SOLD, seed=st.integers(0, 2**31))
def test_every_sold_line_is_in_one_order_of_its_channel(sold, seed):
    orders = grouped(sold, seed)

    assert lines_of(orders) == sorted(sold)
    assert set(orders.line_order.tolist()) == set(range(len(orders.second)))


def test_orders_have_one_and_a_half_lines_on_average():
    orders = grouped([(n % 10, 0, 1) for n in range(4_000)])

    assert 4_000 / len(orders.second) == pytest.approx(1.6, rel=0.05)


@given(sold=SOLD)
def test_sorting_by_time_keeps_lines_with_their_orders(sold):
    orders = grouped(sold)
    by_time = orders.in_order_of_time()

    assert (np.diff(by_time.second) >= 0).all()
    assert (np.diff(by_time.line_order) >= 0).all()
    assert lines_of(by_time) == lines_of(orders)


@given(one=SOLD, other=SOLD)
def test_joining_loses_nothing(one, other):
    both = joined([grouped(one), grouped(other, seed=2)])

    assert lines_of(both) == sorted(one + other)


def test_a_bundle_brings_its_components_into_the_same_order():
    components = np.full((10, 2), -1)
    components[3] = (7, 8)
    orders = with_components(grouped([(3, 0, 2), (4, 1, 1)]), components)
    at_home = orders.line_order[orders.line_type == LineType.BUNDLE][0]
    same = orders.line_order == at_home

    assert orders.article[same].tolist() == [3, 7, 8]
    assert orders.units[same].tolist() == [2, 2, 2]
    assert orders.line_type[same].tolist() == [2, 3, 3]
    assert orders.line_type[~same].tolist() == [LineType.VARIATION]


def test_cancelled_orders_copy_orders_of_the_day():
    sales = grouped([(n % 10, n % 3, 1 + n % 2) for n in range(1_000)])
    twins = cancelled_twins(np.random.default_rng(4), sales)

    assert 0 < len(twins.second) < 40
    assert (twins.handling == Handling.CANCELLED).all()
    assert set(lines_of(twins)) <= set(lines_of(sales))


def test_orders_after_three_leave_the_next_morning():
    second = np.array([300, SHIPS_NEXT_DAY_FROM - 1, SHIPS_NEXT_DAY_FROM])

    leaves = shipping_seconds(second)

    assert (leaves[:2] > second[:2]).all()
    assert leaves[2] == 7 * 3600


def test_the_log_numbers_orders_and_lines_through():
    log = OrderLog()
    for day in range(3):
        orders = grouped([(1, 0, 1), (2, 1, 1)]).in_order_of_time()
        zeros = np.zeros(2, np.int64)
        log.add(day, orders, zeros, (zeros, zeros))

    orders, lines = log.finished()

    assert orders.day.tolist() == [0, 0, 1, 1, 2, 2]
    assert orders.first_line.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert lines.order.tolist() == [0, 1, 2, 3, 4, 5]
    assert set(orders.order_type.tolist()) == {OrderType.SALE}
