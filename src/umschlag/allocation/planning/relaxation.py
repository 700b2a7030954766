"""The allocation with parts of case packs allowed: a linear program, and what it proves.

Columns: case packs of every open pair, then the steps of each client's bonus. Rows, each "at
most": stock of a lot, balance of a client, cap of a store, slots of an ASIN on a crowded
marketplace, and the bonus, which counts no more money than is given. A listing flag z of a pair,
with `packs <= packs_max * z` and at most so many z a group, has no worth of its own, so that in
the linear program it is `packs / packs_max`, and needs no column.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umschlag.allocation.planning.fairness import BonusStep
from umschlag.allocation.planning.open_pairs import NO_GROUP, Floats, Ints, OpenPairs

Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearProgram:
    """Most worth in all, every row at most its limit, every column between 0 and its most.

    `coefficients` stand column by column: those of column i from `starts[i]` to `starts[i + 1]`,
    each in the row that `rows` names.
    """

    worth: Floats
    most: Floats
    limits: Floats
    starts: Places
    rows: Places
    coefficients: Floats

    @property
    def columns_of_coefficients(self) -> Ints:
        """The column of each coefficient."""
        return np.repeat(np.arange(len(self.worth)), np.diff(self.starts))


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPlaces:
    """Where the rows of each kind begin; each kind's rows are in the pairs' own order.

    Caps have rows only where they could bind: of the stores at `capped`.
    """

    capped: tuple[int, ...]
    balance: int
    cap: int
    slot: int
    bonus: int


def relaxation(
    pairs: OpenPairs, steps: list[tuple[BonusStep, ...]]
) -> tuple[LinearProgram, RowPlaces]:
    """Return the program of these pairs and of the bonus steps of each of their clients."""
    capped = np.flatnonzero(_is_capped(pairs))
    places = RowPlaces(
        capped=tuple(capped.tolist()),
        balance=len(pairs.lots),
        cap=len(pairs.lots) + len(pairs.client_ids),
        slot=len(pairs.lots) + len(pairs.client_ids) + len(capped),
        bonus=len(pairs.lots) + len(pairs.client_ids) + len(capped) + len(pairs.slots),
    )
    step_owners = np.repeat(np.arange(len(steps)), [len(each) for each in steps])
    flat = [step for each in steps for step in each]
    rows, coefficients = _pair_rows(pairs, places, capped, has_steps=_has_steps(steps))
    used = rows >= 0
    counts = np.concatenate([used.sum(axis=1), np.ones(len(flat), dtype=np.int64)])
    return LinearProgram(
        worth=np.concatenate([pairs.pack_worth_minor, [step.rate for step in flat]]),
        most=np.concatenate([pairs.packs_own_max, [step.width_minor for step in flat]]),
        limits=np.concatenate(
            [
                pairs.stock_packs,
                pairs.balance_minor,
                pairs.store_room_units[capped],
                pairs.slots,
                np.zeros(len(steps)),
            ]
        ).astype(np.float64),
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        rows=np.concatenate([rows[used], places.bonus + step_owners]).astype(np.int32),
        coefficients=np.concatenate([coefficients[used], np.ones(len(flat))]),
    ), places


def gap_below(bound_minor: float, worth_minor: float) -> float:
    """Return how far the worth is below its bound, as a share of the bound; 0 is the best there is.

    A bound of nothing leaves nothing to gain.
    """
    return max(1 - worth_minor / bound_minor, 0.0) if bound_minor > 0 else 0.0


def proven_bound(program: LinearProgram, prices: Floats) -> float:
    """Return what no answer can exceed, whatever made the prices of the rows (any, if 0 or more).

    Weak duality: for prices p >= 0 every answer x has worth x <= p limits + (worth - p A) x, and
    the last is at most each column's gain times its most where it gains. So the bound depends on
    no solver's word, only on this sum.
    """
    paid = np.maximum(prices, 0.0)
    column_costs = np.bincount(
        program.columns_of_coefficients,
        weights=program.coefficients * paid[program.rows],
        minlength=len(program.worth),
    )
    gains = np.maximum(program.worth - column_costs, 0.0)
    return float(paid @ program.limits + gains @ program.most)


def _pair_rows(
    pairs: OpenPairs, places: RowPlaces, capped: Ints, *, has_steps: NDArray[np.bool_]
) -> tuple[Ints, Floats]:
    """Return the five rows a pair can stand in (-1: it does not) and its coefficients there."""
    cap_places = np.full(len(pairs.stores), -1)
    cap_places[capped] = places.cap + np.arange(len(capped))
    in_group = pairs.group_places != NO_GROUP
    cost = pairs.pack_cost_minor.astype(np.float64)
    rows = np.stack(
        [
            pairs.lot_places,
            np.where(cost > 0, places.balance + pairs.client_places, -1),
            cap_places[pairs.store_places],
            np.where(in_group, places.slot + pairs.group_places, -1),
            np.where(
                has_steps[pairs.client_places] & (cost > 0),
                places.bonus + pairs.client_places,
                -1,
            ),
        ],
        axis=1,
    )
    coefficients = np.stack(
        [
            np.ones(len(pairs)),
            cost,
            pairs.pack_units[pairs.lot_places].astype(np.float64),
            1.0 / np.maximum(pairs.packs_max, 1),
            -cost,
        ],
        axis=1,
    )
    return rows, coefficients


def _is_capped(pairs: OpenPairs) -> NDArray[np.bool_]:
    """Tell which stores' caps could bind at all."""
    wanted = np.bincount(
        pairs.store_places,
        weights=pairs.packs_max * pairs.pack_units[pairs.lot_places],
        minlength=len(pairs.stores),
    )
    return wanted > pairs.store_room_units


def _has_steps(steps: list[tuple[BonusStep, ...]]) -> NDArray[np.bool_]:
    return np.array([bool(each) for each in steps], dtype=np.bool_)
