"""What the lake knows of how articles move, as the core's columns."""

from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from umschlag.intelligence.movement.classification import WarehouseStock
from umschlag.intelligence.movement.columns import (
    ArticleColumns,
    Days,
    Numbers,
    SalesColumns,
    ShelfColumns,
    Texts,
)
from umschlag.intelligence.movement.day_table import (
    YEAR_DAYS,
    DayTable,
    Money,
    UnevenCosts,
    sales_columns,
    shelf_columns,
)
from umschlag.intelligence.movement.stock_age import Receipts, stock_age_days
from umschlag.kernel.errors import NotFound
from umschlag.kernel.identifiers import Sku
from umschlag.storage.lake.answers import ROOM, Answers
from umschlag.storage.lake.day_tables import (
    SalesCells,
    SalesRead,
    Window,
    distinct,
    read_sales,
    read_states,
    read_uneven_costs,
    sales_cells,
)
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.sku_places import day_numbers

HISTORY_DAYS = YEAR_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryDates:
    """Up to which day stock and sales are known; None where they never were."""

    stock_date: date | None
    sales_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArticlesRead:
    """The articles, and the days that their facts were added up from."""

    articles: ArticleColumns
    table: DayTable
    cost_of_year_minor: Numbers
    """What a unit cost on every day of the year, or costs now where that was unknown or changed."""
    unit_cost_of_days: UnevenCosts | None

    @property
    def window(self) -> Window:
        """The days of the table."""
        return Window(last_date=self.table.last_date, day_count=self.table.day_count)


def history_dates(lake: Answers) -> HistoryDates:
    """Return the newest days of the history."""
    row = lake.ask(Question.load(ROOM, "history_dates")).to_pylist()[0]
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


def article_facts(lake: Answers, *, as_of_date: date, currency: str) -> ArticleColumns:
    """Return the facts of every article that still exists, in the order of their SKU."""
    return read_articles(lake, as_of_date=as_of_date, currency=currency).articles


def read_articles(
    lake: Answers,
    *,
    as_of_date: date,
    currency: str,
    sold_through: date | None = None,
    idle_days_max: int = HISTORY_DAYS,
    only: Collection[str] | None = None,
) -> ArticlesRead:
    """Return the facts of every article that still exists, in the order of their SKU.

    Sales are counted through `sold_through`, by default the as-of date: where that day had only
    begun when its picture was taken, its sales are yet to come.
    `currency` is that of sales whose article the ERP never showed. Runs of days with stock are
    followed back for a year, or for `idle_days_max` days where a rule asks for more. `only` are
    the SKUs to tell of, where not all are.
    """
    day_count = max(HISTORY_DAYS, idle_days_max + 2)
    window = Window(last_date=sold_through or as_of_date, day_count=day_count)
    facts = lake.ask(
        Question.load(ROOM, "article_facts"),
        from_365d=window.last_date - timedelta(days=YEAR_DAYS - 1),
        until_365d=window.until,
        since=window.since,
        until=as_of_date + timedelta(days=1),
    )
    sold = read_sales(lake, window)
    skus = _existing(facts, sold.skus, only)
    picture = facts.take(pc.index_in(skus, value_set=facts["sku"].combine_chunks()))
    table, cells = _added_up(
        lake, sold, skus, window, first_dates=_dates(picture["first_from_date"])
    )
    del sold
    uneven = None
    if _is_any_uneven(picture, table):
        uneven = read_uneven_costs(lake, skus, table)
    cost_of_year_minor = _cost_of_year(picture)
    articles = _columns(
        picture,
        table,
        as_of_date=as_of_date,
        currency=currency,
        sales=sales_columns(table, cells.older, _money(cells, cost_of_year_minor, uneven)),
        sku=np.array(skus.to_pylist(), dtype=object),
    )
    return ArticlesRead(
        articles=_with_receipts(lake, articles, skus),
        table=table,
        cost_of_year_minor=cost_of_year_minor,
        unit_cost_of_days=uneven,
    )


def _added_up(
    lake: Answers, sold: SalesRead, skus: pa.Array, window: Window, *, first_dates: Days
) -> tuple[DayTable, SalesCells]:
    with ThreadPoolExecutor(1) as pool:
        # Beside the next question, whose answer leaves a processor idle; the records are only
        # asked from this thread.
        adding = pool.submit(sales_cells, sold, skus, window)
        states, is_snapshot, first_seen = read_states(lake, skus, window, first_dates=first_dates)
        cells = adding.result()
    table = DayTable(
        last_date=window.last_date,
        units=cells.units,
        states=states,
        is_snapshot=is_snapshot,
        first_seen=first_seen,
    )
    return table, cells


def marketplace_sales(lake: Answers, read: ArticlesRead, marketplace: str) -> SalesColumns:
    """Return what the articles sold on one marketplace, by its exact name."""
    skus = _sku_array(read.articles)
    cells = sales_cells(read_sales(lake, read.window, marketplace=marketplace), skus, read.window)
    own = replace(read.table, units=cells.units)
    money = _money(cells, read.cost_of_year_minor, read.unit_cost_of_days)
    return sales_columns(own, cells.older, money, shelf=read.table.has_stock())


def known_marketplaces(lake: Answers) -> list[str]:
    """Return the marketplaces that sales name."""
    names: list[str] = lake.ask(Question.load(ROOM, "marketplaces"))["marketplace"].to_pylist()
    return names


def warehouse_stock(lake: Answers, articles: ArticleColumns) -> dict[str, WarehouseStock]:
    """Return what lies in each warehouse, by its name in lower case."""
    table = lake.ask(Question.load(ROOM, "stock_in_warehouses"), as_of=articles.as_of_date)
    places = pc.index_in(table["sku"], value_set=_sku_array(articles))
    found: dict[str, WarehouseStock] = {}
    for name in pc.unique(table["warehouse_name"]).to_pylist():
        own = pc.and_(pc.equal(table["warehouse_name"], name), pc.is_valid(places))
        at = places.filter(own).to_numpy().astype(np.int64)
        # Several warehouses of one name are one for whoever names it.
        stock = found.setdefault(
            (name or "").casefold(),
            WarehouseStock(
                on_hand_units=np.zeros(len(articles)), reserved_units=np.zeros(len(articles))
            ),
        )
        rows = table.filter(own)
        np.add.at(stock.on_hand_units, at, _numbers(rows["on_hand_units"]))
        np.add.at(stock.reserved_units, at, _numbers(rows["reserved_units"]))
    return found


def known_warehouses(lake: Answers, *, as_of_date: date) -> list[str]:
    """Return the names of the warehouses in which anything lies."""
    table = lake.ask(Question.load(ROOM, "stock_in_warehouses"), as_of=as_of_date)
    return [name for name in pc.unique(table["warehouse_name"]).to_pylist() if name]


def places_of_articles(
    lake: Answers, *, as_of_date: date
) -> tuple[list[tuple[Sku, str]], list[tuple[Sku, str]]]:
    """Return in which warehouses units of which articles lie, and on which marketplaces which sold.

    What lies in a warehouse without a name is left out.
    """
    stock = lake.ask(Question.load(ROOM, "stock_in_warehouses"), as_of=as_of_date)
    stock = stock.filter(pc.greater(stock["on_hand_units"], 0))
    sold = lake.ask(
        Question.load(ROOM, "marketplaces_of_skus"), until=as_of_date + timedelta(days=1)
    )
    return _named(stock, "warehouse_name"), _named(sold, "marketplace")


def _named(table: pa.Table, column: str) -> list[tuple[Sku, str]]:
    pairs = zip(table["sku"].to_pylist(), table[column].to_pylist(), strict=True)
    return [(Sku(sku), name) for sku, name in pairs if name]


def _existing(
    facts: pa.Table, sold: Iterable[pa.ChunkedArray], only: Collection[str] | None
) -> pa.Array:
    """Return the SKUs that are there, or sold and were never seen, sorted."""
    there = facts["sku"].filter(pc.invert(facts["is_vanished"]))
    ever = distinct(sold)
    unseen = ever.filter(pc.invert(pc.is_in(ever, value_set=facts["sku"].combine_chunks())))
    skus = pa.chunked_array([*there.chunks, unseen], pa.string()).combine_chunks()
    if only is not None:
        skus = skus.filter(pc.is_in(skus, value_set=pa.array(sorted(only), pa.string())))
    return skus.take(pc.sort_indices(skus))


def _is_any_uneven(picture: pa.Table, table: DayTable) -> bool:
    """Tell whether any article's cost changed in the year, or a snapshot lacks it."""
    snapshots = table.is_snapshot.copy()
    snapshots[: max(table.day_count - YEAR_DAYS, 0)] = False
    since_then = np.append(np.cumsum(snapshots[::-1])[::-1], 0)[table.first_seen]
    days = np.nan_to_num(_numbers(picture["days_observed_365d"]))
    has_one_cost = pc.fill_null(picture["has_one_cost_365d"], True)
    return not pc.all(has_one_cost).as_py() or bool((days != since_then).any())


def _columns(
    picture: pa.Table,
    table: DayTable,
    *,
    as_of_date: date,
    currency: str,
    sku: Texts,
    sales: SalesColumns,
) -> ArticleColumns:
    unknown = np.full(len(sku), np.nan)
    numbers: dict[str, Any] = {name: _numbers(picture[name]) for name in _NUMBERS}
    texts: dict[str, Any] = {name: _texts(picture[name], "") for name in _TEXTS}
    return ArticleColumns(
        as_of_date=as_of_date,
        sold_through_date=table.last_date,
        sku=sku,
        currency=_texts(picture["currency"], currency),
        is_active=_flags(picture["is_active"], unknown=True),
        is_bundle=_flags(picture["is_bundle"], unknown=False),
        last_receipt_date=np.full(len(sku), np.datetime64("NaT"), dtype="datetime64[D]"),
        received_units_365d=unknown,
        stock_age_days=unknown,
        sales=sales,
        shelf=_shelf(picture, table),
        **numbers,
        **texts,
    )


def _shelf(picture: pa.Table, table: DayTable) -> ShelfColumns:
    units, value = _averages(picture, _numbers(picture["unit_cost_minor"]))
    return shelf_columns(table, average_value_minor=value, average_units=units)


_TEXTS = ("asin", "name", "category", "manufacturer", "supplier")
_NUMBERS = (
    "on_hand_units",
    "reserved_units",
    "on_order_units",
    "unit_cost_minor",
    "sales_price_minor",
    "lead_time_days",
    "order_units_min",
    "pack_units",
)


def _cost_of_year(picture: pa.Table) -> Numbers:
    # The picture's own may have changed in its night, after all that the year sold.
    return _numbers(pc.coalesce(picture["only_cost_minor_365d"], picture["unit_cost_minor"]))


def _money(cells: SalesCells, unit_cost_minor: Numbers, uneven: UnevenCosts | None) -> Money:
    return Money(
        revenue_minor_365d=cells.revenue_minor_365d,
        bundle_revenue_minor_365d=cells.bundle_revenue_minor_365d,
        bundle_units_90d=cells.bundle_units_90d,
        bundle_units_365d=cells.bundle_units_365d,
        unit_cost_minor=unit_cost_minor,
        uneven=uneven,
    )


def _averages(picture: pa.Table, unit_cost_minor: Numbers) -> tuple[Numbers, Numbers]:
    """Return mean units and mean value over the observed days; a day without cost at today's."""
    days = _numbers(picture["days_observed_365d"])
    days[days <= 0] = np.nan
    units = _numbers(picture["stock_unit_days_365d"]) / days
    without = _numbers(picture["days_without_cost_365d"])
    value_days = np.nan_to_num(_numbers(picture["stock_value_days_minor_365d"]))
    at_todays = _numbers(picture["stock_unit_days_without_cost_365d"]) * unit_cost_minor
    days_valued = np.where(np.isnan(unit_cost_minor), days - without, days)
    days_valued[~(days_valued > 0)] = np.nan
    return units, (value_days + np.nan_to_num(at_todays)) / days_valued


def _with_receipts(lake: Answers, articles: ArticleColumns, skus: pa.Array) -> ArticleColumns:
    # What came in after that is not in the picture's stock.
    table = lake.ask(Question.load(ROOM, "receipts_until"), as_of=articles.sold_through_date)
    places = pc.index_in(table["sku"], value_set=skus)
    rows = table.filter(pc.is_valid(places)).combine_chunks()
    article = places.drop_null().to_numpy().astype(np.int64)
    number = (articles.as_of_date - date(1970, 1, 1)).days
    ages = [number - day_numbers(chunk) for chunk in rows["business_date"].chunks]
    receipts = Receipts(
        article=article,
        age_days=np.concatenate(ages) if ages else np.zeros(0, dtype=np.int64),
        units=_numbers(rows["units"]).astype(np.int64),
    )
    newest = np.full(len(skus), np.iinfo(np.int64).max)
    np.minimum.at(newest, article, receipts.age_days)
    has_any = newest < np.iinfo(np.int64).max
    last = np.full(len(skus), np.datetime64("NaT"), dtype="datetime64[D]")
    last[has_any] = np.datetime64(articles.as_of_date, "D") - newest[has_any]
    ahead_days = (articles.as_of_date - articles.sold_through_date).days
    in_year = receipts.age_days < YEAR_DAYS + ahead_days
    received = np.bincount(article[in_year], weights=receipts.units[in_year], minlength=len(skus))
    first_seen = articles.shelf.first_seen_date
    seen_days = (np.datetime64(articles.as_of_date, "D") - first_seen).astype(np.float64)
    seen_days[np.isnat(first_seen)] = np.nan
    return replace(
        articles,
        last_receipt_date=last,
        received_units_365d=np.where(has_any, received, np.nan),
        stock_age_days=stock_age_days(
            on_hand_units=articles.on_hand_units, first_seen_days=seen_days, receipts=receipts
        ),
    )


def _sku_array(articles: ArticleColumns) -> pa.Array:
    return pa.array(articles.sku, pa.string())


def _numbers(column: pa.ChunkedArray) -> Numbers:
    numbers: Numbers = column.cast(pa.float64()).to_numpy(zero_copy_only=False).copy()
    return numbers


def _dates(column: pa.ChunkedArray) -> Days:
    days: Days = column.to_numpy(zero_copy_only=False).astype("datetime64[D]")
    return days


def _flags(column: pa.ChunkedArray, *, unknown: bool) -> NDArray[np.bool_]:
    flags: NDArray[np.bool_] = pc.fill_null(column, unknown).to_numpy(zero_copy_only=False)
    return flags.astype(bool)


def _texts(column: pa.ChunkedArray, unknown: str) -> NDArray[Any]:
    texts: NDArray[Any] = pc.fill_null(column, unknown).to_numpy(zero_copy_only=False)
    return texts
