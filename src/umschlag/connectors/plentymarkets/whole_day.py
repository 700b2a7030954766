"""The two long lists of a day, variations and stock, read until they are proven whole.

Stock is read from the route over all warehouses where we may. The contract sheet prefers the route
of each warehouse because a run can go on at a warehouse; ours goes on at a page, and the one list
needs one proof instead of nine, a ninth of the short last pages, and has the rows of warehouses
that the list of warehouses does not name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from umschlag.connectors.plentymarkets.delete_log import DELETE_LOG, deleted_variations
from umschlag.connectors.plentymarkets.item_names import item_list, read_item_names
from umschlag.connectors.plentymarkets.listing import Meter, SpooledList, different_keys
from umschlag.connectors.plentymarkets.paging import Entry, page_of
from umschlag.connectors.plentymarkets.proving import (
    Baseline,
    Closing,
    Probe,
    Proof,
    joined,
    proof_of_stock,
    proof_of_variations,
    reread_moved,
    stock_key,
)
from umschlag.connectors.plentymarkets.routes import Routes, StockRoute, probe_of
from umschlag.connectors.plentymarkets.spool import NO_KEY, KeptPage, Keys, Spool
from umschlag.connectors.plentymarkets.values import id_of
from umschlag.intelligence.snapshots.rules import SnapshotIncomplete
from umschlag.kernel.errors import LoginRejected, UnexpectedAnswer
from umschlag.kernel.outcomes import Problem
from umschlag.kernel.progress import Progress, untold

ROUNDS_MAX = 4
"""Read; read again what moved; read everything anew, twice."""
_VARIATIONS = "variations"
_STOCK = "stock"
_STOCK_CHANGED_FILTERS = ("updatedAtFrom",)
_STOCK_PAGE_ROWS = "1000"
_CHECKED = frozenset({_VARIATIONS, "cursor", "ids"})
"""The lists whose first rows have to have every relation that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeList:
    """A list that is proven whole."""

    base: Sequence[KeptPage]
    more: Sequence[KeptPage]
    """What was read of it besides: changed rows and new ones."""
    proof: Proof


@dataclass(frozen=True, slots=True)
class _StockList:
    """The stock rows of one route, and those of them that were booked on since."""

    rows: SpooledList
    rebooked: SpooledList


@dataclass(slots=True, kw_only=True)
class WholeDay:
    """Reads both lists onto the spool."""

    spool: Spool
    meter: Meter
    since: datetime
    """Shortly before the first start of all runs that worked on the spool."""
    window_rows: int
    progress: Progress
    routes: Routes = field(default_factory=Routes)
    was_resumed: bool = field(default=False, init=False)
    """Whether pages of an earlier run are there."""
    notes: list[Problem] = field(default_factory=list, init=False)
    _remedy: str = field(default="", init=False)
    """What would help as well, should rows keep moving."""
    variations: SpooledList = field(init=False)
    """The one of the three below that is read."""
    stock: Sequence[_StockList] = field(init=False)
    _by_page: SpooledList = field(init=False)
    _by_cursor: SpooledList = field(init=False)
    _by_ids: SpooledList = field(init=False)
    _new: SpooledList = field(init=False)
    _changed: SpooledList = field(init=False)
    _items: SpooledList | None = field(init=False)

    def __post_init__(self) -> None:
        route = self.routes.variations
        related = {"with": route.asked()["with"]}
        scroll = f"{route.path}/scroll"
        self._by_page = self._of_variations(_VARIATIONS, route.path, route.asked())
        self.variations = self._by_page
        self._by_cursor = self._of_variations("cursor", scroll, related)
        self._by_ids = self._of_variations("ids", route.path, related)
        self._new = self._of_variations("new", route.path, route.newest_asked(self._since))
        self._changed = self._of_variations("changed", route.path, route.asked())
        self._items = None if route.is_index else self._loaded(item_list(self.spool, self.meter))
        self.stock = [
            _StockList(
                self._of_stock(one, one.name),
                self._of_stock(one, one.name.replace("stock", "rebooked")),
            )
            for one in self.routes.stock
        ]

    @property
    def _since(self) -> str:
        return self.since.isoformat(timespec="seconds")

    def _of_variations(self, name: str, path: str, params: Mapping[str, str]) -> SpooledList:
        return self._loaded(
            SpooledList(
                name=name,
                path=path,
                params=params,
                key=_variation_key,
                shape=self.routes.variations.shape,
                check=_check_relations if name in _CHECKED else None,
                meter=self.meter,
                spool=self.spool,
                subject="variations",
            )
        )

    def _of_stock(self, route: StockRoute, name: str) -> SpooledList:
        return self._loaded(
            SpooledList(
                name=name,
                path=route.path,
                params={"itemsPerPage": _STOCK_PAGE_ROWS},
                key=_stock_key,
                shape=route.shape,
                meter=self.meter,
                spool=self.spool,
                subject="stock",
            )
        )

    def _loaded(self, spooled: SpooledList) -> SpooledList:
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
            starts = self._baselines()
            self._read_variations(starts[_VARIATIONS])
            for one in self.stock:
                one.rows.read_pages(self.progress)
            variations, stock = self._proven(starts)
            if variations is not None and stock is not None:
                return variations, stock
            if variations is None:
                self._prepare(_VARIATIONS, [self.variations], round_number)
            if stock is None:
                self._prepare(_STOCK, [one.rows for one in self.stock], round_number)
        raise SnapshotIncomplete(
            f"Plentymarkets: rows kept moving while they were read, {ROUNDS_MAX} times over; "
            f"nothing was published. Try again at a quieter hour{self._remedy}"
        )

    def item_names(self) -> Mapping[int, str]:
        """Return the names of items, where the variations do not have them.

        Raises:
            OutsideSystemFailed: Plentymarkets did not answer.
        """
        if self._items is None:
            return {}
        names, problems = read_item_names(self._items, self.progress)
        self.notes.extend(problems)
        return names

    def _baselines(self) -> Mapping[str, Baseline]:
        """Return what the ERP said before each list was begun, in whichever run that was."""
        found = {}
        fresh = None
        for name, lists in self._lists().items():
            kept = self.spool.load(f"baseline-{name}")
            if kept is not None:
                found[name] = msgspec.json.decode(kept, type=Baseline)
                continue
            # Without it nobody knows what went since its pages were read, a crash's pages either.
            for spooled in lists:
                spooled.forget()
            fresh = fresh or self._fresh_baseline()
            self.spool.save(f"baseline-{name}", msgspec.json.encode(fresh))
            found[name] = fresh
        return found

    def _lists(self) -> Mapping[str, Sequence[SpooledList]]:
        return {
            _VARIATIONS: [self._by_page, self._by_cursor, self._by_ids],
            _STOCK: [one.rows for one in self.stock],
        }

    def _fresh_baseline(self) -> Baseline:
        log = deleted_variations(self.meter.reader, since=self.since)
        return Baseline(self._probe(), None if log is None else frozenset(log.tolist()))

    def _probe(self) -> Probe:
        probe = probe_of(self.meter.reader, self.routes.variations)
        if probe.id_max is None and probe.total:
            message = "not sorted by id: whether rows moved is told by their number alone"
            self._note(Problem(place="variations", message=message))
        return probe

    def _read_variations(self, start: Baseline) -> None:
        """Read them by page, beyond the index's window by cursor, and without that by ids."""
        if self._is_beyond_window(start.probe.total) and self.variations is not self._by_ids:
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

    def _is_beyond_window(self, count: int) -> bool:
        return self.routes.variations.is_index and count > self.window_rows

    def _prepare(self, name: str, lists: Sequence[SpooledList], round_number: int) -> None:
        """Let the next round read what moved; where that did not help, everything."""
        is_paged = not {self._by_cursor.name, self._by_ids.name} & {one.name for one in lists}
        for spooled in lists:
            if round_number == 1 and is_paged:
                reread_moved(spooled)
            else:
                spooled.forget()
                self.spool.remove(f"baseline-{name}")

    def _proven(self, starts: Mapping[str, Baseline]) -> tuple[WholeList | None, WholeList | None]:
        filters = self.routes.variations.changed_filters
        self._read_changed(self._changed, starts[_VARIATIONS].probe.total, filters)
        closing, totals = self._closed([start.probe for start in starts.values()])
        base = self.variations.standing()
        more = [*self._changed.standing(), *self._new.standing()]
        first = proof_of_variations(base, more, baseline=starts[_VARIATIONS], closing=closing)
        proofs = [
            proof_of_stock(
                one.rows.standing(),
                one.rebooked.standing(),
                total=total,
                baseline=starts[_STOCK],
                closing=closing,
            )
            for one, total in zip(self.stock, totals, strict=True)
        ]
        return (
            None if first is None else WholeList(base=base, more=more, proof=first),
            self._whole_stock(proofs),
        )

    def _whole_stock(self, proofs: Sequence[Proof | None]) -> WholeList | None:
        proof = joined(proofs)
        if proof is None:
            return None
        return WholeList(
            base=[page for one in self.stock for page in one.rows.standing()],
            more=[page for one in self.stock for page in one.rebooked.standing()],
            proof=proof,
        )

    def _total(self, spooled: SpooledList) -> int:
        return page_of(self.meter.reader.read(spooled.path, {"itemsPerPage": "1"}), asked=1).total

    def _read_changed(self, spooled: SpooledList, total: int, filters: Sequence[str]) -> None:
        """Read again what changed since the first start, as far as the ERP knows the filter."""
        spooled.forget()
        params = spooled.params
        for changed_since in filters:
            spooled.params = {**params, changed_since: self._since}
            first = spooled.read_page(1)
            # A filter that is not known is ignored without a word, and everything comes; what fits
            # on one page does no harm.
            if first.total < total or first.is_last:
                self._read_all_changed(spooled, first.total)
                spooled.params = params
                return
            spooled.forget()
        spooled.params = params
        message = "what changed while it was read cannot be told: the filters are ignored"
        self._note(Problem(place=spooled.subject, message=message))

    def _read_all_changed(self, spooled: SpooledList, count: int) -> None:
        if spooled is not self._changed or not self._is_beyond_window(count):
            return spooled.read_pages(untold)
        # The index pages no further; quantities are none of its matter, they are stock's.
        spooled.forget()
        message = f"{count} changed while they were read, too many to be read again; names, prices "
        message += "and measures are those of the first reading"
        return self._note(Problem(place=spooled.subject, message=message))

    def _note(self, problem: Problem) -> None:
        if problem not in self.notes:
            self.notes.append(problem)

    def _closed(self, starts: Sequence[Probe]) -> tuple[Closing, Sequence[int]]:
        """Return what the ERP says at the end, and how many stock rows each list has then.

        Stock is closed after the variations, because one made after it would be taken to have none;
        the delete log is read after the totals, because a row that went before them is not in them.
        """
        probe = self._probe()
        self._new.forget()
        tops = [start.id_max for start in starts if start.id_max is not None]
        if probe.id_max is not None and len(tops) == len(starts):
            self._read_new(min(tops), probe.id_max)
        for one in self.stock:
            self._read_changed(one.rebooked, one.rows.newest_total(), _STOCK_CHANGED_FILTERS)
        totals = [self._total(one.rows) for one in self.stock]
        new = self._new.standing()
        closing = Closing(
            probe=probe,
            last_probe=self._probe(),
            new_ids=_ids_up_to(probe.id_max, new),
            are_new_whole=len({page.total for page in new}) < 2,
            log_ids=deleted_variations(self.meter.reader, since=self.since),
        )
        if closing.log_ids is None:
            self._remedy = f", or give the Plentymarkets user the right to see {DELETE_LOG}"
        return closing, totals

    def _read_new(self, after_id: int, up_to_id: int) -> None:
        """Read the variations made since the start."""
        number = 0
        while up_to_id > after_id:
            number += 1
            page = self._new.read_page(number)
            # Who sorts by id has told all the new ones once an old one comes.
            is_through = self.routes.variations.is_index and (page.keys <= after_id).any()
            if page.is_last or page.number != number or is_through:
                break


def _ids_up_to(id_max: int | None, pages: Sequence[KeptPage]) -> Keys:
    ids = different_keys(pages)
    return ids if id_max is None else ids[ids <= id_max]


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
