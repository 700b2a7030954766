from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.forecasting import SteadyModel, a_history
from builders.movement import AS_OF, an_article
from umschlag.intelligence.forecasting.lead_times import LeadTime, LeadTimeSource
from umschlag.intelligence.forecasting.ordering import OrderBasis, horizons_needed, replenishments
from umschlag.intelligence.forecasting.service_level import (
    UNKNOWN_MONEY,
    LevelBasis,
    LevelRule,
    UnitMoney,
)
from umschlag.kernel.errors import BadInput

EARNS = UnitMoney(net_price_minor=1_000, cost_minor=600)


def a_rule(basis=LevelBasis.CLASS):
    return LevelRule(
        basis=basis,
        percent=95,
        percent_by_class={"A": 98, "B": 95, "C": 90},
        holding_percent_per_year=20.0,
    )


def ordered(*lead_times, units=UNKNOWN_MONEY, abc="B", rule=None, daily_units=2, **facts):
    articles = [an_article(f"HX-{n}", **facts) for n in range(len(lead_times))]
    history = a_history(np.full((len(articles), 365), daily_units))
    basis = OrderBasis(
        lead_times=[LeadTime(days=days, source=LeadTimeSource.ERP) for days in lead_times],
        units=[units] * len(articles),
        abc_classes=[abc] * len(articles),
    )
    return replenishments(articles, history, SteadyModel(), basis=basis, rule=rule or a_rule())


def test_levels_cover_each_articles_own_lead_time_and_a_week_more():
    short, usual = ordered(5, 14)

    # 95 of 100 possible demands over five days are at most 14.5 units, expected are 10.
    assert short.policy.reorder_point_units == 15
    assert short.policy.lead_time_mean_units == 10
    assert short.policy.safety_stock_units == 5
    assert short.policy.order_up_to_units == 35
    assert usual.policy.reorder_point_units == 41


def test_without_a_lead_time_only_the_review_is_covered():
    (at_once,) = ordered(0)

    assert at_once.policy.reorder_point_units == 0
    assert at_once.policy.order_up_to_units == 21
    assert at_once.runs_out_before_arrival == 0.0


def test_a_higher_class_is_served_more_surely():
    (first,), (last,) = ordered(5, abc="A"), ordered(5, abc="C")

    assert (first.service.percent, last.service.percent) == (98, 90)
    assert first.policy.safety_stock_units > last.policy.safety_stock_units


def test_money_chooses_the_level_where_prices_are_known_and_the_class_elsewhere():
    by_money = a_rule(LevelBasis.MONEY)

    (known,) = ordered(5, units=EARNS, rule=by_money)
    (unknown,) = ordered(5, rule=by_money)

    assert (known.service.basis, known.service.percent) == (LevelBasis.MONEY, 99)
    assert known.service.underage_minor == 400
    assert known.service.overage_minor == pytest.approx(600 * 0.2 * 7 / 365)
    assert (unknown.service.basis, unknown.service.percent) == (LevelBasis.CLASS, 95)


def test_the_day_of_running_out_comes_with_the_risk_of_it_before_goods_arrive():
    (one,) = ordered(5, on_hand_units=10)

    assert one.stockout_date == AS_OF + timedelta(days=5)
    assert one.runs_out_before_arrival == pytest.approx(50 / 101)


def test_what_will_be_left_after_90_days_is_never_more_than_there_is():
    (much,), (little,) = ordered(5, on_hand_units=200), ordered(5, on_hand_units=10)

    assert 0 < much.expected_unsold_units < 200
    assert little.expected_unsold_units == 0


@given(units=st.integers(min_value=-5, max_value=400), lead=st.integers(min_value=0, max_value=30))
def test_expected_unsold_units_lie_between_none_and_the_stock(units, lead):
    (one,) = ordered(lead, on_hand_units=units)

    assert 0 <= one.expected_unsold_units <= max(units, 0)
    assert one.policy.safety_stock_units >= 0


def test_articles_and_what_is_known_of_them_must_fit():
    basis = OrderBasis(lead_times=[], units=[], abc_classes=[])

    with pytest.raises(BadInput):
        replenishments(
            [an_article()], a_history(np.ones((1, 9))), SteadyModel(), basis=basis, rule=a_rule()
        )


def test_a_model_is_told_beforehand_which_horizons_it_will_be_asked_for():
    leads = [LeadTime(days=days, source=LeadTimeSource.ERP) for days in (0, 5, 14)]

    assert horizons_needed(leads) == [5, 7, 12, 14, 21, 28, 90]


def test_stock_runs_out_at_what_the_next_four_weeks_sell_whatever_the_lead_time():
    near, far = ordered(0, 60, on_hand_units=100)

    assert near.stockout_date == far.stockout_date == AS_OF + timedelta(days=50)
