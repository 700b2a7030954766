"""A manager plans for all, changes a line, plans the rest again, compares, confirms and undoes."""

import pytest
from playwright.sync_api import expect

from builders import web as build
from umschlag.storage.records import models

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def agency(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    build.a_superuser()
    asins = [build.an_asin(f"B00000000{number}", title=f"Lamp {number}") for number in (1, 2, 3)]
    for number, name in enumerate(("Alster Handel GmbH", "Brocken Trading Ltd"), start=1):
        client = build.a_client(f"C-{number}", name=name, balance_minor=2_000_00)
        store = build.a_store(client, f"S-{number}", name=f"{name[:6]} DE")
        for asin in asins:
            build.an_answer(store, asin)
    return asins


def units_of(run):
    lines = models.CartLine.objects.filter(cart__run=run).select_related("cart__store", "asin")
    return {(line.cart.store.name, line.asin.asin): line.units for line in lines}


def test_run_compare_pin_confirm_and_undo(open_window, agency):
    window = open_window()
    window.log_in()
    page = window.page
    window.open("/carts/new/")
    page.locator("select[name=policy]").select_option("max_min")
    page.get_by_role("button", name="Propose all carts").click()
    expect(page.get_by_text("No plan could be worth more than")).to_be_visible()
    first = models.AllocationRun.objects.get()
    window.picture("proposal-of-all")

    (store, asin), _ = max(units_of(first).items(), key=lambda line: line[1])
    work = page.locator("form[action$='/set-line']").first
    number = str(models.Store.objects.get(name=store).pk)
    work.locator("[name=store]").select_option(number)
    work.locator("[name=asin]").fill(asin)
    work.locator("[name=units]").fill("12")
    work.get_by_role("button", name="Set by hand").click()
    expect(page.get_by_text(f"{asin} is set to 12 units")).to_be_visible()
    window.picture("proposal-line-set")

    page.get_by_role("button", name="Plan the rest again").click()
    expect(page.get_by_text("The former proposal is put aside")).to_be_visible()
    second = models.AllocationRun.objects.order_by("-pk").first()
    assert units_of(second)[store, asin] == 12
    assert (first.policy, second.policy, second.based_on_id) == ("max_min", "max_min", first.pk)

    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Lines that differ")).to_be_visible()
    window.picture("proposals-compared")
    page.get_by_role("link", name="Back to the run").click()

    page.get_by_role("button", name="Confirm and build pallets").click()
    expect(page.get_by_text("Confirmed: carts are booked")).to_be_visible()
    given = sum(units_of(second).values())
    assert sum(models.CatalogAsin.objects.values_list("remaining_units", flat=True)) == (
        sum(asin.remaining_units for asin in agency) - given
    )

    page.get_by_text("Undo the whole run").click()
    page.locator("#undo [name=reason]").fill("wrong client")
    page.get_by_role("button", name="Undo this run").click()
    expect(page.get_by_text("what it had taken was given back")).to_be_visible()
    window.picture("run-undone")
    second.refresh_from_db()
    assert second.state == "undone"
    assert sum(models.CatalogAsin.objects.values_list("remaining_units", flat=True)) == sum(
        asin.remaining_units for asin in agency
    )


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("de-DE", "light", 1440), ("en-GB", "dark", 1280), ("de-DE", "light", 390)],
)
def test_the_proposal_in_german_in_the_dark_and_on_a_phone(
    open_window, agency, language, scheme, width
):
    window = open_window(language=language, scheme=scheme, width=width)
    window.log_in()
    page = window.page
    window.open("/carts/new/")
    page.locator("form[action$='/allocation-runs/plan'] button").click()
    page.locator("form[action$='/plan-again']").wait_for()
    window.picture(f"proposal-{language[:2]}-{scheme}-{width}")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
