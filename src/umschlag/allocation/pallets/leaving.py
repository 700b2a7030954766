"""When a pallet may leave, when it may be cancelled, and when a whole run may be undone."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from umschlag.kernel.errors import BadInput, Refused


class PalletGone(Refused):
    """The pallet was shipped or cancelled before; nothing was changed."""

    def __init__(self, message: str, *, code: str, place: "PalletPlace") -> None:
        super().__init__(message, field="pallet")
        self.code = code
        self.place = place


class ShippedBeforeBuilt(BadInput):
    """The day of shipping lies before the day on which the pallet was built."""

    def __init__(self, message: str, *, code: str, built_date: date) -> None:
        super().__init__(message, field="shipped_date")
        self.code = code
        self.built_date = built_date


class HoldExceeded(Refused):
    """More would be charged or given back for a pallet than is left of its cart's hold."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message, field="pallet")
        self.code = code


class RunNotConfirmed(Refused):
    """The run was never confirmed, or was undone before; there is nothing to undo."""


class RunHasShipped(Refused):
    """Something of the run has left the building, so the run as a whole cannot be undone.

    `shipped_codes` names the pallets.
    """

    def __init__(self, message: str, *, shipped_codes: tuple[str, ...]) -> None:
        super().__init__(message, field="run_id")
        self.shipped_codes = shipped_codes


class PalletPlace(StrEnum):
    """Where a pallet is."""

    PLANNED = "planned"
    READY = "ready"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


HERE = frozenset({PalletPlace.PLANNED, PalletPlace.READY})
"""A pallet that stands here may be shipped or cancelled; any other is where it stays."""


def require_here(code: str, place: PalletPlace) -> None:
    """Pass only for a pallet that is neither shipped nor cancelled.

    Raises:
        PalletGone: it is one of the two.
    """
    if place not in HERE:
        raise PalletGone(
            f"pallet {code} is {place} already; nothing was changed", code=code, place=place
        )


def require_built(code: str, *, built_date: date, shipped_date: date) -> None:
    """Pass only where the pallet was built on the day of shipping or before it.

    Raises:
        ShippedBeforeBuilt: it was built later.
    """
    if shipped_date < built_date:
        raise ShippedBeforeBuilt(
            f"pallet {code} was built on {built_date} and cannot have left on {shipped_date};"
            " enter the day it left",
            code=code,
            built_date=built_date,
        )


def require_held(code: str, *, held_minor: int, left_minor: int) -> None:
    """Pass only where what the pallet says is held for it is left of its cart's hold.

    `left_minor` is what its own client still has held for the cart, in the pallet's currency.

    Raises:
        HoldExceeded: less is left.
    """
    if held_minor > left_minor:
        raise HoldExceeded(
            f"{held_minor} shall be held for pallet {code} and {left_minor} is left of what its"
            " client has held for its cart; nothing was changed; look at `umschlag doctor`",
            code=code,
        )


def require_undoable(run_id: int, *, is_confirmed: bool, shipped_codes: Iterable[str]) -> None:
    """Pass only for a confirmed run of which nothing has left.

    Raises:
        RunNotConfirmed: it is not confirmed.
        RunHasShipped: a pallet of it was shipped; the message names it.
    """
    if not is_confirmed:
        raise RunNotConfirmed(
            f"allocation run {run_id} is not confirmed, so there is nothing to undo",
            field="run_id",
        )
    shipped = sorted(shipped_codes)
    if shipped:
        raise RunHasShipped(
            f"allocation run {run_id} cannot be undone: {', '.join(shipped)} left the building; "
            "cancel the other pallets one by one",
            shipped_codes=tuple(shipped),
        )
