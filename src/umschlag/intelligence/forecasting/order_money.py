"""What an order is expected to earn, step by step, and which steps a budget buys."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umschlag.intelligence.forecasting.replenishment import OrderSteps
from umschlag.kernel.errors import BadInput

STEPS_MAX = 16
"""Larger orders are looked at in steps of several packs: finer ones change no decision."""
EXTRA_UNITS_DIGITS = 2
FURTHER_DAYS_MAX = 365
"""Nobody knows what sells in more than a year; what would last longer is not ordered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerms:
    """What an article's order earns and costs, in minor units."""

    position_units: int
    """Available and on order."""
    cost_minor: int
    margin_minor: int
    holding_percent_per_year: float
    coverage_days: int
    """Lead time and review: for so long this order is what arrives."""
    daily_units: float
    """Expected demand: what is left after the coverage time sells at this pace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStep:
    """An order of so many units, and what it is expected to earn."""

    units: int
    cost_minor: int
    extra_units: float
    """Expected sales that would be lost without it, to two decimals."""
    margin_minor: int
    """What these sales earn."""
    holding_minor: int
    """What the units cost that are left at the end, held until they sell: see `holding_days`."""
    money_minor: int
    """Margin less holding."""


def holding_days(left_units: float, *, coverage_days: int, daily_units: float) -> int:
    """Return for how many days a unit that is left is held, on average.

    Over the coverage time, and then half as long as all that are left take to sell: a minimum order
    that lasts for half a year is not sold when the next goods could be there.
    """
    if left_units <= 0:
        return coverage_days
    further = left_units / (2 * daily_units) if daily_units > 0 else float("inf")
    return coverage_days + round(min(further, FURTHER_DAYS_MAX))


def order_step(samples: NDArray[np.float64], units: int, terms: OrderTerms) -> OrderStep:
    """Return what ordering so many units is expected to earn over the coverage time.

    Sales saved are E[min(D, stock + order)] − E[min(D, stock)] over the possible demands D: the
    expected units short without the order less those with it (Silver, Pyke and Thomas, chapter 6:
    the loss function). What of the order is not among them is left and held. Every figure is
    rounded before the next is made from it, so that a reader's sums agree.
    """
    stock = max(terms.position_units, 0)
    # Backorders take the first units: they are sold, once these are there.
    owed = max(-terms.position_units, 0)
    demand = samples[~np.isnan(samples)] + owed
    saved = np.minimum(demand, stock + units).mean() - np.minimum(demand, stock).mean()
    extra = round(float(saved), EXTRA_UNITS_DIGITS)
    left = round(units - extra, EXTRA_UNITS_DIGITS)
    margin = round(terms.margin_minor * extra)
    days = holding_days(left, coverage_days=terms.coverage_days, daily_units=terms.daily_units)
    share = terms.holding_percent_per_year / 100 * days / 365
    holding = round(left * terms.cost_minor * share)
    return OrderStep(
        units=units,
        cost_minor=units * terms.cost_minor,
        extra_units=extra,
        margin_minor=margin,
        holding_minor=holding,
        money_minor=margin - holding,
    )


def money_steps(
    samples: NDArray[np.float64], *, units: int, steps: OrderSteps, terms: OrderTerms
) -> tuple[OrderStep, ...]:
    """Return the orders that can be placed, from the least one up to `units`, with their money.

    Raises:
        BadInput: the units are no order of whole packs that reaches the minimum.
    """
    if units < steps.first_units or units % steps.pack_units:
        raise BadInput(f"{units} units are no order of packs of {steps.pack_units}", field="units")
    packs = (units - steps.first_units) // steps.pack_units
    per_step = max(1, -(-packs // (STEPS_MAX - 1)))
    sizes = [units - taken * steps.pack_units for taken in range(0, packs + 1, per_step)]
    if sizes[-1] != steps.first_units:
        sizes.append(steps.first_units)
    return tuple(order_step(samples, size, terms) for size in reversed(sizes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """What a budget buys: of every article the step that was reached."""

    steps: Mapping[str, OrderStep]
    cost_minor: int
    money_minor: int


def within_budget(lines: Mapping[str, Sequence[OrderStep]], *, budget_minor: int) -> Bought:
    """Return the orders that earn most for the money, none of which exceeds the budget.

    Marginal analysis: the next step of the article that earns most for each unit of money comes
    first, as long as it earns something and is affordable; Silver, Pyke and Thomas, chapter 11
    (allocating a budget among items), and Everett (1963), "Generalized Lagrange multiplier
    method", Operations Research 11. A later step of an article never earns more per money than an
    earlier one, so the result lacks at most one step's money of the best possible. Where one
    article's order alone earns more than all that was chosen, it is the answer.

    Raises:
        BadInput: the budget is negative.
    """
    if budget_minor < 0:
        raise BadInput("a budget is zero or more", field="budget")
    chosen: dict[str, OrderStep] = {}
    left = budget_minor
    waiting = [
        entry for key, steps in lines.items() if (entry := _next_step(key, None, steps, left))
    ]
    heapq.heapify(waiting)
    while waiting:
        _rank, key, place = heapq.heappop(waiting)
        steps, before = lines[key], chosen.get(key)
        price = steps[place].cost_minor - (before.cost_minor if before else 0)
        if price <= left:
            before = chosen[key] = steps[place]
            left -= price
        # Where it was too dear, a smaller step may still be affordable.
        entry = _next_step(key, before, steps, left)
        if entry:
            heapq.heappush(waiting, entry)
    return _better(chosen, lines, budget_minor)


def _next_step(
    key: str, before: OrderStep | None, steps: Sequence[OrderStep], left_minor: int
) -> tuple[float, str, int] | None:
    """Return the best affordable step's rank, the smaller the better; None where none earns.

    Rounding can make one step earn nothing and the one after it something: of all that follow the
    best by money for money is taken, and those between with it.
    """
    units, cost, money = (
        (before.units, before.cost_minor, before.money_minor) if before else (0,) * 3
    )
    best: tuple[float, str, int] | None = None
    for place, step in enumerate(steps):
        gain, price = step.money_minor - money, step.cost_minor - cost
        if step.units <= units or gain <= 0 or price > left_minor:
            continue
        rank = -gain / max(price, 1)
        if best is None or rank < best[0]:
            best = (rank, key, place)
    return best


def _better(
    chosen: Mapping[str, OrderStep], lines: Mapping[str, Sequence[OrderStep]], budget_minor: int
) -> Bought:
    money = sum(step.money_minor for step in chosen.values())
    alone = max(
        (
            (step.money_minor, key, step)
            for key, steps in lines.items()
            for step in steps
            if step.cost_minor <= budget_minor
        ),
        key=lambda entry: (entry[0], entry[1]),
        default=None,
    )
    if alone is not None and alone[0] > money:
        chosen, money = {alone[1]: alone[2]}, alone[0]
    return Bought(
        steps=chosen,
        cost_minor=sum(step.cost_minor for step in chosen.values()),
        money_minor=money,
    )
