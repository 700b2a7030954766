"""Keeping the lake in order: checking what is listed, removing what nobody needs any more."""

import hashlib
import time
from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq
from django.utils import timezone

from umschlag.kernel.outcomes import Problem
from umschlag.kernel.progress import Progress, untold
from umschlag.storage.lake.datasets import ARTICLE_DAYS, IMPORTED
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.stock_totals import SUMMED_COLUMNS, recounted
from umschlag.storage.records import lake_files, lake_listing
from umschlag.storage.records.models import LakeFile

ORPHAN_AGE_SECONDS_MIN = 3_600
"""A younger unlisted file may be on its way into the catalogue."""
READER_GRACE = timedelta(hours=24)
"""A file that was superseded less long ago may still be read by somebody who was handed it."""


def verify(lake: Lake, *, progress: Progress = untold) -> list[Problem]:
    """Read every kept file anew and return those that are not as recorded: bytes, rows, totals."""
    problems = []
    kept = lake_files.kept_files()
    for number, file in enumerate(kept, start=1):
        fault = _fault(lake, file)
        if fault:
            problems.append(Problem(place=file.path, message=f"{_what(file)}: {fault}"))
        progress(number, len(kept), file.unit)
    return problems


def _what(file: LakeFile) -> str:
    """Return what is hit: the data set with its business dates, or its month."""
    days = lake_files.days_in(file)
    if len(days) < 2:
        return f"{file.dataset} {file.unit}"
    return f"{file.dataset} {days[0]} to {days[-1]} ({len(days)} days)"


def _fault(lake: Lake, file: LakeFile) -> str:
    try:
        content = lake.files.read(file.path)
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    if hashlib.sha256(content).hexdigest() != file.sha256:
        return "the checksum is not the recorded one: restore it from a backup"
    count = pq.read_metadata(pa.BufferReader(content)).num_rows
    if count != file.row_count:
        return f"{count} rows, recorded are {file.row_count}"
    return _fault_of_totals(lake, file, content) if file.dataset == ARTICLE_DAYS.name else ""


def _fault_of_totals(lake: Lake, file: LakeFile, content: bytes) -> str:
    rows = pq.read_table(pa.BufferReader(content), columns=list(SUMMED_COLUMNS))
    recorded = lake_files.stock_totals_in(file)
    days = set(lake_files.days_in(file))
    # The file may hold days as well that lie in another one by now.
    found = [total for total in recounted(rows, lake.files) if total.business_date in days]
    wrong = sorted({total.business_date for total in set(found) ^ set(recorded)})
    if not wrong:
        return ""
    return (
        f"the stock's value on record for {wrong[0]} is not the sum of its rows: restore the "
        "records from a backup"
    )


def sweep_orphans(lake: Lake, *, age_seconds_min: float = ORPHAN_AGE_SECONDS_MIN) -> list[str]:
    """Remove files that no catalogue row names, as a crash leaves them; return their paths."""
    # Files are listed first, so that one registered in between is in both lists.
    found = list(lake.files.found())
    listed = lake_files.listed_paths()
    youngest = time.time() - age_seconds_min
    orphans = [
        file.path for file in found if file.path not in listed and file.modified_at <= youngest
    ]
    for path in orphans:
        lake.files.remove(path)
    return sorted(orphans)


def remove_superseded(
    lake: Lake, *, month_versions_kept: timedelta, grace: timedelta = READER_GRACE
) -> list[str]:
    """Remove files that nothing needs any more, and return their paths.

    That is: day files whose month was compacted, at once after the readers' grace; former versions
    of imported months after `month_versions_kept`. A former version of a business date is never
    removed: "what we knew then" must stay answerable.
    """
    now = timezone.now()
    imported = [dataset.name for dataset in IMPORTED]
    gone = lake_listing.forget_superseded(before=now - grace, month_datasets=imported)
    gone += lake_listing.forget_month_versions(
        before=now - max(grace, month_versions_kept), datasets=imported
    )
    # Forgotten first: a crash in between leaves orphans, which the sweeper removes.
    for path in gone:
        lake.files.remove(path)
    return gone
