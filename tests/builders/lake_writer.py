"""A process that works on a lake in children which may be killed, and looks at what they left.

Run it with python -m, a folder, and the bucket as JSON (null: files on the disk). It reads one
command a line and answers in lines; `builders.lake_work` speaks with it.
"""

import json
import os
import random
import signal
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROWS = 200
FIRST = date(2026, 7, 1)
MONTH = "2026-09"
GRACE = timedelta(seconds=30)
"""For readers in a test; the product gives them a day."""


def main(folder, bucket):
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from django.db import connections

    # Imported before any child is made, so that each starts within milliseconds.
    import umschlag.storage.lake.compaction
    import umschlag.storage.lake.upkeep  # noqa: F401 - as above

    connections.close_all()
    tell("ready")
    for line in sys.stdin:
        command, *words = line.split()
        child = in_child(COMMANDS[command], folder, bucket, *words)
        tell(str(child))
        _, status = os.waitpid(child, 0)
        tell(f"ended {os.waitstatus_to_exitcode(status)}")


def in_child(act, *arguments):
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        act(*arguments)
        code = 0
    finally:
        os._exit(code)


def tell(line):
    os.write(1, f"{line}\n".encode())


def work(folder, bucket, seed):
    """Publish, replace, upsert, compact and remove, in a random order and without an end."""
    from umschlag.storage.lake.compaction import compact
    from umschlag.storage.lake.upkeep import remove_superseded

    lake = a_lake_in(folder, bucket)
    choice = random.Random(int(seed))
    at_once = timedelta(0)
    units = int(seed) * 1_000
    while True:
        units += 1
        days = lake.business_dates()
        match choice.choice(["next", "next", "again", "sale", "compact", "remove"]):
            case "next":
                day = days[-1] + timedelta(days=1) if days else FIRST
                publish_day(lake, day, units)
            case "again" if days:
                publish_day(lake, choice.choice(days), units)
            case "sale":
                sell(lake, units)
            case "compact":
                tell("try compact")
                compact(lake, is_eager=True)
            case "remove":
                tell("try remove")
                remove_superseded(lake, month_versions_kept=at_once, grace=at_once)


def publish_day(lake, day, units):
    tell(f"try {day} {units}")
    lake.publish("article_days", day.isoformat(), day_of(day, units))
    tell(f"ack {day} {units}")


def day_of(day, units):
    from builders.lake import article_day, rows_of

    rows = [article_day(f"HX-{n}", day, on_hand_units=units) for n in range(ROWS)]
    return rows_of("article_days", *rows)


def sell(lake, number):
    from builders.lake import a_sale, rows_of

    tell(f"try sale {number}")
    key = ("source", "order_id", "line_id")
    lake.upsert_month("sales", MONTH, rows_of("sales", a_sale(str(number))), key)
    tell(f"ack sale {number}")


def publish(folder, bucket, day, units):
    publish_day(a_lake_in(folder, bucket), date.fromisoformat(day), int(units))


def look(folder, bucket):
    """Tell every day as each layout has it, the sales, what is damaged and what nobody lists."""
    from umschlag.storage.lake.upkeep import sweep_orphans, verify
    from umschlag.storage.records.lake_files import kept_files, listed_paths

    lake = a_lake_in(folder, bucket)
    swept = sweep_orphans(lake, age_seconds_min=0)
    found = {file.path for file in lake.files.found()}
    told = {
        "days": day_rows(lake, BY_DAY),
        "spans": day_rows(lake, BY_SPAN),
        "sales": [int(number) for number in lake.ask(question(SALES))["order_id"].to_pylist()],
        "damaged": [str(problem) for problem in verify(lake)],
        "swept": len(swept),
        "orphans": sorted(found - listed_paths()),
        "missing": sorted({file.path for file in kept_files()} - found),
    }
    tell(json.dumps(told))


def crowd(folder, bucket, reads, day_count):
    """Let two readers ask while a writer replaces days, compacts and removes; tell how it went."""
    os.waitpid(in_child(fill, folder, bucket, int(day_count)), 0)
    writer = in_child(keep_changing, folder, bucket, int(day_count))
    readers = [in_child(read, folder, bucket, int(reads), int(day_count), n) for n in range(2)]
    for reader in readers:
        os.waitpid(reader, 0)
    os.kill(writer, signal.SIGTERM)
    os.waitpid(writer, 0)


def fill(folder, bucket, day_count):
    """Publish the days and compact them; what that superseded may be removed at once."""
    from umschlag.storage.lake.compaction import compact
    from umschlag.storage.records.models import LakeFile

    lake = a_lake_in(folder, bucket)
    for offset in range(day_count):
        publish_day(lake, FIRST + timedelta(days=offset), offset)
    compact(lake, is_eager=True)
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    LakeFile.objects.exclude(superseded_at=None).update(superseded_at=long_ago)


def keep_changing(folder, bucket, day_count):
    from umschlag.storage.lake.compaction import compact
    from umschlag.storage.lake.upkeep import remove_superseded

    lake = a_lake_in(folder, bucket)
    choice = random.Random(day_count)
    for number in range(1_000_000):
        day = FIRST + timedelta(days=choice.randrange(day_count))
        lake.publish("article_days", day.isoformat(), day_of(day, number))
        if number % 3 == 1:
            compact(lake, is_eager=True)
            gone = remove_superseded(lake, month_versions_kept=GRACE, grace=GRACE)
            tell(f"changed {number} {len(gone)}")
            if gone:
                (Path(folder) / REMOVED).touch()


REMOVED = "removed"


def read(folder, bucket, reads, day_count, number):
    lake = a_lake_in(folder, bucket)
    choice = random.Random(number)
    wrong = []
    done = 0
    # However slow the writer is, somebody must have read while files went away.
    while done < reads or (done < 50 * reads and not (Path(folder) / REMOVED).exists()):
        done += 1
        day = FIRST + timedelta(days=choice.randrange(day_count))
        kind = choice.choice(["newest", "as_of", "days", "spans"])
        try:
            days, answer = READS[kind](lake, day, all_days(day_count))
            is_whole = all(count == ROWS and low == high for _, count, low, high in answer)
            if not is_whole or [row[0] for row in answer] != [str(day) for day in days]:
                wrong.append(f"{kind}: {answer}")
        except Exception as error:
            wrong.append(f"{kind}: {type(error).__name__}: {error}")
    tell("read " + json.dumps({"reads": done, "wrong": wrong[:5]}))


def all_days(day_count):
    return [FIRST + timedelta(days=offset) for offset in range(day_count)]


def question(sql):
    from umschlag.storage.lake.questions import Question

    return Question.parse(sql, name="crash")


def day_rows(lake, sql, **parameters):
    answer = lake.ask(question(sql), **parameters).to_pylist()
    return [(str(row["day"]), row["n"], row["low"], row["high"]) for row in answer]


BY_DAY = """
select business_date as day, count(*) as n, min(on_hand_units) as low, max(on_hand_units) as high
from article_days group by business_date order by 1
"""
AS_OF = BY_DAY.replace("group by", "where business_date <= :as_of group by")
BY_SPAN = """
select d.business_date as day, count(*) as n, min(on_hand_units) as low, max(on_hand_units) as high
from article_spans as s
inner join snapshot_days as d on d.business_date >= s.from_date and d.business_date < s.until_date
group by d.business_date order by 1
"""
READS = {
    "newest": lambda lake, day, days: (days[-1:], day_rows(lake, f"-- Units: newest\n{BY_DAY}")),
    "as_of": lambda lake, day, days: (
        [day],
        day_rows(lake, f"-- Units: as_of\n{AS_OF}", as_of=day),
    ),
    "days": lambda lake, day, days: (days, day_rows(lake, BY_DAY)),
    "spans": lambda lake, day, days: (days, day_rows(lake, BY_SPAN)),
}
SALES = "select order_id from sales order by order_id"


def a_lake_in(folder, bucket):
    from builders.object_store import object_files
    from umschlag.storage.lake.files import LocalFiles
    from umschlag.storage.lake.lake import Lake
    from umschlag.storage.lake.object_store import Bucket

    if bucket is None:
        return Lake(files=LocalFiles(folder / "lake"))
    return Lake(files=object_files(Bucket(**bucket), folder))


COMMANDS = {"work": work, "publish": publish, "look": look, "crowd": crowd}

if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
