"""The stock's value at the close of each day, for the dashboard's chart."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.db.models import Count, Max

from umschlag.kernel.money import Money
from umschlag.kernel.periods import last_days
from umschlag.settings import Settings
from umschlag.storage.records.models import CURRENT_DAYS, LakeDay

DAYS_SHOWN = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class DayValue:
    """Stock value at the close of one day."""

    business_date: date
    value: Money
    reconstructed: bool


def stock_value_by_day(settings: Settings, today: date) -> tuple[DayValue, ...]:
    """Return the newest days, oldest first, up to `today`; days without a picture are missing."""
    listed = LakeDay.objects.filter(CURRENT_DAYS, dataset="article_days").aggregate(
        newest=Max("pk"), number=Count("pk")
    )
    return _values_of(
        _Wanted(
            place=str(settings.lake_dir),
            newest=listed["newest"],
            number=listed["number"],
            today=today,
            settings=settings,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What is asked for; the same again as long as the catalogue lists the same days."""

    place: str
    newest: int | None
    number: int
    today: date
    settings: Settings = field(compare=False)


@lru_cache(maxsize=4)
def _values_of(wanted: _Wanted) -> tuple[DayValue, ...]:
    """Return each day's value; asked again only when the catalogue lists other days."""
    # Imported when asked, since the engine takes longer to load than the rest of the page.
    from umschlag.storage.lake.questions import Question
    from umschlag.wiring.lake import open_lake

    question = Question.load("umschlag.intelligence.snapshots", "stock_value_by_day")
    shown = last_days(DAYS_SHOWN, through_date=wanted.today)
    lake = open_lake(wanted.settings)
    answer = lake.ask(question, since=shown.start_date, until=shown.end_date)
    currency = wanted.settings.currency
    days: dict[date, DayValue] = {}
    for row in answer.to_pylist():
        # Articles that are kept in another currency are left out, as in all our sums.
        if (row["currency"] or currency) != currency:
            continue
        day = row["business_date"]
        former = days.get(day)
        days[day] = DayValue(
            business_date=day,
            value=Money(row["value_minor"] + (former.value.minor if former else 0), currency),
            reconstructed=row["is_reconstructed"] or (former is not None and former.reconstructed),
        )
    return tuple(days.values())
