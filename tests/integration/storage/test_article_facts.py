from datetime import timedelta

import numpy as np
import pytest

from builders.lake import DAY, a_lake, a_sale, article_day, rows_of
from umschlag.kernel.errors import NotFound
from umschlag.storage.lake.article_facts import (
    HistoryDates,
    article_facts,
    history_dates,
    newest_date,
)
from umschlag.storage.lake.demand import read_demand

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def ago(days):
    return DAY - timedelta(days=days)


@pytest.fixture
def lake(tmp_path):
    return a_lake(tmp_path)


def publish_days(lake, *rows):
    for day in sorted({row["business_date"] for row in rows}):
        of_day = [row for row in rows if row["business_date"] == day]
        lake.publish("article_days", day.isoformat(), rows_of("article_days", *of_day))


def publish_sales(lake, *rows):
    for month in sorted({f"{row['business_date']:%Y-%m}" for row in rows}):
        of_month = [row for row in rows if f"{row['business_date']:%Y-%m}" == month]
        lake.publish("sales", month, rows_of("sales", *of_month))


def the_article(lake, as_of_date=DAY):
    (facts,) = article_facts(lake, as_of_date=as_of_date, currency="EUR")
    return facts


def test_an_empty_history_has_no_dates(lake):
    assert history_dates(lake) == HistoryDates(stock_date=None, sales_date=None)


def test_an_empty_history_says_what_to_do(lake):
    with pytest.raises(NotFound, match="snapshot"):
        newest_date(lake)


def test_the_newest_picture_counts_before_newer_sales(lake):
    publish_days(lake, article_day(business_date=ago(2)))
    publish_sales(lake, a_sale(business_date=DAY))

    assert newest_date(lake) == ago(2)


def test_without_a_picture_the_newest_sale_counts(lake):
    publish_sales(lake, a_sale(business_date=ago(5)))

    assert newest_date(lake) == ago(5)


def test_sales_fall_into_their_windows_and_returns_are_taken_off(lake):
    publish_days(lake, article_day())
    publish_sales(
        lake,
        a_sale("today", DAY, units=1, revenue_minor=100),
        a_sale("in 30 days", ago(29), units=2, revenue_minor=200),
        a_sale("in 90 days", ago(30), units=4, revenue_minor=400),
        a_sale("in 90 days too", ago(89), units=8, revenue_minor=800),
        a_sale("in a year", ago(90), units=16, revenue_minor=1_600),
        a_sale("before", ago(365), units=32, revenue_minor=3_200),
        a_sale("came back", ago(10), units=-1, revenue_minor=-100),
    )

    facts = the_article(lake)

    assert facts.sold_units_30d == 1 + 2 - 1
    assert facts.sold_units_90d == 1 + 2 + 4 + 8 - 1
    assert facts.sold_units_365d == 1 + 2 + 4 + 8 + 16 - 1
    assert facts.sold_units_total == 1 + 2 + 4 + 8 + 16 + 32 - 1
    assert facts.revenue_minor_365d == 3_000
    assert facts.first_sale_date == ago(365)
    assert facts.last_sale_date == DAY
    assert facts.sale_day_count == 6


def test_a_return_is_no_sale(lake):
    publish_days(lake, article_day())
    publish_sales(lake, a_sale("sold", ago(100)), a_sale("came back", ago(3), units=-1))

    assert the_article(lake).last_sale_date == ago(100)


def test_days_with_stock_leave_out_days_that_close_empty_without_a_sale(lake):
    publish_days(
        lake,
        article_day(business_date=ago(4), on_hand_units=3),
        article_day(business_date=ago(3), on_hand_units=0),
        article_day(business_date=ago(2), on_hand_units=0),
        article_day(business_date=ago(1), on_hand_units=4, reserved_units=4),
        article_day(business_date=DAY, on_hand_units=2),
    )
    publish_sales(lake, a_sale("the last three", ago(3), units=3))

    facts = the_article(lake)

    # Day 3 sold its last units, so it had stock; day 2 was empty; all of day 1 was spoken for.
    assert facts.days_with_stock_90d == 3
    assert facts.stock_since_date == DAY


def test_averages_and_cost_of_goods_are_taken_over_the_days_seen(lake):
    publish_days(
        lake,
        article_day(business_date=ago(1), on_hand_units=10, unit_cost_minor=200),
        article_day(business_date=DAY, on_hand_units=4, unit_cost_minor=300),
    )
    publish_sales(lake, a_sale("one", ago(1), units=2), a_sale("two", DAY, units=6))

    facts = the_article(lake)

    assert facts.days_observed_365d == 2
    assert facts.average_stock_units_365d == pytest.approx(7.0)
    assert facts.average_stock_value_minor_365d == pytest.approx((10 * 200 + 4 * 300) / 2)
    assert facts.cost_of_goods_minor_365d == 2 * 200 + 6 * 300
    assert facts.first_seen_date == ago(1)


def test_a_day_without_cost_is_valued_at_the_newest(lake):
    publish_days(
        lake,
        article_day(business_date=ago(1), on_hand_units=10, unit_cost_minor=None),
        article_day(business_date=DAY, on_hand_units=10, unit_cost_minor=300),
    )

    assert the_article(lake).average_stock_value_minor_365d == pytest.approx(3_000)


def test_an_article_of_unknown_cost_has_no_value_and_not_zero(lake):
    publish_days(lake, article_day(unit_cost_minor=None))

    facts = the_article(lake)

    assert facts.average_stock_value_minor_365d is None
    assert facts.cost_of_goods_minor_365d is None
    assert facts.stock_value_minor is None


def test_what_was_sold_and_never_seen_has_unknown_stock(lake):
    publish_sales(lake, a_sale(sku="85048", business_date=DAY))

    facts = the_article(lake)

    assert facts.sku == "85048"
    assert facts.on_hand_units is None
    assert facts.days_with_stock_90d is None
    assert facts.currency == "EUR"


def test_an_article_that_vanished_is_left_out(lake):
    publish_days(lake, article_day(), article_day("HX-2", last_seen_date=ago(3)))

    assert the_article(lake).sku == "HX-1"


def test_an_earlier_day_sees_nothing_of_what_came_later(lake):
    publish_days(lake, article_day(business_date=ago(10)), article_day(on_hand_units=99))
    publish_sales(lake, a_sale("then", ago(10)), a_sale("later", ago(2), units=50))

    facts = the_article(lake, ago(9))

    assert facts.on_hand_units == 5
    assert facts.sold_units_90d == 1
    assert facts.last_sale_date == ago(10)


def test_receipts_tell_the_age_of_the_stock_and_what_came_in_within_the_year(lake):
    publish_days(lake, article_day(on_hand_units=7))
    lake.publish(
        "receipts",
        "2026-08",
        rows_of(
            "receipts",
            {"business_date": ago(30), "sku": "HX-1", "warehouse_id": 1, "units": 5},
            {"business_date": ago(10), "sku": "HX-1", "warehouse_id": 1, "units": 2},
            {"business_date": ago(10), "sku": "HX-1", "warehouse_id": 2, "units": 4},
            {"business_date": ago(5), "sku": "HX-1", "warehouse_id": 2, "units": -4},
        ),
    )

    facts = article_facts(lake, as_of_date=DAY, currency="EUR")

    assert facts.stock_age_days.tolist() == [(6 * 10 + 1 * 30) // 7]
    assert facts.received_units_365d.tolist() == [11]
    assert facts[0].last_receipt_date == ago(10)


def test_demand_lies_on_its_article_and_day(lake):
    publish_days(
        lake,
        article_day("HX-2", ago(2), on_hand_units=0),
        *(article_day(sku, DAY) for sku in ("HX-1", "HX-2")),
    )
    publish_sales(
        lake,
        a_sale("one", ago(1), sku="HX-2", units=7),
        a_sale("vanished", ago(1), sku="HX-9", units=7),
        a_sale("first", ago(3), sku="HX-1", units=1),
        a_sale("earlier", ago(3), sku="HX-2", units=2),
        a_sale("before the window", ago(4), sku="HX-2", units=99),
        a_sale("same day", ago(1), sku="HX-2", units=1, revenue_minor=601),
        a_sale("returned", ago(1), sku="HX-2", units=-2, revenue_minor=-9_999),
        a_sale("given away", ago(0), sku="HX-2", units=3, revenue_minor=None),
    )
    articles = [
        facts
        for facts in article_facts(lake, as_of_date=DAY, currency="EUR")
        if facts.sku != "HX-9"
    ]

    history = read_demand(lake, articles, as_of_date=DAY, day_count=4)

    assert history.skus == ("HX-1", "HX-2")
    assert history.units.tolist() == [[1, 0, 0, 0], [2, 0, 6, 3]]
    assert history.has_stock[1].tolist() == [True, False, True, True]
    assert history.names == ("Desk lamp", "Desk lamp")
    nothing = np.nan
    np.testing.assert_array_equal(
        history.prices, [[999, nothing, nothing, nothing], [499.5, nothing, 200, nothing]]
    )
