import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.profitability import a_period, a_stock, facts_of, profit_facts, sums_of
from umschlag.intelligence.profitability.contribution import (
    Part,
    added_left_out,
    article_profit,
    gmroi_per_year,
    grouped,
    profit_report,
    stock_days_of,
    week_start,
    where_the_money_goes,
)
from umschlag.intelligence.profitability.model import Grouping, GroupStock, LeftOut
from umschlag.intelligence.profitability.sums import ProfitSums
from umschlag.kernel.money import Money
from umschlag.kernel.periods import Period

MINORS = st.integers(-(10**9), 10**9)
SUMS = st.builds(
    ProfitSums,
    units=st.integers(0, 10_000),
    sales_minor=st.integers(0, 10**9),
    ads_minor=MINORS,
    fees_minor=MINORS,
    refund_cost_minor=MINORS,
    cost_of_goods_minor=st.integers(-(10**9), 0),
    vat_minor=MINORS,
    net_profit_minor=MINORS,
    settled_sales_minor=MINORS,
    settled_net_profit_minor=MINORS,
    row_count=st.integers(1, 100),
)


def profit_of(*, marketplace="", before=None, **values):
    facts = profit_facts(marketplace=marketplace, before=before)
    return article_profit(facts_of(**values), facts=facts)


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


def test_settled_and_estimated_figures_stand_apart_and_add_up():
    profit = profit_of(
        net_profit_minor=2_000, settled_net_profit_minor=1_500, estimated_row_count=3
    )

    assert profit.settled_contribution == Money(1_500, "EUR")
    assert profit.estimated_contribution == Money(500, "EUR")
    assert profit.settled_contribution + profit.estimated_contribution == profit.contribution
    assert profit.is_estimate


def test_gmroi_is_a_years_gross_margin_over_mean_stock_at_cost():
    sums = sums_of(sales_minor=11_900, vat_minor=-1_900, cost_of_goods_minor=-4_000)
    period = a_period(36)

    gmroi = gmroi_per_year(sums.gross_margin_minor, stock_mean_minor=8_000.0, period=period)

    # 60.00 in 36 days, of a year, over 80.00 of stock.
    assert gmroi == pytest.approx(6_000 * 365 / 36 / 8_000)


@pytest.mark.parametrize(
    "stock", [None, a_stock(value_days=0), a_stock(value_minor_days=0)], ids=repr
)
def test_a_return_on_unknown_or_no_stock_has_no_measure(stock):
    assert profit_of(stock=stock).gmroi_per_year is None


def test_the_mean_stock_is_that_of_the_days_with_a_picture():
    few = a_stock(picture_days=3, on_hand_days=3, value_days=3, value_minor_days=30_000)

    assert profit_of(stock=few).gmroi_per_year == profit_of().gmroi_per_year


def test_pictures_without_the_article_count_as_stock_of_nothing():
    late = a_stock(stock_days=10, on_hand_days=10, value_days=10, value_minor_days=100_000)

    assert late.value_mean_minor == pytest.approx(10_000 / 3)
    assert profit_of(stock=late).gmroi_per_year == pytest.approx(3 * profit_of().gmroi_per_year)
    assert stock_days_of(late, period=a_period(30)) == 10


def test_days_of_unknown_value_count_like_those_with_stock_of_known_value():
    sold_out_for_20 = a_stock(on_hand_days=10, value_days=5, value_minor_days=50_000)

    assert sold_out_for_20.value_mean_minor == pytest.approx(10_000 / 3)


def test_stock_that_is_known_on_days_without_any_alone_has_no_mean():
    assert a_stock(on_hand_days=10, value_days=0, value_minor_days=0).value_mean_minor is None
    assert a_stock(on_hand_days=0, value_days=0, value_minor_days=0).value_mean_minor == 0


def test_margin_on_stock_of_unknown_value_is_in_no_return_and_counted():
    unknown = a_stock(value_days=0, value_minor_days=0)
    articles = [
        facts_of(sku="KNOWN", category="Lamps"),
        facts_of(sku="NO-COST", category="Lamps", stock=unknown),
        facts_of(sku="STRANGER", stock=None),
    ]
    # Of two articles that did not sell, one has no cost either.
    stock = GroupStock.of([a_stock(), a_stock(), unknown, unknown])
    report = profit_report(profit_facts(*articles, stock=stock, stock_by_category={"Lamps": stock}))

    lamps, others = grouped(report, Grouping.CATEGORY)
    margin = sums_of().gross_margin_minor
    assert lamps.gmroi_per_year == pytest.approx(margin * 365 / 30 / 20_000)
    assert report.total.gmroi_per_year == lamps.gmroi_per_year
    counts = {line.key: line.gmroi_left_out_count for line in (*report.lines, lamps, others)}
    assert counts == {"KNOWN": 0, "NO-COST": 1, "STRANGER": 1, "Lamps": 2, "": 1}
    assert report.total.gmroi_left_out_count == 3
    assert others.gmroi_per_year is None


def test_one_marketplace_leaves_no_stock_out_since_it_has_no_return():
    facts = profit_facts(facts_of(stock=None), marketplace="Amazon.de")
    report = profit_report(facts)

    assert [one.gmroi_left_out_count for one in (*report.lines, report.total)] == [0, 0]


def test_goods_that_came_back_earn_no_margin():
    kept = sums_of(units=1, sales_minor=1_190, vat_minor=-190, cost_of_goods_minor=-500)
    returned = sums_of(
        units=1, sales_minor=1_190, refund_cost_minor=-1_190, vat_minor=0, cost_of_goods_minor=0
    )

    assert gmroi_per_year(kept.gross_margin_minor, stock_mean_minor=1.0, period=a_period()) > 0
    assert gmroi_per_year(returned.gross_margin_minor, stock_mean_minor=1.0, period=a_period()) == 0


def test_profit_per_day_of_stock_leaves_out_days_on_which_nothing_could_sell():
    sold_out = a_stock(picture_days=30, stock_days=10)

    assert profit_of(net_profit_minor=3_000).contribution_per_stock_day == Money(100, "EUR")
    per_day = profit_of(net_profit_minor=3_000, stock=sold_out).contribution_per_stock_day
    assert per_day == Money(300, "EUR")


def test_days_without_a_picture_count_like_those_with_one():
    stock = a_stock(picture_days=10, stock_days=5)

    assert stock_days_of(stock, period=a_period(30)) == 15


def test_what_never_lay_in_our_warehouses_has_no_days_of_stock():
    assert stock_days_of(a_stock(stock_days=0), period=a_period()) is None
    assert stock_days_of(None, period=a_period()) is None


def test_stock_serves_all_marketplaces_so_one_alone_has_no_return_on_it():
    profit = profit_of(marketplace="Amazon.de")

    assert (profit.gmroi_per_year, profit.contribution_per_stock_day) == (None, None)


def test_oversold_stock_is_worth_nothing():
    assert profit_of(on_hand_units=-3).stock_value == Money(0, "EUR")
    assert profit_of(on_hand_units=None).stock_value is None


def test_the_report_is_sorted_by_contribution_and_sums_it():
    report = profit_report(
        profit_facts(
            facts_of(sku="A", net_profit_minor=100),
            facts_of(sku="B", net_profit_minor=900),
            facts_of(sku="C", net_profit_minor=-300, estimated_row_count=4),
        )
    )

    assert [line.key for line in report.lines] == ["B", "A", "C"]
    assert report.total.contribution == Money(700, "EUR")
    assert report.estimated_line_count == 1


def test_the_change_is_in_money_and_unknown_where_the_period_before_is():
    before = a_period()

    change = profit_of(before=before, net_profit_minor=500, before_net_profit_minor=800)
    assert change.contribution_change == Money(-300, "EUR")
    assert profit_of(before_net_profit_minor=800).contribution_change is None
    left_out = profit_of(before=before, before_left_out_count=1)
    assert left_out.contribution_change is None


def test_categories_without_a_name_are_a_group_too():
    report = profit_report(
        profit_facts(
            facts_of(sku="A", category="Lamps"),
            facts_of(sku="B", category="Lamps", net_profit_minor=100),
            facts_of(sku="C"),
            stock_by_category={"Lamps": GroupStock(value_mean_minor=40_000.0)},
        )
    )

    lamps, others = grouped(report, Grouping.CATEGORY)
    assert (lamps.key, lamps.article_count, lamps.sums.units) == ("Lamps", 2, 20)
    assert lamps.gmroi_per_year == pytest.approx(9_000 * 365 / 30 / 40_000)
    assert (others.key, others.gmroi_per_year) == ("", None)


def test_weeks_begin_on_monday_and_months_on_their_first():
    sunday = date(2026, 4, 5)
    days = [(sunday + timedelta(days=offset), sums_of()) for offset in range(2)]
    report = profit_report(profit_facts(by_day=days))

    assert week_start(sunday) == date(2026, 3, 30)
    weeks = [line.key for line in grouped(report, Grouping.WEEK)]
    assert weeks == ["2026-03-30", "2026-04-06"]
    (month,) = grouped(report, Grouping.MONTH)
    assert (month.key, month.sums.units) == ("2026-04-01", 20)


def test_what_was_left_out_is_added_by_currency_alone():
    def dollars(minor):
        amount = Money(minor, "USD")
        return LeftOut(currency="USD", row_count=1, units=3, sales=amount, contribution=amount)

    pounds = LeftOut(
        currency="GBP", row_count=2, units=4, sales=Money(5, "GBP"), contribution=Money(1, "GBP")
    )

    added = added_left_out([[dollars(100), pounds], [dollars(50)]])

    assert [(one.currency, one.row_count, one.sales.minor) for one in added] == [
        ("GBP", 2, 5),
        ("USD", 2, 150),
    ]
    assert [one.units for one in added] == [4, 6]


def test_the_way_from_sales_to_contribution_names_what_nothing_explains():
    agreeing = where_the_money_goes(sums_of())
    apart = where_the_money_goes(sums_of(net_profit_minor=1_900))

    assert Part.UNEXPLAINED not in [stage.part for stage in agreeing]
    assert [stage.amount_minor for stage in apart if stage.part is Part.UNEXPLAINED] == [-100]


def test_a_period_without_days_has_no_yearly_pace():
    empty = Period(start_date=date(2026, 4, 1), end_date=date(2026, 4, 1))

    assert gmroi_per_year(1_000, stock_mean_minor=1.0, period=empty) is None


@given(units=st.integers(0, 10_000), sales=st.integers(0, 10**8), net=MINORS, cost=MINORS)
def test_a_margin_times_sales_is_the_contribution(units, sales, net, cost):
    profit = profit_of(
        units=units, sales_minor=sales, cost_of_goods_minor=-abs(cost), net_profit_minor=net
    )

    if profit.margin is not None:
        assert profit.margin * sales == pytest.approx(net, abs=1e-2)
    if profit.roi is not None:
        assert profit.roi * abs(cost) == pytest.approx(net, abs=1e-2)


@given(SUMS)
def test_the_way_is_without_gaps_and_ends_at_the_contribution(sums):
    *way, end = where_the_money_goes(sums)

    for stage, after in itertools.pairwise(way):
        assert after.from_minor == stage.until_minor
    assert all(one.until_minor - one.from_minor == one.amount_minor for one in (*way, end))
    assert way[-1].until_minor == end.until_minor == sums.net_profit_minor
    assert sums.parts_minor + sums.unexplained_minor == sums.net_profit_minor


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("XY"), SUMS), max_size=12))
def test_sums_by_every_group_add_up_to_the_total(rows):
    articles = [
        facts_of(sku=f"HX-{number}", category=category, manufacturer=maker, **vars_of(sums))
        for number, (category, maker, sums) in enumerate(rows)
    ]
    first = a_period().start_date
    days = [(first + timedelta(days=9 * at), one.sums) for at, one in enumerate(articles)]
    markets = [(f"Amazon.{at}", one.sums) for at, one in enumerate(articles)]
    report = profit_report(profit_facts(*articles, by_day=days, by_marketplace=markets))

    for grouping in Grouping:
        lines = grouped(report, grouping)
        assert sum((line.sums for line in lines), ProfitSums()) == report.total.sums


def vars_of(sums):
    return {name: getattr(sums, name) for name in ProfitSums.__dataclass_fields__}
