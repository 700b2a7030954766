"""A purchaser orders within a budget; a manager acts on what lies, and sees what it brought."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from builders import web as build
from builders.acting import FAST, an_ungated_store, publish_shop
from umschlag.settings import load_settings
from umschlag.storage.records.models import ActOutcome, Proposal
from umschlag.wiring.acting import measure_outcomes
from umschlag.wiring.proposing import propose

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    rights = ["records.view_proposal", "records.change_proposal", "records.view_article"]
    build.a_user("paula", permissions=rights)
    publish_shop(load_settings())
    an_ungated_store()
    propose(load_settings())


def go(page, link):
    with page.expect_navigation():
        link.click()
    page.wait_for_load_state("networkidle")


def number_in(text):
    plain = "".join(sign for sign in text if sign.isdigit() or sign in ".-−")
    return round(float(plain.replace("−", "-")), 2)


def assert_it_adds_up(table):
    """Add up what the table shows, as a purchaser would."""
    total = None
    for row in table.locator("tr").all():
        sign, _text, figure = (cell.inner_text() for cell in row.locator("td").all())
        value = number_in(figure)
        if sign == "=":
            assert total == pytest.approx(value, abs=0.0051)
            total = value
        elif sign == "×":
            total = round(total * value + 1e-9, 2)
        else:
            total = value if sign == "" else total + value if sign == "+" else total - value


def test_a_purchaser_orders_what_a_budget_buys(open_window, shop, tmp_path):
    window = open_window(width=1440)
    window.log_in("paula")
    page = window.page
    page.locator('#nav-sidebar-apps a[href="/replenishment/"]').click()
    lines = page.locator("tr.um-line")
    expect(lines).to_have_count(len(FAST))
    page.get_by_text("Why this quantity").first.click()
    sums = page.locator("details[open] table")
    expect(sums).to_have_count(3)
    for table in sums.all():
        assert_it_adds_up(table)
    window.picture("replenishment")

    for kind, file in (("CSV", "orders.csv"), ("Excel", "orders.xlsx")):
        with page.expect_download() as download:
            page.get_by_role("link", name=kind).first.click()
        download.value.save_as(tmp_path / file)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "orders.csv").read_text("utf-8-sig"))))
    assert {row["sku"] for row in rows} == set(FAST)
    sheet = openpyxl.load_workbook(tmp_path / "orders.xlsx").active
    assert sheet.max_row == 1 + len(FAST)

    page.locator("[name=budget]").first.fill("900,00")
    go(page, page.get_by_role("button", name="Show", exact=True))
    expect(page.get_by_text("Left of the budget")).to_be_visible()
    window.picture("replenishment-budget")
    shown = lines.count()
    go(page, page.get_by_role("button", name="Accept all"))
    expect(page.get_by_text(f"{shown} order lines accepted.")).to_be_visible()
    accepted = Proposal.objects.filter(state="accepted")
    assert accepted.count() == shown
    spent = sum(row.units_to_order * row.article.unit_cost_minor for row in accepted)
    assert 0 < spent <= 90_000
    assert {row.decided_by for row in accepted} == {"paula"}


def test_one_articles_stock_is_projected(open_window, shop):
    for language, scheme in (("en-GB", "light"), ("de-DE", "dark")):
        window = open_window(language=language, scheme=scheme, width=1280)
        window.log_in("paula")
        window.open("/replenishment/")
        page = window.page
        go(page, page.locator("form[method=post] tbody .um-link").first)
        expect(page.locator("canvas")).to_be_visible()
        page.locator(".um-details").first.locator("summary").click()
        window.picture(f"replenishment-article-{scheme}")


def test_acts_are_decided_taken_back_and_measured(open_window, shop):
    window = open_window(width=1440)
    window.log_in("paula")
    page = window.page
    page.locator('#nav-sidebar-apps a[href="/what-to-do/"]').click()
    for label in ("discount", "move to a client's store", "bundle", "stop reordering"):
        expect(page.locator("tbody .um-label", has_text=label).first).to_be_visible()
    window.picture("what-to-do")
    page.locator("input[name=act]").first.check()
    page.locator("input[name=act]").nth(1).check()
    go(page, page.get_by_role("button", name="Accept the chosen"))
    expect(page.get_by_text("2 acts: accepted.")).to_be_visible()
    expect(page.get_by_text("2 accepted acts wait to be measured")).to_be_visible()

    window.open("/what-to-do/?state=accepted")
    page.locator("input[name=act]").first.check()
    go(page, page.get_by_role("button", name="Take back the chosen"))
    assert Proposal.objects.filter(state="accepted").count() == 1

    then = timezone.now() - timedelta(days=200)
    Proposal.objects.filter(state="accepted").update(
        decided_at=then, decided_date=Proposal.objects.first().made_date - timedelta(days=95)
    )
    assert measure_outcomes(load_settings()) == 2
    assert measure_outcomes(load_settings()) == 0
    assert ActOutcome.objects.count() == 2
    window.open("/what-to-do/?state=accepted")
    expect(page.locator("#outcomes tbody tr")).to_have_count(2)
    window.picture("what-to-do-outcomes")


def test_both_pages_in_german_and_in_the_dark(open_window, shop):
    for language, scheme in (("de-DE", "light"), ("en-GB", "dark")):
        window = open_window(language=language, scheme=scheme, width=1280)
        window.log_in("paula")
        for path, name in (("/replenishment/", "replenishment"), ("/what-to-do/", "what-to-do")):
            window.open(path)
            window.page.wait_for_load_state("networkidle")
            window.picture(f"{name}-{language[:2]}-{scheme}")


def test_before_anything_was_forecast_both_pages_say_what_to_do(open_window, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    build.a_user("paula", permissions=["records.view_proposal"])
    window = open_window(width=1280)
    window.log_in("paula")
    for path in ("/replenishment/", "/what-to-do/"):
        window.open(path)
        expect(window.page.get_by_text("umschlag forecast")).to_be_visible()
