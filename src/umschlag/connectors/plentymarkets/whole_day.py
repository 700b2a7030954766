"""The two long lists of a day, variations and stock, read until they are proven whole.

Stock is read from the route over all warehouses. The contract sheet prefers the route of each
warehouse because a run can go on at a warehouse; ours goes on at a page, and the one list needs one
proof instead of nine, a ninth of the short last pages, and has the rows of warehouses that the list
of warehouses does not name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

import msgspec

from umschlag.connectors.plentymarkets.delete_log import DELETE_LOG, deleted_variations
from umschlag.connectors.plentymarkets.listing import Meter, SpooledList, different_keys
from umschlag.connectors.plentymarkets.paging import Entry, page_of
from umschlag.connectors.plentymarkets.parsing import RELATIONS_ASKED
from umschlag.connectors.plentymarkets.proving import (
    NOTHING,
    Baseline,
    Closing,
    Probe,
    Proof,
    proof_of_stock,
    proof_of_variations,
    reread_moved,
    stock_key,
)
from umschlag.connectors.plentymarkets.spool import NO_KEY, KeptPage, Keys, Spool
from umschlag.connectors.plentymarkets.values import id_of
from umschlag.intelligence.snapshots.rules import SnapshotIncomplete
from umschlag.kernel.errors import LoginRejected, UnexpectedAnswer
from umschlag.kernel.outcomes import Problem
from umschlag.kernel.progress import Progress, untold

VARIATIONS = "/rest/pim/variations"
STOCK = "/rest/stockmanagement/stock"
ROUNDS_MAX = 4
"""Read; read again what moved; read everything anew, twice."""
CHANGED_FILTERS: Mapping[str, Sequence[str]] = MappingProxyType(
    {"variations": ("relatedUpdatedAt", "updatedAt"), "stock": ("updatedAtFrom",)}
)
"""What asks for rows changed since an instant, the most encompassing first."""
_WITH = ",".join(RELATIONS_ASKED)
_CHECKED = frozenset({"variations", "cursor", "ids"})
"""The lists whose first rows have to have every relation that was asked for."""
_PROBE_ROWS = "50"
"""The highest id is on the first row; more are asked for, since that one may be broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeList:
    """A list that is proven whole."""

    base: Sequence[KeptPage]
    more: Sequence[KeptPage]
    """What was read of it besides: changed rows and new ones."""
    proof: Proof


@dataclass(slots=True, kw_only=True)
class WholeDay:
    """Reads both lists onto the spool."""

    spool: Spool
    meter: Meter
    since: datetime
    """Shortly before the first start of all runs that worked on the spool."""
    window_rows: int
    progress: Progress
    was_resumed: bool = field(default=False, init=False)
    """Whether pages of an earlier run are there."""
    notes: list[Problem] = field(default_factory=list, init=False)
    _remedy: str = field(default="", init=False)
    """What would help as well, should rows keep moving."""
    variations: SpooledList = field(init=False)
    stock: SpooledList = field(init=False)
    _by_cursor: SpooledList = field(init=False)
    _by_ids: SpooledList = field(init=False)
    _new: SpooledList = field(init=False)
    _changed: Mapping[str, SpooledList] = field(init=False)

    def __post_init__(self) -> None:
        related = {"with": _WITH}
        sized = related | {"sortBy": "id_asc", "itemsPerPage": "250"}
        rows = {"itemsPerPage": "1000"}
        newest = sized | {"sortBy": "id_desc"}
        scroll = f"{VARIATIONS}/scroll"
        self.variations = self._list("variations", VARIATIONS, sized, _variation_key)
        self._by_cursor = self._list("cursor", scroll, related, _variation_key)
        self._by_ids = self._list("ids", VARIATIONS, related, _variation_key)
        self._new = self._list("new", VARIATIONS, newest, _variation_key)
        self.stock = self._list("stock", STOCK, rows, _stock_key)
        self._changed = {
            "variations": self._list("changed", VARIATIONS, sized, _variation_key),
            "stock": self._list("rebooked", STOCK, rows, _stock_key),
        }

    def _list(
        self, name: str, path: str, params: Mapping[str, str], key: Callable[[Entry], int]
    ) -> SpooledList:
        spooled = SpooledList(
            name=name,
            path=path,
            params=params,
            key=key,
            check=_check_relations if name in _CHECKED else None,
            meter=self.meter,
            spool=self.spool,
            subject="stock" if path == STOCK else "variations",
        )
        spooled.load()
        self.meter.remember(spooled.pages.values())
        self.was_resumed = self.was_resumed or bool(spooled.pages)
        return spooled

    def read(self) -> tuple[WholeList, WholeList]:
        """Return the variations and the stock.

        Raises:
            SnapshotIncomplete: rows kept moving, in every round.
            OutsideSystemFailed: Plentymarkets did not answer, or not as its contract says.
        """
        for round_number in range(1, ROUNDS_MAX + 1):
            starts = {name: self._baseline(name) for name in ("variations", "stock")}
            self._read_variations(starts["variations"])
            self.stock.read_pages(self.progress)
            variations, stock = self._proven(starts)
            if variations is not None and stock is not None:
                return variations, stock
            if variations is None:
                self._prepare("variations", self.variations, round_number)
            if stock is None:
                self._prepare("stock", self.stock, round_number)
        raise SnapshotIncomplete(
            f"Plentymarkets: rows kept moving while they were read, {ROUNDS_MAX} times over; "
            f"nothing was published. Try again at a quieter hour{self._remedy}"
        )

    def _baseline(self, name: str) -> Baseline:
        """Return what the ERP said before the list was begun, in whichever run that was."""
        kept = self.spool.load(f"baseline-{name}")
        if kept is not None:
            return msgspec.json.decode(kept, type=Baseline)
        log = deleted_variations(self.meter.reader, since=self.since)
        gone = None if log is None else frozenset(log.tolist())
        baseline = Baseline(self._probe(), gone)
        self.spool.save(f"baseline-{name}", msgspec.json.encode(baseline))
        return baseline

    def _probe(self) -> Probe:
        wanted = {"sortBy": "id_desc", "itemsPerPage": _PROBE_ROWS}
        page = page_of(self.meter.reader.read(VARIATIONS, wanted), asked=1)
        ids = [key for entry in page.entries if (key := _variation_key(entry)) != NO_KEY]
        is_sorted = ids == sorted(ids, reverse=True)
        if not is_sorted:
            message = "not sorted by id: whether rows moved is told by their number alone"
            self._note(Problem(place="variations", message=message))
        return Probe(page.total, ids[0] if ids and is_sorted else None)

    def _read_variations(self, start: Baseline) -> None:
        """Read them by page, beyond the index's window by cursor, and without that by ids."""
        if start.probe.total > self.window_rows and self.variations is not self._by_ids:
            self.variations = self._by_ids if self._by_ids.pages else self._by_cursor
        if self.variations is self._by_cursor:
            try:
                return self._by_cursor.read_by_cursor(self.progress)
            except (LoginRejected, UnexpectedAnswer) as error:
                if start.probe.id_max is None:
                    raise
                message = f"read by their ids, since the cursor fails: {error}"
                self.notes.append(Problem(place="variations", message=message))
                self.variations = self._by_ids
        if self.variations is self._by_ids:
            return self._by_ids.read_by_ids(start.probe.id_max or 0, self.progress)
        return self.variations.read_pages(self.progress)

    def _prepare(self, name: str, spooled: SpooledList, round_number: int) -> None:
        """Let the next round read what moved; where that did not help, everything."""
        is_paged = spooled not in (self._by_cursor, self._by_ids)
        if round_number == 1 and is_paged:
            reread_moved(spooled)
            return
        spooled.forget()
        self.spool.remove(f"baseline-{name}")

    def _proven(self, starts: Mapping[str, Baseline]) -> tuple[WholeList | None, WholeList | None]:
        self._read_changed("variations", starts["variations"].probe.total)
        self._read_changed("stock", self.stock.newest_total())
        total = page_of(self.meter.reader.read(STOCK, {"itemsPerPage": "1"}), asked=1).total
        closing = self._closing(list(starts.values()))
        base, stock = self.variations.standing(), self.stock.standing()
        more = [*self._changed["variations"].standing(), *self._new.standing()]
        rebooked = self._changed["stock"].standing()
        first = proof_of_variations(base, more, baseline=starts["variations"], closing=closing)
        second = proof_of_stock(
            stock, rebooked, total=total, baseline=starts["stock"], closing=closing
        )
        return (
            None if first is None else WholeList(base=base, more=more, proof=first),
            None if second is None else WholeList(base=stock, more=rebooked, proof=second),
        )

    def _read_changed(self, name: str, total: int) -> None:
        """Read again what changed since the first start, as far as the ERP knows the filter."""
        spooled = self._changed[name]
        spooled.forget()
        params = spooled.params
        since = self.since.isoformat(timespec="seconds")
        for changed_since in CHANGED_FILTERS[name]:
            spooled.params = {**params, changed_since: since}
            first = spooled.read_page(1)
            # A filter that is not known is ignored without a word, and everything comes.
            if first.total < total or not total:
                self._read_all_changed(spooled, first.total)
                spooled.params = params
                return
            spooled.forget()
        spooled.params = params
        message = "what changed while it was read cannot be told: the filters are ignored"
        self._note(Problem(place=name, message=message))

    def _read_all_changed(self, spooled: SpooledList, count: int) -> None:
        if spooled.path == STOCK or count <= self.window_rows:
            return spooled.read_pages(untold)
        # The index pages no further; quantities are none of its matter, they are stock's.
        spooled.forget()
        message = f"{count} changed while they were read, too many to be read again; names, prices "
        message += "and measures are those of the first reading"
        return self._note(Problem(place=spooled.subject, message=message))

    def _note(self, problem: Problem) -> None:
        if problem not in self.notes:
            self.notes.append(problem)

    def _closing(self, starts: Sequence[Baseline]) -> Closing:
        probe = self._probe()
        if all(start.probe == probe for start in starts):
            return Closing(probe=probe, new_ids=NOTHING, log_ids=None)
        tops = [start.probe.id_max for start in starts]
        new_ids = NOTHING
        if probe.id_max is not None and None not in tops:
            new_ids = self._read_new(min(top for top in tops if top is not None), probe.id_max)
        log_ids = deleted_variations(self.meter.reader, since=self.since)
        if log_ids is None:
            self._remedy = f", or give the Plentymarkets user the right to see {DELETE_LOG}"
        return Closing(probe=probe, new_ids=new_ids, log_ids=log_ids)

    def _read_new(self, after_id: int, up_to_id: int) -> Keys:
        """Read the variations made since the start: the newest come first."""
        self._new.forget()
        number = 0
        while up_to_id > after_id:
            number += 1
            page = self._new.read_page(number)
            if page.is_last or page.number != number or (page.keys <= after_id).any():
                break
        ids = different_keys(self._new.standing())
        return ids[(ids > after_id) & (ids <= up_to_id)]


def _check_relations(entries: Sequence[Entry]) -> None:
    # An unknown or forbidden relation is left out without a word, with status 200.
    entries = [entry for entry in entries if _variation_key(entry) != NO_KEY]
    for relation in ("base", "salesPrices", "marketIdentNumbers", "supplier"):
        if entries and not any(entry.get(relation) is not None for entry in entries):
            raise UnexpectedAnswer(
                f"Plentymarkets: no variation has {relation!r}; check the rights of the API user"
            )


def _variation_key(entry: Entry) -> int:
    return id_of(entry.get("id")) or NO_KEY


def _stock_key(entry: Entry) -> int:
    variation_id, warehouse_id = id_of(entry.get("variationId")), id_of(entry.get("warehouseId"))
    if variation_id is None or warehouse_id is None:
        return NO_KEY
    return stock_key(variation_id, warehouse_id)
