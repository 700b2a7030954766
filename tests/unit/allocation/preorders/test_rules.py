from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from builders.allocation import a_claim
from umschlag.allocation.preorders.rules import (
    claims_after,
    due_minor_of,
    served_claims,
    serving_order,
)


def test_the_goods_that_were_to_arrive_first_are_served_first():
    dated = a_claim(3, expected_arrival_date=date(2026, 2, 1))
    earlier = a_claim(2, expected_arrival_date=date(2026, 1, 1))
    undated = a_claim(1, expected_arrival_date=None)

    assert serving_order([undated, dated, earlier]) == [earlier, dated, undated]


def test_what_has_not_arrived_or_is_served_already_waits_for_nothing():
    assert serving_order([a_claim(is_arrived=False), a_claim(outstanding_units=0)]) == []


def test_a_claim_served_in_part_owes_its_share_rounded_down():
    assert due_minor_of([a_claim(outstanding_units=3, due_minor=1000)], units=1) == 333


def test_units_fill_the_oldest_claim_before_the_next():
    claims = [
        a_claim(2, outstanding_units=5, due_minor=500),
        a_claim(1, outstanding_units=4, due_minor=0, expected_arrival_date=date(2026, 1, 1)),
    ]

    served = served_claims(claims, units=6)

    assert [(one.preorder_id, one.units, one.due_minor) for one in served] == [
        (1, 4, 0),
        (2, 2, 200),
    ]


@given(outstanding=st.integers(1, 50), due=st.integers(0, 10_000), first=st.integers(0, 50))
def test_a_claim_served_in_two_steps_pays_exactly_what_was_due(outstanding, due, first):
    taken = min(first, outstanding)
    paid = due_minor_of([a_claim(outstanding_units=outstanding, due_minor=due)], units=taken)

    rest = a_claim(outstanding_units=outstanding - taken, due_minor=due - paid)
    paid_later = due_minor_of([rest], units=outstanding - taken)

    assert paid + paid_later == due


@given(st.integers(0, 40))
def test_what_falls_due_never_shrinks_with_more_units(units):
    claims = [a_claim(1, outstanding_units=7, due_minor=999), a_claim(2, due_minor=0)]

    assert due_minor_of(claims, units=units) <= due_minor_of(claims, units=units + 1)


@given(st.integers(0, 30), st.integers(0, 30))
def test_claims_served_twice_are_given_no_more_than_they_wait_for(first, second):
    claims = [a_claim(1, due_minor=999), a_claim(2), a_claim(3, outstanding_units=0, due_minor=0)]

    one = served_claims(claims, units=first)
    other = served_claims(claims_after(claims, one), units=second)

    units, due = Counter(), Counter()
    for served in (*one, *other):
        units[served.preorder_id] += served.units
        due[served.preorder_id] += served.due_minor
    assert units.total() == min(first + second, 20)
    for claim in claims:
        assert units[claim.preorder_id] <= claim.outstanding_units
        assert due[claim.preorder_id] <= claim.due_minor
    if first + second >= 20:
        assert due.total() == 999 + 5000
