"""One allocation split over several machines: parts of clients, each with a share of the stock.

Stock and slots are all that clients share, so with shares of them the parts are problems of their
own. What the shares cost in worth, and when that is worth it: docs/decisions, number 19.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.planning.exact_preorders import serve_preorders_exactly
from umschlag.allocation.planning.model import AllocationProblem
from umschlag.allocation.planning.open_pairs import Ints, OpenPairs, open_pairs
from umschlag.allocation.planning.optimal_plan import (
    OWN_CARTS_MAX,
    OptimalPlan,
    WarmStart,
    plan_optimally,
)
from umschlag.allocation.planning.part_shares import (
    Shares,
    clearing_prices,
    client_groups,
    even_shares,
    moved_shares,
)
from umschlag.allocation.planning.prices import Prices
from umschlag.allocation.planning.promised_goods import put_pins
from umschlag.allocation.planning.standing import Standing
from umschlag.kernel.identifiers import Asin, ClientId, Marketplace, StoreId

ROUNDS = 4
"""Times that the parts are solved, with shares that were moved in between."""

PlanAll = Callable[[Sequence[AllocationProblem], int], Sequence[OptimalPlan]]
"""Plans each of the problems, wherever it likes, so many clients' carts of each solved again in
whole packs; the answers stand in the problems' order."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """A problem's parts before any share: what is promised already, and what is left to share."""

    problem: AllocationProblem
    standing: Standing
    pairs: OpenPairs
    groups: tuple[frozenset[ClientId], ...]
    parts: tuple[AllocationProblem, ...]
    """Of each group, all stock still in it."""
    pair_parts: Ints
    """The part that each pair belongs to."""


def plan_one_by_one(
    problems: Sequence[AllocationProblem], own_carts_max: int
) -> Sequence[OptimalPlan]:
    """Plan the problems here, one after the other."""
    return [plan_optimally(problem, own_carts_max=own_carts_max) for problem in problems]


def plan_in_parts(
    problem: AllocationProblem,
    count: int,
    *,
    plan_all: PlanAll = plan_one_by_one,
    rounds: int = ROUNDS,
) -> OptimalPlan:
    """Return the plan joined from so many parts, with a bound that the parts' prices prove.

    The best round's plans are given anew within the whole problem: what is promised first, by
    the whole problem's own rules, then what the parts gave, then what they left over to whoever
    gains most. So the joined plan keeps every rule, whatever the parts came to. No linear program
    of the whole is solved. `plan_all` must plan as `plan_optimally` does.
    """
    split = split_problem(problem, count)
    shares = even_shares(split.pairs, split.pair_parts, count)
    best: _Round | None = None
    for number in range(rounds):
        is_last = number + 1 == rounds
        # Whole packs matter only for the answer; shares move by the linear programs' prices.
        plans = plan_all(problems_of(split, shares), OWN_CARTS_MAX // count if is_last else 0)
        prices = joined_prices(split, shares, [one.prices for one in plans])
        now = _Round(plans=plans, prices=prices)
        best = now if best is None or now.worth_minor > best.worth_minor else best
        shares = moved_shares(
            split.pairs,
            split.pair_parts,
            shares,
            used_packs=used_packs(split, now.units),
            prices=prices,
        )
    # Any gap is near enough: to solve the whole anew is what the parts are there to spare.
    start = WarmStart(
        units=best.units if best else {},
        prices=best.prices if best else Prices(),
        gap_share=math.inf,
    )
    return plan_optimally(problem, warm=start)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    plans: Sequence[OptimalPlan]
    prices: Prices

    @property
    def worth_minor(self) -> float:
        return sum(one.worth_minor for one in self.plans)

    @property
    def units(self) -> dict[tuple[StoreId, Asin], int]:
        lines = [line for one in self.plans for line in one.plan.lines]
        return {(line.store_id, line.asin): line.units for line in lines}


def split_problem(problem: AllocationProblem, count: int) -> Split:
    """Return the parts of a problem; lines set by hand and arrived preorders are put before."""
    standing = Standing(problem)
    put_pins(standing)
    serve_preorders_exactly(standing)
    pairs = open_pairs(standing)
    groups = client_groups(pairs, count)
    part_of_client = {client: part for part, group in enumerate(groups) for client in group}
    of_places = np.array([part_of_client[each] for each in pairs.client_ids], dtype=np.int64)
    return Split(
        problem=problem,
        standing=standing,
        pairs=pairs,
        groups=groups,
        parts=tuple(_of_clients(problem, group) for group in groups),
        pair_parts=of_places[pairs.client_places] if len(pairs) else pairs.client_places,
    )


def used_packs(split: Split, units: Mapping[tuple[StoreId, Asin], int]) -> Ints:
    """Return the case packs that each open pair was given beyond what is promised."""
    pairs, lines = split.pairs, split.standing.lines
    stores = [store.store_id for store in pairs.stores]
    asins = [lot.asin for lot in pairs.lots]
    both = zip(pairs.store_places.tolist(), pairs.lot_places.tolist(), strict=True)
    keys = [(stores[store], asins[lot]) for store, lot in both]
    promised = [lines[key].units if key in lines else 0 for key in keys]
    given = [units.get(key, 0) for key in keys]
    more: Ints = np.array(given, dtype=np.int64) - np.array(promised, dtype=np.int64)
    return np.maximum(more, 0) // pairs.pack_units[pairs.lot_places]


def problems_of(split: Split, shares: Shares) -> list[AllocationProblem]:
    """Return the parts as problems of their own, each with what it was promised and its share."""
    promised = _promised_units(split)
    listed = _listed_by_part(split, shares)
    problems = []
    for place, part in enumerate(split.parts):
        packs = shares.packs[:, place].tolist()
        units = {
            lot.asin: promised[place].get(lot.asin, 0) + share * lot.case_pack_units
            for lot, share in zip(split.pairs.lots, packs, strict=True)
        }
        lots = {asin: _with_units(lot, units[asin]) for asin, lot in part.lots.items()}
        problems.append(replace(part, lots=lots, listed_stores=listed[place]))
    return problems


def joined_prices(split: Split, shares: Shares, prices: Sequence[Prices]) -> Prices:
    """Return one set of prices: each client's own, slots by the parts' shares, stock by bids."""
    pairs = split.pairs
    slot = {
        group: _mean([one.slot.get(group, 0.0) for one in prices], shares.slots[place])
        for place, group in enumerate(pairs.groups)
    }
    others = Prices(
        slot={group: price for group, price in slot.items() if price > 0},
        balance={key: price for one in prices for key, price in one.balance.items()},
        store_cap={key: price for one in prices for key, price in one.store_cap.items()},
        bonus={key: price for one in prices for key, price in one.bonus.items()},
    )
    return replace(others, stock=clearing_prices(pairs, others))


def _mean(prices: list[float], shares: Ints) -> float:
    total = int(shares.sum())
    return float(np.array(prices) @ shares) / total if total else 0.0


def _of_clients(problem: AllocationProblem, group: frozenset[ClientId]) -> AllocationProblem:
    stores = {key: store for key, store in problem.stores.items() if store.client_id in group}
    return replace(
        problem,
        clients={key: client for key, client in problem.clients.items() if key in group},
        stores=stores,
        receiving_store_ids=tuple(key for key in problem.receiving_store_ids if key in stores),
        gates={pair: answer for pair, answer in problem.gates.items() if pair[0] in stores},
        preorders=tuple(claim for claim in problem.preorders if claim.client_id in group),
        pins={pair: units for pair, units in problem.pins.items() if pair[0] in stores},
    )


def _with_units(lot: Lot, units: int) -> Lot:
    """Return so much of the lot; what is expected to lie unsold goes with it unit by unit."""
    unsold_minor = lot.expected_unsold_minor * units // max(lot.remaining_units, 1)
    return replace(lot, remaining_units=units, expected_unsold_minor=unsold_minor)


def _promised_units(split: Split) -> list[dict[Asin, int]]:
    promised: list[defaultdict[Asin, int]] = [defaultdict(int) for _ in split.groups]
    for line in split.standing.lines.values():
        promised[_part_of(split, line.store_id)][line.asin] += line.units
    return [dict(each) for each in promised]


def _part_of(split: Split, store_id: StoreId) -> int:
    client_id = split.problem.stores[store_id].client_id
    return next(place for place, group in enumerate(split.groups) if client_id in group)


def _listed_by_part(
    split: Split, shares: Shares
) -> Sequence[Mapping[tuple[Asin, Marketplace], frozenset[StoreId]]]:
    """Return, part by part, who is taken to have each ASIN, so that just its slots are left.

    Slots of other parts are held by stores that do not exist: their numbers are below 0.
    """
    problem = split.problem
    promised: defaultdict[tuple[Asin, Marketplace], set[StoreId]] = defaultdict(set)
    for store_id, asin in split.standing.lines:
        promised[asin, problem.stores[store_id].marketplace].add(store_id)
    by_part = []
    for part, own in enumerate(split.parts):
        listed = dict(problem.listed_stores)
        for place, group in enumerate(split.pairs.groups):
            before = problem.listed_stores.get(group, frozenset())
            mine = promised[group] & own.stores.keys() if group in promised else set()
            left = int(shares.slots[place, part]) + len(before | mine)
            others = range(1, problem.stores_per_asin_max - left + 1)
            if others:
                listed[group] = before | {StoreId(-number) for number in others}
        by_part.append(listed)
    return by_part
