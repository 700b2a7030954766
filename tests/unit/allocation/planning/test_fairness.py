import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.allocation import a_client
from umschlag.allocation.clients.model import ClientPriority
from umschlag.allocation.planning.fairness import (
    ClientShare,
    bonus_steps,
    earned_bonus_minor,
    jain_index,
)
from umschlag.allocation.planning.model import FairnessPolicy

MONEY = st.integers(0, 1_000_000)
CLIENTS = st.builds(
    lambda money, received, priority: a_client(
        spendable_minor=money, received_minor=received, priority=priority
    ),
    MONEY,
    MONEY,
    st.sampled_from(ClientPriority),
)
POLICIES = st.sampled_from(FairnessPolicy)


@given(CLIENTS, POLICIES)
def test_the_first_money_never_counts_less_than_the_last(client, policy):
    rates = [step.rate for step in bonus_steps(client, policy)]

    assert rates == sorted(rates, reverse=True)
    assert all(step.width_minor > 0 for step in bonus_steps(client, policy))


@given(CLIENTS, POLICIES, st.data())
def test_given_in_two_parts_counts_as_much_as_at_once(client, policy, data):
    first = data.draw(st.integers(0, client.available_minor))
    second = data.draw(st.integers(0, client.available_minor - first))

    at_once = earned_bonus_minor(bonus_steps(client, policy), first + second)
    before = earned_bonus_minor(bonus_steps(client, policy), first)
    after = earned_bonus_minor(bonus_steps(client, policy, used_minor=first), second)

    assert before + after == pytest.approx(at_once)


def test_by_priority_the_low_one_earns_no_bonus():
    low, high = (a_client(priority=one) for one in (ClientPriority.LOW, ClientPriority.HIGH))

    assert bonus_steps(low, FairnessPolicy.PRIORITY) == ()
    assert earned_bonus_minor(bonus_steps(high, FairnessPolicy.PRIORITY), 1000) == 60


def test_who_received_much_in_the_window_counts_less_under_max_min():
    new, served = a_client(received_minor=0), a_client(received_minor=2_000_000)

    first_rates = [bonus_steps(one, FairnessPolicy.MAX_MIN)[0].rate for one in (new, served)]

    assert first_rates[0] > first_rates[1]


def test_under_max_min_a_higher_priority_may_have_more_before_it_counts_less():
    low, high = (
        a_client(spendable_minor=1000, priority=one)
        for one in (ClientPriority.LOW, ClientPriority.HIGH)
    )

    low_bonus, high_bonus = (
        earned_bonus_minor(bonus_steps(one, FairnessPolicy.MAX_MIN), 900) for one in (low, high)
    )

    assert high_bonus > low_bonus


def test_jain_is_one_for_equals_and_one_nth_where_one_has_all():
    assert jain_index([0.4, 0.4, 0.4]) == pytest.approx(1)
    assert jain_index([0.0, 0.0, 0.9, 0.0]) == pytest.approx(1 / 4)
    assert jain_index([0.0, 0.0]) == 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_jain_lies_between_one_nth_and_one(shares):
    assert 1 / len(shares) - 1e-9 <= jain_index(shares) <= 1 + 1e-9


def test_a_share_is_of_the_balance_and_of_the_window():
    client = a_client(spendable_minor=1000, received_minor=3000)

    share = ClientShare(client=client, given_minor=500, waited_days=None)

    assert share.run_share == 0.5
    assert share.window_share == pytest.approx(3500 / 4000)
