"""The demo world: nothing appears from nowhere, and tomorrow does not change yesterday."""

from dataclasses import fields, replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.world import TODAY, a_scale, a_world
from umschlag.simulators.demo.articles import NEVER, DemandClass
from umschlag.simulators.demo.movements import Reason
from umschlag.simulators.demo.orders import Handling, LineType, OrderType
from umschlag.simulators.demo.world import DemoWorld

SALES_WAREHOUSES = slice(0, 2)


@pytest.fixture(scope="module")
def year():
    """Return a merchant with 300 articles after 400 days."""
    return a_world(days=400, article_count=300).merchant


def movement_sums(merchant):
    """Return what all movements up to each day's close add up to, as `on_hand` is shaped."""
    moved = np.zeros_like(merchant.on_hand)
    m = merchant.movements
    np.add.at(moved, (m.day, m.article, m.warehouse), m.units)
    return moved.cumsum(axis=0)


def sale_lines(merchant):
    """Return the mask of lines that are sales which were not cancelled."""
    order = merchant.lines.order
    is_sale = merchant.orders.order_type[order] == OrderType.SALE
    return is_sale & (merchant.orders.handling[order] == Handling.NORMAL)


# ---- the past stands -----------------------------------------------------------------------


def test_the_same_scale_is_the_same_world():
    one, other = a_world(days=40).merchant, a_world(days=40).merchant

    assert np.array_equal(one.on_hand, other.on_hand)
    assert np.array_equal(one.lines.article, other.lines.article)
    assert one.name == other.name


def test_another_seed_is_another_world():
    one, other = a_world(days=40).merchant, a_world(days=40, seed=1).merchant

    assert not np.array_equal(one.on_hand, other.on_hand)


@settings(max_examples=12, deadline=None)
@given(
    days=st.integers(min_value=1, max_value=80),
    more=st.integers(min_value=1, max_value=15),
    seed=st.integers(min_value=0, max_value=2**31),
)
def test_a_longer_world_has_the_same_past(days, more, seed):
    first_date = TODAY - timedelta(days=100)
    short, long = (
        DemoWorld(
            replace(
                a_scale(seed=seed),
                first_date=first_date,
                today=first_date + timedelta(days=count - 1),
            )
        ).merchant
        for count in (days, days + more)
    )

    assert_same_past(short, long)


def assert_same_past(short, long):
    """Check every fact of the short world in the long one."""
    days = short.scale.day_count
    for name in (
        "unit_cost_minor",
        "price_minor",
        "units_sold",
        "units_returned",
        "on_hand",
        "reserved",
        "on_order",
    ):
        assert np.array_equal(getattr(short, name), getattr(long, name)[:days]), name
    for name in ("lines", "movements"):
        for column in fields(getattr(short, name)):
            before = getattr(getattr(short, name), column.name)
            after = getattr(getattr(long, name), column.name)
            assert np.array_equal(before, after[: len(before)]), f"{name}.{column.name}"
    count = len(short.created_unix)
    assert np.array_equal(short.created_unix, long.created_unix[:count])
    assert np.array_equal(short.orders.handling, long.orders.handling[:count])


# ---- nothing from nowhere ------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(
    days=st.integers(min_value=1, max_value=120),
    articles=st.integers(min_value=1, max_value=120),
    seed=st.integers(min_value=0, max_value=2**31),
)
def test_stock_on_hand_is_the_sum_of_its_movements(days, articles, seed):
    merchant = a_world(days=days, article_count=articles, seed=seed).merchant

    assert np.array_equal(movement_sums(merchant), merchant.on_hand)


@settings(max_examples=12, deadline=None)
@given(days=st.integers(min_value=1, max_value=120), seed=st.integers(min_value=0, max_value=2**31))
def test_only_oversold_articles_go_below_zero_and_by_two_at_most(days, seed):
    merchant = a_world(days=days, seed=seed).merchant
    net = (merchant.on_hand - merchant.reserved)[:, :, SALES_WAREHOUSES]

    assert (net[:, ~merchant.articles.oversells] >= 0).all()
    assert (net >= -2).all()
    assert (merchant.on_hand[:, :, 2] >= 0).all()


def test_some_articles_are_oversold_in_a_year(year):
    assert (year.on_hand[:, year.articles.oversells] < 0).any()


def test_every_variation_ends_with_its_own_stock(year):
    m = year.movements
    today = year.scale.day_count - 1
    present = year.articles.variation_id_on(today, m.article)
    former = m.variation_id != present

    sums = {}
    for number, units in zip(m.variation_id[former], m.units[former], strict=True):
        sums[number] = sums.get(number, 0) + units
    assert sums
    assert set(sums.values()) == {0}


def test_units_sold_are_what_the_order_lines_say(year):
    counted = np.zeros((year.scale.day_count, year.articles.count, 3), dtype=np.int64)
    lines = sale_lines(year) & (year.lines.line_type != LineType.COMPONENT)
    order = year.lines.order[lines]
    place = (year.orders.day[order], year.lines.article[lines], year.orders.channel[order])
    np.add.at(counted, place, year.lines.units[lines])

    assert np.array_equal(counted[:, :, :2], year.units_sold)
    assert np.array_equal(counted[:, :, 2], year.units_sold_in_shop)


def test_every_shipped_line_moved_exactly_once_and_no_other(year):
    shipped_by_now = year.orders.ships_day < year.scale.day_count
    expected = sale_lines(year) & (year.lines.line_type != LineType.BUNDLE)
    expected &= shipped_by_now[year.lines.order]
    sales = year.movements.reason == Reason.SALE
    moved = np.bincount(year.movements.line[sales], minlength=len(year.lines.order))

    assert np.array_equal(moved, expected.astype(np.int64))


def test_cancelled_orders_exist_and_move_nothing(year):
    caused = year.movements.line[year.movements.line >= 0]
    handling = year.orders.handling[year.lines.order[caused]]

    assert (year.orders.handling == Handling.CANCELLED).any()
    assert not (handling == Handling.CANCELLED).any()


def test_reserved_units_are_those_of_evening_orders(year):
    late = sale_lines(year) & (year.lines.line_type != LineType.BUNDLE)
    late &= year.orders.ships_day[year.lines.order] > year.orders.day[year.lines.order]
    by_day = np.bincount(
        year.orders.day[year.lines.order[late]],
        weights=year.lines.units[late],
        minlength=year.scale.day_count,
    )

    assert np.array_equal(year.reserved.sum(axis=(1, 2)), by_day.astype(np.int64))


def test_on_order_is_what_still_arrives(year):
    receipts = year.movements.reason == Reason.RECEIPT
    day = year.scale.day_count // 2
    later = receipts & (year.movements.day > day)
    arrived = np.bincount(
        year.movements.article[later],
        weights=year.movements.units[later],
        minlength=year.articles.count,
    )
    open_units = year.on_order[day].sum(axis=1)
    lasting = year.articles.vanishes_day == NEVER

    assert open_units.sum() > 0
    # More may be ordered later, and everything open at half-time is there half a year on.
    assert (arrived[lasting] >= open_units[lasting]).all()


# ---- returns -------------------------------------------------------------------------------


def test_what_comes_back_was_sold_before_in_the_order_it_names(year):
    returned = np.flatnonzero(year.orders.parent >= 0)
    sold = set(
        zip(
            year.lines.order.tolist(),
            year.lines.article.tolist(),
            year.lines.units.tolist(),
            strict=True,
        )
    )

    assert len(returned)
    for order in returned:
        parent, line = int(year.orders.parent[order]), int(year.orders.first_line[order])
        back = (parent, int(year.lines.article[line]), int(year.lines.units[line]))
        assert back in sold
        assert year.orders.day[parent] < year.orders.day[order]
        assert year.orders.order_type[parent] == OrderType.SALE


def test_returns_come_back_to_the_shelf_or_to_repair_and_credit_notes_move_nothing(year):
    back = year.movements.reason == Reason.RETURN
    order = year.lines.order[year.movements.line[back]]
    is_repair = year.movements.warehouse[back] == 2

    assert (year.orders.order_type[order] == OrderType.RETURN).all()
    assert np.array_equal(is_repair, year.orders.handling[order] == Handling.TO_REPAIR)
    assert is_repair.any()
    assert not is_repair.all()
    assert (year.orders.order_type == OrderType.CREDIT_NOTE).any()


def test_returned_units_are_counted_on_their_day(year):
    returned = np.isin(year.orders.order_type, (OrderType.RETURN, OrderType.CREDIT_NOTE))
    lines = returned[year.lines.order]
    amazon = year.orders.channel[year.lines.order] < 2

    assert year.units_returned.sum() == year.lines.units[lines & amazon].sum() > 0


# ---- lives of articles ---------------------------------------------------------------------


def test_vanished_articles_leave_neither_stock_nor_sales(year):
    gone = np.flatnonzero(year.articles.vanishes_day < year.scale.day_count)

    assert len(gone)
    for article in gone:
        from_then = slice(int(year.articles.vanishes_day[article]), None)
        assert not year.on_hand[from_then, article].any()
        assert not year.units_sold[from_then, article].any()
        assert not year.on_order[from_then, article].any()


def test_recreated_articles_carry_on_under_a_new_id(year):
    anew = np.flatnonzero(year.articles.recreated_day < year.scale.day_count)

    assert len(anew)
    for article in anew:
        day = int(year.articles.recreated_day[article])
        of_article = year.movements.article == article
        before = of_article & (year.movements.day < day)
        after = of_article & (year.movements.day > day)
        ids = set(year.movements.variation_id[before]), set(year.movements.variation_id[after])
        assert ids[0] <= {year.articles.first_variation_id[article]}
        assert not ids[0] & ids[1]


def test_new_articles_have_no_past(year):
    new = np.flatnonzero((year.articles.appears_day > 0) & (year.articles.appears_day < 400))

    assert len(new)
    for article in new:
        before = slice(0, int(year.articles.appears_day[article]))
        assert not year.on_hand[before, article].any()
        assert not year.units_sold[before, article].any()


def test_dying_articles_sold_well_then_stopped_and_left_stock(year):
    a = year.articles
    dying = np.flatnonzero((a.demand_class == DemandClass.DYING) & (a.stops_day < 300))

    assert len(dying)
    for article in dying:
        assert not year.units_sold[int(a.stops_day[article]) :, article].any()
    assert year.units_sold[:, dying].sum() > 0
    assert year.on_hand[-1, dying].sum() > 0


def test_articles_nobody_wants_have_stock_and_no_sale(year):
    unsold = year.articles.demand_class == DemandClass.UNSOLD

    assert not year.units_sold[:, unsold].any()
    assert year.on_hand[-1, unsold].sum() > 0


def test_bundles_sell_and_have_no_stock_of_their_own(year):
    bundles = year.articles.is_bundle

    assert year.units_sold[:, bundles].sum() > 0
    assert not year.on_hand[:, bundles].any()
    assert not np.isin(year.movements.article, np.flatnonzero(bundles)).any()


def test_a_sold_bundle_brings_the_lines_of_its_components(year):
    headers = np.flatnonzero(sale_lines(year) & (year.lines.line_type == LineType.BUNDLE))

    assert len(headers)
    for line in headers:
        same = np.flatnonzero(year.lines.order == year.lines.order[line])
        parts = year.lines.article[same[year.lines.line_type[same] == LineType.COMPONENT]]
        assert set(year.articles.components[year.lines.article[line]]) <= set(parts)


# ---- how it sells --------------------------------------------------------------------------


def test_stock_outs_happen_and_are_no_rule(year):
    a = year.articles
    sellers = (a.demand_class <= DemandClass.STEADY) & (a.appears_day == 0)
    sellers &= a.vanishes_day == NEVER
    out = year.on_hand[30:, sellers, 0] <= 0

    assert 0.01 < out.mean() < 0.2


def test_empty_shelves_sell_nothing(year):
    opening = year.on_hand[:-1, :, 0] - year.reserved[:-1, :, 0]
    m = year.movements
    gained = np.zeros_like(year.on_hand[:, :, 0])
    home = (m.warehouse == 0) & (m.units > 0)
    np.add.at(gained, (m.day[home], m.article[home]), m.units[home])
    single = ~year.articles.is_bundle & ~year.articles.oversells
    empty = (opening <= 0) & (gained[1:] == 0)

    sold_at_home = year.units_sold[1:, :, 0] + year.units_sold_in_shop[1:]
    assert empty[:, single].any()
    assert not sold_at_home[:, single][empty[:, single]].any()


def test_seasonal_articles_sell_in_their_season(year):
    a, dates = year.articles, range(year.scale.day_count)
    day_of_year = np.array([year.calendar.date_of(d).timetuple().tm_yday for d in dates])
    seasonal = np.flatnonzero((a.demand_class == DemandClass.SEASONAL) & (a.appears_day == 0))
    near = far = 0
    for article in seasonal:
        distance = np.abs((day_of_year - a.season_peak_day[article] + 182) % 365 - 182)
        near += year.units_sold[distance < 60, article].sum()
        far += year.units_sold[distance > 120, article].sum()

    assert near > 4 * far


def test_lumpy_articles_sell_rarely_and_many(year):
    lumpy = year.articles.demand_class == DemandClass.LUMPY
    sold = year.units_sold[:, lumpy, 0]

    assert (sold > 0).mean() < 0.05
    assert sold[sold > 0].mean() > 3


def test_fast_articles_sell_most(year):
    sold = year.units_sold.sum(axis=(0, 2))
    fast = year.articles.demand_class == DemandClass.FAST

    assert sold[fast].sum() > 0.3 * sold.sum()


def test_the_default_world_has_a_hundred_pages_of_orders():
    merchant = a_world(days=400, article_count=2_000).merchant

    assert 90 <= len(merchant.lines.order) / 400 <= 120
    assert 90 <= len(merchant.orders.day) / 250 <= 110
