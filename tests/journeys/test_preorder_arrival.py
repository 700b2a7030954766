"""A manager sees whom a partial arrival helps, chooses a rule, confirms it, and it is given out."""

from datetime import date

import pytest
from playwright.sync_api import expect

from builders import web as build
from umschlag.settings import load_settings
from umschlag.storage.records import models
from umschlag.wiring.allocation import plan_allocation

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def agency(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    build.a_superuser()
    asin = build.an_asin(remaining_units=0)
    names = ("Alster Handel GmbH", "Brocken Trading Ltd", "Elbtal Import GmbH")
    for number, (name, units, balance) in enumerate(
        zip(names, (24, 12, 36), (500_000, 500_000, 40_00), strict=True), start=1
    ):
        client = build.a_client(
            f"C-{number}", name=name, balance_minor=balance, priority=4 - number
        )
        build.an_answer(build.a_store(client, f"S-{number}", name=f"{name[:6]} DE"), asin)
        build.a_preorder(
            client,
            asin,
            f"70{number:02}",
            ordered_units=units,
            remaining_due_minor=units * 5_00,
            expected_arrival_date=date(2026, 3, number),
        )
    return asin


def test_a_partial_arrival_is_shown_confirmed_and_given_out(open_window, agency):
    window = open_window()
    window.log_in()
    page = window.page
    page.locator('#nav-sidebar-apps a[href="/preorders/arrivals/"]').click()
    page.locator("[name=units]").fill("36")
    page.locator("[name=note]").fill("LS 4711")
    page.get_by_role("button", name="Show the effect").click()

    expect(page.get_by_text("preorder 7001: 24 of 24")).to_be_visible()
    expect(page.get_by_text("preorder 7003: 0 of 36")).to_be_visible()
    expect(page.get_by_text("short by")).to_have_count(0)
    window.picture("arrival-oldest-first")

    page.get_by_role("link", name="The same share for each client").click()
    expect(page.get_by_text("preorder 7003: 18 of 36")).to_be_visible()
    # 18 × 5.00 due and 18 × 0.90 shipping at most are 106.20; it can spend 40.00.
    expect(page.get_by_text("short by €66.20")).to_be_visible()
    window.picture("arrival-same-share")

    page.get_by_role("button", name="Confirm exactly this").click()
    expect(page.get_by_text("Confirmed. The next allocation")).to_be_visible()
    window.picture("arrival-confirmed")
    run = models.AllocationRun.objects.get(pk=plan_allocation(load_settings()))
    lines = models.CartLine.objects.filter(cart__run=run).select_related("cart__client")
    given = {line.cart.client.external_id: line.preorder_units for line in lines}
    # The third is given what its balance pays: a pack of 6 asks for 35.40.
    assert given == {"C-1": 12, "C-2": 6, "C-3": 6}

    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Taken back: stock and preorders")).to_be_visible()
    assert models.CatalogAsin.objects.get().remaining_units == 0


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("de-DE", "light", 1440), ("en-GB", "dark", 1280), ("de-DE", "light", 390)],
)
def test_the_pages_in_german_in_the_dark_and_on_a_phone(
    open_window, agency, language, scheme, width
):
    arrival = build.an_arrival(agency, units=39, note="LS 4711")
    window = open_window(language=language, scheme=scheme, width=width)
    window.log_in()
    name = f"{language[:2]}-{scheme}-{width}"
    window.open("/preorders/arrivals/")
    window.picture(f"arrivals-{name}")
    window.open(f"/preorders/arrivals/{arrival.pk}/?rule=same_share")
    overflow = window.page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert not overflow
    window.picture(f"arrival-{name}")
