import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from builders.sales_file import a_line, a_sales_csv
from umschlag.connectors.sales_file.columns import SalesColumnsUnclear
from umschlag.connectors.sales_file.examining import SalesFileOptions
from umschlag.kernel.progress import untold
from umschlag.storage.records.models import Article, LakeFile, RunStatus, SyncRun
from umschlag.wiring.facts import import_sales_file, preview_sales_file
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.django_db, pytest.mark.database]
REAL_SALES = Path(__file__).parents[4] / "shared" / "data" / "online_retail_ii.parquet"


def imported(settings, path, **options):
    return import_sales_file(settings, path, progress_for=lambda _: untold, **options)


def sales_of(settings, *months):
    lake = open_lake(settings)
    return pl.concat([pl.DataFrame(lake.read_unit("sales", month)) for month in months])


def test_lines_become_sales_in_the_lake_and_articles_without_stock(settings_in, tmp_path):
    settings = settings_in()
    path = a_sales_csv(tmp_path, a_line(), a_line(order="1002", date="2026-04-02 09:00"))

    outcome = imported(settings, path)

    assert (outcome.read_count, outcome.created_count, outcome.skipped_count) == (2, 2, 0)
    assert sales_of(settings, "2026-03", "2026-04")["revenue_minor"].to_list() == [1390, 1390]
    article = Article.objects.get(sku="85048")
    assert article.on_hand_units is None
    assert (article.name, article.currency) == ("Glass ball", "EUR")
    assert (article.first_seen_date, article.last_seen_date) == (
        date(2026, 3, 14),
        date(2026, 4, 2),
    )


def test_the_same_file_again_changes_nothing(settings_in, tmp_path):
    settings = settings_in()
    path = a_sales_csv(tmp_path, a_line(), a_line(sku="22423"))
    imported(settings, path)

    outcome = imported(settings, path)

    assert (outcome.created_count, outcome.updated_count, outcome.unchanged_count) == (0, 0, 2)
    assert LakeFile.objects.filter(dataset="sales").count() == 1
    assert sales_of(settings, "2026-03").height == 2


def test_a_longer_export_that_holds_the_same_orders_counts_them_once(settings_in, tmp_path):
    settings = settings_in()
    imported(settings, a_sales_csv(tmp_path, a_line(), name="march.csv"))

    longer = a_sales_csv(tmp_path, a_line(), a_line(order="1002"), name="spring.csv")
    outcome = imported(settings, longer)

    assert (outcome.created_count, outcome.unchanged_count) == (1, 1)
    assert sales_of(settings, "2026-03")["units"].sum() == 4


def test_a_sale_that_a_later_export_shows_as_cancelled_goes(settings_in, tmp_path):
    settings = settings_in()
    imported(settings, a_sales_csv(tmp_path, a_line(), name="march.csv"))

    cancelled = a_line(order="C1009", qty="-2", date="2026-04-01 08:00")
    outcome = imported(settings, a_sales_csv(tmp_path, a_line(), cancelled, name="spring.csv"))

    assert outcome.removed_count == 1
    assert sales_of(settings, "2026-03").is_empty()


def test_a_corrected_date_moves_a_line_to_its_new_month(settings_in, tmp_path):
    settings = settings_in()
    imported(settings, a_sales_csv(tmp_path, a_line(), name="wrong.csv"))

    imported(settings, a_sales_csv(tmp_path, a_line(date="2026-02-28 10:00"), name="right.csv"))

    assert sales_of(settings, "2026-03").is_empty()
    assert sales_of(settings, "2026-02").height == 1


def test_what_the_erp_told_of_an_article_stays(settings_in, tmp_path):
    settings = settings_in()
    Article.objects.create(
        sku="hx-1", variation_id=7, name="Desk lamp", currency="EUR", on_hand_units=5
    )

    imported(settings, a_sales_csv(tmp_path, a_line(sku="HX-1", name="lampe alt")))

    article = Article.objects.get()
    assert (article.name, article.on_hand_units, article.last_seen_date) == ("Desk lamp", 5, None)
    assert sales_of(settings, "2026-03")["sku"].to_list() == ["hx-1"]


def test_a_spelling_that_the_erp_tells_later_counts_nothing_twice(settings_in, tmp_path):
    settings = settings_in()
    path = a_sales_csv(tmp_path, a_line(sku="HX-1"))
    imported(settings, path)
    Article.objects.create(sku="hx-1", variation_id=7, currency="EUR")

    imported(settings, path)

    assert sales_of(settings, "2026-03")["sku"].to_list() == ["hx-1"]


def test_two_shops_may_use_the_same_order_numbers(settings_in, tmp_path):
    settings = settings_in()
    path = a_sales_csv(tmp_path, a_line())

    for shop in ("etsy", "ebay"):
        imported(settings, path, options=SalesFileOptions(source=shop))

    assert sales_of(settings, "2026-03")["source"].sort().to_list() == ["ebay", "etsy"]


def test_a_file_without_a_required_column_imports_nothing_and_is_on_record(settings_in, tmp_path):
    settings = settings_in()
    path = tmp_path / "sales.csv"
    path.write_text("order,sku,date,price\n1,A1,2026-03-14,2.00\n")

    with pytest.raises(SalesColumnsUnclear, match="quantity"):
        imported(settings, path)

    assert SyncRun.objects.get(source="sales_file").status == RunStatus.FAILED
    assert not LakeFile.objects.exists()
    assert not Article.objects.exists()


def test_rows_that_cannot_be_used_are_named_and_the_others_go_in(settings_in, tmp_path):
    settings = settings_in()
    path = a_sales_csv(tmp_path, a_line(), a_line(qty="two"), a_line(date="soon"))

    outcome = imported(settings, path)

    assert outcome.created_count == 1
    assert outcome.skipped_count == 2
    assert [problem.place for problem in outcome.problems] == [
        "sales.csv, row 3, Qty",
        "sales.csv, row 4, Date",
    ]


def test_a_preview_writes_nothing(settings_in, tmp_path):
    settings = settings_in()

    preview = preview_sales_file(settings, a_sales_csv(tmp_path, a_line()))

    assert preview.sale_count == 1
    assert not Article.objects.exists()
    assert not LakeFile.objects.exists()
    assert not SyncRun.objects.exists()


@pytest.mark.skipif(not REAL_SALES.exists(), reason=f"{REAL_SALES} is not on this machine")
def test_two_real_years_of_a_gift_shop_go_in_quickly_and_agree_with_their_cleaned_form(
    settings_in,
):
    settings = settings_in(currency="GBP", merchant_zone="Europe/London")
    # Seconds of this process, not of the wall: other programs may be busy on the machine.
    started = time.process_time()

    outcome = imported(settings, REAL_SALES)

    assert time.process_time() - started < 40
    assert outcome.preview.unpriced_count == 6_207
    assert outcome.read_count == 1_067_370
    cleaned = pl.read_parquet(REAL_SALES.with_name("orii_daily_sales.parquet"))
    lake = open_lake(settings)
    months = sorted(LakeFile.objects.values_list("unit", flat=True))
    facts = pl.concat([pl.DataFrame(lake.read_unit("sales", month)) for month in months])
    ours = (
        facts.filter(pl.col("units") > 0, pl.col("sku").str.contains(r"^\d{5}[A-Z]{0,3}$"))
        .group_by("sku", "business_date")
        .agg(pl.col("units").sum())
    )
    both = ours.join(
        cleaned.rename({"stock_code": "sku", "date": "business_date", "units": "theirs"}),
        on=["sku", "business_date"],
        how="full",
        coalesce=True,
    )
    different = both.filter(pl.col("units").fill_null(0) != pl.col("theirs").fill_null(0))
    # Theirs pairs each cancellation with one sale in a single pass; we look again until none is
    # left, which frees a few dozen more days.
    assert different.height < 50
    assert Article.objects.count() == facts["sku"].n_unique()
    # The two largest orders were cancelled minutes later: nobody sold 74,215 or 80,995 at once.
    assert facts["units"].max() < 20_000
