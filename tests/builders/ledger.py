"""Bookings of a few clients in any order, for properties of the ledger."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from umschlag.allocation.balances.bookings import HeldFor, Purse
from umschlag.allocation.balances.chain import ChainEnd, sealed

THEN = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
AMOUNTS = st.integers(1, 10**12)
NOTES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
PURSES = st.builds(Purse, client_id=st.integers(1, 3), currency=st.sampled_from(["EUR", "GBP"]))


@st.composite
def bookings(draw):
    """Return one thing that happened to a client's money."""
    purse, minor = draw(PURSES), draw(AMOUNTS)
    number = draw(st.integers(1, 9))
    place = HeldFor(cart_id=number, pallet_id=number, hold=number)
    return draw(
        st.sampled_from(
            [
                purse.told_by_panel(minor, note=draw(NOTES)),
                purse.told_by_panel(-minor),
                purse.hold(minor, cart_id=number),
                purse.capture(minor, place=place),
                purse.release(minor, place=place),
                purse.settle(minor, captured=number),
                purse.contribute(minor, to=purse.client_id + 1),
                purse.correct(-minor, reason="x" + draw(NOTES)),
            ]
        )
    )


LEDGERS = st.lists(bookings(), min_size=1, max_size=12)


def a_chain(booked, *, by="anna"):
    """Return the bookings as entries, each booked at an instant of its own, and the end."""
    entries, end = [], ChainEnd()
    for count, booking in enumerate(booked):
        at = THEN + timedelta(seconds=count)
        entries += sealed([booking], end=end, booked_at=at, booked_by=by)
        end = ChainEnd(number=entries[-1].number, hash=entries[-1].hash)
    return entries, end
