"""Stock, warehouses, movements and bookings (`/rest/stockmanagement/…`)."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from umschlag.simulators.demo.calendar import ZONE, w3c
from umschlag.simulators.demo.movements import Reason
from umschlag.simulators.plentymarkets.answers import Answer, PageCut, Question, page_size
from umschlag.simulators.plentymarkets.erp import (
    REASON_TEXTS,
    REPAIR_PLACE,
    WAREHOUSE_IDS,
    WAREHOUSE_NAMES,
    Erp,
)

_STOCK_PAGE_MAX = 1_000
_MONTHS_KEPT = 3
_BATCH_MAX = 1_000
ORDER_ID_FIRST = 60_000


@dataclass
class StockRoom:
    """Answers questions about stock, and books."""

    erp: Erp
    shift: int = 0
    """Places by which rows have moved while somebody was paging."""
    _encoded: dict[tuple[int, int], msgspec.Raw] = field(default_factory=dict)
    _rows_there: dict[tuple[int, ...], tuple[list[int], list[tuple[int, int]]]] = field(
        default_factory=dict
    )
    """By places: the articles listed when the rows were found, and the rows."""

    def warehouses(self, question: Question) -> Answer:
        """Answer `GET /rest/stockmanagement/warehouses`: a bare array."""
        del question
        return Answer.of(
            [
                {
                    "id": warehouse_id,
                    "name": WAREHOUSE_NAMES[place],
                    "note": "",
                    "typeId": 1 if place == REPAIR_PLACE else 0,
                    "priority": place + 1,
                    "logisticsType": "own",
                    "storageLocationType": "small",
                    "isInventoryModeActive": False,
                    "repairWarehouseId": WAREHOUSE_IDS[REPAIR_PLACE],
                    "onStockAvailability": 1,
                }
                for place, warehouse_id in enumerate(WAREHOUSE_IDS)
            ]
        )

    def all_stock(self, question: Question) -> Answer:
        """Answer `GET /rest/stockmanagement/stock`: one row a variation and warehouse."""
        wanted = question.numbers("warehouseId")
        places = [p for p, number in enumerate(WAREHOUSE_IDS) if not wanted or number in wanted]
        return self._stock(question, places)

    def sales_stock(self, question: Question) -> Answer:
        """Answer `GET /rest/stockmanagement/stock/types/sales`."""
        return self._stock(question, [p for p in range(len(WAREHOUSE_IDS)) if p != REPAIR_PLACE])

    def warehouse_stock(self, question: Question) -> Answer:
        """Answer `GET /rest/stockmanagement/warehouses/{id}/stock`."""
        place = _place(question)
        return _no_warehouse() if place is None else self._stock(question, [place])

    def _stock(self, question: Question, places: list[int]) -> Answer:
        start, end = question.instant("updatedAtFrom"), question.instant("updatedAtTo")
        only = question.numbers("variationId")
        changed = self.erp.stock_changed_unix
        cells = self._cells(places)
        if start is not None or end is not None or only:
            cells = [
                (article, place)
                for article, place in cells
                if (start is None or changed[article, place] >= start)
                and (end is None or changed[article, place] <= end)
                and (not only or int(self.erp.variation_id[article]) in only)
            ]
        turn = self.shift % len(cells) if cells else 0
        cells = cells[len(cells) - turn :] + cells[: len(cells) - turn]
        cut = self._cut(question, len(cells))
        return cut.enclose([self._row(*cell) for cell in cells[cut.rows]])

    def _cells(self, places: list[int]) -> list[tuple[int, int]]:
        """Return article and place of every stock row, made anew where articles have gone."""
        listed = self.erp.listed_articles()
        known = self._rows_there.get(tuple(places))
        if known is None or known[0] is not listed:
            there = (self.erp.stock_changed_unix != 0) | (self.erp.physical != 0)
            cells = [(a, p) for a in listed for p in places if there[a, p]]
            known = self._rows_there[tuple(places)] = (listed, cells)
        return known[1]

    def book_one_more(self) -> None:
        """Book one unit more on the first stock row, as while somebody is paging."""
        article, place = self._cells(list(range(len(WAREHOUSE_IDS))))[0]
        self._book_units(article, place, units=1, reason=int(Reason.CORRECTION))

    def _book_units(self, article: int, place: int, *, units: int, reason: int) -> None:
        self.erp.book(article=article, place=place, units=units, reason=reason)
        self._encoded.pop((article, place), None)
        self._rows_there.clear()

    def storage_locations(self, question: Question) -> Answer:
        """Answer `GET …/stock/storageLocations`: positive stock alone, mostly in one location."""
        place = _place(question)
        if place is None:
            return _no_warehouse()
        only = question.numbers("variationId")
        split = self.erp.knobs.split_stock
        numbers = self.erp.variation_id
        shelves = [
            (article, location)
            for article in self.erp.listed_articles()
            if self.erp.physical[article, place] > 0 and (not only or numbers[article] in only)
            for location in ((0, 7) if numbers[article] in split else (0,))
        ]
        cut = self._cut(question, len(shelves))
        rows = [
            {
                "variationId": int(self.erp.variation_id[article]),
                "itemId": int(self.erp.merchant.articles.item_id[article]),
                "warehouseId": WAREHOUSE_IDS[place],
                "storageLocationId": location,
                "quantity": 1 if location else int(self.erp.physical[article, place]),
                "batch": "",
                "bestBeforeDate": None,
            }
            for article, location in shelves[cut.rows]
        ]
        return cut.enclose(rows)

    def _cut(self, question: Question, total: int) -> PageCut:
        size = page_size(question, default=50, largest=_STOCK_PAGE_MAX)
        clamping = self.erp.knobs.is_clamping_pages
        return PageCut.of(question, size=size, total=total, is_clamping=clamping)

    def _row(self, article: int, place: int) -> msgspec.Raw:
        known = self._encoded.get((article, place))
        if known is None:
            known = msgspec.Raw(msgspec.json.encode(self._stock_row(article, place)))
            self._encoded[article, place] = known
        return known

    def _stock_row(self, article: int, place: int) -> dict[str, Any]:
        erp = self.erp
        physical = int(erp.physical[article, place])
        reserved = int(erp.reserved[article, place])
        cost = int(erp.merchant.unit_cost_minor[erp.today, article]) / 100
        on_order = 0 if place == REPAIR_PLACE else erp.merchant.on_order[erp.today, article, place]
        return {
            "itemId": int(erp.merchant.articles.item_id[article]),
            "warehouseId": WAREHOUSE_IDS[place],
            # Quantities are decimals in the ERP, and some come back as text.
            "stockPhysical": f"{physical}.00" if article % 29 == 6 else physical,
            "reservedStock": reserved,
            "reservedEbay": 0,
            "reorderDelta": 0,
            "stockNet": physical - reserved,
            "storehouse_type": "repair" if place == REPAIR_PLACE else "sales",
            "reordered": int(on_order),
            "reservedBundle": 0,
            "averagePurchasePrice": 0 if erp.merchant.articles.lacks_cost[article] else cost,
            "warehousePriority": str(place + 1),
            "updatedAt": w3c(int(erp.stock_changed_unix[article, place])),
            "variationId": int(erp.variation_id[article]),
        }

    def movements(self, question: Question) -> Answer:
        """Answer `GET …/warehouses/{id}/stock/movements`, oldest first.

        Without `year` only the last three months; with it, what is older, of that year.
        """
        place = _place(question)
        if place is None:
            return _no_warehouse()
        rows = self._matching_movements(question, place)
        booked = self._booked_rows(question, place)
        cut = self._cut(question, len(rows) + len(booked))
        shown = [self._movement(int(row)) for row in rows[cut.rows]]
        first = max(0, cut.start - len(rows))
        shown += booked[first : first + cut.size - len(shown)]
        return cut.enclose(shown)

    def _matching_movements(self, question: Question, place: int) -> NDArray[np.intp]:
        m = self.erp.merchant.movements
        keep = m.warehouse == place
        keep &= self._in_shelf_of(question, m.at_unix)
        start, end = question.instant("createdAtFrom"), question.instant("createdAtTo")
        if start is not None:
            keep &= m.at_unix >= start
        if end is not None:
            keep &= m.at_unix <= end
        if variation_ids := question.numbers("variationId"):
            keep &= np.isin(m.variation_id, variation_ids)
        if order_ids := question.numbers("orderId"):
            order = self.erp.merchant.lines.order[m.line]
            keep &= (m.line >= 0) & np.isin(order + ORDER_ID_FIRST, order_ids)
        return np.flatnonzero(keep)

    def _in_shelf_of(self, question: Question, at_unix: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which movements lie in the archive of the year asked for, or in no archive."""
        archived = at_unix < self._archive_end_unix()
        year = question.number("year", 0)
        if not year:
            return ~archived
        begin, end = (int(datetime(y, 1, 1, tzinfo=ZONE).timestamp()) for y in (year, year + 1))
        return np.asarray(archived & (at_unix >= begin) & (at_unix < end))

    def _archive_end_unix(self) -> int:
        today = self.erp.merchant.scale.today
        months = today.year * 12 + today.month - 1 - _MONTHS_KEPT
        year, month = divmod(months, 12)
        day = min(today.day, monthrange(year, month + 1)[1])
        return int(datetime(year, month + 1, day, tzinfo=ZONE).timestamp())

    def archives(self, question: Question) -> Answer:
        """Answer `GET /rest/stockmanagement/stock/archives`: the years there are archives of."""
        del question
        first = self.erp.merchant.scale.first_date.year
        last = (datetime.fromtimestamp(self._archive_end_unix(), ZONE) - timedelta(days=1)).year
        return Answer.of([str(year) for year in range(first, last + 1)])

    def _movement(self, row: int) -> dict[str, Any]:
        m = self.erp.merchant.movements
        reason, line = Reason(int(m.reason[row])), int(m.line[row])
        cost = int(m.cost_minor[row])
        order = self.erp.merchant.lines.order[line] + ORDER_ID_FIRST if line >= 0 else 0
        return self._movement_row(
            row,
            article=int(m.article[row]),
            place=int(m.warehouse[row]),
            units=int(m.units[row]),
            reason=reason,
            more={
                "variationId": int(m.variation_id[row]),
                "reasonString": REASON_TEXTS[reason],
                "processRowId": int(order),
                "processRowType": _process_row_type(reason),
                "purchasePrice": cost / 100 if cost else 0,
                "createdAt": w3c(int(m.at_unix[row])),
            },
        )

    def _booked_rows(self, question: Question, place: int) -> list[dict[str, Any]]:
        if question.number("year", 0):
            return []
        first = len(self.erp.merchant.movements.day)
        return [
            self._movement_row(
                first + number,
                article=booked.article,
                place=booked.place,
                units=booked.units,
                reason=booked.reason,
                more={
                    "variationId": int(self.erp.variation_id[booked.article]),
                    "reasonString": "API",
                    "processRowId": 0,
                    "processRowType": 1,
                    "purchasePrice": 0,
                    "createdAt": w3c(self.erp.now_unix),
                },
            )
            for number, booked in enumerate(self.erp.booked)
            if booked.place == place
        ]

    def _movement_row(
        self,
        number: int,
        *,
        article: int,
        place: int,
        units: int,
        reason: int,
        more: dict[str, Any],
    ) -> dict[str, Any]:
        return {
            "id": number + 1,
            "itemId": int(self.erp.merchant.articles.item_id[article]),
            "warehouseId": WAREHOUSE_IDS[place],
            "warehouseName": WAREHOUSE_NAMES[place],
            "quantity": units,
            "reason": int(reason),
            "storageLocationName": "Standard-Lagerort",
            "batch": "",
            "bestBeforeDate": None,
            "userId": 7,
            **more,
        }

    def correct(self, question: Question) -> Answer:
        """Answer `PUT …/stock/correction`: sets absolute quantities."""
        return self._book(question, "corrections", lambda given, now: given - now)

    def book_incoming(self, question: Question) -> Answer:
        """Answer `PUT …/stock/bookIncomingItems`: adds quantities."""
        return self._book(question, "incomingItems", lambda given, _: given)

    def book_outgoing(self, question: Question) -> Answer:
        """Answer `PUT …/stock/bookOutgoingItems`: takes quantities, whatever their sign."""
        return self._book(question, "outgoingItems", lambda given, _: -abs(given))

    def _book(self, question: Question, name: str, change: Callable[[int, int], int]) -> Answer:
        place = _place(question)
        rows = (question.body or {}).get(name) if isinstance(question.body, dict) else None
        if place is None or not isinstance(rows, list) or len(rows) > _BATCH_MAX:
            return Answer.refusal(422, f"The {name} field is required.")
        articles = [self.erp.article_of.get(int(row.get("variationId", 0))) for row in rows]
        for article in articles:
            if article is None:
                return Answer.refusal(422, "The variation does not exist.")
            if self.erp.merchant.articles.is_bundle[article]:
                return Answer.refusal(422, "The variation is bundle.")
        for article, row in zip(articles, rows, strict=True):
            if article is not None:
                now = int(self.erp.physical[article, place])
                units = change(int(float(row["quantity"])), now)
                reason = int(row.get("reasonId", Reason.CORRECTION))
                self._book_units(article, place, units=units, reason=reason)
        return Answer.of({"success": True})


def _process_row_type(reason: Reason) -> int:
    """Return 1 for goods in, 2 for orders, 3 for deletions, as the movements' reference has it."""
    if reason in {Reason.SALE, Reason.RETURN}:
        return 2
    return 3 if reason in {Reason.DELETED, Reason.RECREATED} else 1


def _place(question: Question) -> int | None:
    text = question.variables.get("warehouse_id", "")
    number = int(text) if text.isdigit() else 0
    return WAREHOUSE_IDS.index(number) if number in WAREHOUSE_IDS else None


def _no_warehouse() -> Answer:
    return Answer.refusal(404, "No query results for model [Warehouse].")
