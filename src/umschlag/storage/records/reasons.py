"""Reasons in the records: a code, and its figures as JSON, to be put into words when read."""

import math
from collections.abc import Mapping, Sequence
from datetime import date

from umschlag.allocation.planning.model import Blocker, LineReason, MutualProposal, Refusal
from umschlag.intelligence.movement.model import ReasonValue
from umschlag.kernel.identifiers import Asin
from umschlag.kernel.money import Money

JsonObject = dict[str, object]

DATE_ENDING = "_date"
"""JSON has no dates: values whose name ends so are ISO dates."""
LINE_CODE = "by_priority"
"""Why any cart line is there; what differs is in its figures."""
BY_HAND_CODE = "by_hand"
"""Of a line that nobody planned: a person put it there."""
TRANSFER_CODE = "mutual_transfer"
"""Why a line is in the cart of a transfer into a mutual store."""
PLANNED_SHIPPING = "planned_unit_shipping_minor"
"""The most that a unit's shipping could cost when its cart was proposed, in minor units."""
ASINS_NAMED_MAX = 12
"""A reason about many ASINs keeps the names of this many, and the number of all."""


def stored_values(values: Mapping[str, ReasonValue]) -> JsonObject:
    """Return a reason's figures as JSON can keep them.

    Money becomes an object of minor units and currency, a date its ISO text, and a number without
    end null, because the databases' JSON knows no infinity.
    """
    return {name: _stored(value) for name, value in values.items()}


def read_values(stored: Mapping[str, object]) -> dict[str, ReasonValue]:
    """Return figures as they were before `stored_values`.

    Raises:
        ValueError: a value is none that a reason can have.
    """
    return {name: _read(name, value) for name, value in stored.items()}


def read_money(stored: object) -> Money | None:
    """Return the amount that the JSON object stands for; None where it is none."""
    if not isinstance(stored, dict):
        return None
    minor, currency = stored.get("minor"), stored.get("currency")
    if not isinstance(minor, int) or not isinstance(currency, str):
        return None
    return Money(minor, currency)


def line_values(reason: LineReason, currency: str) -> JsonObject:
    """Return the figures of the reason why a cart line is there."""
    return {
        "preorder_units": reason.preorder_units,
        "stock_age_days": reason.stock_age_days,
        "client_priority": int(reason.client_priority),
        "days_since_last_pallet": reason.days_since_last_pallet,
        "limited_by": [_blocker_values(blocker, currency) for blocker in reason.limited_by],
    }


def refusal_values(refusal: Refusal, currency: str) -> JsonObject:
    """Return the figures of a refusal; its code has a column."""
    return {
        **_named(refusal.asins),
        "limit": refusal.limit,
        "missing": _stored_amount(refusal.missing_minor, currency),
        "further_codes": [code.value for code in refusal.further_codes],
        "preorder": refusal.preorder_external_id,
        "left": refusal.left_units,
        "pack": refusal.pack_units,
    }


def mutual_values(
    proposal: MutualProposal, currency: str, store_names: Mapping[int, str]
) -> JsonObject:
    """Return the figures of a proposal, and the stores' names of the day."""
    mutual_store = proposal.mutual_store_id
    return {
        **_named(proposal.asins),
        "store_name": store_names.get(proposal.store_id, ""),
        "mutual_store_name": None if mutual_store is None else store_names.get(mutual_store, ""),
        "missing": _stored_amount(proposal.missing_minor, currency),
        "units": proposal.units,
    }


def _blocker_values(blocker: Blocker, currency: str) -> JsonObject:
    return {
        "code": blocker.code.value,
        "limit": blocker.limit,
        "missing": _stored_amount(blocker.missing_minor, currency),
        "left": blocker.left_units,
        "pack": blocker.pack_units,
    }


def _named(asins: Sequence[Asin]) -> JsonObject:
    return {"asins": list(asins[:ASINS_NAMED_MAX]), "asin_count": len(asins)}


def _stored_amount(minor: int | None, currency: str) -> object:
    return None if minor is None else _stored(Money(minor, currency))


def _stored(value: ReasonValue) -> object:
    if isinstance(value, Money):
        return {"minor": int(value.minor), "currency": value.currency}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    # Numbers that numpy counted are not all ints to JSON.
    return int(value)


def _read(name: str, value: object) -> ReasonValue:
    if value is None:
        return math.inf
    if isinstance(value, str):
        return date.fromisoformat(value) if name.endswith(DATE_ENDING) else value
    if isinstance(value, int | float):
        return value
    amount = read_money(value)
    if amount is None:
        raise ValueError(f"{name} cannot be {value!r}")
    return amount
