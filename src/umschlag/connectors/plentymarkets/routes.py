"""Which routes a day is read from: the usual ones, or others where a tenant lacks these.

A tenant may not have the article index, or the API user may not read the stock of all warehouses at
once. Then the old list of variations, or the stock of one warehouse after the other, says the same.
What is used is found out once, when a run begins, and goes on record with the reason.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from umschlag.connectors.plentymarkets.listing import as_told
from umschlag.connectors.plentymarkets.paging import Entry, Reader, page_of
from umschlag.connectors.plentymarkets.parsing import RELATIONS_ASKED
from umschlag.connectors.plentymarkets.proving import Probe
from umschlag.connectors.plentymarkets.refusals import RightMissing, RouteMissing
from umschlag.connectors.plentymarkets.values import id_of
from umschlag.intelligence.snapshots.model import Warehouse
from umschlag.kernel.outcomes import Problem

VARIATIONS = "/rest/pim/variations"
STOCK = "/rest/stockmanagement/stock"
WAY_AROUND = "way around"
"""Place of the problem that says that a usual route was not read, and why."""
_RELATIONS_OF_LIST = {
    "variationBarcodes": "barcodes",
    "variationSalesPrices": "salesPrices",
    "variationSuppliers": "supplier",
    "marketItemNumbers": "marketIdentNumbers",
    "variationBundleComponents": "bundleComponents",
    "variationCategories": "categories",
}
"""What the old list calls the relations of the article index; their rows are the same."""

Shape = Callable[[Entry], Entry]


def in_shape_of_index(row: Entry) -> Entry:
    """Return a row of the old list as the article index would tell it: its fields in a base."""
    # A broken row stays what it is, so that what is wrong with it can be reported.
    if id_of(row.get("id")) is None:
        return row
    relations = {name: row.get(old) for old, name in _RELATIONS_OF_LIST.items()}
    base = {name: value for name, value in row.items() if name not in _RELATIONS_OF_LIST}
    return {"id": row["id"], "base": base, **relations}


@dataclass(frozen=True, slots=True, kw_only=True)
class VariationRoute:
    """A route that lists the variations, and how it is asked."""

    path: str
    relations: tuple[str, ...]
    page_rows: int
    """Rows that a page has at most, whatever is asked for."""
    ids_filter: str
    changed_filters: tuple[str, ...]
    """What asks for rows changed since an instant, the most encompassing first."""
    made_filter: str
    """What asks for rows made since an instant; "" where sorting finds them at once."""
    shape: Shape
    is_index: bool
    """Whether it sorts, pages through so many rows only, and has a cursor for more."""

    def asked(self, **more: str) -> dict[str, str]:
        """Return what asks for rows in full, oldest first."""
        wanted = {"with": ",".join(self.relations), "itemsPerPage": str(self.page_rows)}
        return wanted | ({"sortBy": "id_asc"} if self.is_index else {}) | more

    def newest_asked(self, since: str) -> dict[str, str]:
        """Return what asks for the rows that were made last."""
        if self.made_filter:
            return self.asked(**{self.made_filter: f"{since},"})
        return self.asked(sortBy="id_desc")


INDEX = VariationRoute(
    path=VARIATIONS,
    relations=RELATIONS_ASKED,
    page_rows=250,
    ids_filter="ids",
    changed_filters=("relatedUpdatedAt", "updatedAt"),
    made_filter="",
    shape=as_told,
    is_index=True,
)
OLD_LIST = VariationRoute(
    path="/rest/items/variations",
    relations=("item", *_RELATIONS_OF_LIST),
    page_rows=100,
    ids_filter="id",
    changed_filters=("relatedUpdatedBetween", "updatedBetween"),
    made_filter="createdBetween",
    shape=in_shape_of_index,
    is_index=False,
)
"""It refuses filters that it does not know with 422, and sorting is none that it knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRoute:
    """A route that lists stock rows, of all warehouses or of one."""

    path: str
    name: str
    shape: Shape = as_told


OF_ALL_WAREHOUSES = StockRoute(path=STOCK, name="stock")


def stock_of(warehouse: Warehouse) -> StockRoute:
    """Return the route of the warehouse's stock."""
    number = int(warehouse.warehouse_id)
    return StockRoute(
        path=f"/rest/stockmanagement/warehouses/{number}/stock",
        name=f"stock-{number}",
        shape=partial(_in_warehouse, number),
    )


def _in_warehouse(number: int, row: Entry) -> Entry:
    """Return the row with its warehouse, which the address says where the row does not."""
    return row if row.get("warehouseId") is not None else {**row, "warehouseId": number}


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The routes of one run."""

    variations: VariationRoute = INDEX
    stock: Sequence[StockRoute] = (OF_ALL_WAREHOUSES,)
    notes: tuple[Problem, ...] = ()
    """Which way around was taken, and why."""

    @property
    def paths(self) -> tuple[str, ...]:
        """All of them, to tell whether another run read from the same."""
        return (self.variations.path, *(route.path for route in self.stock))


def open_routes(reader: Reader, warehouses: Sequence[Warehouse]) -> Routes:
    """Return the routes that this system lets us read.

    Raises:
        RightMissing: neither a usual route nor the one in its place may be read.
        RouteMissing: the system has neither of them.
    """
    variations, of_variations = open_variation_route(reader)
    one_by_one = [stock_of(warehouse) for warehouse in warehouses]
    of_stock = _way_around(reader, STOCK, one_by_one[0].path)
    return Routes(
        variations=variations,
        stock=one_by_one if of_stock else (OF_ALL_WAREHOUSES,),
        notes=(*of_variations, *of_stock),
    )


def open_variation_route(reader: Reader) -> tuple[VariationRoute, tuple[Problem, ...]]:
    """Return the route that lists the variations, and why it is not the usual one.

    Raises:
        RightMissing: neither the article index nor the old list may be read.
        RouteMissing: the system has neither of them.
    """
    notes = _way_around(reader, INDEX.path, OLD_LIST.path)
    return (OLD_LIST if notes else INDEX), notes


def _way_around(reader: Reader, usual: str, instead: str) -> tuple[Problem, ...]:
    """Return why the usual route cannot be read; nothing where it can."""
    refusal = _refusal_of(reader, usual)
    if refusal is None:
        return ()
    other = _refusal_of(reader, instead)
    if other is None:
        message = f"{instead} is read, since {usual} is refused: {refusal.message}"
        return (Problem(place=WAY_AROUND, message=message),)
    # A missing right can be granted, a missing route cannot.
    first, second = sorted((refusal, other), key=lambda one: isinstance(one, RouteMissing))
    raise type(first)(f"{first.message}; nor is there a way around: {second.message}") from other


def _refusal_of(reader: Reader, path: str) -> RightMissing | RouteMissing | None:
    try:
        reader.read(path, {"itemsPerPage": "1"})
    except (RightMissing, RouteMissing) as error:
        return error
    return None


def probe_of(reader: Reader, route: VariationRoute) -> Probe:
    """Return how many variations there are now and the highest id, which only ever grows."""
    if route.is_index:
        # More than one row, because the one with the highest id may be broken.
        wanted = {"sortBy": "id_desc", "itemsPerPage": "50"}
        page = page_of(reader.read(route.path, wanted), asked=1)
        ids = _ids_in(page.entries)
        return Probe(page.total, ids[0] if ids and ids == sorted(ids, reverse=True) else None)
    # The old list cannot be told to sort; as far as seen, its rows come by id.
    wanted = {"itemsPerPage": str(route.page_rows)}
    page = page_of(reader.read(route.path, wanted), asked=1)
    ids = _ids_in(page.entries)
    if not page.is_last:
        more = {**wanted, "page": str(page.last_number)}
        page = page_of(reader.read(route.path, more), asked=page.last_number)
        ids += _ids_in(page.entries)
    return Probe(page.total, ids[-1] if ids and ids == sorted(ids) else None)


def _ids_in(entries: Sequence[Entry]) -> list[int]:
    return [number for entry in entries if (number := id_of(entry.get("id"))) is not None]


def variations_asked_for(
    reader: Reader, route: VariationRoute, ids: Sequence[int]
) -> Mapping[int, Entry]:
    """Return those of the variations that are there, so many at a time as fit on a page.

    Raises:
        OutsideSystemFailed: the system cannot be asked.
    """
    found: dict[int, Entry] = {}
    for first in range(0, len(ids), route.page_rows):
        asked = ids[first : first + route.page_rows]
        wanted = {route.ids_filter: ",".join(map(str, asked))}
        answer = reader.read(route.path, route.asked(**wanted))
        for entry in map(route.shape, page_of(answer, asked=1).entries):
            number = id_of(entry.get("id"))
            # Others come where the filter is ignored; they are none of our question.
            if number is not None and number in asked and entry.get("base"):
                found[number] = entry
    return found
