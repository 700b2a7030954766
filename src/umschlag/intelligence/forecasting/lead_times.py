"""How long suppliers take: from the day an order is seen until its last unit is received.

No system that we read tells when an order was placed. Where the snapshots show the units on order
rise from one day to the next, an order was placed; receipts then take the oldest open order first.
Rebuilt days do not tell what was on order, so they are no part of it.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from statistics import median_low

from umschlag.intelligence.movement.model import Receipt
from umschlag.kernel.errors import BadInput

MEASURED_ORDERS_MIN = 5
"""A median of fewer orders would follow the one that came late."""
SPREAD_SHARES = tuple((2 * place + 1) / 40 for place in range(20))
"""Where the spread of lead times is read: the middles of twentieths of all orders."""


class LeadTimeSource(StrEnum):
    """Where a lead time comes from, the best first."""

    MEASURED = "measured"
    """From the supplier's orders and receipts."""
    ERP = "erp"
    """What the ERP says of the article."""
    SUPPLIER = "supplier"
    """The median of what the ERP says of the supplier's other articles."""
    SETTING = "setting"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTime:
    """A lead time in calendar days, where it comes from and, measured, how far orders spread."""

    days: int
    source: LeadTimeSource
    order_count: int = 0
    """Orders that were received whole; the measured ones stand on these."""
    days_late: int | None = None
    """Nine of ten orders took no longer; None where not measured or not told."""
    spread_days: tuple[int, ...] = ()
    """Measured: twenty lead times, rising, each as likely as the others; otherwise empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnOrderRun:
    """Days in a row, both ends included, at whose close a SKU had so many units on order."""

    first_date: date
    last_date: date
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenOrder:
    """One order line of a supplier: days until received, or, while open, days waited so far."""

    days: int
    is_received: bool


def seen_orders(runs: Sequence[OnOrderRun], receipts: Iterable[Receipt]) -> list[SeenOrder]:
    """Return the orders of one SKU that both ends of are seen, and those still open.

    An order is what the units on order rose by, plus what was received on that day. A receipt
    takes the oldest open units first; those on order before the first day are of unknown date and
    give no lead time. Open units beyond what is on order at the end were cancelled, the oldest
    first: they would have come long ago.
    """
    runs = sorted(runs, key=lambda run: run.first_date)
    if not runs:
        return []
    came: dict[date, int] = defaultdict(int)
    for receipt in receipts:
        came[receipt.business_date] += max(receipt.units, 0)
    first_date, last_date = runs[0].first_date, runs[-1].last_date
    rises = {
        run.first_date: run.units - before.units
        for before, run in pairwise(runs)
        if run.units > before.units
    }
    book = _OrderBook(unknown_units=runs[0].units)
    for day in sorted({*rises, *(one for one in came if first_date < one <= last_date)}):
        if day in rises:
            book.place(day, rises[day] + came[day])
        book.receive(day, came[day])
    return [*book.received, *book.still_open(last_date, on_order_units=runs[-1].units)]


class _OrderBook:
    """Open orders of one SKU, oldest first."""

    def __init__(self, *, unknown_units: int) -> None:
        self._open: deque[tuple[date | None, int]] = deque()
        self.received: list[SeenOrder] = []
        if unknown_units > 0:
            self._open.append((None, unknown_units))

    def place(self, day: date, units: int) -> None:
        self._open.append((day, units))

    def receive(self, day: date, units: int) -> None:
        while units > 0 and self._open:
            placed, missing = self._open.popleft()
            if units < missing:
                self._open.appendleft((placed, missing - units))
                return
            units -= missing
            if placed is not None:
                self.received.append(SeenOrder(days=(day - placed).days, is_received=True))

    def still_open(self, day: date, *, on_order_units: int) -> list[SeenOrder]:
        left, orders = on_order_units, []
        for placed, units in reversed(self._open):
            if left <= 0:
                break
            left -= units
            if placed is not None:
                orders.append(SeenOrder(days=(day - placed).days, is_received=False))
        return orders


def days_within(orders: Iterable[SeenOrder], share: float) -> int | None:
    """Return within how many days this share of orders is received.

    Open orders count as at least as long as they have waited: Kaplan and Meier (1958),
    "Nonparametric estimation from incomplete observations", Journal of the American Statistical
    Association 53. None where so large a share was not seen.

    Raises:
        BadInput: the share is not above 0 and below 1.
    """
    if not 0 < share < 1:
        raise BadInput(f"a share of orders lies between 0 and 1, not at {share}", field="share")
    # What was received on a day was still waiting on it: it comes before what is open since then.
    in_order = sorted(orders, key=lambda order: (order.days, not order.is_received))
    waiting, open_share = len(in_order), 1.0
    for order in in_order:
        if order.is_received:
            open_share *= 1 - 1 / waiting
        waiting -= 1
        if open_share <= 1 - share + 1e-9:
            return order.days
    return None


def measured_lead_times(orders: Mapping[str, Sequence[SeenOrder]]) -> dict[str, LeadTime]:
    """Return the median lead time of every supplier with at least five orders received."""
    found = {}
    for supplier, seen in orders.items():
        count = sum(order.is_received for order in seen)
        days = days_within(seen, 0.5) if count >= MEASURED_ORDERS_MIN else None
        if supplier and days is not None:
            found[supplier] = LeadTime(
                days=days,
                source=LeadTimeSource.MEASURED,
                order_count=count,
                days_late=days_within(seen, 0.9),
                spread_days=_spread_days(seen),
            )
    return found


def _spread_days(orders: Sequence[SeenOrder]) -> tuple[int, ...]:
    """Return twenty equally likely lead times.

    How long the last ones take whose orders are still open nobody saw: they count as the longest
    time that any order took or has waited, which they can only exceed.
    """
    longest = max(order.days for order in orders)
    found = (days_within(orders, share) for share in SPREAD_SHARES)
    return tuple(longest if days is None else days for days in found)


def erp_lead_times(told: Iterable[tuple[str, int | None]]) -> dict[str, LeadTime]:
    """Return the (low) median of what the ERP says, from supplier and lead time of articles."""
    days: dict[str, list[int]] = defaultdict(list)
    for supplier, lead_time_days in told:
        if supplier and lead_time_days is not None:
            days[supplier].append(lead_time_days)
    return {
        supplier: LeadTime(days=median_low(all_days), source=LeadTimeSource.SUPPLIER)
        for supplier, all_days in days.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTimes:
    """What is known of lead times, and which of it counts for an article."""

    measured: Mapping[str, LeadTime]
    told: Mapping[str, LeadTime]
    default_days: int

    def of(self, *, supplier: str, erp_days: int | None) -> LeadTime:
        """Return the supplier's measured time, else the ERP's, the supplier's, the setting."""
        if supplier in self.measured:
            return self.measured[supplier]
        if erp_days is not None:
            return LeadTime(days=erp_days, source=LeadTimeSource.ERP)
        if supplier in self.told:
            return self.told[supplier]
        return LeadTime(days=self.default_days, source=LeadTimeSource.SETTING)
