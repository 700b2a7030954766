from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.movement import AS_OF
from umschlag.intelligence.forecasting.stock_projection import DemandPoint, projected_stock
from umschlag.kernel.errors import BadInput


def a_point(days, low, middle, high):
    return DemandPoint(days=days, low_units=low, middle_units=middle, high_units=high)


def projected(*points, available=20, on_order=0, lead=5):
    return projected_stock(
        points,
        available_units=available,
        on_order_units=on_order,
        lead_time_days=lead,
        as_of_date=AS_OF,
    )


def test_stock_falls_by_what_sells_and_never_below_nothing():
    days = projected(a_point(10, 5, 10, 40))

    assert [day.business_date for day in days] == [AS_OF + timedelta(days=n) for n in range(11)]
    assert days[0].middle_units == 20
    assert (days[5].low_units, days[5].middle_units, days[5].high_units) == (0, 15, 17.5)
    assert days[10].low_units == 0


def test_goods_on_order_come_after_one_lead_time_and_nobody_waits_for_them():
    days = projected(a_point(10, 40, 40, 40), available=4, on_order=30)

    assert days[4].middle_units == 0
    assert days[5].middle_units == 30
    assert days[10].middle_units == 10


POINTS = st.lists(
    st.tuples(st.integers(min_value=1, max_value=60), *[st.floats(0, 200)] * 3), min_size=1
).map(lambda rows: [a_point(days, *sorted(units)) for days, *units in rows])


@given(
    points=POINTS,
    available=st.integers(min_value=-5, max_value=200),
    on_order=st.integers(min_value=0, max_value=100),
    lead=st.integers(min_value=0, max_value=70),
)
def test_the_band_is_in_order_and_never_holds_more_than_there_is(points, available, on_order, lead):
    for day in projected(*points, available=available, on_order=on_order, lead=lead):
        assert 0 <= day.low_units <= day.middle_units <= day.high_units
        assert day.high_units <= max(available, 0) + on_order


def test_without_a_horizon_nothing_can_be_projected():
    with pytest.raises(BadInput):
        projected()
