"""Records of changes of verdict: what it was on any day, and what changed since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from umschlag.storage.records.models import MovementChange

_BATCH_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRow:
    """One article's verdict, and what goes with it into a change."""

    article_id: int
    verdict: str
    rule_name: str
    dead_value_minor: int | None


def record_changes(rows: Iterable[JudgedRow], *, as_of_date: date) -> int:
    """Write where verdicts differ from those before the day, and return how many there are.

    A second judgement of one day replaces what the first one said of it. A day before the newest
    change is a look back and leaves no trace: changes after it would no longer follow each other.
    """
    newest = MovementChange.objects.order_by("-changed_date").first()
    if newest is not None and newest.changed_date > as_of_date:
        return 0
    before = verdicts_before(as_of_date)
    of_day = {change.article_id: change for change in changes_since(as_of_date)}
    fresh = []
    for row in rows:
        former = before.get(row.article_id, "")
        if former == row.verdict:
            continue
        change = MovementChange(
            article_id=row.article_id,
            changed_date=as_of_date,
            from_verdict=former,
            to_verdict=row.verdict,
            rule_name=row.rule_name,
            dead_value_minor=row.dead_value_minor,
        )
        known = of_day.get(row.article_id)
        if known is not None and _says_the_same(known, change):
            del of_day[row.article_id]
        else:
            fresh.append(change)
    # What is left said something of this day that no longer holds.
    _delete([change.pk for change in of_day.values()])
    MovementChange.objects.bulk_create(fresh, batch_size=_BATCH_ROWS)
    return len(fresh)


def verdicts_before(day: date) -> dict[int, str]:
    """Return the verdict on every article, by its key, as it was before the day."""
    rows = MovementChange.objects.filter(changed_date__lt=day).order_by("changed_date")
    return dict(rows.values_list("article_id", "to_verdict").iterator())


def changes_since(day: date) -> QuerySet[MovementChange]:
    """Return the changes from the day on, newest first; first verdicts on articles among them."""
    return MovementChange.objects.filter(changed_date__gte=day)


def _says_the_same(one: MovementChange, other: MovementChange) -> bool:
    names = ("from_verdict", "to_verdict", "rule_name", "dead_value_minor")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _delete(keys: Sequence[int]) -> None:
    for start in range(0, len(keys), _BATCH_ROWS):
        MovementChange.objects.filter(pk__in=keys[start : start + _BATCH_ROWS]).delete()
