"""Every page of the back office opens, in both languages, and shows no more than it may."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from builders import web as build
from builders.records import TODAY, a_movement, a_proposal, an_article
from umschlag.storage.records import models
from umschlag.web import admin as rooms

# The rooms register their pages when they are loaded, which only the addresses do by themselves.
assert rooms.__all__

# Jobs do without the back office's rooms; the addresses load them, and here they are counted first.
admin.autodiscover()

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PAGES = sorted(
    (model._meta.label_lower for model in admin.site._registry if model is not LogEntry), key=str
)
OPEN_TO_ADD = [
    "records.article",
    "records.catalogasin",
    "records.client",
    "records.store",
    "records.ungatingstatus",
    "records.preorder",
    "records.movementrule",
    "records.apitoken",
    "records.plentymarketscredential",
    "auth.user",
    "auth.group",
]
WRITTEN_BY_US = sorted(set(PAGES) - set(OPEN_TO_ADD))
EXCHANGED = [
    "article",
    "catalogasin",
    "client",
    "store",
    "ungatingstatus",
    "preorder",
    "pallet",
    "movementrule",
]


def model_of(label):
    return next(model for model in admin.site._registry if model._meta.label_lower == label)


def address(label, page, *args):
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


@pytest.fixture
def back_office(client):
    client.force_login(build.a_superuser())
    build.one_of_everything()
    return client


def test_the_back_office_has_its_rooms():
    assert len(PAGES) > 20


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("label", PAGES)
def test_every_list_and_form_opens(back_office, label, language):
    record = model_of(label).objects.first()

    shown = [address(label, "changelist")]
    if record:
        shown.append(address(label, "change", record.pk))
    if label in OPEN_TO_ADD:
        shown.append(address(label, "add"))

    for page in shown:
        answer = back_office.get(page, headers={"accept-language": language})
        assert answer.status_code == 200, page
        assert f'<html lang="{language}"' in answer.content.decode()


@pytest.mark.parametrize("label", PAGES)
def test_every_list_can_be_searched_and_sorted(back_office, label):
    page = address(label, "changelist")

    for query in ("?q=desk", *(f"?o={column}" for column in range(1, 4))):
        assert back_office.get(page + query).status_code == 200, query


@pytest.mark.parametrize("label", WRITTEN_BY_US)
def test_what_the_product_writes_is_not_added_or_deleted_by_hand(back_office, label):
    record = model_of(label).objects.first()

    assert back_office.get(address(label, "add")).status_code == 403
    assert record, f"one_of_everything() lacks {label}"
    assert back_office.post(address(label, "delete", record.pk), {"post": "yes"}).status_code == 403
    assert model_of(label).objects.filter(pk=record.pk).exists()


def test_a_ledger_entry_cannot_be_rewritten(back_office):
    entry = models.LedgerEntry.objects.get()

    answer = back_office.post(
        address("records.ledgerentry", "change", entry.pk), {"kind": "hold", "note": "oops"}
    )

    entry.refresh_from_db()
    assert answer.status_code == 403
    assert (entry.kind, entry.note) == ("panel", "")


@pytest.mark.parametrize("label", PAGES)
def test_a_stranger_is_sent_to_the_login(client, label):
    answer = client.get(address(label, "changelist"))

    assert answer.status_code == 302
    assert "/admin/login/" in answer.url


def test_staff_see_what_they_are_allowed_and_nothing_else(client):
    client.force_login(build.a_user(permissions=["records.view_client"]))

    assert client.get(address("records.client", "changelist")).status_code == 200
    assert client.get(address("records.client", "add")).status_code == 403
    assert client.get(address("records.store", "changelist")).status_code == 403


def test_a_list_reads_its_neighbours_in_the_same_query(back_office, django_assert_max_num_queries):
    owner = build.a_client("C-many")
    for number in range(40):
        build.a_store(owner, f"S-many-{number}")

    with django_assert_max_num_queries(14):
        back_office.get(address("records.store", "changelist"))


@pytest.mark.parametrize(
    ("language", "written"), [("en", "€1,234.50"), ("de", "1.234,50\N{NO-BREAK SPACE}€")]
)
def test_money_in_a_list_is_written_as_the_reader_writes_it(back_office, language, written):
    build.an_asin("B0MONEY001", unit_cost_minor=1_234_50)

    answer = back_office.get(
        address("records.catalogasin", "changelist"), headers={"accept-language": language}
    )

    assert written in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "entered", "minor"),
    [
        ("en", "12.75", 12_75),
        ("en", "1,234.50", 1_234_50),
        ("de", "12,75", 12_75),
        ("de", "1.234,50", 1_234_50),
        ("de", "1.234", 1_234_00),
        ("de", "12.75", 12_75),
    ],
)
def test_money_is_entered_in_major_units(back_office, language, entered, minor):
    asin = models.CatalogAsin.objects.get()
    form = {
        "asin": asin.asin,
        "title": asin.title,
        "brand": asin.brand,
        "bought_units": 240,
        "remaining_units": 240,
        "case_pack_units": 6,
        "added_date": "2026-07-01",
        "unit_cost_minor": entered,
        "currency": "EUR",
    }

    answer = back_office.post(
        address("records.catalogasin", "change", asin.pk),
        form,
        headers={"accept-language": language},
    )

    asin.refresh_from_db()
    assert answer.status_code == 302
    assert asin.unit_cost_minor == minor
    assert asin.shipping_price_minor_min is None


def test_an_unknown_currency_is_refused_beside_its_field(back_office):
    asin = models.CatalogAsin.objects.get()

    answer = back_office.post(
        address("records.catalogasin", "change", asin.pk),
        {"asin": asin.asin, "unit_cost_minor": "1.00", "currency": "XXX"},
    )

    assert "currency" in answer.context["adminform"].form.errors
    assert answer.status_code == 200


def test_a_pallets_load_is_fixed_and_its_status_is_not(back_office):
    pallet = models.Pallet.objects.get()

    back_office.post(
        address("records.pallet", "change", pallet.pk),
        {"status": "shipped", "shipped_date": "2026-09-03", "units": 999}
        | {f"cartons-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")},
    )

    pallet.refresh_from_db()
    assert pallet.status == "shipped"
    assert pallet.units == 12


@pytest.mark.parametrize("name", EXCHANGED)
def test_records_are_taken_out_as_a_file(back_office, name):
    page = address(f"records.{name}", "export")
    assert back_office.get(page).status_code == 200

    for format_number, content_type in ((0, "text/csv"), (1, "spreadsheetml")):
        answer = back_office.post(page, {"format": format_number, "resource": ""})
        assert content_type in answer["Content-Type"]
        assert len(answer.content) > 20


@pytest.mark.parametrize("name", EXCHANGED)
def test_every_import_page_opens(back_office, name):
    assert back_office.get(address(f"records.{name}", "import")).status_code == 200


def test_a_sold_out_renner_leads_the_orders_whatever_they_cost(back_office):
    models.Proposal.objects.all().delete()
    for sku, verdict, on_hand in (
        ("DEAR", "normal", 0),
        ("RENNER", "renner", 0),
        ("STOCKED", "renner", 5),
    ):
        article = an_article(sku, on_hand_units=on_hand)
        a_movement(article, verdict=verdict)
        a_proposal(article, value_minor=9_000 if sku == "DEAR" else 100, due_date=TODAY)

    answer = back_office.get(address("records.proposal", "changelist"))

    listed = [proposal.article.sku for proposal in answer.context["cl"].result_list]
    assert listed == ["RENNER", "DEAR", "STOCKED"]


def test_a_proposal_is_accepted_from_the_list(back_office):
    proposal = models.Proposal.objects.get()

    back_office.post(
        address("records.proposal", "changelist"),
        {"action": "accept", "_selected_action": proposal.pk},
    )

    proposal.refresh_from_db()
    assert proposal.state == "accepted"


def test_notifications_are_marked_read_from_the_list(back_office):
    notification = models.Notification.objects.get()

    back_office.post(
        address("records.notification", "changelist"),
        {"action": "mark_read", "_selected_action": notification.pk},
    )

    notification.refresh_from_db()
    assert notification.read_at is not None
