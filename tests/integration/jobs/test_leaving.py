import io

import pytest
from rich.console import Console

from builders.agency_records import a_client_record, a_store_record, an_asin_record, ungate
from umschlag.jobs.leaving import cancel_and_tell, ship_and_tell, undo_and_tell
from umschlag.storage.records.models import LedgerEntry, Pallet
from umschlag.wiring.allocation import confirm_allocation, plan_allocation

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def run_id(settings_in):
    store = a_store_record(a_client_record())
    big = {"length_mm": 600, "width_mm": 400, "height_mm": 400, "unit_cost_minor": 5_000}
    ungate(store, an_asin_record(**big))
    run_id = plan_allocation(settings_in(), only_store_id=store.pk)
    confirm_allocation(settings_in(), run_id)
    return run_id


def told(act, *arguments, **options):
    console = Console(file=io.StringIO(), width=200)
    act(*arguments, **options, console=console)
    return console.file.getvalue().strip()


def test_what_leaves_and_what_is_cancelled_is_told_in_the_merchant_s_language(settings_in, run_id):
    first, second, *_ = Pallet.objects.order_by("code")

    shipped = told(ship_and_tell, settings_in(), [first.code], shipped_date=None)
    cancelled = told(cancel_and_tell, settings_in(language="de"), [second.code])

    assert shipped.startswith("1 pallet left, €")
    assert shipped.endswith("is charged")
    assert cancelled.startswith("1 Palette storniert")
    assert f"{second.units} Stück" in cancelled
    assert LedgerEntry.objects.filter(kind__in=("capture", "release")).count() == 2


def test_an_undone_run_is_told(settings_in, run_id):
    count = Pallet.objects.count()

    said = told(undo_and_tell, settings_in(), run_id, reason="wrong prices")

    assert said.startswith(f"Run undone: {count} pallets cancelled, €")
    assert "100 units given back" in said
