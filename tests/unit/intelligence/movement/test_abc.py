import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.movement import alone
from umschlag.intelligence.movement.abc import CLASSES, abc_classes, gross_margin_minor

AMOUNTS = st.lists(st.integers(-100, 10**6), max_size=40)


def classes(*amounts, **options):
    places = abc_classes(np.array(amounts, dtype=np.float64), **options)
    return "".join("-" if place < 0 else CLASSES[place] for place in places)


def test_the_largest_that_make_up_four_fifths_are_a():
    assert classes(700, 150, 100, 40, 10) == "AABCC"


def test_an_article_that_makes_up_everything_is_a():
    assert classes(10) == "A"


def test_without_an_amount_an_article_is_c_and_where_nobody_knows_it_none():
    assert classes(0, -5, np.nan) == "CC-"


def test_a_bundle_stands_where_its_own_amount_would_and_takes_nothing_from_its_parts():
    bundles = np.array([True, False, False, False, False, False])

    assert classes(650, 700, 150, 100, 40, 10, counts_twice=bundles)[1:] == "AABCC"
    assert classes(650, 700, 150, 100, 40, 10, counts_twice=bundles)[0] == "A"
    assert classes(20, 700, 150, 100, 40, 10, counts_twice=bundles)[0] == "C"


@given(AMOUNTS)
def test_more_revenue_is_never_a_worse_class(amounts):
    found = classes(*amounts)

    # Of equal amounts the place decides, so that a class does not change from day to day.
    ranked = sorted(range(len(amounts)), key=lambda place: (-amounts[place], place))
    assert [found[place] for place in ranked] == sorted(found)


@given(AMOUNTS)
def test_what_is_a_begins_within_four_fifths_of_all_and_what_is_not_lies_beyond(amounts):
    found = classes(*amounts)
    whole = sum(max(amount, 0) for amount in amounts)
    of_a = [amount for amount, name in zip(amounts, found, strict=True) if name == "A"]

    if of_a:
        assert sum(of_a) - min(of_a) < 0.8 * whole
        assert sum(of_a) >= 0.8 * whole or len(of_a) == sum(amount > 0 for amount in amounts)


def test_the_margin_is_revenue_net_of_vat_less_cost():
    margin = alone(
        gross_margin_minor, revenue_minor=11_900, cost_of_goods_minor=4_000, vat_percent=19.0
    )

    assert margin == pytest.approx(6_000)


def test_without_a_cost_nobody_knows_the_margin():
    assert (
        alone(gross_margin_minor, revenue_minor=1, cost_of_goods_minor=None, vat_percent=19.0)
        is None
    )
