"""The buying sheet as its users keep it: in inches and pounds, with gaps and slips."""

from collections.abc import Sequence
from datetime import date

from umschlag.simulators.demo.agency import CURRENCY
from umschlag.simulators.demo.agency_facts import DemoAgency, DemoLot
from umschlag.simulators.demo.identities import asin_of

Cell = str | int | float | bool | date | None

TAB = "Buying"
HEADER: tuple[str, ...] = (
    "ASIN",
    "Product Title",
    "Brand",
    "Item Weight (lb)",
    "Package Dimensions (in)",
    "Quantity Purchased",
    "Unit Cost",
    "Currency",
    "Remaining Quantity",
    "Date Added",
    "Min Shipping Price",
    "Max Shipping Price",
    "Case Pack",
)
GRAMS_PER_POUND = 453.59237
GRAMS_PER_OUNCE = GRAMS_PER_POUND / 16
MILLIMETRES_PER_INCH = 25.4
_NEVER_SOLD = 1_000_000
"""ASINs from here on belong to no article of the merchant."""


def buying_sheet(agency: DemoAgency) -> list[list[Cell]]:
    """Return the sheet's rows, header first, every row as long as the header."""
    rows = [_row(lot) for lot in agency.lots]
    slips = _slips(agency.lots)
    # The slips stand among the good rows, as they would in a sheet that grew for years.
    for place, slip in enumerate(slips):
        rows.insert(min((place + 1) * 37, len(rows)), slip)
    return [list(HEADER), *rows]


def _row(lot: DemoLot) -> list[Cell]:
    article = lot.article
    weight: Cell = round(lot.weight_g / GRAMS_PER_POUND, 2)
    if article % 53 == 11:
        weight = f"{lot.weight_g / GRAMS_PER_OUNCE:.1f} oz"
    if article % 97 == 13:
        weight = None
    has_shipping_prices = article % 29 != 5
    return [
        lot.asin.lower() if article % 61 == 7 else lot.asin,
        lot.title,
        lot.brand,
        weight,
        None if article % 41 == 9 else _inches(lot.dimensions_mm, article),
        lot.bought_units,
        lot.unit_cost_minor / 100,
        CURRENCY,
        lot.remaining_units,
        lot.added_date,
        lot.shipping_price_minor_min / 100 if has_shipping_prices else None,
        lot.shipping_price_minor_max / 100 if has_shipping_prices else None,
        lot.case_pack_units if article % 5 < 3 else None,
    ]


def _inches(edges_mm: Sequence[int], article: int) -> str:
    cross = " x " if article % 3 else "×"
    return cross.join(
        f"{edge / MILLIMETRES_PER_INCH:.2f}".rstrip("0").rstrip(".") for edge in edges_mm
    )


def _slips(lots: Sequence[DemoLot]) -> list[list[Cell]]:
    if not lots:
        return []
    good = _row(lots[0])
    first, second, third = (str(asin_of(_NEVER_SOLD + place)) for place in range(3))
    book: list[Cell] = [
        *(306406152, "Field Guide to Shelving", "Regalverlag", 0.9, "9.5 x 6.5 x 1"),
        *(40, 11.2, CURRENCY, 24, lots[0].added_date, 0.1, 0.35, 12),
    ]
    return [
        # An ISBN-10 that the sheet took for a number, and so lost its leading zero.
        book,
        ["B0-NOT-YET", *good[1:]],
        [first, *good[1:5], 24, good[6], CURRENCY, -12, *good[9:]],
        [second, *good[1:6], "#N/A", *good[7:]],
        [third, *good[1:5], 12, good[6], CURRENCY, 30, *good[9:]],
        list(good),
    ]
