"""What somebody wants changed in the ERP, what stood there, and what became of it.

Figures are exact decimals, as the ERP tells them: units of stock, or major units of a currency.
Rounded, half a unit or a tenth of a cent would be taken for what was asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self, TypeAlias

from umschlag.kernel.identifiers import Sku, VariationId

ChangeKey: TypeAlias = tuple[Sku, int]
"""SKU and warehouse, or SKU and sales price: what a list may name once."""


class WriteKind(StrEnum):
    """What a list changes."""

    STOCK = "stock"
    PRICE = "price"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    sku: Sku
    place_id: int | None = None
    """Warehouse, or sales price; None: the ERP's only or usual one."""
    asked: Decimal
    based_on: Decimal | None = None
    """What stood there when somebody decided; None: nobody looked."""
    row: int | None = None
    """Row of the file it came from."""

    def at(self, place_id: int) -> Self:
        """Return the change with its place filled in."""
        return replace(self, place_id=place_id)

    def decided_on(self, figure: Decimal | None) -> Self:
        """Return the change as decided on this figure."""
        return replace(self, based_on=figure)

    @property
    def key(self) -> ChangeKey:
        """What it changes; its place must be known."""
        if self.place_id is None:
            raise ValueError(f"{self.sku}: the place is still open")
        return self.sku, self.place_id


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCorrection(_Change):
    """The units on hand that one SKU shall have in one warehouse: absolute, no difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange(_Change):
    """The gross price that one SKU shall have under one of the ERP's sales prices."""

    currency: str
    covering_price: Decimal | None = None
    """Lowest price with VAT that covers the unit cost; None where the cost is unknown."""


Change: TypeAlias = StockCorrection | PriceChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A warehouse or a sales price of the ERP."""

    place_id: int
    name: str
    is_usable: bool = True
    """False for warehouses whose stock is not for sale: repair, transit, a marketplace's own."""
    currencies: frozenset[str] = frozenset()
    """Currencies that a sales price is for; empty for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """All of them, and the one that is meant where a list names none."""

    by_id: Mapping[int, Place]
    usual_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands in the ERP at this moment for one SKU at one place."""

    variation_id: VariationId
    figure: Decimal | None = None
    """None: the article has no such price yet. Stock that was never booked is 0."""
    is_bundle: bool = False
    location_ids: tuple[int, ...] = (0,)
    """Storage locations that its stock lies in; 0 is the warehouse's standard one."""
    problem: str = ""
    """Why the figure cannot be read, where it cannot."""


class Refusal(StrEnum):
    """Why a row is not sent."""

    UNKNOWN_ARTICLE = "unknown_article"
    BUNDLE = "bundle"
    PLACE_MISSING = "place_missing"
    UNKNOWN_PLACE = "unknown_place"
    NO_SALES_WAREHOUSE = "no_sales_warehouse"
    OTHER_CURRENCY = "other_currency"
    NEGATIVE_UNITS = "negative_units"
    BROKEN_UNITS = "broken_units"
    TOO_LARGE = "too_large"
    PRICE_NOT_POSITIVE = "price_not_positive"
    PRICE_TOO_FINE = "price_too_fine"
    SEVERAL_LOCATIONS = "several_locations"
    MOVED = "moved"
    UNREADABLE = "unreadable"
    TWICE = "twice"


class Caution(StrEnum):
    """What a person should know of a row that is sent all the same."""

    BELOW_COST = "below_cost"
    NEW_PRICE = "new_price"
    """The article has no such sales price yet: it is made."""


class Outcome(StrEnum):
    """What became of one row."""

    WOULD_SEND = "would_send"
    ALREADY = "already"
    REFUSED = "refused"
    SENDING = "sending"
    """Under way; where a run died, nobody knows more."""
    VERIFIED = "verified"
    NOT_TAKEN_OVER = "not_taken_over"
    CHANGED_MEANWHILE = "changed_meanwhile"
    UNCONFIRMED = "unconfirmed"
    """It was sent, and the ERP could not be asked afterwards."""
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row: what was asked, what stood before, what stands after, and the verdict."""

    change: Change
    outcome: Outcome
    place_name: str = ""
    variation_id: VariationId | None = None
    before: Decimal | None = None
    after: Decimal | None = None
    refusal: Refusal | None = None
    cautions: tuple[Caution, ...] = ()
    message: str = ""
    """What the ERP said, where it said something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A row that may be sent, with what stood there a moment ago."""

    change: Change
    standing: Standing
    place: Place
    cautions: tuple[Caution, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether the ERP has to make what is changed."""
        return self.standing.figure is None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRequest:
    """One call, exactly as it goes over the wire."""

    method: str
    path: str
    body: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteBackPlan:
    """A list of changes of one kind, and whether it is only tried."""

    kind: WriteKind
    changes: Sequence[Change]
    is_dry: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteBack:
    """The whole list again, row by row, and every call that was or would be made."""

    lines: tuple[Line, ...]
    requests: tuple[WriteRequest, ...] = ()
    stopped_by: str = ""
    """Why the rest was not sent; empty where the list was worked off."""
    counts: Mapping[Outcome, int] = field(init=False)

    def __post_init__(self) -> None:
        """Count the rows by outcome."""
        counts: dict[Outcome, int] = {}
        for line in self.lines:
            counts[line.outcome] = counts.get(line.outcome, 0) + 1
        object.__setattr__(self, "counts", counts)
