"""Pages of a large Plentymarkets as JSON on disk, with all relations that are asked for."""

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

PAGE_ROWS = 250
STOCK_PAGE_ROWS = 1_000
CHANGED_EACH = 20
"""Of so many SKUs one changes stock from a day to the next: 5 %."""
REPRICED_EACH = 200
SECOND_WAREHOUSE_EACH = 10
"""Of so many SKUs one has stock in a second warehouse."""
_LISTS: Mapping[str, list[dict[str, Any]]] = {
    "warehouses": [{"id": 1, "name": "Main", "typeId": 0}, {"id": 2, "name": "Back", "typeId": 0}],
    "sales_prices": [{"id": 1, "type": "default"}],
    "barcodes": [{"id": 1, "type": "GTIN_13"}],
    "manufacturers": [{"id": n, "name": f"Manufacturer {n}"} for n in range(1, 300)],
    "categories": [
        {"id": n, "details": [{"lang": "de", "name": f"Category {n}"}]} for n in range(1, 120)
    ],
    "contacts": [
        {"id": n, "accounts": [{"companyName": f"Supplier {n} GmbH"}]} for n in range(1, 60)
    ],
}


def _variation(number: int, day: int) -> dict[str, Any]:
    """Return the entry of contract sheet 4.1, in the kinds and sizes that it shows."""
    item = number // 3 + 1
    cost = round(0.5 + number % 9_973 * 0.0137, 4)
    price = round(cost * 2 + (day if number % REPRICED_EACH == day else 0), 2)
    code = f"40{number:010d}"
    check = -sum(int(c) * (3 if place % 2 else 1) for place, c in enumerate(code)) % 10
    base = {
        "isMain": True,
        "mainVariationId": None,
        "itemId": item,
        "position": 0,
        "isActive": number % 6 != 0,
        "number": f"HX-{number:07d}",
        "model": "",
        "externalId": "",
        "availability": 1,
        "estimatedAvailableAt": None,
        "purchasePrice": cost,
        "movingAveragePrice": cost,
        "priceCalculationId": None,
        "picking": None,
        "stockLimitation": 1,
        "mainWarehouseId": 1,
        "isVisibleIfNetStockIsPositive": True,
        "maximumOrderQuantity": 0,
        "minimumOrderQuantity": None,
        "intervalOrderQuantity": None,
        "availableUntil": None,
        "releasedAt": None,
        "name": None,
        "weightG": number % 20_000,
        "weightNetG": 0,
        "widthMM": number % 700,
        "lengthMM": number % 900,
        "heightMM": number % 300,
        "extraShippingCharge1": 0,
        "unitsContained": 1,
        "palletTypeId": 24,
        "packingUnits": 1,
        "packingUnitTypeId": 0,
        "transportationCosts": 0,
        "storageCosts": 0,
        "customs": 0,
        "operatingCosts": 0,
        "vatId": 0,
        "bundleType": None,
        "automaticClientVisibility": 0,
        "customsTariffNumber": None,
        "createdAt": "2024-11-18T21:17:22+01:00",
        "updatedAt": "2026-08-02T18:35:14+02:00",
        "item": {
            "id": item,
            "manufacturerId": number % 299 + 1,
            "stockType": 0,
            "condition": 0,
            "itemType": "default",
            "flagOne": 26,
            "flagTwo": 0,
            "mainVariationId": number,
            "variationCount": "1",
            "free1": None,
            "free7": "0",
            "createdAt": "2014-12-24T00:00:00+01:00",
            "updatedAt": "2026-07-05T14:00:51+02:00",
        },
        "texts": [
            {
                "lang": "de",
                "name1": f"Artikel {number}, schön, Größe {number % 7}",
                "name2": "",
                "name3": "",
            },
        ],
    }
    return {
        "id": number,
        "base": base,
        "barcodes": [{"barcodeId": 1, "code": f"{code}{check}"}],
        "salesPrices": [
            {"salesPriceId": 1, "price": price},
            {"salesPriceId": 2, "price": round(price * 1.25, 2)},
        ],
        "supplier": [
            {
                "supplierId": number % 59 + 1,
                "purchasePrice": cost,
                "minimumPurchase": 5,
                "itemNumber": f"S-{number}",
                "lastPriceQuery": "2026-04-03",
                "deliveryTimeInDays": 6,
                "discount": 0,
                "isDiscountable": False,
                "packagingUnit": 1,
            },
        ],
        "marketIdentNumbers": [
            {
                "id": number,
                "countryId": 1,
                "type": "ASIN",
                "position": 0,
                "value": f"B0{number:08d}",
            },
        ],
        "bundleComponents": [],
        "categories": [
            {"categoryId": number % 119 + 1, "position": 0, "isNeckermannPrimary": True}
        ],
        **dict.fromkeys(
            (
                "skus",
                "unit",
                "warehouses",
                "timestamps",
                "properties",
                "tags",
                "clients",
                "markets",
                "images",
                "attributeValues",
                "additionalSkus",
                "comments",
            )
        ),
    }


def _stock_row(number: int, warehouse: int, day: int) -> dict[str, Any]:
    moved = day if number % CHANGED_EACH == day % CHANGED_EACH else 0
    on_hand = number * 7_919 % 60 + moved
    return {
        "itemId": number // 3 + 1,
        "warehouseId": warehouse,
        "stockPhysical": on_hand,
        "reservedStock": on_hand % 5 // 4,
        "reservedEbay": 0,
        "reorderDelta": 0,
        "stockNet": on_hand,
        "storehouse_type": "sales",
        "reordered": 0,
        "reservedBundle": 0,
        "averagePurchasePrice": round(0.5 + number % 9_973 * 0.0137, 4),
        "warehousePriority": "1",
        "updatedAt": "2026-08-02T14:33:25+02:00",
        "variationId": number,
    }


def _pages(skus: int, day: int) -> Iterator[tuple[str, bytes]]:
    stocked = [*range(1, skus + 1), *range(SECOND_WAREHOUSE_EACH, skus + 1, SECOND_WAREHOUSE_EACH)]
    for name, count, size in (
        ("variations", skus, PAGE_ROWS),
        ("stock", len(stocked), STOCK_PAGE_ROWS),
    ):
        last = -(-count // size)
        for page in range(1, last + 1):
            places = range((page - 1) * size, min(page * size, count))
            rows = (
                [_variation(place + 1, day) for place in places]
                if name == "variations"
                else [_stock_row(stocked[p], 1 if p < skus else 2, day) for p in places]
            )
            envelope = {
                "page": page,
                "totalsCount": count,
                "isLastPage": page == last,
                "lastPageNumber": last,
                "cursor": str(page + 1) if page < last else None,
                "entries": rows,
            }
            yield f"{name}-{page}", msgspec.json.encode(envelope)


def write_pages(folder: Path, *, skus: int, day: int) -> tuple[float, int]:
    """Write the day's pages; return the seconds that writing and forcing them took, and bytes."""
    seconds, place = 0.0, 0
    index: dict[str, tuple[int, int]] = {}
    with (folder / "pages").open("wb", buffering=0) as file:
        for name, content in _pages(skus, day):
            index[name] = (place, len(content))
            place += len(content)
            start = time.perf_counter()
            file.write(content)
            seconds += time.perf_counter() - start
        start = time.perf_counter()
        os.fsync(file.fileno())
        seconds += time.perf_counter() - start
    (folder / "index.json").write_text(json.dumps({"skus": skus, "pages": index}))
    return seconds, place


@dataclass(slots=True)
class PagesOnDisk:
    """Answers reads as the client does: it takes the JSON of a page and decodes it."""

    folder: Path
    calls_used: int = 0
    retries: int = 0
    _file: int = field(init=False)
    _index: dict[str, tuple[int, int]] = field(init=False)
    _skus: int = field(init=False)

    def __post_init__(self) -> None:
        told = json.loads((self.folder / "index.json").read_text())
        self._index, self._skus = told["pages"], told["skus"]
        self._file = os.open(self.folder / "pages", os.O_RDONLY)

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - as the client's
        """Return the decoded answer."""
        self.calls_used += 1
        asked = params or {}
        name = path.rpartition("/")[2]
        if name in _LISTS:
            return _LISTS[name]
        if name == "delete_log" or "relatedUpdatedAt" in asked or "updatedAtFrom" in asked:
            return _enclosed([], total=0)
        if asked.get("sortBy") == "id_desc":
            newest = range(self._skus, max(self._skus - 50, 0), -1)
            return _enclosed([{"id": number} for number in newest], total=self._skus)
        page = asked.get("cursor", "1") if name == "scroll" else asked.get("page", "1")
        place, length = self._index[f"{'stock' if name == 'stock' else 'variations'}-{page}"]
        return msgspec.json.decode(os.pread(self._file, length, place))


def _enclosed(rows: list[dict[str, Any]], *, total: int) -> dict[str, Any]:
    return {
        "page": 1,
        "totalsCount": total,
        "isLastPage": True,
        "lastPageNumber": 1,
        "entries": rows,
    }
