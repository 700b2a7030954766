"""A purchaser in the morning: what changed and why, what ran out, what was known when."""

import csv
import io
from dataclasses import dataclass, field
from datetime import date, timedelta

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from builders import web as build
from builders.lake import a_sale, article_day, rows_of
from umschlag.kernel.periods import business_date_of
from umschlag.settings import load_settings
from umschlag.storage.records import models
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
ONE_DAY = timedelta(days=1)
NAMES = {
    "HX-1": "Desk lamp, white",
    "HX-2": "Garden hose, 20 m",
    "HX-3": "Yoga mat, blue",
    "HX-4": "Soup bowl",
    "HX-5": "Kettle",
}
STOCK = {
    "HX-1": [40, 40, 37, 37],
    "HX-2": [2, 2, 22, 22],
    "HX-3": [8, 8, 8, 8],
    "HX-4": [15, 15, 15, 13],
    "HX-5": [6, 0, 0, 0],
}
"""At the close of each day that has a snapshot, the newest last."""


@dataclass(slots=True)
class Shop:
    """Four days with a snapshot: five, four, two and no days ago; three days ago none was taken."""

    today: date
    days: list[date] = field(init=False)

    def __post_init__(self):
        self.days = [self.today - ONE_DAY * age for age in (5, 4, 2, 0)]

    @property
    def missing(self):
        return self.today - ONE_DAY * 3


def publish_day(lake, day, stock, *, mat_price):
    rows = (
        article_day(
            sku,
            day,
            name=NAMES[sku],
            on_hand_units=units,
            sales_price_minor=mat_price if sku == "HX-3" else 24_99,
        )
        for sku, units in stock.items()
    )
    lake.publish("article_days", day.isoformat(), rows_of("article_days", *rows))


def publish_by_month(lake, dataset, rows):
    for month in sorted({f"{row['business_date']:%Y-%m}" for row in rows}):
        own = [row for row in rows if f"{row['business_date']:%Y-%m}" == month]
        lake.publish(dataset, month, rows_of(dataset, *own))


@pytest.fixture
def shop(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    build.a_user("paula", permissions=["records.view_article"])
    lake = open_lake(load_settings())
    shop = Shop(business_date_of(timezone.now(), load_settings().zone))
    for number, day in enumerate(shop.days):
        stock = {sku: units[number] for sku, units in STOCK.items()}
        publish_day(lake, day, stock, mat_price=19_99 if number < 3 else 17_99)
        models.SnapshotRun.objects.create(
            business_date=day,
            origin="captured",
            status="complete",
            started_at=timezone.now(),
            finished_at=timezone.now(),
            row_count=len(STOCK),
        )
    sold = [a_sale("o1", shop.days[2], sku="HX-1", units=3), a_sale("o2", shop.today, units=0)]
    publish_by_month(lake, "sales", sold)
    received = {"business_date": shop.days[2], "sku": "HX-2", "warehouse_id": 1, "units": 20}
    publish_by_month(lake, "receipts", [received])
    for sku, name in NAMES.items():
        build.an_article(sku, name=name, on_hand_units=STOCK[sku][-1])
    return shop


def learn_late(shop):
    """Have the days known for three days, but learn today that the lamps were 44 at first."""
    before = timezone.now() - ONE_DAY * 3
    models.LakeDay.objects.update(published_at=before)
    models.LakeFile.objects.update(published_at=before)
    first = {sku: units[0] for sku, units in STOCK.items()} | {"HX-1": 44}
    publish_day(open_lake(load_settings()), shop.days[0], first, mat_price=19_99)


def choose(page, **values):
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value.isoformat())
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_load_state("networkidle")


def shown(page):
    """Return the table's cells by SKU, units as numbers, prices as they are written."""
    found = {}
    for row in page.locator("table.um-table--folds tbody tr").all():
        first, *cells = [cell.split("\n")[0] for cell in row.locator("td").all_inner_texts()]
        del first
        found[row.locator(".um-sub").first.inner_text().split(" ")[0]] = [
            number_in(cell) for cell in cells
        ]
    return found


def number_in(text):
    plain = text.replace("−", "-").replace("+", "").replace(",", "")
    return int(plain) if plain.lstrip("-").isdigit() else text


def taken_out(page, kind, path):
    with page.expect_download() as download:
        page.get_by_role("link", name=kind).click()
    download.value.save_as(path)
    if kind == "CSV":
        return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    head, *rows = book.active.iter_rows(values_only=True)
    return [
        {name: "" if cell is None else str(cell) for name, cell in zip(head, row, strict=True)}
        for row in rows
    ]


UNITS = [
    f"units_{name}" for name in ("before", "after", "changed", "sold", "received", "corrected")
]


def test_what_changed_and_why_and_the_same_in_a_file(open_window, shop, tmp_path):
    window = open_window(width=1280)
    window.log_in("paula")
    page = window.page

    page.locator('#nav-sidebar-apps a[href="/history/changes/"]').click()
    expect(page.get_by_text("As of")).to_be_visible()
    choose(page, since=shop.days[0], through=shop.days[3])

    table = shown(page)
    assert table["HX-1"][:6] == [40, 37, -3, 3, 0, 0]
    assert table["HX-2"][:6] == [2, 22, 20, 0, 20, 0]
    assert table["HX-4"][:6] == [15, 13, -2, 0, 0, -2]
    mat = page.locator("tbody tr", has_text="HX-3")
    expect(mat).to_contain_text("€17.99")
    expect(mat).to_contain_text("was €19.99")
    assert set(table) == set(NAMES)
    window.picture("history-changes")

    for kind, file in (("CSV", "changes.csv"), ("Excel", "changes.xlsx")):
        rows = taken_out(page, kind, tmp_path / file)
        assert [row["sku"] for row in rows] == list(table)
        for row in rows:
            assert [int(row[name]) for name in UNITS] == table[row["sku"]][:6]
            assert table[row["sku"]][7] == f"€{float(row['price_after']):.2f}"
            assert row["through"][:10] == shop.days[3].isoformat()


def test_a_day_without_a_snapshot_is_named_with_a_way_on(open_window, shop):
    window = open_window()
    window.log_in("paula")
    page = window.page
    window.open("/history/changes/")

    choose(page, since=shop.days[0], through=shop.missing)

    expect(page.get_by_text("There is no snapshot of")).to_be_visible()
    expect(page.locator("table")).to_have_count(0)
    expect(page.get_by_role("link", name="CSV")).to_have_count(0)
    page.get_by_role("link", name="instead").click()
    expect(page.locator("[name=through]")).to_have_value(shop.days[1].isoformat())
    assert shown(page)["HX-5"][:3] == [6, 0, -6]


def test_what_ran_out_and_for_how_long(open_window, shop, tmp_path):
    window = open_window()
    window.log_in("paula")
    page = window.page
    window.open("/history/changes/")

    page.get_by_role("link", name="Out of stock").click()
    choose(page, since=shop.days[0], through=shop.days[3])

    kettle = page.locator("tbody tr", has_text="HX-5")
    expect(kettle).to_contain_text("of 4")
    expect(page.get_by_text("2 days of this period have no snapshot")).to_be_visible()
    ((sku, cells),) = shown(page).items()
    (row,) = taken_out(page, "CSV", tmp_path / "stock-outs.csv")
    assert (row["sku"], row["out_since"]) == (sku, shop.days[1].isoformat())
    columns = ("days_out", "longest_run_days", "run_count")
    assert [int(row[name]) for name in columns] == cells[:3] == [3, 3, 1]
    window.picture("history-stock-outs")


def test_what_was_known_then_differs_from_what_is_known_now(open_window, shop):
    learn_late(shop)
    then = shop.today - ONE_DAY * 2
    window = open_window()
    window.log_in("paula")
    page = window.page
    window.open("/history/changes/")

    choose(page, since=shop.days[0], through=shop.days[3])
    assert shown(page)["HX-1"][:6] == [44, 37, -7, 3, 0, -4]
    choose(page, known_on=then)
    expect(page.get_by_text("what came in later is left out")).to_be_visible()
    assert shown(page)["HX-1"][:6] == [40, 37, -3, 3, 0, 0]
    window.picture("history-known-then")

    page.get_by_role("link", name="Desk lamp, white").click()
    first_day = page.locator("details.um-details tbody tr").last
    page.get_by_text("As a table").click()
    expect(first_day).to_contain_text("44")
    choose(page, known_on=then)
    page.get_by_text("As a table").click()
    expect(first_day).to_contain_text("40")
    expect(page.get_by_text("All other figures on this page are the newest.")).to_be_visible()
    window.picture("article-known-then")

    page.get_by_role("link", name="What changed").click()
    assert list(shown(page)) == ["HX-1"]


@pytest.mark.parametrize(("scheme", "width"), [("dark", 1280), ("light", 400)])
def test_both_pages_in_german_and_on_a_telephone(open_window, shop, scheme, width):
    window = open_window(language="de-DE", scheme=scheme, width=width)
    window.log_in("paula")

    for path, words in (("changes", "Was sich änderte"), ("stock-outs", "Ausverkauft")):
        window.open(f"/history/{path}/")
        expect(window.page.get_by_role("link", name=words, exact=True)).to_be_visible()
        assert "vollständig" in window.page.content()
        overflow = window.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 1
        window.picture(f"history-{path}-german-{scheme}")
