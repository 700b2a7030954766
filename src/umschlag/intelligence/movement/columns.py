"""What the history knows of many articles side by side: one array a field, a place an article.

Unknown is NaN among numbers and NaT among dates, never zero. `ArticleFacts` is one place of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.movement.model import ArticleFacts
from umschlag.kernel.errors import BadInput
from umschlag.kernel.identifiers import Asin, Sku

Numbers = NDArray[np.float64]
"""NaN where unknown. Money and units are whole numbers below 2^53, which a double holds exactly."""
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]
"""NaT where there is none."""
Texts = NDArray[np.object_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SalesColumns:
    """What was sold, returns taken off: own sales and those as a part of bundles together."""

    first_sale_date: Days
    last_sale_date: Days
    sale_day_count: Counts
    """Days with a sale: in the whole history where stock was never told, else within the year."""
    sold_units_total: Counts
    sold_units_30d: Counts
    sold_units_90d: Counts
    sold_units_365d: Counts
    revenue_minor_365d: Numbers
    """With VAT, as it was paid."""
    bundle_units_90d: Counts
    """Of those, units that went as a part of a bundle."""
    bundle_units_365d: Counts
    bundle_revenue_minor_365d: Numbers
    sold_units_observed_365d: Counts
    """Sold on the days of which the stock is known."""
    cost_of_goods_minor_365d: Numbers
    """Of the units sold on these days, at each day's cost."""
    weeks_with_stock: Counts
    """Of the last 52 weeks since the article is known."""
    weeks_with_demand: Counts
    week_units: Counts
    """Sold in the weeks with stock, returns not taken off."""
    week_units_squared: Counts
    """The sum of the squares of what each of these weeks sold."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShelfColumns:
    """What the snapshots say of the stock; counts are zero where it was never told."""

    first_seen_date: Days
    stock_since_date: Days
    """First day of the present run of days with stock, as far back as was looked."""
    days_observed_90d: Counts
    days_with_stock_90d: Counts
    days_observed_365d: Counts
    """Days of the last 365 of which the stock is known: what averages are taken over."""
    days_with_stock_365d: Counts
    average_stock_value_minor_365d: Numbers
    average_stock_units_365d: Numbers

    @property
    def is_told(self) -> Flags:
        """Whether any snapshot shows the article."""
        return ~np.isnat(self.first_seen_date)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArticleColumns(Sequence[ArticleFacts]):
    """The facts of many articles as of the close of one business date; see `ArticleFacts`."""

    as_of_date: date
    sold_through_date: date
    """The last day whose sales are counted: the day before where the picture is of the night."""
    sku: Texts
    currency: Texts
    asin: Texts
    """Empty where there is none."""
    name: Texts
    category: Texts
    manufacturer: Texts
    supplier: Texts
    is_active: Flags
    is_bundle: Flags
    on_hand_units: Numbers
    reserved_units: Numbers
    on_order_units: Numbers
    unit_cost_minor: Numbers
    sales_price_minor: Numbers
    lead_time_days: Numbers
    order_units_min: Numbers
    pack_units: Numbers
    last_receipt_date: Days
    received_units_365d: Numbers
    """NaN where no receipt of the article was ever told."""
    stock_age_days: Numbers
    sales: SalesColumns
    shelf: ShelfColumns

    def __post_init__(self) -> None:
        for field in fields(self):
            values = getattr(self, field.name)
            if isinstance(values, np.ndarray) and len(values) != len(self.sku):
                raise BadInput(f"{field.name} has {len(values)} places, not {len(self.sku)}")

    def __len__(self) -> int:
        return len(self.sku)

    @overload
    def __getitem__(self, place: int) -> ArticleFacts: ...

    @overload
    def __getitem__(self, place: slice) -> list[ArticleFacts]: ...

    def __getitem__(self, place: int | slice) -> ArticleFacts | list[ArticleFacts]:
        if isinstance(place, slice):
            return list(self.only(np.arange(len(self))[place]))
        return next(iter(self.only(np.array([range(len(self))[place]]))))

    def __iter__(self) -> Iterator[ArticleFacts]:
        columns = _row_columns(self)
        for values in zip(*columns.values(), strict=True):
            yield ArticleFacts(
                as_of_date=self.as_of_date, **dict(zip(columns, values, strict=True))
            )

    def only(self, places: NDArray[np.intp]) -> "ArticleColumns":
        """Return the articles at these places alone."""
        return replace(
            self,
            sales=_taken(self.sales, places),
            shelf=_taken(self.shelf, places),
            **{
                field.name: getattr(self, field.name)[places]
                for field in fields(self)
                if isinstance(getattr(self, field.name), np.ndarray)
            },
        )

    @property
    def available_units(self) -> Numbers:
        """On hand less reserved; negative when oversold."""
        return self.on_hand_units - np.nan_to_num(self.reserved_units)

    @property
    def stock_value_minor(self) -> Numbers:
        """On hand × unit cost. Oversold stock is worth nothing."""
        return np.maximum(self.on_hand_units, 0.0) * self.unit_cost_minor

    @property
    def days_since_last_sale(self) -> Numbers:
        """Days from the last sale to the as-of date; NaN where nothing ever sold."""
        return self._days_since(self.sales.last_sale_date)

    @property
    def days_known(self) -> Counts:
        """Days since the article was first seen or first sold, whichever came first."""
        first = np.fmin(self.shelf.first_seen_date, self.sales.first_sale_date)
        return np.nan_to_num(self._days_since(first)).astype(np.int64)

    @property
    def idle_days(self) -> Counts:
        """Days in which it could have been bought and was not.

        They count from the last sale, or from the first day known where nothing ever sold; and
        not from before the goods that lie there came back on the shelf. What had stock from the
        first day known counts as having had it all along. Zero where nothing is available: what
        is not there cannot lie idle.
        """
        since_sale = self.days_since_last_sale
        waiting = np.where(np.isnan(since_sale), self.days_known, since_sale)
        since, first_seen = self.shelf.stock_since_date, self.shelf.first_seen_date
        came_back = ~np.isnat(since) & ~(since <= first_seen)
        idle = np.where(came_back, np.fmin(waiting, self._days_since(since)), waiting)
        idle[self.available_units <= 0] = 0
        return idle.astype(np.int64)

    def _days_since(self, days: Days) -> Numbers:
        since: Numbers = (np.datetime64(self.as_of_date, "D") - days).astype(np.float64)
        since[np.isnat(days)] = np.nan
        return since


def _taken(columns: Any, places: NDArray[np.intp]) -> Any:  # noqa: ANN401 - one of the two groups
    return type(columns)(
        **{field.name: getattr(columns, field.name)[places] for field in fields(columns)}
    )


_NOT_IN_FACTS = frozenset({"as_of_date", "sales", "shelf", "received_units_365d", "stock_age_days"})


def _row_columns(articles: ArticleColumns) -> dict[str, list[Any]]:
    """Return each field of `ArticleFacts` as a list of plain values, None where it is unknown."""
    names = {field.name for field in fields(ArticleFacts)}
    columns = {
        field.name: plain_values(getattr(group, field.name), is_whole=field.name not in _REALS)
        for group in (articles, articles.sales, articles.shelf)
        for field in fields(group)
        if field.name in names and field.name not in _NOT_IN_FACTS
    }
    columns["sku"] = [Sku(sku) for sku in columns["sku"]]
    columns["asin"] = [Asin(asin) if asin else None for asin in columns["asin"]]
    told = articles.shelf.is_told.tolist()
    days = columns["days_with_stock_90d"]
    columns["days_with_stock_90d"] = [
        day if is_told else None for day, is_told in zip(days, told, strict=True)
    ]
    columns["revenue_minor_365d"] = [
        round(revenue) for revenue in articles.sales.revenue_minor_365d.tolist()
    ]
    columns["days_known"] = articles.days_known.tolist()
    columns["idle_days"] = articles.idle_days.tolist()
    return columns


_REALS = frozenset({"average_stock_value_minor_365d", "average_stock_units_365d"})


def plain_values(values: NDArray[Any], *, is_whole: bool) -> list[Any]:
    """Return the values as Python's own, None where they are unknown.

    Infinity stays what it is among numbers that need not be whole.
    """
    if values.dtype.kind != "f":
        # A date that is none comes as None already.
        plain: list[Any] = values.tolist()
        return plain
    known = ~np.isnan(values)
    numbers = np.where(known, values, 0.0)
    told = (numbers.astype(np.int64) if is_whole else numbers).tolist()
    return [value if is_known else None for value, is_known in zip(told, known, strict=True)]
