from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from umschlag.allocation.pallets.limits import DESTINATION_LIMITS
from umschlag.allocation.pallets.model import Carton, PalletLoad, PlacedCarton
from umschlag.allocation.planning.model import AllocationLine
from umschlag.allocation.planning.pallet_shares import pallet_shares
from umschlag.allocation.preorders.model import ServedClaim
from umschlag.kernel.identifiers import Asin, Marketplace
from umschlag.kernel.measures import Dimensions

LAMP, VASE = Asin("B000000001"), Asin("B000000002")


def a_load(*cartons):
    """Return a pallet of cartons given as ASIN and units; where they stand decides nothing."""
    return PalletLoad(
        limits=DESTINATION_LIMITS[Marketplace.DE],
        cartons=tuple(
            PlacedCarton(
                carton=Carton(
                    asin=asin,
                    units=units,
                    dimensions=Dimensions(length_mm=300, width_mm=200, height_mm=100),
                    gross_weight_g=900,
                    is_computed=True,
                ),
                x_mm=0,
                y_mm=0,
                z_mm=0,
                length_mm=300,
                width_mm=200,
                tier=1,
            )
            for asin, units in cartons
        ),
    )


def a_line(asin=LAMP, **values):
    return AllocationLine(
        **{
            "store_id": 1,
            "asin": asin,
            "units": 10,
            "unit_cost_minor": 1_000,
            "unit_shipping_minor": 25,
            **values,
        }
    )


def test_a_pallet_is_held_for_by_what_stands_on_it():
    loads = [a_load((LAMP, 4), (LAMP, 2)), a_load((LAMP, 4), (VASE, 5))]
    vases = a_line(VASE, units=5, unit_cost_minor=300, unit_shipping_minor=10)

    shares = pallet_shares([a_line(), vases], {}, loads)

    assert [share.held_minor for share in shares] == [6 * 1_025, 4 * 1_025 + 5 * 310]


def test_preordered_units_stand_on_the_first_pallets_and_cost_what_is_due():
    loads = [a_load((LAMP, 6)), a_load((LAMP, 4))]
    line = a_line(preorder_units=7, preorder_due_minor=100 + 2_000)
    served = [
        ServedClaim(preorder_id=1, units=3, due_minor=100),
        ServedClaim(preorder_id=2, units=4, due_minor=2_000),
    ]

    first, second = pallet_shares([line], {LAMP: served}, loads)

    assert first.served == (served[0], ServedClaim(preorder_id=2, units=3, due_minor=1_500))
    assert second.served == (ServedClaim(preorder_id=2, units=1, due_minor=500),)
    assert first.held_minor == 1_600 + 6 * 25
    assert second.held_minor == 500 + 3 * 1_000 + 4 * 25


@st.composite
def carts(draw):
    """Return lines, the claims they serve, and pallets that carry just their units."""
    lines, served, loads = [], {}, [[] for _ in range(draw(st.integers(1, 4)))]
    for asin in draw(st.lists(st.sampled_from([LAMP, VASE]), min_size=1, unique=True)):
        claims = [
            ServedClaim(
                preorder_id=number,
                units=draw(st.integers(1, 9)),
                due_minor=draw(st.integers(0, 9_999)),
            )
            for number in range(draw(st.integers(0, 3)))
        ]
        claimed = sum(claim.units for claim in claims)
        units = claimed + draw(st.integers(0 if claimed else 1, 9))
        served[asin] = claims
        lines.append(
            a_line(
                asin,
                units=units,
                unit_cost_minor=draw(st.integers(0, 9_999)),
                unit_shipping_minor=draw(st.integers(0, 99)),
                preorder_units=claimed,
                preorder_due_minor=sum(claim.due_minor for claim in claims),
            )
        )
        for _ in range(units):
            loads[draw(st.integers(0, len(loads) - 1))].append((asin, 1))
    return lines, served, [a_load(*cartons) for cartons in loads]


@given(carts())
def test_the_shares_are_all_of_the_cart_to_the_last_cent_and_unit(cart):
    lines, served, loads = cart

    shares = pallet_shares(lines, served, loads)

    assert sum(share.held_minor for share in shares) == sum(line.total_minor for line in lines)
    assert all(share.held_minor >= 0 for share in shares)
    given_units, given_due = Counter(), Counter()
    for share in shares:
        for claim in share.served:
            assert claim.units > 0
            assert claim.due_minor >= 0
            given_units[claim.preorder_id] += claim.units
            given_due[claim.preorder_id] += claim.due_minor
    wanted_units, wanted_due = Counter(), Counter()
    for claims in served.values():
        for claim in claims:
            wanted_units[claim.preorder_id] += claim.units
            wanted_due[claim.preorder_id] += claim.due_minor
    assert given_units == wanted_units
    assert given_due == wanted_due
