"""What a person or the clock can ask for."""

from dataclasses import dataclass
from datetime import date

from umschlag.intelligence.snapshots.model import (
    FormerSnapshot,
    Missing,
    ReadingBatch,
    SnapshotOutcome,
    StandingDay,
    VanishedArticle,
)
from umschlag.intelligence.snapshots.ports import Attempt, Reading, SnapshotSource, SnapshotStore
from umschlag.intelligence.snapshots.rules import (
    check_replaceable,
    check_skus_differ,
    check_vanished_share,
    check_whole,
)
from umschlag.kernel.outcomes import Problem
from umschlag.kernel.progress import Progress, untold

UNEXPLAINED_TOLD_MAX = 100
"""So many unexplained SKUs are named one by one; the rest are counted."""


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
    standing = store.standing(business_date)
    if standing is not None:
        return SnapshotOutcome(
            business_date=business_date,
            origin=standing.origin,
            article_count=standing.article_count,
            vanished_count=0,
            was_there_already=True,
        )
    with store.attempt(business_date, source) as attempt:
        return _taken(
            attempt,
            source,
            business_date=business_date,
            vanished_percent_max=vanished_percent_max,
            progress=progress,
        )


def replace_day(
    *,
    business_date: date,
    source: SnapshotSource,
    store: SnapshotStore,
    vanished_percent_max: float,
    over_captured: bool = False,
) -> SnapshotOutcome:
    """Publish a new version of the day, which supersedes the one that stands, if any.

    The current state follows only where it is the newest day. The superseded version stays in
    the catalogue: what we knew before remains answerable.

    Raises:
        CapturedDayStands: a captured day would be replaced by a rebuilt one.
        SnapshotIncomplete: the source did not deliver everything, or too much vanished.
        SnapshotUnderWay: another attempt at this day is running.
    """
    standing: StandingDay | None = store.standing(business_date)
    if standing is not None:
        check_replaceable(
            standing, by=source.origin, business_date=business_date, over_captured=over_captured
        )
    with store.attempt(business_date, source, replacing=standing) as attempt:
        return _taken(
            attempt,
            source,
            business_date=business_date,
            vanished_percent_max=vanished_percent_max,
        )


def _taken(
    attempt: Attempt,
    source: SnapshotSource,
    *,
    business_date: date,
    vanished_percent_max: float,
    progress: Progress = untold,
) -> SnapshotOutcome:
    """Read everything into the draft before any of it is shown; then show all of it."""
    reading = _read_into(attempt, source, business_date, progress)
    search = _search(attempt, source)
    check_skus_differ(
        business_date=business_date,
        article_count=attempt.article_count,
        sku_count=attempt.sku_count(),
    )
    check_vanished_share(
        former=search.former,
        deleted_count=search.deleted_count,
        percent_max=vanished_percent_max,
        business_date=business_date,
    )
    outcome = SnapshotOutcome(
        business_date=business_date,
        origin=source.origin,
        article_count=attempt.article_count,
        vanished_count=len(search.former.vanished),
        expected_count=reading.expected_count,
        found_count=len(search.missing.found.articles),
        deleted_count=search.deleted_count,
        unexplained_count=len(search.unexplained),
        problems=(*reading.problems, *search.problems()),
        calls_used=source.calls_used,
        retries=source.retries,
        was_resumed=reading.was_resumed,
    )
    attempt.publish(outcome)
    source.published(business_date)
    return outcome


def _read_into(
    attempt: Attempt, source: SnapshotSource, business_date: date, progress: Progress
) -> Reading:
    def told(done: int, total: int | None, what: str) -> None:
        attempt.keep_alive()
        progress(done, total, what)

    reading = source.read(business_date, told)
    for batch in reading.batches():
        attempt.add(batch)
        attempt.keep_alive()
    check_whole(
        business_date=business_date,
        article_count=attempt.article_count,
        unusable_count=reading.unusable_count,
        expected_count=reading.expected_count,
    )
    return reading


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """What became of the articles that the reading lacks."""

    former: FormerSnapshot
    """Compared after those that were found had been added."""
    missing: Missing

    @property
    def deleted_count(self) -> int:
        return sum(gone.variation_id in self.missing.deleted for gone in self.former.vanished)

    @property
    def unexplained(self) -> list[VanishedArticle]:
        """Taken from the comparison, so that an answer which leaves one out hides nothing."""
        return [
            gone
            for gone in self.former.vanished
            if not gone.has_new_sku and gone.variation_id not in self.missing.deleted
        ]

    def problems(self) -> list[Problem]:
        unexplained = self.unexplained
        told = [
            Problem(
                place=f"SKU {gone.sku}",
                message=f"kept as vanished: variation {gone.variation_id} is gone, "
                "and nothing says that it was deleted",
            )
            for gone in unexplained[:UNEXPLAINED_TOLD_MAX]
        ]
        more = len(unexplained) - len(told)
        if more:
            told.append(Problem(place="vanished", message=f"{more} more that nothing explains"))
        if self.missing.note:
            told.append(Problem(place="vanished", message=self.missing.note))
        return told


def _search(attempt: Attempt, source: SnapshotSource) -> _Search:
    """Ask the source for what the former snapshot had; add to the draft what is there after all."""
    former = attempt.former()
    asked = {
        gone.variation_id
        for gone in former.vanished
        if gone.variation_id is not None and not gone.has_new_sku
    }
    missing = Missing(found=ReadingBatch(articles=()))
    if asked and former.business_date is not None:
        missing = source.look_for(asked, since=former.business_date)
    if missing.found.articles:
        attempt.add(missing.found)
        former = attempt.former()
    return _Search(former=former, missing=missing)
