"""Transfers into mutual stores, on the pages and over the API."""

from datetime import datetime

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format

from builders import web as build
from umschlag.storage.records import models
from umschlag.storage.records.ledger import spendable_minor

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PAGE = "/mutual-transfers/"
PAGE_OF_API = "/transfers"
WORDS = {
    "en": ("taken back", "done", "taken back %s by anna: no truck"),
    "de": ("zurückgenommen", "fertig", "zurückgenommen %s von anna: no truck"),
}
"""The labels of one taken back and of one done, and what the page tells."""


@pytest.fixture
def browser(client):
    client.force_login(build.a_superuser("anna"))
    return client


@pytest.fixture
def store():
    """A client short of balance, with its store; an agency's mutual store beside it."""
    asin = build.an_asin(remaining_units=600, bought_units=600)
    client = build.a_client("C-1", balance_minor=200_00)
    agency = build.a_client("C-9", name="Agency", balance_minor=9_000_00)
    own = build.a_store(client, "S-1")
    build.an_answer(own, asin)
    build.an_answer(build.a_store(agency, "S-9", name="Mutual DE", kind="mutual"), asin)
    return own


def proposed(browser, store):
    return browser.post(f"{PAGE}propose", {"store": store.pk}).url


def test_before_the_first_the_page_says_what_to_do(browser):
    assert "No transfer was proposed yet." in browser.get(PAGE).content.decode()


def test_both_sides_see_what_they_pay_and_approve(browser, store):
    here = proposed(browser, store)
    view = browser.get(here).context["view"]
    page = browser.get(here).content.decode()

    assert view.client_side.total.minor + view.mutual_side.total.minor == view.total.minor
    assert "Approve for the client" in page
    assert "Approve for the mutual store" in page
    assert not models.Cart.objects.exists()

    told = browser.post(f"{here}approve/client", follow=True).content.decode()
    assert "once the other side approves" in told
    told = browser.post(f"{here}approve/mutual", follow=True).content.decode()
    assert "Approved by both sides" in told
    assert spendable_minor(store.client_id) == 200_00 - view.client_side.total.minor
    assert models.Cart.objects.get().total_minor == view.total.minor
    listed = browser.get(PAGE)
    assert [one.units for one in listed.context["owned"]] == sorted(
        (view.client_side.units, view.mutual_side.units), reverse=True
    )
    run = browser.get(f"/allocation-runs/{models.AllocationRun.objects.get().pk}/")
    assert "transfer into a mutual store" in run.content.decode()


def test_what_came_back_with_a_cancelled_pallet_is_told(browser, api, store):
    here = proposed(browser, store)
    for side in ("client", "mutual"):
        browser.post(f"{here}approve/{side}")
    view = browser.get(here).context["view"]
    (pallet,) = models.Pallet.objects.all()
    assert "came back" not in browser.get(here).content.decode()
    assert {row["pallet_id"] for row in api.get("/api/ownership").json()["items"]} == {None}

    browser.post(f"/pallets/{pallet.pk}/cancel")
    told = browser.get(here)

    back = told.context["view"]
    assert (back.back_units, back.back) == (view.units, view.total)
    assert f"{view.units} units came back with cancelled pallets" in told.content.decode()
    assert spendable_minor(store.client_id) == 200_00
    assert browser.get(PAGE).context["owned"] == []
    models.Cart.objects.update(cancelled_at=None)
    items = api.get("/api/ownership").json()["items"]
    assert sum(row["units"] for row in items) == 0
    assert {row["pallet_id"] for row in items} == {None, pallet.code}


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_transfer_whose_run_is_undone_is_taken_back_and_not_done(browser, api, store, language):
    here = proposed(browser, store)
    for side in ("client", "mutual"):
        browser.post(f"{here}approve/{side}")
    run = models.AllocationRun.objects.get()
    assert api.get(f"/api{PAGE_OF_API}").json()["items"][0]["taken_back_at"] is None

    browser.post(f"/allocation-runs/{run.pk}/undo", {"reason": "no truck"})

    run.refresh_from_db()
    with translation.override(language):
        when = date_format(timezone.localtime(run.undone_at), "SHORT_DATETIME_FORMAT")
    listed, shown = (
        browser.get(page, headers={"accept-language": language}).content.decode()
        for page in (PAGE, here)
    )
    taken_back, done, told = WORDS[language]
    for page in (listed, shown):
        assert f">{taken_back}</span>" in page
        assert f">{done}</span>" not in page
        assert when in page
    assert told % when in shown
    (item,) = api.get(f"/api{PAGE_OF_API}").json()["items"]
    assert item["state"] == "executed"
    # The API tells thousandths of a second.
    told_at = datetime.fromisoformat(item["taken_back_at"])
    assert told_at.isoformat(timespec="milliseconds") == run.undone_at.isoformat(
        timespec="milliseconds"
    )


def test_a_transfer_whose_last_pallet_is_cancelled_is_taken_back_too(browser, store):
    here = proposed(browser, store)
    for side in ("client", "mutual"):
        browser.post(f"{here}approve/{side}")
    browser.post(f"/pallets/{models.Pallet.objects.get().pk}/cancel")

    page = browser.get(here).content.decode()

    assert ">taken back</span>" in page
    assert ">done</span>" not in page


def test_a_rejection_needs_a_reason_and_keeps_it(browser, store):
    here = proposed(browser, store)

    told = browser.post(f"{here}reject", {"reason": " "}, follow=True).content.decode()
    assert "Say why the transfer is rejected." in told
    browser.post(f"{here}reject", {"reason": "pays in"})

    assert "pays in" in browser.get(here).content.decode()
    assert models.MutualTransfer.objects.get().state == "rejected"


def test_each_side_needs_its_own_right(client, store):
    client.force_login(build.a_superuser("boss"))
    here = proposed(client, store)
    client.force_login(
        build.a_user(permissions=["records.view_mutualtransfer", "records.approve_for_client"])
    )

    page = client.get(here).content.decode()

    assert "Approve for the client" in page
    assert "Approve for the mutual store" not in page
    assert client.post(f"{here}approve/mutual").status_code == 403
    assert client.post(f"{here}approve/anyone").status_code == 403
    assert client.post(f"{PAGE}propose", {"store": store.pk}).status_code == 403
    assert models.MutualTransfer.objects.get().mutual_approved_at is None


def test_what_cannot_be_is_said_on_the_page(browser, store):
    proposed(browser, store)

    told = browser.post(f"{PAGE}propose", {"store": store.pk}, follow=True).content.decode()

    assert "waits for approval" in told
    unknown = browser.post(f"{PAGE}propose", {"store": "x"}, follow=True).content.decode()
    assert "There is no store" in unknown


def test_a_run_leads_from_a_shortage_to_a_transfer(browser, store):
    run = build.a_run()
    models.MutualStoreProposal.objects.create(
        run=run,
        client=store.client,
        own_store=store,
        mutual_store=models.Store.objects.get(kind="mutual"),
        missing_minor=100,
        units=6,
        reason_code="balance_short",
        reason_values={},
    )

    page = browser.get(f"/allocation-runs/{run.pk}/").content.decode()

    assert "Work out a transfer" in page


def post(api, address, content):
    return api.post(f"/api/{address}", content, content_type="application/json")


def test_over_the_api_a_transfer_is_worked_out_and_approved(api, store):
    told = post(api, "transfers", {"store_id": "S-1"}).json()
    number = told["transfer"]["transfer"]

    paid = told["client_side"]["total"]["minor"] + told["mutual_side"]["total"]["minor"]
    assert paid == told["total"]["minor"]
    assert told["transfer"]["missing"]["minor"] > 0
    lines = told["client_side"]["lines"] + told["mutual_side"]["lines"]
    assert sum(line["total_minor"] for line in lines) == told["total"]["minor"]
    assert api.get(f"/api/transfers/{number}").json() == told

    for side, state in (("mutual", "proposed"), ("client", "executed")):
        done = post(api, f"transfers/{number}/approve", {"side": side})
        assert (done.status_code, done.json()["transfer"]["state"]) == (200, state)
    again = post(api, f"transfers/{number}/approve", {"side": "client"})
    assert again.status_code == 409
    owned = api.get("/api/ownership?store_id=S-9").json()["items"]
    assert sum(one["units"] for one in owned) == models.Cart.objects.get().units


def test_over_the_api_what_cannot_be_is_refused(api, store):
    assert post(api, "transfers", {"store_id": "S-9"}).status_code == 404
    assert post(api, "transfers", {"store_id": "nowhere"}).status_code == 404
    assert post(api, "transfers/4711/approve", {"side": "client"}).status_code == 404
    assert post(api, f"transfers/{2**70}/reject", {"reason": "x"}).status_code == 404
    number = post(api, "transfers", {"store_id": "S-1"}).json()["transfer"]["transfer"]
    done = post(api, f"transfers/{number}/reject", {"reason": "the client pays in"}).json()
    assert done["transfer"]["rejected_reason"] == "the client pays in"
    assert api.get("/api/transfers?state=rejected").json()["total"] == 1
