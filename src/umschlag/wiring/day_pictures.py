"""Of which moment a day's picture is: its close, or an hour at which the day was not over."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from umschlag.kernel.periods import business_date_of
from umschlag.settings import Settings
from umschlag.storage.records.models import LakeDay
from umschlag.wiring.amounts import clock_text, day_text

_NOON = time(12)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPicture:
    """One business date, and when its picture was taken."""

    business_date: date
    taken_at: datetime | None
    """On the day itself, so before its close; None: the day was over, and this is its close."""
    is_running: bool
    """Whether the day is not over even now."""

    @property
    def is_close(self) -> bool:
        """Tell whether nothing of the day is missing."""
        return self.taken_at is None and not self.is_running

    @property
    def title(self) -> str:
        """What a list of the day's stock is headed with, its day as pages write it."""
        return self._titled(date_format(self.business_date))

    @property
    def title_in_print(self) -> str:
        """The same for the terminal and files, its day in figures."""
        return self._titled(day_text(self.business_date))

    def _titled(self, day: str) -> str:
        texts = {"day": day, "time": self._clock}
        if self.is_close:
            return _("Stock at the close of %(day)s") % texts
        if not self.is_running:
            return _("Stock of %(day)s as captured at %(time)s that day") % texts
        if self.taken_at is None:
            return _("Stock of %(day)s so far: the day is not over yet") % texts
        return _("Stock of %(day)s as of %(time)s: the day is not over yet") % texts

    @property
    def moment(self) -> str:
        """The moment itself, to stand after a from or a to."""
        return self._moment(date_format(self.business_date))

    @property
    def moment_in_print(self) -> str:
        """The same, its day in figures."""
        return self._moment(day_text(self.business_date))

    def _moment(self, day: str) -> str:
        texts = {"day": day, "time": self._clock}
        if self.is_close:
            return _("close of %(day)s") % texts
        if not self.is_running:
            return _("%(day)s, %(time)s") % texts
        if self.taken_at is None:
            return _("%(day)s (day not over yet)") % texts
        return _("%(day)s, %(time)s (day not over yet)") % texts

    @property
    def caution(self) -> str:
        """What the picture misses of its day; empty where it is the close."""
        if self.is_close:
            return ""
        if self.taken_at is None:
            return _("The day is not over: what is booked until its end is not in this picture.")
        return (
            _("What was booked on that day after %s is not in this picture, which is no close.")
            % self._clock
        )

    @property
    def _clock(self) -> str:
        return "" if self.taken_at is None else clock_text(self.taken_at)


def pictures_of(
    settings: Settings, days: Collection[date], *, known_at: datetime | None
) -> Mapping[date, DayPicture]:
    """Return of which moment the pictures of these days are, in the version known then."""
    versions = LakeDay.objects.filter(dataset="article_days", business_date__in=days)
    if known_at is not None:
        versions = versions.filter(published_at__lt=known_at)
    # Of a day with several versions the newest is the last, and stays.
    published = dict(versions.order_by("version").values_list("business_date", "published_at"))
    today = business_date_of(timezone.now(), settings.zone)
    return {
        day: DayPicture(
            business_date=day,
            taken_at=_amid(published.get(day), day, settings),
            is_running=day >= today,
        )
        for day in days
    }


def picture_of(settings: Settings, day: date, *, known_at: datetime | None) -> DayPicture:
    """Return of which moment the picture of the day is."""
    return pictures_of(settings, [day], known_at=known_at)[day]


def _amid(published_at: datetime | None, day: date, settings: Settings) -> datetime | None:
    if published_at is None or business_date_of(published_at, settings.zone) != day:
        return None
    return published_at


def closes_of(
    settings: Settings, days: Collection[date], *, known_at: datetime | None
) -> Mapping[date, date]:
    """Return for each day at whose close the stock was as the day's picture shows it.

    Its own where the picture is that, or was taken in the day's evening as it is set to be; of one
    taken in the night it is the close of the day before.
    """
    return {
        day: day if _is_behind(settings, picture) else day - timedelta(days=1)
        for day, picture in pictures_of(settings, days, known_at=known_at).items()
    }


def _is_behind(settings: Settings, picture: DayPicture) -> bool:
    if picture.taken_at is None:
        return picture.is_close
    # Of those who take it at night, one taken by hand in the afternoon has half a day behind it.
    is_evening = time.fromisoformat(settings.snapshot_at) >= _NOON
    return is_evening and picture.taken_at.astimezone(settings.zone).time() >= _NOON
