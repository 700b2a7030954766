"""A person waits for a plan, sees how far it is and may take what there is by now."""

import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone, translation

from builders.agency_records import a_client_record, a_store_record, an_asin_record, ungate
from umschlag.allocation.planning.ports import PlanningStage
from umschlag.allocation.planning.usecases import PlanBreaksRules
from umschlag.storage.records.models import AllocationRun, PlanningWork
from umschlag.storage.records.run_figures import read_figures
from umschlag.wiring.allocation import plan_allocation
from umschlag.wiring.planning_watch import (
    FORGOTTEN_AFTER,
    end_planning,
    planning_progress,
    watched,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]
KEY = "0c1f8a52-8a0e-4c5e-9d1c-6f1f6a3d2b11"


def far():
    return time.monotonic() + 3600


def test_each_stage_is_told_while_the_planner_is_at_it():
    with watched(KEY, until=far()) as planner:
        begun = PlanningWork.objects.get().begun_at
        told = []
        for stage in PlanningStage:
            planner.at(stage)
            told.append(planning_progress(KEY, now=begun + timedelta(seconds=12.7)))

    assert [one.done for one in told] == [0, 1, 2, 3, 4]
    assert {one.total for one in told} == {5}
    assert {one.seconds for one in told} == {12}
    assert told[1].doing == "looking for the best plan"
    assert planning_progress(KEY) is None


def test_the_stages_are_told_in_german():
    with watched(KEY, until=far()) as planner, translation.override("de"):
        planner.at(PlanningStage.EXPLAINING)

        assert planning_progress(KEY).doing == "jede Zeile wird begründet"


def test_the_wish_for_an_end_reaches_the_planner_and_no_other():
    with watched(KEY, until=far()) as planner, watched("another", until=far()) as other:
        assert end_planning(KEY)

        assert (planner.wants_end(), other.wants_end()) == (True, False)


def test_a_planner_that_asks_all_the_time_does_not_burden_the_records(django_assert_num_queries):
    seconds = iter(range(1000))
    with (
        watched(KEY, until=1000, clock=lambda: next(seconds) / 100) as planner,
        django_assert_num_queries(20),
    ):
        # Ten seconds by that clock, asked a hundred times in each.
        assert not any(planner.wants_end() for _ in range(1000))


def test_the_same_form_sent_again_is_not_ended_by_the_former_wish():
    with watched(KEY, until=far()):
        end_planning(KEY)
    with watched(KEY, until=far()) as planner:
        assert not planner.wants_end()


def test_time_that_is_up_ends_it_though_nobody_watches():
    with watched("", until=time.monotonic() - 1) as planner:
        assert planner.wants_end()
        assert not PlanningWork.objects.exists()


def test_nobody_at_work_can_be_ended():
    assert not end_planning(KEY)


def test_after_an_error_nothing_is_left_behind():
    def break_off():
        with watched(KEY, until=far()):
            raise PlanBreaksRules(())

    with pytest.raises(PlanBreaksRules):
        break_off()
    assert not PlanningWork.objects.exists()


def test_the_row_of_a_killed_planner_goes_with_the_next_plan():
    long_ago = timezone.now() - FORGOTTEN_AFTER - timedelta(minutes=1)
    PlanningWork.objects.create(key="killed", stage=PlanningStage.SEARCHING, begun_at=long_ago)

    with watched(KEY, until=far()):
        assert [row.key for row in PlanningWork.objects.all()] == [KEY]


def test_a_plan_that_was_watched_is_whole_and_leaves_no_row(settings_in):
    ungate(a_store_record(a_client_record()), an_asin_record())

    run_id = plan_allocation(settings_in(), watch_key=KEY)

    assert read_figures(AllocationRun.objects.get(pk=run_id)).is_complete
    assert not PlanningWork.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_records_that_fail_meanwhile_do_not_cost_the_plan(settings_in, caplog):
    ungate(a_store_record(a_client_record()), an_asin_record())
    with watched(KEY, until=far()) as planner, connection.execute_wrapper(_broken):
        planner.at(PlanningStage.SEARCHING)
        is_ended = planner.wants_end()

    assert not is_ended
    assert "the progress of a plan could not be told" in caplog.text


def _broken(execute, sql, params, many, context):
    raise OperationalError("database is locked")
