"""Whatever is ordered, a purchaser can add up why."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.forecasting import a_replenishment
from builders.movement import a_classification, an_article
from umschlag.intelligence.forecasting.lead_times import LeadTime, LeadTimeSource
from umschlag.intelligence.forecasting.order_money import within_budget
from umschlag.intelligence.forecasting.proposals import proposed_acts
from umschlag.intelligence.forecasting.replenishment import stock_policy
from umschlag.intelligence.forecasting.service_level import LevelBasis, ServiceLevel, UnitMoney
from umschlag.kernel.money import Money
from umschlag.storage.records.reasons import read_values, stored_values
from umschlag.wiring.order_arithmetic import (
    Arithmetic,
    lead_time_text,
    level_text,
    order_arithmetic,
)


def plain(figure):
    return figure.minor if isinstance(figure, Money) else figure


def assert_it_adds_up(lines):
    total = None
    for line in lines:
        value = plain(line.figure)
        if line.sign == "=":
            assert value == pytest.approx(total, abs=1e-9)
            total = value
        elif line.sign == "×":
            total = round(total * value)
        elif line.sign:
            total = total + value if line.sign == "+" else total - value
        else:
            total = value


@st.composite
def orders(draw):
    """Return an order's act for an article with any stock, demand, prices and packs."""
    demand = np.array(draw(st.lists(st.floats(0, 300), min_size=2, max_size=25)))
    lead = np.sort(demand * draw(st.floats(0.2, 0.9)))
    level = draw(st.sampled_from([50, 90, 95, 99]))
    article = an_article(
        on_hand_units=draw(st.integers(0, 40)),
        reserved_units=draw(st.integers(0, 50)),
        on_order_units=draw(st.none() | st.integers(0, 30)),
        order_units_min=draw(st.none() | st.integers(0, 60)),
        pack_units=draw(st.none() | st.integers(1, 24)),
    )
    money = UnitMoney(
        net_price_minor=draw(st.integers(0, 9_000)),
        cost_minor=500,
        fees_minor=draw(st.none() | st.integers(0, 900)),
    )
    by = a_replenishment(
        policy=stock_policy(
            lead_time_quantile_units=float(np.quantile(lead, level / 100)),
            lead_time_and_review_quantile_units=float(np.quantile(demand, level / 100)),
            lead_time_mean_units=float(lead.mean()),
        ).raised_for_spread(
            lead_time_quantile_units=draw(st.floats(0, 500)),
            lead_time_and_review_quantile_units=draw(st.floats(0, 500)),
        ),
        lead_time=LeadTime(
            days=draw(st.integers(0, 90)),
            source=LeadTimeSource.MEASURED,
            order_count=draw(st.integers(5, 40)),
            days_late=draw(st.none() | st.integers(0, 90)),
            spread_days=tuple(range(20)),
        ),
        service=ServiceLevel(percent=level, basis=LevelBasis.CLASS),
        daily_demand_units=100.0,
        unit=money,
        coverage_samples=demand,
    )
    return proposed_acts(
        article,
        a_classification(),
        by,
        sales_vat_percent=Decimal(19),
        holding_percent_per_year=draw(st.floats(0, 60)),
    )


@given(acts=orders(), share=st.floats(min_value=0, max_value=1))
def test_each_sum_is_what_the_lines_above_it_come_to(acts, share):
    for act in acts:
        values = read_values(stored_values(act.reason.values))
        budget = round(act.steps[-1].cost_minor * share)
        bought = within_budget({act.sku: act.steps}, budget_minor=budget).steps.get(act.sku)
        for step in (act.steps[-1], *([bought] if bought else [])):
            sums = order_arithmetic(values, step, units=step.units)
            for lines in (sums.when, sums.how_much, sums.money):
                assert lines
                assert_it_adds_up(lines)
            assert sums.how_much[-1].figure == step.units
            assert sums.money[-1].figure == Money(step.money_minor, "EUR")
            assert all(str(line) for line in (*sums.when, *sums.how_much, *sums.money))


def test_an_order_of_an_older_version_has_no_arithmetic():
    assert order_arithmetic({"units": 4}, None, units=4) == Arithmetic()
    assert order_arithmetic({"lead_time_days": "soon"}, None, units=4) == Arithmetic()


SPREAD = {
    "available_units": 5,
    "on_order_units": 0,
    "lead_time_mean_units": 10.2,
    "safety_stock_units": 9.8,
    "reorder_point_units": 20,
    "lead_time_days": 14,
    "service_percent": 95,
    "order_up_to_units": 30,
    "coverage_days": 21,
    "units": 25,
    "lead_time_orders": 31,
    "lead_time_days_late": 19,
    "lead_time_spread_basis": "mixed",
    "lead_time_spread_units": 4,
    "order_up_to_spread_units": 6,
}


def test_what_lead_times_that_spread_add_has_a_line_of_its_own():
    sums = order_arithmetic(SPREAD, None, units=25)

    assert [(line.sign, line.figure) for line in sums.when[:4]] == [
        ("", 10.2),
        ("+", 5.8),
        ("+", 4),
        ("=", 20),
    ]
    assert "nine of ten orders within 19 days" in sums.when[2].text
    assert "mixed over the lead times of 31 orders" in sums.when[2].text
    assert [(line.sign, line.figure) for line in sums.how_much[:3]] == [
        ("", 24),
        ("+", 6),
        ("=", 30),
    ]


def test_few_orders_are_reckoned_by_the_textbook_and_say_so():
    few = SPREAD | {"lead_time_spread_basis": "formula", "lead_time_orders": 7}
    few.pop("lead_time_days_late")

    text = order_arithmetic(few, None, units=25).when[2].text

    assert "7 orders are too few" in text
    assert "nine of ten" not in text


def test_an_order_from_before_spreads_were_reckoned_adds_up_without_them():
    older = {name: value for name, value in SPREAD.items() if "spread" not in name}

    sums = order_arithmetic(older, None, units=25)

    assert [line.figure for line in sums.when[:3]] == [10.2, 9.8, 20]
    assert_it_adds_up(sums.when)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("measured", "measured on 7 orders of the supplier"),
        ("erp", "as the ERP tells"),
        ("supplier", "of the supplier's other articles, as the ERP tells"),
        ("setting", "the setting: nobody told one"),
    ],
)
def test_each_lead_time_says_where_it_comes_from(source, text):
    assert lead_time_text({"lead_time_source": source, "lead_time_orders": 7}) == text


@pytest.mark.parametrize(
    ("basis", "text"), [("one", "one for all"), ("class", "its ABC class"), ("money", "by money")]
)
def test_each_service_level_says_what_chose_it(basis, text):
    assert level_text({"service_basis": basis}) == text
