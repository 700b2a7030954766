"""The default merchant looks like one: shares that a purchaser would believe, on any day."""

from datetime import date, timedelta

import numpy as np
import pytest

from umschlag.simulators.demo.articles import DemandClass
from umschlag.simulators.demo.scale import DemoScale
from umschlag.simulators.demo.world import DemoWorld

DAYS, YEAR, QUARTER = 400, 365, 90
IDLE_DAYS = 90
WINTER, SUMMER = date(2026, 11, 21), date(2026, 6, 1)


class Ledger:
    """Simple figures of one merchant on the last day, article by article."""

    def __init__(self, today):
        """Live through the default world's days up to the date."""
        scale = DemoScale(first_date=today - timedelta(days=DAYS - 1), today=today)
        self.merchant = merchant = DemoWorld(scale).merchant
        self.there = merchant.articles.exists_on(DAYS - 1)
        self.units = np.maximum(merchant.on_hand[:, :, :2].sum(axis=2), 0)
        self.sold = merchant.units_sold.sum(axis=2) + merchant.units_sold_in_shop
        for bundle in np.flatnonzero(merchant.articles.is_bundle):
            np.add.at(
                self.sold.T, merchant.articles.components[bundle], self.sold[:, bundle].copy()
            )
        self.value = self.units * merchant.unit_cost_minor

    @property
    def rate(self):
        """Units sold per day on which there was stock, in the last quarter."""
        available = (self.units > 0) | (self.sold > 0)
        return self.sold[-QUARTER:].sum(axis=0) / np.maximum(available[-QUARTER:].sum(axis=0), 1)

    @property
    def turnover(self):
        """Cost of goods sold in the last year over the average stock value."""
        cost = (self.sold * self.merchant.unit_cost_minor)[-YEAR:].sum(axis=0)
        return cost / np.maximum(self.value[-YEAR:].mean(axis=0), 1e-9)

    @property
    def idle(self):
        """Which articles lay there for a quarter without a sale."""
        unsold = ~self.sold[-IDLE_DAYS:].any(axis=0)
        return unsold & (self.units[-IDLE_DAYS:] > 0).all(axis=0) & self.there

    @property
    def penner(self):
        """Which articles with stock lie idle or turn over less than once a year."""
        known = self.merchant.articles.appears_day < DAYS - IDLE_DAYS
        slow = (self.turnover < 1) & known & (self.units[-1] > 0)
        return (self.idle | slow) & self.there

    @property
    def renner(self):
        """Which articles turn over eight times a year and have stock for a month at most."""
        lasts_days = self.units[-1] / np.maximum(self.rate, 1e-9)
        stocked = self.units[-YEAR:].any(axis=0)
        return (self.turnover >= 8) & (lasts_days <= 30) & stocked & self.there

    @property
    def dead_units(self):
        """Units that lie idle, or that the next quarter will not sell."""
        left = np.maximum(self.units[-1] - np.ceil(self.rate * QUARTER), 0)
        return np.where(self.idle, self.units[-1], left) * self.there


@pytest.fixture(scope="module", params=[WINTER, SUMMER], ids=str)
def ledger(request):
    return Ledger(request.param)


def test_a_fifth_of_the_stock_value_is_dead(ledger):
    dead = (ledger.dead_units * ledger.merchant.unit_cost_minor[-1]).sum()

    assert 0.15 < dead / ledger.value[-1].sum() < 0.25


def test_a_sixth_of_the_articles_are_penner_and_a_tenth_or_less_renner(ledger):
    assert 0.15 < ledger.penner.sum() / ledger.there.sum() < 0.25
    assert 100 <= ledger.renner.sum() <= 250


def test_much_of_the_catalogue_is_listed_without_stock(ledger):
    assert 0.2 < (ledger.units[-1] == 0)[ledger.there].mean() < 0.4


def test_few_articles_bring_most_of_the_sales(ledger):
    sold = np.sort(ledger.sold.sum(axis=0))[::-1]

    assert sold[: len(sold) // 5].sum() > 0.6 * sold.sum()


def test_the_stock_value_has_no_trend(ledger):
    by_day = ledger.value.sum(axis=1)

    assert by_day.max() < 1.3 * by_day.min()
    assert 0.85 < by_day[-28:].mean() / by_day[:28].mean() < 1.15


def test_some_expensive_goods_were_overbought(ledger):
    value = ledger.value[-1] * ledger.penner

    assert (value > 30_000).sum() >= 8
    assert value.max() > 60_000


def test_seasonal_goods_are_left_after_their_season(ledger):
    seasonal = ledger.merchant.articles.demand_class == DemandClass.SEASONAL
    left = (ledger.dead_units * ledger.merchant.unit_cost_minor[-1])[seasonal]

    assert (left > 10_000).sum() >= 3


def test_fast_sellers_are_out_of_stock_now_and_then(ledger):
    fast = (ledger.merchant.articles.demand_class == DemandClass.FAST) & ledger.there
    out = (ledger.units[-1] == 0) & fast

    assert 1 <= out.sum() <= 0.1 * fast.sum()


def test_phased_out_articles_that_were_stocked_are_no_longer_active(ledger):
    articles = ledger.merchant.articles
    stocked = ledger.units.any(axis=0) & (articles.demand_class == DemandClass.PHASED_OUT)
    old = stocked & (articles.appears_day == 0)

    assert old.sum() > 100
    assert articles.is_inactive[old].all()
