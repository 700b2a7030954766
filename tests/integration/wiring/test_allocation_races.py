"""Confirmations that want the same stock or the same balance.

On PostgreSQL and MariaDB they run in threads that start together; SQLite has one writer at a
time, so there they come one after the other.
"""

import threading

import pytest
from django.db import close_old_connections, connection, connections

from builders.agency_records import a_client_record, a_store_record, an_asin_record, ungate
from umschlag.allocation.planning.usecases import PlanBreaksRules
from umschlag.kernel.errors import Refused
from umschlag.storage.records.ledger import balances
from umschlag.storage.records.models import (
    AllocationRun,
    Cart,
    CatalogAsin,
    LedgerAccountKind,
    LedgerEntry,
    Pallet,
    RunState,
)
from umschlag.storage.records.run_states import RunAlreadyDecided
from umschlag.wiring.allocation import confirm_allocation, plan_allocation

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

RACERS = 6


def confirm_all(settings, run_ids):
    """Confirm each run, at the same moment where the database can; return what each met."""
    met = []
    start = threading.Barrier(len(run_ids))

    def confirm(run_id, together):
        try:
            if together:
                start.wait(timeout=30)
            confirm_allocation(settings, run_id)
            met.append("confirmed")
        except Refused as refusal:
            met.append(type(refusal))
        finally:
            if together:
                connections.close_all()

    if connection.vendor == "sqlite":
        for run_id in run_ids:
            confirm(run_id, together=False)
        return met
    threads = [threading.Thread(target=confirm, args=(run_id, True)) for run_id in run_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    close_old_connections()
    return met


def test_stock_for_two_is_given_to_exactly_two(settings_in):
    settings = settings_in(asin_stores_max=100)
    asin = an_asin_record(remaining_units=20)
    stores = []
    for number in range(RACERS):
        store = a_store_record(a_client_record(number), number, asin_units_max=10)
        ungate(store, asin)
        stores.append(store)
    runs = [plan_allocation(settings, only_store_id=store.pk) for store in stores]

    met = confirm_all(settings, runs)

    assert sorted(met, key=str) == sorted(
        ["confirmed"] * 2 + [PlanBreaksRules] * (RACERS - 2), key=str
    )
    asin.refresh_from_db()
    assert asin.remaining_units == 0
    confirmed = Cart.objects.filter(run__state=RunState.CONFIRMED)
    assert sum(cart.units for cart in confirmed) == 20
    assert sum(pallet.units for pallet in Pallet.objects.all()) == 20
    assert LedgerEntry.objects.filter(kind="hold").count() == 2


def test_a_balance_for_one_pays_exactly_one(settings_in):
    settings = settings_in()
    client = a_client_record(balance_minor=12_100)
    stores = []
    for number in range(RACERS):
        store = a_store_record(client, number, asin_units_max=10)
        asin = an_asin_record(number)
        ungate(store, asin)
        stores.append(store)
    runs = [plan_allocation(settings, only_store_id=store.pk) for store in stores]

    met = confirm_all(settings, runs)

    assert met.count("confirmed") == 1
    assert met.count(PlanBreaksRules) == RACERS - 1
    assert balances(LedgerAccountKind.SPENDABLE)[client.pk] >= 0
    left = sum(CatalogAsin.objects.values_list("remaining_units", flat=True))
    assert left == RACERS * 100 - 10


def test_one_run_confirmed_by_many_at_once_is_taken_once(settings_in):
    settings = settings_in()
    asin = an_asin_record()
    store = a_store_record(a_client_record())
    ungate(store, asin)
    run_id = plan_allocation(settings)

    met = confirm_all(settings, [run_id] * RACERS)

    assert met.count("confirmed") == 1
    assert met.count(RunAlreadyDecided) == RACERS - 1
    assert AllocationRun.objects.get().state == RunState.CONFIRMED
    assert LedgerEntry.objects.filter(kind="hold").count() == 1
