"""Writes the report as Sellerboard does, in the dialect of an account."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from umschlag.simulators.sellerboard.figures import ProductDay

CYRILLIC_BRANDS = "Sponsored\u0412rands"
"""Live files write this B with a Cyrillic letter."""


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


_HEAD = _names(
    "Date, Marketplace, ASIN, SKU, Name, SalesOrganic, SalesPPC, SalesSponsoredProducts, "
    "SalesSponsoredDisplay, UnitsOrganic, UnitsPPC, UnitsSponsoredProducts, "
    "UnitsSponsoredDisplay, Refunds, PromoValue, SponsoredProducts, SponsoredDisplay, "
    f"{CYRILLIC_BRANDS}, SponsoredBrandsVideo, Google ads, Facebook ads, GiftWrap, Shipping"
)
_CONDENSED = _names(
    "RefundCost, Value of returned items, ProductCost Unsellable Refunds, AmazonFees, "
    "EstimatedPayout, Cost of Goods"
)
_ITEMISED = _names(
    "Refund Commission, Refund Principal, Refund RefundCommission, Value of returned items, "
    "ProductCost Unsellable Refunds, Commission, FBAPerUnitFulfillmentFee, EstimatedPayout, "
    "ProductCost Sales"
)
_TAIL = _names(
    "VAT, GrossProfit, NetProfit, Margin, Real ACOS, Sessions, Unit Session Percentage, "
    "Ads spend, Sellable Returns %, ROI, Fulfillment Channel"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How an account's files are written."""

    delimiter: str
    decimal: str
    date_format: str
    is_all_quoted: bool


DIALECTS = {
    "us": Dialect(delimiter=",", decimal=".", date_format="%m/%d/%Y", is_all_quoted=False),
    "uk": Dialect(delimiter=";", decimal=".", date_format="%d/%m/%Y", is_all_quoted=True),
    "de": Dialect(delimiter=";", decimal=",", date_format="%d.%m.%Y", is_all_quoted=True),
    "de-comma": Dialect(delimiter=",", decimal=",", date_format="%d.%m.%Y", is_all_quoted=True),
    "iso": Dialect(delimiter=",", decimal=".", date_format="%Y-%m-%d", is_all_quoted=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Everything that may differ between two files with the same figures."""

    dialect: str = "de"
    itemised: bool = False
    byte_order_mark: bool = True
    cyrillic_header: bool = True
    header_only: bool = False


def report_csv(rows: Sequence[ProductDay], form: Form) -> bytes:
    """Return the file."""
    dialect = DIALECTS[form.dialect]
    further = sorted({name for row in rows for name in row.further_fees})
    header = _header(form, further)
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=dialect.delimiter,
        quoting=csv.QUOTE_ALL if dialect.is_all_quoted else csv.QUOTE_MINIMAL,
        lineterminator="\r\n",
    )
    writer.writerow(
        name if form.cyrillic_header else name.replace("\u0412", "B") for name in header
    )
    if not form.header_only:
        writer.writerows(_cells(row, header, dialect) for row in rows)
    return text.getvalue().encode("utf-8-sig" if form.byte_order_mark else "utf-8")


def _header(form: Form, further: Iterable[str]) -> list[str]:
    if form.itemised:
        return [*_HEAD, *_ITEMISED[:7], *further, *_ITEMISED[7:], *_TAIL]
    # The condensed layout has fees in one sum; a fee kind of its own stands beside it.
    return [*_HEAD, *_CONDENSED[:4], *further, *_CONDENSED[4:], *_TAIL, "Expenses"]


def _cells(row: ProductDay, header: Sequence[str], dialect: Dialect) -> list[str]:
    amount = _amount_writer(dialect.decimal)
    money = _money(row)
    plain = _plain(row, dialect)
    return [
        plain[name] if name in plain else amount(money.get(name, row.further_fees.get(name, 0)))
        for name in header
    ]


def _amount_writer(decimal: str) -> Callable[[int], str]:
    def write(minor: int) -> str:
        if minor % 100 == 0:
            return str(minor // 100)
        sign, whole = "-" if minor < 0 else "", abs(minor)
        return f"{sign}{whole // 100}{decimal}{whole % 100:02d}"

    return write


def _money(row: ProductDay) -> dict[str, int]:
    return {
        "SalesOrganic": row.sales_organic,
        "SalesPPC": row.sales_ppc,
        "SalesSponsoredProducts": row.sales_ppc,
        "PromoValue": row.promo,
        "SponsoredProducts": row.sponsored_products,
        "RefundCost": row.refund_cost,
        "Value of returned items": row.returned_value,
        "AmazonFees": row.commission + row.fulfilment,
        "Refund Commission": row.refund_commission,
        "Refund Principal": row.refund_principal,
        "Refund RefundCommission": row.refund_admin,
        "Commission": row.commission,
        "FBAPerUnitFulfillmentFee": row.fulfilment,
        "EstimatedPayout": row.payout,
        "Cost of Goods": row.cost_of_goods,
        "ProductCost Sales": row.cost_of_goods,
        "VAT": row.vat,
        "GrossProfit": row.net_profit,
        "NetProfit": row.net_profit,
        "Ads spend": row.sponsored_products,
    }


def _plain(row: ProductDay, dialect: Dialect) -> dict[str, str]:
    amount = _amount_writer(dialect.decimal)
    units = row.units_organic + row.units_ppc
    sessions = units * 9 + 4
    return {
        "Date": _day(row.business_date, dialect),
        "Marketplace": row.marketplace,
        "ASIN": row.asin,
        "SKU": row.sku,
        "Name": row.name,
        "UnitsOrganic": str(row.units_organic),
        "UnitsPPC": str(row.units_ppc),
        "UnitsSponsoredProducts": str(row.units_ppc),
        "UnitsSponsoredDisplay": "0",
        "Refunds": str(row.refunds),
        "Margin": amount(_percent(row.net_profit, row.sales)),
        "Real ACOS": amount(_percent(-row.sponsored_products, row.sales)),
        # An empty cell means unknown: Amazon has no sessions for a day with returns alone.
        "Sessions": str(sessions) if units else "",
        "Unit Session Percentage": amount(_percent(units, sessions)) if units else "",
        "Sellable Returns %": "-" if not row.refunds else amount(7000),
        "ROI": amount(_percent(row.net_profit, -row.cost_of_goods)),
        "Fulfillment Channel": "FBA",
    }


def _day(day: date, dialect: Dialect) -> str:
    text = day.strftime(dialect.date_format)
    # US accounts write 1/22/2026 and 01/22/2026; we write the shorter one.
    return text if dialect.date_format != "%m/%d/%Y" else f"{day.month}/{day.day}/{day.year}"


def _percent(part: int, whole: int) -> int:
    """Return hundredths of a percent, as `amount` writes them; nothing of nothing is nothing."""
    return round(part * 10_000 / whole) if whole else 0
