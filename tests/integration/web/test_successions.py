"""Predecessor and successor on the article's page and over the API."""

import json

import pytest
from django.test import Client

from builders import web as build
from umschlag.storage.records.models import ArticleSuccession

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def articles():
    return [build.an_article(sku=sku) for sku in ("HX-1", "HX-2")]


def said_after(browser, address, values):
    return browser.post(address, values, follow=True).content.decode()


def test_a_successor_is_told_and_taken_back_on_the_page(browser, articles):
    old, new = articles
    told = {"sku": "HX-1", "as": "predecessor", "from_date": "2026-11-01"}

    said = said_after(browser, f"/articles/{new.pk}/follow", told)
    row = ArticleSuccession.objects.get()
    of_the_old = browser.get(f"/articles/{old.pk}/").content.decode()
    order = browser.get(f"/replenishment/{old.pk}/").content.decode()
    back = said_after(browser, f"/articles/{new.pk}/unfollow", {"predecessor": "HX-1"})

    assert (row.predecessor, row.successor) == (old, new)
    assert row.told_by == "admin"
    assert "predecessor HX-1" in said
    assert "HX-2 follows it from" in order
    assert "HX-2 follows it from" in of_the_old
    assert "does not follow HX-1 any more" in back
    assert not ArticleSuccession.objects.exists()
    again = said_after(browser, f"/articles/{new.pk}/unfollow", {"predecessor": "HX-1"})
    assert "taken back already" in again


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"sku": "HX-9", "from_date": "2026-11-01"}, "There is no article HX-9"),
        ({"sku": "HX-1", "from_date": "2026-11-01"}, "cannot follow itself"),
        ({"sku": "HX-2", "from_date": ""}, "Enter the day"),
        ({"sku": "HX-2", "from_date": "2026-02-31"}, "Enter the day"),
        ({"sku": "HX-2", "from_date": "2206-11-01"}, "more than ten years away"),
        ({"sku": "  ", "from_date": "2026-11-01"}, "Enter the SKU of the other article"),
    ],
)
def test_what_cannot_be_is_said_on_the_page(browser, articles, values, words):
    old, _new = articles

    said = said_after(browser, f"/articles/{old.pk}/follow", {**values, "as": "successor"})

    assert words in said
    assert not ArticleSuccession.objects.exists()


def test_who_may_only_look_sees_no_form_and_changes_nothing(client, articles):
    old, new = articles
    client.force_login(build.a_user(permissions=("view_article", "view_articlesuccession")))

    shown = client.get(f"/articles/{new.pk}/").content.decode()
    refused = client.post(f"/articles/{new.pk}/follow", {"sku": old.sku})

    assert "articles/1/follow" not in shown
    assert f"/articles/{new.pk}/follow" not in shown
    assert refused.status_code == 403


def post(api, address, **values):
    return api.post(address, json.dumps(values), content_type="application/json")


def test_the_api_tells_lists_and_takes_back(api, articles):
    told = {"predecessor": "HX-1", "successor": "HX-2", "from_date": "2026-11-01"}

    made = post(api, "/api/successions", **told).json()
    listed = api.get("/api/successions?successor=HX-2").json()
    round_about = post(
        api, "/api/successions", predecessor="HX-2", successor="HX-1", from_date="2026-12-01"
    )
    unknown = post(api, "/api/successions", **{**told, "predecessor": "HX-9"})
    back = post(api, "/api/successions/undo", predecessor="HX-1")
    again = post(api, "/api/successions/undo", predecessor="HX-1")

    assert made | told == made
    assert [row["predecessor"] for row in listed["items"]] == ["HX-1"]
    assert (round_about.status_code, unknown.status_code) == (409, 404)
    assert "circle" in round_about.json()["detail"]
    assert back.json() == told
    assert again.status_code == 404


def test_the_api_lets_nobody_tell_who_may_only_read(articles):
    reader = build.a_token(build.a_user(permissions=("view_articlesuccession",)))
    api = Client(headers={"authorization": f"Bearer {reader}"})

    answer = post(
        api, "/api/successions", predecessor="HX-1", successor="HX-2", from_date="2026-11-01"
    )

    assert api.get("/api/successions").status_code == 200
    assert answer.status_code == 403


def test_a_second_predecessor_is_kept_and_said(browser, articles):
    _old, new = articles
    build.an_article(sku="HX-3")
    follow = f"/articles/{new.pk}/follow"
    told = {"as": "predecessor", "from_date": "2026-11-01"}

    first = said_after(browser, follow, {**told, "sku": "HX-1"})
    second = said_after(browser, follow, {**told, "sku": "HX-3"})

    assert "follows HX-1 too" not in first
    assert "It follows HX-1 too: what all of them sold adds up." in second
    assert ArticleSuccession.objects.filter(successor=new).count() == 2


def test_a_circle_is_told_in_words_that_fit(browser, articles):
    old, new = articles
    told = {"as": "predecessor", "from_date": "2026-11-01"}
    said_after(browser, f"/articles/{new.pk}/follow", {**told, "sku": "HX-1"})

    said = said_after(browser, f"/articles/{old.pk}/follow", {**told, "sku": "HX-2"})

    assert "HX-2 came after HX-1 already, so HX-1 cannot follow it." in said


def test_a_sku_of_spaces_alone_is_refused_by_name(api, articles):
    answer = post(
        api, "/api/successions", predecessor=" ", successor="HX-2", from_date="2026-11-01"
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "predecessor"
