"""What ordering goes by beside demand: lead times, and what a unit earns and costs."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from umschlag.intelligence.forecasting.lead_times import (
    LeadTimes,
    OnOrderRun,
    SeenOrder,
    erp_lead_times,
    measured_lead_times,
    seen_orders,
)
from umschlag.intelligence.forecasting.ordering import OrderBasis
from umschlag.intelligence.forecasting.service_level import UnitMoney
from umschlag.intelligence.movement.model import ArticleFacts, Classification, Receipt
from umschlag.kernel.identifiers import Sku
from umschlag.kernel.vat import net_minor
from umschlag.settings import Settings
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.questions import Question
from umschlag.storage.records.successions import known_successions
from umschlag.wiring.day_pictures import closes_of

ROOM = "umschlag.intelligence.forecasting"
LEAD_TIME_DAYS_BACK = 730
"""Suppliers change: what they took two years ago says nothing."""
FEES_DAYS = 90
"""Over so many days the fees of a unit are averaged."""


def read_order_basis(
    settings: Settings,
    lake: Lake,
    articles: Sequence[ArticleFacts],
    classifications: Sequence[Classification],
    *,
    as_of_date: date,
) -> OrderBasis:
    """Return each article's lead time, prices and class, in the articles' order."""
    lead_times = read_lead_times(settings, lake, articles, as_of_date=as_of_date)
    fees = _unit_fees(lake, as_of_date)
    return OrderBasis(
        lead_times=[
            lead_times.of(supplier=one.supplier, erp_days=one.lead_time_days) for one in articles
        ],
        units=[
            UnitMoney(
                net_price_minor=None
                if one.sales_price_minor is None
                else net_minor(one.sales_price_minor, vat_percent=settings.sales_vat_percent),
                cost_minor=one.unit_cost_minor,
                fees_minor=fees.get((one.sku, one.currency)),
            )
            for one in articles
        ],
        abc_classes=[one.abc_class.value for one in classifications],
        successions=known_successions(),
    )


def read_lead_times(
    settings: Settings, lake: Lake, articles: Sequence[ArticleFacts], *, as_of_date: date
) -> LeadTimes:
    """Return what is known of lead times: measured by supplier, told by the ERP, the setting."""
    return LeadTimes(
        measured=measured_lead_times(_orders_by_supplier(settings, lake, as_of_date)),
        told=erp_lead_times((one.supplier, one.lead_time_days) for one in articles),
        default_days=settings.lead_time_days_default,
    )


def _orders_by_supplier(
    settings: Settings, lake: Lake, as_of_date: date
) -> dict[str, list[SeenOrder]]:
    until = as_of_date + timedelta(days=1)
    since = as_of_date - timedelta(days=LEAD_TIME_DAYS_BACK)
    told = lake.ask(Question.load(ROOM, "on_order_runs"), since=since, until=until)
    runs, suppliers = _runs(settings, told, until)
    if not runs:
        return {}
    receipts: dict[str, list[Receipt]] = defaultdict(list)
    came = lake.ask(
        Question.load("umschlag.intelligence.movement", "receipts_until"), as_of=as_of_date
    )
    for sku, day, units in zip(*(came[name].to_pylist() for name in _RECEIPT), strict=True):
        if sku in runs and day >= since:
            receipts[sku].append(Receipt(business_date=day, units=units))
    orders: dict[str, list[SeenOrder]] = defaultdict(list)
    for sku, own in runs.items():
        orders[suppliers[sku]].extend(seen_orders(own, receipts[sku]))
    return orders


_RECEIPT = ("sku", "business_date", "units")


def _runs(
    settings: Settings, told: pa.Table, until: date
) -> tuple[dict[str, list[OnOrderRun]], dict[str, str]]:
    """Return each SKU's runs of equal units on order, and its newest supplier.

    A picture of the night shows what the day before has left: taken for its own day's close, what
    is received on that day would seem to have been ordered on it as well. Spans end with their
    month: those that only go on are put together before they become objects.
    """
    runs: dict[str, list[OnOrderRun]] = {}
    suppliers: dict[str, str] = {}
    if not told.num_rows:
        return runs, suppliers
    skus = told["sku"].combine_chunks().dictionary_encode().indices.to_numpy()
    units = told["on_order_units"].to_numpy()
    begins = np.r_[True, (skus[1:] != skus[:-1]) | (units[1:] != units[:-1])]
    first = np.flatnonzero(begins)
    last = np.r_[first[1:] - 1, told.num_rows - 1]
    starts, ends = told.take(first), told.take(last)
    last_dates = [min(one, until) - timedelta(days=1) for one in ends["until_date"].to_pylist()]
    first_dates = starts["from_date"].to_pylist()
    closes = closes_of(settings, {*first_dates, *last_dates}, known_at=None)
    for sku, supplier, number, first_date, last_date in zip(
        starts["sku"].to_pylist(),
        ends["supplier"].to_pylist(),
        starts["on_order_units"].to_pylist(),
        first_dates,
        last_dates,
        strict=True,
    ):
        run = OnOrderRun(first_date=closes[first_date], last_date=closes[last_date], units=number)
        runs.setdefault(sku, []).append(run)
        suppliers[sku] = supplier or ""
    return runs, suppliers


def _unit_fees(lake: Lake, as_of_date: date) -> dict[tuple[Sku, str], int]:
    """Return the fees of a unit by SKU and currency, as positive amounts."""
    until = as_of_date + timedelta(days=1)
    rows = lake.ask(
        Question.load(ROOM, "unit_fees"), since=until - timedelta(days=FEES_DAYS), until=until
    ).to_pylist()
    return {
        (Sku(row["sku"]), row["currency"]): max(round(-row["fees_minor"] / row["units"]), 0)
        for row in rows
    }
