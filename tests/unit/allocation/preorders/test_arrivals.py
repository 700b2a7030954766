"""How an arrival is shared: by example for each rule, and what holds for all of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.allocation import an_asin
from umschlag.allocation.clients.model import ClientPriority
from umschlag.allocation.preorders.arrivals import ArrivalRule, WaitingClaim, shared_arrival
from umschlag.kernel.identifiers import ClientId

RULES = st.sampled_from(ArrivalRule)


def waiting(number, units=10, *, client=None, day=1, **values):
    return WaitingClaim(
        **{
            "preorder_id": number,
            "client_id": ClientId(client or number),
            "asin": an_asin(),
            "priority": ClientPriority.MEDIUM,
            "open_units": units,
            "open_due_minor": units * 300,
            "expected_arrival_date": date(2026, 1, 1) + timedelta(days=day),
            **values,
        }
    )


def shared(claims, units, rule, *, pack=1):
    return shared_arrival(claims, arrived_units=units, pack_units=pack, rule=rule)


def test_the_oldest_preorder_is_filled_before_the_next():
    claims = [waiting(1, 10, day=9), waiting(2, 10, day=3), waiting(3, 10, day=5)]

    assert shared(claims, 15, ArrivalRule.OLDEST_FIRST).units == {2: 10, 3: 5, 1: 0}


def test_a_preorder_without_a_date_comes_last():
    claims = [waiting(1, 10, expected_arrival_date=None), waiting(2, 10, day=300)]

    assert shared(claims, 10, ArrivalRule.OLDEST_FIRST).units == {2: 10, 1: 0}


def test_priority_comes_before_age():
    claims = [
        waiting(1, 10, day=1, priority=ClientPriority.LOW),
        waiting(2, 10, day=9, priority=ClientPriority.HIGH),
        waiting(3, 10, day=5, priority=ClientPriority.HIGH),
    ]

    assert shared(claims, 15, ArrivalRule.BY_PRIORITY).units == {3: 10, 2: 5, 1: 0}


def test_each_client_gets_the_same_share():
    claims = [waiting(1, 20), waiting(2, 40), waiting(3, 60)]

    assert shared(claims, 60, ArrivalRule.SAME_SHARE).units == {1: 10, 2: 20, 3: 30}


def test_the_largest_remainder_gets_the_odd_pack():
    # 5 packs over 2, 4 and 4 wanted: shares of 1, 2 and 2; a sixth goes to the older of equals.
    claims = [waiting(1, 12), waiting(2, 24), waiting(3, 24)]

    assert shared(claims, 30, ArrivalRule.SAME_SHARE, pack=6).units == {1: 6, 2: 12, 3: 12}
    assert shared(claims, 36, ArrivalRule.SAME_SHARE, pack=6).units == {1: 6, 2: 18, 3: 12}


def test_a_larger_arrival_never_takes_a_pack_from_anyone():
    # The Alabama paradox: worked out at once, 26 packs would leave the smallest fewer than 25.
    claims = [waiting(1, 5), waiting(2, 9), waiting(3, 12)]

    shares = [shared(claims, units, ArrivalRule.SAME_SHARE).units[1] for units in range(27)]

    assert shares == sorted(shares)


def test_only_whole_packs_are_shared_and_the_rest_is_told():
    shares = shared([waiting(1, 12), waiting(2, 12)], 20, ArrivalRule.OLDEST_FIRST, pack=6)

    assert shares.units == {1: 12, 2: 6}
    assert shares.free_units == 2


def test_a_preorder_that_is_no_whole_pack_takes_the_pack_and_no_unit_more():
    shares = shared([waiting(1, 10)], 24, ArrivalRule.OLDEST_FIRST, pack=6)

    assert (shares.units, shares.packs, shares.free_units) == ({1: 10}, {1: 2}, 12)


def test_a_clients_two_preorders_share_a_pack():
    claims = [waiting(1, 3, client=7), waiting(2, 3, client=7), waiting(3, 6)]

    shares = shared(claims, 12, ArrivalRule.OLDEST_FIRST, pack=6)

    assert (shares.units, shares.packs) == ({1: 3, 2: 3, 3: 6}, {7: 1, 3: 1})


def test_what_arrived_before_is_not_waited_for():
    shares = shared([waiting(1, 10, there_units=6)], 10, ArrivalRule.SAME_SHARE)

    assert (shares.units, shares.free_units) == ({1: 4}, 6)


@pytest.mark.parametrize("rule", ArrivalRule)
def test_nobody_waits_and_nothing_arrives(rule):
    assert shared([], 10, rule).free_units == 10
    assert shared([waiting(1)], 0, rule).units == {1: 0}


def test_what_falls_due_is_the_share_of_what_is_owed():
    claim = waiting(1, 3, open_due_minor=1_000)

    assert [claim.due_minor(units) for units in range(4)] == [0, 333, 666, 1_000]


@st.composite
def claim_lists(draw):
    return [
        waiting(
            number,
            draw(st.integers(0, 40)),
            client=draw(st.integers(1, 5)),
            day=draw(st.integers(0, 5)),
            priority=draw(st.sampled_from(ClientPriority)),
        )
        for number in range(1, draw(st.integers(1, 8)))
    ]


ARRIVED, PACKS = st.integers(0, 150), st.sampled_from([1, 2, 5, 6, 12])


@given(claim_lists(), ARRIVED, PACKS, RULES)
def test_nobody_gets_more_than_it_waits_for(claims, arrived, pack, rule):
    shares = shared(claims, arrived, rule, pack=pack)

    assert set(shares.units) == {one.preorder_id for one in claims if one.waiting_units}
    assert all(0 <= shares.units[c.preorder_id] <= c.waiting_units for c in claims if c.open_units)


@given(claim_lists(), ARRIVED, PACKS, RULES)
def test_units_are_conserved_in_whole_packs(claims, arrived, pack, rule):
    shares = shared(claims, arrived, rule, pack=pack)

    assert sum(shares.packs.values()) * pack + shares.free_units == arrived
    assert shares.free_units >= 0
    for client_id, packs in shares.packs.items():
        own = [c for c in claims if c.client_id == client_id and c.waiting_units]
        units = sum(shares.units[c.preorder_id] for c in own)
        # Of the last pack at least one unit is preordered, and no unit of a claim is left out.
        assert units <= packs * pack < units + pack
        assert units == min(packs * pack, sum(c.waiting_units for c in own))


@given(claim_lists(), ARRIVED, PACKS, RULES)
def test_what_is_left_is_less_than_a_pack_or_waited_for_by_nobody(claims, arrived, pack, rule):
    shares = shared(claims, arrived, rule, pack=pack)

    waits_on = sum(c.waiting_units for c in claims) - sum(shares.units.values())

    assert shares.free_units < pack or waits_on == 0


@given(claim_lists(), ARRIVED, st.integers(1, 30), PACKS, RULES)
def test_a_larger_arrival_gives_nobody_fewer(claims, arrived, more, pack, rule):
    before = shared(claims, arrived, rule, pack=pack).units
    after = shared(claims, arrived + more, rule, pack=pack).units

    assert all(after[number] >= units for number, units in before.items())


@given(claim_lists(), ARRIVED, PACKS, RULES, st.randoms(use_true_random=False))
def test_the_order_in_which_claims_are_handed_in_does_not_matter(claims, arrived, pack, rule, rnd):
    mixed = list(claims)
    rnd.shuffle(mixed)

    assert shared(mixed, arrived, rule, pack=pack) == shared(claims, arrived, rule, pack=pack)


@given(claim_lists(), ARRIVED, PACKS)
def test_the_same_share_is_off_by_less_than_a_pack_above(claims, arrived, pack):
    shares = shared(claims, arrived, ArrivalRule.SAME_SHARE, pack=pack)

    wanted = {}
    for one in claims:
        if one.waiting_units:
            wanted[one.client_id] = wanted.get(one.client_id, 0) + one.waiting_units
    wanted = {client: -(-units // pack) for client, units in wanted.items()}
    given_packs = sum(shares.packs.values())
    for client, packs in shares.packs.items():
        assert packs * sum(wanted.values()) < given_packs * wanted[client] + sum(wanted.values())
