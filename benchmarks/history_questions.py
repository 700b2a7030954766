"""How fast are the questions that a purchaser asks of a year of history?

Ours: the question files in `intelligence/snapshots/questions`, asked as the product asks them, on
DuckDB over the compacted lake. Baseline: the same question in plain SQL on a PostgreSQL table of
daily rows with an index on (sku, business_date), the usual way to keep such a history. PostgreSQL
holds the first 20,000 SKUs; its seconds are scaled linearly to the whole and printed so. Where both
name SKUs, the answers are compared row by row; the value by day is compared with a plain sum over
every row of the lake.

    python benchmarks/history_questions.py --skus 100000 --days 365
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from worlds.history import (
    FIRST_DATE,
    TABLE,
    Size,
    Textbook,
    asked_for,
    best,
    cold,
    opened,
    tell,
    textbook,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from umschlag.storage.lake.lake import Lake

SHORTER = (90, 30)
"""Lengths of history at which ours is asked again, to show how it grows."""
ROOM = "umschlag.intelligence.snapshots"
VALUE_BY_DAY = f"""
select business_date, currency, sum(greatest(on_hand_units, 0)),
    sum(coalesce(greatest(on_hand_units, 0) * unit_cost_minor, 0))
from {TABLE}
where last_seen_date = business_date
group by business_date, currency
order by business_date, currency
"""  # noqa: S608 - the name is ours
PLAIN_VALUE_BY_DAY = VALUE_BY_DAY.replace(TABLE, "article_days")
STOCK_OUT_DAYS = f"""
select sku, count(*) as days_observed,
    count(*) filter (where coalesce(on_hand_units, 0) <= coalesce(reserved_units, 0)) as days_out
from {TABLE}
where last_seen_date = business_date
group by sku
having count(*) filter (where coalesce(on_hand_units, 0) <= coalesce(reserved_units, 0)) > 0
order by sku collate "C"
"""  # noqa: S608 - the name is ours
STATE_AT = f"""
select * from {TABLE}
where (sku, business_date) in (
    select sku, max(business_date) from {TABLE} where business_date <= '{{day}}' group by sku
)
"""  # noqa: S608 - the name is ours
AS_OF = 'select sku, on_hand_units, sales_price_minor from ({state}) as s order by sku collate "C"'
CHANGES = """
with earlier as (select * from ({earlier}) as e where last_seen_date = '{since}'),
later as (select * from ({later}) as l where last_seen_date = '{through}')
select coalesce(later.sku, earlier.sku), earlier.on_hand_units, later.on_hand_units,
    earlier.sales_price_minor, later.sales_price_minor
from earlier
full join later on later.sku = earlier.sku
where earlier.sku is null or later.sku is null
    or earlier.on_hand_units <> later.on_hand_units
    or earlier.unit_cost_minor is distinct from later.unit_cost_minor
    or earlier.sales_price_minor is distinct from later.sales_price_minor
order by coalesce(later.sku, earlier.sku) collate "C"
"""


@dataclass(frozen=True, kw_only=True)
class Duel:
    """One question in both ways."""

    name: str
    ours: Callable[[], "pa.Table"]
    columns: tuple[str, ...]
    """Those that the baseline's answer has as well, in its order; () where it is not compared."""
    baseline: str


def main() -> None:
    """Ask every question in both ways, compare the answers, and print the ratios."""
    size, is_fresh = asked_for(__doc__)
    lake = opened(size, fresh=is_fresh)
    plain = textbook(size)
    print(f"PostgreSQL holds {plain.skus} SKUs; its seconds are multiplied by {plain.scale:g}")
    require_equal_values(lake, size)
    for duel in duels(lake, size):
        fought(lake, duel, plain, size)
    for length in (length for length in SHORTER if length < size.days):
        shorter = Size(skus=size.skus, days=length)
        lake = opened(shorter)
        for duel in duels(lake, shorter):
            first, warm = cold(lake, duel.ours), best(duel.ours)
            print(
                f"{duel.name}, {length} days: cold {first * 1e3:.0f} ms, warm {warm * 1e3:.0f} ms"
            )


def duels(lake: "Lake", size: Size) -> list[Duel]:
    """Return every question with its parameters, over the whole period or its middle."""
    since, until = FIRST_DATE, size.last_date + timedelta(days=1)
    middle = FIRST_DATE + timedelta(days=size.days // 2)
    later = FIRST_DATE + timedelta(days=size.days * 3 // 4)
    some_sku = f"HX-{min(size.skus, 20_000) // 2:07d}"
    return [
        Duel(
            name="stock value by day",
            ours=lambda: asked(lake, "stock_value_by_day", since=since, until=until),
            columns=(),
            baseline=VALUE_BY_DAY,
        ),
        Duel(
            name="stock-out days by SKU",
            ours=lambda: asked(lake, "stock_out_days", since=since, until=until),
            columns=("sku", "days_observed", "days_out"),
            baseline=STOCK_OUT_DAYS,
        ),
        Duel(
            name="as of a date",
            ours=lambda: asked(lake, "as_of", as_of=middle),
            columns=("sku", "on_hand_units", "sales_price_minor"),
            baseline=AS_OF.format(state=STATE_AT.format(day=middle)),
        ),
        Duel(
            name="changes between two dates",
            ours=lambda: asked(lake, "changes", **_between(middle, later)),
            columns=(
                "sku",
                "on_hand_units_before",
                "on_hand_units_after",
                "sales_price_minor_before",
                "sales_price_minor_after",
            ),
            baseline=changes_in_postgresql(middle, later),
        ),
        Duel(
            name="history of one SKU",
            ours=lambda: asked(lake, "history_of_sku", sku=some_sku, since=since, until=until),
            columns=("business_date", "on_hand_units", "sales_price_minor"),
            baseline=f"select business_date, on_hand_units, sales_price_minor from {TABLE} "  # noqa: S608 - the name is ours
            f"where sku = '{some_sku}' and last_seen_date = business_date order by business_date",
        ),
    ]


def _between(since: date, through: date) -> dict[str, date]:
    return {"since": since, "through": through, "moved_after": since, "moved_through": through}


def changes_in_postgresql(since: date, through: date) -> str:
    """Return the comparison of two states, each taken by the textbook."""
    return CHANGES.format(
        earlier=STATE_AT.format(day=since),
        later=STATE_AT.format(day=through),
        since=since,
        through=through,
    )


def asked(lake: "Lake", name: str, **parameters: object) -> "pa.Table":
    """Return the answer to one of the product's questions."""
    from umschlag.storage.lake.questions import Question

    return lake.ask(Question.load(ROOM, name), **parameters)  # type: ignore[arg-type]  # days among them


def fought(lake: "Lake", duel: Duel, plain: Textbook, size: Size) -> None:
    """Compare the two answers, then their times."""
    if duel.columns:
        expected = plain.rows(duel.baseline)
        answer = duel.ours().select(list(duel.columns))
        beyond = f"HX-{plain.skus:07d}"
        rows = [tuple(row.values()) for row in answer.to_pylist() if row.get("sku", "") < beyond]
        if rows != expected:
            raise SystemExit(f"{duel.name}: the two answers differ")
    first = cold(lake, duel.ours)
    warm = best(duel.ours)
    print(f"{duel.name}: cold {first * 1e3:.0f} ms, warm {warm * 1e3:.0f} ms")
    # One SKU's history is as long with few SKUs as with many: its seconds are not scaled.
    scale = plain.scale if duel.name == "history of one SKU" else 1.0
    tell(duel.name, ours=warm, baseline=plain.seconds(duel.baseline) / scale, size=str(size))


def require_equal_values(lake: "Lake", size: Size) -> None:
    """Hold the value by day against a plain sum over every row of every day."""
    from umschlag.storage.lake.questions import Question

    plain = lake.ask(Question.parse(PLAIN_VALUE_BY_DAY, name="plain"))
    ours = asked(
        lake,
        "stock_value_by_day",
        since=FIRST_DATE,
        until=size.last_date + timedelta(days=1),
    )
    names = ["business_date", "currency", "on_hand_units", "value_minor"]
    if ours.select(names).to_pylist() != plain.rename_columns(names).to_pylist():
        raise SystemExit("the value by day is not the sum of the rows")


if __name__ == "__main__":
    main()
