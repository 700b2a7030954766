"""Units of cancelled pallets come back to those who own them, in proportion and to the unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.allocation.planning.transfer_returns import units_given_back

OWNERS = st.dictionaries(st.integers(1, 9), st.integers(0, 500), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("owned", "units", "back"),
    [
        ({1: 20, 2: 20}, 20, {1: 10, 2: 10}),
        ({1: 30, 2: 10}, 20, {1: 15, 2: 5}),
        # Both are owed a half more: the larger owner is first, of equal ones the lower number.
        ({2: 3, 1: 1}, 2, {2: 2}),
        ({2: 1, 1: 1}, 1, {1: 1}),
        ({1: 20, 2: 0}, 5, {1: 5}),
        ({1: 20, 2: 20}, 90, {1: 20, 2: 20}),
        ({1: 20}, 0, {}),
        ({1: 0}, 5, {}),
        ({}, 5, {}),
    ],
)
def test_units_come_back_as_they_are_owned(owned, units, back):
    assert units_given_back(owned, units=units) == back


@given(owned=OWNERS, units=st.integers(0, 3_000))
def test_nobody_gives_more_than_it_owns_and_nothing_is_lost(owned, units):
    back = units_given_back(owned, units=units)

    total = sum(owned.values())
    assert sum(back.values()) == min(units, total)
    for client_id, count in back.items():
        assert 0 < count <= owned[client_id]
        assert abs(count - min(units, total) * owned[client_id] / total) < 1


@given(owned=OWNERS, parts=st.lists(st.integers(0, 300), max_size=5))
def test_pallet_after_pallet_everything_comes_back_in_the_end(owned, parts):
    left = dict(owned)
    for units in [*parts, sum(owned.values())]:
        for client_id, count in units_given_back(left, units=units).items():
            left[client_id] -= count

    assert set(left.values()) == {0}
