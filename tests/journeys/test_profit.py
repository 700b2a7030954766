"""A manager asks what the shop earns, where the money goes, and what the figures contradict."""

import csv
import io
from datetime import date, timedelta

import numpy as np
import openpyxl
import pytest
from playwright.sync_api import expect

from builders import web as build
from builders.exchange import a_rate
from builders.lake import a_sellerboard_day, article_day, rows_of
from umschlag.settings import load_settings
from umschlag.storage.records.exchange_rates import keep_rates
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
NEWEST = date(2026, 11, 20)
DAYS = 75
SETTLED_AFTER_DAYS = 14
MARKETPLACES = {"Amazon.de": "EUR", "Amazon.fr": "EUR", "Amazon.co.uk": "GBP"}
NAMES = {
    "HX-1001": ("Desk lamp, white, 40 cm", "Lighting", "Lumo"),
    "HX-1002": ("Garden hose, 20 m", "Garden", "Hydra"),
    "HX-1003": ("Yoga mat, blue", "Sport", "Asana"),
    "HX-1004": ("Soup bowl, set of six", "Kitchen", "Terra"),
    "HX-1005": ("Kettle, stainless steel", "Kitchen", "Terra"),
    "HX-1006": ("Cable drum, 10 m", "Garden", "Hydra"),
}


COSTS = {"HX-1002": 6_10, "HX-1006": 24_00}
"""What the ERP has: of the hose not what Sellerboard has, of the drum more than it brings."""


def a_product_day(sku, day, marketplace, rng):
    place = list(NAMES).index(sku)
    units = int(rng.poisson(1.8 if day.weekday() < 5 else 3.2))
    price = 1_299 + 400 * place
    cost = 450 + 120 * place if place < 5 else 2_400
    sales = units * price
    parts = {
        "sales_minor": sales,
        "ads_minor": -sales // 14,
        "fees_minor": -(sales * 15 // 100 + units * 310),
        "refund_cost_minor": -sales // 45,
        "cost_of_goods_minor": -units * cost,
        "vat_minor": -sales * 19 // 119,
    }
    return a_sellerboard_day(
        sku,
        day,
        **parts,
        net_profit_minor=sum(parts.values()),
        units=units,
        asin=f"B00000000{place}",
        marketplace=marketplace,
        currency=MARKETPLACES[marketplace],
        fulfilment_channel="FBM" if place == 2 else "FBA",
        is_settled=(NEWEST - day).days > SETTLED_AFTER_DAYS,
    )


@pytest.fixture
def shop(settings):
    """Return three marketplaces' figures of 75 days, one of them in pounds that have a rate."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    build.a_user("paula", permissions=["records.view_article"])
    lake, rng = open_lake(load_settings()), np.random.default_rng(4)
    days = [NEWEST - timedelta(days=age) for age in range(DAYS)]
    rows = [
        a_product_day(sku, day, marketplace, rng)
        for day in days
        for sku in NAMES
        for marketplace in MARKETPLACES
    ]
    for month in sorted({f"{row['business_date']:%Y-%m}" for row in rows}):
        own = [row for row in rows if f"{row['business_date']:%Y-%m}" == month]
        lake.publish("sellerboard_days", month, rows_of("sellerboard_days", *own))
    for day in days:
        articles = [
            article_day(
                sku,
                day,
                name=name,
                category=category,
                manufacturer=maker,
                on_hand_units=0 if sku == "HX-1003" and day.day in (3, 4, 5) else 60,
                unit_cost_minor=COSTS.get(sku, 450 + 120 * place),
            )
            for place, (sku, (name, category, maker)) in enumerate(NAMES.items())
        ]
        lake.publish("article_days", day.isoformat(), rows_of("article_days", *articles))
    keep_rates([a_rate("GBP", "0.8712", rate_date=day) for day in days if day.weekday() < 5])
    for sku, (name, *_others) in NAMES.items():
        build.an_article(sku, name=name)
    return rows


def number_in(text):
    plain = "".join(sign for sign in text if sign.isdigit() or sign in ".-−")
    return round(float(plain.replace("−", "-")), 2)


def taken_out(page, kind, path):
    with page.expect_download() as download:
        page.get_by_role("link", name=kind).first.click()
    download.value.save_as(path)
    if kind == "CSV":
        return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    head, *rows = openpyxl.load_workbook(io.BytesIO(path.read_bytes())).active.iter_rows(
        values_only=True
    )
    return [dict(zip(head, row, strict=True)) for row in rows]


def choose(page, name, value):
    with page.expect_navigation():
        page.locator(f"[name={name}]").select_option(value)
    page.wait_for_load_state("networkidle")


def go(page, link):
    with page.expect_navigation():
        link.click()
    page.wait_for_load_state("networkidle")


def contributions(page):
    """Return what the table says was earned, by its first column."""
    return {
        row.locator("td").first.inner_text().split("\n")[0]: number_in(
            row.locator("[data-label=Contribution]").inner_text().split("\n")[0]
        )
        for row in page.locator("table.um-table--folds").first.locator("tbody tr").all()
    }


def test_what_is_earned_by_what_and_the_same_in_a_file(open_window, shop, tmp_path):
    window = open_window(width=1440)
    window.log_in("paula")
    page = window.page

    page.locator('#nav-sidebar-apps a[href="/reports/profit/"]').click()
    expect(page.get_by_text("estimated: the fees of")).to_be_visible()
    expect(page.get_by_text("(ECB)")).to_be_visible()
    page.wait_for_load_state("networkidle")
    window.picture("profit")
    by_article = contributions(page)
    assert set(by_article) == {name for name, *_others in NAMES.values()}

    choose(page, "by", "marketplace")
    by_marketplace = contributions(page)
    assert set(by_marketplace) == set(MARKETPLACES)
    assert sum(by_marketplace.values()) == pytest.approx(sum(by_article.values()), abs=0.01)
    for kind, file in (("CSV", "profit.csv"), ("Excel", "profit.xlsx")):
        rows = taken_out(page, kind, tmp_path / file)
        told = {row["marketplace"]: round(float(row["contribution"]), 2) for row in rows}
        assert told == by_marketplace
        for row in rows:
            parts = float(row["contribution_settled"]) + float(row["contribution_estimated"])
            assert parts == pytest.approx(float(row["contribution"]))


def test_days_of_ones_own_and_the_same_figures_as_a_table(open_window, shop):
    window = open_window(width=1440)
    window.log_in("paula")
    page = window.page
    window.open("/reports/profit/")
    page.locator("[name=since]").fill("2026-10-05")
    page.locator("[name=through]").fill("2026-10-11")
    go(page, page.get_by_role("button", name="Show", exact=True))

    expect(page.locator("[name=period]")).to_have_value("own")
    choose(page, "by", "day")
    assert list(contributions(page)) == [f"2026-10-{day:02}" for day in range(5, 12)]
    expect(page.get_by_text("2026-09-28 to 2026-10-04")).to_be_visible()
    page.get_by_text("As a table").first.click()
    drawn = page.locator(".um-charts table").first.locator("tbody tr")
    expect(drawn).to_have_count(7)
    page.get_by_text("As a table").last.click()
    end = page.locator(".um-charts table").last.locator("tbody tr").last
    shown = number_in(end.locator("td").nth(1).inner_text())
    assert shown == pytest.approx(sum(contributions(page).values()), abs=0.01)
    window.picture("profit-own-days")


def test_contradictions_come_dearest_first_and_by_kind(open_window, shop):
    window = open_window(width=1280)
    window.log_in("paula")
    page = window.page
    window.open("/reports/profit/")
    contradictions = page.locator("#contradictions")

    rows = contradictions.locator("tbody tr")
    stakes = [number_in(row.locator("td").last.inner_text().split("\n")[0]) for row in rows.all()]
    assert stakes == sorted(stakes, reverse=True)
    expect(contradictions.get_by_text("its stock is not in the ERP")).to_have_count(0)
    go(page, contradictions.get_by_role("link", name="Sold without stock"))
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("Yoga mat")
    go(page, contradictions.get_by_role("link", name="Price below landed cost"))
    expect(rows.first).to_contain_text("Cable drum")
    contradictions.scroll_into_view_if_needed()
    window.picture("profit-contradictions")


@pytest.mark.parametrize(("scheme", "width"), [("dark", 1440), ("light", 400)])
def test_in_german_and_on_a_telephone(open_window, shop, scheme, width):
    window = open_window(language="de-DE", scheme=scheme, width=width)
    window.log_in("paula")
    window.open("/reports/profit/?period=all")

    expect(window.page.get_by_role("heading", name="Wohin das Geld geht")).to_be_visible()
    overflow = window.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 1
    window.picture(f"profit-german-{scheme}")
