"""What a person or the clock can ask for."""

from datetime import date

from umschlag.intelligence.snapshots.model import Snapshot, SnapshotOutcome
from umschlag.intelligence.snapshots.ports import SnapshotSource, SnapshotStore
from umschlag.intelligence.snapshots.rules import check_vanished_share, check_whole
from umschlag.kernel.progress import Progress, untold


def take_daily_snapshot(
    *,
    business_date: date,
    source: SnapshotSource,
    store: SnapshotStore,
    vanished_percent_max: float,
    progress: Progress = untold,
) -> SnapshotOutcome:
    """Publish the day's whole picture, or nothing; a day that has one stays as it is.

    Raises:
        SnapshotIncomplete: the source did not deliver everything, or too much vanished.
        SnapshotUnderWay: another attempt at this day is running.
    """
    known_count = store.article_count_on(business_date)
    if known_count is not None:
        return SnapshotOutcome(
            business_date=business_date,
            origin=source.origin,
            article_count=known_count,
            vanished_count=0,
            was_there_already=True,
        )
    with store.attempt(business_date, source.origin) as attempt:
        # Read everything before writing: half a day would look like a stock-out.
        reading = source.read(business_date, progress)
        check_whole(reading, business_date=business_date)
        seen = {state.master.sku for state in reading.articles}
        former = store.before(business_date, without=seen)
        check_vanished_share(
            former=former, percent_max=vanished_percent_max, business_date=business_date
        )
        snapshot = Snapshot(
            business_date=business_date,
            origin=source.origin,
            articles=reading.articles,
            tombstones=former.others,
            positions=reading.positions,
        )
        attempt.publish(snapshot, reading=reading, vanished_count=former.vanished_count)
    return SnapshotOutcome(
        business_date=business_date,
        origin=source.origin,
        article_count=len(reading.articles),
        vanished_count=former.vanished_count,
        problems=reading.problems,
        calls_used=reading.calls_used,
        retries=reading.retries,
    )
