"""How clients share what is scarce: the bonus that a planner counts for it, and how fair it came.

The bonus is a concave function of what a client is given, so that the first money of everyone
counts more than the last money of one. Rates are shares of the money given; they are ours, and
small beside margins, so that fairness decides between goods of like worth and not against it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from umschlag.allocation.clients.model import ClientAccount, ClientPriority
from umschlag.allocation.planning.model import FairnessPolicy

_PRIORITY_RATES = {ClientPriority.HIGH: 0.06, ClientPriority.MEDIUM: 0.03}
_PROPORTIONAL_RATES = (0.06, 0.045, 0.03, 0.015)
_MAX_MIN_RATES = (0.14, 0.12, 0.10, 0.08, 0.06, 0.04, 0.02, 0.0)
_MAX_MIN_WEIGHTS = {
    ClientPriority.HIGH: 1.5,
    ClientPriority.MEDIUM: 1.0,
    ClientPriority.LOW: 2 / 3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BonusStep:
    """So much more of a client's money, in minor units, counts at this rate."""

    width_minor: float
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientShare:
    """What one client was given of its means, now and in the rolling window."""

    client: ClientAccount
    given_minor: int
    waited_days: int | None
    """Days since its last pallet; None where it never had one."""

    @property
    def run_share(self) -> float:
        """The share of the balance that this run uses; 0 where there was nothing to use."""
        means_minor = self.client.available_minor
        return self.given_minor / means_minor if means_minor else 0.0

    @property
    def window_share(self) -> float:
        """The share of its means that the client was given in the window, this run included."""
        received_minor = self.client.received_minor
        means_minor = self.client.available_minor + received_minor
        return (self.given_minor + received_minor) / means_minor if means_minor else 0.0


def bonus_steps(
    client: ClientAccount, policy: FairnessPolicy, *, used_minor: int = 0
) -> tuple[BonusStep, ...]:
    """Return what more money of the client counts for, best rate first.

    `used_minor` is what this run has given already; its steps are behind the client.
    """
    if policy is FairnessPolicy.PRIORITY:
        rate = _PRIORITY_RATES.get(client.priority, 0.0)
        steps = [BonusStep(width_minor=client.available_minor, rate=rate)]
        behind_minor = float(used_minor)
    elif policy is FairnessPolicy.PROPORTIONAL:
        steps = _even_steps(client.available_minor, _PROPORTIONAL_RATES)
        behind_minor = used_minor
    else:
        means_minor = client.available_minor + client.received_minor
        weight = _MAX_MIN_WEIGHTS[client.priority]
        steps = _even_steps(means_minor * weight, _MAX_MIN_RATES)
        behind_minor = used_minor + client.received_minor
    return tuple(_without_the_first(steps, behind_minor))


def earned_bonus_minor(steps: Sequence[BonusStep], given_minor: float) -> float:
    """Return what the money given counts for, in minor units."""
    bonus = 0.0
    for step in steps:
        within = min(step.width_minor, given_minor)
        bonus += within * step.rate
        given_minor -= within
    return bonus


def jain_index(shares: Iterable[float]) -> float:
    """Return how even the shares are: 1 where all are equal, 1/n where one has everything.

    R. Jain, D. Chiu, W. Hawe: A Quantitative Measure of Fairness (DEC-TR-301, 1984). 1 where
    nobody has anything: nobody is worse off than another.
    """
    each = list(shares)
    squares = sum(share * share for share in each)
    return sum(each) ** 2 / (len(each) * squares) if squares else 1.0


def _even_steps(width_minor: float, rates: tuple[float, ...]) -> list[BonusStep]:
    return [BonusStep(width_minor=width_minor / len(rates), rate=rate) for rate in rates]


def _without_the_first(steps: Iterable[BonusStep], behind_minor: float) -> Iterable[BonusStep]:
    for step in steps:
        passed = min(step.width_minor, behind_minor)
        behind_minor -= passed
        # A step that earns nothing is none: it would be a column of the program for nothing.
        if step.width_minor > passed and step.rate > 0:
            yield BonusStep(width_minor=step.width_minor - passed, rate=step.rate)
