"""What people do: log in, look, make a cart, see its pallet. In light, dark and German."""

import re

import pytest
from playwright.sync_api import expect

from builders import web as build
from builders.web_history import a_history
from umschlag.storage.records import models

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def agency(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    build.a_superuser()
    client = build.a_client()
    store = build.a_store(client)
    build.a_store(client, "S-2", name="Nordlicht UK", status="Suspended")
    for number, (title, edge_mm) in enumerate(
        [("Desk lamp, white", 300), ("Garden hose, 20 m", 250), ("Water bottle, steel", 200)]
    ):
        asin = build.an_asin(f"B00000000{number}", title=title, length_mm=edge_mm)
        build.an_answer(store, asin)
    build.an_answer(store, build.an_asin("B000000009", title="Perfume"), "No, Invoice Needed")
    a_history()
    build.a_rule()
    build.a_notification(client=client)
    return client


def test_logging_in_and_looking_at_the_dashboard(open_window, agency):
    window = open_window()

    window.log_in()

    expect(window.page.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(window.page.get_by_text("Stock value").first).to_be_visible()
    expect(window.page.locator("canvas")).to_be_visible()
    expect(window.page.get_by_text("Nordlicht GmbH is short of 120.00 EUR")).to_be_visible()
    window.picture("dashboard-light")


@pytest.mark.parametrize(
    ("name", "language", "scheme", "words"),
    [
        ("dashboard-dark", "en-GB", "dark", "Worst Penner"),
        ("dashboard-german", "de-DE", "light", "Lagerwert"),
        ("dashboard-german-dark", "de-DE", "dark", "Lagerwert"),
    ],
)
def test_the_dashboard_in_every_dress(open_window, agency, name, language, scheme, words):
    window = open_window(language=language, scheme=scheme)

    window.log_in()

    expect(window.page.get_by_text(words).first).to_be_visible()
    assert ("dark" in (window.page.locator("html").get_attribute("class") or "")) == (
        scheme == "dark"
    )
    window.picture(name)


def test_the_language_is_switched_in_the_menu(open_window, agency):
    window = open_window()
    window.log_in()

    window.page.locator("form:has(input[name=language][value=de]) button").first.dispatch_event(
        "click"
    )

    expect(window.page.get_by_text("Lagerwert").first).to_be_visible()


def test_making_a_cart_and_seeing_its_pallet(open_window, agency):
    window = open_window()
    window.log_in()
    page = window.page

    page.locator('#nav-sidebar-apps a[href="/carts/new/"]').click()
    page.select_option("[name=client]", label="Nordlicht GmbH (C-1)")
    expect(page.locator("input[name=store][disabled]")).to_have_count(1)
    page.get_by_text("Nordlicht DE").click()
    window.picture("cart-generator")
    page.get_by_role("button", name="Propose a cart").click()

    page.wait_for_url("**/allocation-runs/*/")
    expect(page.get_by_text("Not given, and why")).to_be_visible()
    assert not models.Pallet.objects.exists()
    window.picture("cart-proposal")

    page.get_by_role("button", name="Confirm and build pallets").click()
    expect(page.get_by_text("carts are booked and pallets are built")).to_be_visible()
    window.picture("run-confirmed")

    code = models.Pallet.objects.first().code
    page.get_by_role("link", name=code).first.click()
    expect(page.locator(".um-drawing svg")).to_be_visible()
    window.picture("pallet")

    page.get_by_role("link", name="Packing list").click()
    expect(page.get_by_text("Packed by, date")).to_be_visible()
    window.picture("packing-list")


def test_the_report_leads_to_an_article_and_its_chart(open_window, agency):
    window = open_window()
    window.log_in()
    page = window.page

    page.locator('#nav-sidebar-apps a[href="/reports/penner-renner/"]').click()
    page.select_option("[name=verdict]", "penner")
    page.wait_for_url(re.compile("verdict=penner"))
    window.picture("penner-renner-report")
    page.get_by_role("link", name="Desk lamp, white").click()

    expect(page.get_by_role("img", name=re.compile("Stock on hand"))).to_be_visible()
    window.picture("article")


def test_a_rule_shows_what_it_matches_while_it_is_written(open_window, agency):
    window = open_window()
    window.log_in()

    window.open("/admin/records/movementrule/add/")
    window.page.fill("[name=days_sold_threshold]", "30")

    expect(window.page.locator("[data-umschlag-preview-text]")).to_contain_text(
        re.compile(r"Matches \d+ article")
    )
    window.picture("rule-preview")


def test_the_pages_fit_a_telephone(open_window, agency):
    window = open_window(width=390)
    window.log_in()

    for path in ("/admin/", "/reports/penner-renner/", "/carts/new/"):
        window.open(path)
        overflow = window.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 1, path
    window.picture("telephone")


def test_the_api_documentation_opens_offline(open_window, agency):
    window = open_window()
    window.log_in()

    window.open("/api/docs")

    expect(window.page.get_by_text("/api/generate_pallets").first).to_be_visible()
    window.picture("api-docs")
