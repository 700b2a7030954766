import pytest

from builders.allocation import CAPACITIES, a_client, a_line, a_lot, a_plan, a_problem, an_asin
from umschlag.allocation.planning.fairness import bonus_steps, earned_bonus_minor
from umschlag.allocation.planning.model import FairnessPolicy, WorthTerms
from umschlag.allocation.planning.valuation import plan_worth_minor, unit_worth
from umschlag.kernel.identifiers import Marketplace

NOTHING = WorthTerms(
    assumed_margin_share=0.0, aged_share=0.0, aged_share_a_year=0.0, unsold_share=0.0
)
DE = Marketplace.DE


def worth_of(lot, **terms):
    values = {name: getattr(NOTHING, name) for name in NOTHING.__slots__} | terms
    return unit_worth(a_problem(lots=[lot], worth=WorthTerms(**values)), lot, DE)


def test_the_published_margin_counts_before_the_assumed_one():
    known = worth_of(a_lot(unit_margin_minor=120), assumed_margin_share=0.5)
    unknown = worth_of(a_lot(unit_cost_minor=1000), assumed_margin_share=0.5)

    assert (known.total_minor, known.is_margin_assumed) == (120, False)
    assert (unknown.total_minor, unknown.is_margin_assumed) == (500, True)


def test_stock_is_aged_from_the_day_after_the_limit():
    on_the_day = worth_of(a_lot(stock_age_days=180), aged_share=0.3)
    a_day_later = worth_of(a_lot(stock_age_days=181), aged_share=0.3)

    assert on_the_day.aged_minor == 0
    assert a_day_later.aged_minor == pytest.approx(300)


def test_of_two_lots_alike_the_older_is_worth_more_up_to_two_years():
    ages = [0, 10, 100, 365, 730, 2000]

    worth = [worth_of(a_lot(stock_age_days=age), aged_share_a_year=0.1).aged_minor for age in ages]

    assert worth[:5] == sorted(set(worth))
    assert worth[4] == worth[5] == pytest.approx(200)


def test_what_is_expected_to_lie_unsold_counts_by_its_share_in_what_is_left():
    lot = a_lot(remaining_units=100, expected_unsold_minor=20_000)

    assert worth_of(lot, unsold_share=0.1).unsold_minor == pytest.approx(20)


def test_no_unit_counts_for_more_unsold_money_than_it_cost():
    lot = a_lot(remaining_units=1, unit_cost_minor=1000, expected_unsold_minor=20_000)

    assert worth_of(lot, unsold_share=0.1).unsold_minor == pytest.approx(100)


def test_freight_is_the_share_of_a_pallet_by_volume_or_weight_the_larger():
    light = a_lot(weight_g=1)
    heavy = a_lot(weight_g=CAPACITIES[DE].weight_g // 10)

    by_volume = worth_of(light, pallet_freight_minor=10_000, pallet_fill=0.5).freight_minor
    by_weight = worth_of(heavy, pallet_freight_minor=10_000, pallet_fill=0.5).freight_minor

    assert by_volume == pytest.approx(10_000 / 0.5 * light.volume_mm3 / CAPACITIES[DE].volume_mm3)
    assert by_weight == pytest.approx(2_000, rel=1e-3)


def test_a_plan_is_worth_its_units_and_the_bonus_of_its_clients():
    client = a_client(spendable_minor=21_000)
    problem = a_problem(
        lots=[a_lot(unit_margin_minor=100)],
        clients=[client],
        worth=NOTHING,
        policy=FairnessPolicy.PROPORTIONAL,
    )
    line = a_line(units=10)

    bonus = earned_bonus_minor(bonus_steps(client, problem.policy), line.total_minor)

    assert line.asin == an_asin(1)
    assert plan_worth_minor(problem, a_plan(line)) == pytest.approx(1000 + bonus)
    assert bonus > 0
