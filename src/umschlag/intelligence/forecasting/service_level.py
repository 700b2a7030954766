"""How sure stock shall be to suffice: one level, one for each ABC class, or by money."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from umschlag.kernel.errors import BadInput

LOT_SHARE_OF_COST = 0.3
"""What unsold goods bring in the end, as `clearing.LIQUIDATION_PERCENT_OF_COST` assumes."""
PERCENT_MIN, PERCENT_MAX = 50, 99
"""Below one half there is no safety stock; above 99 % our samples tell nothing any more."""


class LevelBasis(StrEnum):
    """What a service level was chosen by."""

    ONE = "one"
    CLASS = "class"
    MONEY = "money"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMoney:
    """What one unit earns and costs, in minor units, net of VAT. None where a price is unknown."""

    net_price_minor: int | None
    cost_minor: int | None
    fees_minor: int | None = None
    """Marketplace's fees of a unit sold, as a positive amount; None where nobody told them."""

    @property
    def margin_minor(self) -> int | None:
        """Net price less cost and, where known, fees: what a sale that is lost loses."""
        if self.net_price_minor is None or self.cost_minor is None:
            return None
        return self.net_price_minor - self.cost_minor - (self.fees_minor or 0)


UNKNOWN_MONEY = UnitMoney(net_price_minor=None, cost_minor=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevel:
    """The level that is ordered by; the two costs of a unit where money chose it."""

    percent: int
    basis: LevelBasis
    underage_minor: float | None = None
    overage_minor: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRule:
    """How service levels are chosen."""

    basis: LevelBasis
    percent: int
    """The one level; also where an article has no class."""
    percent_by_class: Mapping[str, int]
    holding_percent_per_year: float
    """What a year in stock costs, in percent of the unit's cost."""

    def level_of(
        self, unit: UnitMoney, *, abc_class: str, review_days: int, unsold_probability: float
    ) -> ServiceLevel:
        """Return the article's level; that of its class where money cannot tell one."""
        by_class = self.percent_by_class.get(abc_class, self.percent)
        if self.basis is LevelBasis.ONE:
            return ServiceLevel(percent=self.percent, basis=LevelBasis.ONE)
        margin = unit.margin_minor
        if self.basis is LevelBasis.CLASS or margin is None or unit.cost_minor is None:
            return ServiceLevel(percent=by_class, basis=LevelBasis.CLASS)
        under = float(max(margin, 0))
        over = overage_cost_minor(
            cost_minor=unit.cost_minor,
            holding_percent_per_year=self.holding_percent_per_year,
            days=review_days,
            unsold_probability=unsold_probability,
        )
        ratio = critical_ratio(underage=under, overage=over)
        return ServiceLevel(
            percent=min(max(round(100 * ratio), PERCENT_MIN), PERCENT_MAX),
            basis=LevelBasis.MONEY,
            underage_minor=under,
            overage_minor=over,
        )


def critical_ratio(*, underage: float, overage: float) -> float:
    """Return the probability of sufficing at which one unit more costs what it saves.

    The newsvendor's cu ÷ (cu + co): Arrow, Harris and Marschak (1951), "Optimal inventory policy",
    Econometrica 19; Silver, Pyke and Thomas, "Inventory and Production Management in Supply
    Chains", 4th ed., chapter 9. One where a unit too many costs nothing and one too few something;
    zero where neither costs anything.

    Raises:
        BadInput: a cost is negative.
    """
    if underage < 0 or overage < 0:
        raise BadInput("what a unit too few or too many costs is never negative")
    if underage == 0:
        return 0.0
    return underage / (underage + overage)


def overage_cost_minor(
    *,
    cost_minor: int,
    holding_percent_per_year: float,
    days: int,
    unsold_probability: float,
) -> float:
    """Return what one unit too many costs until the next order: holding, and losing its worth.

    Holding is a share of the cost for each day; the worth is lost with the probability that
    nothing of the article sells in the horizon of dead stock, down to what a lot sale brings.
    Silver, Pyke and Thomas, chapters 2 (carrying charge) and 9 (cost of overstocking).
    """
    holding = cost_minor * holding_percent_per_year / 100 * days / 365
    return holding + unsold_probability * cost_minor * (1 - LOT_SHARE_OF_COST)
