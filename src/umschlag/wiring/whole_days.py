"""Up to which day sales are whole: a forecast begins where they end."""

from datetime import date, timedelta

from django.utils import timezone

from umschlag.kernel.periods import business_date_of
from umschlag.settings import Settings
from umschlag.storage.records.models import LakeDay
from umschlag.storage.records.sync_runs import last_read_at
from umschlag.wiring.day_pictures import closes_of
from umschlag.wiring.history import ORDERS_SOURCE
from umschlag.wiring.looking_back import sales_known_through
from umschlag.wiring.own_data import SALES_FILE_SOURCE

_ONE_DAY = timedelta(days=1)


def sold_before(settings: Settings, day: date) -> date:
    """Return the last day whose sales the stock in the picture of `day` has behind it.

    The day itself where the picture is its close, or was taken in its evening as it is set to be.
    One taken in the night shows with what the day begins: taken as a day without sales it would
    make every rate smaller, and the day that the stock still has to last for would be missing
    from the forecast.
    """
    return closes_of(settings, [day], known_at=None)[day]


def picture_after(settings: Settings, day: date) -> date:
    """Return the day whose picture shows what `day` left: its own, or the next one's.

    The next one's as well where the day has none and the next shows with what it begins.
    """
    following = day + _ONE_DAY
    pictured = LakeDay.objects.filter(dataset="article_days", business_date__in=[day, following])
    closes = closes_of(settings, pictured.values_list("business_date", flat=True), known_at=None)
    if closes.get(day) == day:
        return day
    return following if day in closes or closes.get(following) == day else day


def sales_whole_through(settings: Settings) -> date | None:
    """Return the newest day with a sale that was over when sales were last read to their end.

    None where nothing ever sold.
    """
    known = sales_known_through(settings)
    if known is None:
        return None
    # Orders read in the night hold its first hours, and if nobody reads again, the next day would
    # take them for the whole of it.
    read_at = last_read_at(ORDERS_SOURCE, SALES_FILE_SOURCE) or timezone.now()
    return min(known, business_date_of(read_at, settings.zone) - _ONE_DAY)
