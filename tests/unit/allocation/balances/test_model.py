import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.allocation.balances.model import Entry, EntryKind, WrongSign, hold_of, spendable_minor


def test_what_a_client_can_spend_is_the_sum_of_its_entries():
    entries = [
        Entry(kind=EntryKind.PANEL, amount_minor=1000),
        hold_of(300),
        Entry(kind=EntryKind.RELEASE, amount_minor=50),
        Entry(kind=EntryKind.PANEL, amount_minor=-100),
    ]

    assert spendable_minor(entries) == 650


@pytest.mark.parametrize(("kind", "amount"), [(EntryKind.HOLD, 1), (EntryKind.RELEASE, -1)])
def test_a_hold_never_adds_and_a_release_never_takes(kind, amount):
    with pytest.raises(WrongSign):
        Entry(kind=kind, amount_minor=amount)


@given(st.integers(0, 10**9))
def test_a_hold_takes_exactly_the_cart_s_total(total_minor):
    assert spendable_minor([hold_of(total_minor)]) == -total_minor
