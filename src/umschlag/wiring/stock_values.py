"""The stock's value at the close of each day, for the dashboard's chart."""

from dataclasses import dataclass
from datetime import date

from umschlag.kernel.money import Money
from umschlag.kernel.periods import last_days
from umschlag.settings import Settings

DAYS_SHOWN = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class DayValue:
    """Stock value at the close of one day."""

    business_date: date
    value: Money
    reconstructed: bool


def stock_value_by_day(settings: Settings, today: date) -> tuple[DayValue, ...]:
    """Return the newest days, oldest first, up to `today`; days without a picture are missing."""
    # Imported when asked, since the engine takes longer to load than the rest of the page.
    from umschlag.storage.lake.questions import Question
    from umschlag.wiring.lake import open_lake

    question = Question.load("umschlag.intelligence.snapshots", "stock_value_by_day")
    shown = last_days(DAYS_SHOWN, through_date=today)
    lake = open_lake(settings)
    answer = lake.ask(question, since=shown.start_date, until=shown.end_date)
    currency = settings.currency
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
