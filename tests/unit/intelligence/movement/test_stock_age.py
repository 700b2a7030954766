from hypothesis import given
from hypothesis import strategies as st

from builders.movement import AS_OF, a_receipt, days_ago
from umschlag.intelligence.movement.stock_age import stock_age_days


def age(on_hand, *receipts, first_seen=None):
    return stock_age_days(
        on_hand_units=on_hand, receipts=receipts, first_seen_date=first_seen, as_of_date=AS_OF
    )


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
    assert age(10, a_receipt(10, 5), first_seen=days_ago(300)) == (5 * 10 + 5 * 300) // 10


def test_without_receipts_and_first_sight_the_age_is_unknown():
    assert age(10) is None


def test_nothing_on_hand_has_no_age():
    assert age(0, a_receipt(10, 5), first_seen=days_ago(300)) is None


def test_a_receipt_after_the_day_is_not_there_yet():
    assert age(5, a_receipt(-3, 50), a_receipt(40, 5)) == 40


@given(
    on_hand=st.integers(min_value=1, max_value=500),
    receipts=st.lists(st.builds(a_receipt, st.integers(0, 300), st.integers(-5, 200)), max_size=10),
)
def test_the_age_lies_between_today_and_first_sight(on_hand, receipts):
    found = age(on_hand, *receipts, first_seen=days_ago(400))

    assert 0 <= found <= 400
