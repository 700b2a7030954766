"""Builds pallets level by level: wide and heavy cartons below, nothing over the edge.

Every carton goes to the lowest free place that carries it: on the deck, or on cartons of equal
height that support at least `SUPPORT_MIN` of its base. Cartons are turned by a quarter at most.
Three orders of cartons, each laid along and against the grain, are tried; the one with the fewest,
then the lowest pallets is kept.
Cost: cartons × places × cartons on one pallet, a few milliseconds a pallet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from umschlag.allocation.pallets.limits import DestinationLimits
from umschlag.allocation.pallets.model import Carton, PalletLoad, PlacedCarton

SUPPORT_MIN = 0.8
"""Share of a carton's base that must rest on something. The literature on container loading
asks for 70 to 100 % (Bortfeldt and Wäscher, Constraints in container loading, 2013)."""

_Order = Callable[[Carton], tuple[int, ...]]


def _footprint_mm2(carton: Carton) -> int:
    return carton.dimensions.length_mm * carton.dimensions.width_mm


_ORDERS: tuple[_Order, ...] = (
    lambda one: (-_footprint_mm2(one), -one.dimensions.height_mm, -one.gross_weight_g),
    lambda one: (-one.dimensions.height_mm, -_footprint_mm2(one), -one.gross_weight_g),
    lambda one: (-one.gross_weight_g, -_footprint_mm2(one), -one.dimensions.height_mm),
)


def build_pallets(cartons: Sequence[Carton], limits: DestinationLimits) -> tuple[PalletLoad, ...]:
    """Return pallets that hold every carton exactly once, each within the limits.

    A carton that fits no empty pallet must not be handed in: `cartons_for` refuses its goods.
    """
    candidates = [
        _loaded(
            sorted(cartons, key=lambda one: (*order(one), one.asin, one.units)),
            limits,
            against_grain=against_grain,
        )
        for order in _ORDERS
        for against_grain in (False, True)
    ]
    return min(
        candidates, key=lambda loads: (len(loads), sum(load.load_height_mm for load in loads))
    )


def _loaded(
    cartons: list[Carton], limits: DestinationLimits, *, against_grain: bool
) -> tuple[PalletLoad, ...]:
    loads = []
    waiting = cartons
    while waiting:
        deck = _Deck(limits, against_grain)
        left = [carton for carton in waiting if not deck.put(carton)]
        if len(left) == len(waiting):
            raise ValueError(f"{left[0]} fits no empty pallet")
        loads.append(PalletLoad(limits=limits, cartons=tuple(deck.placed)))
        waiting = left
    return tuple(loads)


_Array = NDArray[np.int64]
_NOWHERE = np.iinfo(np.int64).max


@dataclass(slots=True)
class _Deck:
    """One pallet being loaded.

    `boxes` has a row x, y, end of x, end of y, top for each carton. `points` are the places worth
    trying: the deck's corner, and where the edges of what stands meet each other or the deck's.
    """

    limits: DestinationLimits
    against_grain: bool = False
    placed: list[PlacedCarton] = field(default_factory=list)
    weight_g: int = 0
    boxes: _Array = field(default_factory=lambda: np.zeros((0, 5), dtype=np.int64))
    points: _Array = field(default_factory=lambda: np.zeros((1, 2), dtype=np.int64))
    known_points: set[tuple[int, int]] = field(default_factory=lambda: {(0, 0)})
    hopeless: set[tuple[int, int, int]] = field(default_factory=set)

    def put(self, carton: Carton) -> bool:
        """Place the carton at the lowest place that carries it; tell whether there was one."""
        size = carton.dimensions
        shape = (size.length_mm, size.width_mm, size.height_mm)
        # A size that found no place finds none until another carton makes one.
        if shape in self.hopeless:
            return False
        if self.weight_g + carton.gross_weight_g > self.limits.goods_weight_g_max:
            return False
        places = [
            (*place, rank, turn)
            for rank, turn in enumerate(self._turns(size.length_mm, size.width_mm))
            if (place := self._lowest(*turn, shape[2]))
        ]
        if not places:
            self.hopeless.add(shape)
            return False
        z, y, x, _, turn = min(places)
        self._add(carton, (x, y, z), turn)
        return True

    def _turns(self, length: int, width: int) -> list[tuple[int, int]]:
        """Return the two ways to lay the base, first the one of which a tier holds more."""
        deck = self.limits.pallet_type
        along = (deck.length_mm // length) * (deck.width_mm // width)
        across = (deck.length_mm // width) * (deck.width_mm // length)
        turns = [(length, width), (width, length)]
        if (across > along) is not self.against_grain:
            turns.reverse()
        return turns

    def _add(self, carton: Carton, at: tuple[int, int, int], base: tuple[int, int]) -> None:
        (x, y, z), (length, width) = at, base
        beneath = [
            placed.tier
            for placed, box in zip(self.placed, self.boxes, strict=True)
            if box[4] == z
            and x < box[2]
            and box[0] < x + length
            and y < box[3]
            and box[1] < y + width
        ]
        self.placed.append(
            PlacedCarton(
                carton=carton,
                x_mm=x,
                y_mm=y,
                z_mm=z,
                length_mm=length,
                width_mm=width,
                tier=1 + max(beneath, default=0),
            )
        )
        top = z + carton.dimensions.height_mm
        row = np.array([[x, y, x + length, y + width, top]], dtype=np.int64)
        self.boxes = np.concatenate([self.boxes, row])
        self.weight_g += carton.gross_weight_g
        self.hopeless.clear()
        corners = {(x, y), (x + length, y), (x, y + width), (x + length, 0), (0, y + width)}
        new = sorted(corners - self.known_points)
        if new:
            self.known_points.update(new)
            self.points = np.concatenate([self.points, np.array(new, dtype=np.int64)])

    def _lowest(self, length: int, width: int, height: int) -> tuple[int, int, int] | None:
        """Return z, y, x of the lowest place for the base; None without one."""
        deck = self.limits.pallet_type
        x, y = self.points[:, 0], self.points[:, 1]
        inside = (x <= deck.length_mm - length) & (y <= deck.width_mm - width)
        points = self.points[inside]
        if not len(points):
            return None
        z, supported = self._resting(points, length, width)
        good = supported & (z <= self.limits.stack_height_mm_max - height)
        # Lowest, then nearest: one number orders the places, since no edge reaches 10 m.
        rank = np.where(good, (z * 10_000 + points[:, 1]) * 10_000 + points[:, 0], _NOWHERE)
        first = int(rank.argmin())
        if rank[first] == _NOWHERE:
            return None
        return int(z[first]), int(points[first, 1]), int(points[first, 0])

    def _resting(self, points: _Array, length: int, width: int) -> tuple[_Array, NDArray[np.bool_]]:
        """Return how high the base comes to rest at each point, and whether it is supported."""
        boxes = self.boxes
        x, y = points[:, :1], points[:, 1:]
        shared_x = np.minimum(x + length, boxes[:, 2]) - np.maximum(x, boxes[:, 0])
        shared_y = np.minimum(y + width, boxes[:, 3]) - np.maximum(y, boxes[:, 1])
        shared_mm2 = np.maximum(shared_x, 0) * np.maximum(shared_y, 0)
        tops = (shared_mm2 > 0) * boxes[:, 4]
        z = tops.max(axis=1, initial=0)
        carried_mm2 = ((tops == z[:, None]) * shared_mm2).sum(axis=1)
        supported = (z == 0) | (carried_mm2 >= SUPPORT_MIN * length * width)
        return z, supported
