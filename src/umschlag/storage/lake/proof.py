"""The proof that rows which lie otherwise still say the same: day by day, to the last cell."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from umschlag.kernel.errors import UmschlagError
from umschlag.storage.lake.datasets import ARTICLE_DAYS, ARTICLE_SPANS, Dataset
from umschlag.storage.lake.files import Files, LocalFiles
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.rewriting import answered
from umschlag.storage.lake.sources import Part, Source


class CompactionDiffers(UmschlagError):
    """The compacted rows do not say what the days said; they were thrown away, nothing changed."""


@dataclass(frozen=True, slots=True)
class DaySum:
    """What a day's rows come to, whatever their order."""

    row_count: int
    checksum: int


def sums_of(dataset: Dataset, source: Source, files: Files) -> dict[date, DaySum]:
    """Return what each day in the rows comes to."""
    return _day_sums(answered(_sum_question(dataset), {dataset.name: source}, files))


def sums_of_spans(file: Path, days: Collection[date]) -> dict[date, DaySum]:
    """Return what each of the days comes to when the file of spans is unfolded again."""
    dates = pa.table([pa.array(sorted(days), pa.date32())], names=["business_date"])
    unfolded = {
        "spans": Source(dataset=ARTICLE_SPANS, parts=[Part(path=file.name, units=())]),
        "days": Source(dataset=ARTICLE_DAYS, rows=dates),
        ARTICLE_DAYS.name: Source(dataset=ARTICLE_DAYS, view=_UNFOLDED),
    }
    return _day_sums(answered(_sum_question(ARTICLE_DAYS), unfolded, LocalFiles(file.parent)))


def _day_sums(answer: pa.Table) -> dict[date, DaySum]:
    return {
        row["business_date"]: DaySum(row["row_count"], row["checksum"])
        for row in answer.to_pylist()
    }


def require_equal(told: Mapping[date, DaySum], found: Mapping[date, DaySum], what: str) -> None:
    """Compare what went in with what came out.

    Raises:
        CompactionDiffers: a day is not what it was.
    """
    different = sorted(day for day in told.keys() | found.keys() if told.get(day) != found.get(day))
    if different:
        raise CompactionDiffers(
            f"{what}: the compacted rows of {different[0]} and {len(different) - 1} other days are "
            "not those of the snapshot; the days stay as they were. Please report this"
        )


def _sum_question(dataset: Dataset) -> Question:
    names = ", ".join(dataset.columns.names)
    return Question.parse(
        "select business_date, count(*) as row_count, "  # noqa: S608 - names are ours
        f"cast(bit_xor(hash({names})) as text) as checksum "
        f"from {dataset.name} group by business_date",
        name="sums",
    )


_TOLD_APART = {
    "business_date": "days.business_date",
    "last_seen_date": "coalesce(spans.last_seen_date, days.business_date) as last_seen_date",
}
_UNFOLDED_COLUMNS = ", ".join(
    _TOLD_APART.get(name, f"spans.{name}") for name in ARTICLE_DAYS.columns.names
)
_UNFOLDED = (
    f"select {_UNFOLDED_COLUMNS} from spans "  # noqa: S608 - names are ours
    "inner join days on days.business_date >= spans.from_date "
    "and days.business_date < spans.until_date"
)
