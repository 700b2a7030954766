"""A purchaser counts two shelves, brings the figures into the ERP, and hears what cannot be."""

import pytest
from playwright.sync_api import expect

from builders import web as build
from builders.lake import DAY, rows_of
from builders.world import a_scale, plenty_client, simulators_with
from umschlag.settings import load_settings
from umschlag.simulators.plentymarkets.knobs import Fault, FaultKind
from umschlag.storage.records import models
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
MAIN, OTHER = 1, 2
RIGHTS = [
    "records.view_article",
    "records.view_writebackrun",
    "records.add_writebackrun",
    "records.send_writebackrun",
]
SLOW_WRITE = Fault(kind=FaultKind.SLOW, path="/stock/correction", seconds=1.8)
"""Long enough that a person wonders whether anything happens."""


@pytest.fixture(scope="module")
def served():
    with simulators_with(
        scale=a_scale(days=3), sessions_max=1_000, faults=(SLOW_WRITE,)
    ) as running:
        yield running


@pytest.fixture
def erp(served, settings, monkeypatch):
    """Serve the demo's ERP to the back office: two plain articles and a bundle are on record."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setenv("UMSCHLAG_SIMULATORS_PORT", served.url.rpartition(":")[2])
    load_settings.cache_clear()
    build.a_user("paula", permissions=RIGHTS)
    rows = [
        {"business_date": DAY, "sku": "HX-1", "warehouse_id": number, "warehouse_name": name}
        | {"is_sales": True, "on_hand_units": 1, "reserved_units": 0}
        for number, name in [(MAIN, "Hauptlager"), (OTHER, "Lager UK")]
    ]
    lake = open_lake(load_settings())
    lake.publish("warehouse_days", DAY.isoformat(), rows_of("warehouse_days", *rows))
    with plenty_client(served) as raw:
        entries = raw.get(
            "/rest/pim/variations", params={"with": "base,bundleComponents", "itemsPerPage": 250}
        ).json()["entries"]
        known = [row for row in entries if row.get("base")]
        plain = [row for row in known if not row["bundleComponents"]][:2]
        (bundle, *_more) = [row for row in known if row["bundleComponents"]]
        names = ("Desk lamp, white", "Garden hose, 20 m", "Lamp and hose")
        for row, name in zip([*plain, bundle], names, strict=True):
            build.an_article(row["base"]["number"], name=name, variation_id=row["id"])
        yield raw
    load_settings.cache_clear()


def units_of(erp, article):
    rows = erp.get(
        f"/rest/stockmanagement/warehouses/{MAIN}/stock",
        params={"variationId": article.variation_id},
    ).json()["entries"]
    return int(float(rows[0]["stockPhysical"])) if rows else 0


def type_row(page, number, sku, figure):
    page.locator("[name=sku]").nth(number).fill(sku)
    page.locator("[name=asked]").nth(number).fill(str(figure))


def what_the_button_says(page):
    """Return a list that grows by each text that the sending button takes on.

    Told over the console, since a page that waits for its next one answers no questions.
    """
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "log" else None)
    page.evaluate(
        """const button = document.querySelector("form[action$=send] button");
        const tell = () => console.log(button.textContent);
        new MutationObserver(tell).observe(button, { childList: true });"""
    )
    return said


def row_of(page, sku):
    return page.locator("table.um-table tbody tr", has_text=sku)


def test_counting_two_shelves_and_bringing_the_figures_into_the_erp(open_window, erp):
    lamp, hose, bundle = models.Article.objects.order_by("pk")
    before = {article: units_of(erp, article) for article in (lamp, hose)}
    window = open_window(width=1280)
    window.log_in("paula")
    page = window.page

    page.locator('#nav-sidebar-apps a[href="/write-backs/new/"]').click()
    for number, article in enumerate((lamp, hose)):
        type_row(page, number, article.sku, before[article] + 7)
    type_row(page, 2, bundle.sku, 5)
    page.locator("select[name=warehouse]").select_option(label=f"Hauptlager ({MAIN})")
    page.locator("[name=reason]").first.fill("Stocktaking, aisle 4")
    window.picture("correcting-typed")
    page.get_by_role("button", name="Dry run").first.click()

    page.wait_for_url("**/write-backs/*/")
    expect(page.get_by_text("nothing was sent", exact=True)).to_be_visible()
    for article in (lamp, hose):
        cells = row_of(page, article.sku).locator("td").all_inner_texts()
        assert cells[3:6] == [str(before[article]), str(before[article] + 7), "+7"]
        assert "would be sent" in cells[6]
    expect(row_of(page, bundle.sku)).to_contain_text(
        "A bundle has no stock of its own. Correct the stock of its components."
    )
    expect(page.get_by_text("PUT /rest/stockmanagement/warehouses/1/stock/corr")).to_be_visible()
    assert {article: units_of(erp, article) for article in (lamp, hose)} == before
    window.picture("correcting-dry-run")

    said = what_the_button_says(page)
    page.get_by_role("button", name="Send 2 rows to Plentymarkets").click()

    expect(page.get_by_text("sent and verified by reading back")).to_be_visible()
    assert said[:2] == ["Sending and looking up …", "2 of 2 sent, 0 looked up again …"]
    for article in (lamp, hose):
        row = row_of(page, article.sku)
        expect(row).to_contain_text("verified")
        assert row.locator("td").all_inner_texts()[6] == str(before[article] + 7)
        assert units_of(erp, article) == before[article] + 7
    expect(page.get_by_text("1 row of the dry run was not to be sent")).to_be_visible()
    sent = models.WriteBackRun.objects.get(is_dry=False)
    assert (sent.asker, sent.reason, sent.good_count) == ("paula", "Stocktaking, aisle 4", 2)
    window.picture("correcting-sent")

    page.get_by_role("link", name="Desk lamp, white").click()
    expect(page.get_by_role("link", name="Correct stock or price")).to_be_visible()


def test_on_a_telephone_in_german_what_cannot_be_used_stays_and_says_why(open_window, erp):
    lamp = models.Article.objects.earliest("pk")
    window = open_window(language="de-DE", scheme="dark", width=400)
    window.log_in("paula")
    page = window.page

    window.open(f"/articles/{lamp.pk}/")
    page.get_by_role("link", name="Bestand oder Preis korrigieren").click()
    expect(page.locator("[name=sku]").first).to_have_value(lamp.sku)
    page.get_by_text("Verkaufspreis", exact=True).first.click()
    expect(page.locator("[name=warehouse]")).to_be_hidden()
    page.locator("[name=asked]").first.fill("zwölf")
    page.get_by_role("button", name="Probelauf").first.click()

    expect(page.get_by_text("Zeile 1: „zwölf“ ist keine Zahl")).to_be_visible()
    expect(page.locator("[name=sku]").first).to_have_value(lamp.sku)
    window.picture("correcting-german-phone-refused")

    page.locator("[name=asked]").first.fill("0")
    page.get_by_role("button", name="Probelauf").first.click()

    page.wait_for_url("**/write-backs/*/")
    expect(page.get_by_text("Ein Preis ist größer als null.")).to_be_visible()
    expect(page.get_by_text("Es gibt nichts zu senden")).to_be_visible()
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 1
    window.picture("correcting-german-phone")


def test_who_may_not_send_is_told_so_before_typing_anything(open_window, erp):
    build.a_user("otto", permissions=RIGHTS[:-1])
    window = open_window()
    window.log_in("otto")

    window.open("/write-backs/new/")

    expect(window.page.get_by_text("Sending needs the right")).to_be_visible()
