"""Names and numbers of the demo world that several systems have to agree on.

Article `i` (from 0) is the same thing in the ERP, in Sellerboard and, where `i` is below
`DemoScale.sheet_asin_count`, in the buying sheet.
"""

import hashlib

from umschlag.kernel.identifiers import Asin, Gtin, Sku

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def sku_of(article: int) -> Sku:
    """Return the merchant's number of the article, as ``HX-10007``."""
    return Sku(f"HX-{10_000 + article}")


def asin_of(article: int) -> Asin:
    """Return its ASIN: B0 and eight letters or digits, the same in every system."""
    number = int.from_bytes(hashlib.sha256(f"asin {article}".encode()).digest()[:8], "big")
    letters = ""
    for _ in range(8):
        number, rest = divmod(number, 36)
        letters += _LETTERS[rest]
    return Asin("B0" + letters)


def gtin_of(article: int) -> Gtin:
    """Return its GTIN-13 with a right check digit, in GS1's range for internal use (20…)."""
    body = f"20{article:010d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return Gtin(f"{body}{(10 - weighted % 10) % 10}")


def variation_id_of(article: int) -> int:
    """Return the Plentymarkets variation id that the article was first given."""
    return 1_000 + article
