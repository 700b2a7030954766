import math
import threading

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


def call(limits, kind=READ, path="", *, is_refused=False, more=None, **told):
    permit = limits.acquire(kind, path)
    limits.learn(permit, headers(**told) | (more or {}), is_refused=is_refused)


def test_nobody_waits_while_calls_are_left(limits, time):
    for left in (2, 1, 0):
        call(limits, left=left)

    assert time.waits == []


def test_a_spent_minute_is_waited_out(limits, time):
    call(limits, left=0, decay=17)

    call(limits, left=79)

    assert time.waits == [18], "announced in whole seconds, so one more is safe"


def test_answers_through_the_minute_tell_its_end_exactly(limits, time):
    """Whole seconds of decay, rounded down, at many moments of one minute."""
    begin = time.seconds
    for left in range(40, -1, -1):
        call(limits, left=left, decay=int(60 - (time.seconds - begin)))
        time.seconds += 0.7

    limits.acquire(READ)

    assert 60 <= time.seconds - begin < 60.2


def test_reads_and_writes_have_budgets_of_their_own(limits, time):
    call(limits, READ, left=0)

    call(limits, WRITE, left=39)

    assert time.waits == []


def test_a_refusal_is_waited_out_as_long_as_it_says(limits, time):
    call(limits, left=50)
    call(limits, left=49, is_refused=True, more={"Retry-After": "9"})

    limits.acquire(READ)

    assert time.waits == [10], "announced in whole seconds, so one more is safe"


def test_a_refusal_without_a_time_is_waited_out_all_the_same(limits, time):
    limits.learn(limits.acquire(READ), {}, is_refused=True)

    limits.acquire(READ)

    assert sum(time.waits) > 0


def test_a_refusal_until_tomorrow_ends_the_run(limits, time):
    call(limits, left=50, is_refused=True, more={"Retry-After": "7200"})

    with pytest.raises(DayBudgetSpent, match=r"2\.0 h"):
        limits.acquire(READ)
    assert time.waits == []


def test_an_overtaken_answer_does_not_bring_calls_back(limits, time):
    first, second = limits.acquire(READ), None
    limits.learn(first, headers(left=20))
    first, second = limits.acquire(READ), limits.acquire(READ)

    limits.learn(second, headers(left=0))
    limits.learn(first, headers(left=1))
    limits.acquire(READ)

    assert time.waits == [31]


def test_an_answer_to_a_later_call_brings_calls_back(limits, time):
    call(limits, left=1)

    call(limits, left=120, limit=200)
    call(limits, left=119, limit=200)

    assert time.waits == [], "the limit was raised under us"


def test_a_late_answer_of_the_minute_before_changes_nothing(limits, time):
    call(limits, left=50, decay=2)
    late, other = limits.acquire(READ), limits.acquire(READ)
    time.seconds += 2.5

    limits.learn(other, headers(left=79, decay=59))
    limits.learn(late, headers(left=0, decay=0))
    limits.acquire(READ)

    assert time.waits == []


def test_the_first_call_of_a_minute_goes_alone(limits):
    permit = limits.acquire(READ)
    gone = threading.Thread(target=limits.acquire, args=[READ], daemon=True)
    gone.start()
    gone.join(0.05)
    is_held_back = gone.is_alive()
    limits.learn(permit, headers(left=79))
    gone.join(5)

    assert is_held_back
    assert not gone.is_alive()


def test_a_changed_limit_is_adapted_to(limits, time):
    call(limits, left=0, decay=10, limit=80)

    call(limits, left=3, decay=60, limit=4)
    for left in (2, 1, 0):
        call(limits, left=left, decay=60, limit=4)
    limits.acquire(READ)

    assert time.waits == [11, 61]


def test_a_route_with_a_limit_of_its_own_is_waited_for_alone(limits, time):
    own = {"X-Plenty-Route-Limit": "5", "X-Plenty-Route-Decay": "40"}
    call(limits, path="/rest/orders", left=70, more=own | {"X-Plenty-Route-Calls-Left": "0"})

    call(limits, path="/rest/items", left=69)
    waits_of_others = list(time.waits)
    limits.acquire(READ, "/rest/orders")

    assert waits_of_others == []
    assert time.waits == [41]


def test_numbers_in_a_path_do_not_make_another_route(limits, time):
    own = {"X-Plenty-Route-Limit": "5", "X-Plenty-Route-Decay": "40"}
    spent = own | {"X-Plenty-Route-Calls-Left": "0"}
    call(limits, path="/rest/warehouses/1/stock", left=70, more=spent)

    limits.acquire(READ, "/rest/warehouses/2/stock")

    assert time.waits == [41]


def test_a_call_that_costs_two_is_not_made_with_one_left(limits, time):
    call(limits, path="/rest/dear", left=5)
    call(limits, path="/rest/dear", left=3)
    call(limits, path="/rest/dear", left=1)

    call(limits, path="/rest/cheap", left=1)
    waits_of_others = list(time.waits)
    limits.acquire(READ, "/rest/dear")

    assert waits_of_others == []
    assert time.waits == [31]


def test_a_call_that_costs_one_again_is_made_with_one_left(limits, time):
    for left in (5, 3, 2, 1):
        call(limits, path="/rest/dear", left=left)

    limits.acquire(READ, "/rest/dear")

    assert time.waits == []


def test_what_others_took_meanwhile_is_not_taken_for_a_call_s_cost(limits, time):
    call(limits, path="/rest/items", left=40)
    permits = [limits.acquire(READ, "/rest/items") for _ in range(2)]
    for permit in permits:
        limits.learn(permit, headers(left=38))
    call(limits, path="/rest/items", left=1)

    limits.acquire(READ, "/rest/items")

    assert time.waits == [], "each of the two cost one"


@pytest.mark.parametrize("lacking", ["Limit", "Calls-Left", "Decay"])
def test_an_answer_that_lacks_a_header_tells_no_more_than_that_a_call_was_made(
    limits, time, lacking
):
    call(limits, left=1, decay=20)
    told = headers(left=50, decay=3)
    del told[f"X-Plenty-Global-Short-Period-{lacking}"]
    limits.learn(limits.acquire(READ), told)

    limits.acquire(READ)

    assert time.waits == [21]


def test_a_refusal_with_calls_left_tells_the_call_s_cost(limits, time):
    call(limits, path="/rest/dear", left=2, decay=20)
    call(
        limits,
        path="/rest/dear",
        left=2,
        decay=20,
        is_refused=True,
        more={"Retry-After": "20"},
    )
    call(limits, path="/rest/dear", left=2, decay=60)

    limits.acquire(READ, "/rest/dear")

    assert time.waits == [21, 61]


def test_the_day_s_reserve_is_left_to_others(limits):
    call(limits, left=50, day_left=1_001, day_limit=10_000)
    call(limits, left=49, day_left=1_000, day_limit=10_000)

    with pytest.raises(DayBudgetSpent, match="kept for other programs"):
        limits.acquire(READ)


def test_a_new_day_has_new_calls(limits, time):
    call(limits, left=50, day_left=10, day_limit=10_000)
    time.seconds += 7_202

    limits.acquire(READ)


def test_missing_headers_leave_what_is_known(limits, time):
    call(limits, left=1, decay=20)
    limits.learn(limits.acquire(READ), None)

    limits.acquire(READ)

    assert time.waits == [21]


def test_a_call_that_was_never_answered_gives_its_place_back(limits):
    limits.learn(limits.acquire(READ), None)

    limits.acquire(READ)


class Erp:
    """Fixed windows that begin with their first call, as the vendor describes them."""

    def __init__(self, limit, *, decay):
        self.limit, self.decay = limit, decay
        self.began, self.used = -math.inf, 0
        self.refusals = []
        """How many there were in each window."""

    def charge(self, now, cost):
        if now - self.began >= 60:
            self.began, self.used = now, 0
            self.refusals.append(0)
        is_refused = self.used + cost > self.limit
        self.refusals[-1] += is_refused
        self.used += 0 if is_refused else cost
        rest = max(1, self.decay(60 - (now - self.began)))
        told = headers(left=max(0, self.limit - self.used), decay=rest, limit=self.limit)
        return (told | {"Retry-After": str(rest)} if is_refused else told), is_refused


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("call"), st.sampled_from([1, 2]), st.floats(0.01, 3)),
        st.tuples(st.just("call"), st.just(1), st.just(0.01)),
        st.tuples(st.just("others call"), st.integers(1, 15), st.just(0.0)),
        st.tuples(st.just("limit"), st.integers(2, 25), st.just(0.0)),
        st.tuples(st.just("pause"), st.just(0), st.floats(0.1, 90)),
    ),
    max_size=150,
)


@given(
    EVENTS,
    st.integers(2, 25),
    st.sampled_from([math.floor, math.ceil, round]),
)
def test_whatever_happens_a_window_refuses_us_once_at_most(events, limit, decay):
    time = FakeTime()
    limits, erp = CallLimits(clock=time.clock), Erp(limit, decay=decay)
    for what, number, seconds in events:
        time.seconds += seconds
        if what == "call":
            permit = limits.acquire(READ, f"/rest/costs-{'one' if number == 1 else 'two'}")
            time.seconds += 0.05
            told, is_refused = erp.charge(time.seconds, number)
            time.seconds += 0.05
            limits.learn(permit, told, is_refused=is_refused)
        elif what == "others call":
            erp.used += number
        elif what == "limit":
            erp.limit = number

    assert max(erp.refusals, default=0) <= 1


@given(
    st.integers(4, 60),
    st.integers(1, 3),
    st.lists(st.integers(0, 2), min_size=100, max_size=200),
    st.sampled_from([math.floor, math.ceil, round]),
)
def test_three_at_a_time_are_never_refused_where_nobody_else_calls(limit, cost, turns, decay):
    """Calls reach the ERP in the order sent; their answers overtake each other."""
    time = FakeTime()
    limits, erp = CallLimits(clock=time.clock), Erp(limit, decay=decay)
    limits.learn(limits.acquire(READ), erp.charge(time.seconds, cost)[0])
    flying = []

    def land(turn):
        permit, told, is_refused = flying.pop(turn % len(flying))
        time.seconds += 0.02
        limits.learn(permit, told, is_refused=is_refused)

    for turn in turns:
        # Where it would wait for an answer, an answer has to come first.
        while flying and (len(flying) == 3 or would_wait_for_an_answer(limits)):
            land(turn)
        permit = limits.acquire(READ)
        time.seconds += 0.02
        flying.append((permit, *erp.charge(time.seconds, cost)))

    assert sum(erp.refusals) <= (0 if cost == 1 else 3), "the cost has to be found out once"


def would_wait_for_an_answer(limits):
    period, cost = limits._minutes[READ], limits._costs.get((READ, ""), 1)
    return math.isinf(period.seconds_to_wait(limits.clock.now(), cost))
