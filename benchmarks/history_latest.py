"""How fast is "every SKU's newest state", and does it stay so while the history grows?

Ours: the question `snapshots/latest` as the product asks it, through catalogue, header and engine.
Vanished SKUs are carried along as tombstones, so the newest day's file alone has the answer.
Baseline: the textbook, `WHERE (sku, business_date) IN (SELECT sku, MAX(business_date) … GROUP BY
sku)`, on PostgreSQL with an index on (sku, business_date), in the same run. It holds the first
20,000 SKUs; its seconds are scaled linearly to the whole, and both answers are compared row by row.

The last lines say how ours grows: baseline is itself at 30 days, 1 is perfect.

    python benchmarks/history_latest.py --skus 100000 --days 365
"""

from functools import partial
from typing import TYPE_CHECKING

from worlds.history import TABLE, Size, asked_for, best, cold, opened, tell, textbook

if TYPE_CHECKING:
    from umschlag.storage.lake.lake import Lake

TEXTBOOK = f"""
select *
from {TABLE}
where (sku, business_date) in (select sku, max(business_date) from {TABLE} group by sku)
"""  # noqa: S608 - the name is ours
COMPARED = ("sku", "on_hand_units", "sales_price_minor", "last_seen_date")
LENGTHS = (30, 90)


def main() -> None:
    """Ask at several lengths of history, compare with the textbook, and print the ratios."""
    asked, is_fresh = asked_for(__doc__)
    skus, days = asked.skus, asked.days
    growth = {}
    for length in [*(length for length in LENGTHS if length < days), days]:
        size = Size(skus=skus, days=length)
        lake = opened(size, fresh=is_fresh)
        ask = partial(latest, lake)
        first = cold(lake, ask)
        growth[length] = best(ask, 7)
        print(f"{length:5} days: cold {first * 1e3:.1f} ms, warm {growth[length] * 1e3:.1f} ms")
    compared(lake, size, growth[days])
    shortest = min(growth)
    for length, seconds in growth.items():
        if length != shortest:
            tell(
                f"latest at {length} days, against itself at {shortest}",
                ours=seconds,
                baseline=growth[shortest],
                size=str(Size(skus=skus, days=length)),
            )


def latest(lake: "Lake") -> object:
    """Ask the product's question."""
    from umschlag.storage.lake.questions import Question

    return lake.ask(Question.load("umschlag.intelligence.snapshots", "latest"))


def compared(lake: "Lake", size: Size, seconds: float) -> None:
    """Hold ours against PostgreSQL's answer and print the ratio."""
    from umschlag.storage.lake.questions import Question

    baseline = textbook(size)
    answer = lake.ask(Question.load("umschlag.intelligence.snapshots", "latest"))
    columns = ", ".join(COMPARED)
    rows = baseline.rows(f'select {columns} from ({TEXTBOOK}) as t order by sku collate "C"')  # noqa: S608 - names are ours
    ours = answer.select(list(COMPARED)).sort_by("sku").slice(0, len(rows)).to_pylist()
    if [tuple(row.values()) for row in ours] != rows:
        raise SystemExit("the two answers differ")
    tell("latest", ours=seconds, baseline=baseline.seconds(TEXTBOOK), size=str(size))


if __name__ == "__main__":
    main()
