"""The demo merchant's orders: sales, cancellations, returns and credit notes, with their lines."""

from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

SHIPS_NEXT_DAY_FROM = 15 * 3600
"""Orders after three in the afternoon leave the next morning; until then they are reserved."""
_SHIPPING_STARTS = 9 * 3600
_PACKING_SECONDS = 2 * 3600
NEXT_DAY_SHIPPING = 7 * 3600
_DAY_SECONDS = 75_000


class OrderType(IntEnum):
    """Plentymarkets' `typeId` of the orders that the merchant has."""

    SALE = 1
    RETURN = 3
    CREDIT_NOTE = 4


class LineType(IntEnum):
    """Plentymarkets' `typeId` of order items."""

    VARIATION = 1
    BUNDLE = 2
    COMPONENT = 3


class Handling(IntEnum):
    """What became of an order and its goods."""

    NORMAL = 0
    CANCELLED = 1
    TO_REPAIR = 2
    """Came back damaged: booked into the repair warehouse."""


@dataclass(frozen=True, slots=True)
class Orders:
    """One entry an order in every array; an order's number is its index."""

    day: NDArray[np.int64]
    second: NDArray[np.int64]
    channel: NDArray[np.int64]
    order_type: NDArray[np.int64]
    handling: NDArray[np.int64]
    parent: NDArray[np.int64]
    """The order that a return or credit note refers to; -1 for others."""
    first_line: NDArray[np.int64]
    """Where the order's lines begin; one entry more than there are orders."""

    @property
    def ships_day(self) -> NDArray[np.int64]:
        """The day on which goods issue is or will be booked."""
        return self.day + (self.second >= SHIPS_NEXT_DAY_FROM)

    @property
    def ships_second(self) -> NDArray[np.int64]:
        """The second of that day."""
        return shipping_seconds(self.second)


@dataclass(frozen=True, slots=True)
class Lines:
    """One entry an order line in every array; a line's number is its index."""

    order: NDArray[np.int64]
    article: NDArray[np.int64]
    variation_id: NDArray[np.int64]
    units: NDArray[np.int64]
    line_type: NDArray[np.int64]
    price_minor: NDArray[np.int64]
    cost_minor: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DayOrders:
    """The orders of one day before they are numbered; `line_order` points into the day."""

    second: NDArray[np.int64]
    channel: NDArray[np.int64]
    order_type: NDArray[np.int64]
    handling: NDArray[np.int64]
    parent: NDArray[np.int64]
    line_order: NDArray[np.int64]
    article: NDArray[np.int64]
    units: NDArray[np.int64]
    line_type: NDArray[np.int64]

    def in_order_of_time(self) -> "DayOrders":
        """Return the same orders sorted by the second, their lines with them."""
        by_time = np.argsort(self.second, kind="stable")
        rank = np.empty_like(by_time)
        rank[by_time] = np.arange(len(by_time))
        line_order = rank[self.line_order]
        by_order = np.argsort(line_order, kind="stable")
        return DayOrders(
            self.second[by_time],
            self.channel[by_time],
            self.order_type[by_time],
            self.handling[by_time],
            self.parent[by_time],
            line_order[by_order],
            self.article[by_order],
            self.units[by_order],
            self.line_type[by_order],
        )


def joined(parts: list[DayOrders]) -> DayOrders:
    """Return several groups of one day's orders as one, sorted by time."""
    shifts = np.cumsum([0] + [len(part.second) for part in parts[:-1]])
    moved = [part.line_order + shift for part, shift in zip(parts, shifts, strict=True)]
    return DayOrders(
        np.concatenate([p.second for p in parts]),
        np.concatenate([p.channel for p in parts]),
        np.concatenate([p.order_type for p in parts]),
        np.concatenate([p.handling for p in parts]),
        np.concatenate([p.parent for p in parts]),
        np.concatenate(moved),
        np.concatenate([p.article for p in parts]),
        np.concatenate([p.units for p in parts]),
        np.concatenate([p.line_type for p in parts]),
    ).in_order_of_time()


def shipping_seconds(second: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return when on its shipping day an order of that second leaves."""
    same_day = np.maximum(second, _SHIPPING_STARTS) + _PACKING_SECONDS
    return np.where(second >= SHIPS_NEXT_DAY_FROM, NEXT_DAY_SHIPPING, same_day)


def group_sales(
    rng: np.random.Generator,
    article: NDArray[np.int64],
    channel: NDArray[np.int64],
    units: NDArray[np.int64],
) -> DayOrders:
    """Return a day's sold lines as orders of 1.6 lines on average, none across channels."""
    shuffled = rng.permutation(len(article))
    by_channel = shuffled[np.argsort(channel[shuffled], kind="stable")]
    sorted_channel = channel[by_channel]
    begins = rng.random(len(article)) > 0.375
    begins |= np.diff(sorted_channel, prepend=-1) != 0
    line_order = np.cumsum(begins) - 1
    count = int(begins.sum())
    return DayOrders(
        second=rng.integers(300, _DAY_SECONDS, count),
        channel=sorted_channel[begins],
        order_type=np.full(count, OrderType.SALE, np.int64),
        handling=np.full(count, Handling.NORMAL, np.int64),
        parent=np.full(count, -1, np.int64),
        line_order=line_order,
        article=article[by_channel],
        units=units[by_channel],
        line_type=np.full(len(article), LineType.VARIATION, np.int64),
    )


def cancelled_twins(rng: np.random.Generator, sales: DayOrders) -> DayOrders:
    """Return a few orders like the day's sales that were cancelled before anything moved."""
    order_count = len(sales.second)
    chosen = np.flatnonzero(rng.random(order_count) < 0.02)
    place = np.full(order_count, -1, np.int64)
    place[chosen] = np.arange(len(chosen))
    lines = place[sales.line_order] >= 0
    return DayOrders(
        second=rng.integers(300, _DAY_SECONDS, len(chosen)),
        channel=sales.channel[chosen],
        order_type=sales.order_type[chosen],
        handling=np.full(len(chosen), Handling.CANCELLED, np.int64),
        parent=np.full(len(chosen), -1, np.int64),
        line_order=place[sales.line_order][lines],
        article=sales.article[lines],
        units=sales.units[lines],
        line_type=sales.line_type[lines],
    )


def with_components(sales: DayOrders, components: NDArray[np.int64]) -> DayOrders:
    """Return the orders with each bundle's line marked and its components' lines after it.

    `components` is article × parts, -1 where the article is no bundle.
    """
    bundles = np.flatnonzero(components[sales.article, 0] >= 0)
    line_type = sales.line_type.copy()
    line_type[bundles] = LineType.BUNDLE
    parts = components[sales.article[bundles]]
    width = components.shape[1]
    extended = replace(
        sales,
        line_order=np.concatenate([sales.line_order, np.repeat(sales.line_order[bundles], width)]),
        article=np.concatenate([sales.article, parts.ravel()]),
        units=np.concatenate([sales.units, np.repeat(sales.units[bundles], width)]),
        line_type=np.concatenate([line_type, np.full(parts.size, LineType.COMPONENT)]),
    )
    return extended.in_order_of_time()


@dataclass(slots=True)
class OrderLog:
    """Collects orders day by day and numbers them."""

    order_count: int = 0
    line_count: int = 0
    _orders: list[NDArray[np.int64]] = field(default_factory=list)
    _lines: list[NDArray[np.int64]] = field(default_factory=list)

    def add(
        self,
        day: int,
        orders: DayOrders,
        variation_id: NDArray[np.int64],
        money: tuple[NDArray[np.int64], NDArray[np.int64]],
    ) -> None:
        """Number the day's orders; `money` is each line's price and cost."""
        count = len(orders.second)
        self._orders.append(
            np.stack(
                [
                    np.full(count, day),
                    orders.second,
                    orders.channel,
                    orders.order_type,
                    orders.handling,
                    orders.parent,
                ]
            )
        )
        self._lines.append(
            np.stack(
                [
                    orders.line_order + self.order_count,
                    orders.article,
                    variation_id,
                    orders.units,
                    orders.line_type,
                    *money,
                ]
            )
        )
        self.order_count += count
        self.line_count += len(orders.article)

    def finished(self) -> tuple[Orders, Lines]:
        """Return all orders and lines."""
        day, second, channel, order_type, handling, parent = np.concatenate(self._orders, axis=1)
        lines = Lines(*np.concatenate(self._lines, axis=1))
        first_line = np.searchsorted(lines.order, np.arange(self.order_count + 1))
        return (
            Orders(day, second, channel, order_type, handling, parent, first_line),
            lines,
        )
