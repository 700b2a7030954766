"""Which of its stores each client's preorders go to, so that the oldest are served best.

Going down the claims by age is right but for the choice of the store: a claim put into the first
store that may have it can meet a cap there, or take the last slot of a marketplace that another
client's claim needs. Where that left somebody short, the stores are chosen by an exact program in
whole packs, oldest arrival first: of all ways that serve the oldest best, those that serve the
next oldest best, and so on, day by day and never by weights.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from umschlag.allocation.catalog.model import Lot
from umschlag.allocation.planning.linear_rows import LinearRows
from umschlag.allocation.planning.open_pairs import Floats
from umschlag.allocation.planning.optimiser import best_integers
from umschlag.allocation.planning.promised_goods import (
    StoreChoice,
    claims_by_pair,
    preorder_line,
    serve_preorders,
)
from umschlag.allocation.planning.standing import Standing
from umschlag.allocation.planning.turns import stores_in_turn
from umschlag.allocation.preorders.model import PreorderClaim
from umschlag.allocation.preorders.rules import served_claims
from umschlag.allocation.stores.model import StoreAccount
from umschlag.kernel.identifiers import Asin, ClientId

NODES_MAX = 500
"""Such programs have some dozens of columns: the search ends long before."""

Pair = tuple[ClientId, Asin]


def serve_preorders_exactly(standing: Standing) -> None:
    """Give arrived preorders their goods: by age, and in the stores that serve the oldest best."""
    problem = standing.problem
    greedy = Standing(problem, standing.lines.values())
    serve_preorders(greedy)
    claims = claims_by_pair(standing)
    short = {pair for pair, own in claims.items() if _served_units(greedy, pair) < _units(own)}
    chosen: dict[Pair, StoreChoice] = {}
    for group in _entangled(claims, short):
        chosen |= _best_stores(standing, {pair: claims[pair] for pair in group})
    exact = Standing(problem, standing.lines.values())
    serve_preorders(exact, chosen)
    best = max((greedy, exact), key=lambda one: _served_by_day(one, claims))
    for line in best.lines.values():
        standing.put(line)


def _served_by_day(
    standing: Standing, claims: Mapping[Pair, list[PreorderClaim]]
) -> tuple[int, ...]:
    """Return the units served of each day's claims, oldest day first: larger is better."""
    served: defaultdict[date, int] = defaultdict(int)
    for pair, own in claims.items():
        given = {
            one.preorder_id: one.units
            for one in served_claims(own, units=_served_units(standing, pair))
        }
        for claim in own:
            served[claim.expected_arrival_date or date.max] += given.get(claim.preorder_id, 0)
    return tuple(units for _, units in sorted(served.items()))


def _served_units(standing: Standing, pair: Pair) -> int:
    client_id, asin = pair
    return sum(
        line.preorder_units
        for (store_id, line_asin), line in standing.lines.items()
        if line_asin == asin and standing.problem.stores[store_id].client_id == client_id
    )


def _units(claims: Iterable[PreorderClaim]) -> int:
    return sum(claim.outstanding_units for claim in claims)


def _entangled(
    claims: Mapping[Pair, list[PreorderClaim]], short: set[Pair]
) -> Iterable[list[Pair]]:
    """Yield the groups of pairs that share clients or ASINs and in which somebody came short."""
    by_key: defaultdict[ClientId | Asin, list[Pair]] = defaultdict(list)
    for pair in claims:
        for key in pair:
            by_key[key].append(pair)
    seen: set[Pair] = set()
    for start in claims:
        if start in seen:
            continue
        group, waiting = [], [start]
        seen.add(start)
        while waiting:
            pair = waiting.pop()
            group.append(pair)
            for key in pair:
                fresh = [other for other in by_key[key] if other not in seen]
                seen.update(fresh)
                waiting += fresh
        if short.intersection(group):
            yield sorted(group)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Option:
    """One store that a client's claims on one ASIN could go to; `packs_max` is at least 1."""

    pair: Pair
    store: StoreAccount
    lot: Lot
    packs_max: int
    pack_cost_minor: float
    """The dearest that a pack comes to on the way, so that the balance is never exceeded."""


def _best_stores(
    standing: Standing, claims: Mapping[Pair, list[PreorderClaim]]
) -> dict[Pair, StoreChoice]:
    """Return the store and the packs of each pair, by one program for each day of arrival.

    Columns: packs of each option, whether it is the one, and the units that each claim is served.
    """
    options = [option for pair in claims for option in _options(standing, pair, claims[pair])]
    each = [claim for own in claims.values() for claim in own]
    rows = LinearRows(2 * len(options) + len(each))
    _add_choice(rows, options)
    _add_limits(rows, standing, options)
    _add_claims(rows, options, claims)
    packs_max = np.array([option.packs_max for option in options], dtype=np.float64)
    units_max = np.array([claim.outstanding_units for claim in each], dtype=np.float64)
    most = np.concatenate([packs_max, np.ones(len(options)), units_max])
    answer: Floats = np.zeros(len(most))
    days = [claim.expected_arrival_date or date.max for claim in each]
    for day in sorted(set(days)):
        worth = np.zeros(len(most))
        at = 2 * len(options) + np.array([place for place, one in enumerate(days) if one == day])
        worth[at] = 1.0
        answer = best_integers(
            rows.program(worth=worth, most=most),
            whole_columns=2 * len(options),
            start=answer,
            nodes_max=NODES_MAX,
        )
        # Later days must leave this day what it was served.
        rows.add(at, np.full(len(at), -1.0), -float(np.floor(answer[at].sum() + 1e-6)) + 1e-6)
    return {
        option.pair: StoreChoice(store_id=option.store.store_id, packs=int(packs))
        for option, packs in zip(options, answer[: len(options)].tolist(), strict=True)
        if packs > 0
    }


def _options(standing: Standing, pair: Pair, claims: list[PreorderClaim]) -> Iterable[_Option]:
    client_id, asin = pair
    lot = standing.problem.lots[asin]
    needed = -(-_units(claims) // lot.case_pack_units)
    for store in stores_in_turn(standing.problem):
        if store.client_id != client_id or standing.is_barred(store, lot):
            continue
        room = standing.room_units(store, lot, is_promised=True) // lot.case_pack_units
        packs_max = min(needed, room)
        if packs_max > 0:
            costs = [
                preorder_line(store, lot, claims, packs * lot.case_pack_units).total_minor / packs
                for packs in range(1, packs_max + 1)
            ]
            yield _Option(
                pair=pair,
                store=store,
                lot=lot,
                packs_max=packs_max,
                pack_cost_minor=max(costs),
            )


def _add_choice(rows: LinearRows, options: list[_Option]) -> None:
    """Packs only in a chosen store, and one store for a client's claims on an ASIN."""
    by_pair: defaultdict[Pair, list[int]] = defaultdict(list)
    for place, option in enumerate(options):
        flag = len(options) + place
        rows.add(np.array([place, flag]), np.array([1.0, -float(option.packs_max)]), 0.0)
        by_pair[option.pair].append(flag)
    for flags in by_pair.values():
        rows.add(np.array(flags), np.ones(len(flags)), 1.0)


def _add_limits(rows: LinearRows, standing: Standing, options: list[_Option]) -> None:
    """Stock, balances, caps of stores, and slots of an ASIN on a marketplace."""
    sums: defaultdict[object, list[tuple[int, float]]] = defaultdict(list)
    limits: dict[object, float] = {}
    for place, option in enumerate(options):
        store, lot = option.store, option.lot
        units = float(lot.case_pack_units)
        sums["stock", lot.asin].append((place, units))
        limits["stock", lot.asin] = standing.stock_units[lot.asin]
        sums["balance", store.client_id].append((place, option.pack_cost_minor))
        limits["balance", store.client_id] = standing.available_minor[store.client_id]
        if store.total_units_max is not None:
            sums["cap", store.store_id].append((place, units))
            room = store.total_units_max - standing.store_units[store.store_id]
            limits["cap", store.store_id] = max(room, 0)
        listed = standing.listed.get((lot.asin, store.marketplace), set())
        if store.store_id not in listed:
            slot = "slot", lot.asin, store.marketplace
            sums[slot].append((len(options) + place, 1.0))
            limits[slot] = max(standing.problem.stores_per_asin_max - len(listed), 0)
    for key, terms in sums.items():
        columns, coefficients = zip(*terms, strict=True)
        rows.add(np.array(columns), np.array(coefficients), limits[key])


def _add_claims(
    rows: LinearRows, options: list[_Option], claims: Mapping[Pair, list[PreorderClaim]]
) -> None:
    """The claims of a pair are served no more units than its packs hold."""
    first = 2 * len(options)
    for pair, own in claims.items():
        mine = [place for place, option in enumerate(options) if option.pair == pair]
        packs = [-float(options[place].lot.case_pack_units) for place in mine]
        served = np.arange(first, first + len(own))
        rows.add(
            np.concatenate([served, np.array(mine, dtype=np.int64)]),
            np.concatenate([np.ones(len(own)), np.array(packs)]),
            0.0,
        )
        first += len(own)
