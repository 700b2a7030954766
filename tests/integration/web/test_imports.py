"""An import shows what it would do, names every wrong row, and writes all of it or nothing."""

import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from builders import agency_records as agency
from builders import web as build
from umschlag.settings import load_settings
from umschlag.storage.records import models
from umschlag.wiring.allocation import confirm_allocation, plan_allocation

pytestmark = [pytest.mark.django_db, pytest.mark.database]
HEAD = "asin,title,brand,unit_cost,currency,bought_units,remaining_units,case_pack_units,added_date"
RIGHT = "B000000002,Garden hose,Gardex,9.90,EUR,120,120,12,2026-08-01"


@pytest.fixture
def back_office(client):
    client.force_login(build.a_superuser())
    return client


def preview(back_office, name, *lines):
    upload = SimpleUploadedFile("rows.csv", "\n".join(lines).encode(), content_type="text/csv")
    return back_office.post(
        reverse(f"admin:records_{name}_import"),
        {"format": "0", "resource": "", "import_file": upload},
    )


def confirm(back_office, name, answer):
    form = answer.context["confirm_form"]
    return back_office.post(reverse(f"admin:records_{name}_process_import"), form.initial)


def test_nothing_is_written_before_the_preview_is_confirmed(back_office):
    answer = preview(back_office, "catalogasin", HEAD, RIGHT)

    assert "B000000002" in answer.content.decode()
    assert not models.CatalogAsin.objects.exists()

    confirm(back_office, "catalogasin", answer)

    asin = models.CatalogAsin.objects.get()
    assert (asin.unit_cost_minor, asin.case_pack_units) == (9_90, 12)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ("B000000003,Hose,Gardex,cheap,EUR,120,120,12,2026-08-01", "unit_cost"),
        ("B000000003,Hose,Gardex,9.90,EUR,many,120,12,2026-08-01", "bought_units"),
        ("B000000003,Hose,Gardex,9.90,EUR,120,120,12,soon", "added_date"),
        ("B000000003,Hose,Gardex,,EUR,120,120,12,2026-08-01", "unit_cost"),
    ],
)
def test_a_wrong_row_is_named_with_its_field(back_office, wrong, field):
    answer = preview(back_office, "catalogasin", HEAD, RIGHT, wrong)

    result = answer.context["result"]
    (row,) = result.invalid_rows
    assert row.number == 2
    assert any(name.startswith(field) for name in row.field_specific_errors)
    assert "confirm_form" not in answer.context


@pytest.mark.parametrize("sign", [";", "\t"])
def test_a_file_with_semicolons_or_tabs_is_read_too(back_office, sign):
    lines = [HEAD.replace(",", sign), RIGHT.replace(",", sign).replace("9.90", "9,90")]

    confirm(back_office, "catalogasin", preview(back_office, "catalogasin", *lines))

    assert models.CatalogAsin.objects.get().unit_cost_minor == 9_90


def test_a_file_without_its_key_column_is_told_so_and_shows_nothing_inner(back_office):
    page = preview(back_office, "catalogasin", "number;title", "B000000002;Hose").content.decode()

    assert "no column “asin”. Its columns: number, title." in page
    for inner in ("Traceback", "import_id_fields", "site-packages", ".py"):
        assert inner not in page


def test_a_file_in_another_encoding_is_told_how_to_be_saved(back_office):
    upload = SimpleUploadedFile("rows.csv", "asin;title\nB000000002;Tür".encode("cp1252"))

    page = back_office.post(
        reverse("admin:records_catalogasin_import"),
        {"format": "0", "resource": "", "import_file": upload},
    ).content.decode()

    assert "CSV UTF-8" in page
    assert "UnicodeDecodeError" not in page


def test_a_row_with_more_cells_than_the_head_is_refused_in_words(back_office):
    page = preview(back_office, "catalogasin", HEAD, RIGHT + ",more").content.decode()

    assert "more cells than the first line" in page
    assert "InvalidDimensions" not in page


PRICED = HEAD + ",shipping_price_min,shipping_price_max"


@pytest.mark.parametrize(
    ("row", "column", "told"),
    [
        (
            f"{RIGHT},5.00,3.00",
            "shipping_price_min, shipping_price_max",
            "(shipping_price_min = 5.00, shipping_price_max = 3.00)",
        ),
        (
            "B000000003,Hose,Gardex,9.90,EUR,10,12,12,2026-08-01,,",
            "remaining_units, bought_units",
            "(remaining_units = 12, bought_units = 10)",
        ),
        (
            "B000000003,Hose,Gardex,9.90,EUR,12,12,0,2026-08-01,,",
            "case_pack_units",
            "Enter 1 or more. (case_pack_units = 0)",
        ),
        (
            "B000000003,Hose,Gardex,,EUR,12,12,12,2026-08-01,,",
            "unit_cost",
            "The cell is empty. Enter a value.",
        ),
        (
            "B000000003,Hose,Gardex,9.90,EUR,12,12,12,soon,,",
            "added_date",
            "“soon” is no day. Write it as 2026-08-31.",
        ),
    ],
)
def test_what_is_wrong_is_said_by_column_value_and_remedy(back_office, row, column, told):
    answer = preview(back_office, "catalogasin", PRICED, row)

    (invalid,) = answer.context["result"].invalid_rows
    assert list(invalid.field_specific_errors) == [column]
    assert told in " ".join(invalid.field_specific_errors[column])
    page = answer.content.decode()
    assert told in page
    assert "Constraint" not in page
    assert "confirm_form" not in answer.context


def test_an_unknown_choice_is_answered_with_those_there_are(back_office):
    pallet = build.one_of_everything()["pallet"]

    answer = preview(back_office, "pallet", "code,status", f"{pallet.code},lost")

    (invalid,) = answer.context["result"].invalid_rows
    (told,) = invalid.field_specific_errors["status"]
    assert told == "“lost” is not known here. Write one of: planned, ready, shipped, cancelled."


def test_a_german_day_is_read(back_office):
    row = RIGHT.replace("2026-08-01", "31.08.2026")

    confirm(back_office, "catalogasin", preview(back_office, "catalogasin", HEAD, row))

    assert str(models.CatalogAsin.objects.get().added_date) == "2026-08-31"


def test_a_store_of_an_unknown_client_is_named(back_office):
    head = "external_id,client_id,name,status,marketplace,kind"

    answer = preview(back_office, "store", head, "S-9,C-404,Shop,Active,Amazon.de,own")

    assert "C-404" in answer.content.decode()
    assert not models.Store.objects.exists()


def test_a_second_import_of_the_same_file_changes_nothing(back_office):
    confirm(back_office, "catalogasin", preview(back_office, "catalogasin", HEAD, RIGHT))

    answer = preview(back_office, "catalogasin", HEAD, RIGHT)

    assert answer.context["result"].totals["skip"] == 1


def test_a_pallet_we_never_built_is_refused(back_office):
    answer = preview(back_office, "pallet", "code,status", "P-404,shipped")

    assert answer.context["result"].has_validation_errors()


def test_the_status_of_a_pallet_comes_in_and_its_load_does_not(back_office):
    pallet = build.one_of_everything()["pallet"]

    answer = preview(
        back_office,
        "pallet",
        "code,status,shipped_date,units",
        f"{pallet.code},shipped,2026-09-04,1",
    )
    confirm(back_office, "pallet", answer)

    pallet.refresh_from_db()
    assert (pallet.status, pallet.units) == ("shipped", 12)


def test_who_may_only_look_may_not_import(client):
    client.force_login(build.a_user(permissions=["records.view_catalogasin"]))

    assert client.get(reverse("admin:records_catalogasin_import")).status_code == 403
    assert client.get(reverse("admin:records_catalogasin_export")).status_code == 200


def test_a_cell_that_is_a_formula_is_taken_out_harmless(back_office):
    build.an_asin(title="=1+1")
    page = reverse("admin:records_catalogasin_export")

    text = back_office.post(page, {"format": 0, "resource": ""}).content.decode()
    book = back_office.post(page, {"format": 1, "resource": ""}).content

    head, row = load_workbook(io.BytesIO(book)).active.values
    cells = dict(zip(head, row, strict=True))
    assert ",'=1+1," in text
    assert cells["title"] == "'=1+1"
    # Numbers and days stay what they are: Excel can sum and sort them.
    assert (cells["unit_cost"], cells["bought_units"]) == (12.5, 240)
    assert cells["added_date"].date() == build.TODAY - timedelta(days=40)


@pytest.mark.parametrize(
    "name", ["article", "catalogasin", "client", "store", "preorder", "movementrule"]
)
def test_what_was_taken_out_comes_in_unchanged(back_office, name):
    build.one_of_everything()
    page = reverse(f"admin:records_{name}_export")
    text = back_office.post(page, {"format": 0, "resource": ""}).content.decode()

    result = preview(back_office, name, *text.splitlines()).context["result"]

    assert not result.has_errors()
    assert not result.has_validation_errors()
    assert result.totals["skip"] == len(result.rows) >= 1


def taken_out(back_office, name):
    page = reverse(f"admin:records_{name}_export")
    return back_office.post(page, {"format": 0, "resource": ""}).content.decode().splitlines()


def with_cell(lines, column, text):
    """Return the file's first row with another text in one of its cells."""
    head, row = (line.split(",") for line in lines[:2])
    row[head.index(column)] = text
    return [lines[0], ",".join(row)]


def said(answer):
    return [str(message) for message in answer.context["messages"]]


@pytest.fixture
def preorder():
    """A preorder that has arrived, in a store that takes just as much."""
    asin = agency.an_asin_record(title="Lamp")
    store = agency.a_store_record(agency.a_client_record(), asin_units_max=10)
    agency.ungate(store, asin)
    return agency.a_preorder_record(store.client, asin)


def give_out():
    confirm_allocation(load_settings(), plan_allocation(load_settings()))


def test_a_record_that_changed_since_the_preview_is_refused_by_name(back_office):
    build.an_asin(title="Lamp")
    build.an_asin("B000000002", title="Hose")
    lines = ["asin,title", "B000000001,Desk lamp", "B000000002,Garden hose"]
    answer = preview(back_office, "catalogasin", *lines)
    models.CatalogAsin.objects.filter(asin="B000000002").update(title="Hosepipe")

    answer = confirm(back_office, "catalogasin", answer)

    (row,) = answer.context["result"].invalid_rows
    page = answer.content.decode()
    assert row.number == 2
    assert "“B000000002 Hosepipe” was changed since the preview was shown" in page
    assert "Nothing was imported." in said(answer)
    assert "confirm_form" not in answer.context
    titles = models.CatalogAsin.objects.values_list("title", flat=True)
    assert list(titles) == ["Lamp", "Hosepipe"]


def test_a_record_that_was_made_since_the_preview_is_not_written_over(back_office):
    answer = preview(back_office, "catalogasin", HEAD, RIGHT)
    build.an_asin("B000000002", title="Hose")

    confirm(back_office, "catalogasin", answer)

    assert models.CatalogAsin.objects.get().title == "Hose"


def test_a_confirmed_file_writes_its_own_columns_alone(back_office):
    build.an_asin()
    answer = preview(back_office, "catalogasin", "asin,title", "B000000001,Floor lamp")
    models.CatalogAsin.objects.update(remaining_units=70, source_row_hash="read anew", brand="New")

    confirm(back_office, "catalogasin", answer)

    asin = models.CatalogAsin.objects.get()
    assert (asin.title, asin.brand) == ("Floor lamp", "New")
    assert (asin.remaining_units, asin.source_row_hash) == (70, "read anew")


def test_a_file_from_before_a_run_gives_back_nothing(back_office, preorder):
    asins = with_cell(taken_out(back_office, "catalogasin"), "title", "A better lamp")
    preorders = with_cell(taken_out(back_office, "preorder"), "expected_arrival_date", "2026-01-03")
    give_out()

    for name, lines in (("catalogasin", asins), ("preorder", preorders)):
        confirm(back_office, name, preview(back_office, name, *lines))

    preorder.refresh_from_db()
    assert (preorder.asin.title, preorder.asin.remaining_units) == ("A better lamp", 90)
    assert preorder.expected_arrival_date == date(2026, 1, 3)
    assert (preorder.status, preorder.allocated_units) == ("fulfilled", 10)
    assert (preorder.remaining_due_minor, preorder.uncounted_due_minor) == (0, 4_000)


def test_a_run_between_preview_and_confirming_is_not_undone(back_office, preorder):
    lines = with_cell(taken_out(back_office, "preorder"), "amount", "120.00")
    answer = preview(back_office, "preorder", *lines)
    give_out()

    confirm(back_office, "preorder", answer)

    preorder.refresh_from_db()
    assert preorder.amount_minor == 120_00
    assert (preorder.status, preorder.allocated_units) == ("fulfilled", 10)
    assert preorder.remaining_due_minor == 0


def test_cells_that_are_not_taken_over_are_counted_by_column(back_office):
    build.an_asin()

    answer = preview(
        back_office, "catalogasin", "asin,remaining_units,title", "B000000001,200,Floor lamp"
    )

    (told,) = said(answer)
    assert told.startswith("remaining_units: 1 cell that says something else is not taken over")


def test_a_file_tells_of_a_new_preorder_what_carts_keep_from_then_on(back_office):
    build.an_asin()
    build.a_client()
    head = "external_id,client_id,asin,ordered_units,allocated_units,amount,remaining_due,currency"

    answer = preview(
        back_office,
        "preorder",
        f"{head},status",
        "P-9,C-1,B000000001,12,4,150.00,80.00,EUR,arrived",
    )
    confirm(back_office, "preorder", answer)

    preorder = models.Preorder.objects.get()
    assert (preorder.allocated_units, preorder.remaining_due_minor) == (4, 80_00)
    assert preorder.status == "arrived"


def test_a_file_lifts_no_suspension(back_office):
    store = build.a_store(build.a_client())
    lines = with_cell(taken_out(back_office, "store"), "asin_units_max", "50")
    models.Store.objects.update(status="Suspended", is_suspended_by_panel=True)

    answer = preview(back_office, "store", *lines)
    confirm(back_office, "store", answer)

    store.refresh_from_db()
    assert (store.status, store.asin_units_max) == ("Suspended", 50)
    assert any(told.startswith("status: 1 cell") for told in said(answer))


@pytest.mark.parametrize(
    ("stands", "skipped", "problems"),
    [
        ("Yes", 1, []),
        ("No", 0, ["“2026-09-02 02:14:00”: “No” was checked later, 2026-09-03 02:14:00"]),
    ],
)
def test_an_answer_that_was_checked_later_stays(back_office, stands, skipped, problems):
    status = build.an_answer(build.a_store(build.a_client()), build.an_asin())
    lines = taken_out(back_office, "ungatingstatus")
    later = build.NOW + timedelta(days=1)
    models.UngatingStatus.objects.update(answer=stands, checked_at=later)

    result = preview(back_office, "ungatingstatus", *lines).context["result"]

    status.refresh_from_db()
    told = [row.field_specific_errors["checked_at"][0] for row in result.invalid_rows]
    assert [sentence.partition(". Enter")[0] for sentence in told] == problems
    assert (result.totals["skip"], status.checked_at) == (skipped, later)


def test_a_client_stays_in_its_currency(back_office):
    client = build.a_client()

    answer = preview(
        back_office, "client", "external_id,currency,priority", "C-1,EUR,1", "C-1,GBP,1"
    )

    (row,) = answer.context["result"].invalid_rows
    assert row.number == 2
    assert row.field_specific_errors == {
        "currency": ["“GBP”: Nordlicht GmbH is kept in EUR, and that stays."]
    }
    client.refresh_from_db()
    assert (client.currency, client.priority) == ("EUR", models.ClientPriority.MEDIUM)
