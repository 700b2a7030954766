"""A balance does not reach: a mutual store takes the goods, and both sides approve."""

import pytest
from playwright.sync_api import expect

from builders import web as build
from umschlag.settings import load_settings
from umschlag.storage.records import models
from umschlag.storage.records.ledger import spendable_minor
from umschlag.wiring.allocation import plan_allocation

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def agency(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    build.a_superuser()
    client = build.a_client("C-1", name="Alster Handel GmbH", balance_minor=400_00)
    holder = build.a_client("C-9", name="Profitzon Mutual Stores", balance_minor=9_000_00)
    own = build.a_store(client, "S-1", name="Alster DE")
    mutual = build.a_store(holder, "S-9", name="Mutual DE", kind="mutual")
    for number, title in ((1, "Desk lamp, white"), (2, "Desk lamp, black")):
        asin = build.an_asin(
            f"B00000000{number}", title=title, remaining_units=120, bought_units=240
        )
        build.an_answer(own, asin)
        build.an_answer(mutual, asin)
    return own


def test_a_balance_that_does_not_reach_goes_to_a_mutual_store(open_window, agency):
    run_id = plan_allocation(load_settings())
    window = open_window()
    window.log_in()
    page = window.page
    window.open(f"/allocation-runs/{run_id}/")
    expect(page.get_by_text("short of a stand-alone pallet")).to_be_visible()
    window.picture("transfer-shortage")
    page.get_by_role("button", name="Work out a transfer").click()

    expect(page.get_by_text("Missing for a pallet of its own")).to_be_visible()
    transfer = models.MutualTransfer.objects.get()
    paid = {}
    for line in transfer.lines.all():
        paid[line.client_id] = paid.get(line.client_id, 0) + line.total_minor
    assert len(paid) == 2
    window.picture("transfer-proposed")

    page.get_by_role("button", name="Approve for the client").click()
    expect(page.get_by_text("once the other side approves")).to_be_visible()
    assert spendable_minor(agency.client_id) == 400_00
    page.get_by_role("button", name="Approve for the mutual store").click()
    expect(page.get_by_text("Approved by both sides")).to_be_visible()
    window.picture("transfer-done")
    before = {agency.client_id: 400_00, transfer.mutual_store.client_id: 9_000_00}
    for client_id, minor in before.items():
        assert spendable_minor(client_id) == minor - paid[client_id]

    page.get_by_role("link", name="Cart and pallets").click()
    expect(page.get_by_text("Mutual DE").first).to_be_visible()
    window.open("/mutual-transfers/")
    expect(page.get_by_role("heading", name="Who owns what in mutual stores")).to_be_visible()
    window.picture("transfer-ownership")
    window.open("/admin/")
    expect(page.get_by_text("Transfer to Mutual DE is done")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("de-DE", "light", 1440), ("en-GB", "dark", 1280), ("de-DE", "light", 390)],
)
def test_the_pages_in_german_in_the_dark_and_on_a_phone(
    open_window, agency, language, scheme, width
):
    from umschlag.wiring.transfers import propose_for_store

    number = propose_for_store(load_settings(), agency.pk, by="anna")
    window = open_window(language=language, scheme=scheme, width=width)
    window.log_in()
    name = f"{language[:2]}-{scheme}-{width}"
    for path, what in (
        ("/mutual-transfers/", "transfers"),
        (f"/mutual-transfers/{number}/", "transfer"),
    ):
        window.open(path)
        overflow = window.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert not overflow
        window.picture(f"{what}-{name}")
