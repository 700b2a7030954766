"""Up to which day sales are whole: a forecast begins where they end."""

from datetime import date, timedelta

from django.utils import timezone

from umschlag.kernel.periods import business_date_of
from umschlag.settings import Settings
from umschlag.wiring.day_pictures import picture_of
from umschlag.wiring.looking_back import sales_known_through

_ONE_DAY = timedelta(days=1)


def sold_before(settings: Settings, day: date) -> date:
    """Return the last day whose sales the stock in the picture of `day` has behind it.

    The day itself where the picture is its close. One taken in the night shows with what the day
    begins: taken as a day without sales it would make every rate smaller, and the day that the
    stock still has to last for would be missing from the forecast.
    """
    is_close = picture_of(settings, day, known_at=None).is_close
    return day if is_close else day - _ONE_DAY


def picture_after(settings: Settings, day: date) -> date:
    """Return the day whose picture shows what `day` left: its own, or the next one's."""
    is_close = picture_of(settings, day, known_at=None).is_close
    return day if is_close else day + _ONE_DAY


def sales_whole_through(settings: Settings) -> date | None:
    """Return the newest day with a sale that is over; None where nothing ever sold."""
    known = sales_known_through(settings)
    yesterday = business_date_of(timezone.now(), settings.zone) - _ONE_DAY
    return None if known is None else min(known, yesterday)
