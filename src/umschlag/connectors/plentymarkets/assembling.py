"""Articles put together from variations and their stock, some thousand at a time.

Quantities come from the stock rows alone: the article index behind the variations lags by a
quarter of an hour, the stock routes do not.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import msgspec
import numpy as np
from numpy.typing import NDArray

from umschlag.connectors.plentymarkets.parsing import Lookups, Variation
from umschlag.connectors.plentymarkets.plain import VariationReader
from umschlag.connectors.plentymarkets.spool import (
    NO_KEY,
    KeptPage,
    Keys,
    Spool,
    encoded_rows,
)
from umschlag.connectors.plentymarkets.stock_table import Stocked, StockTable
from umschlag.connectors.plentymarkets.values import part_of, text_of
from umschlag.intelligence.snapshots.model import (
    ArticleMaster,
    ArticleState,
    BundlePart,
    ReadingBatch,
    Warehouse,
    WarehousePosition,
)
from umschlag.intelligence.snapshots.rules import SnapshotIncomplete, stand_in_sku
from umschlag.kernel.identifiers import Sku, VariationId, WarehouseId
from umschlag.kernel.outcomes import Problem


class _NumberedBase(msgspec.Struct):
    number: str


class _Numbered(msgspec.Struct):
    """No more of a variation than its number, which is read long before the rest."""

    base: _NumberedBase


_raw_rows = msgspec.json.Decoder(list[msgspec.Raw])
_numbered = msgspec.json.Decoder(_Numbered)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingRows:
    """Which rows of a page count: the newest reading of each, without what was deleted."""

    page: KeptPage
    mask: NDArray[np.bool_]


def counting_rows(
    base: Sequence[KeptPage], more: Sequence[KeptPage], *, left_out: Keys
) -> list[CountingRows]:
    """Return the rows that count, in the order they were read; `left_out` are keys.

    Rows without a key count in `base` alone: elsewhere they are the same ones again.
    """
    first_hand = {page.name for page in base}
    read = sorted([*base, *more], key=lambda page: page.turn)
    keys = np.concatenate([np.zeros(0, np.int64), *(page.keys for page in read)])
    # Of several readings of a row the last counts.
    _, newest = np.unique(keys[::-1], return_index=True)
    counts = np.zeros(len(keys), bool)
    counts[len(keys) - 1 - newest] = True
    counts &= (keys != NO_KEY) & ~np.isin(keys, left_out)
    ends = np.cumsum([len(page.keys) for page in read])
    found = []
    for page, end in zip(read, ends, strict=True):
        mask = counts[end - len(page.keys) : end]
        if page.name in first_hand:
            mask = mask | (page.keys == NO_KEY)
        found.append(CountingRows(page=page, mask=mask))
    return found


def encoded_page(spool: Spool, page: KeptPage) -> bytes:
    """Return the page's rows.

    Raises:
        SnapshotIncomplete: the disk has lost them since they were read.
    """
    encoded = encoded_rows(spool, page.name)
    if encoded is None:
        spool.remove(page.name)
        raise SnapshotIncomplete(
            f"Plentymarkets: what was read of {page.name} is damaged; try again, and see to the "
            "disk if it happens twice"
        )
    return encoded


def rows_in(spool: Spool, counting: CountingRows) -> Iterator[msgspec.Raw]:
    """Yield the page's rows that count, as JSON."""
    rows = _raw_rows.decode(encoded_page(spool, counting.page))
    return itertools.compress(rows, counting.mask.tolist())


def numbers_of(spool: Spool, rows: Iterable[CountingRows]) -> Iterator[tuple[VariationId, str]]:
    """Yield id and number of every variation that can be used."""
    for counting in rows:
        encoded = _raw_rows.decode(encoded_page(spool, counting.page))
        keys, mask = counting.page.keys.tolist(), counting.mask.tolist()
        for raw, key, counts in zip(encoded, keys, mask, strict=True):
            if not counts or key == NO_KEY:
                continue
            number = _number_in(raw)
            if number is not None:
                yield VariationId(key), number


def _number_in(raw: msgspec.Raw) -> str | None:
    try:
        return text_of(_numbered.decode(raw).base.number)
    except msgspec.DecodeError:
        base = part_of(msgspec.json.decode(raw).get("base"))
        return text_of(base.get("number")) if base else None


@dataclass(slots=True, kw_only=True)
class Assembler:
    """Puts articles together; remembers what was wrong with their rows."""

    lookups: Lookups
    warehouses: Sequence[Warehouse]
    business_date: date
    stock: StockTable
    skus: Mapping[VariationId, Sku]
    unusable_count: int = 0
    problems: list[Problem] = field(default_factory=list)
    _known: dict[int, Warehouse] = field(init=False)
    _reader: VariationReader = field(init=False)

    def __post_init__(self) -> None:
        self._known = {int(w.warehouse_id): w for w in self.warehouses}
        self._reader = VariationReader(self.lookups)

    def batch_of(self, encoded: Iterable[bytes | msgspec.Raw]) -> ReadingBatch:
        """Return the articles of these rows, which are JSON, with positions and bundles' parts."""
        variations = []
        for row in encoded:
            parsed = self._reader.read(row)
            if isinstance(parsed, Problem):
                self.problems.append(parsed)
                self.unusable_count += 1
            else:
                self.problems.extend(parsed.remarks)
                variations.append(parsed)
        stock = self.stock.of([variation.variation_id for variation in variations])
        articles: list[ArticleState] = []
        positions: list[WarehousePosition] = []
        bundle_parts: list[BundlePart] = []
        for variation, found in zip(variations, stock, strict=True):
            sku = self.skus[variation.variation_id]
            rows: Sequence[Stocked] = found
            if variation.is_bundle:
                rows = self._none_of(variation, found)
                bundle_parts.extend(self._parts_of(variation, sku))
            articles.append(self._state_of(variation, rows, sku))
            positions.extend(
                WarehousePosition(sku, self._warehouse(row), row.on_hand_units, row.reserved_units)
                for row in rows
                if row.on_hand_units or row.reserved_units
            )
        return ReadingBatch(articles=articles, positions=positions, bundle_parts=bundle_parts)

    def _none_of(self, bundle: Variation, rows: Sequence[Stocked]) -> Sequence[Stocked]:
        """Leave out what is told of a bundle's stock: counted, its parts would count twice."""
        if any(row.on_hand_units or row.reserved_units or row.on_order_units for row in rows):
            message = f"a bundle has no stock of its own; {len(rows)} rows were left out"
            self._remark(f"stock of variation {bundle.variation_id}", message)
        return ()

    def _parts_of(self, bundle: Variation, sku: Sku) -> Iterator[BundlePart]:
        for component in bundle.components:
            part_sku = self.skus.get(component.variation_id)
            if part_sku is None:
                part_sku = stand_in_sku(component.variation_id)
                self._remark(
                    f"variation {bundle.variation_id}",
                    f"bundleComponents: component {component.variation_id} was skipped: there is "
                    "no such variation; how many bundles can be sold stays unknown",
                )
            yield BundlePart(sku, part_sku, component.units)

    def _remark(self, place: str, message: str) -> None:
        self.problems.append(Problem(place=place, message=message))

    def _warehouse(self, row: Stocked) -> Warehouse:
        """Return the row's warehouse; one that is not listed is no sales warehouse to us."""
        number = row.warehouse_id
        found = self._known.get(number)
        if found is None:
            found = Warehouse(warehouse_id=WarehouseId(number), name=f"#{number}", is_sales=False)
            self._known[number] = found
        return found

    def _state_of(self, variation: Variation, rows: Sequence[Stocked], sku: Sku) -> ArticleState:
        on_hand = reserved = on_order = elsewhere = stock_cost = 0
        for row in rows:
            if self._warehouse(row).is_sales:
                on_hand += row.on_hand_units
                reserved += row.reserved_units
                on_order += row.on_order_units
                stock_cost = stock_cost or row.unit_cost_minor
            else:
                elsewhere += row.on_hand_units
        unit_cost = variation.unit_cost_minor or stock_cost or variation.supplier_cost_minor
        return ArticleState(
            master=_master_of(variation, sku=sku, currency=self.lookups.currency),
            on_hand_units=on_hand,
            reserved_units=reserved,
            on_order_units=on_order,
            other_on_hand_units=elsewhere,
            unit_cost_minor=unit_cost,
            sales_price_minor=variation.sales_price_minor,
            last_seen_date=self.business_date,
        )


def _master_of(variation: Variation, *, sku: Sku, currency: str) -> ArticleMaster:
    return ArticleMaster(
        sku=sku,
        variation_id=variation.variation_id,
        item_id=variation.item_id,
        name=variation.name,
        manufacturer=variation.manufacturer,
        category=variation.category,
        supplier=variation.supplier,
        asin=variation.asin,
        gtin=variation.gtin,
        is_active=variation.is_active,
        is_bundle=variation.is_bundle,
        currency=currency,
        weight_g=variation.weight_g,
        length_mm=variation.length_mm,
        width_mm=variation.width_mm,
        height_mm=variation.height_mm,
        lead_time_days=variation.lead_time_days,
        order_units_min=variation.order_units_min,
        pack_units=variation.pack_units,
        created_date=variation.created_date,
    )
