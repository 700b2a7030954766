"""When a store counts as active."""

import pytest

from umschlag.allocation.stores.panel import is_active_after


@pytest.mark.parametrize(
    ("ours", "told", "active"),
    [
        (None, True, True),
        (None, False, False),
        (None, None, False),
        (True, True, True),
        (True, False, False),
        (True, None, False),
        (False, True, False),
        (False, False, False),
        (False, None, False),
    ],
)
def test_a_store_is_active_only_where_nobody_has_a_doubt(ours, told, active):
    assert is_active_after(ours=ours, told=told) is active


@pytest.mark.parametrize(("told", "active"), [(True, True), (False, False), (None, False)])
def test_the_panel_lifts_its_own_suspension(told, active):
    assert is_active_after(ours=False, told=told, suspended_by_panel=True) is active
