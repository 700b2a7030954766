"""Many who want the same goods or the same money at once, and what must be true afterwards.

A process of its own on SQLite, where the tests' database lies in memory and knows one writer:
``python -m builders.allocation_races FOLDER NAME`` makes the records, runs the race and prints
what went wrong, or "sound".
"""

import sys
from collections import Counter
from functools import partial

from builders.races import race

RACERS = 64
GRANTED = 16


def stock_for_some(settings):
    """Let 64 stores confirm runs on goods that are enough for 16 of them."""
    from builders import agency_records as build
    from umschlag.storage.records.models import Cart, CatalogAsin, LedgerEntry, Pallet

    asin = build.an_asin_record(bought_units=GRANTED * 10, remaining_units=GRANTED * 10)
    runs = []
    for number in range(RACERS):
        store = build.a_store_record(build.a_client_record(number), number, asin_units_max=10)
        build.ungate(store, asin)
        runs.append(_planned(settings, store))

    met = _confirm_all(settings, runs)

    expect(met == {"done": GRANTED, "PlanBreaksRules": RACERS - GRANTED}, met)
    expect(CatalogAsin.objects.get().remaining_units == 0, "units are left or were given twice")
    confirmed = Cart.objects.filter(run__state="confirmed")
    expect(sum(cart.units for cart in confirmed) == GRANTED * 10, "other units than there were")
    expect(sum(one.units for one in Pallet.objects.all()) == GRANTED * 10, "other units packed")
    expect(LedgerEntry.objects.filter(kind="hold").count() == GRANTED, "other holds than carts")


def balance_for_some(settings):
    """Let 64 stores of one client confirm runs on a balance that is enough for 16 of them."""
    from builders import agency_records as build
    from umschlag.storage.records.ledger import spendable_minor
    from umschlag.storage.records.models import Cart, CatalogAsin, LedgerEntry

    runs = []
    client = build.a_client_record(balance_minor=RACERS * 12_000)
    for number in range(RACERS):
        store = build.a_store_record(client, number, asin_units_max=10)
        build.ungate(store, build.an_asin_record(number))
        runs.append(_planned(settings, store))
    # A pallet of ten units costs each of them the most that its bracket allows.
    cart_minor = 10 * (1_000 + 200)
    build.let_spend(client, GRANTED * cart_minor)

    met = _confirm_all(settings, runs)

    expect(met == {"done": GRANTED, "PlanBreaksRules": RACERS - GRANTED}, met)
    spent = sum(cart.total_minor for cart in Cart.objects.filter(run__state="confirmed"))
    expect(spent == GRANTED * cart_minor, f"{spent} spent")
    expect(spendable_minor(client.pk) == 0, "another balance than is left")
    taken = RACERS * 100 - sum(CatalogAsin.objects.values_list("remaining_units", flat=True))
    expect(taken == GRANTED * 10, f"{taken} units taken")
    expect(LedgerEntry.objects.filter(kind="hold").count() == GRANTED, "other holds than carts")


def undone_while_others_confirm(settings):
    """Let 32 runs be undone while 32 others want the goods that they give back."""
    from builders import agency_records as build
    from umschlag.storage.records.models import AllocationRun, CatalogAsin
    from umschlag.wiring.allocation import confirm_allocation
    from umschlag.wiring.leaving import undo_allocation

    half = RACERS // 2
    asin = build.an_asin_record(bought_units=half * 10, remaining_units=half * 10)
    runs = []
    for number in range(RACERS):
        store = build.a_store_record(build.a_client_record(number), number, asin_units_max=10)
        build.ungate(store, asin)
        runs.append(_planned(settings, store))
    for run_id in runs[:half]:
        confirm_allocation(settings, run_id)

    acts = [partial(undo_allocation, settings, run_id, by="anna") for run_id in runs[:half]]
    acts += [partial(confirm_allocation, settings, run_id) for run_id in runs[half:]]
    met = race(*acts)

    expect(met[:half] == ["done"] * half, met[:half])
    expect(set(met[half:]) <= {"done", "PlanBreaksRules"}, met[half:])
    confirmed = AllocationRun.objects.filter(state="confirmed").count()
    expect(confirmed == met[half:].count("done"), "other runs than were told")
    expect(CatalogAsin.objects.get().remaining_units == (half - confirmed) * 10, "units lost")


def one_run_pulled_in_all_directions(settings):
    """Let one confirmed run be undone, shipped and cancelled at once, again and again."""
    from builders import agency_records as build
    from umschlag.storage.records.models import AllocationRun, CatalogAsin, LedgerEntry, Pallet
    from umschlag.wiring.allocation import confirm_allocation
    from umschlag.wiring.leaving import cancel_pallets, ship_pallets, undo_allocation

    large = {"length_mm": 600, "width_mm": 400, "height_mm": 300, "unit_cost_minor": 6_000}
    asin = build.an_asin_record(**large)
    store = build.a_store_record(build.a_client_record())
    build.ungate(store, asin)
    run_id = _planned(settings, store)
    confirm_allocation(settings, run_id)
    pallets = list(Pallet.objects.order_by("code"))
    keys = [pallet.pk for pallet in pallets]

    acts = [partial(undo_allocation, settings, run_id, by="anna") for _ in range(6)]
    for key in keys:
        acts += [partial(ship_pallets, settings, [key], by="ben") for _ in range(2)]
        acts += [partial(cancel_pallets, settings, [key], by="eve") for _ in range(2)]
    acts += [partial(ship_pallets, settings, keys, by="ben")]
    met = race(*acts)

    refusals = {"done", "PalletGone", "RunNotConfirmed", "RunHasShipped"}
    expect(set(met) <= refusals, met)
    is_undone = AllocationRun.objects.get(pk=run_id).state == "undone"
    expect(met[:6].count("done") == int(is_undone), met[:6])
    pallets = list(Pallet.objects.order_by("code"))
    here = sum(one.units for one in pallets if one.status == "cancelled")
    gone = [one for one in pallets if one.status == "shipped"]
    expect(not (is_undone and gone), "undone and shipped")
    expect(CatalogAsin.objects.get().remaining_units == here, "units lost")
    expect({one.status for one in pallets} <= {"shipped", "cancelled"}, "a pallet stands here yet")
    ends = LedgerEntry.objects.filter(kind__in=("capture", "release")).count()
    expect(ends == len(pallets), f"{ends} ends for {len(pallets)} pallets")


def everybody_at_once(settings):
    """Let runs for many clients be planned, confirmed and undone while the panel is read."""
    from builders import agency_records as build
    from umschlag.storage.records.models import AllocationRun, CatalogAsin
    from umschlag.wiring.allocation import confirm_allocation, plan_allocation
    from umschlag.wiring.leaving import undo_allocation

    asins = [build.an_asin_record(number) for number in range(12)]
    clients = [build.a_client_record(number) for number in range(12)]
    for number, client in enumerate(clients):
        store = build.a_store_record(client, number, asin_units_max=8)
        # Each in another order, so that locks taken as they come would meet crosswise.
        build.ungate(store, *(asins[number:] + asins[:number]))
    runs = [plan_allocation(settings) for _ in range(10)]
    undone = runs.pop()
    confirm_allocation(settings, undone)

    acts = [partial(confirm_allocation, settings, run_id) for run_id in runs]
    acts += [partial(plan_allocation, settings) for _ in range(6)]
    acts += [partial(_told_anew, clients, minor) for minor in (900_000, 1_100_000, 950_000)]
    acts += [partial(undo_allocation, settings, undone, by="anna")]
    met = race(*acts)

    expect(set(met[:9]) <= {"done", "PlanBreaksRules"}, met)
    expect(met[9:] == ["done"] * 10, met)
    expect(AllocationRun.objects.get(pk=undone).state == "undone", "not undone")
    given = sum(
        cart.units
        for run in AllocationRun.objects.filter(state="confirmed")
        for cart in run.carts.all()
    )
    left = sum(CatalogAsin.objects.values_list("remaining_units", flat=True))
    expect(left + given == 12 * 100, f"{left} left, {given} given")


RACES = {
    race_.__name__: race_
    for race_ in (
        stock_for_some,
        balance_for_some,
        undone_while_others_confirm,
        one_run_pulled_in_all_directions,
        everybody_at_once,
    )
}


def run_race(name, settings):
    """Run the race and hold the whole ledger against its chain, guards and balances."""
    from umschlag.wiring.doctoring import Health
    from umschlag.wiring.ledger_findings import ledger_findings

    RACES[name](settings)
    broken = [one.said for one in ledger_findings() if one.health is Health.BROKEN]
    expect(not broken, broken)


def expect(is_true, told):
    """Fail with what is told, in the test's process as in another."""
    if not is_true:
        raise AssertionError(told)


def _planned(settings, store):
    from umschlag.wiring.allocation import plan_allocation

    return plan_allocation(settings, only_store_id=store.pk)


def _confirm_all(settings, runs):
    from umschlag.wiring.allocation import confirm_allocation

    return Counter(race(*(partial(confirm_allocation, settings, run_id) for run_id in runs)))


def _told_anew(clients, balance_minor):
    """Read the clients' balances from the panel as a sync does."""
    from datetime import UTC, datetime

    from umschlag.allocation.clients.panel import PanelClient
    from umschlag.kernel.money import Money
    from umschlag.storage.records.agency.panel import keep_clients
    from umschlag.storage.records.locking import in_one_transaction

    at = datetime(2026, 3, 2, tzinfo=UTC)
    rows = [
        PanelClient(
            row=number,
            external_id=client.external_id,
            name=client.name,
            email="",
            balance=Money(balance_minor, "EUR"),
            priority=None,
            last_pallet_date=None,
            updated_at=at,
        )
        for number, client in enumerate(reversed(clients))
    ]
    in_one_transaction(partial(keep_clients, rows, booked_at=at))


def _main(folder, name):
    import django

    django.setup()
    from umschlag.jobs.setting_up import migrate_records
    from umschlag.settings import Settings

    migrate_records()
    run_race(name, Settings(var_dir=folder, asin_stores_max=1_000))
    print("sound")


if __name__ == "__main__":
    _main(*sys.argv[1:])
