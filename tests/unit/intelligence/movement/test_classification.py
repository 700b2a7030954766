import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.movement import (
    LUMPY,
    a_penner_rule,
    a_renner_rule,
    a_sold_article,
    a_turnover_rule,
    an_article,
    an_idle_article,
    columns_of,
    days_ago,
    judged_by,
)
from umschlag.intelligence.movement.classification import WarehouseStock
from umschlag.intelligence.movement.model import AbcClass, RuleScope, Verdict
from umschlag.kernel.money import Money


def judged(*articles, rules):
    return list(judged_by(rules, *articles))


def verdict_on(article, *rules):
    (classification,) = judged(article, rules=rules)
    return classification


FAST = {
    "sold_units_90d": 90,
    "cost_of_goods_minor_365d": 150_000,
    "average_stock_value_minor_365d": 15_000.0,
}


def test_no_sale_for_the_rules_days_makes_a_penner_and_says_why():
    found = verdict_on(an_idle_article(idle_days=90), a_penner_rule("90 days"))

    assert found.verdict is Verdict.PENNER
    assert found.rule_name == "90 days"
    assert found.reason.code == "idle"
    assert found.reason.values["idle_days"] == 90
    assert found.reason.values["last_sale_date"] == days_ago(90)
    assert found.reason.values["stock_value"] == Money(5_000, "EUR")


def test_a_day_less_is_no_penner():
    assert verdict_on(an_idle_article(idle_days=89), a_penner_rule()).verdict is Verdict.NORMAL


def test_a_bound_on_the_stock_spares_articles_below_it():
    article = an_idle_article(on_hand_units=4)

    assert verdict_on(article, a_penner_rule(stock_units_min=5)).verdict is Verdict.NORMAL
    assert verdict_on(article, a_penner_rule(stock_units_min=4)).verdict is Verdict.PENNER


def test_a_bound_on_the_value_spares_what_is_known_to_be_worth_less():
    rule = a_penner_rule(stock_value_minor_min=5_000)

    assert verdict_on(an_idle_article(), rule).verdict is Verdict.PENNER
    assert verdict_on(an_idle_article(unit_cost_minor=499), rule).verdict is Verdict.NORMAL
    assert verdict_on(an_idle_article(unit_cost_minor=None), rule).verdict is Verdict.PENNER


def test_a_renner_rule_bound_on_the_value_asks_for_a_known_cost():
    rule = a_renner_rule(stock_value_minor_min=5_000)

    assert verdict_on(an_article(**FAST), rule).verdict is Verdict.RENNER
    unknown = an_article(unit_cost_minor=None, **FAST)
    assert verdict_on(unknown, rule).verdict is Verdict.NORMAL


def test_what_never_sold_is_a_penner_with_its_own_words():
    found = verdict_on(
        an_article(last_sale_date=None, first_sale_date=None, sold_units_90d=0), a_penner_rule()
    )

    assert found.verdict is Verdict.PENNER
    assert found.reason.code == "never_sold"


def test_a_new_article_is_no_penner():
    new = an_article(
        first_seen_date=days_ago(60),
        stock_since_date=days_ago(60),
        first_sale_date=None,
        last_sale_date=None,
        sold_units_90d=0,
        cost_of_goods_minor_365d=0,
    )

    found = verdict_on(new, a_penner_rule(), a_turnover_rule())

    assert found.verdict is Verdict.NORMAL
    assert found.reason.code == "new"


def test_goods_received_lately_are_no_penner():
    article = an_idle_article(idle_days=200, stock_since_date=days_ago(20))

    assert verdict_on(article, a_penner_rule()).verdict is Verdict.NORMAL


def test_goods_that_lie_since_they_came_back_say_since_when():
    article = an_idle_article(idle_days=200, stock_since_date=days_ago(95))

    found = verdict_on(article, a_penner_rule())

    assert found.verdict is Verdict.PENNER
    assert found.reason.code == "idle_since_restocked"
    assert found.reason.values["idle_days"] == 95


def test_goods_with_stock_on_every_known_day_never_came_back():
    article = an_idle_article(
        idle_days=392, first_sale_date=days_ago(400), first_seen_date=days_ago(364)
    )

    found = verdict_on(article, a_penner_rule())

    assert found.reason.code == "idle"
    assert found.reason.values["idle_days"] == 392


def test_a_turnover_below_the_rules_makes_a_penner():
    slow = an_article(cost_of_goods_minor_365d=14_999)

    found = verdict_on(slow, a_turnover_rule())

    assert found.verdict is Verdict.PENNER
    assert found.reason.code == "slow"
    assert found.reason.values["turnover"] == pytest.approx(14_999 / 15_000)


def test_a_turnover_in_units_is_said_to_be_one():
    slow = an_article(
        unit_cost_minor=None,
        cost_of_goods_minor_365d=None,
        average_stock_value_minor_365d=None,
        sold_units_observed_365d=2,
    )

    assert verdict_on(slow, a_turnover_rule()).reason.code == "slow_in_units"


def test_a_turnover_at_the_bound_is_no_penner():
    article = an_article(cost_of_goods_minor_365d=15_000)

    assert verdict_on(article, a_turnover_rule()).verdict is Verdict.NORMAL


def test_a_high_turnover_with_few_days_of_stock_makes_a_renner():
    found = verdict_on(an_article(**FAST), a_renner_rule())

    assert found.verdict is Verdict.RENNER
    assert found.reason.code == "fast"
    assert found.reason.values["days_of_supply"] == pytest.approx(10.0)


def test_a_renner_that_is_sold_out_says_so_instead_of_how_long_nothing_lasts():
    found = verdict_on(an_article(**{**FAST, "on_hand_units": 0}), a_renner_rule())
    without_cost = {
        **FAST,
        "on_hand_units": 0,
        "cost_of_goods_minor_365d": None,
        "average_stock_value_minor_365d": None,
        "sold_units_observed_365d": 100_000,
    }

    assert found.verdict is Verdict.RENNER
    assert found.reason.code == "fast_sold_out"
    counted = verdict_on(an_article(**without_cost), a_renner_rule())
    assert counted.reason.code == "fast_sold_out_in_units"


def test_what_was_phased_out_months_ago_is_no_renner_for_its_year():
    gone = {**FAST, "on_hand_units": 0, "sold_units_90d": 0, "days_with_stock_90d": 0}

    assert verdict_on(an_article(**gone), a_renner_rule()).verdict is Verdict.NORMAL


def test_an_inactive_article_is_no_renner():
    inactive = an_article(is_active=False, **FAST)

    assert verdict_on(inactive, a_renner_rule()).verdict is Verdict.NORMAL


@pytest.mark.parametrize(("sold", "verdict"), [(9, Verdict.RENNER), (8, Verdict.NORMAL)])
def test_a_renner_sells_at_least_a_unit_in_ten_days(sold, verdict):
    little = {**FAST, "on_hand_units": 2, "sold_units_90d": sold}

    assert verdict_on(an_article(**little), a_renner_rule()).verdict is verdict


def test_a_high_turnover_with_much_stock_is_no_renner():
    article = an_article(on_hand_units=31, **FAST)

    assert verdict_on(article, a_renner_rule()).verdict is Verdict.NORMAL


def test_the_first_rule_by_priority_decides():
    first = a_penner_rule("second by name", priority=1)
    second = a_penner_rule("first by name", priority=2)

    assert verdict_on(an_idle_article(), second, first).rule_name == "second by name"


def test_rules_of_one_priority_are_asked_by_name():
    found = verdict_on(an_idle_article(), a_penner_rule("b"), a_penner_rule("a"))

    assert found.rule_name == "a"


@pytest.mark.parametrize(
    ("scope", "field"),
    [
        (RuleScope.CATEGORY, "category"),
        (RuleScope.MANUFACTURER, "manufacturer"),
        (RuleScope.SUPPLIER, "supplier"),
    ],
)
def test_a_rule_looks_only_at_its_scope_in_any_case(scope, field):
    rule = a_penner_rule(scope=scope, scope_value="GARDEN")

    assert verdict_on(an_idle_article(**{field: "Garden"}), rule).verdict is Verdict.PENNER
    assert verdict_on(an_idle_article(**{field: "Toys"}), rule).verdict is Verdict.NORMAL


def test_without_stock_told_an_article_that_sold_regularly_and_stopped_is_a_penner():
    found = verdict_on(
        a_sold_article(
            first_sale_date=days_ago(499),
            last_sale_date=days_ago(100),
            sold_units_total=800,
            sold_units_90d=0,
        ),
        a_penner_rule(stock_units_min=1),
    )

    assert found.verdict is Verdict.PENNER
    assert found.reason.code == "idle_stock_unknown"
    assert found.reason.values["last_sale_date"] == days_ago(100)
    assert found.reason.values["former_daily_units"] == pytest.approx(2.0)


@pytest.mark.parametrize(
    "rarely", [{"sale_day_count": 4}, {"first_sale_date": days_ago(126)}], ids=["days", "span"]
)
def test_without_stock_told_nobody_can_say_of_a_rare_seller_that_it_stopped(rarely):
    found = verdict_on(
        a_sold_article(last_sale_date=days_ago(100), sold_units_90d=0, **rarely), a_penner_rule()
    )

    assert found.verdict is Verdict.NORMAL
    assert found.reason.code == "rarely_sold"


def test_without_stock_told_no_article_is_called_a_renner():
    assert verdict_on(a_sold_article(), a_renner_rule()).verdict is Verdict.NORMAL


def test_an_article_that_no_rule_matches_says_what_it_sold():
    found = verdict_on(an_article(), a_penner_rule())

    assert found.verdict is Verdict.NORMAL
    assert found.rule_name == ""
    assert found.reason.values["sold_units"] == 30


def test_the_articles_keep_their_order_and_get_their_abc_class():
    found = judged(
        an_article("small", revenue_minor_365d=1), an_article("large"), rules=[a_penner_rule()]
    )

    assert [one.sku for one in found] == ["small", "large"]
    assert [one.abc_class for one in found] == [AbcClass.C, AbcClass.A]


RULES = [
    a_penner_rule("a", priority=2),
    a_turnover_rule("b", priority=1),
    a_renner_rule("c", priority=3),
    a_penner_rule("d", priority=1, days_sold_threshold=30, stock_units_min=50),
]


@given(
    rules=st.permutations(RULES),
    idle=st.integers(0, 360),
    on_hand=st.integers(0, 100),
    sold=st.integers(0, 400),
)
def test_the_order_in_which_rules_are_told_changes_no_verdict(rules, idle, on_hand, sold):
    article = an_article(
        last_sale_date=days_ago(idle),
        on_hand_units=on_hand,
        cost_of_goods_minor_365d=sold * 500,
        sold_units_90d=sold // 4,
    )

    assert verdict_on(article, *rules) == verdict_on(article, *RULES)


# --- scopes that look at some of an article -------------------------------------------------------


def one_scope(scope, *articles, value="Köln", **evidence):
    rule = a_penner_rule(scope=scope, scope_value=value)
    return [one.verdict for one in judged_by([rule], *articles, **evidence)]


def in_warehouse(*units):
    stock = WarehouseStock(
        on_hand_units=np.array(units, dtype=np.float64), reserved_units=np.zeros(len(units))
    )
    return {"köln": stock}


def test_a_warehouse_rule_looks_at_the_stock_that_lies_there():
    articles = [an_idle_article("here"), an_idle_article("elsewhere")]
    rule = a_penner_rule(scope=RuleScope.WAREHOUSE, scope_value="KÖLN")

    here, elsewhere = judged_by([rule], *articles, warehouses=in_warehouse(4, 0))

    assert (here.verdict, elsewhere.verdict) == (Verdict.PENNER, Verdict.NORMAL)
    assert here.reason.values["on_hand_units"] == 4
    assert here.reason.values["stock_value"] == Money(2_000, "EUR")
    assert here.reason.values["warehouse"] == "KÖLN"
    # Its figures are still those of the whole article.
    assert here.figures.stock_value_minor == 5_000


def test_a_warehouse_nobody_knows_matches_nothing():
    assert one_scope(RuleScope.WAREHOUSE, an_idle_article()) == [Verdict.NORMAL]


def test_a_marketplace_rule_judges_by_the_sales_there_alone():
    sells_elsewhere = an_article()
    there = columns_of([an_idle_article(idle_days=200)]).sales
    rule = a_penner_rule(scope=RuleScope.MARKETPLACE, scope_value="Amazon.fr")

    (found,) = judged_by([rule], sells_elsewhere, marketplaces={"amazon.fr": there})

    assert found.verdict is Verdict.PENNER
    assert found.reason.values["idle_days"] == 200
    assert found.reason.values["marketplace"] == "Amazon.fr"


def test_a_marketplace_rule_leaves_out_what_never_sold_there():
    never = columns_of([an_idle_article(first_sale_date=None, last_sale_date=None)]).sales
    rule = a_penner_rule(scope=RuleScope.MARKETPLACE, scope_value="Amazon.fr")

    (found,) = judged_by([rule], an_article(), marketplaces={"amazon.fr": never})

    assert found.verdict is Verdict.NORMAL


@pytest.mark.parametrize(
    ("price", "verdict"),
    [
        (999, Verdict.NORMAL),
        (1_000, Verdict.PENNER),
        (1_999, Verdict.PENNER),
        (2_000, Verdict.NORMAL),
        (None, Verdict.NORMAL),
    ],
)
def test_a_price_band_holds_its_lower_end_and_not_its_upper_one(price, verdict):
    rule = a_penner_rule(scope=RuleScope.PRICE_BAND, price_minor_min=1_000, price_minor_max=2_000)

    assert verdict_on(an_idle_article(sales_price_minor=price), rule).verdict is verdict


def test_a_rate_that_leaves_days_out_says_so():
    out = {**FAST, "days_with_stock_90d": 60}

    regular = verdict_on(an_article(**out), a_renner_rule())
    sporadic = verdict_on(an_article(**out, **LUMPY), a_renner_rule())

    assert regular.reason.values["days_left_out"] == 30
    assert regular.figures.daily_sales_units == pytest.approx(90 / 60)
    assert regular.figures.rate_leaves_out_days
    assert "days_left_out" not in sporadic.reason.values
    assert sporadic.figures.daily_sales_units == pytest.approx(90 / 90)
    assert not sporadic.figures.rate_leaves_out_days
