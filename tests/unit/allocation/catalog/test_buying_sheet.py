"""What is left of an ASIN when the sheet speaks again."""

from hypothesis import given
from hypothesis import strategies as st

from umschlag.allocation.catalog.buying_sheet import units_left

UNITS = st.integers(min_value=0, max_value=10_000)


def left(*, ours, before, now, bought=10_000):
    return units_left(
        ours_units=ours, sheet_before_units=before, sheet_now_units=now, bought_units=bought
    )


@given(ours=UNITS, said=UNITS)
def test_a_sheet_that_says_the_same_changes_nothing(ours, said):
    assert left(ours=ours, before=said, now=said).remaining_units == ours


@given(said=UNITS, taken=UNITS, change=st.integers(-10_000, 10_000))
def test_units_taken_by_carts_never_come_back(said, taken, change):
    now = max(said + change, 0)
    ours = max(said - taken, 0)

    result = left(ours=ours, before=said, now=now, bought=30_000)

    assert result.remaining_units == max(ours + now - said, 0)
    assert result.remaining_units <= max(now, ours)


@given(ours=UNITS, before=st.none() | UNITS, now=UNITS, bought=UNITS)
def test_what_is_left_lies_between_nothing_and_what_was_bought(ours, before, now, bought):
    result = left(ours=ours, before=before, now=now, bought=bought)

    assert 0 <= result.remaining_units <= bought
    assert result.overdrawn_units >= 0


def test_a_sheet_that_never_spoke_can_only_lower():
    assert left(ours=7, before=None, now=24).remaining_units == 7
    assert left(ours=24, before=None, now=7).remaining_units == 7


def test_what_both_sides_took_is_told():
    result = left(ours=4, before=24, now=12)

    assert (result.remaining_units, result.overdrawn_units) == (0, 8)


@given(ours=UNITS, said=UNITS, arrived=UNITS, more=UNITS)
def test_units_booked_in_here_are_not_added_again_when_the_sheet_counts_them(
    ours, said, arrived, more
):
    result = units_left(
        ours_units=ours + arrived,
        sheet_before_units=said,
        sheet_now_units=said + more,
        bought_units=100_000,
        booked_in_units=arrived,
    )

    assert result.recounted_units + result.uncounted_units == arrived
    assert result.recounted_units == min(arrived, more)
    assert result.remaining_units == ours + max(arrived, more)


def test_units_that_the_sheet_does_not_know_are_not_cut_off():
    result = units_left(
        ours_units=110,
        sheet_before_units=100,
        sheet_now_units=100,
        bought_units=100,
        booked_in_units=10,
    )

    assert (result.remaining_units, result.uncounted_units) == (110, 10)


@given(ours=UNITS, said=UNITS, arrived=UNITS, sold=UNITS, more=UNITS)
def test_what_sells_while_the_sheet_counts_an_arrival_is_not_hidden_by_it(
    ours, said, arrived, sold, more
):
    counted = arrived + more
    sold = min(sold, ours, said + counted)

    result = units_left(
        ours_units=ours + arrived,
        sheet_before_units=said,
        sheet_now_units=said + counted - sold,
        bought_units=50_000 + counted,
        bought_before_units=50_000,
        booked_in_units=arrived,
    )

    # What is here is what was here, with what came in once, without what was sold.
    assert result.remaining_units == ours + counted - sold
    assert (result.recounted_units, result.uncounted_units) == (arrived, 0)
    assert not result.is_contradicted


def test_where_more_is_left_than_bought_the_smaller_stock_is_believed_and_told():
    result = units_left(
        ours_units=150,
        sheet_before_units=100,
        sheet_now_units=140,
        bought_units=210,
        bought_before_units=200,
        booked_in_units=50,
    )

    assert (result.remaining_units, result.recounted_units) == (150, 40)
    assert result.is_contradicted
