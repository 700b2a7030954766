import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.kernel.errors import MalformedAmount
from umschlag.kernel.measures import Dimensions, grams_from_pounds, millimetres_from_inches


def test_ten_inches_are_254_millimetres():
    assert millimetres_from_inches(10) == 254


def test_a_pound_is_rounded_up_to_whole_grams():
    assert grams_from_pounds(1) == 454


@given(st.floats(min_value=0, max_value=10_000))
def test_a_measure_never_gets_smaller(inches):
    assert millimetres_from_inches(inches) >= inches * 25.4 - 1e-6


@pytest.mark.parametrize("value", [-1, math.nan, math.inf])
def test_what_is_no_measure_is_refused(value):
    with pytest.raises(MalformedAmount):
        grams_from_pounds(value)


def test_a_box_without_an_edge_is_refused():
    with pytest.raises(MalformedAmount):
        Dimensions(length_mm=100, width_mm=0, height_mm=50)


def test_volume_is_the_product_of_the_edges():
    assert Dimensions(length_mm=10, width_mm=20, height_mm=30).volume_mm3 == 6_000
