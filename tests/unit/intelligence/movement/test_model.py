import pytest

from builders.movement import (
    a_penner_rule,
    a_renner_rule,
    a_sold_article,
    an_article,
    an_idle_article,
    days_ago,
)
from umschlag.intelligence.movement.model import MovementRule, RuleScope, Verdict
from umschlag.kernel.errors import BadInput


def test_reserved_units_are_not_available():
    assert an_article(on_hand_units=10, reserved_units=4).available_units == 6


def test_stock_that_was_never_told_is_unknown_and_not_zero():
    article = a_sold_article()

    assert article.available_units is None
    assert article.stock_value_minor is None


def test_stock_of_unknown_cost_has_no_known_value():
    assert an_article(unit_cost_minor=None).stock_value_minor is None


def test_oversold_stock_is_worth_nothing():
    assert an_article(on_hand_units=-3).stock_value_minor == 0


def test_idle_days_count_from_the_last_sale():
    assert an_idle_article(idle_days=120).idle_days == 120


def test_idle_days_do_not_count_from_before_the_goods_came_back():
    article = an_idle_article(idle_days=120, stock_since_date=days_ago(12))

    assert article.idle_days == 12


def test_what_never_sold_is_idle_since_it_was_first_seen():
    article = an_article(last_sale_date=None, first_sale_date=None, first_seen_date=days_ago(200))

    assert article.idle_days == 200


@pytest.mark.parametrize("stock", [{"on_hand_units": 0}, {"on_hand_units": 3, "reserved_units": 3}])
def test_what_is_not_available_cannot_lie_idle(stock):
    assert an_idle_article(idle_days=120, **stock).idle_days == 0


def test_an_article_without_stock_told_is_idle_since_its_last_sale():
    assert a_sold_article(last_sale_date=days_ago(95)).idle_days == 95


def test_an_article_is_known_since_the_first_sight_or_sale():
    article = an_article(first_seen_date=days_ago(50), first_sale_date=days_ago(60))

    assert article.days_known == 60


def test_an_article_that_was_neither_seen_nor_sold_is_not_known():
    assert an_article(first_seen_date=None, first_sale_date=None).days_known == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"verdict": Verdict.NORMAL, "days_sold_threshold": 9}, "verdict"),
        ({"verdict": Verdict.PENNER}, "days_sold_threshold"),
        ({"verdict": Verdict.RENNER, "days_sold_threshold": 9}, "stock_turnover_threshold"),
        (
            {
                "verdict": Verdict.PENNER,
                "days_sold_threshold": 9,
                "scope": RuleScope.CATEGORY,
            },
            "scope_value",
        ),
        (
            {
                "verdict": Verdict.PENNER,
                "days_sold_threshold": 9,
                "scope": RuleScope.PRICE_BAND,
            },
            "price_minor_min",
        ),
        (
            {
                "verdict": Verdict.PENNER,
                "days_sold_threshold": 9,
                "scope": RuleScope.PRICE_BAND,
                "price_minor_min": 5,
                "price_minor_max": 5,
            },
            "price_minor_max",
        ),
    ],
)
def test_a_rule_that_could_never_match_is_refused_by_its_field(values, field):
    with pytest.raises(BadInput) as refusal:
        MovementRule(name="odd", **values)

    assert refusal.value.field == field


def test_rules_that_can_match_are_taken():
    assert a_penner_rule().verdict is Verdict.PENNER
    assert a_renner_rule().verdict is Verdict.RENNER
