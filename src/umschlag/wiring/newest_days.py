"""Which days of the history are told of where nobody asks for certain ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from umschlag.kernel.errors import BadInput, NotFound
from umschlag.kernel.periods import business_date_of
from umschlag.settings import Settings
from umschlag.wiring.looking_back import KnownDays, nothing_known

DAYS_COMPARED = 7
DAYS_OUT_COUNTED = 90
SPANS_COMPARED = (1, 7, 30, 90)
SPANS_COUNTED = (30, 90, 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """Which days are told of where nobody names any, and what one click shows on a page."""

    through: date | None
    days: int
    spans: Sequence[int]
    counts_both_ends: bool
    """Whether the days are counted one by one; else what lies between two of them is told."""

    def period(
        self, known: KnownDays, *, since: date | None, through: date | None
    ) -> tuple[date, date] | None:
        """Return the days asked for, the newest where none are; None where no day is known.

        Days that are still to come cannot be counted, and are left out.
        """
        if not known.days:
            return None
        if through is None or (self.counts_both_ends and through > known.days[-1]):
            through = self.through
        if through is None:
            return None
        return since or known.nearest(self.first_of(self.days, through)), through

    def first_of(self, days: int, through: date) -> date:
        """Return the first day of so many up to `through`."""
        return through - timedelta(days=days - self.counts_both_ends)

    def days_from(self, since: date, through: date) -> int:
        """Return how many days that is."""
        return (through - since).days + self.counts_both_ends


def newest_compared(known: KnownDays) -> Newest:
    """Return the newest days to compare: today, as far as it is known, is one of them."""
    return Newest(
        through=known.days[-1] if known.days else None,
        days=DAYS_COMPARED,
        spans=SPANS_COMPARED,
        counts_both_ends=False,
    )


def newest_counted(settings: Settings, known: KnownDays) -> Newest:
    """Return the newest days to count: a day that is not over is none of them."""
    return Newest(
        through=known.newest_over(business_date_of(timezone.now(), settings.zone)),
        days=DAYS_OUT_COUNTED,
        spans=SPANS_COUNTED,
        counts_both_ends=True,
    )


def asked_period(
    settings: Settings,
    known: KnownDays,
    newest: Newest,
    *,
    since: date | None,
    through: date | None,
) -> tuple[date, date]:
    """Return the first and the last day asked for, the newest where none are.

    Raises:
        NotFound: nothing is known, or a day to compare has no snapshot.
        BadInput: the days are the wrong way round, or one day where two are to be compared.
    """
    found = newest.period(known, since=since, through=through)
    if found is None:
        raise NotFound(nothing_known(settings, known), field="through")
    first, last = found
    if first > last or (first == last and not newest.counts_both_ends):
        if len(known.days) == 1:
            raise NotFound(
                f"there is one snapshot, that of {known.days[0]}: changes show from the second on",
                field="since",
            )
        if first == last:
            raise BadInput(f"{first} is both the first and the last day", field="since")
        newest_told = "" if last == through else ", the newest day that can be told"
        raise BadInput(f"{first} is after {last}{newest_told}", field="since")
    if newest.counts_both_ends and not any(first <= day <= last for day in known.days):
        raise NotFound(
            f"no day from {first} through {last} has a snapshot; the nearest is that of "
            f"{known.nearest(last)}",
            field="since",
        )
    for name, day in (("since", first), ("through", last)):
        if day not in known.days and not newest.counts_both_ends:
            raise NotFound(
                f"there is no snapshot of {day}; the nearest is that of {known.nearest(day)}",
                field=name,
            )
    return first, last
