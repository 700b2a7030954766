"""Confirmations, undoings and shipments that want the same goods or money at the same moment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import close_old_connections, connection

from builders.agency_records import a_client_record, a_store_record, an_asin_record, ungate
from builders.allocation_races import RACES, run_race
from builders.races import race
from umschlag.storage.records.models import AllocationRun, LedgerEntry, RunState
from umschlag.wiring.allocation import confirm_allocation, plan_allocation

TESTS = Path(__file__).parents[2]


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", RACES)
def test_together_they_take_what_there_is_and_no_more(settings_in, name):
    if connection.vendor == "sqlite":
        pytest.skip("the tests' own SQLite lies in memory, for one thread: see below")

    run_race(name, settings_in(asin_stores_max=1_000))

    close_old_connections()


@pytest.mark.parametrize("name", RACES)
def test_on_sqlite_too(tmp_path, name):
    process = subprocess.run(
        [sys.executable, "-m", "builders.allocation_races", str(tmp_path), name],
        capture_output=True,
        text=True,
        cwd=TESTS,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "umschlag.web.settings",
            "UMSCHLAG_VAR_DIR": str(tmp_path),
            "DATABASE_URL": "",
        },
        check=False,
    )

    assert (process.stdout.strip(), process.returncode) == ("sound", 0), process.stderr


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_one_run_confirmed_by_many_at_once_is_taken_once(settings_in):
    settings = settings_in()
    asin = an_asin_record()
    store = a_store_record(a_client_record())
    ungate(store, asin)
    run_id = plan_allocation(settings)
    racers = 1 if connection.vendor == "sqlite" else 6

    met = race(*[lambda: confirm_allocation(settings, run_id)] * racers)

    assert sorted(met) == ["RunAlreadyDecided"] * (racers - 1) + ["done"]
    assert AllocationRun.objects.get().state == RunState.CONFIRMED
    assert LedgerEntry.objects.filter(kind="hold").count() == 1
