"""Lines set by hand while somebody else plans the rest of the same proposal again."""

from contextlib import contextmanager

import pytest
from django.db import connection

from builders import agency_records as build
from builders import web
from umschlag.allocation.planning.usecases import PlanBreaksRules
from umschlag.storage.records.models import (
    AllocationRun,
    Cart,
    CartLine,
    CatalogAsin,
    PlanningWork,
    RunState,
)
from umschlag.storage.records.run_edits import HandEdit
from umschlag.storage.records.run_states import RunAlreadyDecided
from umschlag.wiring.allocation import confirm_allocation, discard_allocation, plan_allocation
from umschlag.wiring.run_edits import (
    LinesChangedMeanwhile,
    leave_line_to_planner,
    plan_the_rest_again,
    set_line_by_hand,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]
KEY = "0c1f8a52-8a0e-4c5e-9d1c-6f1f6a3d2b11"


@pytest.fixture
def settings(settings_in):
    return settings_in()


@pytest.fixture
def store():
    store = build.a_store_record(build.a_client_record())
    build.ungate(store, build.an_asin_record())
    return store


def an_edit(run_id, store, *, units, by=None):
    asin = CatalogAsin.objects.get().asin
    set_by_id = by.pk if by else None
    return HandEdit(run_id=run_id, store_id=store.pk, asin=asin, units=units, set_by_id=set_by_id)


@contextmanager
def meanwhile(act, *, stage="searching"):
    """Act once when the planner begins with the stage, as somebody else may at that moment."""
    waiting = [act]

    def told(execute, sql, params, many, context):
        is_stage = sql.startswith("UPDATE") and PlanningWork._meta.db_table in sql
        if waiting and is_stage and stage in params:
            waiting.pop()()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(told):
        yield
    assert not waiting


@pytest.mark.parametrize("stage", ["searching", "keeping"])
def test_a_line_set_while_the_rest_is_planned_again_is_never_passed_over(settings, store, stage):
    run_id = plan_allocation(settings)
    edit = an_edit(run_id, store, units=0, by=web.a_superuser("anna"))

    with (
        meanwhile(lambda: set_line_by_hand(settings, edit), stage=stage),
        pytest.raises(LinesChangedMeanwhile, match=r"Store 1, B0\w+ \(anna\)"),
    ):
        plan_the_rest_again(settings, run_id, watch_key=KEY)

    run = AllocationRun.objects.get()
    assert (run.pk, run.state) == (run_id, RunState.PROPOSED)
    assert run.pins.get().units == 0
    again = plan_the_rest_again(settings, run_id)
    assert not CartLine.objects.filter(cart__run=again).exists()


def test_a_line_left_to_the_planner_meanwhile_is_told_too(settings, store):
    run_id = plan_allocation(settings)
    edit = an_edit(run_id, store, units=40)
    set_line_by_hand(settings, edit)

    with (
        meanwhile(lambda: leave_line_to_planner(settings, run_id, store.pk, edit.asin)),
        pytest.raises(LinesChangedMeanwhile, match="Store 1, B0"),
    ):
        plan_the_rest_again(settings, run_id, watch_key=KEY)

    assert AllocationRun.objects.get().state == RunState.PROPOSED


def test_a_proposal_put_aside_meanwhile_is_not_planned_again(settings, store):
    run_id = plan_allocation(settings)

    with (
        meanwhile(lambda: discard_allocation(settings, run_id)),
        pytest.raises(RunAlreadyDecided),
    ):
        plan_the_rest_again(settings, run_id, watch_key=KEY)

    assert AllocationRun.objects.get().state == RunState.DISCARDED


def test_there_are_never_two_proposals_of_which_one_was_planned_from_the_other(settings, store):
    run_id = plan_allocation(settings)
    proposed = f"SELECT COUNT(*) FROM {AllocationRun._meta.db_table} WHERE state = 'proposed'"
    outside = len(connection.savepoint_ids)
    seen = set()

    def look(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        # What stands outside a transaction stands for everybody, also where we are killed then.
        if sql != proposed and len(connection.savepoint_ids) == outside:
            with connection.cursor() as cursor:
                cursor.execute(proposed)
                seen.add(cursor.fetchone()[0])
        return answer

    with connection.execute_wrapper(look):
        plan_the_rest_again(settings, run_id)

    assert seen == {1}


@pytest.mark.parametrize("units", [0, 40])
def test_confirming_refuses_a_line_that_is_not_what_somebody_set(settings, store, units):
    run_id = plan_allocation(settings)
    set_line_by_hand(settings, an_edit(run_id, store, units=units))
    Cart.objects.all().delete()
    if not units:
        another = plan_allocation(settings)
        Cart.objects.filter(run_id=another).update(run_id=run_id)

    with pytest.raises(PlanBreaksRules, match="units off what was set by hand"):
        confirm_allocation(settings, run_id)

    assert CatalogAsin.objects.get().remaining_units == 100
