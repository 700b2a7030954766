from datetime import timedelta

import numpy as np
import pytest
from django.utils import translation

from builders.movement import AS_OF, a_penner_rule, an_article, an_idle_article, judged_by
from umschlag.intelligence.movement.lost_sales import StockOuts
from umschlag.intelligence.movement.model import SpeedClass, Verdict
from umschlag.intelligence.published import MovementFacts
from umschlag.kernel.money import Money
from umschlag.storage.records import movement
from umschlag.storage.records.models import (
    Article,
    ArticleMovement,
    MovementChange,
    MovementRule,
)
from umschlag.storage.records.reasons import read_values

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def an_article_record(sku="HX-1", **values):
    return Article.objects.create(sku=sku, currency="EUR", **values)


def write(*articles, as_of_date=AS_OF, **evidence):
    found = judged_by([a_penner_rule()], *articles, **evidence)
    return movement.replace_movements(found, as_of_date=as_of_date)


def test_three_rules_are_there_to_start_with():
    assert movement.create_default_rules(penner_days=60) == 3

    rules = movement.enabled_rules()
    assert [rule.verdict for rule in rules] == [Verdict.PENNER, Verdict.PENNER, Verdict.RENNER]
    assert rules[0].days_sold_threshold == 60
    assert rules[0].stock_units_min == 1
    assert [rule.stock_value_minor_min for rule in rules] == [2_000, 2_000, None]
    assert rules[1].stock_turnover_threshold == 1.0
    assert rules[2].stock_turnover_threshold == 8.0
    assert rules[2].days_of_supply_max == 30


def test_they_are_named_in_the_language_of_the_product():
    with translation.override("de"):
        movement.create_default_rules(penner_days=60)

    assert "60 Tage ohne Verkauf" in MovementRule.objects.values_list("name", flat=True)


def test_they_are_made_once():
    movement.create_default_rules(penner_days=60)

    assert movement.create_default_rules(penner_days=60) == 0
    assert MovementRule.objects.count() == 3


def test_rules_made_before_keep_their_bounds():
    movement.create_default_rules(penner_days=60)
    MovementRule.objects.update(stock_value_minor_min=None)

    movement.create_default_rules(penner_days=60)

    assert {rule.stock_value_minor_min for rule in movement.enabled_rules()} == {None}


def test_a_merchant_who_deleted_all_rules_does_not_get_them_back():
    an_article_record()
    write(an_article())

    assert movement.create_default_rules(penner_days=60) == 0


def test_a_rule_that_is_switched_off_is_not_asked():
    movement.create_default_rules(penner_days=60)
    MovementRule.objects.update(is_enabled=False)

    assert movement.enabled_rules() == []


def test_a_classification_is_kept_with_its_figures():
    an_article_record()

    write(an_idle_article(average_stock_value_minor_365d=None, bundle_units_365d=4))

    row = ArticleMovement.objects.get()
    assert row.article.sku == "HX-1"
    assert row.as_of_date == AS_OF
    assert (row.verdict, row.rule_name) == ("penner", "idle")
    assert (row.abc_class, row.abc_class_by_margin, row.xyz_class) == ("A", "A", "X")
    assert row.demand_pattern == "smooth"
    assert row.turnover_in_units
    assert row.speed_class == "dead"
    assert (row.dead_units, row.dead_value_minor) == (10, 5_000)
    assert row.margin_minor_365d == 60_000
    assert (row.sold_units_365d, row.bundle_units_365d) == (120, 4)
    assert row.days_since_last_sale == 120


def test_a_reason_is_kept_as_code_and_figures():
    an_article_record()

    write(an_idle_article())

    row = ArticleMovement.objects.get()
    assert row.reason_code == "idle"
    assert read_values(row.reason_values) == {
        "idle_days": 120,
        "threshold_days": 90,
        "on_hand_units": 10,
        "stock_value": Money(5_000, "EUR"),
        "last_sale_date": AS_OF - timedelta(days=120),
    }
    assert write(an_idle_article()).changed_count == 0


def test_what_cannot_be_told_stays_empty():
    an_article_record()

    write(an_article(unit_cost_minor=None, weeks_with_stock=2))

    row = ArticleMovement.objects.get()
    assert (row.abc_class_by_margin, row.xyz_class) == ("", "")
    assert row.margin_minor_365d is None
    assert row.sell_through_of_received_ratio is None
    assert row.lost_units_max_365d is None


def test_the_newest_stock_outs_are_kept_with_what_they_cost_at_most():
    an_article_record()
    first = np.array([AS_OF - timedelta(days=days) for days in (90, 20)], dtype="datetime64[D]")
    outs = StockOuts(
        article=np.array([0, 0]),
        first_date=first,
        day_count=np.array([3, 2]),
        lost_units_max=np.array([1.5, np.nan]),
        lost_revenue_minor_max=np.array([1_500.0, np.nan]),
    )

    write(an_article(), stock_outs=outs)

    row = ArticleMovement.objects.get()
    assert row.stock_out_count_365d == 2
    assert [one["first_date"] for one in row.stock_outs] == ["2026-08-13", "2026-06-04"]
    assert row.stock_outs[1]["lost_revenue_minor_max"] == 1_500
    assert row.stock_outs[0]["lost_units_max"] is None


def test_the_same_again_writes_nothing():
    an_article_record()
    write(an_article())

    written = write(an_article())

    assert (written.changed_count, written.unchanged_count) == (0, 1)


def test_a_change_keeps_the_rows_key():
    an_article_record()
    write(an_article())
    key = ArticleMovement.objects.get().pk

    written = write(an_article(unit_cost_minor=9))

    assert written.changed_count == 1
    assert ArticleMovement.objects.get().pk == key
    assert ArticleMovement.objects.get().stock_value_minor == 90


def test_an_article_that_is_no_longer_classified_loses_its_row():
    an_article_record()
    an_article_record("HX-2")
    write(an_article(), an_article("HX-2"))

    assert write(an_article()).removed_count == 1
    assert [row.article.sku for row in ArticleMovement.objects.all()] == ["HX-1"]


def test_an_article_without_a_record_is_left_out():
    assert write(an_article()).changed_count == 0
    assert not MovementChange.objects.exists()


def test_stock_that_never_runs_out_has_no_number_of_days():
    an_article_record()

    write(an_idle_article())

    assert ArticleMovement.objects.get().days_of_supply is None


# --- what changed -------------------------------------------------------------------------------


def changes():
    rows = MovementChange.objects.order_by("changed_date", "article__sku")
    return list(rows.values_list("article__sku", "changed_date", "from_verdict", "to_verdict"))


def day(days):
    return AS_OF + timedelta(days=days)


def test_the_first_verdict_begins_the_history_and_a_new_one_goes_on():
    an_article_record()
    write(an_article())
    write(an_article(), as_of_date=day(1))
    write(an_idle_article(), as_of_date=day(7))

    assert changes() == [
        ("HX-1", AS_OF, "", "normal"),
        ("HX-1", day(7), "normal", "penner"),
    ]
    newest = MovementChange.objects.get(changed_date=day(7))
    assert (newest.rule_name, newest.dead_value_minor) == ("idle", 5_000)


def test_a_day_judged_again_keeps_one_change_or_none():
    an_article_record()
    write(an_article())
    write(an_idle_article(), as_of_date=day(1))
    write(an_idle_article(unit_cost_minor=100), as_of_date=day(1))

    assert MovementChange.objects.get(changed_date=day(1)).dead_value_minor == 1_000

    write(an_article(), as_of_date=day(1))

    assert changes() == [("HX-1", AS_OF, "", "normal")]


def test_a_look_back_changes_nothing_in_the_history():
    an_article_record()
    write(an_article())

    write(an_idle_article(), as_of_date=day(-30))

    assert changes() == [("HX-1", AS_OF, "", "normal")]


def test_the_facts_of_articles_with_an_asin_are_published():
    an_article_record(asin="B000000001")
    an_article_record("HX-2")
    ages = np.array([12.0, 9.0])
    write(an_article(sold_units_90d=90), an_article("HX-2"), stock_age_days=ages)

    assert list(movement.facts_of_skus()) == [
        (
            "HX-1",
            MovementFacts(
                asin="B000000001",
                as_of_date=AS_OF,
                daily_sales_units=1.0,
                speed_class=SpeedClass.FAST,
                stock_age_days=12,
                forecast_units_28d=None,
                dead_value_minor=0,
                unit_margin_minor=500,
            ),
        )
    ]
