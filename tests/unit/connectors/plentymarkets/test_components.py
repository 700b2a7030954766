import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.connectors.plentymarkets.components import Component, components_in

UNITS_MAX = 2**31 - 1


def a_row(variation_id=7, quantity=2):
    return {"componentVariationId": variation_id, "componentQuantity": quantity}


@pytest.mark.parametrize("quantity", [2, 2.0, "2", "2.00"])
def test_units_come_in_many_shapes(quantity):
    assert components_in([a_row(quantity=quantity)]) == ((Component(7, 2),), [])


def test_a_component_that_is_listed_twice_is_taken_twice():
    rows = [a_row(7, 2), a_row(8, 1), a_row(7, 3)]

    assert components_in(rows) == ((Component(7, 5), Component(8, 1)), [])


@pytest.mark.parametrize(
    "row",
    [
        a_row(quantity=0),
        a_row(quantity=-1),
        a_row(quantity="0.5"),
        a_row(quantity=None),
        a_row(quantity=UNITS_MAX + 1),
        a_row(variation_id=0),
        a_row(variation_id="x"),
        {},
        None,
        "SET",
    ],
)
def test_with_one_row_that_cannot_be_used_nothing_is_known(row):
    assert components_in([a_row(), row]) == ((), [row])


def test_more_units_than_can_be_meant_are_none():
    rows = [a_row(7, UNITS_MAX), a_row(7, 1)]

    assert components_in(rows) == ((), rows[1:])


@pytest.mark.parametrize("rows", [None, [], "", {}, 5])
def test_without_rows_there_are_no_components(rows):
    assert components_in(rows) == ((), [])


_ODD = st.none() | st.integers() | st.floats() | st.text(max_size=4)


@given(st.lists(st.builds(a_row, _ODD | st.integers(1, 9), _ODD | st.integers(1, 9)) | _ODD))
def test_components_are_strict_or_there_are_none(rows):
    components, unusable = components_in(rows)

    assert not (components and unusable)
    assert bool(components or unusable) == bool(rows)
    assert len({component.variation_id for component in components}) == len(components)
    assert all(0 < component.units <= UNITS_MAX for component in components)
