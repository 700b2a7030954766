"""The panel's clients, stores and preorders as our values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from umschlag.allocation.clients.model import ClientPriority
from umschlag.allocation.clients.panel import PanelClient
from umschlag.allocation.preorders.panel import PanelPreorder, PreorderStage
from umschlag.allocation.stores.panel import PanelStore, UnusableStore
from umschlag.connectors.rows import Fields, Parsed, parsed_rows
from umschlag.kernel.errors import BadRow, MalformedIdentifier
from umschlag.kernel.identifiers import Marketplace, parse_marketplace

WordT = TypeVar("WordT", bound=Enum)
_STORES = "panel stores"
_IS_ACTIVE = {"active": True, "suspended": False}
_IS_MUTUAL = {"mutual": True, "own": False}


def parse_clients(rows: Iterable[object]) -> Parsed[PanelClient]:
    """Return the rows of `/clients`."""
    return parsed_rows(rows, source="panel clients", parse=_client)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedStores(Parsed[PanelStore]):
    """The stores, and what can be told of those whose rows cannot be used otherwise."""

    unusable: tuple[UnusableStore, ...] = ()


def parse_stores(rows: Iterable[object]) -> ParsedStores:
    """Return the rows of `/stores`."""
    told = list(rows)
    parsed = parsed_rows(told, source=_STORES, parse=_store)
    usable = {store.row for store in parsed.rows}
    unusable = (
        _unusable_store(Fields(row, source=_STORES, number=number))
        for number, row in enumerate(told, start=1)
        if number not in usable and isinstance(row, Mapping)
    )
    return ParsedStores(
        rows=parsed.rows,
        problems=parsed.problems,
        notes=parsed.notes,
        unusable=tuple(store for store in unusable if store is not None),
    )


def parse_preorders(rows: Iterable[object]) -> Parsed[PanelPreorder]:
    """Return the rows of `/preorders`."""
    return parsed_rows(rows, source="panel preorders", parse=_preorder)


def _client(fields: Fields) -> PanelClient:
    has_priority = fields.row.get("priority") not in (None, "")
    return PanelClient(
        row=fields.number,
        external_id=fields.identifier("id"),
        name=fields.text("name"),
        email=_email(fields),
        balance=fields.money("balance"),
        priority=_word(fields, "priority", ClientPriority) if has_priority else None,
        last_pallet_date=fields.day_or_none("last_pallet_date"),
        updated_at=fields.instant("updated_at"),
    )


def _store(fields: Fields) -> PanelStore:
    kind = fields.text("kind").lower()
    if kind not in _IS_MUTUAL:
        raise fields.refuse("kind", f"{kind!r} is neither own nor mutual")
    return PanelStore(
        row=fields.number,
        external_id=fields.identifier("id"),
        client_external_id=fields.identifier("client_id"),
        name=fields.text("name"),
        is_active=_is_active(fields),
        marketplace=_marketplace(fields),
        is_mutual=_IS_MUTUAL[kind],
        asin_units_max=fields.units_or_none("asin_units_max"),
        total_units_max=fields.units_or_none("total_units_max"),
    )


def _unusable_store(fields: Fields) -> UnusableStore | None:
    try:
        external_id = fields.identifier("id")
    except BadRow:
        return None
    return UnusableStore(row=fields.number, external_id=external_id, is_active=_is_active(fields))


def _is_active(fields: Fields) -> bool | None:
    # A status we do not know must not stop the sync from suspending the store.
    return _IS_ACTIVE.get(str(fields.row.get("status") or "").strip().lower())


def _preorder(fields: Fields) -> PanelPreorder:
    amount, remaining_due = fields.money("amount"), fields.money("remaining_due")
    for field, value in (("amount", amount), ("remaining_due", remaining_due)):
        if value.minor < 0:
            raise fields.refuse(field, f"{value} is below zero")
    if fields.units("quantity") == 0:
        raise fields.refuse("quantity", "a preorder needs at least one unit")
    return PanelPreorder(
        row=fields.number,
        external_id=fields.identifier("id"),
        client_external_id=fields.identifier("client_id"),
        asin=fields.asin(),
        ordered_units=fields.units("quantity"),
        amount=amount,
        remaining_due=remaining_due,
        expected_arrival_date=fields.day_or_none("expected_arrival_date"),
        stage=_word(fields, "status", PreorderStage),
    )


def _word(fields: Fields, field: str, words: type[WordT]) -> WordT:
    text = fields.text(field).lower()
    for word in words:
        if word.name.lower() == text:
            return word
    known = ", ".join(word.name.lower() for word in words)
    raise fields.refuse(field, f"{text!r:.60} is none of {known}")


def _email(fields: Fields) -> str:
    address = fields.text_or_empty("email", length_max=254)
    if address and ("@" not in address or " " in address):
        raise fields.refuse("email", f"{address!r:.60} is no e-mail address")
    return address


def _marketplace(fields: Fields) -> Marketplace:
    try:
        return parse_marketplace(fields.text("marketplace"))
    except MalformedIdentifier as error:
        raise fields.refuse("marketplace", error.message) from error
