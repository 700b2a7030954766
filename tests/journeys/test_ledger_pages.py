"""A pallet has left: its charge is settled, and the client's statement adds up."""

import pytest
from playwright.sync_api import expect

from builders import web as build
from builders.agency_records import a_purse, tell_balance
from umschlag.allocation.balances.bookings import HeldFor
from umschlag.storage.records.ledger import book, spendable_minor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def owner(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    build.a_superuser()
    owner = build.a_client()
    store, asin = build.a_store(owner), build.an_asin()
    cart = build.a_cart(build.a_run(store=store), store, asin)
    pallet = build.a_pallet(cart, asin)
    purse = a_purse(owner)
    place = HeldFor(cart_id=cart.pk, pallet_id=pallet.pk, hold=2)
    bookings = [purse.hold(400_00, cart_id=cart.pk), purse.capture(300_00, place=place)]
    book(bookings, booked_at=build.NOW, booked_by="anna")
    tell_balance(owner, 4_700_00, booked_at=build.NOW)
    return owner


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en-GB", "light", 1440), ("en-GB", "dark", 1280), ("de-DE", "light", 390)],
)
def test_a_charge_is_settled_and_the_statement_adds_up(open_window, owner, language, scheme, width):
    window = open_window(language=language, scheme=scheme, width=width)
    window.log_in()
    page = window.page
    window.open("/ledger/reconciliation/")
    window.picture(f"reconciliation-{language}-{scheme}-{width}")
    page.locator("input[name=charge]").check()
    page.locator("form[action$='/ledger/settle'] button").click()
    expect(page.locator("input[name=charge]")).to_have_count(0)
    assert spendable_minor(owner.pk) == 4_600_00

    page.get_by_role("link", name="Nordlicht GmbH").click()
    expect(page.locator(".um-card__figure").last).to_contain_text(
        "4.600,00" if language == "de-DE" else "4,600.00"
    )
    window.picture(f"statement-{language}-{scheme}-{width}")


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en-GB", "light", 1440), ("de-DE", "dark", 390)],
)
def test_a_balance_is_corrected_as_shown_and_made_good(open_window, owner, language, scheme, width):
    window = open_window(language=language, scheme=scheme, width=width)
    window.log_in()
    page = window.page
    window.open(f"/ledger/statement/?client={owner.pk}")
    page.locator("a[href*='/ledger/correction/?client=']").click()
    page.locator("input[name=amount]").fill("-4400,00")
    page.locator("input[name=reason]").fill("deposit told twice")
    page.locator("form[action$='/shown'] button").click()
    window.picture(f"correction-{language}-{scheme}-{width}")
    assert spendable_minor(owner.pk) == 4_300_00
    page.locator("input[name=below]").check()
    page.locator("form[action$='/booked'] button").click()
    expect(page.locator("a[href*='undo=']")).to_have_count(1)
    assert spendable_minor(owner.pk) == -100_00
    window.picture(f"corrected-statement-{language}-{scheme}-{width}")

    page.locator("a[href*='undo=']").click()
    page.locator("input[name=reason]").fill("it was right")
    page.locator("form[action$='/shown'] button").click()
    page.locator("form[action$='/booked'] button").click()
    expect(page.locator("a[href*='undo=']")).to_have_count(0)
    assert spendable_minor(owner.pk) == 4_300_00
