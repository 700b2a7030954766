import pytest

from builders import web as build
from umschlag.storage.records.article_places import place_names, replace_places
from umschlag.storage.records.models import ArticlePlace, PlaceKind

pytestmark = [pytest.mark.django_db, pytest.mark.database]
WAREHOUSE, MARKETPLACE = PlaceKind.WAREHOUSE, PlaceKind.MARKETPLACE


def places():
    return set(ArticlePlace.objects.values_list("article__sku", "kind", "name"))


def test_places_follow_what_was_found_and_the_same_is_not_written_again():
    build.an_article("HX-1")
    build.an_article("HX-2")
    replace_places([("HX-1", WAREHOUSE, "Main"), ("HX-2", MARKETPLACE, "Shop")])

    found = [
        ("HX-1", WAREHOUSE, "Main"),
        ("HX-1", MARKETPLACE, "Shop"),
        ("GONE", WAREHOUSE, "Main"),
    ]

    assert replace_places(found) == 2
    assert replace_places(found) == 0
    assert places() == {("HX-1", "warehouse", "Main"), ("HX-1", "marketplace", "Shop")}


def test_names_that_differ_in_case_alone_are_one_place():
    build.an_article("HX-1")
    build.an_article("HX-2")

    replace_places(
        [("HX-1", WAREHOUSE, "Main"), ("HX-2", WAREHOUSE, "MAIN "), ("HX-1", WAREHOUSE, "main")]
    )

    assert places() == {("HX-1", "warehouse", "Main"), ("HX-2", "warehouse", "Main")}
    assert place_names(WAREHOUSE) == ["Main"]
    assert place_names(MARKETPLACE) == []
