"""One order as Plentymarkets writes it, without any name or address of a person."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from umschlag.simulators.demo.access import PLENTY_ID, PLENTY_ID_SHOP
from umschlag.simulators.demo.calendar import w3c
from umschlag.simulators.demo.orders import LineType, OrderType
from umschlag.simulators.plentymarkets.erp import WAREHOUSE_IDS, Erp
from umschlag.simulators.plentymarkets.stock import ORDER_ID_FIRST

ORDER_ITEM_ID_FIRST = 700_000
REFERRER_OF_CHANNEL = (4.01, 4.02, 1)
_PLACE_OF_CHANNEL = (0, 1, 0)
STATUS_NAMES = {
    3.0: "Waiting for payment",
    5.0: "Cleared for shipping",
    7.0: "Goods issue booked",
    8.1: "Cancelled by customer",
    9.0: "Return",
    11.0: "Credit note",
}
_VAT_FACTOR = 1.19
_POUNDS_PER_EURO = 0.85
_SHIPPING_MINOR = 499


@dataclass(frozen=True)
class OrderRows:
    """Makes rows; an order is given by its number in the demo world."""

    erp: Erp
    status_id: NDArray[np.float64]
    updated_unix: NDArray[np.int64]
    is_shipped: NDArray[np.bool_]

    def order(self, order: int, relations: set[str]) -> dict[str, Any]:
        """Return the order with the relations asked for."""
        orders, merchant = self.erp.merchant.orders, self.erp.merchant
        channel, status = int(orders.channel[order]), float(self.status_id[order])
        created = w3c(int(merchant.created_unix[order]))
        number = ORDER_ID_FIRST + order
        row: dict[str, Any] = {
            "id": number,
            "typeId": int(orders.order_type[order]),
            "plentyId": PLENTY_ID_SHOP if channel == 2 else PLENTY_ID,
            "statusId": status if status % 1 else int(status),
            "statusName": f"[{status:g}] {STATUS_NAMES[status]}",
            "referrerId": REFERRER_OF_CHANNEL[channel],
            "ownerId": 3,
            "locationId": 1,
            "lockStatus": "unlocked",
            "roundTotalsOnly": True,
            "numberOfDecimals": 2,
            "createdAt": created,
            "updatedAt": w3c(int(self.updated_unix[order])),
        }
        lines = range(int(orders.first_line[order]), int(orders.first_line[order + 1]))
        parts: dict[str, Callable[[], object]] = {
            "orderItems": lambda: self._items(number, lines, channel, created),
            "dates": lambda: self._dates(order, number, created),
            "properties": lambda: self._properties(order, number, channel),
            "relations": lambda: _relations(number, channel),
            "amounts": lambda: self._amounts(number, lines, channel),
            "orderReferences": lambda: self._references(order, number),
            "addressRelations": list[object],
        }
        for name in relations:
            row[name] = parts[name]()
        return row

    def _items(self, number: int, lines: range, channel: int, created: str) -> list[dict[str, Any]]:
        table, names = self.erp.merchant.lines, self.erp.merchant.articles.name
        items = []
        for place, line in enumerate(lines):
            kind, article = int(table.line_type[line]), int(table.article[line])
            price, cost = int(table.price_minor[line]), int(table.cost_minor[line])
            items.append(
                {
                    "id": ORDER_ITEM_ID_FIRST + line,
                    "orderId": number,
                    "typeId": kind,
                    "referrerId": REFERRER_OF_CHANNEL[channel],
                    "itemVariationId": int(table.variation_id[line]),
                    "quantity": int(table.units[line]),
                    "orderItemName": names[article],
                    "attributeValues": "",
                    "shippingProfileId": 6,
                    "countryVatId": 1,
                    "vatField": 0,
                    "vatRate": 19,
                    "position": place,
                    "warehouseId": WAREHOUSE_IDS[_PLACE_OF_CHANNEL[channel]],
                    "createdAt": created,
                    "updatedAt": created,
                    "amounts": _item_amounts(price, cost, in_pounds=channel == 1),
                    "references": _bundle_reference(table.line_type, lines, line)
                    if kind == LineType.COMPONENT
                    else [],
                }
            )
        if channel == 2:
            items.append(_shipping_item(number))
        return items

    def _dates(self, order: int, number: int, created: str) -> list[dict[str, Any]]:
        merchant = self.erp.merchant
        paid = w3c(int(merchant.created_unix[order]) + 60)
        dates = [(2, created), (3, paid), (4, w3c(int(self.updated_unix[order])))]
        if self.is_shipped[order]:
            dates.append((5, w3c(int(merchant.ships_unix[order]))))
        return [{"orderId": number, "typeId": kind, "date": text} for kind, text in dates]

    def _properties(self, order: int, number: int, channel: int) -> list[dict[str, Any]]:
        warehouse_id = WAREHOUSE_IDS[_PLACE_OF_CHANNEL[channel]]
        outside = f"WEB-{number}" if channel == 2 else f"303-{number:07d}-{order % 9_999_999:07d}"
        values = ((1, str(warehouse_id)), (4, "fullyPaid"), (7, outside))
        return [{"orderId": number, "typeId": kind, "value": text} for kind, text in values]

    def _amounts(self, number: int, lines: range, channel: int) -> list[dict[str, Any]]:
        table = self.erp.merchant.lines
        part = slice(lines.start, lines.stop)
        goods = int(np.dot(table.price_minor[part], table.units[part]))
        shipping = _SHIPPING_MINOR if channel == 2 else 0
        rows = [_order_amount(number, goods + shipping, shipping)]
        if channel == 1:
            abroad = _order_amount(number, goods * _POUNDS_PER_EURO, 0)
            rows.append(
                {
                    **abroad,
                    "id": number * 2 + 1,
                    "isSystemCurrency": False,
                    "currency": "GBP",
                    "exchangeRate": _POUNDS_PER_EURO,
                }
            )
        return rows

    def _references(self, order: int, number: int) -> list[dict[str, Any]]:
        orders = self.erp.merchant.orders
        parent = int(orders.parent[order])
        if parent < 0:
            return []
        parent_id = ORDER_ID_FIRST + parent
        return [
            {
                "id": number,
                "orderId": number,
                "originOrderId": parent_id,
                "referenceOrderId": parent_id,
                "referenceType": "parent",
                "orderType": int(OrderType.SALE),
            }
        ]


def _relations(number: int, channel: int) -> list[dict[str, Any]]:
    warehouse_id = WAREHOUSE_IDS[_PLACE_OF_CHANNEL[channel]]
    return [
        {
            "orderId": number,
            "referenceType": "warehouse",
            "referenceId": warehouse_id,
            "relation": "sender",
        },
        {
            "orderId": number,
            "referenceType": "contact",
            "referenceId": 100 + number % 900,
            "relation": "receiver",
        },
    ]


def _item_amounts(price_minor: int, cost_minor: int, *, in_pounds: bool) -> list[dict[str, Any]]:
    def row(price: float, currency: str, rate: float, *, is_system: bool) -> dict[str, Any]:
        gross, net = round(price, 2), round(price / _VAT_FACTOR, 4)
        return {
            "isSystemCurrency": is_system,
            "currency": currency,
            "exchangeRate": rate,
            "purchasePrice": cost_minor / 100,
            "priceOriginalGross": gross,
            "priceOriginalNet": net,
            "priceGross": gross,
            "priceNet": net,
            "surcharge": 0,
            "discount": 0,
            "isPercentage": True,
        }

    rows = [row(price_minor / 100, "EUR", 1, is_system=True)]
    if in_pounds:
        # The customer's currency comes first, so that a client which takes row 0 is found out.
        pounds = price_minor / 100 * _POUNDS_PER_EURO
        rows.insert(0, row(pounds, "GBP", _POUNDS_PER_EURO, is_system=False))
    return rows


def _order_amount(number: int, gross_minor: float, shipping_minor: int) -> dict[str, Any]:
    gross = round(gross_minor / 100, 2)
    net = round(gross / _VAT_FACTOR, 2)
    return {
        "id": number * 2,
        "orderId": number,
        "isSystemCurrency": True,
        "isNet": False,
        "currency": "EUR",
        "exchangeRate": 1,
        "netTotal": net,
        "grossTotal": gross,
        "vatTotal": round(gross - net, 2),
        "invoiceTotal": gross,
        "paidAmount": gross,
        "prepaidAmount": 0,
        "giftCardAmount": 0,
        "shippingCostsGross": shipping_minor / 100,
        "shippingCostsNet": round(shipping_minor / 100 / _VAT_FACTOR, 2),
    }


def _bundle_reference(
    line_type: NDArray[np.int64], lines: range, line: int
) -> list[dict[str, Any]]:
    """Return the reference from a component to the bundle line of its order."""
    header = next(other for other in lines if line_type[other] == LineType.BUNDLE)
    item_id = ORDER_ITEM_ID_FIRST + header
    return [
        {
            "orderItemId": ORDER_ITEM_ID_FIRST + line,
            "referenceOrderItemId": item_id,
            "referenceType": "bundle",
        }
    ]


def _shipping_item(number: int) -> dict[str, Any]:
    """Return the shipping charge; its id is 0, as real ones have been seen."""
    return {
        "id": 0,
        "orderId": number,
        "typeId": 6,
        "referrerId": 1,
        "itemVariationId": 0,
        "quantity": 1,
        "orderItemName": "Versandkosten",
        "position": 99,
        "amounts": [
            {
                "isSystemCurrency": True,
                "currency": "EUR",
                "exchangeRate": 1,
                "priceGross": _SHIPPING_MINOR / 100,
                "priceNet": round(_SHIPPING_MINOR / 100 / _VAT_FACTOR, 4),
            }
        ],
    }
