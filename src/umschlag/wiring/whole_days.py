"""Up to which day sales are whole: a forecast begins where they end."""

from datetime import date, time, timedelta

from django.utils import timezone

from umschlag.kernel.periods import business_date_of
from umschlag.settings import Settings
from umschlag.wiring.day_pictures import picture_of
from umschlag.wiring.looking_back import sales_known_through

_ONE_DAY = timedelta(days=1)
_NOON = time(12)


def sold_before(settings: Settings, day: date) -> date:
    """Return the last day whose sales the stock in the picture of `day` has behind it.

    The day itself where the picture is its close, or was taken in its evening as it is set to be.
    One taken in the night shows with what the day begins: taken as a day without sales it would
    make every rate smaller, and the day that the stock still has to last for would be missing
    from the forecast.
    """
    return day if _is_behind(settings, day) else day - _ONE_DAY


def picture_after(settings: Settings, day: date) -> date:
    """Return the day whose picture shows what `day` left: its own, or the next one's."""
    return day if _is_behind(settings, day) else day + _ONE_DAY


def _is_behind(settings: Settings, day: date) -> bool:
    picture = picture_of(settings, day, known_at=None)
    if picture.taken_at is None:
        return picture.is_close
    # Of those who take it at night, one taken by hand in the afternoon has half a day behind it.
    is_evening = time.fromisoformat(settings.snapshot_at) >= _NOON
    return is_evening and picture.taken_at.astimezone(settings.zone).time() >= _NOON


def sales_whole_through(settings: Settings) -> date | None:
    """Return the newest day with a sale that is over; None where nothing ever sold."""
    known = sales_known_through(settings)
    yesterday = business_date_of(timezone.now(), settings.zone) - _ONE_DAY
    return None if known is None else min(known, yesterday)
