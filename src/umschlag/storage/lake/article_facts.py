"""What the lake knows of how articles move, as the core's values."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

import pyarrow as pa

from umschlag.intelligence.movement.model import ArticleFacts, Receipt
from umschlag.kernel.errors import NotFound
from umschlag.kernel.identifiers import Asin, Sku
from umschlag.storage.lake.questions import Question

_ROOM = "umschlag.intelligence.movement"
HISTORY_DAYS = 365


class Answers(Protocol):
    """What answers a question: the lake, or in a benchmark a few files."""

    def ask(self, question: Question, /, **parameters: Any) -> pa.Table:  # noqa: ANN401 - as `Lake`
        """Return the question's rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryDates:
    """Up to which day stock and sales are known; None where they never were."""

    stock_date: date | None
    sales_date: date | None


def history_dates(lake: Answers) -> HistoryDates:
    """Return the newest days of the history."""
    row = lake.ask(Question.load(_ROOM, "history_dates")).to_pylist()[0]
    return HistoryDates(stock_date=row["stock_date"], sales_date=row["sales_date"])


def newest_date(lake: Answers) -> date:
    """Return the newest day with a picture of the stock, or with a sale where there is none.

    Raises:
        NotFound: the history is empty.
    """
    dates = history_dates(lake)
    newest = dates.stock_date or dates.sales_date
    if newest is None:
        raise NotFound(
            "the history is empty: take a snapshot (`umschlag snapshot`) or import sales "
            "(`umschlag import sales FILE`) first"
        )
    return newest


def article_facts(
    lake: Answers, *, as_of_date: date, currency: str, idle_days_max: int = HISTORY_DAYS
) -> list[ArticleFacts]:
    """Return the facts of every article that still exists, in the order of their SKU.

    `currency` is that of sales whose article the ERP never showed. Runs of days with stock are
    followed back for a year, or for `idle_days_max` days where a rule asks for more.
    """
    table = lake.ask(
        Question.load(_ROOM, "article_facts"),
        as_of=as_of_date,
        from_30d=as_of_date - timedelta(days=29),
        from_90d=as_of_date - timedelta(days=89),
        from_365d=as_of_date - timedelta(days=364),
        history_from=as_of_date - timedelta(days=max(HISTORY_DAYS - 1, idle_days_max + 1)),
    )
    return [
        _facts(row, as_of_date, currency) for row in _rows(table) if row["is_vanished"] is not True
    ]


def receipts_by_sku(lake: Answers, *, as_of_date: date) -> dict[Sku, list[Receipt]]:
    """Return what came in of every SKU, newest first."""
    table = lake.ask(Question.load(_ROOM, "receipts_until"), as_of=as_of_date)
    found: dict[Sku, list[Receipt]] = {}
    for row in _rows(table):
        receipt = Receipt(business_date=row["business_date"], units=int(row["units"]))
        found.setdefault(Sku(row["sku"]), []).append(receipt)
    return found


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    columns = [column.to_pylist() for column in table.columns]
    for values in zip(*columns, strict=True):
        yield dict(zip(table.column_names, values, strict=True))


_TEXTS = ("name", "category", "manufacturer", "supplier")
_AS_THEY_ARE = (
    "on_hand_units",
    "reserved_units",
    "on_order_units",
    "unit_cost_minor",
    "sales_price_minor",
    "lead_time_days",
    "order_units_min",
    "pack_units",
    "first_seen_date",
    "last_receipt_date",
    "first_sale_date",
    "last_sale_date",
    "days_with_stock_90d",
    "average_stock_value_minor_365d",
    "average_stock_units_365d",
)
_ZERO_WHERE_ABSENT = (
    "sale_day_count",
    "sold_units_total",
    "sold_units_30d",
    "sold_units_90d",
    "sold_units_365d",
    "revenue_minor_30d",
    "revenue_minor_90d",
    "revenue_minor_365d",
    "days_observed_365d",
    "sold_units_observed_365d",
)


def _facts(row: dict[str, Any], as_of_date: date, currency: str) -> ArticleFacts:
    values = {name: row[name] for name in _AS_THEY_ARE}
    values |= {name: row[name] or "" for name in _TEXTS}
    # Made int again, since Arrow hands out sums, which are wide integers, as decimals.
    values |= {name: int(row[name] or 0) for name in _ZERO_WHERE_ABSENT}
    cost_of_goods = row["cost_of_goods_minor_365d"]
    return ArticleFacts(
        sku=Sku(row["sku"]),
        as_of_date=as_of_date,
        currency=row["currency"] or currency,
        asin=Asin(row["asin"]) if row["asin"] else None,
        is_active=row["is_active"] is not False,
        is_bundle=row["is_bundle"] is True,
        stock_since_date=_stock_since(row),
        cost_of_goods_minor_365d=None if cost_of_goods is None else int(cost_of_goods),
        **values,
    )


def _stock_since(row: dict[str, Any]) -> date | None:
    last_day_out: date | None = row["last_day_out"]
    if last_day_out is not None:
        return last_day_out + timedelta(days=1)
    first_seen_date: date | None = row["first_seen_date"]
    return first_seen_date
