from dataclasses import replace

import pytest
from django.utils import translation

from builders.movement import AS_OF, a_classification, an_article
from umschlag.intelligence.movement.demand_pattern import DemandPattern
from umschlag.intelligence.movement.model import AbcClass, Reason, SpeedClass, Verdict
from umschlag.intelligence.published import MovementFacts
from umschlag.kernel.money import Money
from umschlag.storage.records import movement
from umschlag.storage.records.models import Article, ArticleMovement, MovementRule
from umschlag.storage.records.reasons import read_values

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def an_article_record(sku="HX-1", **values):
    return Article.objects.create(sku=sku, currency="EUR", **values)


REASON = Reason(
    code="idle",
    values={
        "idle_days": 120,
        "turnover": 0.1,
        "days_of_supply": float("inf"),
        "last_sale_date": AS_OF,
        "stock_value": Money(460_428, "EUR"),
    },
)


def write(*pairs):
    patterns = {facts.sku: DemandPattern.LUMPY for facts, _one in pairs}
    return movement.replace_movements(pairs, patterns, as_of_date=AS_OF)


def a_pair(sku="HX-1", **figures):
    return an_article(sku), a_classification(sku, **figures)


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
    write(a_pair())

    assert movement.create_default_rules(penner_days=60) == 0


def test_a_rule_that_is_switched_off_is_not_asked():
    movement.create_default_rules(penner_days=60)
    MovementRule.objects.update(is_enabled=False)

    assert movement.enabled_rules() == []


def test_a_classification_is_kept_with_its_figures():
    an_article_record()

    write(a_pair(speed_class=SpeedClass.SLOW, dead_value_minor=700, turnover_in_units=True))

    row = ArticleMovement.objects.get()
    assert row.article.sku == "HX-1"
    assert row.as_of_date == AS_OF
    assert (row.abc_class, row.demand_pattern) == ("C", "lumpy")
    assert row.turnover_in_units
    assert row.speed_class == "slow"
    assert row.dead_value_minor == 700
    assert row.sold_units_90d == 30


def test_a_reason_is_kept_as_code_and_figures():
    an_article_record()
    facts, classification = a_pair()
    pair = (facts, replace(classification, reason=REASON, abc_class=AbcClass.A))

    write(pair)

    row = ArticleMovement.objects.get()
    assert (row.reason_code, row.abc_class) == ("idle", "A")
    assert read_values(row.reason_values) == REASON.values
    assert write(pair).changed_count == 0


def test_the_same_again_writes_nothing():
    an_article_record()
    write(a_pair())

    written = write(a_pair())

    assert (written.changed_count, written.unchanged_count) == (0, 1)


def test_a_change_keeps_the_rows_key():
    an_article_record()
    write(a_pair())
    key = ArticleMovement.objects.get().pk

    written = write(a_pair(dead_value_minor=9))

    assert written.changed_count == 1
    assert ArticleMovement.objects.get().pk == key
    assert ArticleMovement.objects.get().dead_value_minor == 9


def test_an_article_that_is_no_longer_classified_loses_its_row():
    an_article_record()
    an_article_record("HX-2")
    write(a_pair(), a_pair("HX-2"))

    assert write(a_pair()).removed_count == 1
    assert [row.article.sku for row in ArticleMovement.objects.all()] == ["HX-1"]


def test_an_article_without_a_record_is_left_out():
    assert write(a_pair()).changed_count == 0


def test_stock_that_never_runs_out_has_no_number_of_days():
    an_article_record()

    write(a_pair(days_of_supply=float("inf")))

    assert ArticleMovement.objects.get().days_of_supply is None


def test_a_write_that_fails_leaves_the_former_rows():
    an_article_record()
    an_article_record("HX-2")
    write(a_pair(dead_value_minor=1))
    facts, classification = a_pair("HX-2")

    with pytest.raises(KeyError):
        movement.replace_movements(
            [a_pair(dead_value_minor=2), (replace(facts), classification)],
            {"HX-1": DemandPattern.SMOOTH},
            as_of_date=AS_OF,
        )

    assert ArticleMovement.objects.get().dead_value_minor == 1


def test_the_facts_of_articles_with_an_asin_are_published():
    an_article_record(asin="B000000001")
    an_article_record("HX-2")
    write(a_pair(speed_class=SpeedClass.FAST, stock_age_days=12), a_pair("HX-2"))

    assert list(movement.facts_of_skus()) == [
        (
            "HX-1",
            MovementFacts(
                asin="B000000001",
                as_of_date=AS_OF,
                daily_sales_units=0.5,
                speed_class=SpeedClass.FAST,
                stock_age_days=12,
                forecast_units_28d=None,
                dead_value_minor=0,
            ),
        )
    ]
