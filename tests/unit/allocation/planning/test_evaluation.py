import pytest
from hypothesis import given, settings

from builders.allocation import TODAY, a_client, a_line, a_lot, a_plan, a_problem, a_store
from builders.allocation_strategies import problems
from umschlag.allocation.planning.evaluation import client_shares, evaluation, plan_figures
from umschlag.allocation.planning.model import WorthTerms
from umschlag.allocation.planning.optimal_plan import plan_optimally
from umschlag.allocation.planning.priority_loop import plan_by_priority


def test_figures_are_margin_freight_and_aged_stock_of_the_lines():
    problem = a_problem(
        lots=[a_lot(1, unit_margin_minor=200, stock_age_days=181), a_lot(2, stock_age_days=180)],
        worth=WorthTerms(assumed_margin_share=0.1),
    )

    figures = plan_figures(problem, a_plan(a_line(number=1), a_line(number=2, units=5)))

    assert figures.margin_minor == 10 * 200 + 5 * 100
    assert figures.aged_minor == 10 * 1000
    assert (figures.units, figures.assumed_margin_units, figures.freight_minor) == (15, 5, 0)


def test_every_client_that_could_be_given_something_has_a_share():
    clients = [
        a_client(1),
        a_client(2, spendable_minor=0),
        a_client(3, last_pallet_date=None),
        a_client(4),
    ]
    stores = [a_store(1), a_store(2), a_store(3), a_store(4, is_active=False)]

    shares = client_shares(a_problem(clients=clients, stores=stores), a_plan(a_line(units=10)))

    assert [(one.client.client_id, one.given_minor) for one in shares] == [(1, 10_500), (3, 0)]
    assert [one.waited_days for one in shares] == [(TODAY - clients[0].last_pallet_date).days, None]


@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_gap_and_the_loop_stand_on_the_same_measure(problem):
    found = plan_optimally(problem)

    told = evaluation(problem, found, plan_by_priority(problem))

    assert told.figures.worth_minor == pytest.approx(found.worth_minor, abs=1)
    assert told.gap_share is not None
    assert 0 <= told.gap_share <= 1
    assert 0 < told.jain_run <= 1 + 1e-9
    assert 0 < told.jain_window <= 1 + 1e-9
