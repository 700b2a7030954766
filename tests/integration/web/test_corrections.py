"""Correcting stock and prices from the back office: try, look, send, see what came of it."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from builders import web as build
from builders.lake import DAY, rows_of
from builders.world import a_scale, plenty_client, simulators_with
from builders.write_backs import a_write_back
from umschlag.settings import Settings, load_settings
from umschlag.storage.records import models
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.django_db, pytest.mark.database]
NEW = "/write-backs/new/"
TRYING = ["records.add_writebackrun", "records.view_writebackrun"]
SENDING = [*TRYING, "records.send_writebackrun"]


@pytest.fixture(scope="module")
def served():
    with simulators_with(scale=a_scale(days=3), sessions_max=1_000) as running:
        yield running


@pytest.fixture
def erp(served, monkeypatch):
    """Serve the demo's ERP to the back office, with two of its articles on record."""
    monkeypatch.setenv("UMSCHLAG_SIMULATORS_PORT", served.url.rpartition(":")[2])
    load_settings.cache_clear()
    with plenty_client(served) as raw:
        entries = raw.get(
            "/rest/pim/variations", params={"with": "base,bundleComponents", "itemsPerPage": 250}
        ).json()["entries"]
        plain = [row for row in entries if row.get("base") and not row["bundleComponents"]]
        for row in plain[:3]:
            build.an_article(row["base"]["number"], variation_id=row["id"])
        yield raw
    load_settings.cache_clear()


def units_of(raw, sku):
    number = models.Article.objects.get(sku=sku).variation_id
    rows = raw.get("/rest/stockmanagement/warehouses/1/stock", params={"variationId": number})
    found = rows.json()["entries"]
    return float(found[0]["stockPhysical"]) if found else 0.0


def a_file(*lines, name="counted.csv", header="sku;units;warehouse;based_on"):
    return SimpleUploadedFile(name, "\n".join([header, *lines]).encode())


def test_a_list_is_tried_looked_at_and_sent(client, erp):
    client.force_login(build.a_user(permissions=SENDING))
    sku = models.Article.objects.earliest("pk").sku
    before = units_of(erp, sku)

    tried = client.post(
        NEW, {"kind": "stock", "reason": "Inventur", "file": a_file(f"{sku};77;1;")}, follow=True
    )
    shown = tried.content.decode()
    run = models.WriteBackRun.objects.get()
    assert units_of(erp, sku) == before
    assert (run.is_dry, run.asker, run.made_by.username) == (True, "anna", "anna")
    assert "stock/correction" in shown
    assert "&quot;quantity&quot;: 77" in shown

    sent = client.post(reverse("pages:send-write-back", args=[run.pk]), follow=True)

    assert units_of(erp, sku) == 77
    written = models.WriteBackRun.objects.get(is_dry=False)
    line = written.lines.get()
    assert (line.outcome, line.before, line.after) == ("verified", before, 77)
    assert (written.tried_as, written.reason, written.asker) == (run, "Inventur", "anna")
    assert "everything stands as asked" in sent.content.decode()


def test_one_dry_run_is_sent_once(client, erp):
    client.force_login(build.a_superuser())
    sku = models.Article.objects.earliest("pk").sku
    client.post(NEW, {"kind": "stock", "sku": sku, "asked": "81", "warehouse": "1"})
    run = models.WriteBackRun.objects.get()
    address = reverse("pages:send-write-back", args=[run.pk])
    client.post(address)

    again = client.post(address, follow=True)

    assert models.WriteBackRun.objects.filter(is_dry=False).count() == 1
    assert "was sent already" in again.content.decode()


def test_stock_that_moves_between_the_dry_run_and_sending_is_left_alone(client, erp):
    client.force_login(build.a_superuser())
    article = models.Article.objects.earliest("pk")
    client.post(NEW, {"kind": "stock", "sku": article.sku, "asked": "90", "warehouse": "1"})
    run = models.WriteBackRun.objects.get()
    row = {"variationId": article.variation_id, "quantity": 5}
    erp.put(
        "/rest/stockmanagement/warehouses/1/stock/bookIncomingItems", json={"incomingItems": [row]}
    ).raise_for_status()
    stands = units_of(erp, article.sku)

    page = client.post(reverse("pages:send-write-back", args=[run.pk]), follow=True)

    assert units_of(erp, article.sku) == stands
    assert models.WriteBackLine.objects.get(run__is_dry=False).refusal == "moved"
    assert "Count or calculate again" in page.content.decode()


def test_a_price_is_written_as_people_write_it(client, erp):
    client.force_login(build.a_superuser())
    article = models.Article.objects.earliest("pk")

    client.post(NEW, {"kind": "price", "sku": article.sku, "asked": "19,95"})
    client.post(reverse("pages:send-write-back", args=[models.WriteBackRun.objects.get().pk]))

    assert str(models.WriteBackLine.objects.get(run__is_dry=False).after) == "19.9500"


def test_who_may_try_may_not_send(client):
    client.force_login(build.a_user(permissions=TRYING))
    run = a_write_back()

    page = client.get(reverse("pages:write-back", args=[run.pk])).content.decode()
    answer = client.post(reverse("pages:send-write-back", args=[run.pk]))

    assert answer.status_code == 403
    assert "Sending needs the right" in page
    assert "Send 1 row" not in page


def test_who_may_only_look_may_not_try(client):
    client.force_login(build.a_user(permissions=["records.view_writebackrun"]))

    assert client.get(NEW).status_code == 403
    assert client.post(NEW, {"kind": "stock", "sku": "A", "asked": "1"}).status_code == 403
    assert client.get(reverse("pages:write-back", args=[a_write_back().pk])).status_code == 200


def test_a_stranger_is_sent_to_the_login(client):
    assert "/admin/login/" in client.get(NEW).url


def test_an_installation_that_only_reads_sends_nothing(client, monkeypatch):
    client.force_login(build.a_superuser())
    run = a_write_back()
    monkeypatch.setenv("UMSCHLAG_PLENTYMARKETS_URL", "http://127.0.0.1:9")
    load_settings.cache_clear()
    try:
        page = client.get(reverse("pages:write-back", args=[run.pk])).content.decode()
        answer = client.post(reverse("pages:send-write-back", args=[run.pk]), follow=True)
    finally:
        load_settings.cache_clear()

    assert "only reads Plentymarkets" in page
    assert "UMSCHLAG_PLENTYMARKETS_MAY_WRITE" in answer.content.decode()
    assert not models.WriteBackRun.objects.filter(is_dry=False).exists()


def test_production_writes_only_where_it_is_switched_on():
    from umschlag.wiring.corrections import may_write

    secrets = {"secret_key": "s" * 60, "encryption_key": "e"}
    production = {"mode": "production", "plentymarkets_url": "https://shop.example", **secrets}

    assert not may_write(Settings(**production))
    assert may_write(Settings(**production, plentymarkets_may_write=True))
    assert not may_write(Settings(mode="demo", plentymarkets_url="https://shop.example"))
    assert may_write(Settings(mode="demo"))


def test_several_typed_rows_are_one_list_and_empty_ones_are_none(client, erp):
    client.force_login(build.a_superuser())
    first, second, _third = models.Article.objects.order_by("pk")

    client.post(
        NEW,
        {
            "kind": "stock",
            "warehouse": "1",
            "price_id": "9",
            "sku": [first.sku, "", second.sku],
            "asked": ["61", "", "62"],
            "based_on": ["", "", "1"],
        },
    )

    lines = models.WriteBackRun.objects.get().lines.order_by("row")
    assert [(line.row, line.sku, int(line.asked)) for line in lines] == [
        (1, first.sku, 61),
        (3, second.sku, 62),
    ]
    assert [line.place_id for line in lines] == [1, 1]
    assert (lines[0].based_on, lines[1].based_on) == (None, 1)


def test_the_form_knows_the_article_it_was_opened_from(client):
    client.force_login(build.a_superuser())

    page = client.get(NEW, {"sku": "HX-77", "kind": "price"}).content.decode()

    assert 'value="HX-77"' in page
    assert page.count('value="price" checked') == 2


def test_the_warehouses_that_sell_are_offered_by_name(client):
    client.force_login(build.a_superuser())
    rows = [
        {
            "business_date": DAY,
            "sku": "HX-1",
            "warehouse_id": number,
            "warehouse_name": name,
            "is_sales": sells,
            "on_hand_units": 1,
            "reserved_units": 0,
        }
        for number, name, sells in [(1, "Hauptlager", True), (2, "UK", True), (3, "Repair", False)]
    ]
    lake = open_lake(load_settings())
    lake.publish("warehouse_days", DAY.isoformat(), rows_of("warehouse_days", *rows))

    page = client.get(NEW).content.decode()

    assert "Hauptlager (1)" in page
    assert "UK (2)" in page
    assert "Repair" not in page


def test_what_was_typed_stays_where_it_cannot_be_used(client):
    client.force_login(build.a_superuser())

    page = client.post(
        NEW,
        {"kind": "stock", "sku": ["HX-1", "HX-2"], "asked": ["5", "x"], "reason": "Inventur"},
    ).content.decode()

    assert all(f'value="{typed}"' in page for typed in ("HX-1", "HX-2", "5", "x", "Inventur"))
    assert "Row 2:" in page


def test_how_far_a_sending_is_can_be_asked_while_it_runs(client):
    client.force_login(build.a_user(permissions=TRYING))
    dry = a_write_back({}, {}, {})
    address = reverse("pages:write-back-progress", args=[dry.pk])

    before = client.get(address).json()
    a_write_back(
        {"outcome": "verified"},
        {"outcome": "sending"},
        {"outcome": "not_sent"},
        is_dry=False,
        status="running",
        tried_as=dry,
    )

    assert before == {"text": ""}
    assert client.get(address).json() == {"text": "2 of 3 sent, 1 looked up again …"}


def test_a_row_shows_what_changes_by_how_much_and_whose_article_it_is(client):
    client.force_login(build.a_superuser())
    article = build.an_article("HX-2", name="Desk lamp")
    run = a_write_back(
        {"sku": "HX-2", "before": Decimal("28.49"), "asked": Decimal("19.95"), "currency": "EUR"},
        kind="price",
    )

    page = client.get(reverse("pages:write-back", args=[run.pk])).content.decode()

    assert f'href="/articles/{article.pk}/">Desk lamp' in page
    assert "€28.49" in page
    assert "−€8.54 (−30\N{NO-BREAK SPACE}%)" in page


def test_a_sent_list_says_what_it_left_out_and_when_other_pages_follow(client):
    client.force_login(build.a_superuser())
    dry = a_write_back({}, {"outcome": "refused", "refusal": "bundle"})
    sent = a_write_back(
        {"outcome": "verified", "after": 10}, is_dry=False, tried_as=dry, row_count=1, good_count=1
    )

    page = client.get(reverse("pages:write-back", args=[sent.pk])).content.decode()

    assert "sent and verified by reading back" in page
    assert "follow with the next snapshot" in page
    assert "1 row of the dry run was not to be sent" in page


def test_a_list_of_refusals_alone_has_nothing_to_send(client):
    client.force_login(build.a_superuser())
    run = a_write_back({"outcome": "refused", "refusal": "bundle", "before": None})

    page = client.get(reverse("pages:write-back", args=[run.pk])).content.decode()

    assert "There is nothing to send" in page
    assert "A bundle has no stock of its own. Correct the stock of its components." in page
    assert "to Plentymarkets</button>" not in page


def test_an_erp_that_is_away_is_named_in_the_readers_language(client, monkeypatch):
    client.force_login(build.a_superuser())
    monkeypatch.setenv("UMSCHLAG_SIMULATORS_PORT", "9")
    load_settings.cache_clear()
    try:
        page = client.post(
            NEW,
            {"kind": "stock", "sku": "HX-1", "asked": "1", "warehouse": "1"},
            headers={"accept-language": "de"},
        ).content.decode()
    finally:
        load_settings.cache_clear()

    assert "Plentymarkets war nicht zu erreichen, gesendet wurde nichts" in page
    assert 'value="HX-1"' in page


def test_a_bad_file_is_explained_in_german(client):
    client.force_login(build.a_superuser())
    upload = a_file("HX-1;zehn;1;", "HX-2;;1;", ";5;1;", "HX-4;5;daheim;")

    page = client.post(
        NEW, {"kind": "stock", "file": upload}, headers={"accept-language": "de"}
    ).content.decode()

    assert "counted.csv, Zeile 2, units: „zehn“ ist keine Zahl" in page
    assert "Zeile 3, units: ist leer" in page
    assert "Zeile 4, sku: ist leer; die Artikelnummer eintragen" in page
    assert "Zeile 5, warehouse: „daheim“ ist keine Nummer aus Plentymarkets" in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"kind": "stock"}, "Enter an SKU and a figure"),
        ({"kind": "stock", "asked": "5"}, "Row 1 has a figure and no SKU."),
        ({"kind": "stock", "sku": "HX-1"}, "Row 1 has no figure."),
        ({"kind": "stock", "sku": "HX-1", "asked": "nan"}, "is no figure"),
        ({"kind": "stock", "sku": "HX-1", "asked": "many"}, "is no figure"),
        ({"kind": "stock", "sku": "HX-1", "asked": "1", "warehouse": "home"}, "by their number"),
        ({"kind": "other", "sku": "HX-1", "asked": "1"}, "Choose stock or prices"),
    ],
)
def test_what_cannot_be_understood_is_said_and_nothing_is_asked(client, form, said):
    client.force_login(build.a_superuser())

    page = client.post(NEW, form, follow=True).content.decode()

    assert said in page
    assert not models.WriteBackRun.objects.exists()


def test_a_file_with_a_bad_row_is_refused_whole_and_names_the_cell(client):
    client.force_login(build.a_superuser())

    page = client.post(
        NEW, {"kind": "stock", "file": a_file("HX-1;10;1;", "HX-2;ten;1;")}, follow=True
    ).content.decode()

    assert "counted.csv, row 3, units" in page
    assert not models.WriteBackRun.objects.exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Dry run", "would be sent", "Exactly this would be sent"]),
        ("de", ["Probelauf", "würde gesendet", "Genau das würde gesendet"]),
    ],
)
def test_the_pages_speak_the_readers_language(client, language, words):
    client.force_login(build.a_superuser())
    run = a_write_back()

    form = client.get(NEW, headers={"accept-language": language}).content.decode()
    page = client.get(
        reverse("pages:write-back", args=[run.pk]), headers={"accept-language": language}
    ).content.decode()

    assert words[0] in form
    assert all(word in page for word in words[1:])


@pytest.mark.parametrize("label", ["writebackrun", "writebackline"])
def test_the_records_can_be_taken_out_and_not_changed(client, label):
    client.force_login(build.a_superuser())
    a_write_back({"sku": "HX-77"})

    exported = client.post(reverse(f"admin:records_{label}_export"), {"format": "0"})

    assert exported.status_code == 200
    assert (b"anna" in exported.content) or (b"HX-77" in exported.content)
    record = models.WriteBackRun.objects.get()
    assert client.post(f"/admin/records/{label}/{record.pk}/delete/").status_code == 403
