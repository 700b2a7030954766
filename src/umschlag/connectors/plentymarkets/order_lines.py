"""One order of Plentymarkets as the lines that count as sales.

The rules:

* Sales are orders of type 1. Returns (3) and credit notes (4) count negative; how they are set off
  against each other stands in `order_netting`. Cancelled ones (status 8 to below 9) and deleted
  ones have no lines, whenever they were cancelled.
* A bundle is counted by its components, which leave the shelf; their units count. The money is on
  the bundle's own line and is shared out among them by their cost. Where the components carry
  prices themselves, these count and the bundle's does not. A bundle told without components
  counts as what it is.
* Money is gross, in the system's currency: the amount marked `isSystemCurrency`. One in another
  currency than ours is never taken for ours; such a line counts its units, with a remark.
* The business date is the day of `createdAt` in the merchant's zone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from zoneinfo import ZoneInfo

from umschlag.connectors.plentymarkets.paging import Entry
from umschlag.connectors.plentymarkets.parsing import UNITS_MAX, minor_of, shown
from umschlag.connectors.plentymarkets.values import (
    decimal_of,
    flag_of,
    id_of,
    instant_of,
    rows_of,
    text_of,
    whole_of,
)
from umschlag.kernel.outcomes import Problem
from umschlag.kernel.periods import business_date_of

SHOP = "Shop"
"""Where an order came from that came from no Amazon site."""


class OrderKind(Enum):
    """What an order does to sales, by the ERP's `typeId`."""

    SALE = 1
    RETURN = 3
    CREDIT_NOTE = 4
    OTHER = 0
    """Deliveries repeat an order's items, and offers, reorders and moves are no sales."""


_SIGNS = {OrderKind.SALE: 1, OrderKind.RETURN: -1, OrderKind.CREDIT_NOTE: -1, OrderKind.OTHER: 0}
_DELIVERIES = (2, 11, 13)
_DELETED_DATE, _CREATED_DATE = 1, 2
_VARIATION, _BUNDLE, _COMPONENT, _UNASSIGNED, _SET, _SET_COMPONENT = 1, 2, 3, 9, 13, 14
_GOODS = (_VARIATION, _COMPONENT, _UNASSIGNED, _SET_COMPONENT)
_HEADERS = (_BUNDLE, _SET)
_PARTS = (_COMPONENT, _SET_COMPONENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line of goods. Units and revenue (gross, system currency) are negative in returns."""

    line_id: str
    variation_id: int | None
    units: int
    revenue_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order as it counts: without lines where it is cancelled or no sale at all."""

    order_id: str
    business_date: date
    updated_at: datetime | None
    marketplace: str
    lines: tuple[OrderLine, ...]
    kind: OrderKind = OrderKind.SALE
    related: frozenset[str] = frozenset()
    """The orders that it says it comes from; of deliveries, none."""
    credits_a_return: bool = False
    """Whether it says itself that one of these is a return."""
    remarks: tuple[Problem, ...] = ()
    """What could not be read of an order that counts all the same."""


def order_of(
    row: Entry, *, zone: ZoneInfo, currency: str, marketplaces: Mapping[Decimal, str]
) -> Order | Problem:
    """Return the order, or what is wrong with it."""
    order_id = id_of(row.get("id"))
    placed_at = instant_of(row.get("createdAt"), zone) or _dated(row, _CREATED_DATE, zone)
    place = f"order {shown(row.get('id'))}"
    if order_id is None or placed_at is None:
        name = "id" if order_id is None else "createdAt"
        return Problem(place=place, message=f"{name}: {shown(row.get(name))}; order left out")
    kind_id = whole_of(row.get("typeId"))
    kind = OrderKind(kind_id) if kind_id in (1, 3, 4) else OrderKind.OTHER
    items = _Items(rows_of(row.get("orderItems")), currency=currency, place=place)
    is_counted = _SIGNS[kind] and not _is_cancelled(row) and not _dated(row, _DELETED_DATE, zone)
    referrer = decimal_of(row.get("referrerId"))
    references = () if kind_id in _DELIVERIES else rows_of(row.get("orderReferences"))
    return Order(
        order_id=str(order_id),
        business_date=business_date_of(placed_at, zone),
        updated_at=instant_of(row.get("updatedAt"), zone),
        marketplace=marketplaces.get(referrer, SHOP) if referrer is not None else SHOP,
        lines=tuple(items.lines(sign=_SIGNS[kind])) if is_counted else (),
        kind=kind,
        related=_named_in(references) - {str(order_id)},
        credits_a_return=kind is OrderKind.CREDIT_NOTE
        and any(whole_of(one.get("orderType")) == OrderKind.RETURN.value for one in references),
        remarks=tuple(items.remarks) if is_counted else (),
    )


def _named_in(references: Sequence[Entry]) -> frozenset[str]:
    named = (
        id_of(reference.get(name))
        for reference in references
        for name in ("referenceOrderId", "originOrderId")
    )
    return frozenset(str(order_id) for order_id in named if order_id is not None)


def _dated(row: Entry, kind: int, zone: ZoneInfo) -> datetime | None:
    for entry in rows_of(row.get("dates")):
        if whole_of(entry.get("typeId")) == kind:
            return instant_of(entry.get("date"), zone)
    return None


def _is_cancelled(row: Entry) -> bool:
    status = decimal_of(row.get("statusId"))
    return status is not None and 8 <= status < 9


@dataclass(slots=True)
class _Items:
    """One order's items, and what is remarkable about them."""

    items: Sequence[Entry]
    currency: str
    place: str
    remarks: list[Problem] = field(default_factory=list)

    def lines(self, *, sign: int) -> Iterator[OrderLine]:
        """Yield the lines of goods; bundles by their components, which carry the price."""
        bundles = dict(_bundles(self.items))
        counted = [
            place
            for place, item in enumerate(self.items)
            if (kind := whole_of(item.get("typeId"))) in _GOODS
            or (kind in _HEADERS and place not in bundles)
        ]
        revenues = {place: self._revenue(place) for place in sorted({*counted, *bundles})}
        for header, parts in bundles.items():
            if revenues[header] and not any(revenues[part] for part in parts):
                shares = _shared(revenues[header], [_weight_of(self.items[part]) for part in parts])
                revenues.update(zip(parts, shares, strict=True))
        taken: set[str] = set()
        for place in counted:
            item, units = self.items[place], self._units(place)
            if not units and not revenues[place]:
                continue
            line_id = id_of(item.get("id"))
            name = str(line_id) if line_id is not None else f"#{place}"
            # The place in the order stands in, because some lines have the id 0.
            name = f"{name}#{place}" if name in taken else name
            taken.add(name)
            yield OrderLine(
                line_id=name,
                variation_id=id_of(item.get("itemVariationId")),
                units=sign * units,
                revenue_minor=sign * revenues[place],
            )

    def _units(self, place: int) -> int:
        quantity = self.items[place].get("quantity")
        number = decimal_of(quantity)
        units = whole_of(number)
        if number is None or units is None or abs(units) > UNITS_MAX:
            self._remark(place, "quantity", f"{shown(quantity)} units cannot be meant; taken as 0")
            return 0
        if units != number:
            self._remark(place, "quantity", f"{number} units, rounded down to {units}")
        return units

    def _revenue(self, place: int) -> int:
        """Return units × the unit's gross price in the system currency."""
        item = self.items[place]
        units = decimal_of(item.get("quantity"))
        if units is None or abs(units) > UNITS_MAX:
            return 0
        amount = _ours_in(item)
        if amount is None:
            self._remark(place, "amounts", "none in the system's currency; revenue taken as 0")
            return 0
        told = text_of(amount.get("currency"))
        if told not in ("", self.currency):
            self._remark(place, "amounts", f"in {told}, not {self.currency}; revenue taken as 0")
            return 0
        price = decimal_of(amount.get("priceGross"))
        minor = None if price is None else minor_of(price * units, self.currency)
        if minor is None:
            what = shown(amount.get("priceGross"))
            self._remark(place, "priceGross", f"{what} is no amount; revenue taken as 0")
        return minor or 0

    def _remark(self, place: int, name: str, message: str) -> None:
        line = f"{self.place}, line {place + 1}"
        self.remarks.append(Problem(place=line, message=f"{name}: {message}"))


def _bundles(items: Sequence[Entry]) -> Iterator[tuple[int, list[int]]]:
    """Yield each bundle's place and those of its components, which name it or follow it."""
    places = {id_of(item.get("id")): place for place, item in enumerate(items)}
    parts: dict[int, list[int]] = {}
    header: int | None = None
    for place, item in enumerate(items):
        kind = whole_of(item.get("typeId"))
        if kind in _HEADERS:
            header = place
        elif kind in _PARTS:
            named = (
                places.get(id_of(reference.get("referenceOrderItemId")) or -1)
                for reference in rows_of(item.get("references"))
            )
            headers = (
                one
                for one in named
                if one is not None and whole_of(items[one].get("typeId")) in _HEADERS
            )
            owner = next(headers, header)
            if owner is not None:
                parts.setdefault(owner, []).append(place)
    yield from parts.items()


def _ours_in(item: Entry) -> Entry | None:
    # A customer's foreign currency comes as a second row, and not always as the second.
    amounts = rows_of(item.get("amounts"))
    return next((row for row in amounts if flag_of(row.get("isSystemCurrency"))), None)


def _weight_of(item: Entry) -> Decimal:
    """Return the component's cost, by which the bundle's price is shared out."""
    units = decimal_of(item.get("quantity")) or Decimal(0)
    ours = _ours_in(item)
    cost = decimal_of(ours.get("purchasePrice")) if ours else None
    return max(units * (cost or 0), Decimal(0))


def _shared(total_minor: int, weights: Sequence[Decimal]) -> list[int]:
    """Return the amount in shares by weight that add up to it; equal ones without weights."""
    whole = sum(weights)
    if not whole:
        weights = [Decimal(1)] * len(weights)
        whole = Decimal(len(weights))
    shares = []
    given, weight_so_far = 0, Decimal(0)
    for weight in weights:
        weight_so_far += weight
        # Rounding the running sum instead of each share loses no cent.
        due = int((total_minor * weight_so_far / whole).to_integral_value())
        shares.append(due - given)
        given = due
    return shares
