"""Identifiers, each of its own type, and how to read them from outside text."""

import re
from enum import StrEnum
from typing import NewType

from umschlag.kernel.errors import MalformedIdentifier

Sku = NewType("Sku", str)
"""Our stock-keeping unit in the ERP. The history is kept by it, across re-created variations."""
VariationId = NewType("VariationId", int)
"""Plentymarkets' number of one sellable variation. A re-created article gets a new one."""
Asin = NewType("Asin", str)
Gtin = NewType("Gtin", str)
Msku = NewType("Msku", str)
ClientId = NewType("ClientId", int)
StoreId = NewType("StoreId", int)
WarehouseId = NewType("WarehouseId", int)

_ASIN = re.compile(r"[A-Z0-9]{10}")
_GTIN_LENGTHS = (8, 12, 13, 14)


class Marketplace(StrEnum):
    """An Amazon country site, by the name that Sellerboard and the panel write."""

    DE = "Amazon.de"
    FR = "Amazon.fr"
    IT = "Amazon.it"
    ES = "Amazon.es"
    UK = "Amazon.co.uk"
    US = "Amazon.com"


def parse_asin(value: str | int) -> Asin:
    """Return the ASIN in capitals, its leading zeros restored where a sheet gave a number.

    Raises:
        MalformedIdentifier: it is not ten letters and digits.
    """
    # Filled up, because ISBN-10 ASINs are digits and spreadsheets drop leading zeros.
    text = f"{value:010d}" if isinstance(value, int) else value.strip().upper()
    if not _ASIN.fullmatch(text):
        raise MalformedIdentifier(
            f"{value!r} is no ASIN: ten letters and digits, as in B0ABCDEFGH", field="asin"
        )
    return Asin(text)


def parse_gtin(value: str) -> Gtin:
    """Return the GTIN's digits.

    Raises:
        MalformedIdentifier: it has not 8, 12, 13 or 14 digits, or its check digit is wrong
            (GS1 General Specifications, section 7.9).
    """
    digits = value.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) in _GTIN_LENGTHS):
        raise MalformedIdentifier(f"{value!r} is no GTIN: 8, 12, 13 or 14 digits", field="gtin")
    weighted = 3 * sum(map(int, digits[-2::-2])) + sum(map(int, digits[-3::-2]))
    if (10 - weighted % 10) % 10 != int(digits[-1]):
        raise MalformedIdentifier(f"{value!r} has a wrong check digit", field="gtin")
    return Gtin(digits)


def parse_marketplace(value: str) -> Marketplace:
    """Return the marketplace by its site name or its country code, in any case.

    Raises:
        MalformedIdentifier: we do not know such a marketplace.
    """
    text = value.strip().lower()
    for marketplace in Marketplace:
        if text in (marketplace.value.lower(), marketplace.name.lower()):
            return marketplace
    known = ", ".join(marketplace.value for marketplace in Marketplace)
    raise MalformedIdentifier(f"{value!r} is no marketplace we know: {known}", field="marketplace")
