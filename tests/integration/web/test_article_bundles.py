"""What an article's page says of bundles: of one itself, of a component, and of all others."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from builders import web as build
from builders.snapshots import DAY, FixedSource, a_part, a_state
from umschlag.intelligence.snapshots.usecases import take_daily_snapshot
from umschlag.settings import load_settings
from umschlag.storage.lake.snapshot_store import LakeSnapshotStore
from umschlag.storage.records.models import Article
from umschlag.wiring.bundles import BundlesAround, bundles_around
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def an_article(sku, number, on_hand_units=0, **master):
    master |= {"variation_id": number}
    return a_state(sku, master=master, on_hand_units=on_hand_units, reserved_units=0)


def take(*states, parts, business_date=DAY):
    take_daily_snapshot(
        business_date=business_date,
        source=FixedSource(*states, bundle_parts=parts),
        store=LakeSnapshotStore(open_lake(load_settings())),
        vanished_percent_max=100.0,
    )


LAMP = an_article("LAMP", 1, 9, name="Desk lamp")
BULB = an_article("BULB", 2, 10, name="Bulb")
HOSE = an_article("HOSE", 3, 4, name="Garden hose")
LIGHTING = an_article("SET", 4, name="Light set", is_bundle=True)
SPARE = an_article("PAIR", 5, name="Spare bulbs", is_bundle=True)
STRANGE = an_article("ODD", 6, name="Odd set", is_bundle=True)
BROKEN = an_article("HALF", 7, name="Half set", is_bundle=True)


@pytest.fixture
def shop():
    parts = [
        a_part("SET", "LAMP", 2),
        a_part("SET", "BULB", 3),
        a_part("PAIR", "BULB", 5),
        a_part("ODD", "BULB", 1),
        a_part("ODD", "#999", 1),
    ]
    take(LAMP, BULB, HOSE, LIGHTING, SPARE, STRANGE, BROKEN, parts=parts)


def page_of(browser, sku, **headers):
    article = Article.objects.get(sku=sku)
    answer = browser.get(reverse("pages:article", args=[article.pk]), headers=headers)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def link_to(sku):
    return f'href="{reverse("pages:article", args=[Article.objects.get(sku=sku).pk])}"'


def test_a_bundle_says_how_many_can_be_sold_and_of_what(browser, shop):
    page = page_of(browser, "SET")

    assert "Sellable as bundle 3 " in page
    assert "Sellable as bundle: 3 " in page
    assert "Bulb BULB 3 10 limits 3 " in page
    assert "Desk lamp LAMP 2 9 4 " in page
    assert "Bundles with this article" not in page


def test_a_bundle_links_its_components_and_a_component_its_bundles(browser, shop):
    bundle, bulb = (Article.objects.get(sku=sku) for sku in ("SET", "BULB"))

    of_bundle = browser.get(reverse("pages:article", args=[bundle.pk])).content.decode()
    of_bulb = browser.get(reverse("pages:article", args=[bulb.pk])).content.decode()

    assert all(link_to(sku) in of_bundle for sku in ("LAMP", "BULB"))
    assert all(link_to(sku) in of_bulb for sku in ("SET", "PAIR", "ODD"))


def test_a_component_names_its_bundles_the_scarcest_first(browser, shop):
    page = page_of(browser, "BULB")

    assert "Spare bulbs PAIR 5 2 Light set SET 3 3 Odd set ODD 1 –" in page
    assert "What the bundle consists of" not in page


def test_a_component_that_is_not_there_leaves_the_number_open(browser, shop):
    page = page_of(browser, "ODD")

    assert "Sellable as bundle –" in page
    assert "Enough for #999 not in the ERP 1 – – Bulb BULB 1 10 10 How many" in page
    assert "How many can be sold is unknown" in page
    assert "limits" not in page


def test_a_bundle_whose_components_are_not_known_says_so(browser, shop):
    page = page_of(browser, "HALF")

    assert "knows no components of this bundle" in page


def test_other_articles_and_vanished_bundles_say_nothing_of_bundles(browser, shop):
    take(LAMP, BULB, HOSE, parts=[], business_date=DAY + timedelta(days=1))

    for sku in ("HOSE", "BULB", "SET"):
        page = page_of(browser, sku)
        assert "undle with" not in page
        assert "consists of" not in page
        assert "Sellable as" not in page


def test_german_readers_read_german(browser, shop):
    bundle = page_of(browser, "SET", accept_language="de")
    bulb = page_of(browser, "BULB", accept_language="de")

    assert "Als Bundle verkäuflich: 3" in bundle
    assert "Bundles mit diesem Artikel" in bulb


def test_most_articles_cost_one_small_file_and_no_question(shop):
    hose = Article.objects.get(sku="HOSE")

    # A question would need a month's changes or a day's articles; neither is there any more.
    for file in open_lake(load_settings()).files.folder.glob("article_*/**/*.parquet"):
        file.unlink()

    assert bundles_around(load_settings(), hose) == BundlesAround()


def test_before_the_first_snapshot_nothing_is_told():
    assert bundles_around(load_settings(), build.an_article(is_bundle=True)) == BundlesAround()
