"""The ledger's nouns: accounts, postings, and bookings whose postings sum to zero.

Every account belongs to one client and one currency. What the client can spend is the sum of its
account `SPENDABLE`, and nothing else is ever asked.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from umschlag.kernel.errors import BadInput, Refused
from umschlag.kernel.identifiers import ClientId


class WrongSign(BadInput):
    """The amount is not above zero, and which way it goes is said by the booking's kind."""


class UnbalancedBooking(BadInput):
    """The postings do not sum to zero in every currency, or there is nothing to post."""


class ReasonMissing(BadInput):
    """A correction by hand needs a sentence that says why."""


class LedgerIsFixed(Refused):
    """An entry of the ledger is never changed or deleted; a further entry makes it good."""


class AccountKind(StrEnum):
    """Where a client's money stands."""

    PANEL = "panel"
    """What the panel told, the other way round: the panel's balance is minus this account."""
    SPENDABLE = "spendable"
    HELD = "held"
    """Promised to confirmed carts that have not been shipped."""
    CHARGED = "charged"
    """Shipped, and not yet found in a deduction that the panel told."""
    CORRECTION = "correction"
    """What people corrected by hand, the other way round."""


class EntryKind(StrEnum):
    """Why money moved."""

    PANEL = "panel"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    SETTLEMENT = "settlement"
    CONTRIBUTION = "contribution"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Account:
    """One client's money of one sort, in one currency."""

    kind: AccountKind
    client_id: ClientId
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What one booking adds to an account, in minor units; below zero where it takes."""

    account: Account
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """Postings that belong together and sum to zero; not yet an entry of the ledger.

    `reverses` is the number of the entry that this one makes good, as a release does a hold.

    Raises:
        UnbalancedBooking: they do not sum to zero, or one of them posts nothing.
    """

    kind: EntryKind
    client_id: ClientId
    postings: tuple[Posting, ...]
    note: str = ""
    cart_id: int | None = None
    pallet_id: int | None = None
    reverses: int | None = None

    def __post_init__(self) -> None:
        if len(self.postings) < 2 or any(not posting.amount_minor for posting in self.postings):
            raise UnbalancedBooking(f"a {self.kind} of nothing cannot be booked")
        uneven = {currency: sum_ for currency, sum_ in sums_of(self.postings).items() if sum_}
        if uneven:
            raise UnbalancedBooking(f"the postings of this {self.kind} leave {uneven}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One entry as it is kept: numbered, dated, and sealed to the one before it.

    Made of whatever was read: whether it is sound is for `chain` to say.
    """

    number: int
    kind: str
    client_id: int
    postings: tuple[Posting, ...]
    booked_at: datetime
    booked_by: str
    note: str
    cart_id: int | None
    pallet_id: int | None
    reverses: int | None
    previous_hash: str
    hash: str = ""


def sums_of(postings: Iterable[Posting]) -> dict[str, int]:
    """Return what the postings sum to in each currency, in minor units."""
    sums: Counter[str] = Counter()
    for posting in postings:
        sums[posting.account.currency] += posting.amount_minor
    return dict(sums)


def balance_minor(postings: Iterable[Posting], account: Account) -> int:
    """Return what stands on the account after these postings, in minor units."""
    return sum(posting.amount_minor for posting in postings if posting.account == account)
