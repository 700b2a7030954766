import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from builders.lake import article_day, rows_of
from builders.records import (
    NOW,
    TODAY,
    a_cart,
    a_client,
    a_forecast,
    a_movement,
    a_pallet,
    a_proposal,
    a_run,
    a_snapshot_run,
    a_store,
    a_sync_run,
    an_article,
)
from umschlag.kernel.money import Money
from umschlag.kernel.periods import business_date_of
from umschlag.storage.records.models import MutualStoreProposal, RunRefusal
from umschlag.wiring.lake import open_lake
from umschlag.wiring.overview import LIST_LENGTH, SKIPPED_SHOWN_PER_SOURCE, overview

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def settings(settings_in):
    return settings_in()


def euro(minor):
    return Money(minor, "EUR")


def test_an_empty_installation_has_an_overview(settings):
    figures = overview(settings)

    assert figures.stock_value == euro(0)
    assert figures.freshness.business_date is None
    assert figures.freshness.age_days is None
    assert figures.allocation is None
    assert figures.value_by_day == ()
    assert figures.skipped == ()


def test_the_stock_value_leaves_out_what_has_no_cost_and_says_how_many(settings):
    an_article("HX-1", on_hand_units=10, unit_cost_minor=250)
    an_article("HX-2", on_hand_units=4, unit_cost_minor=None)
    an_article("HX-3", on_hand_units=0, unit_cost_minor=None)
    an_article("HX-4", on_hand_units=None, unit_cost_minor=100)

    figures = overview(settings)

    assert figures.stock_value == euro(2_500)
    assert figures.articles_without_cost == 1


def test_oversold_stock_takes_nothing_from_the_value(settings):
    an_article("HX-1", on_hand_units=10, unit_cost_minor=250)
    an_article("HX-2", on_hand_units=-30, unit_cost_minor=999)

    assert overview(settings).stock_value == euro(2_500)


def test_another_currency_is_left_out_of_sums_and_said(settings):
    an_article("HX-1", on_hand_units=1, unit_cost_minor=250)
    pound = an_article("GB-1", on_hand_units=1, unit_cost_minor=999, currency="GBP")
    a_movement(pound, verdict="penner", dead_value_minor=999)

    figures = overview(settings)

    assert figures.stock_value == euro(250)
    assert figures.dead_stock == euro(0)
    assert figures.penner_count == 1
    assert figures.worst_penner[0].stock_value == Money(999, "GBP")
    assert [line for line in figures.skipped if "1 " in line and "EUR" in line]


def test_the_worst_penner_binds_the_most_dead_money(settings):
    for number in range(LIST_LENGTH + 2):
        article = an_article(f"HX-{number}")
        a_movement(
            article, verdict="penner", dead_value_minor=100 * number, reason_code=f"r{number}"
        )
    a_movement(an_article("HX-unknown"), verdict="penner", dead_value_minor=None)

    figures = overview(settings)

    assert len(figures.worst_penner) == LIST_LENGTH
    assert [line.sku for line in figures.worst_penner[:2]] == ["HX-11", "HX-10"]
    assert figures.worst_penner[0].reason == "r11"
    assert figures.worst_penner[0].dead_value == euro(1_100)
    assert figures.penner_count == LIST_LENGTH + 3
    assert figures.dead_stock == euro(sum(100 * number for number in range(LIST_LENGTH + 2)))


def test_the_best_renner_sold_the_most_lately(settings):
    a_movement(an_article("HX-1"), verdict="renner", sold_units_90d=5)
    a_movement(an_article("HX-2"), verdict="renner", sold_units_90d=50, days_since_last_sale=1)
    a_movement(an_article("HX-3"), verdict="normal", sold_units_90d=500)

    figures = overview(settings)

    assert [line.sku for line in figures.best_renner] == ["HX-2", "HX-1"]
    assert figures.best_renner[0].days_since_last_sale == 1
    assert figures.renner_count == 2


def test_open_proposals_are_summed_by_kind(settings):
    first, second = an_article("HX-1"), an_article("HX-2")
    a_proposal(first, kind="liquidate", units=5, value_minor=1_000, proceeds_minor=300)
    a_proposal(second, kind="liquidate", units=7, value_minor=None, proceeds_minor=None)
    a_proposal(first, kind="reorder", units=3, value_minor=600, proceeds_minor=900)
    a_proposal(second, kind="reorder", units=9, value_minor=9_999, state="accepted")

    totals = {total.kind: total for total in overview(settings).proposals}

    assert (totals["liquidate"].count, totals["liquidate"].units) == (2, 12)
    assert totals["liquidate"].value == euro(1_000)
    assert totals["liquidate"].proceeds == euro(300)
    assert [totals[kind].units_without_value for kind in ("liquidate", "reorder")] == [7, 0]
    assert totals["reorder"].value == euro(600)
    assert totals["reorder"].proceeds is None


def test_the_newest_run_is_summed_with_pallets_and_refusals(settings):
    client = a_client()
    stores = [a_store(client, "DE"), a_store(client, "UK", marketplace="Amazon.co.uk")]
    a_cart(a_run(made_at=NOW - timedelta(days=1)), stores[0], goods_minor=1)
    run = a_run(state="confirmed")
    carts = [a_cart(run, store, goods_minor=10_000, shipping_minor=500) for store in stores]
    a_pallet(carts[0], "P-1", freight_minor=9_500)
    a_pallet(carts[0], "P-2", freight_minor=9_500)
    for code, store in (("gated", 0), ("gated", 0), ("gated", 1), ("balance", 1)):
        RunRefusal.objects.create(run=run, reason_code=code, store=stores[store])

    total = overview(settings).allocation

    assert total is not None
    assert total.run_id == run.pk
    assert (total.cart_count, total.units, total.pallet_count) == (2, 48, 2)
    assert (total.goods, total.shipping, total.freight) == (euro(20_000), euro(1_000), euro(19_000))
    assert total.refusals_by_reason == (("gated", 2), ("balance", 1))


def test_of_a_proposal_no_pallets_and_no_freight_are_claimed(settings):
    a_cart(a_run(), a_store(a_client()))

    total = overview(settings).allocation

    assert total is not None
    assert (total.cart_count, total.pallet_count, total.freight) == (1, None, None)


def test_a_cart_for_one_store_does_not_hide_the_whole_run(settings):
    store = a_store(a_client())
    whole = a_run(made_at=NOW - timedelta(hours=5))
    a_run(made_at=NOW, only_store=store)
    a_run(made_at=NOW, state="discarded")

    total = overview(settings).allocation

    assert total is not None
    assert total.run_id == whole.pk


def test_clients_short_of_balance_are_told_with_a_mutual_store(settings):
    run = a_run()
    poor, rich = a_client("Arm GmbH"), a_client("Reich GmbH")
    mutual = a_store(rich, "Gemeinsam DE", kind="mutual")
    MutualStoreProposal.objects.create(
        run=run,
        client=poor,
        own_store=a_store(poor, "Arm DE"),
        mutual_store=mutual,
        missing_minor=4_200,
        reason_code="balance_short",
        reason_values={
            "store_name": "Arm DE",
            "mutual_store_name": "Gemeinsam DE",
            "missing": {"minor": 4_200, "currency": "EUR"},
            "units": 5,
            "asins": ["B000000001"],
            "asin_count": 1,
        },
    )
    MutualStoreProposal.objects.create(run=run, client=rich, reason_code="too_few_ungated")

    [shortage] = overview(settings).shortages

    assert (shortage.client_name, shortage.store_name) == ("Arm GmbH", "Arm DE")
    assert shortage.missing == euro(4_200)
    assert shortage.mutual_store_name == "Gemeinsam DE"
    assert "Gemeinsam DE could take 5 units: B000000001" in shortage.message


def test_freshness_tells_age_and_rebuilt_days(settings):
    today = business_date_of(timezone.now(), settings.zone)
    for age in (3, 2):
        a_snapshot_run(business_date=today - timedelta(days=age), origin="reconstructed")
    a_snapshot_run(business_date=today - timedelta(days=1), row_count=1_987)
    a_snapshot_run(business_date=today, status="failed", error="the ERP did not answer")

    fresh = overview(settings).freshness

    assert fresh.business_date == today - timedelta(days=1)
    assert (fresh.age_days, fresh.article_count, fresh.reconstructed_days) == (1, 1_987, 2)


def test_what_was_skipped_is_told_by_source_and_cut_off(settings):
    a_sync_run("panel", status="failed", error="the panel does not answer")
    a_sync_run("sheet", problems=["an old problem"], started_at=NOW - timedelta(days=1))
    a_sync_run("sheet", problems=[f"row {row}: no cost" for row in range(9)])

    lines = overview(settings).skipped

    assert "panel: the panel does not answer" in lines
    assert "sheet: row 0: no cost" in lines
    assert len([line for line in lines if line.startswith("sheet: row")]) == (
        SKIPPED_SHOWN_PER_SOURCE
    )
    assert [line for line in lines if "4" in line and "more" in line]
    assert not [line for line in lines if "old problem" in line]


def a_run_of(hours, **values):
    return a_sync_run("orders", started_at=timezone.now() - timedelta(hours=hours), **values)


def test_a_run_that_reads_on_leaves_standing_what_earlier_ones_told(settings):
    a_run_of(25, watermark="1", problems=["of yesterday"])
    a_run_of(3, watermark="2", problems=["line 7: no SKU", "line 9: no price"])
    a_run_of(2, status="failed", error="away", problems=["of a run that failed"])
    a_run_of(1, watermark="3", problems=["line 9: no price", "line 11: no SKU"])

    assert overview(settings).skipped == (
        "orders: line 9: no price",
        "orders: line 11: no SKU",
        "orders: line 7: no SKU",
    )


def test_a_run_that_read_its_source_whole_has_the_last_word(settings):
    a_run_of(3, problems=["mended since"])
    a_run_of(2, problems=["still there"])
    a_run_of(1, status="failed", error="away")

    assert overview(settings).skipped == ("orders: away", "orders: still there")


def test_a_failure_of_the_past_is_forgotten_once_it_worked(settings):
    a_sync_run("panel", status="failed", error="the panel does not answer")
    a_sync_run("panel")

    assert overview(settings).skipped == ()


def test_the_value_of_every_day_comes_from_the_lake(settings):
    today = business_date_of(datetime.now(UTC), settings.zone)
    yesterday = today - timedelta(days=1)
    lake = open_lake(settings)
    publish(lake, yesterday, article_day(business_date=yesterday, is_reconstructed=True))
    publish(lake, today, article_day(business_date=today, on_hand_units=7))

    days = overview(settings).value_by_day

    assert [(day.business_date, day.value, day.reconstructed) for day in days] == [
        (yesterday, euro(1_000), True),
        (today, euro(1_400), False),
    ]


def test_a_day_that_is_published_anew_shows_at_once(settings):
    today = business_date_of(datetime.now(UTC), settings.zone)
    lake = open_lake(settings)
    publish(lake, today, article_day(business_date=today, on_hand_units=7))
    assert [day.value for day in overview(settings).value_by_day] == [euro(1_400)]

    publish(lake, today, article_day(business_date=today, on_hand_units=8))

    assert [day.value for day in overview(settings).value_by_day] == [euro(1_600)]


def publish(lake, day: date, *rows):
    lake.publish("article_days", day.isoformat(), rows_of("article_days", *rows))


def test_the_page_needs_few_queries_however_much_there_is(settings, django_assert_max_num_queries):
    for number in range(30):
        article = an_article(f"HX-{number}")
        a_movement(article, verdict="penner", dead_value_minor=number)
        a_forecast(article, stockout_date=TODAY)
    started = time.perf_counter()

    with django_assert_max_num_queries(24):
        overview(settings)

    # A generous bound for busy machines: the page's own budget is 0.3 s.
    assert time.perf_counter() - started < 3.0
