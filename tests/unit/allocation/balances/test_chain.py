from dataclasses import replace
from datetime import timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from builders.ledger import LEDGERS, THEN, a_chain
from umschlag.allocation.balances.bookings import Purse
from umschlag.allocation.balances.chain import (
    GENESIS,
    ChainEnd,
    ChainFault,
    FaultCode,
    canonical_text,
    chain_faults,
    hash_of,
)
from umschlag.allocation.balances.model import sums_of

PURSE = Purse(client_id=3, currency="EUR")


def faults_in(entries, end):
    return [(fault.code, fault.number) for fault in chain_faults(entries, end=end)]


def changed_once(entry, draw):
    """Return the entry with one thing in it changed."""
    first, *others = entry.postings
    return draw(
        st.sampled_from(
            [
                replace(entry, note=entry.note + "!"),
                replace(entry, kind="correction" if entry.kind != "correction" else "hold"),
                replace(entry, client_id=entry.client_id + 1),
                replace(entry, booked_by=entry.booked_by + "e"),
                replace(entry, booked_at=entry.booked_at + timedelta(microseconds=1)),
                replace(entry, cart_id=(entry.cart_id or 0) + 1),
                replace(entry, pallet_id=(entry.pallet_id or 0) + 1),
                replace(entry, reverses=(entry.reverses or 0) + 1),
                replace(entry, previous_hash="f" * 64),
                replace(
                    entry,
                    postings=(
                        replace(first, account=replace(first.account, client_id=99)),
                        *others,
                    ),
                ),
                replace(
                    entry,
                    postings=(replace(first, amount_minor=first.amount_minor + 1), *others),
                ),
                replace(entry, postings=()),
            ]
        )
    )


@given(LEDGERS)
def test_whatever_is_booked_sums_to_zero_and_the_chain_holds(booked):
    entries, end = a_chain(booked)

    assert faults_in(entries, end) == []
    assert all(not any(sums_of(entry.postings).values()) for entry in entries)
    everything = [posting for entry in entries for posting in entry.postings]
    assert not any(sums_of(everything).values())


@given(LEDGERS, st.data())
def test_an_entry_that_was_changed_is_found_and_named(booked, data):
    entries, end = a_chain(booked)
    place = data.draw(st.integers(0, len(entries) - 1))
    entries[place] = changed_once(entries[place], data.draw)

    found = faults_in(entries, end)

    assert (FaultCode.CHANGED, place + 1) in found
    assert {number for _code, number in found} == {place + 1}


@given(LEDGERS, st.data())
def test_an_entry_changed_and_sealed_anew_does_not_carry_the_next_one(booked, data):
    entries, end = a_chain(booked)
    place = data.draw(st.integers(0, len(entries) - 1))
    forged = replace(entries[place], note=entries[place].note + "!")
    entries[place] = replace(forged, hash=hash_of(forged))

    is_last = place == len(entries) - 1
    expected = (
        (FaultCode.END_CHANGED, place + 1) if is_last else (FaultCode.NOT_FOLLOWING, place + 2)
    )
    assert faults_in(entries, end) == [expected]


@given(LEDGERS, st.data())
def test_an_entry_that_was_removed_is_found_and_named(booked, data):
    entries, end = a_chain(booked)
    place = data.draw(st.integers(0, len(entries) - 1))
    del entries[place]

    assert faults_in(entries, end) == [(FaultCode.MISSING, place + 1)]


@given(LEDGERS.filter(lambda booked: len(booked) > 1), st.data())
def test_entries_that_changed_places_are_found_and_named(booked, data):
    entries, end = a_chain(booked)
    places = st.integers(0, len(entries) - 1)
    one, other = data.draw(st.lists(places, min_size=2, max_size=2, unique=True))
    # Who swaps two entries gives each the other's number, or they would be read in their order.
    entries[one], entries[other] = (
        replace(entries[other], number=one + 1),
        replace(entries[one], number=other + 1),
    )

    found = faults_in(entries, end)

    assert {(FaultCode.CHANGED, one + 1), (FaultCode.CHANGED, other + 1)} <= set(found)


@given(LEDGERS)
def test_an_entry_that_was_slipped_in_behind_the_end_is_found(booked):
    entries, _ = a_chain(booked)
    end = ChainEnd(number=len(entries) - 1, hash=entries[-1].previous_hash)

    assert faults_in(entries, end) == [(FaultCode.AFTER_END, len(entries))]


def test_a_gap_is_told_once_with_its_size():
    entries, end = a_chain([PURSE.told_by_panel(number) for number in range(1, 8)])

    found = list(chain_faults([*entries[:2], *entries[5:]], end=end))

    assert found == [ChainFault(code=FaultCode.MISSING, number=3, count=3)]


def test_an_entry_that_comes_twice_is_out_of_order():
    entries, end = a_chain([PURSE.told_by_panel(1), PURSE.told_by_panel(2)])

    assert faults_in([*entries, entries[0]], end) == [(FaultCode.OUT_OF_ORDER, 1)]


def test_an_empty_ledger_has_no_faults_and_a_cut_off_one_has():
    assert faults_in([], ChainEnd()) == []
    assert faults_in([], ChainEnd(number=2, hash="a" * 64)) == [(FaultCode.MISSING, 1)]


def test_the_text_and_hash_of_an_entry_never_change_with_a_new_version():
    """Kept ledgers stand on this very text: who changes it breaks every chain there is."""
    (entry,), _ = a_chain([PURSE.hold(1250, cart_id=7)])

    assert canonical_text(entry) == (
        '{"booked_at":"2026-03-02T09:00:00.123456+00:00","booked_by":"anna","cart":7,"client":3,'
        '"kind":"hold","note":"","number":1,"pallet":null,'
        '"postings":[["held",3,"EUR",1250],["spendable",3,"EUR",-1250]],"reverses":null}'
    )
    assert entry.previous_hash == GENESIS
    assert entry.hash == "2c6f657959af832784bb0a94536e9f0fc3617721239565e93ed066dd73791363"


def test_an_instant_has_one_text_in_every_zone():
    (entry,), _ = a_chain([PURSE.told_by_panel(1)])
    elsewhere = replace(entry, booked_at=THEN.astimezone(timezone(timedelta(hours=5))))

    assert canonical_text(elsewhere) == canonical_text(entry)
