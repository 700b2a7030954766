"""A shop whose history calls for every act, and the records that allocation has of it."""

from datetime import timedelta

import numpy as np

from builders import web as build
from builders.lake import DAY, a_sale, article_day, publish_kept, rows_of
from umschlag.storage.records import models
from umschlag.wiring.lake import open_lake

DAYS = 130
ASIN = "B000000077"
FAST = {
    "HX-101": ("Desk lamp, white, 40 cm", 3.1, "Lumo GmbH"),
    "HX-102": ("Garden hose, 20 m", 1.6, "Hydra Wassertechnik"),
    "HX-103": ("Yoga mat, blue", 0.9, "Hydra Wassertechnik"),
    "HX-104": ("Kettle, stainless steel", 4.2, "Lumo GmbH"),
}
"""Sell daily and are nearly out."""
IDLE, MOVED, PAIRED, OVERBOUGHT = "HX-201", "HX-202", "HX-203", "HX-204"


def ago(days):
    return DAY - timedelta(days=days)


def publish_shop(settings):
    """Publish stock and sales of four fast articles and four that do not sell, and classify it."""
    publish_kept(open_lake(settings), "a shop to act in", _history)
    for sku, values in {**_fast_values(), **_slow_values()}.items():
        known = ("name", "supplier", "category", "asin", "unit_cost_minor", "sales_price_minor")
        columns = {name: values.get(name) or "" for name in known[:4]}
        columns |= {name: values[name] for name in known[4:]}
        columns |= {
            "on_hand_units": values["on_hand_units"],
            "on_order_units": values.get("on_order_units", 0),
            "order_units_min": values.get("order_units_min"),
            "pack_units": values.get("pack_units"),
        }
        models.Article.objects.create(sku=sku, currency="EUR", reserved_units=0, **columns)


def _history():
    rng = np.random.default_rng(7)
    sales = []
    for age in range(DAYS):
        yield "article_days", ago(age).isoformat(), rows_of("article_days", *stock_of(age))
        for sku, (_name, rate, _supplier) in FAST.items():
            units = int(rng.poisson(rate))
            if units:
                sales.append(_sale(f"{sku}-{age}", ago(age), sku, units))
        if age % 9 == 0:
            # Whoever buys the kettle sometimes takes the tray with it.
            sales.append(_sale(f"HX-104-{age}", ago(age), PAIRED, 1, line="2"))
            sales.append(_sale(f"HX-104-{age}", ago(age), "HX-104", 1, line="3"))
        if age % 12 == 0:
            sales.append(_sale(f"over-{age}", ago(age), OVERBOUGHT, 1))
    sales.append(_sale("idle", ago(DAYS - 1), IDLE, 1))
    sales.append(_sale("moved", ago(DAYS - 1), MOVED, 1))
    for month in sorted({f"{row['business_date']:%Y-%m}" for row in sales}):
        own = [row for row in sales if f"{row['business_date']:%Y-%m}" == month]
        yield "sales", month, rows_of("sales", *own)


def an_ungated_store():
    """Let one client's store sell what lies idle, and have money for it."""
    client = build.a_client(name="Nordlicht GmbH", balance_minor=500_000)
    store = build.a_store(client, name="Nordlicht DE")
    asin = models.CatalogAsin.objects.create(
        asin=ASIN, title="Cable drum", unit_cost_minor=650, currency="EUR", added_date=DAY
    )
    models.UngatingStatus.objects.create(store=store, asin=asin, answer="Yes", checked_at=build.NOW)
    return store


def _fast_values():
    return {
        sku: {
            "name": name,
            "supplier": supplier,
            "category": "Home",
            "on_hand_units": 6,
            "unit_cost_minor": 700 + 150 * place,
            "sales_price_minor": 1_990 + 500 * place,
            "lead_time_days": 9,
            "order_units_min": 24,
            "pack_units": 12,
        }
        for place, (sku, (name, _rate, supplier)) in enumerate(FAST.items())
    }


def _slow_values():
    usual = {"category": "Home", "unit_cost_minor": 600, "sales_price_minor": 1_790}
    return {
        IDLE: {**usual, "name": "Cable tie, 500 pieces", "on_hand_units": 60},
        MOVED: {**usual, "name": "Cable drum, 10 m", "on_hand_units": 45, "asin": ASIN},
        PAIRED: {**usual, "name": "Tray, oak", "on_hand_units": 70},
        OVERBOUGHT: {
            **usual,
            "name": "Soup bowl, set of six",
            "on_hand_units": 90,
            "on_order_units": 36,
            "supplier": "Terra Keramik",
        },
    }


def stock_of(age):
    """Return the articles as they were so many days ago."""
    rows = []
    for sku, values in _fast_values().items():
        stock = values | {"on_hand_units": values["on_hand_units"] if age < 3 else 30}
        rows.append(article_day(sku, ago(age), **stock))
    rows += [article_day(sku, ago(age), **values) for sku, values in _slow_values().items()]
    return rows


def _sale(order_id, day, sku, units, line="1"):
    return a_sale(
        order_id,
        day,
        sku=sku,
        units=units,
        line_id=line,
        revenue_minor=1_990 * units,
        currency="EUR",
    )
