"""Correcting stock and prices from the back office: try, look, send, see what came of it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from builders import web as build
from builders.world import a_scale, plenty_client, simulators_with
from builders.write_backs import a_write_back
from umschlag.settings import Settings
from umschlag.storage.records import models

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
    from umschlag.settings import load_settings

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
    client.post(NEW, {"kind": "stock", "sku": sku, "asked": "81", "place": "1"})
    run = models.WriteBackRun.objects.get()
    address = reverse("pages:send-write-back", args=[run.pk])
    client.post(address)

    again = client.post(address, follow=True)

    assert models.WriteBackRun.objects.filter(is_dry=False).count() == 1
    assert "was sent already" in again.content.decode()


def test_stock_that_moves_between_the_dry_run_and_sending_is_left_alone(client, erp):
    client.force_login(build.a_superuser())
    article = models.Article.objects.earliest("pk")
    client.post(NEW, {"kind": "stock", "sku": article.sku, "asked": "90", "place": "1"})
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
    from umschlag.settings import load_settings

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


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"kind": "stock", "sku": "HX-1", "asked": "many"}, "is no figure"),
        ({"kind": "stock", "sku": "HX-1", "asked": "1", "place": "home"}, "by their number"),
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
