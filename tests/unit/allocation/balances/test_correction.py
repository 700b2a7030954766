import pytest

from umschlag.allocation.balances.bookings import Purse
from umschlag.allocation.balances.correction import (
    BalanceMoved,
    Correction,
    CorrectionBelowFloor,
    require_meant,
)


def a_correction(change_minor, *, before_minor=1_000, floor_minor=200):
    return Correction(change_minor=change_minor, before_minor=before_minor, floor_minor=floor_minor)


@pytest.mark.parametrize(
    ("change_minor", "before_minor", "below_minor"),
    [
        (-800, 1_000, 0),
        (-801, 1_000, 1),
        (-5_000, 1_000, 4_200),
        # Raising a balance is never too little, however far below the floor it stays.
        (100, -900, 0),
        (-1, -900, 1_101),
    ],
)
def test_a_correction_is_below_the_floor_where_it_takes_the_balance_there(
    change_minor, before_minor, below_minor
):
    correction = a_correction(change_minor, before_minor=before_minor)

    assert correction.below_floor_minor == below_minor
    assert correction.after_minor == before_minor + change_minor


def test_below_the_floor_it_must_be_said_that_this_is_meant():
    with pytest.raises(CorrectionBelowFloor, match="1 less than the floor") as refused:
        require_meant(a_correction(-801), may_go_below=False)

    assert refused.value.correction.after_minor == 199
    require_meant(a_correction(-801), may_go_below=True)
    require_meant(a_correction(-800), may_go_below=False)


def test_a_balance_that_is_not_as_it_was_shown_is_not_corrected():
    with pytest.raises(BalanceMoved, match="not 999 as shown"):
        require_meant(a_correction(5), may_go_below=True, based_on_minor=999)

    require_meant(a_correction(5), may_go_below=False, based_on_minor=1_000)
    require_meant(
        a_correction(5, before_minor=0, floor_minor=0), may_go_below=False, based_on_minor=0
    )


def test_a_correction_names_the_one_that_it_makes_good():
    purse = Purse(client_id=1, currency="EUR")

    assert purse.correct(5, reason="r", undoes=7).reverses == 7
    assert purse.correct(5, reason="r").reverses is None
