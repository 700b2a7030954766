"""What `umschlag doctor` finds about the lake: its files, how they lie, and what is in them."""

from umschlag.kernel.progress import Progress
from umschlag.settings import Settings
from umschlag.storage.lake import compaction
from umschlag.storage.lake.files import FilesUnavailable
from umschlag.storage.lake.upkeep import verify
from umschlag.storage.records import lake_files
from umschlag.wiring.doctoring import Finding, Health
from umschlag.wiring.lake import open_lake

DAMAGED_NAMED_MAX = 20
OVERDUE_MONTHS_MAX = 2
"""One month's end and one late correction may wait for the next night."""


def lake_files_finding(settings: Settings) -> Finding:
    """Hold the catalogue against the files that are there, without reading any."""
    kept = lake_files.kept_files()
    files = open_lake(settings).files
    try:
        files.require_usable()
        wrong = [file.path for file in kept if files.size(file.path) != file.byte_count]
    except FilesUnavailable as error:
        return Finding(
            what="Lake and records",
            health=Health.BROKEN,
            said="the lake's files cannot be looked at",
            remedy=error.message,
        )
    where = settings.lake_files or "on this disk"
    if not wrong:
        return Finding(
            what="Lake and records",
            health=Health.GOOD,
            said=f"agree on {len(kept)} files {where}",
        )
    return Finding(
        what="Lake and records",
        health=Health.BROKEN,
        said=f"{len(wrong)} of {len(kept)} files {where} are missing or cut off, first: {wrong[0]}",
        remedy="`umschlag restore FILE --replace` brings back the newest backup",
    )


def compaction_finding() -> Finding:
    """Look at how many days lie in files of their own."""
    held = compaction.state()
    if not held.loose_days and held.compacted_at is None:
        return Finding(what="Compaction", health=Health.UNSET, said="there is no day yet")
    last = f"last on {held.compacted_at:%Y-%m-%d %H:%M} UTC" if held.compacted_at else "never yet"
    said = f"{held.packed_days} days in months' files, {held.loose_days} in their own; {last}"
    if held.overdue_months <= OVERDUE_MONTHS_MAX:
        return Finding(what="Compaction", health=Health.GOOD, said=said)
    return Finding(
        what="Compaction",
        health=Health.BROKEN,
        said=f"{said}; {held.overdue_months} months wait, and questions take longer",
        remedy="`umschlag compact` does it now; the worker does it after each snapshot",
    )


def lake_contents_finding(settings: Settings, progress: Progress) -> Finding:
    """Read every file that is kept and check it."""
    problems = verify(open_lake(settings), progress=progress)
    if not problems:
        return Finding(what="Lake", health=Health.GOOD, said="every file read, all checksums right")
    return Finding(
        what="Lake",
        health=Health.BROKEN,
        said=f"{len(problems)} files are damaged: "
        + "; ".join(str(problem) for problem in problems[:DAMAGED_NAMED_MAX]),
        remedy="`umschlag restore FILE --replace` brings back the newest backup",
    )
