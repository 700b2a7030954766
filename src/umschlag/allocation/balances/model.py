"""What changes what a client can spend."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from umschlag.kernel.errors import BadInput


class WrongSign(BadInput):
    """A hold must not add to a balance, nor a release take from it."""


class EntryKind(StrEnum):
    """Why a balance changed."""

    PANEL = "panel"
    HOLD = "hold"
    RELEASE = "release"
    CAPTURE = "capture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change of a balance; never edited. Holds are negative, releases positive."""

    kind: EntryKind
    amount_minor: int

    def __post_init__(self) -> None:
        if self.kind is EntryKind.HOLD and self.amount_minor > 0:
            raise WrongSign(f"a hold of {self.amount_minor} would add to the balance")
        if self.kind is EntryKind.RELEASE and self.amount_minor < 0:
            raise WrongSign(f"a release of {self.amount_minor} would take from the balance")


def spendable_minor(entries: Iterable[Entry]) -> int:
    """Return what the client can spend: the sum of its entries, in minor units."""
    return sum(entry.amount_minor for entry in entries)


def hold_of(total_minor: int) -> Entry:
    """Return the entry that holds a cart's total.

    Raises:
        WrongSign: the total is negative.
    """
    return Entry(kind=EntryKind.HOLD, amount_minor=-total_minor)
