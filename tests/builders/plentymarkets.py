"""Rows as Plentymarkets writes them, with defaults; and a clock that nobody waits for."""

from types import SimpleNamespace
from zoneinfo import ZoneInfo

from umschlag.connectors.plentymarkets.limits import Clock
from umschlag.connectors.plentymarkets.parsing import Lookups
from umschlag.intelligence.snapshots.model import ReadingBatch

ZONE = ZoneInfo("Europe/Berlin")


def taken(reading):
    """Return the reading with everything that it delivers in one `batch`."""
    batches = list(reading.batches())
    return SimpleNamespace(
        batch=ReadingBatch(
            articles=[state for batch in batches for state in batch.articles],
            positions=[position for batch in batches for position in batch.positions],
            bundle_parts=[part for batch in batches for part in batch.bundle_parts],
        ),
        expected_count=reading.expected_count,
        unusable_count=reading.unusable_count,
        problems=reading.problems,
        was_resumed=reading.was_resumed,
    )


class FakeTime:
    """Time that passes only by waiting."""

    def __init__(self):
        self.seconds = 1_000.0
        self.waits = []

    def wait(self, seconds):
        self.waits.append(seconds)
        self.seconds += seconds

    @property
    def clock(self):
        return Clock(lambda: self.seconds, self.wait)


def some_lookups(**values):
    return Lookups(
        **{
            "zone": ZONE,
            "currency": "EUR",
            "price_ids": (1,),
            "gtin_barcode_ids": {1: 0},
            "manufacturers": {2: "Hexa"},
            "categories": {20: "Möbel"},
            "suppliers": {92: "Großhandel Nord"},
        }
        | values
    )


def a_base(**values):
    return {
        "itemId": 106,
        "number": "CHAIR-1",
        "isActive": True,
        "movingAveragePrice": 41.8732,
        "purchasePrice": 42.5,
        "weightG": 12500,
        "widthMM": 650,
        "lengthMM": 700,
        "heightMM": 1100,
        "bundleType": None,
        "createdAt": "2024-11-18T21:17:22+01:00",
        "item": {"manufacturerId": 2},
        "texts": [{"lang": "en", "name1": "Chair"}, {"lang": "de", "name1": "Bürostuhl"}],
    } | values


def an_entry(variation_id=1004, base=None, **values):
    return {
        "id": variation_id,
        "base": a_base(**(base or {})),
        "barcodes": [{"barcodeId": 1, "code": "4006381333931"}],
        "salesPrices": [{"salesPriceId": 2, "price": 1}, {"salesPriceId": 1, "price": 279}],
        "supplier": [
            {
                "supplierId": 92,
                "minimumPurchase": 5,
                "deliveryTimeInDays": 6,
                "packagingUnit": 10,
            }
        ],
        "marketIdentNumbers": [
            {"countryId": 12, "type": "ASIN", "position": 0, "value": "B0UKUKUKUK"},
            {"countryId": 1, "type": "asin", "position": 0, "value": "B0ABCDEFGH"},
        ],
        "bundleComponents": [],
        "categories": [{"categoryId": 20, "position": 0}],
    } | values


def a_bundle_entry(variation_id, components, **base):
    """Return a bundle of the components, which map variation ids to units."""
    rows = [
        {"componentVariationId": number, "componentQuantity": units}
        for number, units in components.items()
    ]
    return an_entry(variation_id, {"bundleType": "bundle"} | base, bundleComponents=rows)


def an_old_entry(variation_id=1004, base=None, **values):
    """Return the same variation as the old list tells it: flat, and without the item's texts."""
    entry = an_entry(variation_id, base, **values)
    fields = {name: value for name, value in entry["base"].items() if name != "texts"}
    return fields | {
        "id": variation_id,
        "variationBarcodes": entry["barcodes"],
        "variationSalesPrices": entry["salesPrices"],
        "variationSuppliers": entry["supplier"],
        "marketItemNumbers": entry["marketIdentNumbers"],
        "variationBundleComponents": entry["bundleComponents"],
        "variationCategories": entry["categories"],
    }


def a_stock_row(variation_id=1004, warehouse_id=1, **values):
    return {
        "variationId": variation_id,
        "warehouseId": warehouse_id,
        "stockPhysical": 22,
        "reservedStock": 3,
        "reordered": 0,
        "averagePurchasePrice": 41.87,
    } | values


def a_movement_row(number=1, variation_id=1004, **values):
    return {
        "id": number,
        "variationId": variation_id,
        "warehouseId": 1,
        "quantity": -2,
        "reason": 201,
        "processRowType": 2,
        "purchasePrice": 0,
        "createdAt": "2026-09-01T09:12:44+02:00",
    } | values


def an_item(number=744, units=1, price=149, **values):
    return {
        "id": number,
        "typeId": 1,
        "itemVariationId": 1004,
        "quantity": units,
        "amounts": [
            {"isSystemCurrency": False, "currency": "GBP", "priceGross": 1},
            {"isSystemCurrency": True, "currency": "EUR", "priceGross": price, "purchasePrice": 40},
        ],
        "references": [],
    } | values


def an_order_row(number=63038, items=None, **values):
    return {
        "id": number,
        "typeId": 1,
        "statusId": 7,
        "referrerId": 4.01,
        "createdAt": "2026-09-01T09:12:44+02:00",
        "updatedAt": "2026-09-02T16:02:10+02:00",
        "orderReferences": [],
        "orderItems": [an_item()] if items is None else items,
    } | values
