"""A client's statement: what it could spend, each change, and what it can spend after it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from umschlag.kernel.errors import Refused


class SettledTwice(Refused):
    """The charge was found in a deduction before."""


class NotDeducted(Refused):
    """The panel has not deducted so much from the client as would be settled then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One entry that changed what the client can spend; `balance_minor` stands after it."""

    number: int
    booked_at: datetime
    kind: str
    note: str
    change_minor: int
    balance_minor: int = 0
    booked_by: str = ""
    reverses: int | None = None
    """The number of the entry that this one makes good."""
    run: int | None = None
    """The allocation run whose cart the money was for."""
    store: str = ""
    pallet: str = ""
    """The code of the pallet, where it was for one and not for the whole cart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Opening balance, every entry in its order, and the closing balance they add up to."""

    opening_minor: int
    lines: tuple[StatementLine, ...]

    @property
    def closing_minor(self) -> int:
        """What the client can spend after the last line, in minor units."""
        return self.lines[-1].balance_minor if self.lines else self.opening_minor

    @property
    def added_minor(self) -> int:
        """What all lines that raised the balance come to, in minor units."""
        return sum(line.change_minor for line in self.lines if line.change_minor > 0)

    @property
    def taken_minor(self) -> int:
        """What all lines that lowered the balance come to, in minor units; zero or below."""
        return sum(line.change_minor for line in self.lines if line.change_minor < 0)


def statement_of(changes: Iterable[StatementLine], *, opening_minor: int) -> Statement:
    """Return the changes with the balance after each."""
    balance_minor = opening_minor
    lines = []
    for change in changes:
        balance_minor += change.change_minor
        lines.append(replace(change, balance_minor=balance_minor))
    return Statement(opening_minor=opening_minor, lines=tuple(lines))


def require_deducted(charge_minor: int, *, settled_minor: int, deducted_minor: int) -> None:
    """Pass only where the panel deducted enough for this charge beside those settled before.

    Raises:
        NotDeducted: it did not: the client would be given money that it may not have.
    """
    if settled_minor + charge_minor > deducted_minor:
        raise NotDeducted(
            f"the panel has deducted {deducted_minor} in all and {settled_minor} of it is settled; "
            f"a charge of {charge_minor} (minor units) cannot be in it",
            field="captures",
        )
