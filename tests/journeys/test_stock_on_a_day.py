"""An accountant closing the books: the stock of a day, what it is worth, and the list to keep."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from builders import web as build
from builders.lake import article_day, rows_of
from umschlag.kernel.periods import business_date_of
from umschlag.settings import load_settings
from umschlag.storage.records.models import SnapshotRun
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
ONE_DAY = timedelta(days=1)
# Name, on hand, reserved, unit cost in cents.
SHELF = {
    "HX-1": ("Desk lamp, white", 40, 3, 12_50),
    "HX-2": ("Garden hose, 20 m, with couplings and a holder for the wall", 1_250, 12, 9_90),
    "HX-3": ("Yoga mat, blue", -2, 1, 7_80),
    "HX-4": ("Soup bowl", 15, 0, None),
    "HX-5": ("Kettle", 6, 0, 21_00),
}
GONE = "HX-5"


@pytest.fixture
def today(settings):
    """Today's kettle has vanished; yesterday there was no snapshot, and the oldest is rebuilt."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    build.a_user("anna", permissions=["records.view_article"])
    today = business_date_of(timezone.now(), load_settings().zone)
    for age in (40, 2, 0):
        publish(today - ONE_DAY * age, gone_since=today - ONE_DAY * 2, is_rebuilt=age > 2)
        SnapshotRun.objects.create(
            business_date=today - ONE_DAY * age,
            origin="reconstructed" if age > 2 else "captured",
            status="complete",
            started_at=timezone.now(),
            finished_at=timezone.now(),
            row_count=len(SHELF),
        )
    for sku, (name, units, _reserved, _cost) in SHELF.items():
        build.an_article(sku, name=name, on_hand_units=units)
    return today


def publish(day, *, gone_since, is_rebuilt):
    rows = (
        article_day(
            sku,
            day,
            name=name,
            on_hand_units=units,
            reserved_units=reserved,
            on_order_units=5,
            other_on_hand_units=0,
            unit_cost_minor=cost,
            sales_price_minor=None if is_rebuilt else 24_99,
            is_reconstructed=is_rebuilt,
            last_seen_date=min(day, gone_since) if sku == GONE else day,
        )
        for sku, (name, units, reserved, cost) in SHELF.items()
    )
    table = rows_of("article_days", *rows)
    open_lake(load_settings()).publish("article_days", day.isoformat(), table)


def skus_of(page):
    rows = page.locator("table.um-table--folds tbody tr .um-sub").all_inner_texts()
    return [text.split(" ")[0] for text in rows]


def test_the_books_are_closed_with_the_stock_of_a_day(open_window, today, tmp_path):
    window = open_window()
    window.log_in("anna")
    page = window.page

    window.open("/history/changes/")
    page.get_by_role("link", name="Stock on a day").click()
    page.wait_for_url("**/history/stock/")
    assert skus_of(page) == ["HX-2", "HX-1", "HX-3", "HX-4"]
    expect(page.get_by_text("€12,875.00")).to_have_count(2)
    expect(page.get_by_text("1 vanished article is left out")).to_be_visible()

    page.get_by_label("vanished ones too").check()
    page.locator("[name=sort]").select_option("sku")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("vanished, last seen")).to_be_visible()
    assert skus_of(page) == list(SHELF)
    window.picture("stock-light")

    page.locator("[name=on]").fill((today - ONE_DAY).isoformat())
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("There is no snapshot of")).to_be_visible()
    expect(page.get_by_text("€13,001.00")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    download.value.save_as(tmp_path / "stock.csv")
    text = (tmp_path / "stock.csv").read_text(encoding="utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["business_date"]]
    assert {row["business_date"] for row in rows} == {(today - ONE_DAY * 2).isoformat()}
    assert sum(float(row["stock_value"] or 0) for row in rows) == pytest.approx(13_001)
    window.picture("stock-other-day-light")

    page.get_by_role("link", name="Garden hose").click()
    page.wait_for_url("**/articles/*/")


@pytest.mark.parametrize(
    ("name", "language", "scheme", "width"),
    [
        ("dark", "en-GB", "dark", 1440),
        ("german", "de-DE", "light", 1440),
        ("phone", "de", "light", 390),
    ],
)
def test_the_stock_in_every_dress(open_window, today, name, language, scheme, width):
    window = open_window(language=language, scheme=scheme, width=width)
    window.log_in("anna")

    window.open("/history/stock/?vanished=1")
    window.picture(f"stock-{name}")
    assert window.page.evaluate("document.documentElement.scrollWidth") <= width

    window.open(f"/history/stock/?on={today - ONE_DAY * 40}")
    window.picture(f"stock-rebuilt-{name}")
    window.open("/history/stock/?on=2020-01-01")
    window.picture(f"stock-too-early-{name}")
    assert window.page.evaluate("document.documentElement.scrollWidth") <= width
