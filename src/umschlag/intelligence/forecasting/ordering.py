"""What ordering every article goes by: its lead time, its service level and its two levels."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.demand import DemandHistory
from umschlag.intelligence.forecasting.lead_times import LeadTime
from umschlag.intelligence.forecasting.lines import ForecastingModel, waiting_days
from umschlag.intelligence.forecasting.model import DemandForecasts
from umschlag.intelligence.forecasting.replenishment import REVIEW_DAYS, StockPolicy, stock_policy
from umschlag.intelligence.forecasting.service_level import (
    UNKNOWN_MONEY,
    LevelRule,
    ServiceLevel,
    UnitMoney,
)
from umschlag.intelligence.forecasting.stock_projection import BAND_LEVELS, DemandPoint
from umschlag.intelligence.forecasting.stockout import stockout_date
from umschlag.intelligence.forecasting.succession import Succession
from umschlag.intelligence.forecasting.uncertain_lead_times import (
    DemandByHorizon,
    uncertain_demand,
)
from umschlag.intelligence.movement.expected_unsold import expected_unsold_units
from umschlag.intelligence.movement.model import ArticleFacts
from umschlag.kernel.errors import BadInput

UNSOLD_DAYS = 90
"""The horizon of dead stock: what does not sell in it is money asleep."""
NO_ORDER = StockPolicy(reorder_point_units=0, order_up_to_units=0)
"""Of what another article follows before an order of today arrives."""
STEADY_DAYS = 28
"""What the next four weeks sell a day is taken as steady demand, by which stock runs out, here as
in the forecasts that are kept."""
PROJECTED_DAYS = (7, 14, STEADY_DAYS, UNSOLD_DAYS)
"""Horizons that the projection of stock goes through, beside the lead time's own two."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replenishment:
    """What ordering one article goes by."""

    policy: StockPolicy
    lead_time: LeadTime
    service: ServiceLevel
    daily_demand_units: float
    stockout_date: date | None
    runs_out_before_arrival: float | None = None
    """Probability that the stock at hand is used up before an order of today arrives, whenever it
    does as far as that was measured."""
    unit: UnitMoney = UNKNOWN_MONEY
    demand: tuple[DemandPoint, ...] = ()
    """Demand over several horizons, for the projection of stock."""
    coverage_samples: NDArray[np.float64] | None = None
    """Possible demands over lead time and review, the lead time as uncertain as it was measured."""
    expected_unsold_units: float | None = None
    """Of the available units, after 90 days."""
    expected_units_28d: float | None = None
    expected_units_90d: float | None = None
    takes_over: tuple[Succession, ...] = ()
    """The articles that it follows: their demand before the hand-over is in its own."""

    @property
    def median_units_90d(self) -> float | None:
        """What sells in 90 days as likely as not."""
        return next((one.middle_units for one in self.demand if one.days == UNSOLD_DAYS), None)

    @property
    def lead_time_days(self) -> int:
        """Days from ordering to having."""
        return self.lead_time.days

    @property
    def coverage_days(self) -> int:
        """For so long an order of today is what arrives: lead time and review."""
        return self.lead_time.days + REVIEW_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBasis:
    """What is known of each article for ordering, in the articles' order."""

    lead_times: Sequence[LeadTime]
    units: Sequence[UnitMoney]
    abc_classes: Sequence[str]
    successions: Collection[Succession] = ()
    """Who follows whom among the articles."""

    def __post_init__(self) -> None:
        if not len(self.lead_times) == len(self.units) == len(self.abc_classes):
            raise BadInput("every article needs its lead time, prices and class")


def horizons_needed(lead_times: Iterable[LeadTime]) -> list[int]:
    """Return every horizon that `replenishments` asks its model for, in days, rising."""
    leads = {lead.days for lead in lead_times}
    ahead = {days for lead in leads for days in (lead, lead + REVIEW_DAYS)}
    return sorted({*PROJECTED_DAYS, *ahead} - {0})


def replenishments(
    articles: Sequence[ArticleFacts],
    history: DemandHistory,
    model: ForecastingModel,
    *,
    basis: OrderBasis,
    rule: LevelRule,
) -> list[Replenishment]:
    """Return what ordering each article goes by; articles, history and basis are in one order.

    Nothing is ordered any more of an article whose successor is on sale by the time that an order
    of today arrives.
    """
    facts = list(articles)
    if len(facts) != len(history.skus) or len(facts) != len(basis.units):
        raise BadInput("articles, history and basis must be of the same articles", field="articles")
    if not facts:
        return []
    fixed = {days: model.forecasts(history, horizon_days=days) for days in PROJECTED_DAYS}
    unsold = fixed[UNSOLD_DAYS].exceedance(np.zeros(len(facts)))
    available = [np.nan if one.available_units is None else one.available_units for one in facts]
    left = expected_unsold_units(
        available_units=np.array(available, dtype=np.float64),
        demand_samples=fixed[UNSOLD_DAYS].samples,
    )
    levels = [
        rule.level_of(
            unit, abc_class=abc, review_days=REVIEW_DAYS, unsold_probability=1 - float(sells)
        )
        for unit, abc, sells in zip(basis.units, basis.abc_classes, unsold, strict=True)
    ]
    found: dict[int, Replenishment] = {}
    waits = waiting_days(history, basis.successions)
    leads = np.array([lead.days for lead in basis.lead_times])
    # Suppliers have few different lead times: their articles are forecast together.
    for lead in np.unique(leads):
        places = np.flatnonzero(leads == lead)
        ahead = _Ahead.of(model, history, int(lead), places)
        for row, place in enumerate(places.tolist()):
            found[place] = ahead.replenishment(
                row,
                facts[place],
                lead_time=basis.lead_times[place],
                service=levels[place],
                unit=basis.units[place],
                fixed=_Fixed(
                    forecasts=fixed,
                    place=place,
                    left_units=float(left[place]),
                    wait_days=waits.get(history.skus[place], 0),
                ),
            )
    in_order = [found[place] for place in range(len(facts))]
    return _handed_over(in_order, history, basis.successions)


def _handed_over(
    found: list[Replenishment], history: DemandHistory, successions: Collection[Succession]
) -> list[Replenishment]:
    place_of = {sku: place for place, sku in enumerate(history.skus)}
    for one in sorted(successions, key=lambda one: (one.from_date, one.predecessor)):
        old, new = place_of.get(one.predecessor), place_of.get(one.successor)
        if old is None or new is None:
            continue
        if history.last_date + timedelta(days=found[old].lead_time_days) >= one.from_date:
            found[old] = replace(found[old], policy=NO_ORDER)
        # What was handed over before the history begins is no part of anybody's demand any more.
        if one.from_date > history.first_date:
            found[new] = replace(found[new], takes_over=(*found[new].takes_over, one))
        if one.from_date > history.last_date:
            # Stock that waits for its day is not dead.
            found[new] = replace(found[new], expected_unsold_units=None)
    return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fixed:
    """One article's demand over the fixed horizons."""

    forecasts: Mapping[int, DemandForecasts]
    place: int
    left_units: float
    """Expected to be unsold after the horizon of dead stock; NaN where stock is unknown."""
    wait_days: int
    """Until the article is on sale."""

    @property
    def points(self) -> tuple[DemandPoint, ...]:
        return tuple(_point(forecasts, self.place) for forecasts in self.forecasts.values())

    def mean_units(self, days: int) -> float:
        return float(self.forecasts[days].mean_units[self.place])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Demand:
    """One article's possible demands, sorted."""

    in_lead_time: NDArray[np.float64]
    until_next_order: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ahead:
    """Demand of the articles that share one lead time; None where goods come the same day."""

    in_lead_time: DemandForecasts | None
    until_next_order: DemandForecasts
    as_of_date: date

    @classmethod
    def of(
        cls, model: ForecastingModel, history: DemandHistory, lead: int, places: NDArray[np.intp]
    ) -> "_Ahead":
        return cls(
            in_lead_time=model.forecasts(history, horizon_days=lead, articles=places)
            if lead > 0
            else None,
            until_next_order=model.forecasts(
                history, horizon_days=lead + REVIEW_DAYS, articles=places
            ),
            as_of_date=history.last_date,
        )

    def replenishment(
        self,
        row: int,
        facts: ArticleFacts,
        *,
        lead_time: LeadTime,
        service: ServiceLevel,
        unit: UnitMoney,
        fixed: _Fixed,
    ) -> Replenishment:
        usual = self._usual(row)
        demand = self._demand(row, lead_time, fixed, usual=usual)
        on_sale_days = max(self.until_next_order.horizon_days - fixed.wait_days, 1)
        rate = float(self.until_next_order.mean_units[row]) / on_sale_days
        level = service.percent / 100
        lead = self.in_lead_time
        points = (*fixed.points, _point(self.until_next_order, row))
        if lead is not None:
            points = (*points, _point(lead, row))
        available = facts.available_units
        return Replenishment(
            policy=stock_policy(
                lead_time_quantile_units=_quantile(usual.in_lead_time, level),
                lead_time_and_review_quantile_units=_quantile(usual.until_next_order, level),
                lead_time_mean_units=0.0 if lead is None else float(lead.mean_units[row]),
            ).raised_for_spread(
                lead_time_quantile_units=_quantile(demand.in_lead_time, level),
                lead_time_and_review_quantile_units=_quantile(demand.until_next_order, level),
            ),
            lead_time=lead_time,
            service=service,
            daily_demand_units=rate,
            stockout_date=self._stockout_date(
                facts,
                fixed.mean_units(STEADY_DAYS) / max(STEADY_DAYS - fixed.wait_days, 1),
                lead_time.days,
                fixed.wait_days,
            ),
            runs_out_before_arrival=_risk(demand.in_lead_time, available, fixed.wait_days),
            unit=unit,
            demand=tuple({point.days: point for point in points}.values()),
            coverage_samples=demand.until_next_order,
            expected_unsold_units=None if available is None else fixed.left_units,
            expected_units_28d=fixed.mean_units(28),
            expected_units_90d=fixed.mean_units(UNSOLD_DAYS),
        )

    def _usual(self, row: int) -> _Demand:
        """Return the demand were every lead time the usual one."""
        lead = self.in_lead_time
        return _Demand(
            in_lead_time=np.zeros(1) if lead is None else _samples(lead, row),
            until_next_order=_samples(self.until_next_order, row),
        )

    def _demand(self, row: int, lead_time: LeadTime, fixed: _Fixed, *, usual: _Demand) -> _Demand:
        """Return the demand over the lead time as uncertain as it was measured."""
        if not lead_time.spread_days:
            return usual
        own = [self.until_next_order, *([self.in_lead_time] if self.in_lead_time else [])]
        told = [(one, fixed.place) for one in fixed.forecasts.values()]
        by_horizon = DemandByHorizon.of([*told, *((one, row) for one in own)])
        in_lead_time = uncertain_demand(by_horizon, lead_time)
        until_next_order = uncertain_demand(by_horizon, lead_time, further_days=REVIEW_DAYS)
        if in_lead_time is None or until_next_order is None:
            return usual
        return _Demand(in_lead_time=in_lead_time, until_next_order=until_next_order)

    def _stockout_date(
        self, facts: ArticleFacts, rate: float, lead_days: int, wait_days: int
    ) -> date | None:
        if facts.available_units is None:
            return None
        return stockout_date(
            available_units=facts.available_units,
            on_order_units=facts.on_order_units or 0,
            daily_demand_units=rate,
            lead_time_days=lead_days,
            as_of_date=self.as_of_date,
            wait_days=wait_days,
        )


def _samples(forecasts: DemandForecasts, row: int) -> NDArray[np.float64]:
    return forecasts.samples[row, : int(forecasts.sample_counts[row])]


def _quantile(samples: NDArray[np.float64], level: float) -> float:
    # As `DemandForecasts.quantile_units` does, for one article at a level of its own.
    return float(samples[max(int(np.ceil(level * len(samples) - 1e-9)) - 1, 0)])


def _point(forecasts: DemandForecasts, row: int) -> DemandPoint:
    samples = _samples(forecasts, row)
    low, middle, high = (_quantile(samples, level) for level in BAND_LEVELS)
    return DemandPoint(
        days=forecasts.horizon_days, low_units=low, middle_units=middle, high_units=high
    )


def _risk(
    in_lead_time: NDArray[np.float64], available_units: int | None, wait_days: int
) -> float | None:
    if available_units is None:
        return None
    if available_units <= 0 and not wait_days:
        return 1.0
    return float((in_lead_time > max(available_units, 0)).mean())
