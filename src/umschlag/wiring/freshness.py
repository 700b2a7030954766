"""How old the picture is that all figures are drawn from, in words, wherever they are shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from umschlag.kernel.periods import business_date_of
from umschlag.settings import Settings
from umschlag.storage.records.models import (
    ArticleForecast,
    ArticleMovement,
    RunStatus,
    SnapshotOrigin,
    SnapshotRun,
    SyncRun,
)
from umschlag.storage.records.snapshots import is_of_recording
from umschlag.wiring.amounts import clock_text, count_text, day_text
from umschlag.wiring.history import ORDERS_SOURCE
from umschlag.wiring.whole_days import sold_before

FRESH_DAYS_MAX = 1
"""Yesterday's picture is no cause for worry: tonight's may still be on its way."""
SOURCE_TITLES: Mapping[str, str] = {
    "autofba": gettext_noop("Clients and stores"),
    "buying_sheet": gettext_noop("Buying sheet"),
    "ungating": gettext_noop("Ungating"),
    "sellerboard": gettext_noop("Sellerboard"),
}
"""What else figures are drawn from, by the name that its imports are recorded under."""


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
    orders_date: date | None = None
    """When orders were last read whole; None: never from the ERP."""
    judged_date: date | None = None
    """The day that the classification is about."""
    forecast_date: date | None = None
    sold_through_date: date | None = None
    """The last day whose sales verdicts and forecasts from the newest picture count."""

    @property
    def is_stale(self) -> bool:
        """Tell whether somebody should look after the snapshots, or what is made from them."""
        is_old = self.age_days is None or self.age_days > FRESH_DAYS_MAX
        return self.is_recorded or is_old or bool(self.behind)

    @property
    def behind(self) -> Mapping[str, date]:
        """What is older than the picture itself, with its day."""
        picture = self.business_date
        made = {
            "orders": (self.orders_date, picture),
            "classification": (self.judged_date, picture),
            "forecast": (self.forecast_date, self.sold_through_date),
        }
        return {name: day for name, (day, due) in made.items() if due and day and day < due}


def freshness_of(settings: Settings) -> Freshness:
    """Return how old the newest complete snapshot is today."""
    return freshness_on(settings, business_date_of(timezone.now(), settings.zone))


def freshness_on(settings: Settings, today: date) -> Freshness:
    """Return how old the newest complete snapshot is on the day."""
    complete = SnapshotRun.objects.filter(status=RunStatus.COMPLETE)
    newest = complete.order_by("-business_date", "-finished_at").first()
    rebuilt = complete.filter(origin=SnapshotOrigin.RECONSTRUCTED).aggregate(
        days=Count("business_date", distinct=True)
    )["days"]
    orders = _newest_sync(ORDERS_SOURCE)
    return Freshness(
        business_date=newest.business_date if newest else None,
        finished_at=newest.finished_at if newest else None,
        age_days=(today - newest.business_date).days if newest else None,
        article_count=newest.row_count if newest else 0,
        reconstructed_days=rebuilt,
        is_recorded=newest is not None and is_of_recording(newest),
        orders_date=timezone.localtime(orders).date() if orders else None,
        # All classifications are of one day, and the newest forecasts were written last: neither
        # needs a look at every row, and this is asked on every page.
        judged_date=ArticleMovement.objects.values_list("as_of_date", flat=True).first(),
        forecast_date=ArticleForecast.objects.order_by("-pk")
        .values_list("made_date", flat=True)
        .first(),
        sold_through_date=sold_before(settings, newest.business_date) if newest else None,
    )


def _newest_sync(source: str) -> datetime | None:
    runs = SyncRun.objects.filter(source=source, status=RunStatus.COMPLETE)
    return runs.order_by("-pk").values_list("finished_at", flat=True).first()


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
    return _("As of %s, complete") % clock_text(freshness.finished_at)


def complete_text() -> str:
    """Return what is meant by a complete snapshot, for who wonders."""
    return _(
        "Complete: every article that the ERP counted was read with its stock in every warehouse, "
        "or the day is not shown at all. Rows that cannot be used are named under what was "
        "skipped; orders, classification and forecast are named here where they are older."
    )


def sold_through_text(freshness: Freshness) -> str:
    """Return through which day sales are counted; empty where the picture's own is among them."""
    day = freshness.sold_through_date
    if day is None or day == freshness.business_date:
        return ""
    return _("verdicts and forecasts count sales through %s") % date_format(day)


_BEHIND: Mapping[str, str] = {
    "orders": gettext_noop("Orders were last read on %s: later sales are missing"),
    "classification": gettext_noop("The classification is still that of %s"),
    "forecast": gettext_noop("Forecasts and proposals are still as of the close of %s"),
}


def behind_texts(
    freshness: Freshness, *, written: Callable[[date], str] = date_format
) -> list[str]:
    """Return what was not made anew since the picture was taken, a sentence each."""
    return [_(_BEHIND[name]) % written(day) for name, day in freshness.behind.items()]


def freshness_lines(freshness: Freshness) -> list[str]:
    """Return for print and mail what a page's line says; nothing before the first snapshot."""
    if freshness.business_date is None:
        return []
    picture = _("%(freshness)s (stock of %(day)s, %(articles)s articles)") % {
        "freshness": freshness_text(freshness),
        "day": day_text(freshness.business_date),
        "articles": count_text(freshness.article_count),
    }
    return [picture, *behind_texts(freshness, written=day_text)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFreshness:
    """When one outside system was last read whole."""

    source: str
    read_at: datetime | None

    @property
    def is_stale(self) -> bool:
        """Tell whether it was not read for more than a day and a bit, or never."""
        if self.read_at is None:
            return True
        return timezone.now() - self.read_at > timedelta(days=FRESH_DAYS_MAX, hours=2)

    @property
    def text(self) -> str:
        """What was read, and when."""
        title = _(SOURCE_TITLES[self.source])
        if self.read_at is None:
            return _("%s: never read") % title
        when = date_format(timezone.localtime(self.read_at), "SHORT_DATETIME_FORMAT")
        return _("%(source)s as of %(when)s") % {"source": title, "when": when}


def sources_freshness(sources: Sequence[str]) -> list[SourceFreshness]:
    """Return when each of the sources was last read whole."""
    return [SourceFreshness(source=name, read_at=_newest_sync(name)) for name in sources]
