"""The short lists that ids elsewhere point into: warehouses, prices, makers, categories."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from zoneinfo import ZoneInfo

from umschlag.connectors.plentymarkets.choosing import gtin_barcode_ids_in, price_ids_in
from umschlag.connectors.plentymarkets.paging import Entry, Reader, pages
from umschlag.connectors.plentymarkets.parsing import Lookups, warehouse_of
from umschlag.connectors.plentymarkets.values import positive_of, rows_of, text_of
from umschlag.intelligence.snapshots.model import Warehouse
from umschlag.kernel.errors import LoginRejected, UnexpectedAnswer
from umschlag.kernel.outcomes import Problem

SUPPLIER_CONTACT_TYPE = "4"
WAREHOUSES = "/rest/stockmanagement/warehouses"


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


def read_lookups(
    reader: Reader, *, zone: ZoneInfo, currency: str
) -> tuple[Lookups, tuple[Problem, ...]]:
    """Return what the ids in variations stand for, and which of the lists we could not read.

    Such a list leaves its names empty: that is no reason to have no snapshot.
    """
    problems: list[Problem] = []

    def rows(path: str, filters: Mapping[str, str] = MappingProxyType({})) -> list[Entry]:
        wanted = {"itemsPerPage": "250", **filters}
        try:
            return [row for page in pages(reader, path, wanted) for row in page.entries]
        except (LoginRejected, UnexpectedAnswer) as error:
            problems.append(Problem(place=path, message=f"left empty: {error}"))
            return []

    prices = rows("/rest/items/sales_prices")
    lookups = Lookups(
        zone=zone,
        currency=currency,
        price_ids=price_ids_in(prices, currency),
        gtin_barcode_ids=gtin_barcode_ids_in(rows("/rest/items/barcodes")),
        manufacturers=_names(rows("/rest/items/manufacturers"), "name"),
        categories=_category_names(rows("/rest/categories")),
        # Only type 4, and of it only the firm, because the others are people.
        suppliers=_supplier_names(
            rows("/rest/accounts/contacts", {"typeId": SUPPLIER_CONTACT_TYPE})
        ),
    )
    return lookups, tuple(problems)


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
