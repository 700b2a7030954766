from dataclasses import dataclass, field, replace

import pytest

from builders.allocation import a_client, a_line, a_lot, a_plan, a_problem, a_store, an_asin
from umschlag.allocation.planning.model import AllocationPlan, AllocationProblem
from umschlag.allocation.planning.ports import PlanningStage
from umschlag.allocation.planning.usecases import PlanBreaksRules, confirm_plan, propose_plan
from umschlag.kernel.identifiers import StoreId


@dataclass
class RunsInMemory:
    """Keeps what it is handed; stands for both kinds of records."""

    question: AllocationProblem
    proposed: AllocationPlan | None = None
    kept: dict = field(default_factory=dict)
    taken: tuple = ()

    def problem(self):
        return self.question

    def warm_start(self):
        return None

    def keep(self, plan, *, evaluation, **explained):
        self.kept = {"plan": plan, "evaluation": evaluation, **explained}
        return 7

    def locked_problem(self):
        return self.question

    def plan(self):
        return self.proposed

    def take(self, lines, pallets):
        self.taken = (lines, pallets)


def test_a_proposal_is_kept_with_a_reason_for_each_line_and_each_refusal():
    lots = [a_lot(1), a_lot(2, dimensions=None)]
    runs = RunsInMemory(a_problem(lots=lots))

    assert propose_plan(runs, for_one_store=True) == 7

    assert [reason.asin for reason in runs.kept["reasons"]] == [an_asin(1)]
    assert [refusal.asins for refusal in runs.kept["refusals"]] == [(an_asin(2),)]
    assert runs.kept["plan"].method == "optimal"
    assert runs.kept["evaluation"].gap_share == pytest.approx(0)
    assert runs.taken == ()


class Waiting:
    """Somebody who waits, and who may have had enough from the start."""

    def __init__(self, *, has_had_enough=False):
        self.heard = []
        self.has_had_enough = has_had_enough

    def at(self, stage):
        self.heard.append(stage)

    def wants_end(self):
        return self.has_had_enough


@pytest.mark.parametrize("for_one_store", [True, False])
def test_whoever_waits_is_told_each_stage_once_and_in_order(for_one_store):
    waiting = Waiting()

    propose_plan(RunsInMemory(a_problem()), for_one_store=for_one_store, watcher=waiting)

    assert waiting.heard == list(PlanningStage)


def test_whoever_has_had_enough_gets_the_plan_there_is_by_then():
    runs = RunsInMemory(a_problem())

    propose_plan(runs, for_one_store=True, watcher=Waiting(has_had_enough=True))

    assert runs.kept["plan"].lines
    assert not runs.kept["evaluation"].is_complete


def test_a_run_for_all_makes_no_small_cart_but_a_person_may_ask_for_one():
    runs = RunsInMemory(a_problem(lots=[a_lot(remaining_units=3)]))

    propose_plan(runs, for_one_store=False)
    assert runs.kept["plan"].lines == ()

    propose_plan(runs, for_one_store=True)
    assert [line.units for line in runs.kept["plan"].lines] == [3]


def test_a_confirmed_plan_takes_its_lines_at_the_real_shipping_price():
    runs = RunsInMemory(a_problem(), a_plan(a_line(units=100, unit_shipping_minor=50)))

    confirm_plan(runs, pallet_freight_minor=2000)

    lines, pallets = runs.taken
    assert [line.unit_shipping_minor for line in lines] == [20]
    assert pallets[StoreId(1)].share.charged_minor == 2000
    assert sum(load.units for load in pallets[StoreId(1)].loads) == 100


def test_freight_above_the_bracket_is_not_passed_on():
    runs = RunsInMemory(a_problem(), a_plan(a_line(units=100)))

    confirm_plan(runs, pallet_freight_minor=9500)

    _, pallets = runs.taken
    assert pallets[StoreId(1)].share.surplus_minor == 100 * 50 - 9500


def test_every_cart_gets_pallets_of_its_own():
    stores = [a_store(1), a_store(2)]
    problem = a_problem(clients=[a_client(1), a_client(2)], stores=stores)
    runs = RunsInMemory(problem, a_plan(a_line(1), a_line(2, units=20)))

    confirm_plan(runs, pallet_freight_minor=1000)

    _, pallets = runs.taken
    units = {store: sum(load.units for load in cart.loads) for store, cart in pallets.items()}
    assert units == {1: 10, 2: 20}


def test_a_plan_that_no_longer_holds_takes_nothing_and_says_what_is_wrong():
    runs = RunsInMemory(a_problem(lots=[a_lot(remaining_units=9)]), a_plan(a_line()))

    with pytest.raises(PlanBreaksRules, match=r"stock exceeded by 1: ASIN B000000001") as refusal:
        confirm_plan(runs, pallet_freight_minor=0)

    assert runs.taken == ()
    assert len(refusal.value.broken) == 1


def test_a_long_list_of_faults_is_counted():
    lots = [replace(a_lot(n), remaining_units=1) for n in range(1, 8)]
    runs = RunsInMemory(a_problem(lots=lots), a_plan(*(a_line(1, n) for n in range(1, 8))))

    with pytest.raises(PlanBreaksRules, match="and 2 more"):
        confirm_plan(runs, pallet_freight_minor=0)


def test_an_empty_plan_is_confirmed_without_pallets():
    runs = RunsInMemory(a_problem(), a_plan())

    confirm_plan(runs, pallet_freight_minor=1)

    assert runs.taken == ((), {})
