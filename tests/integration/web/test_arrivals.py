"""Arrivals of preordered goods, on the pages and over the API."""

import pytest

from builders import web as build
from umschlag.storage.records import models

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PAGE = "/preorders/arrivals/"


@pytest.fixture
def browser(client):
    client.force_login(build.a_superuser("anna"))
    return client


@pytest.fixture
def asin():
    """An ASIN for which two clients wait, 12 and 18 units."""
    found = build.an_asin(remaining_units=0)
    for number, units in ((1, 12), (2, 18)):
        client = build.a_client(f"C-{number}", name=f"Client {number}")
        build.an_answer(build.a_store(client, f"S-{number}"), found)
        build.a_preorder(
            client, found, f"P-{number}", ordered_units=units, remaining_due_minor=units * 1_00
        )
    return found


def post(api, address, content=None):
    return api.post(f"/api/{address}", content or {}, content_type="application/json")


def test_before_anything_is_waited_for_the_page_says_what_to_do(browser):
    assert "umschlag sync panel" in browser.get(PAGE).content.decode()


def test_a_reported_arrival_shows_its_effect_and_moves_nothing(browser, asin):
    answer = browser.post(f"{PAGE}report", {"asin": asin.asin, "units": "18", "note": "LS 7"})

    arrival = models.PreorderArrival.objects.get()
    assert answer.url == f"{PAGE}{arrival.pk}/"
    assert (arrival.reported_by, arrival.note) == ("anna", "LS 7")
    page = browser.get(answer.url).content.decode()
    assert "preorder P-1: 12 of 12" in page
    assert "preorder P-2: 6 of 18" in page
    assert models.CatalogAsin.objects.get().remaining_units == 0
    shared = browser.get(f"{answer.url}?rule=same_share").content.decode()
    assert "preorder P-1: 6 of 12" in shared
    assert "preorder P-2: 12 of 18" in shared


def test_what_was_shown_is_confirmed_and_taken_back(browser, asin):
    arrival = build.an_arrival(asin, units=18)
    here = f"{PAGE}{arrival.pk}/"
    shown = browser.get(f"{here}?rule=same_share").context["preview"].shown

    told = browser.post(f"{here}confirm", {"rule": "same_share", "shown": shown}, follow=True)

    assert "Confirmed." in told.content.decode()
    assert models.CatalogAsin.objects.get().remaining_units == 18
    arrival.refresh_from_db()
    assert (arrival.decided_by, arrival.rule) == ("anna", "same_share")
    assert set(models.Preorder.objects.values_list("status", flat=True)) == {"part_arrived"}

    browser.post(f"{here}undo")
    assert models.CatalogAsin.objects.get().remaining_units == 0
    assert set(models.Preorder.objects.values_list("status", flat=True)) == {"waiting"}


def test_what_changed_meanwhile_is_said_and_shown_anew(browser, asin):
    arrival = build.an_arrival(asin, units=18)
    here = f"{PAGE}{arrival.pk}/"
    shown = browser.get(here).context["preview"].shown
    models.Preorder.objects.filter(external_id="P-1").update(status="cancelled")

    told = browser.post(f"{here}confirm", {"rule": "oldest_first", "shown": shown}, follow=True)

    assert "Who waits has changed" in told.content.decode()
    assert models.CatalogAsin.objects.get().remaining_units == 0


@pytest.mark.parametrize("units", ["", "-3", "0", "many", "9999999999"])
def test_units_that_cannot_arrive_are_refused(browser, asin, units):
    told = browser.post(f"{PAGE}report", {"asin": asin.asin, "units": units}, follow=True)

    assert "cannot arrive" in told.content.decode()
    assert not models.PreorderArrival.objects.exists()


def test_who_may_only_look_sees_no_button_and_changes_nothing(client, asin):
    arrival = build.an_arrival(asin, units=18)
    client.force_login(build.a_user(permissions=["records.view_preorderarrival"]))
    here = f"{PAGE}{arrival.pk}/"

    page = client.get(here)

    assert "Confirm exactly this" not in page.content.decode()
    told = {"rule": "oldest_first", "shown": page.context["preview"].shown}
    assert client.post(f"{here}confirm", told).status_code == 403
    assert client.post(f"{PAGE}report", {"asin": asin.asin, "units": "6"}).status_code == 403
    assert models.CatalogAsin.objects.get().remaining_units == 0


def test_over_the_api_an_arrival_is_reported_looked_at_and_confirmed(api, asin):
    number = post(api, "arrivals", {"asin": asin.asin, "units": 18}).json()["arrival"]
    effect = api.get(f"/api/arrivals/{number}/effect?rule=same_share").json()

    assert [(one["client_id"], one["units"]) for one in effect["clients"]] == [
        ("C-1", 6),
        ("C-2", 12),
    ]
    first = effect["clients"][0]
    assert first["due"] == {"minor": 6_00, "currency": "EUR"}
    assert first["total"]["minor"] == 6_00 + 6 * 90
    assert first["missing"]["minor"] == 0
    wrong = post(api, f"arrivals/{number}/confirm", {"rule": "same_share", "shown": "else"})
    assert wrong.status_code == 409

    told = {"rule": "same_share", "shown": effect["shown"]}
    done = post(api, f"arrivals/{number}/confirm", told)
    assert (done.status_code, done.json()["arrival"]["state"]) == (200, "confirmed")
    assert post(api, f"arrivals/{number}/confirm", told).status_code == 409
    [preorder, _] = api.get("/api/preorders").json()["items"]
    assert (preorder["there_units"], preorder["waiting_units"]) == (6, 6)

    undone = post(api, f"arrivals/{number}/undo").json()
    assert undone["state"] == "undone"


def test_over_the_api_what_cannot_be_is_refused_with_its_field(api, asin):
    unknown = post(api, "arrivals", {"asin": "B0NOTHERE0", "units": 6})

    assert unknown.status_code == 404
    assert unknown.json()["errors"][0]["field"] == "asin"
    assert post(api, "arrivals", {"asin": asin.asin, "units": 0}).status_code == 422
    assert api.get("/api/arrivals/4711/effect").status_code == 404
    assert post(api, f"arrivals/{2**70}/undo").status_code == 404
