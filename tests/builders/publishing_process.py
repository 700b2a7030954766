"""A process that publishes snapshots in children which may be killed.

Run it with python -m and a folder.

Reads one command a line: ``publish 2026-09-02`` starts a child, says its number and, once the
child stops, how; ``look`` says what records and lake hold; ``sweep`` removes orphans.
"""

import json
import os
import sys
from datetime import date
from pathlib import Path

ARTICLES = 200


def main(folder):
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from django.db import connections

    # Imported before any child is made, so that each starts within milliseconds.
    import builders.snapshots  # noqa: F401 - so that it is loaded
    import umschlag.intelligence.snapshots.usecases
    import umschlag.storage.lake.current_state
    import umschlag.storage.lake.snapshot_store
    import umschlag.storage.lake.upkeep  # noqa: F401 - so that it is loaded

    connections.close_all()
    print("ready", flush=True)
    for line in sys.stdin:
        command, *words = line.split()
        child = os.fork()
        if not child:
            COMMANDS[command](folder, *words)
            sys.stdout.flush()
            os._exit(0)
        if command == "publish":
            print(child, flush=True)
        _, status = os.waitpid(child, 0)
        if command == "publish":
            print(os.waitstatus_to_exitcode(status), flush=True)


def publish(folder, day):
    from builders.snapshots import FixedSource, a_state
    from umschlag.intelligence.snapshots.usecases import take_daily_snapshot
    from umschlag.storage.lake.snapshot_store import LakeSnapshotStore

    day = date.fromisoformat(day)
    states = [
        a_state(f"HX-{number}", master={"variation_id": number}, on_hand_units=day.toordinal())
        for number in range(ARTICLES)
    ]
    take_daily_snapshot(
        business_date=day,
        source=FixedSource(*states),
        store=LakeSnapshotStore(a_lake_in(folder)),
        vanished_percent_max=5.0,
    )


def look(folder, *words):
    from umschlag.storage.lake.current_state import compare_current
    from umschlag.storage.lake.upkeep import verify
    from umschlag.storage.records.models import Article, SnapshotRun

    lake = a_lake_in(folder)
    found = compare_current(lake)
    told = {
        "lake": str(found.business_date),
        "records": str(found.records_date),
        "agrees": found.agrees,
        "damaged": [str(problem) for problem in verify(lake)] if "whole" in words else [],
        "units": sorted(set(Article.objects.values_list("on_hand_units", flat=True))),
        "articles": Article.objects.count(),
        "complete": [
            str(day)
            for day in SnapshotRun.objects.filter(status="complete")
            .order_by("business_date")
            .values_list("business_date", flat=True)
        ],
    }
    print(json.dumps(told))


def sweep(folder):
    from umschlag.storage.lake.upkeep import sweep_orphans
    from umschlag.storage.records.lake_files import listed_paths

    lake = a_lake_in(folder)
    sweep_orphans(lake, age_seconds_min=0)
    left = {file.path for file in lake.files.found()}
    print(json.dumps(sorted(left - listed_paths())))


def a_lake_in(folder):
    from umschlag.storage.lake.files import LocalFiles
    from umschlag.storage.lake.lake import Lake

    return Lake(files=LocalFiles(folder / "lake"))


COMMANDS = {"publish": publish, "look": look, "sweep": sweep}

if __name__ == "__main__":
    main(Path(sys.argv[1]))
