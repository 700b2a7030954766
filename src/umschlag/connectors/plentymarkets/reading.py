"""Today's whole state read from Plentymarkets, in two steps.

First every page is read onto the spool, and the lists are proven whole (`whole_day`): a run that
dies goes on from the spool as long as the business date is the same. Then the spool is put together
into articles (`assembling`), a few pages at a time, so that a million articles need no more memory
than their numbers and their stock.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from umschlag.connectors.plentymarkets.assembling import (
    Assembler,
    counting_rows,
    encoded_page,
    numbers_of,
    rows_in,
)
from umschlag.connectors.plentymarkets.delete_log import deleted_variations
from umschlag.connectors.plentymarkets.listing import Meter
from umschlag.connectors.plentymarkets.lookups import read_lookups, read_warehouses
from umschlag.connectors.plentymarkets.paging import Entry, Reader
from umschlag.connectors.plentymarkets.parsing import Lookups
from umschlag.connectors.plentymarkets.proving import variations_in
from umschlag.connectors.plentymarkets.routes import (
    INDEX,
    Routes,
    VariationRoute,
    open_routes,
    variations_asked_for,
)
from umschlag.connectors.plentymarkets.spool import Keys, Spool, Spools, SpoolsInMemory
from umschlag.connectors.plentymarkets.stock_table import StockCollector, StockTable
from umschlag.connectors.plentymarkets.values import id_of, part_of, text_of
from umschlag.connectors.plentymarkets.whole_day import WholeDay, WholeList
from umschlag.intelligence.snapshots.model import Missing, Origin, ReadingBatch, Warehouse
from umschlag.intelligence.snapshots.rules import skus_by_variation
from umschlag.kernel.errors import OutsideSystemFailed
from umschlag.kernel.identifiers import Sku, VariationId
from umschlag.kernel.outcomes import Problem
from umschlag.kernel.periods import business_date_of
from umschlag.kernel.progress import Progress

PIM_WINDOW_ROWS = 10_000
"""The article index pages through no more rows than this; beyond, it is read by cursor."""
CLOCKS_APART_MAX = timedelta(minutes=5)
"""How far Plentymarkets' clock may be behind ours."""
ASKED_FOR_MAX = 10_000
"""So many missing variations are asked for by their ids, a page of them a call."""
_SPOOL_FORMAT = 2
_MANIFEST = "manifest"
_PAGES_A_BATCH = 10


class _Manifest(msgspec.Struct, frozen=True):
    """What the pages on a spool were read for. Other pages are worth nothing to us."""

    format: int
    system: str
    business_date: date
    relations: tuple[str, ...]
    routes: tuple[str, ...]
    started_at: datetime


@dataclass(slots=True, kw_only=True)
class SpooledReading:
    """One business date's whole picture, on the spool."""

    variations: WholeList
    stock: WholeList
    spool: Spool
    lookups: Lookups
    warehouses: Sequence[Warehouse]
    business_date: date
    was_resumed: bool
    problems: list[Problem]
    assembler: Assembler | None = field(default=None, init=False)

    @property
    def expected_count(self) -> int:
        """How many articles Plentymarkets says it has, broken ones included."""
        return self.variations.proof.expected_count

    @property
    def unusable_count(self) -> int:
        """Articles that could not be used."""
        return self.assembler.unusable_count if self.assembler else 0

    def batches(self) -> Iterator[ReadingBatch]:
        """Deliver every usable article once.

        Raises:
            SnapshotIncomplete: the disk has lost a part of the spool.
        """
        rows = counting_rows(
            self.variations.base, self.variations.more, left_out=self.variations.proof.left_out
        )
        # Every number has to be known before the first SKU is: two variations may have the same.
        skus, problems = skus_by_variation(numbers_of(self.spool, rows))
        self.problems.extend(problems)
        stock = self._stock_table(np.array(list(skus), dtype=np.int64))
        self.assembler = Assembler(
            lookups=self.lookups,
            warehouses=self.warehouses,
            business_date=self.business_date,
            stock=stock,
            skus=skus,
            problems=self.problems,
        )
        for first in range(0, len(rows), _PAGES_A_BATCH):
            pages = rows[first : first + _PAGES_A_BATCH]
            yield self.assembler.batch_of(
                row for page in pages for row in rows_in(self.spool, page)
            )

    def _stock_table(self, variation_ids: Keys) -> StockTable:
        collector = StockCollector(self.lookups.currency, self.problems)
        for counting in counting_rows(self.stock.base, self.stock.more, left_out=self._stockless()):
            encoded = encoded_page(self.spool, counting.page)
            collector.add(encoded, counting.mask.tolist())
        table = collector.table()
        self.problems.extend(
            Problem(place=f"stock of variation {number}", message="there is no such variation")
            for number in table.strangers(variation_ids)
        )
        return table

    def _stockless(self) -> Keys:
        """Return the keys of stock rows whose variation went while they were read."""
        keys = np.unique(
            np.concatenate([page.keys for page in (*self.stock.base, *self.stock.more)])
        )
        gone = self.stock.proof.left_out
        return keys[np.isin(variations_in(keys), gone)]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class PlentymarketsSource:
    """Reads the present day; an earlier one cannot be asked for."""

    reader: Reader
    zone: ZoneInfo
    currency: str
    spools: Spools = field(default_factory=SpoolsInMemory)
    system: str = ""
    """Which system is read: what was read of another one is worth nothing."""
    now: Callable[[], datetime] = _now
    origin: Origin = Origin.CAPTURED
    window_rows: int = PIM_WINDOW_ROWS
    remarks: Sequence[Problem] = ()
    """What is to be known of the system itself; goes on record with every reading."""
    warehouses: Sequence[Warehouse] = field(default=(), init=False)
    _meter: Meter = field(init=False)
    _reading: SpooledReading | None = field(default=None, init=False)
    _route: VariationRoute = field(default=INDEX, init=False)

    def __post_init__(self) -> None:
        self._meter = Meter(self.reader)

    @property
    def calls_used(self) -> int:
        """Calls of this run, and of earlier ones that it goes on from."""
        return self._meter.calls_used

    @property
    def retries(self) -> int:
        """How many of them were repeated."""
        return self._meter.retries

    def read(self, business_date: date, progress: Progress) -> SpooledReading:
        """Read everything onto the spool; what an earlier run of the day left there is used.

        Raises:
            SnapshotIncomplete: rows kept moving while they were read.
            OutsideSystemFailed: Plentymarkets did not answer, or not as its contract says.
        """
        self.warehouses = read_warehouses(self.reader)
        routes = open_routes(self.reader, self.warehouses)
        spool = self.spools.on(business_date)
        started_at = self._first_start(spool, business_date, routes)
        day = WholeDay(
            spool=spool,
            meter=self._meter,
            since=(started_at - CLOCKS_APART_MAX).astimezone(self.zone),
            window_rows=self.window_rows,
            progress=progress,
            routes=routes,
        )
        lookups, problems = read_lookups(self.reader, zone=self.zone, currency=self.currency)
        variations, stock = day.read()
        self._reading = SpooledReading(
            variations=variations,
            stock=stock,
            spool=spool,
            lookups=replace(lookups, items=day.item_names()),
            warehouses=self.warehouses,
            business_date=business_date,
            was_resumed=day.was_resumed,
            problems=[*self.remarks, *routes.notes, *problems, *day.notes],
        )
        self._route = routes.variations
        return self._reading

    def _first_start(self, spool: Spool, business_date: date, routes: Routes) -> datetime:
        """Return when the first run began whose pages are on the spool; empty it of others'."""
        now = self.now()
        relations = routes.variations.relations
        own = _Manifest(_SPOOL_FORMAT, self.system, business_date, relations, routes.paths, now)
        kept = _manifest_on(spool)
        if (
            kept is not None
            and msgspec.structs.replace(kept, started_at=now) == own
            # A date may be given by hand, and what was read yesterday for it is not today's.
            and business_date_of(kept.started_at, self.zone) == business_date_of(now, self.zone)
        ):
            return kept.started_at
        for name in spool.names():
            spool.remove(name)
        spool.save(_MANIFEST, msgspec.json.encode(own))
        return now

    def look_for(self, missing: Collection[VariationId], *, since: date) -> Missing:
        """Say of each variation that the reading lacks whether it was deleted.

        The delete log is asked first; what it does not know is asked for by id, so many at most.
        """
        wanted = {int(number) for number in missing}
        midnight = datetime.combine(since, time(), self.zone)
        notes = []
        log = deleted_variations(self.reader, since=midnight)
        if log is None:
            notes.append(
                "the delete log may not be read: give the Plentymarkets user the right to see "
                "/rest/delete_log"
            )
        deleted = wanted & set(log.tolist() if log is not None else ())
        unknown = sorted(wanted - deleted)
        found = ReadingBatch(articles=())
        try:
            found = self._found(unknown[:ASKED_FOR_MAX])
        except OutsideSystemFailed as error:
            notes.append(f"could not be asked for one by one: {error}")
        if len(unknown) > ASKED_FOR_MAX:
            notes.append(f"only {ASKED_FOR_MAX} of {len(unknown)} were asked for one by one")
        there = {state.master.variation_id for state in found.articles}
        return Missing(
            found=found,
            deleted=frozenset(VariationId(number) for number in deleted),
            unexplained=frozenset(
                VariationId(number) for number in unknown if VariationId(number) not in there
            ),
            note="; ".join(notes),
        )

    def _found(self, variation_ids: Sequence[int]) -> ReadingBatch:
        """Return those of the variations that are there after all, with their stock."""
        reading = self._reading
        if reading is None or reading.assembler is None:
            return ReadingBatch(articles=())
        entries = list(variations_asked_for(self.reader, self._route, variation_ids).values())
        if not entries:
            return ReadingBatch(articles=())
        assembler = reading.assembler
        assembler.skus = {**assembler.skus, **_more_skus(entries, assembler.skus)}
        return assembler.batch_of(msgspec.json.encode(entry) for entry in entries)

    def published(self, business_date: date) -> None:
        """Drop what was kept for resuming."""
        del business_date  # One date alone is kept.
        self.spools.drop()


def _manifest_on(spool: Spool) -> _Manifest | None:
    kept = spool.load(_MANIFEST)
    try:
        return None if kept is None else msgspec.json.decode(kept, type=_Manifest)
    except msgspec.DecodeError:
        return None


def _more_skus(
    entries: Sequence[Entry], known: Mapping[VariationId, Sku]
) -> Mapping[VariationId, Sku]:
    """Return the SKUs of variations that turned up late; a number that is taken stays taken."""
    numbers = [
        (VariationId(number), text_of(part_of(entry.get("base")).get("number")))
        for entry in entries
        if (number := id_of(entry.get("id"))) is not None
    ]
    taken = set(known.values())
    skus, _ = skus_by_variation(numbers)
    return {number: sku if sku not in taken else Sku(f"#{number}") for number, sku in skus.items()}
