"""The article page: course with events and stock-outs, forecasts and what they were off by."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from builders import web as build
from builders.lake import DAY, a_sale, article_day, rows_of
from umschlag.kernel.money import Money
from umschlag.kernel.periods import business_date_of
from umschlag.settings import load_settings
from umschlag.storage.records.models import MovementRule
from umschlag.wiring.article_course import EventKind, article_course
from umschlag.wiring.article_forecasts import article_forecasts
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.django_db, pytest.mark.database]
SKU = "HX-1"
DAYS = 60


def ago(days):
    return DAY - timedelta(days=days)


@pytest.fixture
def article():
    """Sixty days of one article: out from 30 to 26 days ago, cheaper for the last ten."""
    lake = open_lake(load_settings())
    for age in range(DAYS):
        on_hand = 0 if 26 <= age <= 30 else 20
        price = 19_99 if age < 10 else 24_99
        row = article_day(
            SKU, ago(age), on_hand_units=on_hand, reserved_units=0, sales_price_minor=price
        )
        lake.publish("article_days", ago(age).isoformat(), rows_of("article_days", row))
    # It sells the last unit on the first day without stock at the close: that day had some.
    sales = [a_sale(f"o{age}", ago(age), sku=SKU, units=2) for age in (0, 5, 12, 30, 40)]
    receipt = {"business_date": ago(25), "sku": SKU, "warehouse_id": 1, "units": 20}
    made = [a_kept(ago(40)), a_kept(ago(35)), a_kept(ago(3))]
    publish_by_month(lake, "sales", sales)
    publish_by_month(lake, "receipts", [receipt])
    publish_by_month(lake, "demand_forecasts", made)
    found = build.an_article(SKU, on_hand_units=20, movement={})
    build.a_change(found, days_ago=7, to="penner", rule_name="Lies for 90 days")
    return found


def a_kept(made_date, horizon_days=28):
    return {
        "business_date": made_date,
        "sku": SKU,
        "horizon_days": horizon_days,
        "method": "pooled",
        "mean_units": 5.0,
        "q50_units": 4.0,
        "q80_units": 6.0,
        "q90_units": 7.0,
        "q95_units": 8.0,
        "q99_units": 9.0,
    }


def publish_by_month(lake, dataset, rows):
    for month in {f"{row['business_date']:%Y-%m}" for row in rows}:
        of_month = [row for row in rows if f"{row['business_date']:%Y-%m}" == month]
        lake.publish(dataset, month, rows_of(dataset, *of_month))


def course(article, known_on=None):
    return article_course(load_settings(), article, known_on=known_on)


def test_days_without_stock_are_told_apart_but_not_those_that_sold_the_last_unit(article):
    found = course(article)

    runs = [(found.days[a].business_date, found.days[b].business_date) for a, b in found.stock_outs]
    assert runs == [(ago(29), ago(26))]


def test_what_went_in_bundles_is_sold_in_the_course_as_in_the_figures_beside_it(article):
    lake = open_lake(load_settings())
    told = {"business_date": ago(50), "sku": "SET", "part_sku": SKU, "units_per_bundle": 2}
    lake.publish("bundle_parts", ago(50).isoformat(), rows_of("bundle_parts", told))
    sold = [a_sale(f"set{age}", ago(age), sku="SET", units=3) for age in (5, 28)]
    for row in sold:
        month = f"{row['business_date']:%Y-%m}"
        lake.upsert_month("sales", month, rows_of("sales", row), ["order_id"])

    found = course(article)

    units = {day.business_date: day.sold_units for day in found.days}
    assert (units[ago(5)], units[ago(28)], units[ago(6)]) == (2 + 6, 6, 0)
    # A day that sold in a bundle had stock.
    runs = [(found.days[a].business_date, found.days[b].business_date) for a, b in found.stock_outs]
    assert runs == [(ago(29), ago(29)), (ago(27), ago(26))]


def test_a_day_that_has_only_begun_has_no_sales_yet(settings_in):
    settings = settings_in()
    today = business_date_of(timezone.now(), settings.zone)
    lake = open_lake(settings)
    for age in range(3):
        day = today - timedelta(days=age)
        lake.publish(
            "article_days", day.isoformat(), rows_of("article_days", article_day(SKU, day))
        )
    sales = [a_sale(f"o{age}", today - timedelta(days=age), sku=SKU, units=4) for age in range(3)]
    publish_by_month(lake, "sales", sales)

    days = article_course(settings, build.an_article(SKU), known_on=None).days

    assert [day.sold_units for day in days[-3:]] == [4, 4, None]


def test_what_happened_stands_on_its_day(article):
    proposal = build.a_proposal(
        article, state="accepted", decided_date=ago(2), decided_at=timezone.now(), decided_by="anna"
    )

    told = {event.kind: (event.business_date, event.text) for event in course(article).events}

    assert told[EventKind.PRICE] == (ago(9), "Price €24.99 → €19.99")
    assert told[EventKind.RECEIPT] == (ago(25), "20 units received")
    assert told[EventKind.VERDICT][0] == ago(7)
    assert "by “Lies for 90 days”" in told[EventKind.VERDICT][1]
    assert told[EventKind.DECISION][0] == ago(2)
    assert str(proposal.units) in told[EventKind.DECISION][1]


def test_as_known_on_a_day_nothing_later_is_shown(article):
    found = course(article, known_on=ago(10))

    # The lake was written today, so nothing of it was known then; nor were the later records.
    assert found.days == []
    assert course(build.an_article("NONE")).days == []


def test_the_price_and_stock_of_each_day_stand_in_the_table(browser, article):
    answer = browser.get(reverse("pages:article", args=[article.pk]))

    rows = {row.day.business_date: row for row in answer.context["course_rows"]}
    assert len(rows) == DAYS
    assert rows[ago(9)].day.price == Money(19_99, "EUR")
    assert rows[ago(27)].day.is_out
    assert [event.kind for event in rows[ago(25)].events] == [EventKind.RECEIPT]
    chart = answer.context["chart"]
    assert chart["shaded"] == [{"from": 180 - 30, "to": 180 - 27}]
    assert {mark["mark"] for mark in chart["events"]} == {"P", "R", "V"}
    assert answer.context["price_chart"]["series"][0]["values"][-1] == 19.99


def test_forecasts_are_shown_as_they_were_made_with_what_sold_since(article):
    newest = article_forecasts(load_settings(), SKU)
    chosen = article_forecasts(load_settings(), SKU, made_date=ago(35))

    assert newest.made_dates == [ago(3), ago(35), ago(40)]
    assert (newest.made_date, chosen.made_date) == (ago(3), ago(35))
    assert newest.sold_since == [(ago(2), 0.0), (ago(1), 0.0), (ago(0), 2.0)]
    assert [one.sold_units for one in newest.compared] == [4.0, 4.0, None]
    # A day on which none was made counts as not asked.
    assert article_forecasts(load_settings(), SKU, made_date=ago(34)).made_date == ago(3)


def test_the_articles_own_errors_are_those_of_forecasts_that_are_over(browser, article):
    answer = browser.get(reverse("pages:article", args=[article.pk]))

    [errors] = answer.context["forecasts"].errors
    # In the 28 days of each 4 units sold and 5 were expected; in those before each 2.
    assert (errors.horizon_days, errors.accuracy.article_count) == (28, 2)
    assert errors.accuracy.wape == pytest.approx(2 / 8)
    assert errors.accuracy.bias == pytest.approx(2 / 8)
    assert errors.naive.wape == pytest.approx(4 / 8)
    page = answer.content.decode()
    assert "as last time: 50" in page
    assert "2 forecasts, made from" in page


def test_the_band_reaches_from_the_median_to_the_95_percent_quantile(browser, article):
    build.a_replenishment(article, made_date=ago(3), available_units=17)

    chart = browser.get(reverse("pages:article", args=[article.pk])).context["forecast_chart"]

    lines = {series["label"]: series for series in chart["series"]}
    band = lines["95 % quantile"]
    assert chart["series"][band["band_to"]]["label"] == "Median"
    assert (lines["Median"]["values"][28], band["values"][28]) == (4.0, 8.0)
    assert lines["Available"]["values"] == [17] * 29
    assert lines["Sold since"]["values"] == [0.0, 0.0, 0.0, 2.0]


def test_an_article_without_forecast_or_history_says_so(browser):
    page = browser.get(reverse("pages:article", args=[build.an_article().pk])).content.decode()

    assert "No forecast of this article is kept yet" in page
    assert "The history holds no day of this article yet" in page


def test_the_verdict_names_the_bounds_of_its_rule_and_what_the_rule_saw(browser):
    article = build.an_article(movement={})
    build.a_rule(stock_units_min=5, stock_value_minor_min=20_00)

    lines = browser.get(reverse("pages:article", args=[article.pk])).context["rule_lines"]

    assert [(line.title, line.bound, line.figure) for line in lines] == [
        ("Looks at", "all articles", ""),
        ("Days without a sale", "at least 90", "120"),
        ("Stock in units", "at least 5", "120"),
        ("Stock value", "at least €20.00", "€1,500.00"),
    ]


@pytest.mark.parametrize(
    "change", [{"days_sold_threshold": 30}, {"name": "Another name"}, {"verdict": "renner"}]
)
def test_a_rule_that_was_changed_since_shows_no_bounds_it_did_not_have(browser, change):
    article = build.an_article(movement={})
    build.a_rule()
    MovementRule.objects.update(**change)

    answer = browser.get(reverse("pages:article", args=[article.pk]))

    assert answer.context["rule_lines"] == []
    assert "its bounds of then are those in the sentence above" in answer.content.decode()


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (
            {"rate_days": 80, "rate_leaves_out_days": True, "days_out_90d": 10},
            "÷ 80 days: 10 without stock are left out",
        ),
        ({"rate_days": 90, "days_out_90d": 10}, "÷ 90 days: 10 without stock count"),
        ({"rate_days": 90, "days_out_90d": 0}, "40 units in 90 days ÷ 90 days<"),
    ],
)
def test_the_rate_says_by_how_many_days_it_was_divided(browser, figures, said):
    article = build.an_article(movement={"sold_units_90d": 40, **figures})

    page = browser.get(reverse("pages:article", args=[article.pk])).content.decode()

    assert said in page


def test_course_and_forecasts_are_told_over_the_api(browser, article):
    course = browser.get(f"/api/article-course?sku={SKU}").json()
    forecasts = browser.get(f"/api/article-forecasts?sku={SKU}&made_date={ago(35)}").json()

    assert course["days"][-1] == {
        "business_date": DAY.isoformat(),
        "on_hand_units": 20,
        "available_units": 20,
        "sold_units": 2,
        "price": {"minor": 19_99, "currency": "EUR"},
        "is_out": False,
        "is_rebuilt": False,
    }
    assert {event["kind"] for event in course["events"]} == {"price", "receipt", "verdict"}
    [point] = forecasts["points"]
    assert point["forecast"]["quantile_units"]["0.95"] == 8.0
    assert forecasts["errors"][0]["accuracy"]["wape"] == pytest.approx(2 / 8)
    assert browser.get("/api/article-course?sku=NONE").status_code == 404
    assert browser.get("/api/article-forecasts").status_code == 422


def test_the_api_tells_no_stranger(client, article):
    assert client.get(f"/api/article-course?sku={SKU}").status_code == 401


@pytest.mark.parametrize("known_on", ["0001-01-01", "9999-12-31"])
def test_days_that_no_calendar_reaches_are_no_mistake_of_ours(browser, article, known_on):
    page = reverse("pages:article", args=[article.pk])

    for name in ("article-course", "article-forecasts"):
        assert browser.get(f"/api/{name}?sku={SKU}&known_on={known_on}").status_code == 200
    assert browser.get(f"{page}?known_on={known_on}&forecast={known_on}").status_code == 200
