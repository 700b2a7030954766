from datetime import date

import pytest

from builders.allocation import a_client
from umschlag.allocation.clients.model import ClientPriority, turn_of


@pytest.mark.parametrize(
    ("spendable", "floor", "available"), [(100, 30, 70), (30, 30, 0), (10, 30, 0), (-5, 0, 0)]
)
def test_what_an_allocation_may_take_stops_at_the_floor(spendable, floor, available):
    assert a_client(spendable_minor=spendable, floor_minor=floor).available_minor == available


def test_priority_comes_before_waiting_and_never_served_before_long_served():
    high = a_client(4, priority=ClientPriority.HIGH, last_pallet_date=date(2026, 3, 1))
    never = a_client(3, last_pallet_date=None)
    long_ago = a_client(2, last_pallet_date=date(2025, 12, 1))
    lately = a_client(1, last_pallet_date=date(2026, 2, 1))

    assert sorted([lately, long_ago, never, high], key=turn_of) == [high, never, long_ago, lately]
