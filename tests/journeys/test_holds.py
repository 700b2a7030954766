"""Someone confirms carts, sends a pallet off, cancels another, and undoes a run that was wrong."""

import pytest
from playwright.sync_api import expect

from builders import web as build
from umschlag.settings import load_settings
from umschlag.storage.records import models
from umschlag.wiring.allocation import plan_allocation

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def run_id(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    build.a_superuser()
    store = build.a_store(build.a_client(balance_minor=2_000_000))
    asin = build.an_asin(length_mm=600, width_mm=400, height_mm=400, unit_cost_minor=5_000)
    build.an_answer(store, asin)
    return plan_allocation(load_settings(), only_store_id=store.pk)


def test_a_run_is_confirmed_and_undone_again(open_window, run_id):
    window = open_window()
    page = window.page
    window.log_in()
    window.open(f"/allocation-runs/{run_id}/")
    page.get_by_role("button", name="Confirm and build pallets").click()
    expect(page.get_by_text("carts are booked and pallets are built")).to_be_visible()
    expect(page.get_by_role("button", name="Undo this run")).to_be_hidden()
    page.get_by_text("Undo the whole run …").click()
    window.picture("run-undo-asked")

    page.get_by_label("Why (kept with the run)").fill("prices of last month")
    page.get_by_role("button", name="Undo this run").click()

    expect(page.get_by_text("were given back", exact=False).first).to_be_visible()
    expect(page.get_by_text("prices of last month")).to_be_visible()
    window.picture("run-undone")
    assert models.AllocationRun.objects.get().state == "undone"


def test_a_pallet_leaves_and_another_is_cancelled(open_window, run_id):
    window = open_window(language="de-DE", scheme="dark", width=390)
    page = window.page
    window.log_in()
    window.open(f"/allocation-runs/{run_id}/")
    page.get_by_role("button", name="Bestätigen und Paletten packen").click()
    first, second = models.Pallet.objects.order_by("code")[:2]

    page.get_by_label(f"{first.code} hat das Lager verlassen").check()
    window.picture("run-pallets-german-dark-narrow")
    page.get_by_role("button", name="Angehakte Paletten sind versandt").click()
    expect(page.get_by_text("werden belastet")).to_be_visible()
    window.open(f"/pallets/{second.pk}/")
    page.get_by_text("Diese Palette stornieren …").click()
    window.picture("pallet-cancel-asked-german-dark-narrow")
    page.get_by_role("button", name="Palette stornieren").click()

    expect(page.get_by_text("wurden zurückgegeben")).to_be_visible()
    window.picture("pallet-cancelled-german-dark-narrow")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("shipped", "cancelled")
    assert (first.closed_by, second.closed_by) == ("admin", "admin")
