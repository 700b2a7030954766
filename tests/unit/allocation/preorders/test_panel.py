"""How far a preorder is once the panel has spoken."""

import pytest

from umschlag.allocation.preorders.panel import (
    PreorderStage,
    due_left,
    stage_after,
    stage_of_arrived,
)


def after(ours, told, *, allocated_units=0):
    return stage_after(ours=ours, told=told, allocated_units=allocated_units, ordered_units=10)


@pytest.mark.parametrize("told", PreorderStage)
def test_what_carts_fulfilled_stays_fulfilled(told):
    found = after(PreorderStage.FULFILLED, told, allocated_units=10)

    assert found is PreorderStage.FULFILLED


@pytest.mark.parametrize("told", PreorderStage)
@pytest.mark.parametrize("allocated_units", [0, 9])
def test_what_they_did_not_give_is_what_the_panel_says_of_it(told, allocated_units):
    assert after(PreorderStage.FULFILLED, told, allocated_units=allocated_units) is told


@pytest.mark.parametrize("told", PreorderStage)
@pytest.mark.parametrize(
    "ours", [None, PreorderStage.WAITING, PreorderStage.ARRIVED, PreorderStage.CANCELLED]
)
def test_otherwise_the_panel_decides(ours, told):
    assert after(ours, told) is told


@pytest.mark.parametrize(
    ("stage", "arrived", "expected"),
    [
        ("waiting", 0, "waiting"),
        ("waiting", 4, "part_arrived"),
        ("waiting", 10, "arrived"),
        ("arrived", 4, "arrived"),
        ("cancelled", 4, "cancelled"),
        ("fulfilled", 4, "fulfilled"),
    ],
)
def test_booked_in_units_change_only_what_waits(stage, arrived, expected):
    found = stage_of_arrived(PreorderStage(stage), ordered_units=10, arrived_units=arrived)

    assert found is PreorderStage(expected)


@pytest.mark.parametrize(
    ("before", "now", "charged", "due", "uncounted"),
    [
        (None, 500, 0, 500, 0),
        (500, 500, 200, 300, 200),
        (500, 300, 200, 300, 0),
        (500, 400, 200, 300, 100),
        (500, 250, 200, 250, 0),
        (0, 500, 0, 500, 0),
    ],
)
def test_what_was_charged_stays_off_until_the_panel_counts_it(before, now, charged, due, uncounted):
    left = due_left(told_minor=now, told_before_minor=before, charged_minor=charged)

    assert (left.due_minor, left.uncounted_minor) == (due, uncounted)
