"""Statements that add up to what pages show, and charges that the panel has deducted."""

import io
import json
from datetime import UTC, date, datetime

import pytest
from django.test import Client as Browser
from rich.console import Console

from builders import web as web_build
from builders.agency_records import a_client_record, a_purse, tell_balance
from builders.records import a_cart, a_pallet, a_run, a_store
from umschlag.allocation.balances.bookings import HeldFor
from umschlag.allocation.balances.statement import NotDeducted, SettledTwice
from umschlag.jobs.ledger import print_statement, reconcile_and_tell, write_statement
from umschlag.storage.records.ledger import book, spendable_minor
from umschlag.storage.records.models import LedgerEntry
from umschlag.storage.records.statements import ChargeUnknown
from umschlag.wiring.statements import (
    DaysReversed,
    NoSuchClient,
    client_statement,
    open_charges,
    settle_charges,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def client():
    """A client whose pallet left on 3 March, after 100.00 € were told on 5 January."""
    client = a_client_record(balance_minor=10_000)
    cart = a_cart(a_run(), a_store(client))
    pallet = a_pallet(cart)
    at = datetime(2026, 3, 3, 9, tzinfo=UTC)
    place = HeldFor(cart_id=cart.pk, pallet_id=pallet.pk, hold=2)
    purse = a_purse(client)
    bookings = [purse.hold(3_000, cart_id=cart.pk), purse.capture(3_000, place=place)]
    book(bookings, booked_at=at, booked_by="anna")
    return client


def changes_of(found):
    return [line.change_minor for line in found.statement.lines]


def test_a_statement_closes_with_what_the_client_can_spend(settings_in, client):
    found = client_statement(settings_in(), client.external_id)

    assert found.statement.opening_minor == 0
    assert changes_of(found) == [10_000, -3_000]
    assert found.statement.closing_minor == spendable_minor(client.pk) == 7_000


def test_days_cut_a_statement_and_its_opening_balance_carries_the_rest(settings_in, client):
    settings = settings_in()
    day = date(2026, 3, 3)

    march = client_statement(settings, client.external_id, since=day, through=day)
    before = client_statement(settings, client.external_id, through=date(2026, 3, 2))

    assert (march.statement.opening_minor, changes_of(march)) == (10_000, [-3_000])
    assert before.statement.closing_minor == march.statement.opening_minor
    with pytest.raises(DaysReversed):
        client_statement(settings, client.external_id, since=day, through=date(2026, 3, 1))
    with pytest.raises(NoSuchClient):
        client_statement(settings, "C-404")


def test_a_charge_lowers_the_balance_once_when_the_panel_has_deducted_it(client):
    (charge,) = open_charges()
    assert (charge.charge_minor, charge.number) == (3_000, 3)
    with pytest.raises(NotDeducted):
        settle_charges([charge.number], by="ben")

    tell_balance(client, 7_000)
    assert spendable_minor(client.pk) == 4_000
    settle_charges([charge.number], by="ben")

    assert spendable_minor(client.pk) == 7_000
    assert open_charges() == []
    entry = LedgerEntry.objects.get(kind="settlement")
    assert (entry.reverses_id, entry.booked_by) == (charge.number, "ben")
    with pytest.raises(SettledTwice):
        settle_charges([charge.number], by="ben")
    with pytest.raises(ChargeUnknown):
        settle_charges([1], by="ben")
    assert spendable_minor(client.pk) == 7_000


def printed(act, *arguments, **options):
    console = Console(file=io.StringIO(), width=160)
    act(*arguments, **options, console=console)
    return console.file.getvalue()


def test_the_terminal_and_the_file_tell_the_same_in_german(settings_in, client, tmp_path):
    settings = settings_in(language="de")

    said = printed(print_statement, settings, client.external_id, since=None, through=None)
    write_statement(settings, client.external_id, tmp_path / "a.csv", since=None, through=None)

    written = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    for text in ("Anfangssaldo", "Endsaldo", "für einen Warenkorb gehalten"):
        assert text in said
        assert text in written
    assert "70,00" in said
    assert "70,00" in written
    assert "30,00" in printed(reconcile_and_tell, settings, [])


def test_programs_read_statements_and_settle(client):
    token = web_build.a_token(web_build.a_superuser())
    api = Browser(headers={"authorization": f"Bearer {token}"})

    told = api.get(f"/api/clients/{client.external_id}/statement?since=2026-03-01").json()
    (charge,) = api.get("/api/ledger/open-charges").json()
    body = json.dumps({"captures": [charge["entry"]]})
    refused = api.post("/api/ledger/settle", body, content_type="application/json")
    tell_balance(client, 7_000)
    settled = api.post("/api/ledger/settle", body, content_type="application/json")

    assert told["opening"] == {"minor": 10_000, "currency": "EUR"}
    assert [line["change"]["minor"] for line in told["lines"]] == [-3_000]
    assert told["closing"]["minor"] == 7_000
    assert (refused.status_code, settled.status_code) == (409, 200)
    assert api.get("/api/clients/C-404/statement").status_code == 404
    assert api.get("/api/ledger/open-charges").json() == []


@pytest.mark.parametrize(
    ("since", "through", "changes", "closing_minor"),
    [
        (None, date.max, [10_000, -3_000], 7_000),
        (date.min, None, [10_000, -3_000], 7_000),
        (date.min, date.max, [10_000, -3_000], 7_000),
        (date.min, date(1, 1, 2), [], 0),
        (date.max, date.max, [], 7_000),
    ],
)
def test_days_at_the_calendars_ends_give_the_statement_that_they_name(
    settings_in, client, since, through, changes, closing_minor
):
    found = client_statement(settings_in(), client.external_id, since=since, through=through)

    assert changes_of(found) == changes
    assert found.statement.closing_minor == closing_minor


@pytest.mark.parametrize("days", ["through=9999-12-31", "since=0001-01-01"])
def test_people_and_programs_are_given_a_statement_to_the_calendars_end(client, days):
    user = web_build.a_superuser()
    token = web_build.a_token(user)
    program = Browser(headers={"authorization": f"Bearer {token}"})
    person = Browser()
    person.force_login(user)
    address = f"/api/clients/{client.external_id}/statement"

    assert program.get(f"{address}?{days}").json()["closing"]["minor"] == 7_000
    assert program.get(f"{address}.pdf?{days}").content.startswith(b"%PDF")
    for page in ("statement/", "statement.csv", "statement.pdf"):
        answer = person.get(f"/ledger/{page}?client={client.pk}&{days}")
        assert answer.status_code == 200
