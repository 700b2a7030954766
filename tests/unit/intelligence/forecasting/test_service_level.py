import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.intelligence.forecasting.service_level import critical_ratio, overage_cost_minor
from umschlag.kernel.errors import BadInput

COST = st.floats(min_value=0, max_value=1e6)


@given(under=COST, over=COST, more=COST)
def test_the_critical_ratio_is_a_probability_and_follows_both_costs(under, over, more):
    ratio = critical_ratio(underage=under, overage=over)

    assert 0 <= ratio <= 1
    assert critical_ratio(underage=under + more, overage=over) >= ratio
    assert critical_ratio(underage=under, overage=over + more) <= ratio


def test_a_unit_that_earns_three_times_what_it_risks_is_worth_three_chances_of_four():
    assert critical_ratio(underage=300, overage=100) == 0.75
    assert critical_ratio(underage=0, overage=0) == 0


def test_a_negative_cost_is_refused():
    with pytest.raises(BadInput):
        critical_ratio(underage=-1, overage=1)


def test_a_unit_too_many_costs_its_holding_and_what_it_may_lose():
    held = overage_cost_minor(
        cost_minor=1_000, holding_percent_per_year=36.5, days=10, unsold_probability=0
    )
    lost = overage_cost_minor(
        cost_minor=1_000, holding_percent_per_year=0, days=10, unsold_probability=0.5
    )

    assert held == pytest.approx(10)
    assert lost == pytest.approx(350)
