"""Orders read from Plentymarkets, as the lines that count as sales."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from umschlag.connectors.plentymarkets.paging import Entry, Reader, pages
from umschlag.connectors.plentymarkets.parsing import minor_of
from umschlag.connectors.plentymarkets.values import (
    decimal_of,
    flag_of,
    instant_of,
    positive_of,
    rows_of,
    text_of,
    whole_of,
)
from umschlag.kernel.errors import LoginRejected, MalformedIdentifier, UnexpectedAnswer
from umschlag.kernel.identifiers import Marketplace, parse_marketplace
from umschlag.kernel.outcomes import Problem
from umschlag.kernel.periods import business_date_of
from umschlag.kernel.progress import Progress, untold

SHOP = "Shop"
"""Where an order came from that came from no Amazon site."""
OVERLAP = timedelta(hours=2)
"""Read again before the watermark, since orders are changed while they are read."""
_SALE, _RETURN, _CREDIT_NOTE = 1, 3, 4
_SIGNS = {_SALE: 1, _RETURN: -1, _CREDIT_NOTE: -1}
"""Deliveries repeat an order's items, and offers, reorders and moves are no sales."""
_VARIATION, _BUNDLE, _COMPONENT, _UNASSIGNED, _SET, _SET_COMPONENT = 1, 2, 3, 9, 13, 14
_GOODS = (_VARIATION, _COMPONENT, _UNASSIGNED, _SET_COMPONENT)
_HEADERS = (_BUNDLE, _SET)
_PARTS = (_COMPONENT, _SET_COMPONENT)
_AMAZON_COUNTRIES = {
    "germany": Marketplace.DE,
    "deutschland": Marketplace.DE,
    "france": Marketplace.FR,
    "frankreich": Marketplace.FR,
    "italy": Marketplace.IT,
    "italien": Marketplace.IT,
    "spain": Marketplace.ES,
    "spanien": Marketplace.ES,
    "uk": Marketplace.UK,
    "kingdom": Marketplace.UK,
    "usa": Marketplace.US,
    "us": Marketplace.US,
}


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


def read_orders(
    reader: Reader,
    *,
    since: datetime | None,
    zone: ZoneInfo,
    currency: str,
    progress: Progress = untold,
) -> Iterator[Order | Problem]:
    """Yield every order changed since then, of all the merchant's clients, by rising id.

    An order that changes meanwhile may come twice: the later one counts.

    Raises:
        OutsideSystemFailed: Plentymarkets did not answer, or not as its contract says.
    """
    marketplaces = read_marketplaces(reader)
    params = {"itemsPerPage": "250", "sortBy": "id", "sortOrder": "asc"}
    if since is not None:
        params["updatedAtFrom"] = (since - OVERLAP).isoformat()
    for page in pages(reader, "/rest/orders", params, progress=progress):
        for row in page.entries:
            yield order_of(row, zone=zone, currency=currency, marketplaces=marketplaces)


def read_marketplaces(reader: Reader) -> Mapping[Decimal, str]:
    """Return which marketplace each referrer stands for; without the right to read them, none."""
    try:
        rows = [row for page in pages(reader, "/rest/orders/referrers", {}) for row in page.entries]
    except (LoginRejected, UnexpectedAnswer):
        return {}
    return {
        number: marketplace_of(text_of(row.get("backendName")) or text_of(row.get("name")))
        for row in rows
        # Read as exact decimals, because 4.01 and 4.1 are two different referrers.
        if (number := decimal_of(row.get("id"))) is not None
    }


def marketplace_of(referrer: str) -> str:
    """Return the Amazon site that the referrer's name means, or the shop."""
    try:
        return parse_marketplace(referrer).value
    except MalformedIdentifier:
        pass
    words = re.findall(r"[a-z]+", referrer.lower())
    if "amazon" not in words:
        return SHOP
    found = (_AMAZON_COUNTRIES[word] for word in words if word in _AMAZON_COUNTRIES)
    return next((site.value for site in found), Marketplace.DE.value)


def order_of(
    row: Entry, *, zone: ZoneInfo, currency: str, marketplaces: Mapping[Decimal, str]
) -> Order | Problem:
    """Return the order, or what is wrong with it."""
    order_id = positive_of(row.get("id"))
    placed_at = instant_of(row.get("createdAt"), zone)
    if order_id is None or placed_at is None:
        return Problem(place=f"order {row.get('id')!r}", message="it has no id or no date")
    sign = _SIGNS.get(whole_of(row.get("typeId")) or 0, 0)
    lines: tuple[OrderLine, ...] = ()
    if sign and not _is_cancelled(row) and not _repeats_a_return(row):
        lines = tuple(_lines_of(rows_of(row.get("orderItems")), sign=sign, currency=currency))
    referrer = decimal_of(row.get("referrerId"))
    return Order(
        order_id=str(order_id),
        business_date=business_date_of(placed_at, zone),
        updated_at=instant_of(row.get("updatedAt"), zone),
        marketplace=marketplaces.get(referrer, SHOP) if referrer is not None else SHOP,
        lines=lines,
    )


def _is_cancelled(row: Entry) -> bool:
    status = decimal_of(row.get("statusId"))
    return status is not None and 8 <= status < 9


def _repeats_a_return(row: Entry) -> bool:
    """Tell whether it is the credit note of a return, whose goods were taken off already."""
    return whole_of(row.get("typeId")) == _CREDIT_NOTE and any(
        whole_of(reference.get("orderType")) == _RETURN
        for reference in rows_of(row.get("orderReferences"))
    )


def _lines_of(items: Sequence[Entry], *, sign: int, currency: str) -> Iterator[OrderLine]:
    """Yield the lines of goods: bundles by their components, which carry the bundle's price."""
    revenues = [_revenue_of(item, currency) for item in items]
    for header, parts in _bundles(items):
        if revenues[header] and not any(revenues[part] for part in parts):
            shares = _shared(revenues[header], [_weight_of(items[part]) for part in parts])
            for part, share in zip(parts, shares, strict=True):
                revenues[part] = share
    for place, item in enumerate(items):
        units = whole_of(item.get("quantity")) or 0
        if whole_of(item.get("typeId")) not in _GOODS or units == 0:
            continue
        line_id = positive_of(item.get("id"))
        yield OrderLine(
            # The place in the order stands in, because some lines have the id 0.
            line_id=str(line_id) if line_id is not None else f"#{place}",
            variation_id=positive_of(item.get("itemVariationId")),
            units=sign * units,
            revenue_minor=sign * revenues[place],
        )


def _bundles(items: Sequence[Entry]) -> Iterator[tuple[int, list[int]]]:
    """Yield each bundle's place and those of its components, which name it or follow it."""
    places = {positive_of(item.get("id")): place for place, item in enumerate(items)}
    parts: dict[int, list[int]] = {}
    header: int | None = None
    for place, item in enumerate(items):
        kind = whole_of(item.get("typeId"))
        if kind in _HEADERS:
            header = place
        elif kind in _PARTS:
            named = (
                places.get(positive_of(reference.get("referenceOrderItemId")))
                for reference in rows_of(item.get("references"))
            )
            owner = next((one for one in named if one is not None), header)
            if owner is not None:
                parts.setdefault(owner, []).append(place)
    yield from parts.items()


def _revenue_of(item: Entry, currency: str) -> int:
    """Return units × the unit's gross price in the system currency."""
    amounts = rows_of(item.get("amounts"))
    # A customer's foreign currency comes as a second row, and not always as the second.
    ours = next((row for row in amounts if flag_of(row.get("isSystemCurrency"))), None)
    price = decimal_of(ours.get("priceGross")) if ours else None
    units = decimal_of(item.get("quantity"))
    if price is None or units is None:
        return 0
    return minor_of(price * units, currency) or 0


def _weight_of(item: Entry) -> Decimal:
    """Return the component's cost, by which the bundle's price is shared out."""
    amounts = rows_of(item.get("amounts"))
    units = decimal_of(item.get("quantity")) or Decimal(0)
    ours = next((row for row in amounts if flag_of(row.get("isSystemCurrency"))), None)
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
