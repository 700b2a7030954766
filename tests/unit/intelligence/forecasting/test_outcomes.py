from hypothesis import given
from hypothesis import strategies as st

from builders.movement import AS_OF
from umschlag.intelligence.forecasting.outcomes import Since, outcome


def since(**values):
    return Since(
        **{
            "after_days": 28,
            "measured_date": AS_OF,
            "sold_units": 12,
            "revenue_minor": 9_600,
            "available_units": 8,
            **values,
        }
    )


def test_what_became_of_it_stands_beside_what_was_expected():
    found = outcome(since(), stock_units_then=20, expected_demand_units=3.5)

    assert (found.sold_units, found.expected_units) == (12, 3.5)
    assert (found.stock_units, found.expected_stock_units) == (8, 16.5)


def test_without_a_forecast_or_a_stock_nothing_was_expected():
    unknown = outcome(since(), stock_units_then=None, expected_demand_units=3.5)

    assert unknown.expected_units is None
    assert unknown.expected_stock_units is None
    assert outcome(since(), stock_units_then=3, expected_demand_units=None).expected_units is None


@given(stock=st.integers(min_value=-9, max_value=99), demand=st.floats(min_value=0, max_value=500))
def test_what_was_expected_to_sell_and_to_be_left_is_the_stock_of_then(stock, demand):
    found = outcome(since(), stock_units_then=stock, expected_demand_units=demand)

    assert found.expected_units >= 0
    assert found.expected_stock_units >= 0
    assert abs(found.expected_units + found.expected_stock_units - max(stock, 0)) < 1e-9
