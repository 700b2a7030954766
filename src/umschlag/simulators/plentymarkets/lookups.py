"""The short lists that numbers elsewhere point into: referrers, statuses, makers, suppliers."""

from dataclasses import dataclass
from typing import Any

from umschlag.simulators.demo.calendar import w3c
from umschlag.simulators.demo.catalogue import BRANDS, SUPPLIERS
from umschlag.simulators.plentymarkets.answers import Answer, PageCut, Question, page_size
from umschlag.simulators.plentymarkets.erp import Erp
from umschlag.simulators.plentymarkets.order_rows import STATUS_NAMES
from umschlag.simulators.plentymarkets.stock import ORDER_ID_FIRST
from umschlag.simulators.plentymarkets.variation_rows import (
    CATEGORY_NAMES,
    FIRST_CATEGORY_ID,
    FIRST_SUPPLIER_ID,
    GTIN_BARCODE_ID,
    PRICE_DEFAULT,
    PRICE_RRP,
    PRICE_UK,
)

_ORDER_DELETED, _VARIATION_DELETED = 3, 13
_REFERRERS = (
    ("0.00", "Manuelle Eingabe"),
    ("1.00", "Webshop"),
    ("4.01", "Amazon.de"),
    ("4.02", "Amazon.co.uk"),
    ("2.00", "eBay"),
)


@dataclass(frozen=True)
class Lookups:
    """Answers questions about lists."""

    erp: Erp

    def referrers(self, question: Question) -> Answer:
        """Answer `GET /rest/orders/referrers`: a bare array whose ids are text."""
        del question
        return Answer.of(
            [
                {
                    "id": number,
                    "name": name,
                    "backendName": name,
                    "isEditable": False,
                    "isFilterable": True,
                    "origin": "plenty",
                }
                for number, name in _REFERRERS
            ]
        )

    def statuses(self, question: Question) -> Answer:
        """Answer `GET /rest/orders/statuses`; ids are text, and so is the page."""
        rows = [
            {
                "statusId": f"{number:g}",
                "isErasable": False,
                "names": {"de": name, "en": name},
                "createdAt": "2019-01-01 00:00:00",
            }
            for number, name in STATUS_NAMES.items()
        ]
        last = {"isLastPage": True, "lastPageNumber": 1, "firstOnPage": 1, "lastOnPage": len(rows)}
        return Answer.of(
            {
                "page": question.text("page") or "1",
                "totalsCount": len(rows),
                **last,
                "itemsPerPage": "50",
                "entries": rows,
            }
        )

    def manufacturers(self, question: Question) -> Answer:
        """Answer `GET /rest/items/manufacturers`."""
        rows = [
            {"id": place + 1, "name": name, "externalName": name, "position": place}
            for place, name in enumerate(BRANDS)
        ]
        return self._paged(question, rows)

    def categories(self, question: Question) -> Answer:
        """Answer `GET /rest/categories`."""
        rows = [
            {
                "id": FIRST_CATEGORY_ID + place,
                "parentCategoryId": None,
                "level": 1,
                "type": "item",
                "right": "all",
                "details": [{"categoryId": FIRST_CATEGORY_ID + place, "lang": "de", "name": name}],
            }
            for place, name in enumerate(CATEGORY_NAMES)
        ]
        return self._paged(question, rows)

    def contacts(self, question: Question) -> Answer:
        """Answer `GET /rest/accounts/contacts`: only suppliers (type 4), whose names are firms."""
        rows = [
            {
                "id": FIRST_SUPPLIER_ID + place,
                "typeId": 4,
                "fullName": supplier.name,
                "firstName": "",
                "lastName": supplier.name,
                "accounts": [{"companyName": supplier.name}],
            }
            for place, supplier in enumerate(SUPPLIERS)
        ]
        if question.text("typeId") not in {None, "4"}:
            rows = []
        return self._paged(question, rows)

    def suppliers(self, question: Question) -> Answer:
        """Answer `GET /rest/items/suppliers` with the firms' names alone.

        No published description has this route; real tenants keep suppliers among their contacts,
        and the relation `supplier.supplier` of a variation names them too.
        """
        rows = [
            {"id": FIRST_SUPPLIER_ID + place, "name": supplier.name}
            for place, supplier in enumerate(SUPPLIERS)
        ]
        return self._paged(question, rows)

    def barcode_types(self, question: Question) -> Answer:
        """Answer `GET /rest/items/barcodes`."""
        rows = [
            {"id": GTIN_BARCODE_ID, "name": "EAN 13", "type": "GTIN_13"},
            {"id": 2, "name": "UPC", "type": "UPC"},
            {"id": 3, "name": "Intern", "type": "CODE_128"},
        ]
        return self._paged(question, rows)

    def sales_prices(self, question: Question) -> Answer:
        """Answer `GET /rest/items/sales_prices`: what the prices' numbers mean."""
        meanings = (
            (PRICE_DEFAULT, "default", "Verkaufspreis", ("-1",), (-1,)),
            (PRICE_RRP, "rrp", "UVP", ("EUR",), (-1,)),
            (PRICE_UK, "default", "Amazon UK", ("EUR",), (4.02,)),
        )
        rows = [
            {
                "id": number,
                "position": number,
                "minimumOrderQuantity": 0,
                "type": kind,
                "isCustomerPrice": False,
                "isDisplayedByDefault": True,
                "isLiveConversion": False,
                "names": [{"salesPriceId": number, "lang": "de", "nameInternal": name}],
                "currencies": [{"salesPriceId": number, "currency": c} for c in currencies],
                "referrers": [{"salesPriceId": number, "referrerId": r} for r in referrers],
                "countries": [],
                "clients": [],
                "customerClasses": [],
            }
            for number, kind, name, currencies, referrers in meanings
        ]
        return self._paged(question, rows)

    def delete_log(self, question: Question) -> Answer:
        """Answer `GET /rest/delete_log`: variations and orders; no name of who did it is given."""
        start, end = question.period("updatedBetween")
        asked = question.text("referenceType")
        rows = [
            {
                "referenceType": kind,
                "referenceValue": number,
                "updatedAt": w3c(at),
                "userId": 7,
                "userRealName": "",
            }
            for kind, number, at in self._deletions()
            if (start is None or at >= start)
            and (end is None or at <= end)
            and asked in {None, str(kind)}
        ]
        return self._paged(question, rows)

    def _deletions(self) -> list[tuple[int, int, int]]:
        """Return kind, number and instant of every deletion, oldest first."""
        erp = self.erp
        gone = [(_VARIATION_DELETED, number, at) for number, at in erp.deletions()]
        orders = [(_ORDER_DELETED, ORDER_ID_FIRST + n, erp.now_unix) for n in erp.deleted_orders]
        return [*gone, *orders]

    def nobody(self, question: Question) -> Answer:
        """Answer `GET /rest/users/me`."""
        del question
        return Answer.of({"id": 7, "username": "umschlag", "userClass": "API"})

    def _paged(self, question: Question, rows: list[dict[str, Any]]) -> Answer:
        size = page_size(question, default=50, largest=250)
        clamping = self.erp.knobs.is_clamping_pages
        cut = PageCut.of(question, size=size, total=len(rows), is_clamping=clamping)
        return cut.enclose(rows[cut.rows])
