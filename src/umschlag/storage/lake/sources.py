"""Which rows a question is handed: the files, and of a month's file the days that count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple, cast

import pyarrow as pa

from umschlag.kernel.errors import BadInput
from umschlag.storage.lake.datasets import (
    ARTICLE_DAYS,
    ARTICLE_SPANS,
    ARTICLE_SPANS_OF_PERIOD,
    CONVERSION_DAYS,
    SNAPSHOT_DAYS,
    SNAPSHOT_NUMBERS,
    STOCK_TOTALS,
    Cut,
    Dataset,
    dataset_named,
)
from umschlag.storage.lake.questions import Question, UnitsNeeded
from umschlag.storage.records import lake_files
from umschlag.storage.records.exchange_rates import conversion_factors
from umschlag.storage.records.lake_files import DayHeld
from umschlag.storage.records.models import LakeFile

_ONE_DAY = timedelta(days=1)
SPANS_OF_MONTHS = "article_spans_of_months"
SPANS_OF_DAYS = "article_spans_of_days"


class UnitVersion(NamedTuple):
    """One version of a day or month: equal ones have equal rows, in whatever file they lie."""

    name: str
    version: int
    published_at: datetime
    """Tells versions of one number apart, as a restored backup brings them about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file's rows, or those of some business dates in it."""

    path: str
    units: tuple[UnitVersion, ...]
    """The days or the month it stands for, each with its version."""
    only_days: tuple[date, ...] | None = None
    """Other days lie in the file as well and must be left out; None: the whole file counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The rows behind one table that a question can name: parts of files, given rows, or a view."""

    dataset: Dataset
    parts: Sequence[Part] = ()
    rows: pa.Table | None = None
    view: str = ""
    """A query over the other sources, in PostgreSQL's dialect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which days a question is about, and what was known when."""

    since: date | None = None
    until: date | None = None
    """Excluded."""
    known_at: datetime | None = None
    """None: now."""
    only: frozenset[date] | None = None
    """The days in between are not asked for; None: all are."""

    def covers(self, day: DayHeld) -> bool:
        """Tell whether the question is about this day."""
        if self.only is not None and day.business_date not in self.only:
            return False
        after = self.since is None or day.business_date >= self.since
        return after and (self.until is None or day.business_date < self.until)


def sources_of(
    question: Question, reach: Reach, given: Mapping[str, object], *, reads_spans: bool = True
) -> dict[str, Source]:
    """Return what the question's tables are, by name.

    Without `reads_spans` every span is made from days, for an engine that has the days alone.

    Raises:
        BadInput: the question compares two days, and one of them has no snapshot; or it is about
            the snapshots of a period, and no period is given.
    """
    sources: dict[str, Source] = {}
    if question.units is UnitsNeeded.ENDS:
        reach = _ends(reach, given)
    for name in sorted(question.tables):
        dataset = dataset_named(name)
        if dataset is SNAPSHOT_DAYS:
            sources[name] = _snapshot_days(reach.known_at)
        elif dataset is STOCK_TOTALS:
            sources[name] = _stock_totals(reach)
        elif dataset is CONVERSION_DAYS:
            sources[name] = _conversion_days(reach, cast("str", given["currency"]))
        elif dataset is SNAPSHOT_NUMBERS:
            sources[name] = _snapshot_numbers(reach)
        elif dataset in (ARTICLE_SPANS, ARTICLE_SPANS_OF_PERIOD):
            own = _narrowed(question, ARTICLE_DAYS, reach, given)
            sources |= _spans(own) if reads_spans else _spans_of_days(own)
            if dataset is ARTICLE_SPANS_OF_PERIOD:
                sources |= _spans_of_period(reach)
        elif dataset.cut is Cut.DAY:
            own = _narrowed(question, dataset, reach, given)
            sources[name] = Source(dataset=dataset, parts=day_parts(_days(dataset, own)))
        else:
            sources[name] = Source(dataset=dataset, parts=_month_parts(dataset, reach))
    return sources


def _narrowed(
    question: Question, dataset: Dataset, reach: Reach, given: Mapping[str, object]
) -> Reach:
    if question.units in (UnitsNeeded.ALL, UnitsNeeded.ENDS):
        return reach
    last = None
    if question.units is UnitsNeeded.AS_OF:
        last = cast("date", given["as_of"])
    day = lake_files.newest_day(dataset.name, through=last, known_at=reach.known_at)
    if day is None:
        return Reach(since=date.min, until=date.min, known_at=reach.known_at)
    return Reach(since=day, until=day + _ONE_DAY, known_at=reach.known_at)


def _ends(reach: Reach, given: Mapping[str, object]) -> Reach:
    since, through = cast("date", given["since"]), cast("date", given["through"])
    for name, day in (("since", since), ("through", through)):
        _require_snapshot(day, reach.known_at, name)
    return Reach(
        since=min(since, through),
        until=max(since, through) + _ONE_DAY,
        known_at=reach.known_at,
        only=frozenset({since, through}),
    )


def _require_snapshot(day: date, known_at: datetime | None, name: str) -> None:
    """Refuse a day without snapshot: compared with it, every article would seem to be new or gone.

    Raises:
        BadInput: there is none; the message names the nearest one before.
    """
    before = lake_files.newest_day(ARTICLE_DAYS.name, through=day, known_at=known_at)
    if before == day:
        return
    nearest = f"the nearest one before is of {before}" if before else "none before it either"
    raise BadInput(f"there is no snapshot of {day}, {nearest}", field=name)


def _days(dataset: Dataset, reach: Reach) -> list[DayHeld]:
    days = lake_files.days_held(
        dataset.name, since=reach.since, until=reach.until, known_at=reach.known_at
    )
    return [day for day in days if reach.covers(day)]


def day_parts(days: Sequence[DayHeld]) -> list[Part]:
    """Return the files that hold these days, and nothing but these days of them."""
    parts = []
    for _, group in groupby(sorted(days, key=_by_file), key=lambda day: day.file_id):
        held = list(group)
        whole = len(held) == held[0].file_day_count
        parts.append(
            Part(
                path=held[0].path,
                units=tuple(
                    UnitVersion(day.business_date.isoformat(), day.version, day.published_at)
                    for day in held
                ),
                only_days=None if whole else tuple(day.business_date for day in held),
            )
        )
    return sorted(parts, key=lambda part: part.units)


def current_parts(dataset: Dataset) -> list[Part]:
    """Return the data set's current truth, whole."""
    if dataset.cut is Cut.DAY:
        return day_parts(_days(dataset, Reach()))
    return _month_parts(dataset, Reach())


def _by_file(day: DayHeld) -> tuple[int, date]:
    return day.file_id, day.business_date


def _month_parts(dataset: Dataset, reach: Reach) -> list[Part]:
    first = dataset.unit_of(reach.since) if reach.since else ""
    last = "9999"
    if reach.until is not None and reach.until > date.min:
        last = dataset.unit_of(reach.until - _ONE_DAY)
    if reach.known_at is None:
        files = lake_files.current_files(dataset.name)
    else:
        files = lake_files.files_known_at(dataset.name, reach.known_at)
    return [_part_of(file) for file in files if first <= file.unit <= last]


def _part_of(file: LakeFile) -> Part:
    return Part(path=file.path, units=(UnitVersion(file.unit, file.version, file.published_at),))


def _snapshot_days(known_at: datetime | None) -> Source:
    dates = pa.array(lake_files.dates_held(ARTICLE_DAYS.name, known_at=known_at), pa.date32())
    return Source(dataset=SNAPSHOT_DAYS, rows=pa.table([dates], schema=SNAPSHOT_DAYS.columns))


def _snapshot_numbers(reach: Reach) -> Source:
    since, until = _period_of(reach)
    held = lake_files.dates_held(ARTICLE_DAYS.name, known_at=reach.known_at)
    dates = [day for day in held if since <= day < until]
    columns = [pa.array(dates, pa.date32()), pa.array(range(1, len(dates) + 1), pa.int32())]
    rows = pa.table(columns, schema=SNAPSHOT_NUMBERS.columns)
    return Source(dataset=SNAPSHOT_NUMBERS, rows=rows)


def _spans_of_period(reach: Reach) -> dict[str, Source]:
    """Return the view of the spans cut to the period, and the numbers of its snapshots."""
    since, until = _period_of(reach)
    # A view takes no parameters on PostgreSQL and Spark; dates hold no quote.
    view = _SPANS_OF_PERIOD.format(since=f"date '{since}'", until=f"date '{until}'")
    return {
        SNAPSHOT_NUMBERS.name: _snapshot_numbers(reach),
        ARTICLE_SPANS_OF_PERIOD.name: Source(dataset=ARTICLE_SPANS_OF_PERIOD, view=view),
    }


def _period_of(reach: Reach) -> tuple[date, date]:
    if reach.since is None or reach.until is None:
        raise BadInput("snapshots of a period need its first day and its end", field="since")
    return reach.since, reach.until


def _stock_totals(reach: Reach) -> Source:
    told = lake_files.stock_totals(
        ARTICLE_DAYS.name, since=reach.since, until=reach.until, known_at=reach.known_at
    )
    columns = zip(*told, strict=True) if told else ([] for _ in STOCK_TOTALS.columns)
    rows = pa.table([pa.array(column) for column in columns], schema=STOCK_TOTALS.columns)
    return Source(dataset=STOCK_TOTALS, rows=rows)


def _conversion_days(reach: Reach, currency: str) -> Source:
    """Return what every day of the reach converts by; rates are never restated, so `now` does."""
    told = conversion_factors(into=currency, since=reach.since, until=reach.until)
    columns = zip(*told, strict=True) if told else ([] for _ in CONVERSION_DAYS.columns)
    rows = pa.table([pa.array(column) for column in columns], schema=CONVERSION_DAYS.columns)
    return Source(dataset=CONVERSION_DAYS, rows=rows)


def _spans(reach: Reach) -> dict[str, Source]:
    """Return the spans: from the files of years and months where those are true, else from days."""
    days = _days(ARTICLE_DAYS, _widened(reach))
    months: dict[str, list[DayHeld]] = {}
    for day in days:
        months.setdefault(f"{day.business_date:%Y-%m}", []).append(day)
    made = lake_files.made_from(ARTICLE_SPANS.name, {day.file_id for day in days})
    asked: list[LakeFile] = []
    loose: list[DayHeld] = []
    for held in months.values():
        candidates = (key for key in dict.fromkeys(day.file_id for day in held) if key in made)
        file_id = next((key for key in candidates if _spans_hold(key, held)), None)
        loose += [day for day in held if day.file_id != file_id and reach.covers(day)]
        own = (day for day in held if day.file_id == file_id)
        if file_id is not None and any(reach.covers(day) for day in own):
            asked.append(made[file_id])
    files = _in_years(asked, days)
    return _span_views([_part_of(file) for file in files], day_parts(loose))


def _in_years(months: Sequence[LakeFile], days: Sequence[DayHeld]) -> list[LakeFile]:
    """Return the months' files, or a year's in place of all its own where every one is asked for.

    A month that is no longer true is not among them, and so its year is not either. Nor is a year
    true when a day has come in between: a run that goes on from month to month would claim it.
    """
    chosen: list[LakeFile] = []
    for year, group in groupby(months, key=lambda file: file.joined_into):
        own = list(group)
        keys = {file.made_from_id for file in own}
        held = [day.business_date for day in days if day.file_id in keys]
        if year is None or len(held) != year.day_count:
            chosen += own
            continue
        between = sum(held[0] <= day.business_date <= held[-1] for day in days)
        chosen += [year] if between == len(held) else own
    return chosen


def _spans_of_days(reach: Reach) -> dict[str, Source]:
    return _span_views([], day_parts(_days(ARTICLE_DAYS, reach)))


def _spans_hold(file_id: int, days: Sequence[DayHeld]) -> bool:
    """Tell whether a month's spans still say the truth about these days of the month.

    Every day of the file must be current, and no day may have come in between: a run of equal days
    would otherwise claim the new one.
    """
    own = [day for day in days if day.file_id == file_id]
    if not own or len(own) != own[0].file_day_count:
        return False
    first, last = own[0].business_date, own[-1].business_date
    return sum(first <= day.business_date <= last for day in days) == len(own)


def _widened(reach: Reach) -> Reach:
    """Return the reach over whole months, since only a whole month tells whether its spans hold."""
    since, until = reach.since, reach.until
    if until is not None and until > date.min and until.day > 1:
        until = (until.replace(day=1) + timedelta(days=31)).replace(day=1)
    if since is not None:
        since = since.replace(day=1)
    return Reach(since=since, until=until, known_at=reach.known_at)


def _span_views(months: Sequence[Part], days: Sequence[Part]) -> dict[str, Source]:
    """Return the view over both layouts, and the sources it is made of."""
    sources = {}
    selects = []
    if months or not days:
        sources[SPANS_OF_MONTHS] = Source(dataset=ARTICLE_SPANS, parts=months)
        selects.append(f"select {', '.join(ARTICLE_SPANS.columns.names)} from {SPANS_OF_MONTHS}")  # noqa: S608 - names are ours
    if days:
        sources[SPANS_OF_DAYS] = Source(dataset=ARTICLE_DAYS, parts=days)
        selects.append(f"select {', '.join(_SPAN_OF_DAY)} from {SPANS_OF_DAYS}")  # noqa: S608 - names are ours
    view = Source(dataset=ARTICLE_SPANS, view=" union all ".join(selects))
    return sources | {ARTICLE_SPANS.name: view}


_OF_A_DAY = {
    "from_date": "business_date as from_date",
    "until_date": "cast(business_date + interval '1 day' as date) as until_date",
    "day_count": "cast(1 as integer) as day_count",
    "last_seen_date": "case when last_seen_date < business_date then last_seen_date end"
    " as last_seen_date",
}
_SPAN_OF_DAY = [_OF_A_DAY.get(name, name) for name in ARTICLE_SPANS.columns.names]
_OTHERWISE = {
    "day_count": "cast(coalesce(cut.day_count, spans.day_count) as integer) as day_count",
    "first_number": "coalesce(cut.first_number, numbers.day_number) as first_number",
}
_COLUMNS_OF_PERIOD = ", ".join(
    _OTHERWISE.get(name, f"spans.{name}") for name in ARTICLE_SPANS_OF_PERIOD.columns.names
)
# Only the few ranges that reach over an end of the period are counted anew: a span inside it knows
# how many snapshots it holds.
_SPANS_OF_PERIOD = f"""
with ranges as (
    select distinct from_date, until_date
    from article_spans
    where
        from_date < {{until}}
        and until_date > {{since}}
        and (from_date < {{since}} or until_date > {{until}})
),
cut as (
    select
        ranges.from_date,
        ranges.until_date,
        min(numbers.day_number) as first_number,
        count(numbers.day_number) as day_count
    from ranges
    left join snapshot_numbers as numbers
        on numbers.business_date >= ranges.from_date
        and numbers.business_date < ranges.until_date
    group by ranges.from_date, ranges.until_date
)
select {_COLUMNS_OF_PERIOD}
from article_spans as spans
left join cut on cut.from_date = spans.from_date and cut.until_date = spans.until_date
left join snapshot_numbers as numbers on numbers.business_date = spans.from_date
where
    spans.from_date < {{until}}
    and spans.until_date > {{since}}
    and coalesce(cut.day_count, spans.day_count) > 0
"""  # noqa: S608 - names are ours
