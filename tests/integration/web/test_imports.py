"""An import shows what it would do, names every wrong row, and writes all of it or nothing."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from builders import web as build
from umschlag.storage.records import models

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
