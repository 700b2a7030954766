"""How old the picture is that all figures are drawn from, in words, wherever they are shown."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from umschlag.kernel.periods import business_date_of
from umschlag.settings import Settings
from umschlag.storage.records.models import RunStatus, SnapshotOrigin, SnapshotRun
from umschlag.storage.records.snapshots import is_of_recording

FRESH_DAYS_MAX = 1
"""Yesterday's picture is no cause for worry: tonight's may still be on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How old the picture is that the figures are drawn from."""

    business_date: date | None
    finished_at: datetime | None
    age_days: int | None
    article_count: int
    reconstructed_days: int
    is_recorded: bool = False
    """Whether it was taken from a recording: nobody's live figures."""

    @property
    def is_stale(self) -> bool:
        """Tell whether somebody should look after the snapshots."""
        return self.is_recorded or self.age_days is None or self.age_days > FRESH_DAYS_MAX


def freshness_of(settings: Settings) -> Freshness:
    """Return how old the newest complete snapshot is today."""
    return freshness_on(business_date_of(timezone.now(), settings.zone))


def freshness_on(today: date) -> Freshness:
    """Return how old the newest complete snapshot is on the day."""
    complete = SnapshotRun.objects.filter(status=RunStatus.COMPLETE)
    newest = complete.order_by("-business_date", "-finished_at").first()
    rebuilt = complete.filter(origin=SnapshotOrigin.RECONSTRUCTED).aggregate(
        days=Count("business_date", distinct=True)
    )["days"]
    return Freshness(
        business_date=newest.business_date if newest else None,
        finished_at=newest.finished_at if newest else None,
        age_days=(today - newest.business_date).days if newest else None,
        article_count=newest.row_count if newest else 0,
        reconstructed_days=rebuilt,
        is_recorded=newest is not None and is_of_recording(newest),
    )


def freshness_text(freshness: Freshness) -> str:
    """Return how old the picture is, in one sentence; times are the merchant's."""
    if freshness.business_date is None:
        return _("No complete snapshot yet")
    if freshness.is_recorded:
        day = date_format(freshness.business_date)
        return _("Recording of %s, not the running system") % day
    days = freshness.age_days or 0
    if days > 0:
        return (
            ngettext(
                "The last complete snapshot is %d day old",
                "The last complete snapshot is %d days old",
                days,
            )
            % days
        )
    if freshness.finished_at is None:
        return _("As of today, complete")
    finished = timezone.localtime(freshness.finished_at)
    return _("As of %s, complete") % date_format(finished, "TIME_FORMAT")
