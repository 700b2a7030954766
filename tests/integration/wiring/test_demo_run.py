"""The demo's manager: a proposal worked on, a run undone, pallets that left; each once."""

import pytest

from builders.agency_records import a_client_record, a_store_record, an_asin_record, ungate
from umschlag.storage.records.models import AllocationRun, CartLine, Pallet, RunPin
from umschlag.wiring.allocation import confirm_allocation
from umschlag.wiring.daily_allocation import (
    given_out_today_at,
    plan_daily_allocation,
    plan_in_figures,
)
from umschlag.wiring.demo_run import let_one_be_undone, let_one_be_worked_on, let_some_leave

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def settings(settings_in):
    return settings_in()


@pytest.fixture
def store():
    store = a_store_record(a_client_record())
    ungate(store, an_asin_record())
    return store


def test_the_largest_line_is_halved_by_hand_and_the_rest_planned_again_once(settings, store):
    plan = plan_daily_allocation(settings)
    again = let_one_be_worked_on(settings, plan.run_id)

    assert RunPin.objects.get(run_id=again).units == plan.units // 2
    assert plan_in_figures(again).units == plan.units // 2
    assert AllocationRun.objects.get(pk=again).based_on.state == "discarded"
    assert let_one_be_worked_on(settings, again) == again


def test_one_run_is_undone_before_the_days_own_and_makes_no_room_for_another(settings, store):
    undone = AllocationRun.objects.get(pk=let_one_be_undone(settings))
    plan = plan_daily_allocation(settings)
    confirm_allocation(settings, plan.run_id)

    assert (undone.state, undone.undone_by) == ("undone", "Demo")
    assert plan.units == 100
    assert given_out_today_at(settings) is not None
    assert let_one_be_undone(settings) is None


def test_the_first_pallets_leave_once(settings, store):
    plan = plan_daily_allocation(settings)
    confirm_allocation(settings, plan.run_id)

    left = let_some_leave(settings, plan.run_id)

    assert left == Pallet.objects.filter(status="shipped").count() == 1
    assert let_some_leave(settings, plan.run_id) == 0


def test_where_nothing_can_be_given_the_demo_does_nothing(settings):
    a_store_record(a_client_record())

    assert let_one_be_undone(settings) is None
    assert plan_daily_allocation(settings) is None
    assert not CartLine.objects.exists()
