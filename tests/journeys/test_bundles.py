"""From a bundle to its scarcest component and back. In light, dark, German and on a phone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from builders import web as build
from builders.snapshots import FixedSource, a_part, a_state
from umschlag.intelligence.snapshots.usecases import take_daily_snapshot
from umschlag.kernel.periods import business_date_of
from umschlag.settings import load_settings
from umschlag.storage.lake.snapshot_store import LakeSnapshotStore
from umschlag.storage.records.models import Article
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SHELF = {
    "LAMP": ("Desk lamp, white", 84),
    "BULB": ("Bulb E27, warm white, 806 lm", 100),
    "GIFT": ("Gift box", 0),
}
BUNDLES = {
    "SET-2": ("Desk lamp with two bulbs", [("LAMP", 1), ("BULB", 2)]),
    "SET-3": ("Three desk lamps with nine bulbs, for the whole office", [("LAMP", 3), ("BULB", 9)]),
    "SET-G": ("Desk lamp in a gift box", [("LAMP", 1), ("GIFT", 1)]),
    "SET-X": ("Desk lamp with clamp", [("LAMP", 1), ("#1999", 1)]),
    "SET-Y": ("Desk lamp, everything", []),
}


@pytest.fixture
def shop(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    build.a_superuser()
    zone = load_settings().zone
    today = business_date_of(timezone.now(), zone)
    store = LakeSnapshotStore(open_lake(load_settings()))
    for age in (2, 1, 0):
        articles = [
            a_state(
                sku,
                master={"variation_id": number, "name": name, "asin": f"B00000000{number}"},
                on_hand_units=units + 5 * age,
                reserved_units=min(units, 3),
            )
            for number, (sku, (name, units)) in enumerate(SHELF.items(), start=1)
        ]
        bundles = [
            a_state(
                sku,
                master={"variation_id": number, "name": name, "is_bundle": True},
                on_hand_units=0,
                reserved_units=0,
            )
            for number, (sku, (name, _)) in enumerate(BUNDLES.items(), start=11)
        ]
        parts = [
            a_part(sku, part, units) for sku, (_, takes) in BUNDLES.items() for part, units in takes
        ]
        take_daily_snapshot(
            business_date=today - timedelta(days=age),
            source=FixedSource(*articles, *bundles, bundle_parts=parts),
            store=store,
            vanished_percent_max=5.0,
        )
    return {article.sku: article.pk for article in Article.objects.all()}


def test_from_a_bundle_to_its_component_and_back(open_window, shop):
    window = open_window()
    window.log_in()
    page = window.page

    window.open(f"/articles/{shop['SET-3']}/")
    expect(page.get_by_role("heading", name="What the bundle consists of")).to_be_visible()
    expect(page.get_by_text("Sellable as bundle: 10")).to_be_visible()
    window.picture("bundle-light")
    page.get_by_role("link", name="Bulb E27, warm white, 806 lm").click()
    page.wait_for_url(f"**/articles/{shop['BULB']}/")
    expect(page.get_by_role("heading", name="Bundles with this article")).to_be_visible()
    window.picture("bundle-component-light")
    page.get_by_role("link", name="Three desk lamps with nine bulbs").click()
    page.wait_for_url(f"**/articles/{shop['SET-3']}/")


@pytest.mark.parametrize(
    ("name", "language", "scheme", "width"),
    [
        ("dark", "en-GB", "dark", 1440),
        ("german", "de-DE", "dark", 1440),
        ("phone", "de", "light", 390),
    ],
)
def test_bundles_in_every_dress(open_window, shop, name, language, scheme, width):
    window = open_window(language=language, scheme=scheme, width=width)
    window.log_in()

    for sku in ("SET-2", "SET-X", "SET-Y", "LAMP"):
        window.open(f"/articles/{shop[sku]}/")
        expect(window.page.locator("h2", has_text="undle").first).to_be_visible()
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width
        window.picture(f"bundle-{name}-{sku}")
