from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.kernel.vat import gross_minor_for, net_minor

AMOUNTS = st.integers(min_value=0, max_value=10**9)
PERCENTS = st.decimals(min_value=0, max_value=100, places=2)


@pytest.mark.parametrize(
    ("gross", "percent", "net"),
    [(11_900, "19", 10_000), (1_000, "19", 840), (1_081, "8.1", 1_000), (999, "0", 999)],
)
def test_vat_is_taken_out_of_a_price_and_the_rest_rounded_down(gross, percent, net):
    assert net_minor(gross, vat_percent=Decimal(percent)) == net


@pytest.mark.parametrize(
    ("net", "percent", "gross"),
    [(10_000, "19", 11_900), (500, "19", 595), (501, "19", 597), (999, "0", 999)],
)
def test_vat_is_put_on_a_price_and_the_sum_rounded_up(net, percent, gross):
    assert gross_minor_for(net, vat_percent=Decimal(percent)) == gross


@given(AMOUNTS, PERCENTS)
def test_what_is_left_of_a_price_is_never_more_than_the_price(gross, percent):
    assert 0 <= net_minor(gross, vat_percent=percent) <= gross


@given(AMOUNTS, PERCENTS)
def test_the_lowest_price_leaves_enough_and_a_minor_unit_less_does_not(net, percent):
    gross = gross_minor_for(net, vat_percent=percent)

    assert net_minor(gross, vat_percent=percent) >= net
    assert net == 0 or net_minor(gross - 1, vat_percent=percent) < net
