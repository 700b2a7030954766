import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from builders.movement import alone
from umschlag.intelligence.movement.stock_age import Receipts, stock_age_days


def age(on_hand, *receipts, first_seen=None):
    told = np.array(receipts, dtype=np.int64).reshape(-1, 2)
    return alone(
        stock_age_days,
        on_hand_units=float(on_hand),
        first_seen_days=first_seen,
        receipts=Receipts(
            article=np.zeros(len(told), dtype=np.intp), age_days=told[:, 0], units=told[:, 1]
        ),
    )


def a_receipt(days, units):
    return days, units


def test_what_is_there_came_with_the_newest_receipt():
    assert age(10, a_receipt(200, 50), a_receipt(7, 20)) == 7


def test_units_from_several_receipts_are_averaged_by_units():
    # Twenty came ten days ago, the other ten are left of those of a hundred days ago.
    assert age(30, a_receipt(100, 50), a_receipt(10, 20)) == (20 * 10 + 10 * 100) // 30


def test_the_order_in_which_receipts_are_told_does_not_matter():
    assert age(30, a_receipt(10, 20), a_receipt(100, 50)) == age(
        30, a_receipt(100, 50), a_receipt(10, 20)
    )


def test_units_that_no_receipt_explains_are_as_old_as_the_article():
    assert age(10, a_receipt(10, 5), first_seen=300) == (5 * 10 + 5 * 300) // 10


def test_without_receipts_and_first_sight_the_age_is_unknown():
    assert age(10) is None


def test_nothing_on_hand_has_no_age():
    assert age(0, a_receipt(10, 5), first_seen=300) is None


@given(
    st.lists(
        st.tuples(
            st.integers(0, 300),
            st.lists(st.tuples(st.integers(-9, 300), st.integers(-5, 90)), max_size=6),
        ),
        max_size=6,
    )
)
def test_many_articles_at_once_are_aged_as_one_by_one(articles):
    rows = [(place, *one) for place, (_units, own) in enumerate(articles) for one in own]
    told = np.array(rows, dtype=np.int64).reshape(-1, 3)

    found = stock_age_days(
        on_hand_units=np.array([units for units, _own in articles], dtype=np.float64),
        first_seen_days=np.full(len(articles), 400.0),
        receipts=Receipts(article=told[:, 0], age_days=told[:, 1], units=told[:, 2]),
    )

    expected = [plain_age(units, own) for units, own in articles]
    assert [None if np.isnan(one) else int(one) for one in found] == expected


def plain_age(on_hand, receipts):
    if on_hand <= 0:
        return None
    left, unit_days = on_hand, 0
    for days, units in sorted(receipts):
        if days >= 0 and units > 0:
            there = min(units, left)
            unit_days += there * days
            left -= there
    return (unit_days + left * 400) // on_hand


def test_a_receipt_after_the_day_is_not_there_yet():
    assert age(5, a_receipt(-3, 50), a_receipt(40, 5)) == 40


@given(
    on_hand=st.integers(min_value=1, max_value=500),
    receipts=st.lists(st.builds(a_receipt, st.integers(0, 300), st.integers(-5, 200)), max_size=10),
)
def test_the_age_lies_between_today_and_first_sight(on_hand, receipts):
    found = age(on_hand, *receipts, first_seen=400)

    assert 0 <= found <= 400
