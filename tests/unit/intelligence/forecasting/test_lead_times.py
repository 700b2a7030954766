from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.movement import AS_OF
from umschlag.intelligence.forecasting.lead_times import (
    LeadTime,
    LeadTimes,
    LeadTimeSource,
    OnOrderRun,
    SeenOrder,
    days_within,
    erp_lead_times,
    measured_lead_times,
    seen_orders,
)
from umschlag.intelligence.movement.model import Receipt
from umschlag.kernel.errors import BadInput


def runs_of(*units):
    """Return a run for each day, the last on the as-of date."""
    first = AS_OF - timedelta(days=len(units) - 1)
    days = [first + timedelta(days=place) for place in range(len(units))]
    return [
        OnOrderRun(first_date=day, last_date=day, units=number)
        for day, number in zip(days, units, strict=True)
    ]


def received(days_ago, units):
    return Receipt(business_date=AS_OF - timedelta(days=days_ago), units=units)


def order(days, *, is_received=True):
    return SeenOrder(days=days, is_received=is_received)


def test_an_order_is_seen_when_units_on_order_rise_and_is_over_when_they_came():
    assert seen_orders(runs_of(0, 10, 10, 10, 0), [received(0, 10)]) == [order(3)]


def test_what_was_on_order_before_the_first_day_gives_no_lead_time():
    assert seen_orders(runs_of(5, 5, 15, 10), [received(0, 5)]) == [order(1, is_received=False)]


def test_an_order_on_the_day_of_a_receipt_is_seen_by_both():
    runs = runs_of(0, 10, 15, 15, 0)

    found = seen_orders(runs, [received(2, 10), received(0, 15)])

    assert found == [order(1), order(2)]


def test_a_part_delivery_does_not_end_an_order():
    runs = runs_of(0, 10, 4, 4, 0)

    assert seen_orders(runs, [received(2, 6), received(0, 4)]) == [order(3)]


def test_a_cancelled_order_is_not_open_for_ever():
    assert seen_orders(runs_of(0, 10, 0, 0), []) == []


def test_without_days_nothing_is_seen():
    assert seen_orders([], [received(0, 5)]) == []


def test_orders_that_still_wait_make_the_median_longer():
    done = [order(days) for days in (10, 11, 12, 13, 14)]
    waiting = [order(20, is_received=False)] * 3

    assert days_within(done, 0.5) == 12
    assert days_within(done + waiting, 0.5) == 13
    assert days_within(waiting, 0.5) is None


@given(st.lists(st.integers(min_value=0, max_value=90), min_size=1))
def test_where_nothing_waits_the_median_is_one_of_the_middle_ones(days):
    median = days_within([order(one) for one in days], 0.5)

    assert sum(one <= median for one in days) * 2 >= len(days)
    assert sum(one < median for one in days) * 2 <= len(days)


@pytest.mark.parametrize("share", [0, 1, 1.5])
def test_a_share_of_nothing_or_of_all_is_refused(share):
    with pytest.raises(BadInput):
        days_within([order(1)], share)


def test_fewer_than_five_orders_are_no_measurement():
    five = {"Lumo": [order(days) for days in (9, 9, 10, 12, 30)], "": [order(1)] * 9}

    assert measured_lead_times({"Lumo": five["Lumo"][:4]}) == {}
    assert measured_lead_times(five) == {
        "Lumo": LeadTime(
            days=10,
            source=LeadTimeSource.MEASURED,
            order_count=5,
            days_late=30,
            spread_days=(9,) * 8 + (10,) * 4 + (12,) * 4 + (30,) * 4,
        )
    }


def test_orders_that_still_wait_count_in_the_spread_as_the_longest_that_was_seen():
    seen = [
        *(order(9) for _ in range(8)),
        order(40, is_received=False),
        order(50, is_received=False),
    ]

    found = measured_lead_times({"Lumo": seen})["Lumo"]

    assert found.spread_days == (9,) * 16 + (50,) * 4
    assert found.days_late is None


@given(st.lists(st.integers(min_value=0, max_value=90), min_size=5))
def test_a_spread_rises_and_lies_among_what_was_seen(days):
    (found,) = measured_lead_times({"Lumo": [order(one) for one in days]}).values()

    assert list(found.spread_days) == sorted(found.spread_days)
    assert set(found.spread_days) <= set(days)


def test_the_best_source_that_knows_counts():
    known = LeadTimes(
        measured={"Lumo": LeadTime(days=10, source=LeadTimeSource.MEASURED)},
        told=erp_lead_times([("Hydra", 7), ("Hydra", 9), ("Hydra", 30), ("", 1), ("X", None)]),
        default_days=14,
    )

    assert known.of(supplier="Lumo", erp_days=3).days == 10
    assert known.of(supplier="Hydra", erp_days=3).source is LeadTimeSource.ERP
    assert known.of(supplier="Hydra", erp_days=None).days == 9
    assert known.of(supplier="X", erp_days=None).source is LeadTimeSource.SETTING
