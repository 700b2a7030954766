"""A small agency, and rows as its outside systems tell them."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from umschlag.simulators.demo.scale import DemoScale

HEADER = [
    *("ASIN", "Product Title", "Brand", "Item Weight (lb)", "Package Dimensions (in)"),
    *("Quantity Purchased", "Unit Cost", "Currency", "Remaining Quantity", "Date Added"),
    *("Min Shipping Price", "Max Shipping Price", "Case Pack"),
]


@dataclass
class FewArticles:
    """What the agency knows of a merchant, without four hundred days of trade."""

    count: int
    days: int
    name: list = field(init=False)
    brand: list = field(init=False)

    def __post_init__(self):
        self.name = [f"Article {number}" for number in range(self.count)]
        self.brand = [f"Brand {number % 7}" for number in range(self.count)]
        self.weight_g = np.full(self.count, 454)
        self.dimensions_mm = np.tile(np.array([254, 203, 51]), (self.count, 1))
        self.unit_cost_minor = np.full((self.days, self.count), 1250)


@dataclass
class SmallWorld:
    scale: DemoScale
    merchant: FewArticles


def a_world(**sizes):
    sizes = {
        "first_date": date(2026, 1, 1),
        "today": date(2026, 3, 31),
        "article_count": 60,
        "client_count": 6,
        "store_count": 10,
        "sheet_asin_count": 50,
        **sizes,
    }
    scale = DemoScale(**sizes)
    return SmallWorld(scale, FewArticles(count=scale.article_count, days=scale.day_count))


def a_sheet_row(**cells):
    """Return a row under `HEADER`; cells by the header's words in lower case."""
    row = {
        "asin": "B0ABCDEFGH",
        "title": "Storage box",
        "brand": "Ferrano",
        "weight": 1.5,
        "dimensions": "12.5 x 8 x 4",
        "bought": 48,
        "cost": 12.5,
        "currency": "EUR",
        "remaining": 24,
        "added": 46_000,
        "shipping_min": 0.1,
        "shipping_max": 0.35,
        "case_pack": 12,
        **cells,
    }
    return list(row.values())


def a_sheet(*rows):
    return [list(HEADER), *rows]


def a_client_row(**fields):
    return {
        "id": 101,
        "name": "Alster Handel GmbH",
        "email": "alster@example.com",
        "balance": "1500.00",
        "currency": "EUR",
        "priority": "High",
        "last_pallet_date": None,
        "updated_at": "2026-03-01T06:00:00+00:00",
        **fields,
    }


def a_store_row(**fields):
    return {
        "id": 2001,
        "client_id": 101,
        "name": "Alster DE",
        "status": "Active",
        "marketplace": "Amazon.de",
        "kind": "own",
        "asin_units_max": None,
        "total_units_max": 600,
        "updated_at": "2026-03-01T06:00:00+00:00",
        **fields,
    }


def a_preorder_row(**fields):
    return {
        "id": 7001,
        "client_id": 101,
        "asin": "B0ABCDEFGH",
        "quantity": 24,
        "amount": "300.00",
        "remaining_due": "100.00",
        "currency": "EUR",
        "expected_arrival_date": "2026-04-02",
        "status": "waiting",
        "updated_at": "2026-03-01T06:00:00+00:00",
        **fields,
    }


def an_ungating_row(**fields):
    return {
        "id": 50001,
        "store_id": 2001,
        "asin": "B0ABCDEFGH",
        "answer": "Yes",
        "updated_at": "2026-03-01T06:00:00+00:00",
        **fields,
    }
