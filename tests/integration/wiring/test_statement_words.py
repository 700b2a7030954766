"""What a statement says of each entry: page, file, paper, terminal and API say the same."""

import io
from datetime import UTC, datetime

import pytest
from django.test import Client as Browser
from django.utils import translation
from pypdf import PdfReader
from rich.console import Console

from builders import web as web_build
from builders.agency_records import a_client_record, a_purse, tell_balance
from builders.records import a_cart, a_pallet, a_run, a_store
from umschlag.allocation.balances.bookings import HeldFor
from umschlag.allocation.clients.panel import PanelClient
from umschlag.jobs.ledger import print_statement, write_statement
from umschlag.kernel.money import Money
from umschlag.storage.records.agency.panel import keep_clients
from umschlag.storage.records.ledger import book
from umschlag.storage.records.models import AllocationRun, LedgerEntry, MutualTransfer
from umschlag.wiring.leaving import undo_allocation
from umschlag.wiring.statement_words import kind_text, note_text, stored_note_text
from umschlag.wiring.statements import client_statement, settle_charges
from umschlag.wiring.transfers import approve_transfer, propose_for_store

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def settings(settings_in):
    return settings_in(language="de")


@pytest.fixture
def sides(settings):
    """A client and the agency into whose mutual store it paid, before the transfer was undone."""
    asin = web_build.an_asin(remaining_units=600, bought_units=600)
    client = web_build.a_client("C-1", balance_minor=200_00)
    agency = web_build.a_client("C-9", name="Agency", balance_minor=9_000_00)
    own = web_build.a_store(client, "S-1")
    web_build.an_answer(own, asin)
    web_build.an_answer(web_build.a_store(agency, "S-9", name="Mutual", kind="mutual"), asin)
    number = propose_for_store(settings, own.pk, by="anna")
    for side in ("client", "mutual"):
        approve_transfer(settings, number, side, by="anna")
    undo_allocation(settings, AllocationRun.objects.get().pk, by="bea", reason="no truck")
    return client, agency


def told_to(settings, client, text_of):
    """Return what is said of the entries between the two clients, with the way the money went."""
    with translation.override("de"):
        lines = client_statement(settings, client.external_id).statement.lines
        return [
            (text_of(line), line.change_minor > 0) for line in lines if line.kind == "contribution"
        ]


def shown(settings, client, folder):
    """Return every form of the client's statement as text, by its name."""
    token = web_build.a_token(web_build.a_superuser())
    headers = {"authorization": f"Bearer {token}", "accept-language": "de"}
    browser = Browser(headers={"accept-language": "de"})
    browser.force_login(web_build.a_superuser("clara"))
    write_statement(settings, client.external_id, folder / "a.csv", since=None, through=None)
    write_statement(settings, client.external_id, folder / "a.pdf", since=None, through=None)
    console = Console(file=io.StringIO(), width=250)
    print_statement(settings, client.external_id, since=None, through=None, console=console)
    answer = Browser(headers=headers).get(f"/api/clients/{client.external_id}/statement")
    pages = PdfReader(folder / "a.pdf").pages
    return {
        "csv": (folder / "a.csv").read_text(encoding="utf-8-sig"),
        "pdf": "".join(page.extract_text() for page in pages),
        "terminal": console.file.getvalue(),
        "api": "\n".join(f"{line['what']} {line['note']}" for line in answer.json()["lines"]),
        "page": browser.get(f"/ledger/statement/?client={client.pk}").content.decode(),
    }


def test_each_side_of_a_transfer_reads_which_way_the_money_went(settings, sides):
    client, agency = sides

    assert told_to(settings, client, kind_text) == [
        ("an einen anderen Kunden gezahlt", False),
        ("von einem anderen Kunden zurückgezahlt", True),
    ]
    assert told_to(settings, agency, kind_text) == [
        ("von einem anderen Kunden erhalten", True),
        ("an einen anderen Kunden zurückgezahlt", False),
    ]


def test_every_form_of_a_statement_says_so(settings, sides, tmp_path):
    _, agency = sides

    for form, text in shown(settings, agency, tmp_path).items():
        assert "von einem anderen Kunden erhalten" in text, form
        assert "an einen anderen Kunden zurückgezahlt" in text, form
        assert "an einen anderen Kunden gezahlt" not in text, form


@pytest.fixture
def pallets():
    """A client with two pallets: one left and was found deducted, the hold of one is released."""
    client = a_client_record(balance_minor=10_000)
    run = a_run()
    cart = a_cart(run, a_store(client))
    places = [
        HeldFor(cart_id=cart.pk, pallet_id=a_pallet(cart, code=code).pk, hold=2)
        for code in ("P-1", "P-2")
    ]
    purse = a_purse(client)
    bookings = [
        purse.hold(3_000, cart_id=cart.pk),
        purse.capture(2_000, place=places[0]),
        purse.release(1_000, place=places[1]),
    ]
    book(bookings, booked_at=datetime(2026, 3, 3, 9, tzinfo=UTC))
    tell_balance(client, 8_000)
    settle_charges([3], by="ben")
    return client, run


def test_what_an_amount_was_held_for_is_told_with_run_store_and_pallet(settings, pallets):
    client, run = pallets

    with translation.override("de"):
        lines = client_statement(settings, client.external_id).statement.lines
        notes = {line.kind: note_text(line) for line in lines}

    store = "Store Nordlicht DE (Amazon.de)"
    assert notes["hold"] == f"Lauf {run.pk}, {store}"
    assert notes["release"] == f"Lauf {run.pk}, Palette P-2, {store}"
    assert notes["settlement"] == f"Lauf {run.pk}, Palette P-1, {store}"


def test_every_form_of_a_statement_tells_what_it_was_for(settings, pallets, tmp_path):
    client, run = pallets

    for form, text in shown(settings, client, tmp_path).items():
        assert f"Lauf {run.pk}, Store Nordlicht DE (Amazon.de)" in text, form
        assert f"Lauf {run.pk}, Palette P-2, Store Nordlicht DE (Amazon.de)" in text, form


def test_programs_read_run_and_pallet_as_fields(settings, pallets):
    client, run = pallets
    token = web_build.a_token(web_build.a_superuser())
    api = Browser(headers={"authorization": f"Bearer {token}"})

    lines = api.get(f"/api/clients/{client.external_id}/statement").json()["lines"]

    told = {line["kind"]: (line["run"], line["pallet_id"]) for line in lines}
    assert told["hold"] == (run.pk, None)
    assert told["release"] == (run.pk, "P-2")
    assert told["settlement"] == (run.pk, "P-1")


def test_a_statement_is_read_in_as_many_queries_however_long(
    settings, pallets, django_assert_num_queries
):
    client, _ = pallets

    with django_assert_num_queries(2):
        client_statement(settings, client.external_id)


def test_a_note_on_a_transfer_is_read_in_the_readers_language(settings, sides, tmp_path):
    client, _ = sides
    number = MutualTransfer.objects.get().pk

    first, back = told_to(settings, client, note_text)

    assert first[0] == f"Übertragung {number}"
    assert back[0].startswith(f"Übertragung {number}, Palette ")
    assert back[0].endswith(" zurückgenommen")
    for form, text in shown(settings, client, tmp_path).items():
        assert f"Übertragung {number}, Palette" in text, form
        assert f"transfer {number}" not in text, form
        assert "taken back" not in text, form


@pytest.fixture
def synced():
    """A client whose balance the panel told: 19,041.04 €."""
    client = a_client_record(balance_minor=0)
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    row = PanelClient(
        row=1,
        external_id=client.external_id,
        name=client.name,
        email="",
        balance=Money(19_041_04, "EUR"),
        priority=None,
        last_pallet_date=None,
        updated_at=at,
    )
    keep_clients([row], booked_at=at)
    return client


def test_a_note_on_the_panels_balance_is_read_in_the_readers_language(settings, synced, tmp_path):
    assert LedgerEntry.objects.get().note == "panel balance is now 19,041.04 EUR"

    for form, text in shown(settings, synced, tmp_path).items():
        plain = text.replace("\N{NO-BREAK SPACE}", " ")
        assert "Guthaben im Panel jetzt 19.041,04 €" in plain, form
        assert "panel balance is now" not in plain, form


def test_the_back_office_reads_notes_in_the_readers_language(synced):
    browser = Browser(headers={"accept-language": "de"})
    browser.force_login(web_build.a_superuser())

    for place in ("", f"{LedgerEntry.objects.get().pk}/change/"):
        page = browser.get(f"/admin/records/ledgerentry/{place}").content.decode()
        assert "Guthaben im Panel jetzt" in page
        assert "panel balance is now" not in page


@pytest.mark.parametrize(
    ("kind", "note", "german"),
    [
        ("panel", "panel balance is now -1,234.50 EUR", "Guthaben im Panel jetzt −1.234,50 €"),
        ("panel", "panel balance is now 1,234 JPY", "Guthaben im Panel jetzt 1.234 ¥"),
        ("panel", "panel balance is now 5.00 XXX", "panel balance is now 5.00 XXX"),
        ("contribution", "transfer 4", "Übertragung 4"),
        ("contribution", "transfer 4 taken back", "Übertragung 4 zurückgenommen"),
        (
            "contribution",
            "transfer 4, pallet P-000001 taken back",
            "Übertragung 4, Palette P-000001 zurückgenommen",
        ),
        ("correction", "transfer 4", "transfer 4"),
        ("contribution", "transfer 4 of old", "transfer 4 of old"),
        ("release", "", ""),
    ],
)
def test_only_what_the_product_wrote_is_put_into_words(kind, note, german):
    with translation.override("de"):
        text = stored_note_text(kind, note)

    assert text.replace("\N{NO-BREAK SPACE}", " ") == german
