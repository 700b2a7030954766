"""Fixed windows: so many calls a minute and a day, reads and writes apart."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.simulators.plentymarkets.knobs import BASIC, CLASSIC, FLEX, PLUS, Edition, Knobs
from umschlag.simulators.plentymarkets.limits import Limiter

TIGHT = Edition(read_per_minute=3, read_per_day=5, write_per_minute=1, write_per_day=9)
SHORT = "X-Plenty-Global-Short-Period"
LONG = "X-Plenty-Global-Long-Period"


@dataclass
class Clock:
    now: float = 1_000.0

    def __call__(self):
        return self.now


def a_limiter(clock=None, **knobs):
    return Limiter(Knobs(**{"edition": TIGHT, "clock": clock or Clock(), **knobs}))


def refusals(limiter, calls, *, user="u", is_read=True):
    return [limiter.charge(user, is_read=is_read).refusal for _ in range(calls)]


@pytest.mark.parametrize(
    ("edition", "reads", "writes"),
    [(BASIC, 80, 40), (CLASSIC, 200, 80), (FLEX, 240, 100), (PLUS, 280, 120)],
)
def test_editions_allow_what_the_guide_says(edition, reads, writes):
    assert (edition.read_per_minute, edition.write_per_minute) == (reads, writes)


def test_the_call_after_the_limit_is_refused_and_named():
    assert refusals(a_limiter(), 4) == [None, None, None, "short period read limit reached"]


def test_writes_have_a_budget_of_their_own():
    limiter = a_limiter()
    refusals(limiter, 4)

    assert refusals(limiter, 2, is_read=False) == [None, "short period write limit reached"]


def test_each_user_has_a_minute_of_his_own():
    limiter = a_limiter(
        edition=Edition(read_per_minute=3, read_per_day=99, write_per_minute=1, write_per_day=9)
    )
    refusals(limiter, 3)

    assert refusals(limiter, 3, user="other") == [None] * 3


def test_the_day_is_shared_by_all_users():
    limiter = a_limiter()
    refusals(limiter, 3)

    assert refusals(limiter, 3, user="other") == [None, None, "long period read limit reached"]


def test_a_new_minute_begins_with_the_window_not_with_the_call():
    clock = Clock()
    limiter = a_limiter(clock)
    refusals(limiter, 3)
    clock.now += 59.9
    still = refusals(limiter, 1)
    clock.now += 0.1

    assert still == ["short period read limit reached"]
    assert refusals(limiter, 1) == [None]


def test_headers_count_down_calls_and_seconds():
    clock = Clock()
    limiter = a_limiter(clock)
    limiter.charge("u", is_read=True)
    clock.now += 20

    headers = limiter.charge("u", is_read=True).headers

    assert headers == {
        f"{SHORT}-Limit": "3",
        f"{SHORT}-Decay": "40",
        f"{SHORT}-Calls-Left": "1",
        f"{LONG}-Limit": "5",
        f"{LONG}-Decay": "86380",
        f"{LONG}-Calls-Left": "3",
    }


def test_a_refusal_says_how_long_to_wait():
    clock = Clock()
    limiter = a_limiter(clock)
    refusals(limiter, 3)
    clock.now += 43

    headers = limiter.charge("u", is_read=True).headers

    assert headers["Retry-After"] == "17"
    assert headers[f"{SHORT}-Calls-Reset"] == str(1_043 + 17)
    assert headers[f"{SHORT}-Calls-Left"] == "0"


def test_a_spent_day_asks_for_a_wait_until_it_ends():
    clock = Clock()
    limiter = a_limiter(clock)
    refusals(limiter, 3)
    clock.now += 60
    refusals(limiter, 2)

    assert limiter.charge("u", is_read=True).headers["Retry-After"] == str(86_400 - 60)


def test_refused_calls_cost_nothing():
    clock = Clock()
    limiter = a_limiter(clock)
    refusals(limiter, 50)
    clock.now += 60

    assert refusals(limiter, 2) == [None, None]


def test_reads_may_cost_two():
    assert refusals(a_limiter(calls_cost=2), 2) == [None, "short period read limit reached"]


def test_compressed_time_makes_a_minute_a_second():
    clock = Clock()
    limiter = a_limiter(clock, time_factor=60)
    refusals(limiter, 3)
    clock.now += 1

    assert refusals(limiter, 1) == [None]


def test_an_outside_program_can_use_up_the_minute():
    verdict = a_limiter().refuse("u", is_read=True)

    assert verdict.refusal == "short period read limit reached"
    assert int(verdict.headers["Retry-After"]) > 0


@given(
    gaps=st.lists(st.floats(min_value=0, max_value=90), max_size=60),
    limit=st.integers(min_value=1, max_value=9),
)
def test_no_window_lets_more_through_than_its_limit(gaps, limit):
    clock = Clock()
    edition = Edition(
        read_per_minute=limit, read_per_day=10**6, write_per_minute=1, write_per_day=1
    )
    limiter = a_limiter(clock, edition=edition)
    passed, window_began = [], None
    for gap in gaps:
        clock.now += gap
        if window_began is None or clock.now - window_began >= 60:
            window_began, passed = clock.now, []
        if limiter.charge("u", is_read=True).refusal is None:
            passed.append(clock.now)

        assert len(passed) <= limit
