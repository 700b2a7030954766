from hypothesis import given
from hypothesis import strategies as st

from umschlag.intelligence.movement.abc import abc_classes
from umschlag.intelligence.movement.model import AbcClass


def test_the_largest_that_make_up_four_fifths_are_a():
    classes = abc_classes({"a": 700, "b": 150, "c": 100, "d": 40, "e": 10})

    assert classes == {
        "a": AbcClass.A,
        "b": AbcClass.A,
        "c": AbcClass.B,
        "d": AbcClass.C,
        "e": AbcClass.C,
    }


def test_an_article_that_makes_up_everything_is_a():
    assert abc_classes({"a": 10}) == {"a": AbcClass.A}


def test_without_revenue_an_article_is_c():
    assert abc_classes({"a": 0, "b": -5}) == {"a": AbcClass.C, "b": AbcClass.C}


@given(st.dictionaries(st.text(min_size=1, max_size=4), st.integers(-100, 10**6), max_size=40))
def test_more_revenue_is_never_a_worse_class(revenue):
    classes = abc_classes(revenue)

    # Of equal revenue the SKU decides, so that a class does not change from day to day.
    ranked = sorted(revenue, key=lambda sku: (-revenue[sku], sku))
    assert [classes[sku] for sku in ranked] == sorted(classes.values())
