"""A Plentymarkets in memory whose rows move between two calls, and that remembers what was true."""

import threading
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from builders.plentymarkets import a_base, an_entry, an_old_entry
from umschlag.connectors.plentymarkets.refusals import RightMissing, RouteMissing
from umschlag.kernel.errors import LoginRejected, UnexpectedAnswer, Unreachable

START = datetime(2026, 9, 2, 1, 0, tzinfo=UTC)
LISTS = {
    "/rest/stockmanagement/warehouses": [
        {"id": 1, "name": "Home", "typeId": 0},
        {"id": 2, "name": "Abroad", "typeId": 0},
    ],
    "/rest/items/sales_prices": [{"id": 1, "type": "default"}],
    "/rest/items/barcodes": [{"id": 1, "type": "GTIN_13"}],
    "/rest/items/manufacturers": [],
    "/rest/categories": [],
    "/rest/accounts/contacts": [],
    "/rest/items": [{"id": 106, "texts": a_base()["texts"]}],
}
OLD_FILTERS = {
    "with",
    "page",
    "itemsPerPage",
    "id",
    "relatedUpdatedBetween",
    "updatedBetween",
    "createdBetween",
}


class MovingErp:
    """Answers as the real system does; before call number n, `events[n]` happen to its rows.

    `before` names the call by what is asked. A second passes with each call. `was` has every state
    that a row has had. Even variations lie in one warehouse, odd ones in the other.
    """

    def __init__(
        self,
        count,
        *,
        page_rows=4,
        is_log_open=True,
        knows_filters=True,
        scroll="rows",
        has_index=True,
        may_see_all_stock=True,
    ):
        self.page_rows, self.is_log_open = page_rows, is_log_open
        self.knows_filters, self.scroll = knows_filters, scroll
        self.has_index, self.may_see_all_stock = has_index, may_see_all_stock
        self.calls_used = self.retries = 0
        self.events = defaultdict(list)
        self.awaited = []
        self.variations, self.stock, self.log, self.frozen = {}, {}, [], []
        self.made = {}
        self.was = defaultdict(set)
        self.asked, self.cursors_asked = [], []
        self.lock = threading.Lock()
        self.now = START - timedelta(days=1)
        for number in range(1, count + 1):
            self.make(number, units=number)
        self.now = START

    def make(self, number=None, units=1):
        # No id is given twice, not even that of the newest one, once it is deleted.
        number = number or max(self.made, default=0) + 1
        self.variations[number] = self.made[number] = self.now
        self.book(number, units)

    def book(self, number, units):
        self.stock[number] = (units, self.now)
        self.was[number].add(units)

    def delete(self, number):
        self.variations.pop(number, None)
        self.stock.pop(number, None)
        self.log.append((number, self.now))

    def nth(self, index):
        return sorted(self.variations)[index % len(self.variations)]

    def before(self, path, *events, **given):
        """Let the events happen before the path is next asked with these parameters.

        What is given as `...` has to be there, whatever it is.
        """
        self.awaited.append((path, given, events))

    def read(self, path, params=None):
        given = dict(params or {})
        # One call after the other, though several threads ask.
        with self.lock:
            self.asked.append((path, given))
            self.now += timedelta(seconds=1)
            self.calls_used += 1
            for event in self.events.pop(self.calls_used, ()):
                event(self)
            self._meet(path, given)
            return self._answered(path, given)

    def _meet(self, path, given):
        for number, (awaited, wanted, events) in enumerate(self.awaited):
            is_asked = all(
                given.get(k) == v or (v is ... and k in given) for k, v in wanted.items()
            )
            if path == awaited and is_asked:
                del self.awaited[number]
                for event in events:
                    event(self)
                return

    def _answered(self, path, given):
        if path.startswith("/rest/pim/") and not self.has_index:
            raise RouteMissing(f"{path} answered 404")
        if path == "/rest/pim/variations":
            return self._pim(given)
        if path == "/rest/items/variations":
            return self._old_list(given)
        if path == "/rest/pim/variations/scroll":
            return self._scrolled(given)
        if path == "/rest/stockmanagement/stock":
            if not self.may_see_all_stock:
                raise RightMissing(f"{path} needs the right stockmanagement.stock")
            return self._page(self._stock_rows(given), given)
        if path.startswith("/rest/stockmanagement/warehouses/"):
            warehouse = int(path.split("/")[4])
            rows = [row for row in self._stock_rows(given) if row["warehouseId"] == warehouse]
            return self._page(rows, given)
        return self._list(path, given)

    def _list(self, path, given):
        if path == "/rest/delete_log":
            if not self.is_log_open:
                raise LoginRejected("no right to see the delete log")
            since = self._instant(given.get("updatedBetween"))
            gone = [
                {"referenceType": 13, "referenceValue": number}
                for number, at in self.log
                if at >= since
            ]
            return self._page(gone, given)
        return self._page(LISTS[path], given)

    def _stock_rows(self, given):
        since = self._instant(given.get("updatedAtFrom"))
        return [
            a_row(number, units)
            for number, (units, at) in sorted(self.stock.items())
            if at >= since
        ]

    def _old_list(self, given):
        if unknown := given.keys() - OLD_FILTERS:
            raise UnexpectedAnswer(f"422: the following filters do not exist: {unknown}")
        changed = self._instant(given.get("relatedUpdatedBetween", "").rstrip(","))
        made = self._instant(given.get("createdBetween", "").rstrip(","))
        numbers = [
            number
            for number, at in sorted(self.variations.items())
            if at >= changed and self.made[number] >= made
        ]
        if "id" in given:
            wanted = {int(number) for number in given["id"].split(",")}
            rows = [old_entry(number) for number in numbers if number in wanted]
            return self._page(rows, given, size=100)
        return self._page([old_entry(number) for number in numbers], given)

    def _pim(self, given):
        since = self._instant(given.get("relatedUpdatedAt"))
        numbers = sorted(number for number, at in self.variations.items() if at >= since)
        if "ids" in given:
            wanted = {int(number) for number in given["ids"].split(",")}
            numbers = [number for number in numbers if number in wanted]
            return self._page([entry(number) for number in numbers], given, size=250)
        if given.get("sortBy") == "id_desc":
            numbers.reverse()
        return self._page([entry(number) for number in numbers], given)

    def _scrolled(self, given):
        if self.scroll == "refused":
            raise UnexpectedAnswer("404")
        self.cursors_asked.append(given.get("cursor"))
        start = int(given.get("cursor", 0))
        if not start:
            self.frozen = sorted(self.variations)
        numbers = self.frozen if self.scroll == "frozen" else sorted(self.variations)
        end = start + self.page_rows
        cursor = str(end) if end < len(numbers) else None
        return {"entries": [entry(n) for n in numbers[start:end]], "cursor": cursor}

    def _instant(self, text):
        if not text or not self.knows_filters:
            return datetime.min.replace(tzinfo=UTC)
        return datetime.fromisoformat(text)

    def _page(self, rows, given, size=None):
        size = min(int(given.get("itemsPerPage", 50)), size or self.page_rows)
        last = max(1, -(-len(rows) // size))
        page = min(int(given.get("page", 1)), last)
        return {
            "page": page,
            "totalsCount": len(rows),
            "isLastPage": page == last,
            "lastPageNumber": last,
            "entries": rows[(page - 1) * size : page * size],
        }


def entry(number):
    return an_entry(number, base={"number": f"N{number}"})


def old_entry(number):
    return an_old_entry(number, base={"number": f"N{number}"})


def a_row(number, units):
    return {
        "variationId": number,
        "warehouseId": 1 + number % 2,
        "stockPhysical": units,
        "reservedStock": 0,
        "reordered": 0,
        "averagePurchasePrice": 1.5,
    }


def die(erp):
    raise Unreachable("Plentymarkets does not answer")
