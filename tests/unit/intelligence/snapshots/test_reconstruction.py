from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.snapshots import (
    ABROAD,
    DAY,
    HOME,
    REPAIR,
    WAREHOUSES,
    a_part,
    a_position,
    a_snapshot,
    a_state,
    a_stock_movement,
)
from umschlag.intelligence.snapshots.model import Origin
from umschlag.intelligence.snapshots.reconstruction import Reconstruction
from umschlag.kernel.errors import BadInput
from umschlag.kernel.progress import untold

FIRST = DAY - timedelta(days=10)


def back(days):
    return DAY - timedelta(days=days)


def rebuilt(*movements, states=None, positions=None, first_date=FIRST):
    states = [a_state()] if states is None else states
    return Reconstruction(
        snapshot=a_snapshot(*states, positions=positions),
        movements=movements,
        warehouses=WAREHOUSES,
        first_date=first_date,
    )


def states_on(source, day):
    return {state.sku: state for state in source.read(day, untold).batch.articles}


def test_an_earlier_day_has_today_s_units_less_all_later_movements():
    source = rebuilt(
        a_stock_movement(-3, back(0)),
        a_stock_movement(10, back(2)),
        a_stock_movement(-1, back(5)),
    )

    on_hand = [states_on(source, back(days))["HX-1"].on_hand_units for days in (1, 2, 3, 5)]

    assert on_hand == [8, 8, -2, -2]
    assert source.origin is Origin.RECONSTRUCTED


def test_other_warehouses_are_kept_apart():
    source = rebuilt(
        a_stock_movement(2, back(0), warehouse_id=2),
        a_stock_movement(4, back(0), warehouse_id=3),
        states=[a_state(master={"created_date": FIRST})],
        positions=[
            a_position(on_hand_units=5),
            a_position(warehouse=ABROAD, on_hand_units=2),
            a_position(warehouse=REPAIR, on_hand_units=4),
        ],
    )

    batch = source.read(back(1), untold).batch

    assert batch.articles[0].on_hand_units == 5
    assert batch.articles[0].other_on_hand_units == 0
    assert [(p.warehouse, p.on_hand_units) for p in batch.positions] == [(HOME, 5)]


def test_the_cost_is_that_of_the_newest_receipt_up_to_the_day():
    source = rebuilt(
        a_stock_movement(5, back(6), cost=100),
        a_stock_movement(5, back(3), cost=150),
        a_stock_movement(9, back(0), cost=900),
    )

    costs = [states_on(source, back(days))["HX-1"].unit_cost_minor for days in (4, 3, 1)]

    assert costs == [100, 150, 150]


def test_before_any_receipt_today_s_cost_stands_in():
    known = rebuilt(a_stock_movement(-1, back(9)), a_stock_movement(5, back(3), cost=150))
    unknown = rebuilt(a_stock_movement(-1, back(9)), states=[a_state(unit_cost_minor=None)])

    assert states_on(known, back(5))["HX-1"].unit_cost_minor == 200
    assert states_on(unknown, back(5))["HX-1"].unit_cost_minor is None


def test_no_day_tells_a_cost_where_the_snapshot_tells_none():
    source = rebuilt(a_stock_movement(5, back(6), cost=100), states=[a_state(unit_cost_minor=None)])

    assert states_on(source, back(1))["HX-1"].unit_cost_minor is None


def test_what_movements_do_not_tell_is_not_made_up():
    source = rebuilt(a_stock_movement(1, back(5)))

    state = states_on(source, back(1))["HX-1"]

    assert state.sales_price_minor is None
    assert (state.reserved_units, state.on_order_units) == (0, 0)


@pytest.mark.parametrize(
    ("created", "moved", "start"),
    [
        (back(5), None, back(5)),
        (back(5), back(3), back(5)),
        (back(3), back(5), back(5)),
        (None, back(4), back(4)),
        (None, None, FIRST),
    ],
)
def test_an_article_is_there_from_its_creation_or_first_movement(created, moved, start):
    movements = [a_stock_movement(1, moved)] if moved else []
    source = rebuilt(*movements, states=[a_state(master={"created_date": created})])

    there = [day for days in range(1, 11) if "HX-1" in states_on(source, day := back(days))]

    assert min(there) == start


def test_movements_of_articles_that_are_gone_are_left_out():
    source = rebuilt(a_stock_movement(5, back(2), sku="GONE"))

    assert set(states_on(source, back(3))) == {"HX-1"}


@pytest.mark.parametrize("day", [DAY, DAY + timedelta(days=1), FIRST - timedelta(days=1)])
def test_a_day_outside_is_refused(day):
    with pytest.raises(BadInput, match="outside"):
        rebuilt().read(day, untold)


def test_a_first_date_after_the_snapshot_is_refused():
    with pytest.raises(BadInput):
        rebuilt(first_date=date(2030, 1, 1))


@given(
    st.lists(
        st.tuples(
            st.integers(0, 9), st.integers(-9, 9), st.sampled_from("AB"), st.sampled_from([1, 3])
        ),
        max_size=30,
    )
)
def test_each_day_s_movements_lead_from_one_day_to_the_next(moves):
    movements = [
        a_stock_movement(units, back(days), sku=sku, warehouse_id=warehouse)
        for days, units, sku, warehouse in moves
    ]
    source = rebuilt(
        *movements,
        states=[
            a_state("A", master={"created_date": FIRST}),
            a_state("B", master={"created_date": FIRST}),
        ],
    )

    for days in range(9, 1, -1):
        before, after = states_on(source, back(days)), states_on(source, back(days - 1))
        for sku in "AB":
            moved = sum(
                move.units
                for move in movements
                if move.sku == sku
                and move.warehouse_id == HOME.warehouse_id
                and move.business_date == back(days - 1)
            )
            assert after[sku].on_hand_units - before[sku].on_hand_units == moved


def test_a_bundle_is_put_together_as_today_from_when_it_was_there():
    young = a_state("SET", master={"is_bundle": True, "created_date": back(3)})
    parts = [a_part("SET", "HX-1", 2)]
    source = Reconstruction(
        snapshot=a_snapshot(young, a_state("HX-1"), positions=[], bundle_parts=parts),
        movements=[],
        warehouses=WAREHOUSES,
        first_date=FIRST,
    )

    told = [list(source.read(back(days), untold).batch.bundle_parts) for days in (1, 3, 4)]

    assert told == [parts, parts, []]
