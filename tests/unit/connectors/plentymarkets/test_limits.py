import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.plentymarkets import FakeTime
from umschlag.connectors.plentymarkets.limits import CallKind, CallLimits, DayBudgetSpent

READ, WRITE = CallKind.READ, CallKind.WRITE


def headers(*, left, decay=30, limit=80, day_left=50_000, day_limit=59_760):
    return {
        "X-Plenty-Global-Short-Period-Limit": str(limit),
        "X-Plenty-Global-Short-Period-Decay": str(decay),
        "X-Plenty-Global-Short-Period-Calls-Left": str(left),
        "X-Plenty-Global-Long-Period-Limit": str(day_limit),
        "X-Plenty-Global-Long-Period-Decay": "7200",
        "X-Plenty-Global-Long-Period-Calls-Left": str(day_left),
    }


@pytest.fixture
def time():
    return FakeTime()


@pytest.fixture
def limits(time):
    return CallLimits(clock=time.clock, day_reserve_percent=10)


def call(limits, kind=READ, **told):
    limits.acquire(kind)
    limits.learn(kind, headers(**told))


def test_nobody_waits_while_calls_are_left(limits, time):
    for left in (2, 1, 0):
        call(limits, left=left)

    assert time.waits == []


def test_a_spent_minute_is_waited_out(limits, time):
    call(limits, left=0, decay=17)

    call(limits, left=79)

    assert time.waits == [17]


def test_reads_and_writes_have_budgets_of_their_own(limits, time):
    call(limits, READ, left=0)

    call(limits, WRITE, left=39)

    assert time.waits == []


def test_a_refusal_is_waited_out_as_long_as_it_says(limits, time):
    call(limits, left=50)
    limits.refused(READ, {"Retry-After": "9"})

    limits.acquire(READ)

    assert time.waits == [10], "announced in whole seconds, so one more is safe"


def test_a_refusal_without_a_time_is_waited_out_all_the_same(limits, time):
    limits.refused(READ, {})

    limits.acquire(READ)

    assert sum(time.waits) > 0


def test_an_overtaken_answer_does_not_bring_calls_back(limits, time):
    call(limits, left=1, decay=30)
    call(limits, left=5, decay=30)

    limits.acquire(READ)

    assert time.waits == [30]


def test_a_changed_limit_is_adapted_to(limits, time):
    call(limits, left=0, decay=10, limit=80)

    call(limits, left=3, decay=60, limit=4)
    for left in (2, 1, 0):
        call(limits, left=left, decay=60, limit=4)
    limits.acquire(READ)

    assert time.waits == [10, 60]


def test_the_day_s_reserve_is_left_to_others(limits):
    call(limits, left=50, day_left=1_001, day_limit=10_000)
    call(limits, left=49, day_left=1_000, day_limit=10_000)

    with pytest.raises(DayBudgetSpent, match="kept for other programs"):
        limits.acquire(READ)


def test_a_new_day_has_new_calls(limits, time):
    call(limits, left=50, day_left=10, day_limit=10_000)
    time.seconds += 7_201

    limits.acquire(READ)


def test_missing_headers_leave_what_is_known(limits, time):
    call(limits, left=1, decay=20)
    limits.acquire(READ)
    limits.learn(READ, {})

    limits.acquire(READ)

    assert time.waits == [20]


def test_a_call_that_was_never_answered_gives_its_place_back(limits):
    limits.acquire(READ)
    limits.learn(READ, None)

    limits.acquire(READ)


@given(st.lists(st.integers(0, 5), max_size=60))
def test_never_more_calls_are_made_in_a_minute_than_allowed(pauses):
    time = FakeTime()
    limits = CallLimits(clock=time.clock)
    limit, window, spent = 10, 0, 0
    for pause in pauses:
        time.seconds += pause
        limits.acquire(READ)
        if int(time.seconds // 60) != window:
            window, spent = int(time.seconds // 60), 0
        spent += 1
        assert spent <= limit
        limits.learn(READ, headers(left=limit - spent, decay=60 - time.seconds % 60, limit=limit))
