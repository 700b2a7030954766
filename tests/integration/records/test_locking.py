"""Transactions that two databases' locks make wait for each other, and what comes of them."""

import threading

import pytest
from django.db import OperationalError, connection, connections, transaction

from builders.agency_records import a_client_record
from umschlag.storage.records.locking import in_one_transaction, is_crossed, locked, whole
from umschlag.storage.records.models import Client

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_two_that_lock_crosswise_are_both_done_in_the_end():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer, so nobody locks crosswise")
    one, other = a_client_record(1).pk, a_client_record(2).pk
    both_hold_one = threading.Barrier(2)
    tries = []

    def lock(first, second):
        def act():
            tries.append(first)
            locked(Client.objects.filter(pk=first)).get()
            if tries.count(first) == 1:
                both_hold_one.wait(timeout=30)
            client = locked(Client.objects.filter(pk=second)).get()
            client.total_allocated_minor += 1
            client.save()

        in_one_transaction(act)
        connections.close_all()

    threads = [threading.Thread(target=lock, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert len(tries) > 2
    assert list(Client.objects.values_list("total_allocated_minor", flat=True)) == [1, 1]


def test_what_breaks_for_another_reason_is_not_tried_again():
    tries = []

    def act():
        tries.append(1)
        raise OperationalError("the disk is full")

    with pytest.raises(OperationalError, match="disk"):
        in_one_transaction(act)

    assert tries == [1]


def test_what_breaks_off_leaves_nothing_behind():
    @whole
    def act(number, *, name):
        a_client_record(number, name=name)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act(1, name="Nordlicht")

    assert not Client.objects.exists()


def test_a_locked_row_can_be_referred_to_meanwhile():
    """A proposal for a client must not wait for a confirmation that holds the client's row."""
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL knows a lock that lets others refer to the row")

    with transaction.atomic():
        sql = str(locked(Client.objects.all()).query)

    assert sql.endswith('FOR NO KEY UPDATE OF "records_client"')


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationalError(1213, "Deadlock found"), True),
        (OperationalError(1205, "Lock wait timeout exceeded"), True),
        (OperationalError(1040, "Too many connections"), False),
        (OperationalError("database is locked"), False),
        (OperationalError(), False),
    ],
)
def test_which_failures_a_new_try_helps(error, expected):
    assert is_crossed(error) is expected
