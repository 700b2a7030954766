"""How long does a day take from the ERP's pages to records that everybody sees?

Ours: pages of 250 variations as JSON (stock: 1,000 rows), spooled, proven whole, parsed, published
to the lake and upserted to the records, by the product's own use case; the first day, and a second
one on which 5 % changed stock and 0.5 % price. Baseline: the time to write the same bytes to disk
once, forced there, in the same run. Each day is a process of its own, whose peak memory is told.

    python benchmarks/ingest_day.py --skus 1000000
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from worlds.erp_pages import PagesOnDisk, write_pages
from worlds.history import tell

FIRST_DATE = date(2026, 9, 1)
MEBI = 2**20


def main() -> None:
    """Ingest two days and print seconds a phase, memory and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--skus", type=int, default=100_000)
    parser.add_argument("--small", action="store_true", help="2,000 SKUs")
    parser.add_argument("--child", nargs=2, metavar=("FOLDER", "DAY"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        folder, day = arguments.child
        print(json.dumps(_ingested(Path(folder), int(day))))
        return
    skus = 2_000 if arguments.small else arguments.skus
    with tempfile.TemporaryDirectory(prefix="umschlag-ingest-") as folder:
        for day in (0, 1):
            baseline, byte_count = write_pages(Path(folder), skus=skus, day=day)
            command = [sys.executable, __file__, "--child", folder, str(day)]
            answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            told = json.loads(answer.splitlines()[-1])
            _report(told, day=day, skus=skus, baseline=baseline, byte_count=byte_count)


def _report(told: dict[str, Any], *, day: int, skus: int, baseline: float, byte_count: int) -> None:
    which = "next day, 5 % changed" if day else "first day"
    print(f"{which}: {byte_count / MEBI:.0f} MiB of JSON, peak {told['peak_mib']:.0f} MiB")
    for phase, seconds in told["seconds"].items():
        print(f"  {phase}: {seconds:.2f} s")
    total = told["total"]
    print(f"  in all {total:.2f} s, {skus / total:.0f} SKUs/s, CPU {told['cpu']:.2f} s")
    tell(f"ingest, {which}", ours=total, baseline=baseline, size=f"{skus} SKUs")


class Stopwatch:
    """Adds up seconds by phase."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count the block's seconds to the phase."""
        start = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


class Timed:
    """Passes everything on to the product's own object, and times the named methods."""

    def __init__(self, inner: Any, watch: Stopwatch, **phases: str) -> None:  # noqa: ANN401 - any of the product's objects
        self._inner, self._watch, self._phases = inner, watch, phases

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever it is there
        found = getattr(self._inner, name)
        phase = self._phases.get(name)
        if phase is None:
            return found

        def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - passed on
            with self._watch.phase(phase):
                return found(*args, **kwargs)

        return timed


class TimedSource(Timed):
    """Times spooling and parsing."""

    def read(self, business_date: date, progress: Any) -> Any:  # noqa: ANN401 - passed on
        """Return the reading, whose batches are timed."""
        with self._watch.phase("spool and prove whole"):
            reading = self._inner.read(business_date, progress)
        return TimedReading(reading, self._watch)


class TimedReading(Timed):
    """Times each batch."""

    def batches(self) -> Iterator[Any]:
        """Deliver the batches."""
        batches = self._inner.batches()
        while True:
            with self._watch.phase("parse and put together"):
                batch = next(batches, None)
            if batch is None:
                return
            yield batch


class TimedStore(Timed):
    """Times what an attempt does."""

    @contextmanager
    def attempt(self, *args: Any, **kwargs: Any) -> Iterator[Any]:  # noqa: ANN401 - passed on
        """Give the attempt."""
        with self._inner.attempt(*args, **kwargs) as attempt:
            yield Timed(
                attempt,
                self._watch,
                add="put into columns",
                former="compare with the day before",
                sku_count="compare with the day before",
                publish="publish and upsert records",
            )


def _ingested(folder: Path, day: int) -> dict[str, Any]:
    """Take the day's snapshot and return what it took."""
    os.environ["UMSCHLAG_VAR_DIR"] = str(folder / "var")
    os.environ["UMSCHLAG_CONFIG"] = str(folder / "no-such-file.toml")
    os.environ["DATABASE_URL"] = ""
    os.environ["DJANGO_SETTINGS_MODULE"] = "umschlag.web.settings"
    (folder / "var").mkdir(exist_ok=True)
    import django

    django.setup()
    from django.core.management import call_command

    from umschlag.connectors.plentymarkets.reading import PlentymarketsSource
    from umschlag.intelligence.snapshots.usecases import take_daily_snapshot
    from umschlag.storage.half_read import HalfRead
    from umschlag.storage.lake.files import LocalFiles
    from umschlag.storage.lake.lake import Lake
    from umschlag.storage.lake.snapshot_store import LakeSnapshotStore

    call_command("migrate", verbosity=0)
    business_date = FIRST_DATE + timedelta(days=day)
    noon = datetime.combine(business_date, clock_time(12), UTC)
    source = PlentymarketsSource(
        reader=PagesOnDisk(folder),
        zone=ZoneInfo("Europe/Berlin"),
        currency="EUR",
        spools=HalfRead(folder / "half-read"),
        now=lambda: noon,
    )
    watch = Stopwatch()
    start, cpu = time.perf_counter(), time.process_time()
    store: Any = TimedStore(LakeSnapshotStore(Lake(files=LocalFiles(folder / "lake"))), watch)
    take_daily_snapshot(
        business_date=business_date,
        source=TimedSource(source, watch),
        store=store,
        vanished_percent_max=5,
    )
    return {
        "seconds": watch.seconds,
        "total": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    main()
