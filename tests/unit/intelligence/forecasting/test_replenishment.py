from hypothesis import given
from hypothesis import strategies as st

from umschlag.intelligence.forecasting.replenishment import (
    StockPolicy,
    order_units,
    stock_policy,
)

POLICY = StockPolicy(reorder_point_units=20, order_up_to_units=50)


def ordered(available, *, policy=POLICY, on_order=0, minimum=None, pack=None):
    return order_units(
        policy,
        available_units=available,
        on_order_units=on_order,
        order_units_min=minimum,
        pack_units=pack,
    )


def test_at_the_reorder_point_the_missing_units_are_ordered():
    assert ordered(20) == 30


def test_above_the_reorder_point_nothing_is_ordered():
    assert ordered(21) == 0


def test_units_on_order_are_netted():
    assert ordered(5, on_order=10) == 35
    assert ordered(5, on_order=16) == 0


def test_oversold_units_are_ordered_too():
    assert ordered(-5) == 55


def test_the_minimum_order_is_kept():
    assert ordered(20, minimum=100) == 100


def test_whole_packs_are_ordered_after_the_minimum():
    assert ordered(20, pack=12) == 36
    assert ordered(20, minimum=100, pack=12) == 108


def test_without_demand_nothing_is_ordered_even_at_zero_stock():
    policy = stock_policy(lead_time_quantile_units=0, lead_time_and_review_quantile_units=0)

    assert ordered(0, policy=policy) == 0


def test_levels_are_rounded_up_and_the_second_is_never_below_the_first():
    policy = stock_policy(lead_time_quantile_units=7.2, lead_time_and_review_quantile_units=6.0)

    assert policy == StockPolicy(reorder_point_units=8, order_up_to_units=8)


@given(
    lead=st.floats(-10, 10_000),
    review=st.floats(-10, 10_000),
    available=st.integers(-500, 20_000),
    on_order=st.integers(-5, 5_000),
    minimum=st.none() | st.integers(0, 500),
    pack=st.none() | st.integers(0, 144),
)
def test_an_order_is_whole_packs_of_at_least_the_minimum_or_nothing(
    lead, review, available, on_order, minimum, pack
):
    policy = stock_policy(lead_time_quantile_units=lead, lead_time_and_review_quantile_units=review)

    units = ordered(available, policy=policy, on_order=on_order, minimum=minimum, pack=pack)

    assert units >= 0
    assert units % max(pack or 1, 1) == 0
    if units:
        assert units >= (minimum or 0)
        assert available + max(on_order, 0) + units >= policy.order_up_to_units
        assert available + max(on_order, 0) <= policy.reorder_point_units


@given(
    mean=st.floats(min_value=0, max_value=100),
    lead=st.floats(min_value=0, max_value=100),
    review=st.floats(min_value=0, max_value=200),
)
def test_reorder_point_is_expected_demand_and_safety_stock_to_the_digit(mean, lead, review):
    policy = stock_policy(
        lead_time_quantile_units=lead,
        lead_time_and_review_quantile_units=review,
        lead_time_mean_units=mean,
    )

    assert policy.safety_stock_units >= 0
    added = round(policy.lead_time_mean_units + policy.safety_stock_units, 1)
    assert added == policy.reorder_point_units


@given(
    available=st.integers(min_value=-20, max_value=200),
    on_order=st.integers(min_value=0, max_value=100),
    least=st.none() | st.integers(min_value=0, max_value=50),
    pack=st.none() | st.integers(min_value=0, max_value=20),
)
def test_an_order_is_whole_packs_and_lifts_stock_little_above_the_level(
    available, on_order, least, pack
):
    policy = StockPolicy(reorder_point_units=30, order_up_to_units=60)

    units = order_units(
        policy,
        available_units=available,
        on_order_units=on_order,
        order_units_min=least,
        pack_units=pack,
    )

    size = max(pack or 1, 1)
    assert units % size == 0
    if units:
        assert units >= (least or 0)
        assert (
            available + on_order + units < policy.order_up_to_units + max(size, least or 0) + size
        )
        assert available + on_order + units >= policy.order_up_to_units
