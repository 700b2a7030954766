"""What a correction by hand does to a balance, and when it is refused."""

from dataclasses import dataclass

from umschlag.kernel.errors import Refused


class CorrectionBelowFloor(Refused):
    """The client could spend less than the floor then, and nobody said that this is meant.

    `correction` tells by how much.
    """

    def __init__(self, message: str, *, correction: "Correction") -> None:
        super().__init__(message, field="amount")
        self.correction = correction


class MadeGoodBefore(Refused):
    """The correction was made good before, or makes another one good itself."""


class BalanceMoved(Refused):
    """What the client can spend is not what it was when the correction was decided on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a client can spend before and after a correction, in minor units."""

    change_minor: int
    before_minor: int
    floor_minor: int
    """What an allocation must leave a client."""

    @property
    def after_minor(self) -> int:
        """What the client can spend then."""
        return self.before_minor + self.change_minor

    @property
    def below_floor_minor(self) -> int:
        """How far this takes the balance below the floor; zero where it raises the balance."""
        if self.change_minor >= 0:
            return 0
        return max(self.floor_minor - self.after_minor, 0)


def require_meant(
    correction: Correction, *, may_go_below: bool, based_on_minor: int | None = None
) -> None:
    """Pass only where the balance is as it was shown, and what falls below the floor is meant.

    What is held for carts is not touched, whatever the correction: it stands on its own account.
    A correction may still be right that leaves less than the floor, as after a deposit that was
    told twice. So it is not forbidden, but nobody books it by accident.

    Raises:
        BalanceMoved: `based_on_minor` was told, and something else can be spent by now.
        CorrectionBelowFloor: it takes the balance below the floor, and may not.
    """
    if based_on_minor is not None and based_on_minor != correction.before_minor:
        raise BalanceMoved(
            f"{correction.before_minor} (minor units) can be spent, not {based_on_minor} as shown",
            field="spendable_before_minor",
        )
    if correction.below_floor_minor and not may_go_below:
        raise CorrectionBelowFloor(
            f"{correction.after_minor} (minor units) could be spent then, "
            f"{correction.below_floor_minor} less than the floor",
            correction=correction,
        )
