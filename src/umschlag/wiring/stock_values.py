"""The stock's value at the close of each day, for the dashboard's chart."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.db.models import Count, Max

from umschlag.kernel.money import Money
from umschlag.kernel.periods import last_days
from umschlag.settings import Settings
from umschlag.storage.records.models import CURRENT_FILES, LakeFile

DAYS_SHOWN = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class DayValue:
    """Stock value at the close of one day."""

    business_date: date
    value: Money
    reconstructed: bool


def stock_value_by_day(settings: Settings, today: date) -> tuple[DayValue, ...]:
    """Return the newest days, oldest first, up to `today`; days without a picture are missing."""
    listed = LakeFile.objects.filter(CURRENT_FILES, dataset="article_days").aggregate(
        newest=Max("pk"), number=Count("pk")
    )
    catalogue = (listed["newest"], listed["number"])
    return _values_of(str(settings.lake_dir), catalogue, today, settings.currency)


@lru_cache(maxsize=4)
def _values_of(
    folder: str, catalogue: tuple[int | None, int], today: date, currency: str
) -> tuple[DayValue, ...]:
    """Return each day's value; asked again only when the catalogue lists other files."""
    # Imported when asked, since the engine takes longer to load than the rest of the page.
    from umschlag.storage.lake.lake import Lake
    from umschlag.storage.lake.questions import Question

    del catalogue
    question = Question.load("umschlag.intelligence.snapshots", "stock_value_by_day")
    shown = last_days(DAYS_SHOWN, through_date=today)
    answer = Lake(folder=Path(folder)).ask(question, since=shown.start_date, until=shown.end_date)
    return tuple(
        DayValue(
            business_date=row["business_date"],
            value=Money(int(row["value_minor"] or 0), currency),
            reconstructed=bool(row["is_reconstructed"]),
        )
        for row in answer.to_pylist()
    )
