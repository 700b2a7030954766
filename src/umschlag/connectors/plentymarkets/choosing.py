"""Which one counts where Plentymarkets has several: ASINs, barcodes, prices, suppliers.

The rules, in one place:

* **ASIN**: market number of type ASIN in any case; the merchant's country before others, then by
  position. Different ASINs for one variation are used by this order and reported.
* **GTIN**: barcodes whose *type* is a GTIN, GTIN-13 first, then 8, 14, UPC and ISBN-13; a wrong
  check digit gives way to the next. GTIN-128 and CODE-128 are no article numbers.
* **Sales price**: definitions of type "default" in our currency ("-1" stands for all). Those that
  anybody may buy at come first: no customer price, no minimum quantity, no single marketplace;
  within them the ERP's own position. The first with a price above zero counts. A price limited to
  marketplaces, quantities or customers is used only where the merchant has no other kind at all.
* **Supplier**: of several the one whose price was asked last, then the cheapest, then the first.
  All fields come from that one row. `purchasePrice` is in the system's currency;
  `currencyPurchasePrice` is in the supplier's and is not used.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from umschlag.connectors.plentymarkets.values import (
    business_date_in,
    decimal_of,
    flag_of,
    id_of,
    rows_of,
    text_of,
    whole_of,
)
from umschlag.kernel.errors import MalformedIdentifier
from umschlag.kernel.identifiers import Asin, parse_asin, parse_gtin

Row = Mapping[str, Any]

ALL_CURRENCIES = "-1"
ALL_REFERRERS = Decimal(-1)
_Ranked = tuple[tuple[tuple[bool, bool, bool], int, int], int]
_GTIN_TYPES = ("GTIN_13", "EAN_13", "GTIN_8", "EAN_8", "GTIN_14", "EAN_14", "UPC", "ISBN")
"""By preference."""


def asins_in(rows: Sequence[Row], *, country_id: int) -> list[Asin]:
    """Return the different ASINs, the one that counts first."""
    ranked = sorted(
        (row for row in rows if text_of(row.get("type")).upper() == "ASIN"),
        key=lambda row: (
            whole_of(row.get("countryId")) != country_id,
            whole_of(row.get("position")) or 0,
        ),
    )
    return list(dict.fromkeys(_readable(ranked)))


def _readable(rows: Sequence[Row]) -> Iterator[Asin]:
    for row in rows:
        try:
            yield parse_asin(text_of(row.get("value")))
        except MalformedIdentifier:
            continue


def gtin_barcode_ids_in(barcodes: Sequence[Row]) -> Mapping[int, int]:
    """Return the ids of the barcode types that are GTINs, with their rank: the lowest counts."""
    found = {}
    for row in barcodes:
        barcode_id = id_of(row.get("id"))
        kind = text_of(row.get("type")).upper().replace("-", "_")
        if barcode_id is not None and kind in _GTIN_TYPES:
            found[barcode_id] = _GTIN_TYPES.index(kind)
    return found


def gtin_in(rows: Sequence[Row], ranks: Mapping[int, int]) -> tuple[str, str]:
    """Return the GTIN, or "" and what is wrong with the one that should have been it."""
    kinds = [(ranks.get(id_of(row.get("barcodeId")) or 0), row) for row in rows]
    ranked = sorted(
        ((rank, row) for rank, row in kinds if rank is not None), key=lambda found: found[0]
    )
    fault = ""
    for _, row in ranked:
        try:
            return parse_gtin(text_of(row.get("code"))), ""
        except MalformedIdentifier as error:
            fault = fault or str(error)
    return "", fault


def price_ids_in(definitions: Sequence[Row], currency: str) -> tuple[int, ...]:
    """Return the sales price definitions that can be a variation's price, the best first."""
    plain: list[_Ranked] = []
    limited: list[_Ranked] = []
    for place, definition in enumerate(definitions):
        price_id = id_of(definition.get("id"))
        if price_id is None or not _is_ours(definition, currency):
            continue
        limits = _limits_of(definition)
        position = whole_of(definition.get("position"))
        rank = (limits, place if position is None else position, price_id)
        (limited if any(limits) else plain).append((rank, price_id))
    # A price for some customers alone must not pass for everybody's.
    return tuple(price_id for _, price_id in sorted(plain or limited))


def _is_ours(definition: Row, currency: str) -> bool:
    currencies = {text_of(row.get("currency")) for row in rows_of(definition.get("currencies"))}
    # A definition told without any currency is not limited to one either.
    fits = not currencies or bool(currencies & {currency, ALL_CURRENCIES})
    return fits and text_of(definition.get("type")) == "default"


def _limits_of(definition: Row) -> tuple[bool, bool, bool]:
    """Tell whether the price is for customers, for quantities, or for marketplaces alone."""
    referrers = {decimal_of(row.get("referrerId")) for row in rows_of(definition.get("referrers"))}
    return (
        flag_of(definition.get("isCustomerPrice")),
        (decimal_of(definition.get("minimumOrderQuantity")) or 0) > 1,
        bool(referrers) and ALL_REFERRERS not in referrers,
    )


def supplier_in(rows: Sequence[Row], zone: ZoneInfo) -> Row:
    """Return the supplier's row that counts; an empty one where there is none."""
    if len(rows) < 2:
        return rows[0] if rows else {}

    def rank(row: Row) -> tuple[int, Decimal]:
        asked = business_date_in(row.get("lastPriceQuery"), zone)
        price = decimal_of(row.get("purchasePrice")) or Decimal(0)
        # Without a price it stands behind those that have one.
        return (-asked.toordinal() if asked else 0, price if price > 0 else Decimal("Infinity"))

    return min(rows, key=rank)
