"""Which fields of Plentymarkets' answers may be kept in files: lists of what stays, nothing else.

A list of what goes would miss the field that the next release adds. An order without its relations
still names its customer in properties and references; the delete log names colleagues; a filter on
contacts that is ignored delivers every customer. So what is on no list here is never written.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from umschlag.connectors.plentymarkets.lookups import SUPPLIER_CONTACT_TYPE
from umschlag.connectors.plentymarkets.values import whole_of
from umschlag.kernel.errors import Refused


class Keep(Enum):
    """What stays of a field that has no fields of its own."""

    VALUE = "a text, a number, yes or no"


class NoListOfFields(Refused):
    """Nobody has said yet which fields of this route may be written to files."""


Fields: TypeAlias = "Mapping[str, Fields] | Keep"


def _values(names: str, **parts: Fields) -> Fields:
    return {**dict.fromkeys(names.split(), Keep.VALUE), **parts}


def _every_row(row: Any) -> bool:  # noqa: ANN401 - outside data
    del row
    return True


def _is_supplier(row: Any) -> bool:  # noqa: ANN401 - outside data
    # The filter may be ignored without a word; then the customers come as well.
    return isinstance(row, dict) and whole_of(row.get("typeId")) == int(SUPPLIER_CONTACT_TYPE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Route:
    """What stays of the rows that a route answers with."""

    path: re.Pattern[str]
    fields: Fields
    is_kept: Callable[[Any], bool] = _every_row
    is_one: bool = False
    """Whether the answer is the row itself."""


def _route(path: str, fields: Fields, **more: Any) -> _Route:  # noqa: ANN401 - passed on
    return _Route(path=re.compile(path), fields=fields, **more)


_BASE = (
    "number itemId isActive isMain mainVariationId bundleType model name availability "
    "stockLimitation movingAveragePrice purchasePrice weightG weightNetG lengthMM widthMM "
    "heightMM unitsContained packingUnits createdAt updatedAt"
)
_ITEM = _values("id manufacturerId stockType itemType")
_TEXTS = _values("lang name1 name2 name3")
_MARKET_NUMBER = _values("id type countryId position value")
_SUPPLIER = _values(
    "supplierId purchasePrice minimumPurchase itemNumber lastPriceQuery deliveryTimeInDays "
    "discount packagingUnit"
)
_VARIATION = _values(
    "id exception",
    base=_values(_BASE, item=_ITEM, texts=_TEXTS),
    barcodes=_values("barcodeId code"),
    salesPrices=_values("salesPriceId price"),
    supplier=_SUPPLIER,
    marketIdentNumbers=_MARKET_NUMBER,
    bundleComponents=_values("componentVariationId componentQuantity"),
    categories=_values("categoryId position"),
)
_OLD_VARIATION = _values(
    f"id exception {_BASE}",
    item=_ITEM,
    variationBarcodes=_values("barcodeId code"),
    variationSalesPrices=_values("salesPriceId price"),
    variationSuppliers=_SUPPLIER,
    marketItemNumbers=_MARKET_NUMBER,
    variationBundleComponents=_values("componentVariationId componentQuantity"),
    variationCategories=_values("categoryId position"),
)
_STOCK = _values(
    "variationId iv_id itemId warehouseId smw_id stockPhysical physicalStock sms_physical "
    "reservedStock sms_reserved reservedBundle reservedBundles stockNet netStock sms_net reordered "
    "sms_reordered averagePurchasePrice purchasePrice sms_average_purchase_price updatedAt"
)
_MOVEMENT = _values(
    "id itemId variationId warehouseId quantity reason processRowType purchasePrice createdAt"
)
_ORDER = _values(
    "id typeId plentyId statusId referrerId createdAt updatedAt",
    dates=_values("typeId date"),
    orderReferences=_values("referenceOrderId originOrderId referenceType orderType"),
    orderItems=_values(
        "id typeId itemVariationId quantity warehouseId",
        references=_values("referenceOrderItemId referenceType"),
        amounts=_values("isSystemCurrency currency exchangeRate priceGross priceNet purchasePrice"),
    ),
)
_PRICE_DEFINITION = _values(
    "id type position isCustomerPrice minimumOrderQuantity",
    currencies=_values("currency"),
    referrers=_values("referrerId"),
)
_ROUTES = (
    _route(r"/rest/pim/variations(/scroll)?", _VARIATION),
    _route(r"/rest/items/variations", _OLD_VARIATION),
    _route(r"/rest/items", _values("id", texts=_TEXTS)),
    _route(r"/rest/stockmanagement/(warehouses/\d+/)?stock", _STOCK),
    _route(r"/rest/stockmanagement/stock/archives", Keep.VALUE),
    _route(r"/rest/stockmanagement/warehouses", _values("id name typeId")),
    _route(r"/rest/stockmanagement/warehouses/\d+/stock/movements", _MOVEMENT),
    _route(r"/rest/orders", _ORDER),
    _route(r"/rest/orders/\d+", _ORDER, is_one=True),
    _route(r"/rest/orders/referrers", _values("id backendName name")),
    _route(r"/rest/delete_log", _values("referenceType referenceValue updatedAt")),
    _route(r"/rest/items/sales_prices", _PRICE_DEFINITION),
    _route(r"/rest/items/barcodes", _values("id name type")),
    _route(r"/rest/items/manufacturers", _values("id name")),
    _route(r"/rest/categories", _values("id", details=_values("lang name"))),
    # Of suppliers the firm alone: where a person stands in its place, the name stays out.
    _route(
        r"/rest/accounts/contacts",
        _values("id typeId", accounts=_values("companyName")),
        is_kept=_is_supplier,
    ),
)
_ENVELOPE = _values(
    "page current_page lastPageNumber last_page totalsCount total isLastPage itemsPerPage cursor"
)
_ROWS = ("entries", "data")
_NUMBER_BITS_MAX = 1_000
"""Python writes out no number of thousands of digits, and nobody means one."""


def require_listed(path: str) -> None:
    """Refuse a route of which nobody has said what may be kept.

    Raises:
        NoListOfFields: there is no list.
    """
    _route_of(path)


def kept_of(path: str, answer: Any) -> Any:  # noqa: ANN401 - outside data
    """Return the answer with the listed fields alone; rows keep their number and their order.

    Raises:
        NoListOfFields: there is no list for the route.
    """
    route = _route_of(path)
    if route.is_one:
        return _kept(answer, route.fields)
    if isinstance(answer, list):
        return _rows(answer, route)
    if not isinstance(answer, dict):
        return None
    rows = {name: _rows(answer[name], route) for name in _ROWS if name in answer}
    return {**_kept(answer, _ENVELOPE), **rows}


def _route_of(path: str) -> _Route:
    for route in _ROUTES:
        if route.path.fullmatch(path):
            return route
    raise NoListOfFields(
        f"{path} cannot be recorded: no list says which of its fields hold nothing personal. "
        "Put one into umschlag/connectors/plentymarkets/keeping.py"
    )


def _rows(rows: Any, route: _Route) -> Any:  # noqa: ANN401 - outside data
    if not isinstance(rows, list):
        return None
    # What is left out keeps its place, since rows are counted against the totals.
    return [_kept(row, route.fields) if route.is_kept(row) else None for row in rows]


def _kept(value: Any, fields: Fields) -> Any:  # noqa: ANN401 - outside data
    """Return what stays of the value; None for one that is of another kind than its field."""
    if isinstance(fields, Keep):
        is_absurd = isinstance(value, int) and value.bit_length() > _NUMBER_BITS_MAX
        return None if is_absurd or isinstance(value, list | dict) else value
    if isinstance(value, list):
        return [_kept(part, fields) for part in value]
    if isinstance(value, dict):
        return {name: _kept(part, fields[name]) for name, part in value.items() if name in fields}
    return None
