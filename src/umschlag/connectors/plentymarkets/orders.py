"""Orders read from Plentymarkets: all that changed, with the relatives that decide what counts."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from umschlag.connectors.plentymarkets.order_lines import SHOP, Order, OrderKind, order_of
from umschlag.connectors.plentymarkets.order_netting import netted
from umschlag.connectors.plentymarkets.paging import PASSES_MAX, Entry, Page, Reader, pages
from umschlag.connectors.plentymarkets.values import decimal_of, id_of, text_of, whole_of
from umschlag.kernel.errors import LoginRejected, MalformedIdentifier, UnexpectedAnswer
from umschlag.kernel.identifiers import Marketplace, parse_marketplace
from umschlag.kernel.outcomes import Problem
from umschlag.kernel.progress import Progress, untold

ORDERS = "/rest/orders"
DELETE_LOG = "/rest/delete_log"
OVERLAP = timedelta(hours=2)
"""Read again before the watermark, since orders are changed while they are read."""
_ORDER_DELETED = 3
"""`referenceType` of orders in the delete log."""
_AMAZON_COUNTRIES = {
    "germany": Marketplace.DE,
    "deutschland": Marketplace.DE,
    "france": Marketplace.FR,
    "frankreich": Marketplace.FR,
    "italy": Marketplace.IT,
    "italien": Marketplace.IT,
    "spain": Marketplace.ES,
    "spanien": Marketplace.ES,
    "uk": Marketplace.UK,
    "kingdom": Marketplace.UK,
    "usa": Marketplace.US,
    "us": Marketplace.US,
}


@dataclass(frozen=True, slots=True)
class ReadTo:
    """How far orders have been read."""

    changes: datetime
    deletions: datetime
    """Earlier than the changes where the delete log could not be read for a while."""

    @classmethod
    def parse(cls, text: str) -> "ReadTo | None":
        """Return what was written down; None before the first import."""
        instants = [datetime.fromisoformat(part) for part in text.split()]
        return cls(instants[0], instants[-1]) if instants else None

    def __str__(self) -> str:
        """Write it down: one instant, or two where they differ."""
        instants = (self.changes, self.deletions)
        return " ".join(dict.fromkeys(at.isoformat(timespec="seconds") for at in instants))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersRead:
    """What one import has to bring in line with the ERP."""

    orders: Mapping[str, Order]
    """Every order that changed and its relatives, as each counts now."""
    deleted: frozenset[str]
    """Orders that are no longer there."""
    problems: tuple[Problem, ...]
    """Orders that cannot be used; what we knew of them stands."""
    notes: tuple[Problem, ...]
    read_to: ReadTo | None
    """How far it has been read now; None where there has never been an order."""


def read_orders(
    reader: Reader,
    *,
    since: ReadTo | None,
    started_at: datetime,
    zone: ZoneInfo,
    currency: str,
    progress: Progress = untold,
) -> OrdersRead:
    """Return every order changed or deleted since then, of all the merchant's clients.

    Raises:
        UnexpectedAnswer: orders vanished under the pages in every pass.
        OutsideSystemFailed: Plentymarkets did not answer, or not as its contract says.
    """
    run = _Run(reader=reader, zone=zone, currency=currency, since=since, started_at=started_at)
    run.read_changed(progress)
    read_to = run.read_to()
    # The first import has everybody's relatives anyway.
    if since is not None:
        run.add_relatives()
    remarks = [remark for order in run.orders.values() for remark in order.remarks]
    return OrdersRead(
        orders=netted(run.orders),
        deleted=run.deleted - run.orders.keys(),
        problems=tuple(run.problems),
        notes=(*run.notes, *remarks),
        read_to=read_to,
    )


@dataclass(slots=True, kw_only=True)
class _Run:
    reader: Reader
    zone: ZoneInfo
    currency: str
    since: ReadTo | None
    started_at: datetime
    has_read_log: bool = True
    orders: dict[str, Order] = field(default_factory=dict)
    deleted: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    marketplaces: Mapping[Decimal, str] = field(default_factory=dict)

    def read_changed(self, progress: Progress) -> None:
        """Read the orders that changed, anew where some were deleted under the pages.

        An order that changes meanwhile comes later in the list or stays where it is; only one that
        leaves it makes others slip to a page that was read before.
        """
        self.marketplaces = read_marketplaces(self.reader)
        params = {"itemsPerPage": "250", "sortBy": "id", "sortOrder": "asc"}
        if self.since is not None:
            params["updatedAtFrom"] = (self.since.changes - OVERLAP).isoformat()
        self.deleted = self._read_deleted()
        for _ in range(PASSES_MAX):
            self.problems.clear()
            self.orders.clear()
            seen: set[object] = set()
            totals = [0]
            for page in pages(self.reader, ORDERS, params, progress=progress):
                totals.append(page.total)
                self._take(page, seen)
            before, self.deleted = self.deleted, self._read_deleted()
            if totals == sorted(totals) and before == self.deleted and len(seen) >= totals[-1]:
                return
        raise UnexpectedAnswer(
            f"Plentymarkets: orders vanished while they were read ({totals[1]} at the start, "
            f"{totals[-1]} at the end, {len(seen)} read); nothing was imported"
        )

    def read_to(self) -> ReadTo | None:
        """Return how far is read: one change from the future would hide all others until then."""
        changes = [one.updated_at for one in self.orders.values() if one.updated_at]
        known = [min(at, self.started_at) for at in changes]
        if self.since is not None:
            known.append(self.since.changes)
        if not known:
            return None
        newest = max(known)
        if self.has_read_log:
            return ReadTo(newest, newest)
        return ReadTo(newest, self.since.deletions if self.since else self.started_at)

    def add_relatives(self) -> None:
        """Add the unchanged returns, credit notes and sales that changed ones belong to."""
        waiting = [
            order_id
            for order_id, order in self.orders.items()
            if order.related and order.kind is not OrderKind.SALE
        ]
        waiting += self.deleted
        asked: set[str] = set()
        while waiting:
            order_id = waiting.pop()
            if order_id in asked:
                continue
            asked.add(order_id)
            order = self._one(order_id)
            if order is not None and order.kind is not OrderKind.SALE:
                waiting += order.related
            waiting += self._children(order_id)

    def _take(self, page: Page, seen: set[object]) -> None:
        broken = page.row_count - len(page.entries)
        seen.update((page.number, place) for place in range(broken))
        if broken:
            message = f"{broken} rows are no orders"
            self.problems.append(Problem(place=f"page {page.number} of orders", message=message))
        for place, row in enumerate(page.entries):
            found = self._order(row)
            if isinstance(found, Problem):
                self.problems.append(found)
                seen.add(id_of(row.get("id")) or (page.number, "row", place))
                continue
            seen.add(int(found.order_id))
            # The later version counts of one that comes twice.
            self.orders[found.order_id] = found

    def _order(self, row: Entry) -> Order | Problem:
        return order_of(row, zone=self.zone, currency=self.currency, marketplaces=self.marketplaces)

    def _read_deleted(self) -> frozenset[str]:
        known = self.since.deletions if self.since else self.started_at
        start = min(known, self.started_at) - OVERLAP
        end = self.started_at + timedelta(days=1)
        params = {
            "referenceType": str(_ORDER_DELETED),
            "updatedBetween": f"{start.isoformat()},{end.isoformat()}",
            "itemsPerPage": "250",
        }
        try:
            rows = [row for page in pages(self.reader, DELETE_LOG, params) for row in page.entries]
        except (LoginRejected, UnexpectedAnswer) as error:
            message = f"cannot be read: until it can, deleted orders stay among the sales: {error}"
            self.notes = [Problem(place="delete log", message=message)]
            self.has_read_log = False
            return frozenset()
        return frozenset(
            str(order_id)
            for row in rows
            # Filters that the ERP does not know are ignored, so each row is looked at.
            if whole_of(row.get("referenceType")) == _ORDER_DELETED
            and (order_id := id_of(row.get("referenceValue"))) is not None
        )

    def _one(self, order_id: str) -> Order | None:
        if order_id not in self.orders and order_id not in self.deleted:
            try:
                answer = self.reader.read(f"{ORDERS}/{order_id}")
            except UnexpectedAnswer:
                return None
            found = self._order(answer) if isinstance(answer, dict) else None
            if isinstance(found, Order) and found.order_id == order_id:
                self.orders[order_id] = found
        return self.orders.get(order_id)

    def _children(self, order_id: str) -> Iterator[str]:
        """Yield the orders that come from this one."""
        params = {"parentOrderId": order_id, "itemsPerPage": "250"}
        for page in pages(self.reader, ORDERS, params):
            rows = [self._order(row) for row in page.entries]
            own = [row for row in rows if isinstance(row, Order) and order_id in row.related]
            for order in own:
                self.orders.setdefault(order.order_id, order)
                yield order.order_id
            if not own:
                # The filter is ignored: without this, the whole of the history would be read.
                return


def read_marketplaces(reader: Reader) -> Mapping[Decimal, str]:
    """Return which marketplace each referrer stands for; without the right to read them, none."""
    try:
        rows = [row for page in pages(reader, "/rest/orders/referrers", {}) for row in page.entries]
    except (LoginRejected, UnexpectedAnswer):
        return {}
    return {
        number: marketplace_of(text_of(row.get("backendName")) or text_of(row.get("name")))
        for row in rows
        # Read as exact decimals, because 4.01 and 4.1 are two different referrers.
        if (number := decimal_of(row.get("id"))) is not None
    }


def marketplace_of(referrer: str) -> str:
    """Return the Amazon site that the referrer's name means, or the shop."""
    try:
        return parse_marketplace(referrer).value
    except MalformedIdentifier:
        pass
    words = re.findall(r"[a-z]+", referrer.lower())
    if "amazon" not in words:
        return SHOP
    found = (_AMAZON_COUNTRIES[word] for word in words if word in _AMAZON_COUNTRIES)
    return next((site.value for site in found), Marketplace.DE.value)
