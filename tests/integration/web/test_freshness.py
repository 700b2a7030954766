"""As of when the figures are, and whether they are complete: said wherever figures are shown."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from builders import web as build
from umschlag.kernel.periods import business_date_of
from umschlag.settings import load_settings
from umschlag.storage.records.articles import DayRef, set_articles_state
from umschlag.storage.records.models import SnapshotRun, SyncRun
from umschlag.wiring.freshness import (
    behind_texts,
    freshness_lines,
    freshness_of,
    sold_through_text,
)
from umschlag.wiring.history import ORDERS_SOURCE

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LISTS = ["article", "articlemovement", "articleforecast", "proposal"]
PAGES = [
    "/admin/",
    "/reports/penner-renner/",
    "/reports/profit/",
    "/history/changes/",
    "/history/stock/",
    "/history/stock-outs/",
    *(f"/admin/records/{name}/" for name in LISTS),
]


@pytest.fixture
def today():
    return business_date_of(timezone.now(), load_settings().zone)


def a_complete_run(day, **values):
    now = timezone.now()
    return SnapshotRun.objects.create(
        **{
            "business_date": day,
            "origin": "captured",
            "status": "complete",
            "started_at": now,
            "finished_at": now,
            "row_count": 2_000,
        }
        | values
    )


def an_import(source, *, days_ago=0, status="complete"):
    at = timezone.now() - timedelta(days=days_ago)
    SyncRun.objects.create(source=source, status=status, started_at=at, finished_at=at)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_with_figures_says_as_of_when_and_that_they_are_complete(browser, today, page):
    a_complete_run(today)

    text = browser.get(page).content.decode()

    assert "As of " in text
    assert " CET, complete" in text or " CEST, complete" in text
    assert "um-freshness--stale" not in text.replace("um-source um-freshness--stale", "")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_with_figures_warns_of_an_old_picture(browser, today, page):
    a_complete_run(today - timedelta(days=2))

    text = browser.get(page).content.decode()

    assert "The last complete snapshot is 2 days old" in text
    assert "um-freshness--stale" in text


def test_an_article_says_it_where_it_is_read_and_where_it_is_edited(browser, today):
    a_complete_run(today)
    article = build.an_article()

    for page in (
        reverse("pages:article", args=[article.pk]),
        reverse("admin:records_article_change", args=[article.pk]),
    ):
        assert ", complete" in browser.get(page).content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_what_was_not_made_anew_since_the_picture_is_named(browser, today, page):
    a_complete_run(today)
    yesterday = today - timedelta(days=1)
    article = build.an_article(movement={"as_of_date": yesterday})
    build.a_forecast(article, made_date=yesterday - timedelta(days=1))
    an_import(ORDERS_SOURCE, days_ago=1)
    an_import(ORDERS_SOURCE, status="failed")

    text = browser.get(page).content.decode()

    assert "The classification is still that of" in text
    assert "Forecasts and proposals are still as of the close of" in text
    assert "Orders were last read on" in text
    assert "um-freshness--stale" in text


def test_nothing_is_behind_where_all_was_made_today(today):
    a_complete_run(today)
    article = build.an_article(movement={"as_of_date": today})
    # What a day that has only begun sells lies ahead of its forecast.
    build.a_forecast(article, made_date=today - timedelta(days=1))
    an_import(ORDERS_SOURCE)

    found = freshness_of(load_settings())

    assert behind_texts(found) == []
    assert not found.is_stale
    yesterday = date_format(today - timedelta(days=1))
    assert sold_through_text(found) == f"verdicts and forecasts count sales through {yesterday}"


def test_nothing_is_said_of_sales_where_the_pictures_own_day_is_over(today):
    a_complete_run(today - timedelta(days=1))

    assert sold_through_text(freshness_of(load_settings())) == ""


def test_what_was_never_made_is_told_by_the_pages_themselves(today):
    a_complete_run(today)

    assert behind_texts(freshness_of(load_settings())) == []


def test_print_and_mail_name_day_time_and_size_of_the_picture(today):
    assert freshness_lines(freshness_of(load_settings())) == []

    a_complete_run(today)

    (line,) = freshness_lines(freshness_of(load_settings()))
    assert line.startswith("As of ")
    assert line.endswith(f", complete (stock of {today}, 2,000 articles)")


def test_the_dashboard_says_when_the_carts_were_made(browser):
    build.a_run(made_at=build.NOW)

    assert "made 2 Sep 2026, 02:14" in browser.get("/admin/").content.decode()


def test_the_cart_generator_says_when_its_sources_were_read(browser):
    an_import("autofba")
    an_import("buying_sheet", days_ago=3)

    page = browser.get(reverse("pages:generator")).content.decode()

    assert "Clients and stores as of" in page
    assert "Buying sheet as of" in page
    assert "Ungating: never read" in page
    assert page.count("um-source um-freshness--stale") == 2


def test_the_profit_page_says_when_sellerboard_was_read(browser):
    an_import("sellerboard")

    assert "Sellerboard as of" in browser.get("/reports/profit/").content.decode()


def test_exported_articles_name_the_day_they_stand_at(browser, today):
    build.an_article("HX-1", changed_date=today)
    build.an_article("HX-2", changed_date=None)
    build.an_article("HX-3", vanished_date=today - timedelta(days=3), changed_date=today)
    set_articles_state(DayRef(business_date=today, version=1))

    answer = browser.post(reverse("admin:records_article_export"), {"format": "0", "resource": ""})

    rows = {
        row["sku"]: row for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    }
    assert rows["HX-1"]["as_of"] == today.isoformat()
    assert rows["HX-2"]["as_of"] == ""
    assert rows["HX-3"]["vanished_date"] == (today - timedelta(days=3)).isoformat()
