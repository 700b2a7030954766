"""The history rebuilt over HTTP is the demo world's own past, unit for unit."""

from contextlib import contextmanager
from datetime import timedelta

import numpy as np
import pytest

from builders.world import TODAY, a_scale, simulators_with
from umschlag.kernel.progress import untold
from umschlag.simulators.demo.articles import NEVER
from umschlag.simulators.demo.identities import sku_of
from umschlag.simulators.demo.movements import Reason
from umschlag.simulators.demo.orders import Handling, LineType, OrderType
from umschlag.simulators.plentymarkets.knobs import Fault, FaultKind
from umschlag.storage.lake.questions import Question
from umschlag.wiring.history import backfill_history, import_orders, take_snapshot
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.django_db, pytest.mark.database]

DAYS, ARTICLES = 60, 80
SCALE = a_scale(days=DAYS, article_count=ARTICLES)
TOMORROW = a_scale(days=DAYS + 1, article_count=ARTICLES, today=TODAY + timedelta(days=1))
NUMBERS = {sku_of(article): article for article in range(ARTICLES)}


def nobody_watches(title):
    return untold


@contextmanager
def served(settings_in, *, scale=SCALE, **knobs):
    """Serve a world and give its merchant and the settings that point at it."""
    with simulators_with(scale=scale, **knobs) as running:
        port = int(running.url.rpartition(":")[2])
        yield running.world.merchant, settings_in(simulators_port=port, backfill_days=DAYS)


def asked(settings, sql):
    return open_lake(settings).ask(Question.parse(sql, name="truth")).to_pylist()


def by_day_and_article(rows, column, *, empty):
    """Return a column as day × article; what the lake has no row for is `empty`."""
    values = np.full((DAYS + 1, ARTICLES), empty)
    for row in rows:
        if row["sku"] in NUMBERS:
            day = (row["business_date"] - SCALE.first_date).days
            values[day, NUMBERS[row["sku"]]] = row[column]
    return values


def lasting(merchant):
    """Return the articles whose variation is the same all the time."""
    a = merchant.articles
    return (a.vanishes_day == NEVER) & (a.recreated_day > DAYS + 1)


def units_sold_net(merchant):
    """Return sales less returns and credit notes, day × article, bundles by their components."""
    order = merchant.lines.order
    counts = merchant.lines.line_type != LineType.BUNDLE
    counts &= merchant.orders.handling[order] != Handling.CANCELLED
    sign = np.where(merchant.orders.order_type[order] == OrderType.SALE, 1, -1)
    units = np.zeros((DAYS, ARTICLES), dtype=np.int64)
    place = merchant.orders.day[order][counts], merchant.lines.article[counts]
    np.add.at(units, place, (sign * merchant.lines.units)[counts])
    return units


def test_every_rebuilt_day_has_the_stock_that_was_there(settings_in):
    with served(settings_in) as (merchant, settings):
        take_snapshot(settings, progress_for=nobody_watches, business_date=TODAY)
        backfill_history(settings, progress_for=nobody_watches)
        rows = asked(
            settings,
            "select business_date, sku, on_hand_units, other_on_hand_units from article_days",
        )

    known = lasting(merchant) & ~merchant.articles.is_bundle
    there = np.stack([merchant.articles.exists_on(day) & known for day in range(DAYS)])
    on_hand = by_day_and_article(rows, "on_hand_units", empty=-99)[:DAYS]
    other = by_day_and_article(rows, "other_on_hand_units", empty=-99)[:DAYS]
    assert there.sum() > 50 * DAYS
    assert np.array_equal(on_hand[there], merchant.on_hand[:, :, :2].sum(axis=2)[there])
    assert np.array_equal(other[there], merchant.on_hand[:, :, 2][there])


def test_as_many_bundles_can_be_sold_as_the_components_there_allow(settings_in):
    bundles = Question.load("umschlag.intelligence.snapshots", "bundles")
    days = [TODAY - timedelta(days=age) for age in (0, 7, 40)]

    with served(settings_in, is_stocking_bundles=True) as (merchant, settings):
        take_snapshot(settings, progress_for=nobody_watches, business_date=TODAY)
        backfill_history(settings, progress_for=nobody_watches)
        lake = open_lake(settings)
        told = {day: lake.ask(bundles, as_of=day).to_pylist() for day in days}

    for day in days:
        number = (day - SCALE.first_date).days
        net = merchant.on_hand[number, :, :2].sum(axis=1)
        if day == TODAY:
            # What was reserved on an earlier day is in no movement.
            net = net - merchant.reserved[number, :, :2].sum(axis=1)
        there = np.flatnonzero(merchant.articles.is_bundle & merchant.articles.exists_on(number))
        assert {NUMBERS[row["sku"]]: row["sellable_units"] for row in told[day]} == {
            int(bundle): max(0, int(net[merchant.articles.components[bundle]].min()))
            for bundle in there
        }
        assert len(told[day]) == 2 * len(there) > 0


def test_receipts_are_the_goods_that_came(settings_in):
    with served(settings_in) as (merchant, settings):
        take_snapshot(settings, progress_for=nobody_watches, business_date=TODAY)
        backfill_history(settings, progress_for=nobody_watches)
        rows = asked(settings, "select sku, sum(units) as units from receipts group by sku")

    m = merchant.movements
    came = np.zeros(ARTICLES, dtype=np.int64)
    goods_in = np.isin(m.reason, (Reason.OPENING, Reason.RECEIPT))
    np.add.at(came, m.article[goods_in], m.units[goods_in])
    kept = {NUMBERS[row["sku"]]: row["units"] for row in rows}
    known = np.flatnonzero(lasting(merchant)).tolist()
    assert {article: kept.get(article, 0) for article in known} == {
        article: int(came[article]) for article in known
    }


def test_sales_are_the_units_sold_less_what_came_back(settings_in):
    with served(settings_in) as (merchant, settings):
        take_snapshot(settings, progress_for=nobody_watches, business_date=TODAY)
        import_orders(settings, progress_for=nobody_watches)
        rows = asked(
            settings,
            "select business_date, sku, sum(units) as units from sales group by business_date, sku",
        )

    sold = by_day_and_article(rows, "units", empty=0)[:DAYS]
    known = lasting(merchant)
    assert np.array_equal(sold[:, known], units_sold_net(merchant)[:, known])


def test_the_next_day_adds_a_day_and_leaves_the_past_alone(settings_in):
    days = "select business_date, sku, on_hand_units from article_days"
    sales = "select business_date, sku, sum(units) as units from sales group by business_date, sku"
    with served(settings_in) as (_, settings):
        take_snapshot(settings, progress_for=nobody_watches, business_date=TODAY)
        backfill_history(settings, progress_for=nobody_watches)
        import_orders(settings, progress_for=nobody_watches)
        stock_before, sales_before = asked(settings, days), asked(settings, sales)

    with served(settings_in, scale=TOMORROW) as (merchant, settings):
        take_snapshot(settings, progress_for=nobody_watches, business_date=TOMORROW.today)
        import_orders(settings, progress_for=nobody_watches)
        stock_after, sales_after = asked(settings, days), asked(settings, sales)

    def until_today(rows):
        return sorted((tuple(r.values()) for r in rows if r["business_date"] <= TODAY), key=repr)

    known = lasting(merchant) & merchant.articles.exists_on(DAYS) & ~merchant.articles.is_bundle
    newest = by_day_and_article(stock_after, "on_hand_units", empty=-99)[DAYS]
    assert until_today(stock_after) == until_today(stock_before)
    assert until_today(sales_after) == until_today(sales_before)
    assert np.array_equal(newest[known], merchant.on_hand[DAYS, :, :2].sum(axis=1)[known])
    assert len(sales_after) > len(sales_before)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.HTML, path="/rest/pim/variations", page=1),
        Fault(kind=FaultKind.EMPTY, path="/rest/stockmanagement/stock"),
        Fault(kind=FaultKind.TOKEN_EXPIRES, path="/rest/stockmanagement/stock"),
    ],
    ids=lambda fault: fault.kind,
)
def test_a_passing_fault_changes_nothing_in_the_snapshot(settings_in, fault):
    with served(settings_in, faults=(fault,)) as (merchant, settings):
        take_snapshot(settings, progress_for=nobody_watches, business_date=TODAY)
        rows = asked(settings, "select business_date, sku, on_hand_units from article_days")

    newest = by_day_and_article(rows, "on_hand_units", empty=-99)[DAYS - 1]
    known = merchant.articles.exists_on(DAYS - 1) & ~merchant.articles.is_bundle
    assert np.array_equal(newest[known], merchant.on_hand[-1, :, :2].sum(axis=1)[known])
