"""Plentymarkets' answers turned into our values: pure, lenient on what comes in, strict on out.

A row that cannot be used becomes a `Problem`; nothing here raises on outside data. Field names
and their traps: the contract sheet, sections 4 to 6.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from umschlag.connectors.plentymarkets.choosing import asins_in, gtin_in, supplier_in
from umschlag.connectors.plentymarkets.components import Component, components_in
from umschlag.connectors.plentymarkets.values import (
    business_date_in,
    decimal_of,
    flag_of,
    free_text_of,
    id_of,
    part_of,
    positive_of,
    rows_of,
    text_of,
    whole_of,
)
from umschlag.intelligence.snapshots.model import Warehouse
from umschlag.kernel.errors import MalformedAmount
from umschlag.kernel.identifiers import VariationId, WarehouseId
from umschlag.kernel.money import money
from umschlag.kernel.outcomes import Problem

SALES_WAREHOUSE_TYPE = 0
"""`typeId` of warehouses that orders are sold from; 1 is repair, 5 transit."""
VIRTUAL_WAREHOUSE = -1
"""The sum of all sales warehouses, as exports give it: never added to what it sums."""
GERMANY = 1
"""Plentymarkets' own number of the country."""
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
UNITS_MAX = 2**31 - 1
_AMOUNT_EXPONENT_MAX = 12
_NO_DATE = ("-", "0000", "0001", "1970-01-01", "9999")
"""How the ERP's ways of writing "no date" begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """What ids in the variations stand for."""

    zone: ZoneInfo
    currency: str
    price_ids: tuple[int, ...] = ()
    """The sales price definitions that can be a variation's price, the best first."""
    gtin_barcode_ids: Mapping[int, int] = field(default_factory=dict)
    """The barcode types that are GTINs, with their rank."""
    country_id: int = GERMANY
    """The merchant's country, whose ASIN counts where there are several."""
    manufacturers: Mapping[int, str] = field(default_factory=dict)
    categories: Mapping[int, str] = field(default_factory=dict)
    suppliers: Mapping[int, str] = field(default_factory=dict)
    items: Mapping[int, str] = field(default_factory=dict)
    """Names of items, where variations come from a route that does not tell them."""


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
    supplier_cost_minor: int | None = None
    """The supplier's price, in the system's currency: a cost where nothing better is known."""
    components: tuple[Component, ...] = ()
    """All that a bundle is put together from; none where one of them cannot be used."""
    remarks: tuple[Problem, ...] = ()
    """Fields that could not be used, and contradictions; the rest of the row stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRow:
    """One variation's stock in one warehouse."""

    variation_id: VariationId
    warehouse_id: WarehouseId
    on_hand_units: int
    reserved_units: int
    on_order_units: int
    unit_cost_minor: int | None


@dataclass(slots=True)
class _Fields:
    """Reads a row's fields; what is written there but cannot be used becomes a remark."""

    place: str
    remarks: list[Problem] = field(default_factory=list)

    def remark(self, name: str, message: str) -> None:
        """Take a remark down."""
        self.remarks.append(Problem(place=self.place, message=f"{name}: {message}"))

    def positive(self, row: Mapping[str, Any], name: str) -> int | None:
        """Return the whole number above zero; 0 stands for "not maintained"."""
        value = row.get(name)
        found = positive_of(value)
        if found is None and not _is_blank(value):
            self.remark(name, f"{shown(value)} is no number above zero; left unknown")
        return found

    def cost(self, row: Mapping[str, Any], name: str, currency: str) -> int | None:
        """Return the amount above zero; 0 stands for "not maintained"."""
        value = row.get(name)
        minor = minor_of(value, currency)
        if not _is_blank(value) and (minor is None or minor < 0):
            self.remark(name, f"{shown(value)} is no amount; left unknown")
        return minor if minor and minor > 0 else None

    def day(self, row: Mapping[str, Any], name: str, zone: ZoneInfo) -> date | None:
        """Return the business date; zero dates stand for none."""
        value = row.get(name)
        found = business_date_in(value, zone)
        if found is None and not _is_blank(value) and not text_of(value).startswith(_NO_DATE):
            self.remark(name, f"{shown(value)} is no date; left unknown")
        return found

    def units(self, row: Mapping[str, Any], *names: str) -> int:
        """Return the units in whichever of these words they are written; none where missing."""
        name, value = _first_given(row, *names)
        if type(value) is int and -UNITS_MAX <= value <= UNITS_MAX:
            return value
        number = decimal_of(value)
        units = None if number is None else whole_of(number)
        if units is None or number is None or abs(units) > UNITS_MAX:
            if not _is_blank(value):
                self.remark(name, f"{shown(value)} units cannot be meant; taken as 0")
            return 0
        if units != number:
            self.remark(name, f"{number} units, rounded down to {units}")
        return units


def variation_of(entry: Mapping[str, Any], lookups: Lookups) -> Variation | Problem:
    """Return the variation, or what is wrong with the entry.

    Broken rows happen in the ERP's own examples: ``{"exception": "…"}`` without an id.
    """
    variation_id = id_of(entry.get("id"))
    base = part_of(entry.get("base"))
    if variation_id is None or not base:
        missing = "id" if variation_id is None else "base"
        reason = text_of(entry.get("exception")) or f"{missing}: {shown(entry.get(missing))}"
        return Problem(place=f"variation {shown(entry.get('id'))}", message=reason[:200])
    return _variation(variation_id, entry, base, lookups)


def _variation(
    variation_id: int, entry: Mapping[str, Any], base: Mapping[str, Any], lookups: Lookups
) -> Variation:
    fields = _Fields(place=f"variation {variation_id}")
    supplier = supplier_in(rows_of(entry.get("supplier")), lookups.zone)
    item = part_of(base.get("item"))
    components = _components_in(entry, fields)
    costs = [
        fields.cost(row, name, lookups.currency)
        for row, name in (
            (base, "movingAveragePrice"),
            (base, "purchasePrice"),
            (supplier, "purchasePrice"),
        )
    ]
    return Variation(
        variation_id=VariationId(variation_id),
        number=text_of(base.get("number")),
        item_id=id_of(base.get("itemId")),
        name=_name_in(base) or _looked_up(lookups.items, base.get("itemId")),
        manufacturer=_looked_up(lookups.manufacturers, item.get("manufacturerId")),
        category=_category_in(entry, lookups),
        supplier=_looked_up(lookups.suppliers, supplier.get("supplierId")),
        asin=_asin_in(entry, lookups, fields),
        gtin=_gtin_in(entry, lookups, fields),
        is_active=flag_of(base.get("isActive")),
        is_bundle=text_of(base.get("bundleType")) == "bundle" or bool(components),
        unit_cost_minor=costs[0] or costs[1],
        sales_price_minor=_price_in(entry, lookups, fields),
        weight_g=fields.positive(base, "weightG"),
        length_mm=fields.positive(base, "lengthMM"),
        width_mm=fields.positive(base, "widthMM"),
        height_mm=fields.positive(base, "heightMM"),
        lead_time_days=fields.positive(supplier, "deliveryTimeInDays"),
        order_units_min=fields.positive(supplier, "minimumPurchase"),
        pack_units=fields.positive(supplier, "packagingUnit"),
        created_date=fields.day(base, "createdAt", lookups.zone),
        supplier_cost_minor=costs[2],
        components=components,
        remarks=tuple(fields.remarks),
    )


def stock_row_of(entry: Mapping[str, Any], currency: str) -> tuple[StockRow | None, list[Problem]]:
    """Return the stock row, in whichever of the three vocabularies it is written.

    Broken units are rounded down, with a problem; a row without ids or units is left out. So is
    the virtual warehouse, without a problem: it is the sum of the others.
    """
    _, variation = _first_given(entry, "variationId", "iv_id")
    _, warehouse = _first_given(entry, "warehouseId", "smw_id")
    if decimal_of(warehouse) == VIRTUAL_WAREHOUSE:
        return None, []
    variation_id, warehouse_id = id_of(variation), id_of(warehouse)
    place = f"stock of variation {shown(variation)} in {shown(warehouse)}"
    name, physical = _first_given(entry, "stockPhysical", "physicalStock", "sms_physical")
    missing = {"variationId": variation_id, "warehouseId": warehouse_id, name: decimal_of(physical)}
    if variation_id is None or warehouse_id is None or missing[name] is None:
        named = ", ".join(key for key, value in missing.items() if value is None)
        return None, [Problem(place=place, message=f"{named}: missing or no number; left out")]
    fields = _Fields(place=place)
    on_hand = fields.units(entry, name)
    cost_name, _ = _first_given(
        entry, "averagePurchasePrice", "purchasePrice", "sms_average_purchase_price"
    )
    row = StockRow(
        variation_id=VariationId(variation_id),
        warehouse_id=WarehouseId(warehouse_id),
        on_hand_units=on_hand,
        reserved_units=_reserved_in(entry, on_hand, fields),
        on_order_units=fields.units(entry, "reordered", "sms_reordered"),
        unit_cost_minor=fields.cost(entry, cost_name, currency),
    )
    return row, fields.remarks


def _reserved_in(entry: Mapping[str, Any], on_hand: int, fields: _Fields) -> int:
    """Return what is reserved, bundles' reservations included; without it, physical less net."""
    name, value = _first_given(entry, "reservedStock", "sms_reserved")
    net_name, net = _first_given(entry, "stockNet", "netStock", "sms_net")
    if value is None and decimal_of(net) is not None:
        return on_hand - fields.units(entry, net_name)
    return fields.units(entry, name)


def warehouse_of(entry: Mapping[str, Any]) -> Warehouse | None:
    """Return the warehouse, or None where it has no id."""
    warehouse_id = id_of(entry.get("id"))
    if warehouse_id is None:
        return None
    return Warehouse(
        warehouse_id=WarehouseId(warehouse_id),
        name=text_of(entry.get("name")) or f"#{warehouse_id}",
        is_sales=decimal_of(entry.get("typeId")) == SALES_WAREHOUSE_TYPE,
    )


def minor_of(value: Any, currency: str) -> int | None:  # noqa: ANN401 - outside data
    """Return the amount in minor units; None where it is none."""
    amount = decimal_of(value)
    if amount is None or amount.adjusted() > _AMOUNT_EXPONENT_MAX:
        return None
    try:
        return money(amount, currency).minor
    except MalformedAmount:
        return None


def shown(value: Any) -> str:  # noqa: ANN401 - outside data
    """Return what stands there, short enough for a report."""
    try:
        return repr(value)[:60]
    except ValueError:
        return "a number of thousands of digits"


def _is_blank(value: Any) -> bool:  # noqa: ANN401 - outside data
    """Tell whether the ERP says by this that nothing was entered."""
    return value is None or value in ("", []) or decimal_of(value) == 0


def _first_given(entry: Mapping[str, Any], *names: str) -> tuple[str, Any]:
    """Return the first of the fields that is there, with its name; else the first one's name."""
    for name in names:
        value = entry.get(name)
        if value is not None:
            return name, value
    return names[0], None


def _looked_up(names: Mapping[int, str], key: Any) -> str:  # noqa: ANN401 - outside data
    number = id_of(key)
    return names.get(number, "") if number is not None else ""


def _name_in(base: Mapping[str, Any]) -> str:
    """Return the variation's own name, else the item's."""
    return free_text_of(base.get("name")) or item_name_in(base)


def item_name_in(row: Mapping[str, Any]) -> str:
    """Return the name in the row's texts, German before others."""
    texts = sorted(rows_of(row.get("texts")), key=lambda text: text_of(text.get("lang")) != "de")
    return next((name for text in texts if (name := free_text_of(text.get("name1")))), "")


def _category_in(entry: Mapping[str, Any], lookups: Lookups) -> str:
    rows = rows_of(entry.get("categories"))
    ranked = sorted(rows, key=lambda row: whole_of(row.get("position")) or 0)
    named = (_looked_up(lookups.categories, row.get("categoryId")) for row in ranked)
    return next((name for name in named if name), "")


def _components_in(entry: Mapping[str, Any], fields: _Fields) -> tuple[Component, ...]:
    components, unusable = components_in(entry.get("bundleComponents"))
    for row in unusable:
        fields.remark(
            "bundleComponents",
            f"{shown(row)} is no component; what the bundle consists of is left unknown",
        )
    return components


def _asin_in(entry: Mapping[str, Any], lookups: Lookups, fields: _Fields) -> str:
    found = asins_in(rows_of(entry.get("marketIdentNumbers")), country_id=lookups.country_id)
    if len(found) > 1:
        others = ", ".join(found[1:])
        fields.remark("marketIdentNumbers", f"ASIN {found[0]} is used, and not {others}")
    return found[0] if found else ""


def _gtin_in(entry: Mapping[str, Any], lookups: Lookups, fields: _Fields) -> str:
    gtin, fault = gtin_in(rows_of(entry.get("barcodes")), lookups.gtin_barcode_ids)
    if fault:
        fields.remark("barcodes", f"no GTIN: {fault}"[:200])
    return gtin


def _price_in(entry: Mapping[str, Any], lookups: Lookups, fields: _Fields) -> int | None:
    rows = {id_of(row.get("salesPriceId")): row for row in rows_of(entry.get("salesPrices"))}
    for price_id in lookups.price_ids:
        if price_id in rows:
            price = fields.cost(rows[price_id], "price", lookups.currency)
            if price is not None:
                return price
    return None
