from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.forecasting import a_history
from builders.movement import AS_OF
from umschlag.intelligence.forecasting.succession import (
    Succession,
    SuccessionFault,
    SuccessionRefused,
    joined_history,
    require_allowed,
)

DAYS = 30


def follows(predecessor, successor, days_ago):
    """Return that one row's article follows another's, from so many days before AS_OF on."""
    return Succession(
        predecessor=f"HX-{predecessor}",
        successor=f"HX-{successor}",
        from_date=AS_OF - timedelta(days=days_ago),
    )


def test_the_successor_has_the_days_before_the_hand_over_with_their_stock_outs():
    history = a_history(
        [[2, 0, 3, 1], [0, 0, 0, 5]],
        has_stock=[[True, False, True, True], [False, False, False, True]],
        known_days=[3, 0],
    )

    joined = joined_history(history, [follows(0, 1, days_ago=0)])

    assert joined.units[1].tolist() == [2, 0, 3, 5]
    assert joined.has_stock[1].tolist() == [True, False, True, True]
    assert joined.known_days[1] == 3
    assert joined.units[0].tolist() == [2, 0, 3, 1]


def test_a_day_has_the_price_of_the_successor_or_else_of_the_predecessor():
    prices = np.array([[8, 8, np.nan, 8], [np.nan, 9, np.nan, 9]], dtype=np.float32)
    history = a_history([[2, 2, 0, 2], [0, 1, 0, 5]], prices=prices)

    joined = joined_history(history, [follows(0, 1, days_ago=0)])

    np.testing.assert_array_equal(joined.prices[1], [8, 9, np.nan, 9])
    np.testing.assert_array_equal(joined.prices[0], prices[0])
    np.testing.assert_array_equal(history.prices, prices)


def test_where_only_the_predecessor_has_stock_after_the_hand_over_the_successor_is_out():
    history = a_history(
        [[2, 2, 2, 2], [0, 0, 0, 0]], has_stock=[[True] * 4, [False] * 4], known_days=[3, 1]
    )

    joined = joined_history(history, [follows(0, 1, days_ago=1)])

    assert joined.has_stock[1].tolist() == [True, True, False, False]
    assert joined.units[1].tolist() == [2, 2, 0, 0]


def test_the_last_of_three_has_the_days_of_all():
    history = a_history([[4, 4, 4, 4], [0, 5, 5, 5], [0, 0, 0, 6]])

    joined = joined_history(history, [follows(1, 2, days_ago=0), follows(0, 1, days_ago=2)])

    assert joined.units[2].tolist() == [4, 5, 5, 6]
    assert joined.units[1].tolist() == [4, 5, 5, 5]


def test_a_hand_over_to_come_hands_over_every_day_there_is_and_one_long_ago_none():
    history = a_history([[1, 1, 1], [0, 0, 2]])

    to_come = joined_history(history, [follows(0, 1, days_ago=-50)])
    long_ago = joined_history(history, [follows(0, 1, days_ago=50)])

    assert to_come.units[1].tolist() == [1, 1, 3]
    assert long_ago.units[1].tolist() == [0, 0, 2]


def test_what_the_history_does_not_know_hands_over_nothing():
    history = a_history([[1, 1, 1]])

    joined = joined_history(history, [follows(7, 0, days_ago=0), follows(0, 8, days_ago=0)])

    assert joined.units.tolist() == history.units.tolist()


@st.composite
def chains(draw):
    """Return a history, and successions that were all allowed one after the other."""
    count = draw(st.integers(2, 6))
    units = draw(
        st.lists(
            st.lists(st.integers(0, 9), min_size=DAYS, max_size=DAYS),
            min_size=count,
            max_size=count,
        )
    )
    history = a_history(units)
    known = []
    for _ in range(draw(st.integers(0, 8))):
        wanted = follows(
            draw(st.integers(0, count - 1)),
            draw(st.integers(0, count - 1)),
            draw(st.integers(-5, DAYS + 5)),
        )
        try:
            require_allowed(wanted, known)
        except SuccessionRefused:
            continue
        known.append(wanted)
    return history, known


@given(chains())
def test_no_unit_is_lost_and_no_day_counted_twice(drawn):
    history, known = drawn
    ends = {one.predecessor: one for one in known}

    joined = joined_history(history, known)

    # Each article's own day belongs to one article: who sells in its place on that day.
    expected = np.zeros_like(history.units)
    for row, sku in enumerate(history.skus):
        for day in range(DAYS):
            today = history.first_date + timedelta(days=day)
            heirs = {row}
            step = ends.get(sku)
            while step is not None and today < step.from_date:
                heirs.add(history.skus.index(step.successor))
                step = ends.get(step.successor)
            for heir in heirs:
                expected[heir, day] += history.units[row, day]
    assert np.array_equal(joined.units, expected)


@given(chains())
def test_of_every_line_the_last_has_exactly_what_was_sold_before_each_hand_over(drawn):
    history, known = drawn
    ends = {one.predecessor: one for one in known}
    lasts = [row for row, sku in enumerate(history.skus) if sku not in ends]

    joined = joined_history(history, known)

    sold_after = 0.0
    for one in known:
        row = history.skus.index(one.predecessor)
        day = int(np.clip((one.from_date - history.first_date).days, 0, DAYS))
        # What the predecessor has on its own after it handed over is nobody else's.
        sold_after += joined.units[row, day:].sum()
    assert joined.units[lasts].sum() + sold_after == pytest.approx(history.units.sum())


@pytest.mark.parametrize(
    ("wanted", "fault", "words"),
    [
        (follows(0, 0, 3), SuccessionFault.ITSELF, "itself"),
        (follows(0, 3, 3), SuccessionFault.FOLLOWED_ALREADY, "take that back first"),
        (follows(2, 0, 3), SuccessionFault.ROUND, "circle"),
        (follows(2, 4, 12), SuccessionFault.BEFORE_ITS_OWN, "a later day"),
        (follows(3, 1, 10), SuccessionFault.AFTER_ITS_NEXT, "an earlier day"),
    ],
)
def test_what_no_history_can_be_joined_by_is_refused_by_name(wanted, fault, words):
    known = [follows(0, 1, days_ago=20), follows(1, 2, days_ago=10)]

    with pytest.raises(SuccessionRefused, match=words) as refusal:
        require_allowed(wanted, known)

    assert refusal.value.fault is fault


def test_one_article_may_follow_two():
    require_allowed(follows(3, 1, 15), [follows(0, 1, days_ago=20)])
