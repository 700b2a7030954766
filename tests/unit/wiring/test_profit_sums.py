"""Sums of the lake's answer on profit, held against the same rows added up one by one."""

from collections import defaultdict
from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from umschlag.intelligence.profitability.model import LeftOut
from umschlag.intelligence.profitability.sums import ProfitSums
from umschlag.kernel.money import Money
from umschlag.wiring.profit_sums import sums_by_key

AMOUNTS = (
    *("units", "refunds", "sales_minor", "ads_minor", "fees_minor", "refund_cost_minor"),
    *("cost_of_goods_minor", "vat_minor", "net_profit_minor"),
)
FLAGS = ("currency", "is_told", "is_now", "is_settled")
FIRST = date(2026, 4, 1)
SCHEMA = {
    "sku": pl.String,
    "marketplace": pl.String,
    "business_date": pl.Date,
    "currency": pl.String,
    "is_told": pl.Boolean,
    "is_now": pl.Boolean,
    "is_settled": pl.Boolean,
    "row_count": pl.Int64,
} | dict.fromkeys(AMOUNTS, pl.Int64)


@st.composite
def told_rows(draw):
    """Return rows as Sellerboard told them, after conversion: rates exist for pounds alone."""
    rows = []
    for _number in range(draw(st.integers(0, 25))):
        currency = draw(st.sampled_from(["EUR", "GBP", "SEK"]))
        day = FIRST + timedelta(days=draw(st.integers(0, 5)))
        amount = st.one_of(st.none(), st.integers(-1_000, 1_000))
        rows.append(
            {
                "sku": draw(st.sampled_from(["HX-1", "HX-2", ""])),
                "marketplace": draw(st.sampled_from(["Amazon.de", "Amazon.fr"])),
                "business_date": day,
                "currency": currency,
                "is_told": currency != "SEK",
                "is_now": day >= FIRST + timedelta(days=2),
                "is_settled": draw(st.sampled_from([True, False, None])),
            }
            | {name: draw(amount) for name in AMOUNTS}
        )
    return rows


def answer_to(rows):
    """Return what the question answers: groups of rows that agree in its keys."""
    groups = defaultdict(list)
    for row in rows:
        flags = tuple(row[name] for name in FLAGS)
        groups[row["sku"], None, None, *flags].append(row)
        groups[None, row["marketplace"], row["business_date"], *flags].append(row)
    names = ("sku", "marketplace", "business_date", *FLAGS)
    return pl.DataFrame(
        [
            dict(zip(names, keys, strict=True))
            | {"row_count": len(members)}
            | {name: _sum_or_null(members, name) for name in AMOUNTS}
            for keys, members in groups.items()
        ],
        schema=SCHEMA,
    )


def _sum_or_null(rows, name):
    known = [row[name] for row in rows if row[name] is not None]
    return sum(known) if known else None


def sums_one_by_one(rows, key):
    """Return the sums of each key, row by row."""
    found = {}
    for row in rows:
        sums = found.setdefault(row[key], defaultdict(int))
        is_told, is_now = row["is_told"], row["is_now"]
        sums["lines"] += is_now
        sums["before_left_out_count"] += not is_told and not is_now
        for name in ("sales_minor", "net_profit_minor"):
            sums[f"before_{name}"] += (is_told and not is_now) * (row[name] or 0)
            sums[f"settled_{name}"] += (is_told and is_now and row["is_settled"] is True) * (
                row[name] or 0
            )
        if is_told and is_now:
            sums["row_count"] += 1
            sums["estimated_row_count"] += row["is_settled"] is not True
            for name in AMOUNTS:
                sums[name] += row[name] or 0
    return {
        name: ProfitSums(**{part: value for part, value in sums.items() if part != "lines"})
        for name, sums in found.items()
        if sums["lines"]
    }


def left_out_one_by_one(rows, key):
    """Return what was left out of each key, row by row."""
    found = {}
    for row in rows:
        if row["is_told"] or not row["is_now"]:
            continue
        one = LeftOut(
            currency=row["currency"],
            row_count=1,
            units=row["units"] or 0,
            sales=Money(row["sales_minor"] or 0, row["currency"]),
            contribution=Money(row["net_profit_minor"] or 0, row["currency"]),
        )
        known = found.get(row[key])
        found[row[key]] = (
            one
            if known is None
            else LeftOut(
                currency=one.currency,
                row_count=known.row_count + 1,
                units=known.units + one.units,
                sales=known.sales + one.sales,
                contribution=known.contribution + one.contribution,
            )
        )
    return {name: [one] for name, one in found.items()}


@given(told_rows())
def test_sums_are_those_of_the_rows_one_by_one(rows):
    sums = sums_by_key(answer_to(rows), currency="EUR")

    assert sums.by_sku == sums_one_by_one(rows, "sku")
    assert sums.by_marketplace == sums_one_by_one(rows, "marketplace")
    assert sums.by_day == sums_one_by_one(rows, "business_date")


@given(told_rows())
def test_what_no_rate_converts_is_told_apart_by_every_key(rows):
    sums = sums_by_key(answer_to(rows), currency="EUR")

    assert sums.left_out_by_sku == left_out_one_by_one(rows, "sku")
    assert sums.left_out_by_marketplace == left_out_one_by_one(rows, "marketplace")
    assert sums.left_out_by_day == left_out_one_by_one(rows, "business_date")


@given(told_rows())
def test_converted_rows_of_the_period_are_counted_by_currency_and_day(rows):
    sums = sums_by_key(answer_to(rows), currency="EUR")

    counts = defaultdict(int)
    for row in rows:
        if row["is_told"] and row["is_now"] and row["currency"] != "EUR":
            counts[row["currency"], row["business_date"]] += 1
    assert sums.foreign_rows == counts


@given(told_rows())
def test_every_key_comes_to_the_same_total(rows):
    sums = sums_by_key(answer_to(rows), currency="EUR")

    totals = [
        sum(found.values(), ProfitSums())
        for found in (sums.by_sku, sums.by_marketplace, sums.by_day)
    ]
    assert [one.net_profit_minor for one in totals] == [totals[0].net_profit_minor] * 3
    assert [one.row_count for one in totals] == [totals[0].row_count] * 3
