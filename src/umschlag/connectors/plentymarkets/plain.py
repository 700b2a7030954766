"""Variations as they nearly always come, read straight into types: several times as fast.

What is of any other kind, or worth a remark, is refused here and takes the lenient way (`parsing`),
which alone decides what odd things mean. What is not refused comes to the same in both ways.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import msgspec

from umschlag.connectors.plentymarkets.parsing import (
    UNITS_MAX,
    Lookups,
    Variation,
    minor_of,
    variation_of,
)
from umschlag.connectors.plentymarkets.values import business_date_in, free_text_of, text_of
from umschlag.kernel.errors import MalformedIdentifier
from umschlag.kernel.identifiers import VariationId, parse_asin, parse_gtin
from umschlag.kernel.money import MINOR_DIGITS
from umschlag.kernel.outcomes import Problem

_AMOUNT_MIN = 1e-6
_AMOUNT_MAX = 1e7
_SURELY_ROUNDED = 0.499
"""Farther than this from a whole number of minor units, binary fractions may mislead."""

_Id = Annotated[int, msgspec.Meta(ge=1, le=UNITS_MAX)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=UNITS_MAX)] | None
"""0 stands for "not maintained"."""
_Amount = Annotated[float, msgspec.Meta(ge=0, le=_AMOUNT_MAX)] | str | None
"""Decimals come as text as well."""
_Nothing = Annotated[list[None], msgspec.Meta(max_length=0)] | None
_Position = Annotated[int, msgspec.Meta(ge=-UNITS_MAX, le=UNITS_MAX)] | None


class NotPlain(Exception):
    """The row takes the lenient way."""


class _Item(msgspec.Struct, rename="camel", gc=False):
    manufacturer_id: _Count = None


class _Text(msgspec.Struct, gc=False):
    lang: str | None = None
    name1: str | None = None


class _Base(msgspec.Struct, rename="camel"):
    number: str
    item_id: _Count = None
    name: str | None = None
    is_active: bool | None = None
    bundle_type: str | None = None
    moving_average_price: _Amount = None
    purchase_price: _Amount = None
    weight_g: _Count = None
    length_mm: _Count = msgspec.field(default=None, name="lengthMM")
    width_mm: _Count = msgspec.field(default=None, name="widthMM")
    height_mm: _Count = msgspec.field(default=None, name="heightMM")
    created_at: str | None = None
    item: _Item | None = None
    texts: list[_Text] | None = None


class _Barcode(msgspec.Struct, rename="camel", gc=False):
    barcode_id: _Count = None
    code: str | None = None


class _Price(msgspec.Struct, rename="camel", gc=False):
    sales_price_id: _Count = None
    price: _Amount = None


class _Supplier(msgspec.Struct, rename="camel", gc=False):
    supplier_id: _Count = None
    purchase_price: _Amount = None
    minimum_purchase: _Count = None
    last_price_query: str | None = None
    delivery_time_in_days: _Count = None
    packaging_unit: _Count = None


class _MarketNumber(msgspec.Struct, gc=False):
    type: str | None = None
    value: str | None = None


class _Category(msgspec.Struct, rename="camel", gc=False):
    category_id: _Count = None
    position: _Position = None


class PlainVariation(msgspec.Struct, rename="camel"):
    """The fields of a variation that are used, where they are of the usual kinds."""

    id: _Id
    base: _Base
    barcodes: list[_Barcode] | None = None
    sales_prices: list[_Price] | None = None
    supplier: list[_Supplier] | None = None
    market_ident_numbers: list[_MarketNumber] | None = None
    categories: list[_Category] | None = None
    bundle_components: _Nothing = None
    """Bundles are few, and what they are put together from is often worth a remark."""


def minor_factor_of(currency: str) -> int | None:
    """Return how many minor units make a major one; None where we do not know the currency."""
    digits = MINOR_DIGITS.get(currency)
    return None if digits is None else 10**digits


def minor_of_plain(amount: float, factor: int | None) -> int:
    """Return the amount in minor units, of which `factor` make a major one, exactly.

    Raises:
        NotPlain: it is too small or too large for numbers as people enter them, or near the middle
            between two minor units; or the currency is not known.
    """
    if amount == 0:
        return 0
    if factor is None or not _AMOUNT_MIN <= amount <= _AMOUNT_MAX:
        raise NotPlain
    scaled = amount * factor
    minor = round(scaled)
    if abs(scaled - minor) > _SURELY_ROUNDED:
        raise NotPlain
    return minor


_plain = msgspec.json.Decoder(PlainVariation)


class VariationReader:
    """Turns encoded rows into variations, the plain way where that will do."""

    __slots__ = ("_factor", "_lookups")

    def __init__(self, lookups: Lookups) -> None:
        self._factor = minor_factor_of(lookups.currency)
        self._lookups = lookups

    def read(self, encoded: bytes | msgspec.Raw) -> Variation | Problem:
        """Return the variation, or what is wrong with the row, which is JSON."""
        try:
            return self.plain(_plain.decode(encoded))
        except (msgspec.DecodeError, NotPlain):
            return variation_of(msgspec.json.decode(encoded), self._lookups)

    def plain(self, row: PlainVariation) -> Variation:
        """Return the variation.

        Raises:
            NotPlain: something in it takes the lenient way.
        """
        base, lookups = row.base, self._lookups
        supplier = self._supplier_in(row.supplier)
        maker = base.item.manufacturer_id if base.item else None
        return Variation(
            variation_id=VariationId(row.id),
            number=text_of(base.number),
            item_id=base.item_id or None,
            name=_name_in(base) or lookups.items.get(base.item_id or 0, ""),
            manufacturer=lookups.manufacturers.get(maker, "") if maker else "",
            category=self._category_in(row.categories),
            supplier=lookups.suppliers.get(supplier.supplier_id or 0, ""),
            asin=_asin_in(row.market_ident_numbers),
            gtin=self._gtin_in(row.barcodes),
            is_active=bool(base.is_active),
            is_bundle=base.bundle_type is not None and text_of(base.bundle_type) == "bundle",
            unit_cost_minor=self._first_cost(base.moving_average_price, base.purchase_price),
            sales_price_minor=self._price_in(row.sales_prices),
            weight_g=base.weight_g or None,
            length_mm=base.length_mm or None,
            width_mm=base.width_mm or None,
            height_mm=base.height_mm or None,
            lead_time_days=supplier.delivery_time_in_days or None,
            order_units_min=supplier.minimum_purchase or None,
            pack_units=supplier.packaging_unit or None,
            created_date=self._day(base.created_at),
            supplier_cost_minor=self._cost(supplier.purchase_price),
        )

    def _cost(self, amount: float | str | None) -> int | None:
        if not amount:
            return None
        if not isinstance(amount, str):
            return minor_of_plain(amount, self._factor) or None
        minor = minor_of(amount, self._lookups.currency)
        if minor is None or minor < 0:
            raise NotPlain
        return minor or None

    def _first_cost(self, first: float | str | None, second: float | str | None) -> int | None:
        # Both are looked at, since an odd second one is worth a remark as well.
        found, other = self._cost(first), self._cost(second)
        return found or other

    def _price_in(self, rows: Sequence[_Price] | None) -> int | None:
        prices = {row.sales_price_id: row.price for row in rows or ()}
        for price_id in self._lookups.price_ids:
            price = self._cost(prices.get(price_id))
            if price is not None:
                return price
        return None

    def _day(self, moment: str | None) -> date | None:
        if not moment:
            return None
        found = business_date_in(moment, self._lookups.zone)
        if found is None:
            raise NotPlain
        return found

    def _supplier_in(self, rows: Sequence[_Supplier] | None) -> _Supplier:
        """Return the one whose price was asked last, then the cheapest, then the first."""
        if not rows:
            return _NO_SUPPLIER
        if len(rows) == 1:
            return rows[0]

        def rank(row: _Supplier) -> tuple[int, float]:
            price = row.purchase_price
            if isinstance(price, str) or (price and price < _AMOUNT_MIN):
                raise NotPlain
            asked = business_date_in(row.last_price_query, self._lookups.zone)
            return (-asked.toordinal() if asked else 0, price or float("inf"))

        return min(rows, key=rank)

    def _category_in(self, rows: Sequence[_Category] | None) -> str:
        names = self._lookups.categories
        ranked = rows or ()
        if len(ranked) > 1:
            ranked = sorted(ranked, key=lambda row: row.position or 0)
        named = (names.get(row.category_id or 0, "") for row in ranked)
        return next((name for name in named if name), "")

    def _gtin_in(self, rows: Sequence[_Barcode] | None) -> str:
        ranks = self._lookups.gtin_barcode_ids
        ranked = [
            (rank, row.code)
            for row in rows or ()
            if (rank := ranks.get(row.barcode_id or 0)) is not None
        ]
        if len(ranked) > 1:
            ranked.sort(key=lambda found: found[0])
        for _, code in ranked:
            try:
                return parse_gtin(text_of(code))
            except MalformedIdentifier:
                continue
        if ranked:
            raise NotPlain
        return ""


_NO_SUPPLIER = _Supplier()


def _name_in(base: _Base) -> str:
    own = "" if base.name is None else free_text_of(base.name)
    if own:
        return own
    texts = base.texts or ()
    if len(texts) > 1:
        texts = sorted(texts, key=lambda row: text_of(row.lang) != "de")
    return next((name for row in texts if (name := free_text_of(row.name1))), "")


def _asin_in(rows: Sequence[_MarketNumber] | None) -> str:
    """Return the ASIN; with several different ones it is no plain row, so no order matters."""
    found = ""
    for row in rows or ():
        if text_of(row.type).upper() != "ASIN":
            continue
        try:
            asin = parse_asin(text_of(row.value))
        except MalformedIdentifier:
            continue
        if found and asin != found:
            raise NotPlain
        found = asin
    return found
