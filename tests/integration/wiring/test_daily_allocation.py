"""The main job's own allocation: planned anew each time, given out once a day."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from builders.agency_records import (
    a_client_record,
    a_store_record,
    an_asin_record,
    tell_balance,
    ungate,
)
from builders.records import a_run, a_sync_run
from umschlag.storage.records.models import (
    AllocationRun,
    Notification,
    NotificationKind,
    RunState,
)
from umschlag.storage.records.run_edits import HandEdit
from umschlag.wiring.agency import BUYING_SHEET, PANEL, UNGATING
from umschlag.wiring.daily_allocation import (
    given_out_today_at,
    plan_daily_allocation,
    waiting_plan_id,
)
from umschlag.wiring.run_edits import plan_the_rest_again, set_line_by_hand

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def settings(settings_in):
    return settings_in()


@pytest.fixture
def store():
    store = a_store_record(a_client_record())
    ungate(store, an_asin_record())
    return store


def state_of(run):
    return AllocationRun.objects.get(pk=run.pk).state


def given_out(at=None, **values):
    return a_run(state="confirmed", confirmed_at=at or timezone.now(), **values)


def test_todays_plan_takes_the_place_of_one_nobody_confirmed(settings, store):
    former = plan_daily_allocation(settings)
    plan = plan_daily_allocation(settings)

    assert (plan.cart_count, plan.units) == (1, 100)
    assert waiting_plan_id() == plan.run_id
    assert AllocationRun.objects.get(pk=former.run_id).state == RunState.DISCARDED


def test_a_persons_plan_is_neither_put_aside_nor_confirmed_for_them(settings, store):
    of_a_person = a_run(made_by=get_user_model().objects.create(username="anna"))
    for_one_store = a_run(only_store=store)

    assert waiting_plan_id() is None
    plan_daily_allocation(settings)

    assert state_of(of_a_person) == state_of(for_one_store) == RunState.PROPOSED


def test_where_nothing_can_be_given_no_plan_waits(settings):
    assert plan_daily_allocation(settings) is None

    assert waiting_plan_id() is None
    assert AllocationRun.objects.get().state == RunState.DISCARDED


def test_what_was_given_out_today_is_not_given_out_again(settings):
    run = given_out()

    assert given_out_today_at(settings) == run.confirmed_at


def test_yesterdays_allocation_does_not_stop_todays(settings):
    given_out(timezone.now() - timedelta(days=1))

    assert given_out_today_at(settings) is None


def test_a_cart_that_a_person_confirmed_is_not_the_days_allocation(settings, store):
    given_out(only_store=store)
    given_out(made_by=get_user_model().objects.create(username="anna"))

    assert given_out_today_at(settings) is None


def a_changed_sync(source, **counts):
    return lambda at: a_sync_run(source, finished_at=at, **counts)


def a_balance_told(balance_minor):
    return lambda at: tell_balance(a_client_record(2, balance_minor=0), balance_minor, booked_at=at)


def a_notice(kind):
    return lambda at: Notification.objects.create(kind=kind, title="t", body="b", created_at=at)


MAKES_ROOM = {
    "new goods": a_changed_sync(BUYING_SHEET, created_count=1),
    "an approval": a_changed_sync(UNGATING, updated_count=1),
    "more balance": a_balance_told(1),
    "a preorder": a_notice(NotificationKind.PREORDER_ARRIVED),
}
CHANGES_NOTHING = {
    "a sync without news": a_changed_sync(BUYING_SHEET, read_count=300),
    "a failed sync": a_changed_sync(UNGATING, updated_count=1, status="failed"),
    "the panel's names": a_changed_sync(PANEL, updated_count=5),
    "less balance": a_balance_told(-1),
    "another notice": a_notice(NotificationKind.TRUCKLOAD_READY),
}


@pytest.mark.parametrize("happens", MAKES_ROOM.values(), ids=MAKES_ROOM)
def test_what_makes_room_after_it_allows_another_one_the_same_day(settings, happens):
    run = given_out(timezone.now() - timedelta(seconds=2))

    happens(run.confirmed_at + timedelta(seconds=1))

    assert given_out_today_at(settings) is None


@pytest.mark.parametrize("happens", MAKES_ROOM.values(), ids=MAKES_ROOM)
def test_what_was_known_when_it_was_confirmed_makes_no_room(settings, happens):
    run = given_out(timezone.now() - timedelta(seconds=2))

    happens(run.confirmed_at - timedelta(seconds=1))

    assert given_out_today_at(settings) == run.confirmed_at


@pytest.mark.parametrize("happens", CHANGES_NOTHING.values(), ids=CHANGES_NOTHING)
def test_what_makes_no_room_does_not(settings, happens):
    run = given_out(timezone.now() - timedelta(seconds=2))

    happens(run.confirmed_at + timedelta(seconds=1))

    assert given_out_today_at(settings) == run.confirmed_at


def test_a_plan_that_somebody_worked_on_stays_beside_todays(settings, store):
    worked_on = plan_daily_allocation(settings).run_id
    edit = HandEdit(run_id=worked_on, store_id=store.pk, asin="B000000001", units=40)
    set_line_by_hand(settings, edit)
    planned_again = plan_the_rest_again(settings, worked_on)

    plan_daily_allocation(settings)

    assert AllocationRun.objects.get(pk=planned_again).state == RunState.PROPOSED
