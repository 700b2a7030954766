import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.intelligence.forecasting.order_money import (
    FURTHER_DAYS_MAX,
    STEPS_MAX,
    OrderTerms,
    holding_days,
    money_steps,
    order_step,
    within_budget,
)
from umschlag.intelligence.forecasting.replenishment import OrderSteps
from umschlag.kernel.errors import BadInput


def some_terms(**values):
    return OrderTerms(
        **{
            "position_units": 0,
            "cost_minor": 600,
            "margin_minor": 400,
            "holding_percent_per_year": 36.5,
            "coverage_days": 20,
            "daily_units": 1e9,
            **values,
        }
    )


SAMPLES = st.lists(st.floats(min_value=0, max_value=60), min_size=1, max_size=30).map(np.array)
TERMS = st.builds(
    OrderTerms,
    position_units=st.integers(min_value=-5, max_value=40),
    cost_minor=st.integers(min_value=1, max_value=5_000),
    margin_minor=st.integers(min_value=-500, max_value=5_000),
    holding_percent_per_year=st.floats(min_value=0, max_value=60),
    coverage_days=st.integers(min_value=1, max_value=90),
    daily_units=st.floats(min_value=0, max_value=20),
)


def lines_of(draw_samples, terms, packs, pack=2):
    steps = OrderSteps(first_units=pack, pack_units=pack)
    return money_steps(draw_samples, units=pack * packs, steps=steps, terms=terms)


LINES = st.lists(
    st.builds(lines_of, SAMPLES, TERMS, st.integers(min_value=1, max_value=4)),
    min_size=1,
    max_size=4,
).map(lambda lines: dict(zip("abcd", lines, strict=False)))


def test_an_order_earns_the_sales_it_saves_less_what_it_costs_to_hold_the_rest():
    step = order_step(np.array([0.0, 10.0]), 10, some_terms())

    # In half of the cases all ten sell, in the others they lie for 20 days at 2 %.
    assert step.extra_units == 5
    assert step.margin_minor == 2_000
    assert step.holding_minor == round(5 * 600 * 0.02)
    assert step.money_minor == 2_000 - 60
    assert step.cost_minor == 6_000


def test_units_that_are_there_already_save_nothing():
    enough = order_step(np.array([0.0, 10.0]), 10, some_terms(position_units=10))

    assert enough.extra_units == 0
    assert enough.money_minor < 0


def test_what_is_left_is_held_until_it_sells():
    assert holding_days(0, coverage_days=20, daily_units=1.0) == 20
    assert holding_days(60, coverage_days=20, daily_units=1.0) == 20 + 30
    assert holding_days(60, coverage_days=20, daily_units=0.0) == 20 + FURTHER_DAYS_MAX


def test_a_minimum_order_that_lasts_for_months_pays_for_months():
    slow, fast = (
        order_step(np.array([1.0]), 50, some_terms(daily_units=units)) for units in (0.2, 5.0)
    )

    assert slow.margin_minor == fast.margin_minor
    assert slow.holding_minor > 5 * fast.holding_minor
    assert slow.money_minor < 0 < fast.money_minor + fast.holding_minor


def test_what_is_owed_is_sold_first():
    owed = order_step(np.array([0.0]), 4, some_terms(position_units=-3))

    assert owed.extra_units == 3


@given(samples=SAMPLES, units=st.integers(min_value=1, max_value=80), terms=TERMS)
def test_every_figure_can_be_added_up_again_by_hand(samples, units, terms):
    step = order_step(samples, units, terms)

    left = round(units - step.extra_units, 2)
    days = holding_days(left, coverage_days=terms.coverage_days, daily_units=terms.daily_units)
    share = terms.holding_percent_per_year / 100 * days / 365
    assert step.extra_units == round(step.extra_units, 2)
    assert -1e-9 <= step.extra_units <= units
    assert step.cost_minor == units * terms.cost_minor
    assert step.margin_minor == round(terms.margin_minor * step.extra_units)
    assert step.holding_minor == round(left * terms.cost_minor * share)
    assert step.money_minor == step.margin_minor - step.holding_minor


@given(
    samples=SAMPLES,
    terms=TERMS,
    first=st.integers(min_value=1, max_value=4),
    pack=st.integers(min_value=1, max_value=5),
    packs=st.integers(min_value=0, max_value=60),
)
def test_steps_rise_from_the_least_order_to_the_whole_in_whole_packs(
    samples, terms, first, pack, packs
):
    steps = OrderSteps(first_units=first * pack, pack_units=pack)
    units = steps.first_units + packs * pack

    found = money_steps(samples, units=units, steps=steps, terms=terms)

    sizes = [step.units for step in found]
    assert sizes == sorted(set(sizes))
    assert (sizes[0], sizes[-1]) == (steps.first_units, units)
    assert all(size % pack == 0 for size in sizes)
    assert len(sizes) <= STEPS_MAX + 1
    extras = [step.extra_units for step in found]
    assert extras == sorted(extras)


def test_the_first_units_save_more_sales_than_the_last():
    samples = np.arange(0.0, 41.0)
    found = money_steps(
        samples, units=40, steps=OrderSteps(first_units=10, pack_units=10), terms=some_terms()
    )

    gains = np.diff([0, *(step.extra_units for step in found)])
    assert list(gains) == sorted(gains, reverse=True)


def test_units_that_are_no_whole_packs_are_refused():
    with pytest.raises(BadInput):
        money_steps(
            np.ones(1), units=5, steps=OrderSteps(first_units=4, pack_units=4), terms=some_terms()
        )


def best_by_trying(lines, budget):
    choices = [[None, *steps] for steps in lines.values()]
    return max(
        sum(step.money_minor for step in chosen if step)
        for chosen in itertools.product(*choices)
        if sum(step.cost_minor for step in chosen if step) <= budget
    )


@given(lines=LINES, budget=st.integers(min_value=0, max_value=60_000))
def test_a_budget_is_kept_and_spent_almost_as_well_as_can_be(lines, budget):
    bought = within_budget(lines, budget_minor=budget)

    best = best_by_trying(lines, budget)
    dearest = max(step.money_minor for steps in lines.values() for step in steps)
    assert bought.cost_minor <= budget
    assert bought.cost_minor == sum(step.cost_minor for step in bought.steps.values())
    assert bought.money_minor == sum(step.money_minor for step in bought.steps.values())
    assert bought.money_minor <= best
    assert bought.money_minor >= best - max(dearest, 0) - len(lines)
    assert bought.money_minor >= best / 2 - len(lines)


@given(lines=LINES)
def test_with_money_for_everything_all_that_earns_is_bought(lines):
    bought = within_budget(lines, budget_minor=10**9)

    assert bought.money_minor == best_by_trying(lines, 10**9)


def test_a_line_that_is_too_dear_leaves_its_smaller_order():
    samples = np.full(10, 20.0)
    steps = OrderSteps(first_units=2, pack_units=2)
    lines = {"a": money_steps(samples, units=20, steps=steps, terms=some_terms())}

    assert within_budget(lines, budget_minor=5 * 600).steps["a"].units == 4


def test_a_budget_below_zero_is_refused():
    with pytest.raises(BadInput):
        within_budget({}, budget_minor=-1)
