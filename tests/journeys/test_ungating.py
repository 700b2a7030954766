"""Somebody works off a brand: from the list to a store, with an invoice and a next check."""

import pytest
from playwright.sync_api import expect

from builders import web as build
from umschlag.settings import load_settings
from umschlag.storage.records.models import UngatingCase
from umschlag.wiring.ungating_work import refresh_cases

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def waiting(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    rights = [
        *("view_ungatingcase", "change_ungatingcase"),
        *("view_ungatingevidence", "add_ungatingevidence"),
    ]
    build.a_user("greta", permissions=[f"records.{right}" for right in rights])
    client = build.a_client()
    for number in (1, 2):
        store = build.a_store(client, f"S-{number}", name=f"Nordlicht {number}")
        build.an_answer(store, build.an_asin(f"B00000001{number}", brand="Talvik"), "No")
    refresh_cases(load_settings())


def go(page, link):
    with page.expect_navigation():
        link.click()
    page.wait_for_load_state("networkidle")


def test_a_brand_is_worked_off_with_an_invoice(open_window, waiting, tmp_path):
    window = open_window(width=1440)
    page = window.page
    window.log_in("greta")
    window.open("/ungating/")
    expect(page.get_by_role("row", name="Talvik")).to_contain_text("2")
    window.picture("ungating-brands")
    go(page, page.get_by_role("link", name="Talvik"))
    window.picture("ungating-stores")
    go(page, page.get_by_role("link", name="Nordlicht 1", exact=True))
    expect(page.get_by_text("There is no invoice yet.")).to_be_visible()

    invoice = tmp_path / "invoice-4711.pdf"
    invoice.write_bytes(b"%PDF-1.7 ten units")
    page.locator("[name=file]").set_input_files(invoice)
    page.locator("[name=invoice_date]").fill("2026-01-01")
    page.locator("[name=units]").fill("10")
    page.locator("[name=buyer]").select_option("yes")
    go(page, page.get_by_role("button", name="Add", exact=True))
    expect(page.get_by_text("invoice-4711.pdf").first).to_be_visible()

    page.locator("form[action$=change] [name=state]").select_option("applied")
    page.locator("[name=responsible]").select_option("greta")
    page.locator("[name=next_check]").fill("2026-01-15")
    page.locator("[name=note]").fill("Sent through Seller Central")
    go(page, page.get_by_role("button", name="Save", exact=True))
    expect(page.locator("#history")).to_contain_text("Sent through Seller Central")
    expect(page.get_by_text("1 attempt so far")).to_be_visible()
    expect(page.locator("#history")).to_contain_text("greta, next check 15 Jan 2026")
    window.picture("ungating-case")

    window.open("/ungating/?who=greta&due=1")
    expect(page.get_by_role("row", name="Nordlicht 1")).to_contain_text("due")
    with page.expect_download() as file:
        page.get_by_role("link", name="CSV").click()
    assert "Talvik,Nordlicht 1" in file.value.path().read_text(encoding="utf-8-sig")
    assert UngatingCase.objects.get(store__name="Nordlicht 1").evidence.count() == 1


@pytest.mark.parametrize(
    ("scheme", "language", "width"), [("dark", "en-GB", 1440), ("light", "de-DE", 390)]
)
def test_the_pages_fit_in_the_dark_in_german_and_on_a_telephone(
    open_window, waiting, scheme, language, width
):
    window = open_window(width=width, scheme=scheme, language=language)
    window.log_in("greta")
    case = UngatingCase.objects.order_by("pk").first()

    for name, address in (
        ("brands", "/ungating/"),
        ("stores", "/ungating/?brand=Talvik"),
        ("case", f"/ungating/cases/{case.pk}/"),
    ):
        window.open(address)
        window.picture(f"ungating-{name}-{scheme}-{width}")
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert window.page.evaluate(overflow) <= 0
