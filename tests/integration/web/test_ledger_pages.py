"""A client's statement on its page, and what stands between the panel and us."""

from datetime import UTC, date, datetime

import pytest

from builders import web as build
from builders.agency_records import a_purse, tell_balance
from umschlag.allocation.balances.bookings import HeldFor
from umschlag.storage.records.ledger import book, spendable_minor
from umschlag.storage.records.models import Client

pytestmark = [pytest.mark.django_db, pytest.mark.database]
STATEMENT = "/ledger/statement/"
RECONCILIATION = "/ledger/reconciliation/"
SHIPPED = datetime(2026, 9, 3, 9, tzinfo=UTC)


@pytest.fixture
def browser(client):
    client.force_login(build.a_superuser("anna"))
    return client


@pytest.fixture
def agency():
    """A client that was told 5,000.00 €, of which a pallet for 300.00 € has left."""
    owner = build.a_client()
    store, asin = build.a_store(owner), build.an_asin()
    cart = build.a_cart(build.a_run(store=store), store, asin)
    pallet = build.a_pallet(cart, asin)
    purse = a_purse(owner)
    book([purse.hold(400_00, cart_id=cart.pk)], booked_at=build.NOW)
    place = HeldFor(cart_id=cart.pk, pallet_id=pallet.pk, hold=2)
    book([purse.capture(300_00, place=place)], booked_at=SHIPPED, booked_by="anna")
    return owner


def test_the_statement_adds_up_to_what_the_client_can_spend(browser, agency):
    found = browser.get(f"{STATEMENT}?client={agency.pk}")
    told = found.context["told"]

    assert told.opening_minor + told.added_minor + told.taken_minor == told.closing_minor
    assert told.closing_minor == found.context["now_minor"] == spendable_minor(agency.pk)
    assert [line.balance_minor for line, *_ in found.context["lines"]] == [5_000_00, 4_600_00]
    page = found.content.decode()
    for text in ("Nordlicht GmbH", "€4,600.00", "just what the client can spend", "until now"):
        assert text in page


def test_days_narrow_the_page_and_its_files(browser, agency):
    query = f"?client={agency.pk}&since=2026-09-03"
    page = browser.get(STATEMENT + query).content.decode()
    whole = browser.get(f"/ledger/statement.csv?client={agency.pk}").content.decode()
    narrowed = browser.get(f"/ledger/statement.csv{query}").content.decode()

    assert "Nothing was booked on these days." in page
    assert ("5000.00" in whole, "-400.00" in whole, "4600.00" in whole) == (True, True, True)
    assert "-400.00" not in narrowed
    assert narrowed.count("4600.00") == 2
    assert browser.get(f"/ledger/statement.xlsx{query}").content.startswith(b"PK")


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("since=2026-09-05&through=2026-09-01", "The last day lies before the first."),
        ("since=yesterday", "“yesterday” is no day."),
    ],
)
def test_days_that_cannot_be_are_said_and_give_no_figures(browser, agency, days, said):
    found = browser.get(f"{STATEMENT}?client={agency.pk}&{days}")

    assert said in found.content.decode()
    assert "told" not in found.context


def test_without_a_client_the_page_says_what_to_do(browser):
    assert "There are no clients yet." in browser.get(STATEMENT).content.decode()
    owner = build.a_client()
    for query in ("", "?client=0", "?client=x", f"?client={'9' * 30}"):
        page = browser.get(STATEMENT + query).content.decode()
        assert "Choose a client above" in page
        assert browser.get(f"/ledger/statement.csv{query}").status_code == 404
    assert browser.get(f"/ledger/statement.doc?client={owner.pk}").status_code == 404


def test_the_clients_list_and_page_lead_to_the_statement(browser, agency):
    link = f"{STATEMENT}?client={agency.pk}"

    assert link in browser.get("/admin/records/client/").content.decode()
    page = browser.get(f"/admin/records/client/{agency.pk}/change/").content.decode()
    assert link in page


def test_a_charge_is_settled_once_the_panel_has_deducted_it(browser, agency):
    found = browser.get(RECONCILIATION)
    (charge,) = found.context["charges"]
    ((_, one),) = found.context["differences"]
    assert (one.held_minor, one.charged_minor, one.unexplained_minor) == (100_00, 300_00, 0)

    def settled():
        told = {"charge": charge.number}
        return browser.post("/ledger/settle", told, follow=True).content.decode()

    assert "has not deducted as much" in settled()
    tell_balance(agency, 4_700_00)
    assert spendable_minor(agency.pk) == 4_300_00
    assert "Settled: €300.00 of Nordlicht GmbH." in settled()
    assert spendable_minor(agency.pk) == 4_600_00
    assert "Every charge was found" in browser.get(RECONCILIATION).content.decode()
    assert "was settled before" in settled()
    assert "Tick the charges" in browser.post("/ledger/settle", follow=True).content.decode()


def test_a_mirror_that_fell_apart_from_the_ledger_is_told(browser):
    owner = build.a_client()
    assert "just what the panel tells" in browser.get(RECONCILIATION).content.decode()

    Client.objects.filter(pk=owner.pk).update(balance_minor=4_990_00)

    ((_, one),) = browser.get(RECONCILIATION).context["differences"]
    assert one.unexplained_minor == 10_00


def test_who_may_see_and_who_may_settle(client, agency):
    client.force_login(build.a_user(permissions=["records.view_ledgerentry"]))

    page = client.get(RECONCILIATION).content.decode()

    assert "€300.00" in page
    assert 'name="charge"' not in page
    assert client.post("/ledger/settle", {"charge": 3}).status_code == 403
    client.force_login(build.a_user("ben"))
    for address in (STATEMENT, RECONCILIATION, f"/ledger/statement.csv?client={agency.pk}"):
        assert client.get(address).status_code == 403


def test_the_pages_are_german_for_germans(browser, agency):
    german = {"headers": {"accept-language": "de"}}

    page = browser.get(f"{STATEMENT}?client={agency.pk}", **german).content.decode()
    other = browser.get(RECONCILIATION, **german).content.decode()

    for text in ("Kontoauszug", "Anfangssaldo", "Endsaldo", "4.600,00"):
        assert text in page
    assert "Abgleich mit dem Panel" in other
    assert date(2026, 9, 3).strftime("%d.%m.%Y") in other
