"""Facts from the lake against rows counted one by one, in every layout that the rows can lie in."""

import random
from datetime import date, timedelta

import numpy as np
import pytest

from builders.lake import DAY, a_lake, a_sale, article_day, rows_of
from umschlag.intelligence.movement.figures import movement_figures
from umschlag.intelligence.movement.model import MovementThresholds
from umschlag.storage.lake.article_facts import (
    article_facts,
    known_marketplaces,
    known_warehouses,
    marketplace_sales,
    read_articles,
    warehouse_stock,
)
from umschlag.storage.lake.compaction import compact
from umschlag.storage.lake.day_tables import Window, units_by_day
from umschlag.storage.lake.demand import read_demand

pytestmark = [pytest.mark.django_db, pytest.mark.database]

DAYS = 50


def ago(days):
    return DAY - timedelta(days=days)


@pytest.fixture
def lake(tmp_path):
    return a_lake(tmp_path)


def publish(lake, dataset, *rows, unit=None):
    known = {}
    for row in rows:
        day = row["business_date"]
        known.setdefault(unit or day.isoformat(), []).append(row)
    for name, of_unit in known.items():
        lake.publish(dataset, name, rows_of(dataset, *of_unit))


def publish_sales(lake, *rows):
    for month in sorted({f"{row['business_date']:%Y-%m}" for row in rows}):
        of_month = [row for row in rows if f"{row['business_date']:%Y-%m}" == month]
        lake.publish("sales", month, rows_of("sales", *of_month))


def a_days_rows(day, rng):
    rows = []
    for number in range(5):
        if rng.random() < 0.05 * number:
            continue
        rows.append(
            article_day(
                f"HX-{number}",
                day,
                on_hand_units=rng.choice([0, 0, 3, 5, -2]),
                reserved_units=rng.choice([0, 0, 3, None]),
                unit_cost_minor=rng.choice([200, 200, 300, None]) if number % 2 else 200,
                last_seen_date=ago(60) if number == 3 and rng.random() < 0.2 else day,
            )
        )
    return rows


def a_world(seed):
    rng = random.Random(seed)
    # The last day shows every article, so that there is something to compare.
    days = {ago(age): a_days_rows(ago(age), rng) for age in range(1, DAYS) if rng.random() < 0.9}
    days[DAY] = [article_day(f"HX-{number}", unit_cost_minor=250) for number in range(5)]
    sales = [
        a_sale(f"{number} {age} {line}", ago(age), sku=f"HX-{number}", units=rng.choice([1, 2, -1]))
        for number in range(5)
        for age in range(DAYS)
        for line in range(2)
        if rng.random() < 0.2
    ]
    return days, sales, rng


def counted(days, sales, sku):
    """Return what the rows say of one SKU, one row after the other."""
    sold = {}
    for row in sales:
        if row["sku"] == sku:
            sold[row["business_date"]] = sold.get(row["business_date"], 0) + row["units"]
    held = [row for day in sorted(days) for row in days[day] if row["sku"] == sku]
    there = [
        row
        for row in held
        if sold.get(row["business_date"], 0) > 0
        or (
            row["last_seen_date"] == row["business_date"]
            and (row["on_hand_units"] or 0) > (row["reserved_units"] or 0)
        )
    ]
    costs = [250 if row["unit_cost_minor"] is None else row["unit_cost_minor"] for row in held]
    stock = [
        max(row["on_hand_units"], 0) if row["last_seen_date"] == row["business_date"] else 0
        for row in held
    ]
    units = [sold.get(row["business_date"], 0) for row in held]
    return {
        "first_seen_date": held[0]["business_date"],
        "days_observed_365d": len(held),
        "days_with_stock_90d": len(there),
        "sold_units_365d": sum(sold.values()),
        "sold_units_observed_365d": sum(units),
        "cost_of_goods_minor_365d": sum(map(int.__mul__, units, costs)),
        "average_stock_units_365d": pytest.approx(sum(stock) / len(held)),
        "average_stock_value_minor_365d": pytest.approx(
            sum(map(int.__mul__, stock, costs)) / len(held)
        ),
        "first_sale_date": min(day for day in sold if sold[day] > 0),
        "last_sale_date": max(day for day in sold if sold[day] > 0),
    }


def assert_as_counted(lake, days, sales):
    facts = article_facts(lake, as_of_date=DAY, currency="EUR")
    assert [one.sku for one in facts] == [f"HX-{number}" for number in range(5)]
    for one in facts:
        expected = counted(days, sales, one.sku)
        assert {name: getattr(one, name) for name in expected} == expected


@pytest.mark.parametrize("seed", range(4))
def test_facts_are_as_counted_in_days_in_months_and_with_late_data(lake, seed):
    days, sales, rng = a_world(seed)
    for rows in days.values():
        publish(lake, "article_days", *rows)
    publish_sales(lake, *sales)
    assert_as_counted(lake, days, sales)

    compact(lake, is_eager=True)
    assert_as_counted(lake, days, sales)

    late = sorted(days)[len(days) // 2]
    days[late] = a_days_rows(late, rng)
    publish(lake, "article_days", *days[late])
    assert_as_counted(lake, days, sales)


def test_turnover_times_average_stock_is_the_cost_of_the_goods_sold(lake):
    days, sales, _rng = a_world(7)
    for rows in days.values():
        publish(lake, "article_days", *rows)
    publish_sales(lake, *sales)

    facts = article_facts(lake, as_of_date=DAY, currency="EUR")

    figures = movement_figures(facts, MovementThresholds(), vat_percent=19.0)
    of_period = figures.stock_turnover_per_year * facts.shelf.days_observed_365d / 365
    assert np.allclose(
        of_period * facts.shelf.average_stock_value_minor_365d,
        facts.sales.cost_of_goods_minor_365d,
    )


def test_what_was_gone_for_a_while_had_no_stock_meanwhile(lake):
    for age in range(30):
        last_seen = ago(20) if 10 <= age < 20 else ago(age)
        publish(
            lake,
            "article_days",
            article_day("HX-1", ago(age), on_hand_units=30, last_seen_date=last_seen),
        )

    (one,) = article_facts(lake, as_of_date=DAY, currency="EUR")

    assert (one.days_observed_365d, one.average_stock_units_365d) == (30, 20)


# --- a picture of the night, whose day has only begun ------------------------------------------


def test_a_cost_that_changed_in_the_night_is_not_that_of_the_years_sales(lake):
    for age in range(20):
        cost = 400 if age == 0 else 200
        publish(lake, "article_days", article_day("HX-1", ago(age), unit_cost_minor=cost))
    publish_sales(lake, *(a_sale(f"{age}", ago(age), sku="HX-1", units=2) for age in range(1, 20)))

    night = read_articles(lake, as_of_date=DAY, sold_through=ago(1), currency="EUR")

    (one,) = night.articles
    assert (one.unit_cost_minor, one.cost_of_goods_minor_365d) == (400, 19 * 2 * 200)
    on_one = marketplace_sales(lake, night, "Amazon.de")
    assert on_one.cost_of_goods_minor_365d.tolist() == [19 * 2 * 200]


@pytest.mark.parametrize(("sold_through", "rate"), [(1, 10), (0, 5)])
def test_a_day_that_has_only_begun_is_no_day_of_the_rate_where_stock_was_never_told(
    lake, sold_through, rate
):
    publish_sales(lake, a_sale("one", ago(1), sku="HX-1", units=10))

    night = read_articles(lake, as_of_date=DAY, sold_through=ago(sold_through), currency="EUR")

    figures = movement_figures(night.articles, MovementThresholds(), vat_percent=19.0)
    assert figures.daily_sales_units.tolist() == [rate]


def test_what_comes_in_on_the_day_that_has_only_begun_is_not_in_its_stock(lake):
    for age in range(120):
        publish(lake, "article_days", article_day("HX-1", ago(age), on_hand_units=10))
    for day, units in ((ago(119), 10), (DAY, 100)):
        row = {"business_date": day, "sku": "HX-1", "warehouse_id": 1, "units": units}
        publish(lake, "receipts", row, unit=f"{day:%Y-%m}")

    night = read_articles(lake, as_of_date=DAY, sold_through=ago(1), currency="EUR").articles
    close = read_articles(lake, as_of_date=DAY, currency="EUR").articles

    assert (night.stock_age_days.tolist(), close.stock_age_days.tolist()) == ([119], [0])
    assert night.received_units_365d.tolist() == [10]
    assert close.received_units_365d.tolist() == [110]


# --- bundles --------------------------------------------------------------------------------------


@pytest.fixture
def bundles(lake):
    """A set of two lamps and a bulb, which cost 2 × 200 and 100; sets sold by another source."""
    publish(
        lake,
        "article_days",
        article_day("LAMP", unit_cost_minor=200),
        article_day("BULB", unit_cost_minor=100),
        article_day("SET", is_bundle=True, on_hand_units=0, unit_cost_minor=None),
    )
    parts = [("LAMP", 2), ("BULB", 1)]
    publish(
        lake,
        "bundle_parts",
        *(
            {"business_date": DAY, "sku": "SET", "part_sku": part, "units_per_bundle": units}
            for part, units in parts
        ),
    )
    publish_sales(
        lake,
        a_sale("own", ago(1), sku="LAMP", units=1, revenue_minor=900),
        a_sale("in sets", ago(1), sku="SET", units=3, revenue_minor=5_000),
    )
    return lake


def test_a_sold_bundle_is_its_parts_sold_with_their_share_of_the_revenue(bundles):
    bulb, lamp, whole = article_facts(bundles, as_of_date=DAY, currency="EUR")

    assert (lamp.sold_units_90d, lamp.bundle_units_90d) == (1 + 3 * 2, 3 * 2)
    assert (bulb.sold_units_90d, bulb.bundle_units_90d) == (3, 3)
    assert lamp.revenue_minor_365d == 900 + 4_000
    assert bulb.revenue_minor_365d == 1_000
    # The bundle keeps what it sold itself; whoever adds up counts it at its parts.
    assert (whole.sold_units_90d, whole.revenue_minor_365d) == (3, 5_000)


def test_what_goes_in_bundles_is_demand_for_the_parts(bundles):
    facts = article_facts(bundles, as_of_date=DAY, currency="EUR")

    history = read_demand(bundles, facts, as_of_date=DAY, day_count=3)

    assert dict(zip(history.skus, history.units[:, -2].tolist(), strict=True)) == {
        "BULB": 3,
        "LAMP": 7,
        "SET": 3,
    }


def test_parts_of_unknown_cost_share_the_revenue_alike(bundles):
    publish(
        bundles,
        "article_days",
        article_day("LAMP", unit_cost_minor=None),
        article_day("BULB", unit_cost_minor=100),
        article_day("SET", is_bundle=True),
    )

    bulb, lamp, _whole = article_facts(bundles, as_of_date=DAY, currency="EUR")

    assert (bulb.revenue_minor_365d, lamp.revenue_minor_365d) == (2_500, 900 + 2_500)


def test_what_last_sold_in_a_bundle_long_ago_has_sold(bundles):
    long_ago = ago(400)
    publish_sales(bundles, a_sale("long ago", long_ago, sku="SET", units=4, source="file"))

    bulb, lamp, whole = article_facts(bundles, as_of_date=DAY, currency="EUR")

    # The parts are told on the newest day alone; a recipe is taken as it was last told.
    assert (lamp.first_sale_date, lamp.sold_units_total) == (long_ago, 7 + 4 * 2)
    assert (bulb.first_sale_date, bulb.sold_units_total) == (long_ago, 3 + 4)
    assert (whole.first_sale_date, whole.sold_units_total) == (long_ago, 3 + 4)


def test_long_ago_too_a_day_counts_by_what_it_sold_in_all(lake):
    publish(lake, "article_days", article_day())
    publish_sales(
        lake,
        a_sale("sold", ago(500), units=2),
        a_sale("given back at once", ago(400), units=2),
        a_sale("given back at once, the return", ago(400), units=-2),
    )

    (facts,) = article_facts(lake, as_of_date=DAY, currency="EUR")

    assert facts.last_sale_date == ago(500)
    assert facts.sold_units_total == 2


def test_bundles_are_put_together_as_when_that_was_last_told_be_it_before_the_days(bundles):
    later = DAY + timedelta(days=5)
    publish(bundles, "article_days", article_day("LAMP", later), article_day("BULB", later))
    publish_sales(bundles, a_sale("later", later, sku="SET", units=1))

    units = units_by_day(bundles, "LAMP", Window(last_date=later, day_count=3))

    assert units.tolist() == [0, 0, 2]


# --- what scoped rules look at --------------------------------------------------------------------


def test_the_sales_of_one_marketplace_are_told_apart(lake):
    publish(lake, "article_days", *(article_day(business_date=ago(age)) for age in range(3)))
    publish_sales(
        lake,
        a_sale("de", ago(1), units=4, revenue_minor=400),
        a_sale("fr", ago(100), units=2, marketplace="Amazon.fr"),
        a_sale("long ago", date(2024, 1, 5), units=9, marketplace="Amazon.fr"),
    )
    read = read_articles(lake, as_of_date=DAY, currency="EUR")

    french = marketplace_sales(lake, read, "Amazon.fr")

    assert known_marketplaces(lake) == ["Amazon.de", "Amazon.fr"]
    assert french.last_sale_date.tolist() == [ago(100)]
    assert (french.sold_units_90d[0], french.sold_units_365d[0]) == (0, 2)
    assert french.sold_units_total.tolist() == [11]
    assert french.first_sale_date.tolist() == [date(2024, 1, 5)]
    assert read.articles[0].sold_units_total == 15


def test_the_stock_of_one_warehouse_is_told_apart(lake):
    publish(lake, "article_days", article_day(on_hand_units=7), article_day("HX-2"))
    publish(
        lake,
        "warehouse_days",
        *(
            {
                "business_date": DAY,
                "sku": "HX-1",
                "warehouse_id": key,
                "warehouse_name": name,
                "is_sales": True,
                "on_hand_units": units,
                "reserved_units": 1,
            }
            for key, name, units in ((1, "Köln", 5), (2, "Lyon", 2))
        ),
    )
    facts = article_facts(lake, as_of_date=DAY, currency="EUR")

    found = warehouse_stock(lake, facts)

    assert known_warehouses(lake, as_of_date=DAY) == ["Köln", "Lyon"]
    assert found["köln"].on_hand_units.tolist() == [5, 0]
    assert found["lyon"].reserved_units.tolist() == [1, 0]
