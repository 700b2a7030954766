"""Plentymarkets' answers turned into our values: pure, lenient on what comes in, strict on out.

A row that cannot be used becomes a `Problem`; nothing here raises on outside data. Field names
and their traps: the contract sheet, sections 4 to 6.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from umschlag.connectors.plentymarkets.values import (
    business_date_in,
    decimal_of,
    flag_of,
    part_of,
    positive_of,
    rows_of,
    text_of,
    whole_of,
)
from umschlag.intelligence.snapshots.model import Warehouse
from umschlag.kernel.errors import MalformedAmount, MalformedIdentifier
from umschlag.kernel.identifiers import VariationId, WarehouseId, parse_asin, parse_gtin
from umschlag.kernel.money import money
from umschlag.kernel.outcomes import Problem

SALES_WAREHOUSE_TYPE = 0
"""`typeId` of warehouses that orders are sold from; 1 is repair, 5 transit."""
RELATIONS_ASKED = (
    "base",
    "base.item",
    "base.texts",
    "barcodes",
    "salesPrices",
    "supplier",
    "marketIdentNumbers",
    "bundleComponents",
    "categories",
)
_UNITS_LIMIT = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """What ids in the variations stand for."""

    zone: ZoneInfo
    currency: str
    default_price_id: int | None = None
    """The sales price definition that is the shop's default in our currency."""
    gtin_barcode_ids: frozenset[int] = frozenset()
    manufacturers: Mapping[int, str] = field(default_factory=dict)
    categories: Mapping[int, str] = field(default_factory=dict)
    suppliers: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """One variation's master data as the ERP tells it."""

    variation_id: VariationId
    number: str
    item_id: int | None
    name: str
    manufacturer: str
    category: str
    supplier: str
    asin: str
    gtin: str
    is_active: bool
    is_bundle: bool
    unit_cost_minor: int | None
    """Moving average, else the purchase price; None where both are 0 or missing."""
    sales_price_minor: int | None
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    lead_time_days: int | None
    order_units_min: int | None
    pack_units: int | None
    created_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRow:
    """One variation's stock in one warehouse."""

    variation_id: VariationId
    warehouse_id: WarehouseId
    on_hand_units: int
    reserved_units: int
    on_order_units: int
    unit_cost_minor: int | None


def variation_of(entry: Mapping[str, Any], lookups: Lookups) -> Variation | Problem:
    """Return the variation, or what is wrong with the entry.

    Broken rows happen in the ERP's own examples: ``{"exception": "…"}`` without an id.
    """
    variation_id = positive_of(entry.get("id"))
    base = part_of(entry.get("base"))
    if variation_id is None or not base:
        reason = text_of(entry.get("exception")) or "it has no id or no base data"
        return Problem(place=f"variation {entry.get('id')!r}", message=reason[:200])
    supplier = _first(rows_of(entry.get("supplier")))
    item = part_of(base.get("item"))
    return Variation(
        variation_id=VariationId(variation_id),
        number=text_of(base.get("number")),
        item_id=positive_of(base.get("itemId")),
        name=_name_in(base),
        manufacturer=_looked_up(lookups.manufacturers, item.get("manufacturerId")),
        category=_category_in(entry, lookups),
        supplier=_looked_up(lookups.suppliers, supplier.get("supplierId")),
        asin=_asin_in(entry),
        gtin=_gtin_in(entry, lookups),
        is_active=flag_of(base.get("isActive")),
        is_bundle=text_of(base.get("bundleType")) == "bundle"
        or bool(rows_of(entry.get("bundleComponents"))),
        unit_cost_minor=_cost_of(base.get("movingAveragePrice"), lookups.currency)
        or _cost_of(base.get("purchasePrice"), lookups.currency),
        sales_price_minor=_price_in(entry, lookups),
        weight_g=positive_of(base.get("weightG")),
        length_mm=positive_of(base.get("lengthMM")),
        width_mm=positive_of(base.get("widthMM")),
        height_mm=positive_of(base.get("heightMM")),
        lead_time_days=positive_of(supplier.get("deliveryTimeInDays")),
        order_units_min=positive_of(supplier.get("minimumPurchase")),
        pack_units=positive_of(supplier.get("packagingUnit")),
        created_date=business_date_in(base.get("createdAt"), lookups.zone),
    )


def stock_row_of(entry: Mapping[str, Any], currency: str) -> tuple[StockRow | None, list[Problem]]:
    """Return the stock row, in whichever of the three vocabularies it is written.

    Broken units are rounded down, with a problem; a row without ids or units is left out.
    """
    variation_id = positive_of(entry.get("variationId"))
    warehouse_id = positive_of(entry.get("warehouseId"))
    place = f"stock of variation {entry.get('variationId')!r} in {entry.get('warehouseId')!r}"
    physical = _either(entry, "stockPhysical", "physicalStock")
    if variation_id is None or warehouse_id is None or decimal_of(physical) is None:
        return None, [Problem(place=place, message="it has no variation, warehouse or quantity")]
    problems: list[Problem] = []
    return (
        StockRow(
            variation_id=VariationId(variation_id),
            warehouse_id=WarehouseId(warehouse_id),
            on_hand_units=_units_of(physical, place, problems),
            reserved_units=_units_of(entry.get("reservedStock"), place, problems),
            on_order_units=_units_of(entry.get("reordered"), place, problems),
            unit_cost_minor=_cost_of(
                _either(entry, "averagePurchasePrice", "purchasePrice"), currency
            ),
        ),
        problems,
    )


def warehouse_of(entry: Mapping[str, Any]) -> Warehouse | None:
    """Return the warehouse, or None where it has no id."""
    warehouse_id = positive_of(entry.get("id"))
    if warehouse_id is None:
        return None
    return Warehouse(
        warehouse_id=WarehouseId(warehouse_id),
        name=text_of(entry.get("name")) or f"#{warehouse_id}",
        is_sales=whole_of(entry.get("typeId")) == SALES_WAREHOUSE_TYPE,
    )


def default_price_id_in(definitions: list[Mapping[str, Any]], currency: str) -> int | None:
    """Return the sales price that a plain buyer sees in our currency, by the ERP's own order."""
    candidates = []
    for place, definition in enumerate(definitions):
        price_id = positive_of(definition.get("id"))
        currencies = {text_of(row.get("currency")) for row in rows_of(definition.get("currencies"))}
        # "-1" stands for all currencies; a definition told without any is not limited either.
        fits = not currencies or currencies & {currency, "-1"}
        if price_id is None or not fits or text_of(definition.get("type")) != "default":
            continue
        is_special = flag_of(definition.get("isCustomerPrice"))
        is_bulk = (decimal_of(definition.get("minimumOrderQuantity")) or 0) > 1
        position = whole_of(definition.get("position"))
        rank = (is_special, is_bulk, place if position is None else position, price_id)
        candidates.append((rank, price_id))
    return min(candidates)[1] if candidates else None


def gtin_barcode_ids_in(barcodes: list[Mapping[str, Any]]) -> frozenset[int]:
    """Return the ids of the barcode types that are EANs."""
    found = (
        positive_of(row.get("id"))
        for row in barcodes
        if text_of(row.get("type")).upper() == "GTIN_13"
    )
    return frozenset(barcode_id for barcode_id in found if barcode_id is not None)


def minor_of(value: Any, currency: str) -> int | None:  # noqa: ANN401 - outside data
    """Return the amount in minor units; None where it is none."""
    amount = decimal_of(value)
    if amount is None or amount.adjusted() > 12:
        return None
    try:
        return money(amount, currency).minor
    except MalformedAmount:
        return None


def _first(rows: Any) -> Mapping[str, Any]:  # noqa: ANN401 - outside data
    return rows[0] if rows else {}


def _either(entry: Mapping[str, Any], first: str, second: str) -> Any:  # noqa: ANN401 - outside data
    value = entry.get(first)
    return entry.get(second) if value is None else value


def _looked_up(names: Mapping[int, str], key: Any) -> str:  # noqa: ANN401 - outside data
    number = whole_of(key)
    return names.get(number, "") if number is not None else ""


def _name_in(base: Mapping[str, Any]) -> str:
    """Return the variation's own name, else the item's German one, else any."""
    own = text_of(base.get("name"))
    if own:
        return own
    texts = sorted(rows_of(base.get("texts")), key=lambda row: text_of(row.get("lang")) != "de")
    return next((name for row in texts if (name := text_of(row.get("name1")))), "")


def _category_in(entry: Mapping[str, Any], lookups: Lookups) -> str:
    rows = rows_of(entry.get("categories"))
    ranked = sorted(rows, key=lambda row: whole_of(row.get("position")) or 0)
    named = (_looked_up(lookups.categories, row.get("categoryId")) for row in ranked)
    return next((name for name in named if name), "")


def _asin_in(entry: Mapping[str, Any]) -> str:
    """Return the ASIN; of several the German one (country 1), then the first."""
    rows = [
        row
        for row in rows_of(entry.get("marketIdentNumbers"))
        if text_of(row.get("type")).upper() == "ASIN"
    ]
    rows.sort(
        key=lambda row: (
            whole_of(row.get("countryId")) != 1,
            whole_of(row.get("position")) or 0,
        )
    )
    for row in rows:
        try:
            return parse_asin(text_of(row.get("value")))
        except MalformedIdentifier:
            continue
    return ""


def _gtin_in(entry: Mapping[str, Any], lookups: Lookups) -> str:
    for row in rows_of(entry.get("barcodes")):
        if positive_of(row.get("barcodeId")) not in lookups.gtin_barcode_ids:
            continue
        try:
            return parse_gtin(text_of(row.get("code")))
        except MalformedIdentifier:
            continue
    return ""


def _price_in(entry: Mapping[str, Any], lookups: Lookups) -> int | None:
    for row in rows_of(entry.get("salesPrices")):
        if positive_of(row.get("salesPriceId")) == lookups.default_price_id:
            return _cost_of(row.get("price"), lookups.currency)
    return None


def _cost_of(value: Any, currency: str) -> int | None:  # noqa: ANN401 - outside data
    """Return the amount above zero; the ERP writes 0 for "not maintained"."""
    minor = minor_of(value, currency)
    return minor if minor is not None and minor > 0 else None


def _units_of(value: Any, place: str, problems: list[Problem]) -> int:  # noqa: ANN401 - outside data
    if type(value) is int and -_UNITS_LIMIT <= value <= _UNITS_LIMIT:
        return value
    number = decimal_of(value) or Decimal(0)
    units = whole_of(number)
    if units is None or not -_UNITS_LIMIT <= units <= _UNITS_LIMIT:
        problems.append(Problem(place=place, message=f"{value} units cannot be meant; taken as 0"))
        return 0
    if units != number:
        problems.append(Problem(place=place, message=f"{number} units, rounded down to {units}"))
    return units
