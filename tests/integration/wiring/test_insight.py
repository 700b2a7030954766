from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from django.utils import translation

from builders.lake import DAY, a_sale, article_day, publish_kept, rows_of
from umschlag.kernel.errors import BadInput, NotFound
from umschlag.kernel.money import Money
from umschlag.kernel.progress import untold
from umschlag.storage.records.models import (
    Article,
    ArticleForecast,
    ArticleMovement,
    ArticlePlace,
    MovementRule,
    Proposal,
)
from umschlag.wiring.classifying import classify
from umschlag.wiring.forecasting import forecast
from umschlag.wiring.lake import open_lake
from umschlag.wiring.movement_evidence import scope_values
from umschlag.wiring.proposing import propose
from umschlag.wiring.published_facts import published_facts
from umschlag.wiring.rule_preview import preview_rule
from umschlag.wiring.stored_reasons import reason_text

pytestmark = [pytest.mark.django_db, pytest.mark.database]

REAL_SALES = Path(__file__).resolve().parents[4] / "shared" / "data" / "orii_daily_sales.parquet"
DAYS = 120


def ago(days):
    return DAY - timedelta(days=days)


def quietly(_title):
    return untold


@pytest.fixture
def settings(settings_in):
    return settings_in(language="en")


def _history():
    for age in range(DAYS):
        rows = [
            article_day("FAST", ago(age), on_hand_units=12, asin="B000000001", lead_time_days=7),
            article_day("IDLE", ago(age), on_hand_units=40, sales_price_minor=1_000),
        ]
        if age < 5:
            rows.append(article_day("NEW", ago(age), on_hand_units=90))
        yield "article_days", ago(age).isoformat(), rows_of("article_days", *rows)
    sales = [
        a_sale(f"f{age}", ago(age), sku="FAST", units=2, revenue_minor=2_000) for age in range(DAYS)
    ]
    sales.append(a_sale("i", ago(119), sku="IDLE"))
    for month in sorted({f"{row['business_date']:%Y-%m}" for row in sales}):
        of_month = [row for row in sales if f"{row['business_date']:%Y-%m}" == month]
        yield "sales", month, rows_of("sales", *of_month)


@pytest.fixture
def shop(settings):
    """Three articles over 120 days: one sells two a day, one stopped, one is new."""
    publish_kept(open_lake(settings), "three articles", _history)
    for sku, asin in (("FAST", "B000000001"), ("IDLE", ""), ("NEW", "")):
        Article.objects.create(sku=sku, asin=asin, currency="EUR")
    return settings


def verdicts():
    return dict(ArticleMovement.objects.values_list("article__sku", "verdict"))


def test_an_empty_history_says_what_to_do_and_writes_nothing(settings):
    with pytest.raises(NotFound, match="umschlag snapshot"):
        classify(settings, progress_for=quietly)

    assert not ArticleMovement.objects.exists()


def test_the_first_classification_makes_the_rules_and_judges_by_them(shop):
    report = classify(shop, progress_for=quietly)

    assert verdicts() == {"FAST": "renner", "IDLE": "penner", "NEW": "normal"}
    assert (report.article_count, report.penner_count, report.renner_count) == (3, 1, 1)
    assert report.as_of_date == DAY
    assert report.stock_value == Money((12 + 40 + 90) * 200, "EUR")
    assert report.dead_value == Money(40 * 200, "EUR")
    assert MovementRule.objects.count() == 3


def test_every_verdict_says_why(shop):
    classify(shop, progress_for=quietly)

    movements = ArticleMovement.objects.select_related("article")
    reasons = {movement.article.sku: reason_text(movement) for movement in movements}
    assert reasons["IDLE"].startswith("No sale for 119 days, at least 90")
    assert "40 units on hand worth €80.00" in reasons["IDLE"]
    assert reasons["FAST"].startswith("Turns over 61 times a year, at least 8")
    assert reasons["NEW"] == "Known for 4 days only: too new to be judged."


def test_a_second_run_changes_nothing(shop):
    classify(shop, progress_for=quietly)
    forecast(shop, progress_for=quietly)

    assert classify(shop, progress_for=quietly).changed_count == 0
    assert forecast(shop, progress_for=quietly).changed_count == 0


def test_sales_of_an_article_that_has_no_record_are_left_out(shop):
    open_lake(shop).publish("sales", "2025-01", rows_of("sales", a_sale(sku="#1043")))

    assert classify(shop, progress_for=quietly).article_count == 3


def test_an_earlier_day_can_be_judged(shop):
    report = classify(shop, as_of=ago(60), progress_for=quietly)

    assert report.as_of_date == ago(60)
    assert verdicts()["IDLE"] == "normal"


def test_a_report_reads_as_one_line(shop):
    with translation.override("en"):
        assert str(classify(shop, progress_for=quietly)) == (
            "3 articles: 1 Penner, 1 Renner, 3 new"
        )


def test_what_is_sold_out_does_not_run_out_any_more(shop):
    row = article_day("FAST", DAY, on_hand_units=0, lead_time_days=7)
    open_lake(shop).publish("article_days", DAY.isoformat(), rows_of("article_days", row))

    outcome = forecast(shop, progress_for=quietly)

    assert ArticleForecast.objects.get(article__sku="FAST").stockout_date == DAY
    assert outcome.running_out_count == 0


def test_a_forecast_tells_demand_and_the_day_of_running_out(shop):
    outcome = forecast(shop, progress_for=quietly)

    fast = ArticleForecast.objects.get(article__sku="FAST")
    assert fast.mean_units == pytest.approx(56)
    assert fast.q95_units == pytest.approx(56)
    assert fast.stockout_date == DAY + timedelta(days=6)
    assert fast.stockout_probability == 1.0
    assert outcome.running_out_count == 1
    assert sum(outcome.count_by_method.values()) == outcome.article_count == 3


def test_each_article_is_proposed_what_its_verdict_calls_for(shop):
    acts = propose(shop)

    assert {act.sku: act.kind.value for act in acts} == {"FAST": "reorder", "IDLE": "discount"}
    order = Proposal.objects.get(kind="reorder")
    # Two a day over 14 days less the twelve that are there.
    assert order.units == 16
    assert order.due_date == DAY
    assert "reorder point of 14" in reason_text(order)
    discount = Proposal.objects.get(kind="discount")
    assert discount.units == 40
    # 7.00 with 19 % VAT are 5.88 without.
    assert (discount.price_minor, discount.proceeds_minor) == (700, 40 * 588)
    assert discount.reason_values["bound_value"] == {"minor": 8_000, "currency": "EUR"}


def test_an_article_has_one_proposal_whatever_is_proposed(shop):
    propose(shop)

    skus = list(Proposal.objects.values_list("article__sku", flat=True))
    assert len(skus) == len(set(skus))


def test_a_rule_can_be_tried_before_it_is_kept(shop):
    preview = preview_rule(
        shop, {"verdict": "penner", "days_sold_threshold": "90", "stock_units_min": 40}
    )

    assert preview.count == 1
    assert preview.value == Money(8_000, "EUR")
    assert not MovementRule.objects.exists()


def test_a_preview_of_a_narrower_rule_matches_less(shop):
    preview = preview_rule(
        shop, {"verdict": "penner", "days_sold_threshold": 90, "stock_units_min": 41}
    )

    assert preview.count == 0


def test_a_preview_of_a_warehouses_rule_values_what_lies_there(shop):
    lies = {"business_date": DAY, "sku": "IDLE", "warehouse_id": 1, "warehouse_name": "Köln"}
    rows = rows_of("warehouse_days", lies | {"is_sales": True, "on_hand_units": 15})
    open_lake(shop).publish("warehouse_days", DAY.isoformat(), rows)
    values = {"verdict": "penner", "days_sold_threshold": 90, "scope": "warehouse"}

    here = preview_rule(shop, values | {"scope_value": "köln"})
    nowhere = preview_rule(shop, values | {"scope_value": "Lyon"})

    assert (here.count, here.value) == (1, Money(15 * 200, "EUR"))
    assert nowhere.count == 0
    assert scope_values(shop) == ["Köln", "Amazon.de"]


def test_classifying_keeps_where_articles_lie_and_sold(shop):
    at = {"business_date": DAY, "warehouse_id": 1, "warehouse_name": "Köln", "is_sales": True}
    rows = rows_of(
        "warehouse_days",
        at | {"sku": "IDLE", "on_hand_units": 15},
        at | {"sku": "NEW", "on_hand_units": 0},
    )
    open_lake(shop).publish("warehouse_days", DAY.isoformat(), rows)
    parts = rows_of(
        "bundle_parts",
        {"business_date": DAY, "sku": "FAST", "part_sku": "NEW", "units_per_bundle": 1},
    )
    open_lake(shop).publish("bundle_parts", DAY.isoformat(), parts)

    classify(shop, progress_for=quietly)

    assert set(ArticlePlace.objects.values_list("article__sku", "kind", "name")) == {
        ("IDLE", "warehouse", "Köln"),
        ("FAST", "marketplace", "Amazon.de"),
        ("IDLE", "marketplace", "Amazon.de"),
        # It sold as a part of a bundle alone.
        ("NEW", "marketplace", "Amazon.de"),
    }


def test_a_preview_of_a_marketplaces_rule_goes_by_the_sales_there(shop):
    sale = a_sale("fr", ago(118), sku="FAST", marketplace="Amazon.fr")
    open_lake(shop).upsert_month(
        "sales", f"{ago(118):%Y-%m}", rows_of("sales", sale), ["source", "order_id", "line_id"]
    )
    values = {"verdict": "penner", "days_sold_threshold": 90, "scope": "marketplace"}

    french = preview_rule(shop, values | {"scope_value": "amazon.fr"})

    # It sells every day in Germany, and has not in France for 118 days.
    assert (french.count, french.value) == (1, Money(12 * 200, "EUR"))


def test_a_preview_of_a_price_band_holds_the_articles_of_these_prices(shop):
    values = {"verdict": "penner", "days_sold_threshold": 90, "scope": "price_band"}

    assert preview_rule(shop, values | {"price_minor_min": 1_000}).count == 1
    assert preview_rule(shop, values | {"price_minor_max": 1_000}).count == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"verdict": "dead"}, "verdict"),
        ({"verdict": "penner"}, "days_sold_threshold"),
        ({"verdict": "penner", "days_sold_threshold": "soon"}, "days_sold_threshold"),
        ({"verdict": "penner", "days_sold_threshold": -1}, "days_sold_threshold"),
        ({"verdict": "renner", "stock_turnover_threshold": "nan"}, "stock_turnover_threshold"),
        ({"verdict": "penner", "days_sold_threshold": 9, "scope": "shelf"}, "scope"),
    ],
)
def test_values_that_make_no_rule_are_refused_by_their_field(shop, values, field):
    with pytest.raises(BadInput) as refusal:
        preview_rule(shop, values)

    assert refusal.value.field == field


def test_allocation_is_told_how_an_asin_moves(shop):
    classify(shop, progress_for=quietly)
    forecast(shop, progress_for=quietly)

    facts = published_facts(shop)

    assert set(facts) == {"B000000001"}
    assert facts["B000000001"].daily_sales_units == pytest.approx(2.0)
    assert facts["B000000001"].forecast_units_28d == pytest.approx(56)


def test_a_horizon_of_another_length_is_published_for_28_days(shop, settings_in):
    fortnight = settings_in(language="en", forecast_horizon_days=14)
    classify(fortnight, progress_for=quietly)
    forecast(fortnight, progress_for=quietly)

    assert published_facts(fortnight)["B000000001"].forecast_units_28d == pytest.approx(56)


def test_before_the_first_classification_nothing_is_published(settings):
    assert published_facts(settings) == {}


# --- real sales without any stock ---------------------------------------------------------------


@pytest.fixture
def real_shop(settings):
    """The sales of 400 real articles, as a file import leaves them: no stock, no cost."""
    if not REAL_SALES.exists():
        pytest.skip(f"real sales are not here: {REAL_SALES}")
    sales = pl.read_parquet(REAL_SALES)
    codes = sales["stock_code"].unique().sort()[::12]
    sales = sales.filter(pl.col("stock_code").is_in(codes.implode()))
    lake = open_lake(settings)
    rows = sales.select(
        business_date="date",
        sku="stock_code",
        order_id=pl.format("{} {}", "stock_code", "date"),
        line_id=pl.lit("1"),
        marketplace=pl.lit(""),
        units="units",
        revenue_minor=(pl.col("revenue") * 100).round().cast(pl.Int64),
        currency=pl.lit("GBP"),
        source=pl.lit("file"),
    )
    for (month,), of_month in rows.group_by(pl.col("business_date").dt.strftime("%Y-%m")):
        lake.publish("sales", month, of_month.to_arrow())
    Article.objects.bulk_create([Article(sku=code, currency="GBP") for code in codes])
    return settings, sales


def test_real_sales_alone_are_classified_as_a_person_would(real_shop):
    settings, sales = real_shop

    report = classify(settings, progress_for=quietly)

    last_date = sales["date"].max()
    assert report.as_of_date == last_date
    # Nobody told any stock, so nothing is said about its value: not even that it is zero.
    assert report.stock_value is None
    assert report.dead_value is None
    penner = set(
        ArticleMovement.objects.filter(verdict="penner").values_list("article__sku", flat=True)
    )
    history = sales.group_by("stock_code").agg(
        first=pl.col("date").min(), last=pl.col("date").max(), days=pl.len()
    )
    stopped = {
        code
        for code, first, last, days in history.iter_rows()
        if (last_date - last).days >= 90 and days >= 5 and (last - first).days >= 27
    }
    assert penner == stopped
    assert 50 < len(penner) < 200
    reason = reason_text(ArticleMovement.objects.filter(verdict="penner").first())
    assert reason.startswith("Sold ")
    assert "Its stock was never told" in reason


def test_real_sales_alone_are_forecast_and_nothing_is_proposed(real_shop):
    settings, _sales = real_shop

    outcome = forecast(settings, progress_for=quietly)

    assert outcome.article_count == Article.objects.count()
    assert outcome.running_out_count == 0
    assert not ArticleForecast.objects.filter(stockout_probability__isnull=False).exists()
    assert propose(settings) == ()
