"""How many pallets does the level-by-level builder need?

Ours: `build_pallets`, mixed ASINs on a pallet, checked by `pallet_faults`; if that finds anything,
the benchmark fails. Baselines: (1) one ASIN a pallet, as a warehouse without a plan does it, built
by the same builder, so that the ratio is what mixing saves; (2) the bound that no builder beats:
volume ÷ volume of a load and weight ÷ weight of a load, the larger, rounded up for each cart.

Carts are drawn from a seed: 10 to 40 ASINs with 4 to 120 units each, from matchbox to microwave.

    python benchmarks/pallet_layers.py --carts 40 --marketplace Amazon.de
"""

import argparse
import json
import math
import time

import numpy as np

from umschlag.allocation.catalog.model import ShippingBracket
from umschlag.allocation.pallets.cartons import cartons_for
from umschlag.allocation.pallets.checker import pallet_faults
from umschlag.allocation.pallets.layers import build_pallets
from umschlag.allocation.pallets.limits import DESTINATION_LIMITS, DestinationLimits
from umschlag.allocation.pallets.model import Carton, Goods
from umschlag.kernel.identifiers import Asin, Marketplace
from umschlag.kernel.measures import Dimensions


def main() -> None:
    """Build every cart's pallets in both ways and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--carts", type=int, default=40)
    parser.add_argument("--marketplace", type=Marketplace, default=Marketplace.DE)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true", help="6 carts")
    arguments = parser.parse_args()
    carts = 6 if arguments.small else arguments.carts
    limits = DESTINATION_LIMITS[arguments.marketplace]
    generator = np.random.default_rng(arguments.seed)

    ours = single = bound = cartons_count = 0
    seconds = 0.0
    utilisation: list[float] = []
    for _ in range(carts):
        by_asin = [cartons_for(goods, limits) for goods in drawn_cart(generator)]
        cartons = [carton for same in by_asin for carton in same]
        started = time.perf_counter()
        loads = build_pallets(cartons, limits)
        seconds += time.perf_counter() - started
        faults = pallet_faults(loads, cartons)
        assert not faults, f"the builder made a fault: {faults[0]}"
        ours += len(loads)
        # The last pallet of a cart is as full as the cart happens to make it.
        utilisation += [load.cube_utilisation for load in loads[:-1]]
        single += sum(len(build_pallets(same, limits)) for same in by_asin)
        bound += pallets_bound(cartons, limits)
        cartons_count += len(cartons)

    size = f"{carts} carts, {cartons_count} cartons, {limits.marketplace}"
    print(
        f"{size}: full pallets are {np.mean(utilisation or [0]):.0%} full by volume; "
        f"{1000 * seconds / ours:.0f} ms a pallet"
    )
    for name, baseline in (("one_asin_a_pallet", single), ("lower_bound", bound)):
        print(
            json.dumps(
                {
                    "name": f"pallet_layers.{name}",
                    "ours": ours,
                    "baseline": baseline,
                    "ratio": round(baseline / ours, 3),
                    "unit": "pallets",
                    "size": size,
                },
                ensure_ascii=False,
            )
        )


def pallets_bound(cartons: list[Carton], limits: DestinationLimits) -> int:
    """Return the number of pallets that no builder can do without."""
    volume_mm3 = sum(carton.dimensions.volume_mm3 for carton in cartons)
    weight_g = sum(carton.gross_weight_g for carton in cartons)
    return max(
        math.ceil(volume_mm3 / limits.load_volume_mm3_max),
        math.ceil(weight_g / limits.goods_weight_g_max),
    )


def drawn_cart(generator: np.random.Generator) -> list[Goods]:
    """Return one store's goods."""
    cart = []
    for number in range(int(generator.integers(10, 41))):
        edges = sorted((int(edge) for edge in generator.integers(40, 420, size=3)), reverse=True)
        volume_l = edges[0] * edges[1] * edges[2] / 1e6
        cart.append(
            Goods(
                asin=Asin(f"B0{number:08d}"),
                units=int(generator.integers(4, 121)),
                unit_dimensions=Dimensions(
                    length_mm=edges[0], width_mm=edges[1], height_mm=edges[2]
                ),
                # Consumer goods weigh some 100 to 400 g a litre.
                unit_weight_g=int(volume_l * generator.uniform(100, 400)) + 20,
                shipping=ShippingBracket(min_minor=0, max_minor=0),
                case_pack_units=int(generator.choice([1, 1, 1, 6, 12])),
            )
        )
    return cart


if __name__ == "__main__":
    main()
