from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.profitability import a_period, facts_of
from umschlag.intelligence.profitability.contribution import (
    article_profit,
    disagreements,
    gmroi_per_year,
    profit_report,
)
from umschlag.intelligence.profitability.model import Contradiction
from umschlag.kernel.money import Money
from umschlag.kernel.periods import Period

UNITS = st.integers(0, 10_000)
COSTS = st.integers(-(10**8), 0)


def profit_of(**values):
    return article_profit(facts_of(**values), period=a_period(), currency="EUR")


def kinds_of(**values):
    return [found.kind for found in disagreements(facts_of(**values), currency="EUR")]


def test_contribution_is_the_net_profit_and_ratios_follow_from_it():
    profit = profit_of(net_profit_minor=2_000, sales_minor=10_000, cost_of_goods_minor=-4_000)

    assert profit.contribution == Money(2_000, "EUR")
    assert profit.margin == pytest.approx(0.20)
    assert profit.roi == pytest.approx(0.50)


def test_revenue_is_sales_without_vat():
    assert profit_of(sales_minor=11_900, vat_minor=-1_900).revenue == Money(10_000, "EUR")


def test_contribution_per_unit_is_rounded_to_minor_units():
    assert profit_of(net_profit_minor=1_000, units=3).contribution_per_unit == Money(333, "EUR")


def test_ratios_of_nothing_are_unknown():
    profit = profit_of(units=0, sales_minor=0, cost_of_goods_minor=0, net_profit_minor=-500)

    assert (profit.margin, profit.roi, profit.contribution_per_unit) == (None, None, None)
    assert profit.contribution == Money(-500, "EUR")


def test_gmroi_is_a_years_gross_margin_over_mean_stock_at_cost():
    fact = facts_of(
        sales_minor=11_900,
        vat_minor=-1_900,
        cost_of_goods_minor=-4_000,
        stock_units_mean=20.0,
        erp_unit_cost_minor=400,
    )

    # 60.00 in 36.5 days is 600.00 a year, over 80.00 of stock.
    assert gmroi_per_year(fact, days=36) == pytest.approx(6_000 * 365 / 36 / 8_000)


@pytest.mark.parametrize(
    "missing",
    [{"erp_unit_cost_minor": None}, {"stock_units_mean": None}, {"stock_units_mean": 0.0}],
)
def test_a_return_on_unknown_or_no_stock_has_no_measure(missing):
    assert gmroi_per_year(facts_of(**missing), days=30) is None


def test_goods_that_came_back_earn_no_margin():
    kept = facts_of(units=1, sales_minor=1_190, vat_minor=-190, cost_of_goods_minor=-500)
    returned = facts_of(
        units=1, sales_minor=1_190, refund_cost_minor=-1_190, vat_minor=0, cost_of_goods_minor=0
    )

    assert gmroi_per_year(kept, days=30) > 0
    assert gmroi_per_year(returned, days=30) == 0


def test_oversold_stock_is_worth_nothing():
    assert profit_of(on_hand_units=-3).stock_value == Money(0, "EUR")
    assert profit_of(on_hand_units=None).stock_value is None


def test_the_report_is_sorted_by_contribution_and_sums_it():
    report = profit_report(
        [
            facts_of(sku="A", net_profit_minor=100),
            facts_of(sku="B", net_profit_minor=900),
            facts_of(sku="C", net_profit_minor=-300, estimated_day_count=4),
        ],
        period=a_period(),
        currency="EUR",
    )

    assert [line.sku for line in report.lines] == ["B", "A", "C"]
    assert report.contribution == Money(700, "EUR")
    assert report.estimated_line_count == 1


def test_agreeing_systems_have_no_contradiction():
    assert kinds_of() == []


def test_a_unit_cost_that_differs_by_more_than_a_twentieth_is_told():
    assert kinds_of(units=10, cost_of_goods_minor=-4_200, net_profit_minor=1_800) == []
    assert kinds_of(units=10, cost_of_goods_minor=-4_300, net_profit_minor=1_700) == [
        Contradiction.UNIT_COST
    ]


def test_goods_without_cost_make_sellerboards_profit_too_high():
    (found,) = disagreements(
        facts_of(cost_of_goods_minor=0, net_profit_minor=6_000), currency="EUR"
    )

    assert found.kind is Contradiction.COST_MISSING
    assert found.theirs == Money(0, "EUR")
    assert isinstance(found.ours, Money)
    assert found.ours.minor > 0


def test_an_unknown_erp_cost_contradicts_nothing():
    assert kinds_of(erp_unit_cost_minor=None, cost_of_goods_minor=0, net_profit_minor=6_000) == []


def test_units_may_differ_at_the_edges_of_days_and_no_more():
    assert kinds_of(units=10, erp_sold_units=13) == []
    assert kinds_of(units=10, erp_sold_units=14) == [Contradiction.UNITS_SOLD]


def test_orders_that_were_never_imported_contradict_nothing():
    assert kinds_of(units=10, erp_sold_units=0) == []


def test_an_article_that_the_erp_does_not_know_is_told():
    assert Contradiction.UNKNOWN_ARTICLE in kinds_of(is_known_to_erp=False)


def test_parts_that_do_not_add_up_are_told():
    assert kinds_of(net_profit_minor=5_000) == [Contradiction.SUM]


def test_every_contradiction_says_what_sellerboard_told():
    found = disagreements(
        facts_of(is_known_to_erp=False, erp_sold_units=900, net_profit_minor=1), currency="EUR"
    )

    assert len(found) >= 3
    assert all(one.theirs is not None for one in found)


def test_the_dearest_articles_contradictions_come_first():
    report = profit_report(
        [
            facts_of(sku="SMALL", is_known_to_erp=False, sales_minor=10_000),
            facts_of(sku="LARGE", is_known_to_erp=False, sales_minor=10_050),
        ],
        period=a_period(),
        currency="EUR",
    )

    assert [found.sku for found in report.disagreements] == ["LARGE", "SMALL"]


@given(units=UNITS, sales=st.integers(0, 10**8), cost=COSTS, net=st.integers(-(10**8), 10**8))
def test_a_margin_times_sales_is_the_contribution(units, sales, cost, net):
    profit = profit_of(
        units=units, sales_minor=sales, cost_of_goods_minor=cost, net_profit_minor=net
    )

    if profit.margin is not None:
        assert profit.margin * sales == pytest.approx(net, abs=1e-3)
    if profit.roi is not None:
        assert profit.roi * -cost == pytest.approx(net, abs=1e-3)


def test_a_period_without_days_has_no_yearly_pace():
    empty = Period(start_date=date(2026, 4, 1), end_date=date(2026, 4, 1))

    assert article_profit(facts_of(), period=empty, currency="EUR").gmroi_per_year is None
