import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.movement import alone
from umschlag.intelligence.movement.model import XyzClass
from umschlag.intelligence.movement.xyz import CLASSES, weekly_variation, xyz_classes

WEEKS = st.lists(st.integers(0, 500), min_size=4, max_size=52)


def variation(weeks):
    return alone(
        weekly_variation,
        units=sum(weeks),
        units_squared=sum(units * units for units in weeks),
        weeks_with_stock=len(weeks),
    )


def class_of(value):
    place = alone(xyz_classes, variation=value)
    return None if place < 0 else CLASSES[place]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, XyzClass.X),
        (0.5, XyzClass.X),
        (0.51, XyzClass.Y),
        (1.0, XyzClass.Y),
        (1.01, XyzClass.Z),
        (None, None),
    ],
)
def test_the_cuts_are_a_half_and_one(value, expected):
    assert class_of(value) is expected


def test_fewer_than_four_weeks_tell_no_spread():
    assert variation([5, 5, 5]) is None


def test_what_never_sold_has_no_class():
    assert variation([0] * 10) is None


@given(WEEKS.filter(any))
def test_the_variation_is_spread_by_mean_of_all_weeks(weeks):
    expected = np.std(weeks) / np.mean(weeks)

    assert variation(weeks) == pytest.approx(expected, abs=1e-6)


@given(WEEKS.filter(any), st.integers(2, 9))
def test_selling_a_multiple_every_week_varies_as_much(weeks, factor):
    assert variation([factor * units for units in weeks]) == pytest.approx(
        variation(weeks), abs=1e-6
    )
