import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.intelligence.movement.stock_value import available_units, stock_value_minor


@pytest.mark.parametrize(
    ("on_hand", "reserved", "available"),
    [(10, 3, 7), (10, None, 10), (2, 5, -3), (0, 0, 0), (None, 3, None), (None, None, None)],
)
def test_available_is_what_nobody_has_a_claim_on(on_hand, reserved, available):
    assert available_units(on_hand_units=on_hand, reserved_units=reserved) == available


@pytest.mark.parametrize(
    ("on_hand", "cost", "value"),
    [(10, 250, 2_500), (0, 250, 0), (10, 0, 0), (None, 250, None), (10, None, None)],
)
def test_a_value_that_cannot_be_known_is_unknown_and_not_zero(on_hand, cost, value):
    assert stock_value_minor(on_hand_units=on_hand, unit_cost_minor=cost) == value


@given(on_hand=st.integers(max_value=0), cost=st.integers(min_value=0))
def test_oversold_stock_takes_nothing_from_other_stock(on_hand, cost):
    assert stock_value_minor(on_hand_units=on_hand, unit_cost_minor=cost) == 0
