"""One article's row in each of the shapes that Plentymarkets gives it, dents included."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from umschlag.simulators.demo.calendar import w3c
from umschlag.simulators.demo.catalogue import KINDS, SUPPLIERS
from umschlag.simulators.demo.identities import asin_of, gtin_of, sku_of
from umschlag.simulators.plentymarkets.erp import WAREHOUSE_IDS, Erp

BROKEN_ROW = {
    "exception": "Call to a member function toArray() on null",
    "categories": [],
    "barcodes": [],
    "salesPrices": [],
}
"""The index fails on some rows and says so in the row, without id or base."""
ZERO_DATE = "-0001-11-30T00:00:00+00:53"
GTIN_BARCODE_ID = 1
FIRST_SUPPLIER_ID = 91
FIRST_CATEGORY_ID = 20
CATEGORY_NAMES = tuple(sorted({kind.category for kind in KINDS}))
PRICE_DEFAULT, PRICE_RRP, PRICE_UK = 1, 2, 3
_RELATIONS = (
    "barcodes",
    "salesPrices",
    "supplier",
    "marketIdentNumbers",
    "skus",
    "bundleComponents",
    "unit",
    "categories",
    "warehouses",
    "timestamps",
    "properties",
    "tags",
    "clients",
    "markets",
    "images",
    "attributeValues",
    "additionalSkus",
    "defaultCategories",
    "comments",
)


@dataclass(frozen=True)
class VariationRows:
    """Makes rows; articles are given by their number in the demo world."""

    erp: Erp

    def number(self, article: int) -> str:
        """Return the merchant's own number."""
        return sku_of(article)

    def gtin(self, article: int) -> str | None:
        """Return the barcode, where the merchant has entered one."""
        return None if self.erp.merchant.articles.lacks_gtin[article] else gtin_of(article)

    def price(self, article: int) -> float:
        """Return today's gross price."""
        asked = self.erp.prices_written.get((article, PRICE_DEFAULT))
        today = int(self.erp.merchant.price_minor[self.erp.today, article])
        return today / 100 if asked is None else asked

    def cost(self, article: int) -> float | str:
        """Return today's purchase price; some rows have a string, some 0 for unknown."""
        merchant = self.erp.merchant
        if merchant.articles.lacks_cost[article]:
            return 0
        cost = int(merchant.unit_cost_minor[self.erp.today, article]) / 100
        return f"{cost:.4f}" if article % 17 == 3 else cost

    def pim(self, article: int, relations: frozenset[str]) -> dict[str, Any]:
        """Return a row of the search index: relations not asked for are null."""
        row: dict[str, Any] = {"id": int(self.erp.variation_id[article]), "base": None}
        row.update(dict.fromkeys(_RELATIONS))
        asked = {name.partition(".")[0] for name in relations}
        if "base" in asked:
            row["base"] = self._base(article, relations)
        for name in asked & set(_RELATIONS):
            row[name] = self._relation(name, article, relations)
        return row

    def flat(self, article: int, relations: frozenset[str]) -> dict[str, Any]:
        """Return a row of the old route; unknown relations are silently left out."""
        row = {"id": int(self.erp.variation_id[article]), **self._base(article, frozenset())}
        row["relatedUpdatedAt"] = w3c(int(self.erp.changed_unix[article]))
        row["availabilityUpdatedAt"] = ZERO_DATE
        if "variationBarcodes" in relations:
            row["variationBarcodes"] = self._barcodes(article)
        if "variationSalesPrices" in relations:
            row["variationSalesPrices"] = self.sales_price_links(article)
        if "variationSuppliers" in relations:
            row["variationSuppliers"] = self._suppliers(article, named=False)
        if "marketItemNumbers" in relations:
            row["marketItemNumbers"] = self.market_numbers(article)
        if "variationBundleComponents" in relations:
            row["variationBundleComponents"] = self._components(article)
        if "variationCategories" in relations:
            row["variationCategories"] = self._categories(article)
        if "item" in relations:
            # Without its texts, as a live tenant was seen to answer.
            row["item"] = self._item(article, row["createdAt"], row["updatedAt"])
        if "stock" in relations:
            row["stock"] = self.old_stock(article)
        return row

    def item(self, article: int) -> dict[str, Any]:
        """Return the article's container with its texts, as the item route gives it."""
        created = w3c(int(self.erp.created_unix[article]))
        changed = w3c(int(self.erp.changed_unix[article]))
        name = self.erp.merchant.articles.name[article]
        texts = [{"lang": "de", "name1": name, "name2": "", "name3": "", "shortDescription": ""}]
        return {**self._item(article, created, changed), "texts": texts}

    def sales_price_links(self, article: int) -> list[dict[str, Any]]:
        """Return the prices as the old routes list them; their times are shop time."""
        changed = w3c(int(self.erp.changed_unix[article]))[:19].replace("T", " ")
        return [
            {
                "variationId": int(self.erp.variation_id[article]),
                **price,
                "updatedAt": changed,
                "createdAt": changed,
            }
            for price in self._prices(article)
        ]

    def market_numbers(self, article: int) -> list[dict[str, Any]]:
        """Return its ASINs, one for each country that it is sold in."""
        both = self.erp.merchant.articles.lines_per_day[article, 1] > 0
        return [
            {
                "id": 2 * article + place,
                "countryId": country_id,
                "type": "asin" if article % 11 == 2 else "ASIN",
                "position": 0,
                "value": asin_of(article),
            }
            for place, country_id in enumerate((1, 12) if both else (1,))
        ]

    def old_stock(self, article: int) -> list[dict[str, Any]]:
        """Return the stock rows in the old route's words."""
        erp = self.erp
        return [
            {
                "itemId": int(erp.merchant.articles.item_id[article]),
                "variationId": int(erp.variation_id[article]),
                "warehouseId": warehouse_id,
                "physicalStock": int(erp.physical[article, place]),
                "reservedStock": int(erp.reserved[article, place]),
                "netStock": int(erp.physical[article, place] - erp.reserved[article, place]),
                "purchasePrice": self.cost(article),
            }
            for place, warehouse_id in enumerate(WAREHOUSE_IDS)
            if erp.has_stock_row(article, place)
        ]

    def _base(self, article: int, relations: frozenset[str]) -> dict[str, Any]:
        a = self.erp.merchant.articles
        created, changed = (
            w3c(int(self.erp.created_unix[article])),
            w3c(int(self.erp.changed_unix[article])),
        )
        cost = self.cost(article)
        base = {
            "isMain": bool(a.is_main[article]),
            "mainVariationId": None
            if a.is_main[article]
            else int(self.erp.variation_id[article - 1]),
            "itemId": int(a.item_id[article]),
            "position": 0,
            "isActive": not a.is_inactive[article],
            "number": self.number(article),
            "model": "",
            "externalId": "",
            "availability": 1 + article % 3,
            "estimatedAvailableAt": None,
            "purchasePrice": cost,
            "movingAveragePrice": cost,
            "stockLimitation": 1,
            "mainWarehouseId": WAREHOUSE_IDS[0],
            "maximumOrderQuantity": 0,
            "minimumOrderQuantity": None,
            "availableUntil": ZERO_DATE if article % 13 == 5 else None,
            "releasedAt": None,
            # Texts are the item's; what sets its other variations apart is in their own name.
            "name": None if a.is_main[article] else a.name[article],
            **self._measures(article),
            "vatId": 0,
            "bundleType": self._bundle_type(article),
            "customsTariffNumber": None,
            "createdAt": created if article % 7 else created[:22] + created[23:],
            "updatedAt": changed,
        }
        return base | self._base_relations(article, relations, (created, changed))

    def _base_relations(
        self, article: int, relations: frozenset[str], times: tuple[str, str]
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if "base.item" in relations:
            found["item"] = self._item(article, *times)
        if "base.texts" in relations:
            name = self.erp.merchant.articles.name[article]
            found["texts"] = [{"lang": "de", "name1": name, "name2": "", "name3": ""}]
        if "base.stock" in relations:
            found["stock"] = self._index_stock(article)
        return found

    def _measures(self, article: int) -> dict[str, Any]:
        a = self.erp.merchant.articles
        weight = 0 if a.lacks_weight[article] else int(a.weight_g[article])
        lengths = [0, 0, 0] if a.lacks_dimensions[article] else a.dimensions_mm[article].tolist()
        return {
            "weightG": weight,
            "weightNetG": weight * 95 // 100,
            "lengthMM": lengths[0],
            "widthMM": lengths[1],
            "heightMM": lengths[2],
            "unitsContained": 1,
            "packingUnits": SUPPLIERS[a.supplier_index[article]].pack_units,
            "packingUnitTypeId": 0,
        }

    def _bundle_type(self, article: int) -> str | None:
        a = self.erp.merchant.articles
        if a.is_bundle[article]:
            return "bundle"
        return "bundle_item" if article in self.erp.component_articles else None

    def _item(self, article: int, created: str, changed: str) -> dict[str, Any]:
        a = self.erp.merchant.articles
        return {
            "id": int(a.item_id[article]),
            "manufacturerId": int(a.brand_index[article]) + 1,
            "stockType": 0,
            "condition": 0,
            "itemType": "default",
            "flagOne": 0,
            "flagTwo": 0,
            "mainVariationId": int(self.erp.variation_id[article - (not a.is_main[article])]),
            "variationCount": "1",
            "free1": None,
            "free7": "0",
            "createdAt": created,
            "updatedAt": changed,
        }

    def _index_stock(self, article: int) -> list[dict[str, Any]]:
        """Return the index's idea of stock: an older day's, since the index lags behind."""
        day = max(0, self.erp.today - self.erp.knobs.index_lag_days)
        stock = self.erp.merchant.on_hand[day, article]
        return [
            {
                "warehouseId": warehouse_id,
                "variationId": int(self.erp.variation_id[article]),
                "itemId": int(self.erp.merchant.articles.item_id[article]),
                "stockPhysical": int(stock[place]),
                "stockNet": int(stock[place]),
            }
            for place, warehouse_id in enumerate(WAREHOUSE_IDS)
            if self.erp.has_stock_row(article, place)
        ]

    def _relation(self, name: str, article: int, relations: frozenset[str]) -> object:
        makers: dict[str, Callable[[int], object]] = {
            "barcodes": self._barcodes,
            "salesPrices": self._prices,
            "marketIdentNumbers": self.market_numbers,
            "skus": self._market_skus,
            "bundleComponents": self._components,
            "categories": self._categories,
            "timestamps": self._timestamps,
        }
        if name == "supplier":
            return self._suppliers(article, named="supplier.supplier" in relations)
        if name == "unit":
            return {"unitId": 1, "unitCombinationId": 1, "content": 1}
        return makers[name](article) if name in makers else []

    def _components(self, article: int) -> list[dict[str, int]]:
        parts = self.erp.merchant.articles.components[article]
        return [
            {"componentVariationId": int(self.erp.variation_id[part]), "componentQuantity": 1}
            for part in parts
            if part >= 0
        ]

    def _timestamps(self, article: int) -> dict[str, str]:
        changed = w3c(int(self.erp.changed_unix[article]))
        created = w3c(int(self.erp.created_unix[article]))
        return {
            "base": changed,
            "barcode": created,
            "salesPrice": changed,
            "related": changed,
            "createdAt": created,
        }

    def _barcodes(self, article: int) -> list[dict[str, Any]]:
        code = self.gtin(article)
        return [] if code is None else [{"barcodeId": GTIN_BARCODE_ID, "code": code}]

    def _prices(self, article: int) -> list[dict[str, Any]]:
        price = self.price(article)
        shown: float | str = f"{price:.2f}" if article % 19 == 4 else price
        prices: list[dict[str, Any]] = [
            {"salesPriceId": PRICE_DEFAULT, "price": shown},
            {"salesPriceId": PRICE_RRP, "price": round(price * 1.25, 2)},
        ]
        if self.erp.merchant.articles.lines_per_day[article, 1] > 0:
            prices.append({"salesPriceId": PRICE_UK, "price": shown})
        written = self.erp.prices_written
        told = {row["salesPriceId"]: row["price"] for row in prices} | {
            price_id: asked for (owner, price_id), asked in written.items() if owner == article
        }
        return [{"salesPriceId": price_id, "price": asked} for price_id, asked in told.items()]

    def _suppliers(self, article: int, *, named: bool) -> list[dict[str, Any]]:
        index = int(self.erp.merchant.articles.supplier_index[article])
        supplier = SUPPLIERS[index]
        row: dict[str, Any] = {
            "supplierId": FIRST_SUPPLIER_ID + index,
            "purchasePrice": self.cost(article),
            "minimumPurchase": supplier.order_units_min,
            "itemNumber": f"L-{article + 1:05d}",
            "lastPriceQuery": "0000-00-00" if article % 23 == 7 else "2026-04-03",
            "deliveryTimeInDays": supplier.lead_time_days,
            "discount": 0,
            "isDiscountable": False,
            "packagingUnit": supplier.pack_units,
        }
        if named:
            row["supplier"] = {"id": FIRST_SUPPLIER_ID + index, "name1": supplier.name}
        return [row]

    def _market_skus(self, article: int) -> list[dict[str, Any]]:
        both = self.erp.merchant.articles.lines_per_day[article, 1] > 0
        return [
            {
                "marketId": market_id,
                "accountId": 6,
                "initialSku": "",
                "sku": self.number(article),
                "parentSku": "",
                "isActive": True,
                "status": "ACTIVE",
                "additionalInformation": "",
            }
            for market_id in ((4.01, 4.02) if both else (4.01,))
        ]

    def _categories(self, article: int) -> list[dict[str, Any]]:
        a = self.erp.merchant.articles
        if a.lacks_category[article]:
            return []
        place = CATEGORY_NAMES.index(a.category[article])
        return [
            {"categoryId": FIRST_CATEGORY_ID + place, "position": 0, "isNeckermannPrimary": True}
        ]
