import pytest

from umschlag.allocation.balances.bookings import HeldFor, Purse
from umschlag.allocation.balances.model import (
    Account,
    AccountKind,
    Booking,
    EntryKind,
    Posting,
    ReasonMissing,
    UnbalancedBooking,
    WrongSign,
    balance_minor,
    sums_of,
)

PURSE = Purse(client_id=1, currency="EUR")
PLACE = HeldFor(cart_id=7, pallet_id=9, hold=2)
SPENDABLE = PURSE.account(AccountKind.SPENDABLE)


def postings_of(*bookings):
    return [posting for booking in bookings for posting in booking.postings]


def what_stands(bookings):
    """Return what stands on each kind of the client's accounts."""
    postings = postings_of(*bookings)
    return {
        kind.value: minor
        for kind in AccountKind
        if (minor := balance_minor(postings, PURSE.account(kind)))
    }


def test_a_cart_is_held_then_charged_and_settled_by_what_the_panel_deducts():
    told, hold = PURSE.told_by_panel(1_000), PURSE.hold(300, cart_id=7)
    shipped = PURSE.capture(300, place=PLACE)
    deducted = PURSE.told_by_panel(-300)
    found = PURSE.settle(300, captured=3)

    assert what_stands([told, hold]) == {"panel": -1_000, "spendable": 700, "held": 300}
    assert what_stands([told, hold, shipped]) == {
        "panel": -1_000,
        "spendable": 700,
        "charged": 300,
    }
    # Until somebody finds the charge in the deduction, it counts twice, against spending.
    assert what_stands([told, hold, shipped, deducted])["spendable"] == 400
    assert what_stands([told, hold, shipped, deducted, found]) == {
        "panel": -700,
        "spendable": 700,
    }


def test_a_hold_that_is_released_leaves_nothing_behind():
    released = PURSE.release(300, place=PLACE)

    assert what_stands([PURSE.hold(300, cart_id=7), released]) == {}


def test_a_contribution_goes_from_one_client_to_the_other():
    postings = PURSE.contribute(250, to=2).postings
    other = Account(kind=AccountKind.SPENDABLE, client_id=2, currency="EUR")

    assert balance_minor(postings, SPENDABLE) == -250
    assert balance_minor(postings, other) == 250


def test_a_correction_says_why():
    with pytest.raises(ReasonMissing):
        PURSE.correct(100, reason="  ")

    assert PURSE.correct(-100, reason=" double deposit ").note == "double deposit"


@pytest.mark.parametrize("amount_minor", [0, -1])
@pytest.mark.parametrize(
    "book",
    [
        lambda minor: PURSE.hold(minor, cart_id=7),
        lambda minor: PURSE.capture(minor, place=PLACE),
        lambda minor: PURSE.release(minor, place=PLACE),
        lambda minor: PURSE.settle(minor, captured=1),
        lambda minor: PURSE.contribute(minor, to=2),
    ],
)
def test_what_has_one_way_never_goes_the_other(book, amount_minor):
    with pytest.raises(WrongSign):
        book(amount_minor)


@pytest.mark.parametrize("book", [PURSE.told_by_panel, lambda m: PURSE.correct(m, reason="r")])
def test_nothing_cannot_be_booked(book):
    with pytest.raises(UnbalancedBooking):
        book(0)


@pytest.mark.parametrize(
    "amounts", [(), (5,), (5, -4), (5, -5, 0)], ids=["none", "one", "uneven", "with a zero"]
)
def test_postings_sum_to_zero(amounts):
    postings = tuple(Posting(account=SPENDABLE, amount_minor=minor) for minor in amounts)

    with pytest.raises(UnbalancedBooking):
        Booking(kind=EntryKind.PANEL, client_id=1, postings=postings)


def test_currencies_do_not_make_up_for_each_other():
    dollars = Purse(client_id=1, currency="USD").account(AccountKind.PANEL)
    postings = (
        Posting(account=SPENDABLE, amount_minor=5),
        Posting(account=dollars, amount_minor=-5),
    )

    assert sums_of(postings) == {"EUR": 5, "USD": -5}
    with pytest.raises(UnbalancedBooking):
        Booking(kind=EntryKind.PANEL, client_id=1, postings=postings)
