"""An independent check of a plan against every rule.

Shares no code with any planner: it counts everything again from the problem and the lines alone,
so that a planner's mistake cannot hide itself. A plan may be confirmed when this finds nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from umschlag.allocation.planning.model import AllocationLine, AllocationPlan, AllocationProblem
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.kernel.identifiers import Asin, ClientId, Marketplace, StoreId


class ViolationCode(StrEnum):
    """Which rule a plan breaks."""

    UNKNOWN_STORE = "unknown_store"
    UNKNOWN_ASIN = "unknown_asin"
    LINE_TWICE = "line_twice"
    UNITS_NOT_POSITIVE = "units_not_positive"
    STOCK_EXCEEDED = "stock_exceeded"
    NOT_UNGATED = "not_ungated"
    STORE_SUSPENDED = "store_suspended"
    CART_TOO_SMALL = "cart_too_small"
    CURRENCY_MIXED = "currency_mixed"
    MEASURES_MISSING = "measures_missing"
    TOO_LARGE = "too_large"
    CASE_PACK_SPLIT = "case_pack_split"
    ASIN_CAP_EXCEEDED = "asin_cap_exceeded"
    STORE_CAP_EXCEEDED = "store_cap_exceeded"
    DEMAND_EXCEEDED = "demand_exceeded"
    PIN_IGNORED = "pin_ignored"
    TOO_MANY_STORES = "too_many_stores"
    WRONG_COST = "wrong_cost"
    SHIPPING_PRICE_OUTSIDE = "shipping_price_outside"
    PREORDER_EXCEEDED = "preorder_exceeded"
    PREORDER_SPLIT = "preorder_split"
    PREORDER_DUE_WRONG = "preorder_due_wrong"
    BALANCE_BELOW_FLOOR = "balance_below_floor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule a plan breaks, and by how much: units, minor units of money or stores."""

    code: ViolationCode
    store_id: StoreId | None = None
    asin: Asin | None = None
    client_id: ClientId | None = None
    excess: int = 0


def violations(problem: AllocationProblem, plan: AllocationPlan) -> tuple[Violation, ...]:
    """Return every rule that the plan breaks; empty when it keeps them all."""
    broken = list(_unreadable_lines(problem, plan))
    if broken:
        # What names an unknown store or ASIN cannot be held against the other rules.
        return tuple(broken)
    checks: tuple[Callable[[AllocationProblem, AllocationPlan], Iterator[Violation]], ...] = (
        _line_violations,
        _stock_violations,
        _cap_violations,
        _demand_violations,
        _pin_violations,
        _crowding_violations,
        _preorder_violations,
        _balance_violations,
    )
    return tuple(violation for check in checks for violation in check(problem, plan))


def _unreadable_lines(problem: AllocationProblem, plan: AllocationPlan) -> Iterator[Violation]:
    for line in plan.lines:
        at = {"store_id": line.store_id, "asin": line.asin}
        if line.store_id not in problem.receiving_store_ids:
            yield Violation(code=ViolationCode.UNKNOWN_STORE, **at)  # type: ignore[arg-type]  # mypy joins the two types in the dict
        if line.asin not in problem.lots:
            yield Violation(code=ViolationCode.UNKNOWN_ASIN, **at)  # type: ignore[arg-type]  # the same
    seen = Counter((line.store_id, line.asin) for line in plan.lines)
    for (store_id, asin), count in seen.items():
        if count > 1:
            yield Violation(
                code=ViolationCode.LINE_TWICE, store_id=store_id, asin=asin, excess=count - 1
            )


def _line_violations(problem: AllocationProblem, plan: AllocationPlan) -> Iterator[Violation]:
    for line in plan.lines:
        broken = (
            *_eligibility_faults(problem, line),
            *_quantity_faults(problem, line),
            *_price_faults(problem, line),
        )
        for code, excess in broken:
            yield Violation(code=code, store_id=line.store_id, asin=line.asin, excess=excess)


def _eligibility_faults(
    problem: AllocationProblem, line: AllocationLine
) -> Iterator[tuple[ViolationCode, int]]:
    store = problem.stores[line.store_id]
    lot = problem.lots[line.asin]
    if not store.is_active:
        yield ViolationCode.STORE_SUSPENDED, 0
    if line.store_id in problem.small_stores:
        yield ViolationCode.CART_TOO_SMALL, 0
    if problem.gates.get((line.store_id, line.asin)) != GateAnswer.YES:
        yield ViolationCode.NOT_UNGATED, 0
    if len({problem.clients[store.client_id].currency, lot.currency, problem.currency}) > 1:
        yield ViolationCode.CURRENCY_MIXED, 0
    if lot.weight_g is None or lot.dimensions is None:
        yield ViolationCode.MEASURES_MISSING, 0
    if (line.asin, store.marketplace) in problem.too_large:
        yield ViolationCode.TOO_LARGE, 0


def _quantity_faults(
    problem: AllocationProblem, line: AllocationLine
) -> Iterator[tuple[ViolationCode, int]]:
    store = problem.stores[line.store_id]
    if line.units <= 0:
        yield ViolationCode.UNITS_NOT_POSITIVE, 1 - line.units
    split = line.units % problem.lots[line.asin].case_pack_units
    if split:
        yield ViolationCode.CASE_PACK_SPLIT, split
    if store.asin_units_max is not None and line.units > store.asin_units_max:
        yield ViolationCode.ASIN_CAP_EXCEEDED, line.units - store.asin_units_max
    if not 0 <= line.preorder_units <= line.units:
        yield ViolationCode.PREORDER_EXCEEDED, abs(line.preorder_units - line.units)


def _price_faults(
    problem: AllocationProblem, line: AllocationLine
) -> Iterator[tuple[ViolationCode, int]]:
    lot = problem.lots[line.asin]
    if line.unit_cost_minor != lot.unit_cost_minor:
        yield ViolationCode.WRONG_COST, abs(line.unit_cost_minor - lot.unit_cost_minor)
    bracket = lot.shipping
    if bracket is None:
        yield ViolationCode.SHIPPING_PRICE_OUTSIDE, 0
    elif line.unit_shipping_minor > bracket.max_minor:
        yield ViolationCode.SHIPPING_PRICE_OUTSIDE, line.unit_shipping_minor - bracket.max_minor
    elif line.unit_shipping_minor < bracket.min_minor:
        yield ViolationCode.SHIPPING_PRICE_OUTSIDE, bracket.min_minor - line.unit_shipping_minor


def _stock_violations(problem: AllocationProblem, plan: AllocationPlan) -> Iterator[Violation]:
    taken: Counter[Asin] = Counter()
    for line in plan.lines:
        taken[line.asin] += line.units
    for asin, units in taken.items():
        excess = units - problem.lots[asin].remaining_units
        if excess > 0:
            yield Violation(code=ViolationCode.STOCK_EXCEEDED, asin=asin, excess=excess)


def _cap_violations(problem: AllocationProblem, plan: AllocationPlan) -> Iterator[Violation]:
    totals: Counter[StoreId] = Counter()
    for line in plan.lines:
        totals[line.store_id] += line.units
    for store_id, units in totals.items():
        cap = problem.stores[store_id].total_units_max
        if cap is not None and units > cap:
            yield Violation(
                code=ViolationCode.STORE_CAP_EXCEEDED, store_id=store_id, excess=units - cap
            )


def _demand_violations(problem: AllocationProblem, plan: AllocationPlan) -> Iterator[Violation]:
    for line in plan.lines:
        lot = problem.lots[line.asin]
        if lot.demand_units_max is None or (line.store_id, line.asin) in problem.pins:
            continue
        # A promise is kept whatever the store sells, in whole case packs.
        promised_units = -(-line.preorder_units // lot.case_pack_units) * lot.case_pack_units
        excess = line.units - max(lot.demand_units_max, promised_units)
        if excess > 0:
            yield Violation(
                code=ViolationCode.DEMAND_EXCEEDED,
                store_id=line.store_id,
                asin=line.asin,
                excess=excess,
            )


def _pin_violations(problem: AllocationProblem, plan: AllocationPlan) -> Iterator[Violation]:
    given = {(line.store_id, line.asin): line.units for line in plan.lines}
    for (store_id, asin), units in problem.pins.items():
        wrong = abs(given.get((store_id, asin), 0) - units)
        if wrong:
            # Nobody can give what a person set of what is gone: the person shall hear of it.
            gone = asin not in problem.lots
            code = ViolationCode.STOCK_EXCEEDED if gone else ViolationCode.PIN_IGNORED
            yield Violation(code=code, store_id=store_id, asin=asin, excess=wrong)


def _crowding_violations(problem: AllocationProblem, plan: AllocationPlan) -> Iterator[Violation]:
    stores: defaultdict[tuple[Asin, Marketplace], set[StoreId]] = defaultdict(set)
    for line in plan.lines:
        stores[line.asin, problem.stores[line.store_id].marketplace].add(line.store_id)
    for (asin, marketplace), new in stores.items():
        before = problem.listed_stores.get((asin, marketplace), frozenset())
        # A store that already sells the ASIN crowds nobody anew, even where others are too many.
        excess = len(before | new) - problem.stores_per_asin_max
        if excess > 0 and new - before:
            yield Violation(code=ViolationCode.TOO_MANY_STORES, asin=asin, excess=excess)


def _preorder_violations(problem: AllocationProblem, plan: AllocationPlan) -> Iterator[Violation]:
    units: Counter[tuple[ClientId, Asin]] = Counter()
    largest_units: Counter[tuple[ClientId, Asin]] = Counter()
    due: Counter[tuple[ClientId, Asin]] = Counter()
    for line in plan.lines:
        pair = problem.stores[line.store_id].client_id, line.asin
        units[pair] += line.preorder_units
        largest_units[pair] = max(largest_units[pair], line.preorder_units)
        due[pair] += line.preorder_due_minor
    for (client_id, asin), preorder_units in units.items():
        left, owed = _owed(problem, client_id, asin, preorder_units)
        at = {"client_id": client_id, "asin": asin}
        if left > 0:
            yield Violation(code=ViolationCode.PREORDER_EXCEEDED, excess=left, **at)  # type: ignore[arg-type]  # mypy joins the two types in the dict
        # Served from two stores, each line would claim the oldest preorders for itself.
        split = preorder_units - largest_units[client_id, asin]
        if split > 0:
            yield Violation(code=ViolationCode.PREORDER_SPLIT, excess=split, **at)  # type: ignore[arg-type]  # the same
        if owed != due[client_id, asin]:
            wrong = abs(owed - due[client_id, asin])
            yield Violation(code=ViolationCode.PREORDER_DUE_WRONG, excess=wrong, **at)  # type: ignore[arg-type]  # the same


def _owed(
    problem: AllocationProblem, client_id: ClientId, asin: Asin, units: int
) -> tuple[int, int]:
    """Return the units that no arrived claim covers, and what falls due for the others."""
    claims = [
        claim
        for claim in problem.preorders
        if claim.client_id == client_id and claim.asin == asin and claim.is_arrived
    ]
    # No expected date sorts last: (True, …) comes after (False, date).
    claims.sort(
        key=lambda one: (
            one.expected_arrival_date is None,
            one.expected_arrival_date or problem.as_of_date,
            one.preorder_id,
        )
    )
    owed = 0
    for claim in claims:
        if claim.outstanding_units <= 0 or units <= 0:
            continue
        covered = min(units, claim.outstanding_units)
        owed += claim.due_minor * covered // claim.outstanding_units
        units -= covered
    return units, owed


def _balance_violations(problem: AllocationProblem, plan: AllocationPlan) -> Iterator[Violation]:
    totals: Counter[ClientId] = Counter()
    for line in plan.lines:
        # Spelled out again, because the planner's own sum is what is being checked.
        paid_units = line.units - line.preorder_units
        totals[problem.stores[line.store_id].client_id] += (
            paid_units * line.unit_cost_minor
            + line.preorder_due_minor
            + line.units * line.unit_shipping_minor
        )
    for client_id, total_minor in totals.items():
        client = problem.clients[client_id]
        short_minor = client.floor_minor - (client.spendable_minor - total_minor)
        if total_minor > 0 and short_minor > 0:
            yield Violation(
                code=ViolationCode.BALANCE_BELOW_FLOOR, client_id=client_id, excess=short_minor
            )
