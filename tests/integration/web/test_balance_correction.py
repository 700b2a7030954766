"""A balance corrected on its page: asked, shown, booked as shown, and made good."""

import pytest

from builders import web as build
from builders.agency_records import tell_balance
from umschlag.storage.records.ledger import spendable_minor
from umschlag.storage.records.models import LedgerEntry

pytestmark = [pytest.mark.django_db, pytest.mark.database]
FORM = "/ledger/correction/"
SHOWN, BOOKED = f"{FORM}shown", f"{FORM}booked"


@pytest.fixture
def browser(client):
    client.force_login(build.a_superuser("anna"))
    return client


@pytest.fixture
def owner():
    """A client that can spend 5,000.00 €."""
    return build.a_client()


def sent(owner, **values):
    return {"client": owner.pk, "amount": "-12,50", "reason": "told twice", **values}


def booked(browser, owner, **values):
    told = sent(owner, before=spendable_minor(owner.pk), **values)
    return browser.post(BOOKED, told, follow=True).content.decode()


def test_it_is_shown_before_it_is_booked(browser, owner):
    asked = browser.get(f"{FORM}?client={owner.pk}").content.decode()
    shown = browser.post(SHOWN, sent(owner)).content.decode()

    assert "By how much, in EUR" in asked
    assert "The client can spend €5,000.00 now." in asked
    assert "€4,987.50" in shown
    assert 'name="before" value="500000"' in shown
    assert 'name="below"' not in shown
    assert spendable_minor(owner.pk) == 5_000_00

    page = booked(browser, owner)
    entry = LedgerEntry.objects.get(kind="correction")
    assert f"Booked as entry {entry.pk}: Nordlicht GmbH can spend €4,987.50 now." in page
    assert (entry.booked_by, entry.note) == ("anna", "told twice")
    assert spendable_minor(owner.pk) == 4_987_50


def test_the_statement_names_who_and_why_and_leads_to_making_it_good(browser, owner):
    booked(browser, owner)
    entry = LedgerEntry.objects.get(kind="correction")
    statement = f"/ledger/statement/?client={owner.pk}"
    link = f"{FORM}?undo={entry.pk}"

    page = browser.get(statement).content.decode()
    assert "told twice" in page
    assert "anna" in page
    assert link in page
    assert f"{FORM}?client={owner.pk}" in page

    assert "is made good by €12.50" in browser.get(link).content.decode()
    undo = {"undo": entry.pk, "amount": "999", "reason": "it was right"}
    assert f"Makes entry {entry.pk} good." in browser.post(SHOWN, undo).content.decode()
    done = browser.post(BOOKED, {**undo, "before": 4_987_50}, follow=True).content.decode()

    assert spendable_minor(owner.pk) == 5_000_00
    assert f"makes good entry {entry.pk}" in done
    assert link not in done
    assert "was made good before" in browser.get(link, follow=True).content.decode()
    again = browser.post(BOOKED, {**undo, "before": 5_000_00})
    assert again.status_code == 422
    assert "was made good before" in again.content.decode()


def test_what_was_booked_meanwhile_or_never_shown_is_shown_again(browser, owner):
    told = sent(owner, before=spendable_minor(owner.pk))
    tell_balance(owner, 6_000_00)

    moved = browser.post(BOOKED, told)
    unseen = browser.post(BOOKED, sent(owner))

    assert moved.status_code == 422
    assert "another sum than was shown" in moved.content.decode()
    for answer in (moved, unseen):
        assert 'name="before" value="600000"' in answer.content.decode()
    assert LedgerEntry.objects.filter(kind="correction").count() == 0


def test_below_the_floor_it_must_be_ticked(browser, owner):
    shown = browser.post(SHOWN, sent(owner, amount="-5000.01")).content.decode()
    refused = browser.post(BOOKED, sent(owner, amount="-5000.01", before=5_000_00))
    assert 'name="below"' in shown
    assert "€0.01 less than the €0.00" in shown
    assert refused.status_code == 422
    assert "say that this is meant" in refused.content.decode()
    assert spendable_minor(owner.pk) == 5_000_00

    booked(browser, owner, amount="-5000.01", below="meant")

    assert spendable_minor(owner.pk) == -1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"amount": "much"}, "Enter by how much the balance is wrong"),
        ({"amount": "0"}, "Enter by how much the balance is wrong"),
        ({"reason": " "}, "Say why the balance is corrected."),
        ({"reason": "x" * 251}, "the ledger has room for 250"),
        ({"client": 0}, "Choose a client."),
        ({"client": "x"}, "Choose a client."),
        ({"undo": "404"}, "Choose a client."),
        ({"undo": "1"}, "Entry 1 is no correction by hand"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(browser, owner, values, said):
    for address in (SHOWN, BOOKED):
        answer = browser.post(address, sent(owner, before=5_000_00, **values))
        assert answer.status_code == 422
        assert said in answer.content.decode()
    if "reason" not in values:
        assert 'value="told twice"' in answer.content.decode()
    assert spendable_minor(owner.pk) == 5_000_00


def test_only_who_may_correct_sees_the_way_there(client, owner):
    client.force_login(build.a_user(permissions=["records.view_ledgerentry"]))

    page = client.get(f"/ledger/statement/?client={owner.pk}").content.decode()

    assert FORM not in page
    for address, way in ((FORM, client.get), (SHOWN, client.post), (BOOKED, client.post)):
        assert way(address).status_code == 403


def test_the_pages_are_german_for_germans_and_tell_of_no_clients(browser):
    german = {"headers": {"accept-language": "de"}}
    assert "There are no clients yet." in browser.get(FORM).content.decode()
    owner = build.a_client()

    asked = browser.get(f"{FORM}?client={owner.pk}", **german).content.decode()
    shown = browser.post(SHOWN, sent(owner, amount="−12,50"), **german).content.decode()

    assert "Guthaben von Hand berichtigen" in asked
    assert "4.987,50" in shown
    assert "Berichtigung buchen" in shown
