"""Which column of a person's file means what."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from umschlag.kernel.errors import BadInput


class SalesField(StrEnum):
    """What we want to know of one order line."""

    ORDER = "order"
    SKU = "sku"
    QUANTITY = "quantity"
    SOLD_AT = "sold_at"
    PRICE = "price"
    NAME = "name"
    CUSTOMER = "customer"
    MARKETPLACE = "marketplace"
    SHEET = "sheet"


REQUIRED = (
    SalesField.ORDER,
    SalesField.SKU,
    SalesField.QUANTITY,
    SalesField.SOLD_AT,
    SalesField.PRICE,
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


SYNONYMS: dict[SalesField, tuple[str, ...]] = {
    SalesField.ORDER: _words(
        "invoice, invoice no, invoice number, invoice id, order, order id, order no, order "
        "number, amazon order id, receipt, rechnung, rechnungsnummer, rechnungsnr, bestellung, "
        "bestellnummer, bestellnr, auftrag, auftragsnummer, auftragsnr, auftrags id, "
        "belegnummer, belegnr"
    ),
    SalesField.SKU: _words(
        "sku, stock code, stockcode, seller sku, msku, item number, item no, article, article "
        "number, product code, product id, variation number, artikelnummer, artikelnr, artikel "
        "nr, art nr, artnr, artikel, variantennummer, produktnummer"
    ),
    SalesField.QUANTITY: _words(
        "quantity, qty, units, quantity purchased, amount of items, menge, anzahl, stück, "
        "stueck, stückzahl, stueckzahl, absatz"
    ),
    SalesField.SOLD_AT: _words(
        "invoice ts, invoice date, invoicedate, date, order date, purchase date, sold at, sale "
        "date, timestamp, datetime, created at, datum, bestelldatum, rechnungsdatum, "
        "auftragsdatum, kaufdatum, belegdatum, verkauft am, zeitpunkt"
    ),
    SalesField.PRICE: _words(
        "price, unit price, unitprice, item price, sales price, price per unit, preis, "
        "einzelpreis, stückpreis, stueckpreis, verkaufspreis, vk preis"
    ),
    SalesField.NAME: _words(
        "description, name, title, product name, product, item name, article name, "
        "beschreibung, bezeichnung, artikelbezeichnung, artikelname, produktname, titel, "
        "produkt"
    ),
    SalesField.CUSTOMER: _words(
        "customer, customer id, customer no, customer number, buyer, buyer id, kunde, kunden "
        "id, kundennummer, kundennr, käufer"
    ),
    SalesField.MARKETPLACE: _words(
        "marketplace, country, sales channel, channel, store, shop, platform, marktplatz, land, "
        "verkaufskanal, kanal, herkunft"
    ),
    SalesField.SHEET: _words(
        "sheet, sheet name, source, source file, file, tabelle, blatt, tabellenblatt, quelle, datei"
    ),
}


class SalesColumnsUnclear(BadInput):
    """The file's columns do not say, or say twice, what we need; nothing was imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """Which column of the file each field is read from, and which columns are not used."""

    columns: Mapping[SalesField, str]
    unused: tuple[str, ...] = field(default=())

    def of(self, wanted: SalesField) -> str | None:
        """Return the column of the field; None where the file has none."""
        return self.columns.get(wanted)


def map_columns(
    names: Sequence[str], *, chosen: Mapping[str, str] | None = None, source: str
) -> ColumnMapping:
    """Return which column means what: as chosen (field → column), else by its name.

    Raises:
        SalesColumnsUnclear: a required field has no column or two, or a choice names a field or
            column that does not exist. Of two columns for another field the more usual one wins.
    """
    columns = _choices(names, chosen or {}, source)
    taken = set(columns.values())
    for wanted, synonyms in SYNONYMS.items():
        if wanted in columns:
            continue
        found = _named(names, synonyms, taken)
        if len(found) > 1 and wanted in REQUIRED:
            raise SalesColumnsUnclear(
                f"{source}: the columns {_listed(found)} could all be the {wanted}; "
                f"choose one with {wanted}=COLUMN",
                field=wanted,
            )
        if found:
            columns[wanted] = found[0]
            taken.add(found[0])
    _require_all(columns, names, source)
    return ColumnMapping(columns=columns, unused=tuple(n for n in names if n not in taken))


def _choices(names: Sequence[str], chosen: Mapping[str, str], source: str) -> dict[SalesField, str]:
    columns: dict[SalesField, str] = {}
    for key, name in chosen.items():
        try:
            wanted = SalesField(key.strip().lower())
        except ValueError:
            known = ", ".join(SalesField)
            raise SalesColumnsUnclear(
                f"{source}: {key!r} is no field to choose a column for; fields: {known}", field=key
            ) from None
        if name not in names:
            raise SalesColumnsUnclear(
                f"{source} has no column {name!r}; its columns: {_listed(names)}", field=wanted
            )
        if name in columns.values():
            raise SalesColumnsUnclear(
                f"{source}: column {name!r} was chosen for two fields", field=wanted
            )
        columns[wanted] = name
    return columns


def _named(names: Sequence[str], synonyms: Sequence[str], taken: set[str]) -> list[str]:
    """Return the columns of that meaning, the more usual name first."""
    rank = {_plain(synonym): place for place, synonym in enumerate(synonyms)}
    found = [name for name in names if name not in taken and _plain(name) in rank]
    return sorted(found, key=lambda name: rank[_plain(name)])


def _plain(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", "", text)


def _require_all(columns: Mapping[SalesField, str], names: Sequence[str], source: str) -> None:
    missing = [wanted for wanted in REQUIRED if wanted not in columns]
    if not missing:
        return
    hints = "; ".join(
        f"{wanted} is known as {_listed(list(SYNONYMS[wanted][:4]))}" for wanted in missing
    )
    raise SalesColumnsUnclear(
        f"{source} has no column for {_listed(missing)} among {_listed(names)}. Say which it is, "
        f"as in --map {missing[0]}=COLUMN ({hints}). Nothing was imported",
        field=missing[0],
    )


def _listed(names: Sequence[str]) -> str:
    shown = [f"{name!s}" for name in names[:20]]
    return ", ".join(shown) + (", …" if len(names) > 20 else "")
