"""Today's whole state read from Plentymarkets: variations, stock and what their ids stand for."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from zoneinfo import ZoneInfo

from umschlag.connectors.plentymarkets.paging import (
    Entry,
    Reader,
    page_of,
    pages,
    read_scroll,
    read_whole,
)
from umschlag.connectors.plentymarkets.parsing import (
    RELATIONS_ASKED,
    Lookups,
    StockRow,
    Variation,
    default_price_id_in,
    gtin_barcode_ids_in,
    stock_row_of,
    variation_of,
    warehouse_of,
)
from umschlag.connectors.plentymarkets.values import positive_of, rows_of, text_of
from umschlag.intelligence.snapshots.model import (
    ArticleMaster,
    ArticleState,
    Origin,
    Reading,
    Warehouse,
    WarehousePosition,
)
from umschlag.intelligence.snapshots.rules import SnapshotIncomplete, skus_by_variation
from umschlag.kernel.errors import LoginRejected, UnexpectedAnswer
from umschlag.kernel.identifiers import Sku, VariationId, WarehouseId
from umschlag.kernel.outcomes import Problem
from umschlag.kernel.progress import Progress

PIM_WINDOW_ROWS = 10_000
"""The article index pages through no more rows than this; beyond, it is read by cursor."""
SUPPLIER_CONTACT_TYPE = "4"
VARIATIONS = "/rest/pim/variations"
STOCK = "/rest/stockmanagement/stock"
WAREHOUSES = "/rest/stockmanagement/warehouses"


@dataclass(slots=True, kw_only=True)
class PlentymarketsSource:
    """Reads the present day; an earlier one cannot be asked for."""

    reader: Reader
    zone: ZoneInfo
    currency: str
    origin: Origin = Origin.CAPTURED
    window_rows: int = PIM_WINDOW_ROWS
    warehouses: Sequence[Warehouse] = field(default=(), init=False)

    def read(self, business_date: date, progress: Progress) -> Reading:
        """Return every article with its stock.

        Raises:
            SnapshotIncomplete: rows kept moving while they were read.
            OutsideSystemFailed: Plentymarkets did not answer, or not as its contract says.
        """
        calls, retries = self.reader.calls_used, self.reader.retries
        self.warehouses = read_warehouses(self.reader)
        lookups = read_lookups(self.reader, zone=self.zone, currency=self.currency)
        entries = _read_variations(self.reader, progress, window_rows=self.window_rows)
        stock = read_whole(
            self.reader, STOCK, {"itemsPerPage": "1000"}, key=_stock_key, progress=progress
        )
        assembled = assemble(
            entries, stock, lookups=lookups, warehouses=self.warehouses, business_date=business_date
        )
        return Reading(
            articles=assembled.articles,
            positions=assembled.positions,
            expected_count=len(entries),
            unusable_count=assembled.unusable_count,
            problems=tuple(assembled.problems),
            calls_used=self.reader.calls_used - calls,
            retries=self.reader.retries - retries,
        )


@dataclass(slots=True)
class Assembled:
    """Articles and positions put together from variations and stock rows."""

    articles: list[ArticleState] = field(default_factory=list)
    positions: list[WarehousePosition] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unusable_count: int = 0


def assemble(
    entries: Sequence[Entry],
    stock: Sequence[Entry],
    *,
    lookups: Lookups,
    warehouses: Sequence[Warehouse],
    business_date: date,
) -> Assembled:
    """Return the articles' states. Quantities come from the stock rows alone.

    The article index behind the variations lags by a quarter of an hour, the stock routes do not.
    """
    result = Assembled()
    variations: list[Variation] = []
    for entry in entries:
        parsed = variation_of(entry, lookups)
        if isinstance(parsed, Problem):
            result.problems.append(parsed)
            result.unusable_count += 1
        else:
            variations.append(parsed)
    skus, problems = skus_by_variation((v.variation_id, v.number) for v in variations)
    result.problems.extend(problems)
    rows = _stock_by_variation(stock, skus, lookups.currency, result.problems)
    known = {warehouse.warehouse_id: warehouse for warehouse in warehouses}
    for variation in variations:
        own = rows.get(variation.variation_id, [])
        sku = skus[variation.variation_id]
        result.articles.append(
            _state_of(
                variation,
                own,
                sku=sku,
                warehouses=known,
                business_date=business_date,
                currency=lookups.currency,
            )
        )
        result.positions.extend(
            WarehousePosition(sku, _warehouse_in(known, row), row.on_hand_units, row.reserved_units)
            for row in own
            if row.on_hand_units or row.reserved_units
        )
    return result


def read_warehouses(reader: Reader) -> tuple[Warehouse, ...]:
    """Return the warehouses.

    Raises:
        UnexpectedAnswer: there are none, so no stock could be told sellable.
    """
    found = [warehouse_of(row) for page in pages(reader, WAREHOUSES, {}) for row in page.entries]
    warehouses = tuple(warehouse for warehouse in found if warehouse is not None)
    if not any(warehouse.is_sales for warehouse in warehouses):
        raise UnexpectedAnswer("Plentymarkets: there is no sales warehouse (typeId 0)")
    return warehouses


def read_lookups(reader: Reader, *, zone: ZoneInfo, currency: str) -> Lookups:
    """Return what the ids in variations stand for.

    A list we have no right to read leaves its names empty: they are no reason to have no snapshot.
    """
    prices = _optional_rows(reader, "/rest/items/sales_prices")
    barcodes = _optional_rows(reader, "/rest/items/barcodes")
    return Lookups(
        zone=zone,
        currency=currency,
        default_price_id=default_price_id_in(prices, currency),
        gtin_barcode_ids=gtin_barcode_ids_in(barcodes),
        manufacturers=_names(_optional_rows(reader, "/rest/items/manufacturers"), "name"),
        categories=_category_names(_optional_rows(reader, "/rest/categories")),
        # Only type 4, and of it only the firm, because the others are people.
        suppliers=_supplier_names(
            _optional_rows(reader, "/rest/accounts/contacts", {"typeId": SUPPLIER_CONTACT_TYPE})
        ),
    )


def _optional_rows(
    reader: Reader, path: str, filters: Mapping[str, str] = MappingProxyType({})
) -> list[Entry]:
    wanted = {"itemsPerPage": "250", **filters}
    try:
        return [row for page in pages(reader, path, wanted) for row in page.entries]
    except (LoginRejected, UnexpectedAnswer):
        return []


def _names(rows: Sequence[Entry], column: str) -> Mapping[int, str]:
    return {
        number: text_of(row.get(column))
        for row in rows
        if (number := positive_of(row.get("id"))) is not None
    }


def _supplier_names(rows: Sequence[Entry]) -> Mapping[int, str]:
    names = {}
    for row in rows:
        number = positive_of(row.get("id"))
        accounts = (text_of(account.get("companyName")) for account in rows_of(row.get("accounts")))
        name = next((company for company in accounts if company), "")
        if number is not None:
            names[number] = name or text_of(row.get("lastName"))
    return names


def _category_names(rows: Sequence[Entry]) -> Mapping[int, str]:
    """Return the categories' names, German before others."""
    names = {}
    for row in rows:
        number = positive_of(row.get("id"))
        details = sorted(rows_of(row.get("details")), key=lambda part: part.get("lang") != "de")
        name = next((text for part in details if (text := text_of(part.get("name")))), "")
        if number is not None:
            names[number] = name
    return names


def _read_variations(reader: Reader, progress: Progress, *, window_rows: int) -> list[Entry]:
    wanted = {"with": ",".join(RELATIONS_ASKED)}
    sized = {**wanted, "sortBy": "id_asc", "itemsPerPage": "250"}
    # One row is enough to hear how many there are.
    total = page_of(reader.read(VARIATIONS, sized | {"itemsPerPage": "1"}), asked=1).total
    if total <= window_rows:
        entries = read_whole(reader, VARIATIONS, sized, key=_id_of, progress=progress)
    else:
        entries = list(read_scroll(reader, f"{VARIATIONS}/scroll", wanted, progress=progress))
        different = {_id_of(entry) for entry in entries} - {None}
        broken = sum(_id_of(entry) is None for entry in entries)
        if len(different) + broken != total:
            raise SnapshotIncomplete(
                f"Plentymarkets: {len(different)} of {total} variations came by cursor; try again"
            )
        entries = [
            *{_id_of(entry): entry for entry in entries if _id_of(entry)}.values(),
            *(entry for entry in entries if _id_of(entry) is None),
        ]
    _check_relations(entries)
    return entries


def _check_relations(entries: Sequence[Entry]) -> None:
    # An unknown or forbidden relation is left out without a word, with status 200.
    for relation in ("base", "salesPrices", "marketIdentNumbers", "supplier"):
        if entries and not any(entry.get(relation) is not None for entry in entries):
            raise UnexpectedAnswer(
                f"Plentymarkets: no variation has {relation!r}; check the rights of the API user"
            )


def _id_of(entry: Entry) -> int | None:
    return positive_of(entry.get("id"))


def _stock_key(entry: Entry) -> tuple[int, int] | None:
    variation_id = positive_of(entry.get("variationId"))
    warehouse_id = positive_of(entry.get("warehouseId"))
    return None if variation_id is None or warehouse_id is None else (variation_id, warehouse_id)


def _stock_by_variation(
    stock: Sequence[Entry],
    skus: Mapping[VariationId, Sku],
    currency: str,
    problems: list[Problem],
) -> Mapping[VariationId, list[StockRow]]:
    found: dict[VariationId, list[StockRow]] = defaultdict(list)
    for entry in stock:
        row, faults = stock_row_of(entry, currency)
        problems.extend(faults)
        if row is None:
            continue
        if row.variation_id not in skus:
            place = f"stock of variation {row.variation_id}"
            problems.append(Problem(place=place, message="there is no such variation"))
            continue
        found[row.variation_id].append(row)
    return found


def _warehouse_in(known: Mapping[WarehouseId, Warehouse], row: StockRow) -> Warehouse:
    """Return the row's warehouse; one that is not listed is no sales warehouse to us."""
    unknown = Warehouse(warehouse_id=row.warehouse_id, name=f"#{row.warehouse_id}", is_sales=False)
    return known.get(row.warehouse_id, unknown)


def _state_of(
    variation: Variation,
    rows: Sequence[StockRow],
    *,
    sku: Sku,
    warehouses: Mapping[WarehouseId, Warehouse],
    business_date: date,
    currency: str,
) -> ArticleState:
    sales = [row for row in rows if _warehouse_in(warehouses, row).is_sales]
    others = [row for row in rows if not _warehouse_in(warehouses, row).is_sales]
    stock_cost = next((row.unit_cost_minor for row in sales if row.unit_cost_minor), None)
    return ArticleState(
        master=_master_of(variation, sku=sku, currency=currency),
        on_hand_units=sum(row.on_hand_units for row in sales),
        reserved_units=sum(row.reserved_units for row in sales),
        on_order_units=sum(row.on_order_units for row in sales),
        other_on_hand_units=sum(row.on_hand_units for row in others),
        unit_cost_minor=variation.unit_cost_minor or stock_cost,
        sales_price_minor=variation.sales_price_minor,
        last_seen_date=business_date,
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
