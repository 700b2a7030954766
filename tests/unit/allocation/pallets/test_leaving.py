from datetime import date

import pytest

from umschlag.allocation.pallets.leaving import (
    HoldExceeded,
    PalletGone,
    PalletPlace,
    RunHasShipped,
    RunNotConfirmed,
    ShippedBeforeBuilt,
    require_built,
    require_held,
    require_here,
    require_undoable,
)


@pytest.mark.parametrize("place", [PalletPlace.PLANNED, PalletPlace.READY])
def test_a_pallet_that_stands_here_may_go(place):
    require_here("P1", place)


@pytest.mark.parametrize("place", [PalletPlace.SHIPPED, PalletPlace.CANCELLED])
def test_a_pallet_that_is_gone_stays_where_it_is(place):
    with pytest.raises(PalletGone, match=f"P1 is {place} already"):
        require_here("P1", place)


def test_a_confirmed_run_of_which_nothing_left_may_be_undone():
    require_undoable(7, is_confirmed=True, shipped_codes=[])


def test_a_run_that_is_not_confirmed_has_nothing_to_undo():
    with pytest.raises(RunNotConfirmed, match="run 7"):
        require_undoable(7, is_confirmed=False, shipped_codes=[])


def test_a_run_of_which_something_left_names_it():
    with pytest.raises(RunHasShipped) as refused:
        require_undoable(7, is_confirmed=True, shipped_codes=["P2", "P1"])

    assert refused.value.shipped_codes == ("P1", "P2")


def test_a_pallet_takes_from_the_hold_what_is_left_of_it_at_most():
    require_held("P1", held_minor=690_00, left_minor=690_00)

    with pytest.raises(HoldExceeded, match="69001 shall be held for pallet P1 and 69000 is left"):
        require_held("P1", held_minor=690_01, left_minor=690_00)


def test_a_pallet_leaves_on_the_day_it_was_built_at_the_earliest():
    require_built("P1", built_date=date(2026, 3, 3), shipped_date=date(2026, 3, 3))

    with pytest.raises(ShippedBeforeBuilt, match="P1 was built on 2026-03-03") as refused:
        require_built("P1", built_date=date(2026, 3, 3), shipped_date=date(2026, 3, 2))

    assert refused.value.field == "shipped_date"
