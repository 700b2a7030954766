"""What the examination says of a ledger that somebody got at past all guards."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from builders.agency_records import a_client_record, a_purse, tell_balance
from umschlag.storage.records import dump, ledger_guard
from umschlag.storage.records.ledger import book
from umschlag.storage.records.models import Client, LedgerEntry, LedgerPosting
from umschlag.wiring.doctoring import Health
from umschlag.wiring.ledger_findings import ledger_findings

pytestmark = [pytest.mark.database, pytest.mark.django_db]

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def client():
    client = a_client_record(balance_minor=1_000)
    tell_balance(client, 1_200)
    return client


def got_at(*statements):
    """Do what only somebody can who owns the database and lifts its guard."""
    with (
        transaction.atomic(),
        dump.in_any_order(),
        ledger_guard.lifted(),
        connection.cursor() as cursor,
    ):
        for statement in statements:
            cursor.execute(statement)


def broken():
    return [finding for finding in ledger_findings() if finding.health is Health.BROKEN]


def test_an_empty_ledger_is_good():
    (finding,) = ledger_findings()

    assert (finding.health, finding.said) == (Health.GOOD, "nothing was booked yet")


def test_a_whole_ledger_says_its_length_and_its_seal(client):
    (finding,) = ledger_findings()

    assert finding.health is Health.GOOD
    assert finding.said.startswith("2 entries, none changed, all sum to zero; seal ")
    assert LedgerEntry.objects.get(pk=2).hash[:12] in finding.said


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE records_ledgerentry SET note = 'gift' WHERE number = 1",
            "entry 1 was changed after it was booked",
        ),
        (
            "UPDATE records_ledgerposting SET amount_minor = amount_minor + 1 WHERE entry_id = 2",
            "entry 2 was changed after it was booked; the postings of entry 2 do not sum to zero",
        ),
        (
            "UPDATE records_ledgerend SET hash = 'f', number = number + 3",
            "entries 3 to 5 are missing",
        ),
    ],
)
def test_what_somebody_changed_is_named_with_the_remedy(client, statement, said):
    got_at(statement)

    finding = broken()[0]

    assert finding.said == said
    assert "umschlag restore" in finding.remedy


def test_the_newest_entry_cut_off_is_missing(client):
    got_at(
        "DELETE FROM records_ledgerposting WHERE entry_id = 2",
        "DELETE FROM records_ledgerentry WHERE number = 2",
    )

    chain, balances = broken()

    assert chain.said == "entry 2 is missing"
    assert balances.said == "Client 1: the panel told 1200, booked is 1000 (minor units)"


def test_many_faults_are_counted(client):
    for _ in range(9):
        book([a_purse(client).told_by_panel(1), a_purse(client).told_by_panel(-1)], booked_at=AT)
    got_at("UPDATE records_ledgerentry SET booked_by = 'me'")

    assert broken()[0].said.endswith("; and 15 more")


def test_a_mirror_that_says_other_than_the_ledger_is_told(client):
    Client.objects.update(balance_minor=9)

    (finding,) = broken()

    assert finding.what == "Balances"
    assert finding.said == "Client 1: the panel told 9, booked is 1200 (minor units)"


# MariaDB commits with every change of its tables and triggers, so nothing would be rolled back.
@pytest.mark.django_db(transaction=True)
def test_a_database_without_its_guard_is_told(client):
    name = "ledger_guard_ledgerposting_delete"
    with connection.cursor() as cursor:
        on = " ON records_ledgerposting" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {name}{on}")

    (finding,) = broken()

    ledger_guard.install(connection)
    assert finding.said.endswith(f"missing are {name}")
    assert broken() == []
    assert LedgerPosting.objects.count() == 4


def test_a_client_that_was_put_into_another_currency_is_told(client):
    Client.objects.update(currency="GBP")

    (finding,) = broken()

    assert finding.said.startswith("Client 1 is kept in GBP, booked is also EUR; ")
