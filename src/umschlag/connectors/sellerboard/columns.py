"""Column names of Sellerboard's "Dashboard by product", and what each adds to.

Names are compared without case and spaces, and with look-alike Cyrillic letters read as Latin:
live files spell `SponsoredBrands` with a Cyrillic VE.
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

_LOOKALIKES = str.maketrans("АВЕКМНОРСТХавекмнорстх", "ABEKMHOPCTXabekmhopctx")
REQUIRED = ("date", "marketplace", "asin", "sku")


class Part(StrEnum):
    """The sums that a row is read into."""

    UNITS = "units"
    REFUNDS = "refunds"
    SALES = "sales"
    ADS = "ads"
    FEES = "fees"
    REFUND_COST = "refund_cost"
    COST_OF_GOODS = "cost_of_goods"
    VAT = "vat"


MONEY_PARTS = (
    Part.SALES,
    Part.ADS,
    Part.FEES,
    Part.REFUND_COST,
    Part.COST_OF_GOODS,
    Part.VAT,
)


def plain(name: str) -> str:
    """Return the header's name for comparison."""
    text = unicodedata.normalize("NFKC", name).translate(_LOOKALIKES)
    return re.sub(r"\s+", "", text).lower()


def _plain(names: str) -> frozenset[str]:
    return frozenset(plain(name) for name in names.split(","))


ADDS: dict[Part, frozenset[str]] = {
    Part.UNITS: _plain("UnitsOrganic, UnitsPPC"),
    Part.REFUNDS: _plain("Refunds"),
    Part.SALES: _plain("SalesOrganic, SalesPPC"),
    Part.VAT: _plain("VAT"),
    Part.FEES: _plain(
        "AmazonFees, PromoValue, GiftWrap, Shipping, Expenses, Commission, COMPENSATED_CLAWBACK, "
        "DigitalServicesFee, FBADisposalFee, FBAInboundConvenienceFee, "
        "FBAInboundTransportationFee, FBALongTermStorageFee, FBAPerUnitFulfillmentFee, "
        "FBARemovalFee, FBAStorageFee, FREE_REPLACEMENT_REFUND_ITEMS, INBOUND_CARRIER_DAMAGE, "
        "MISSING_FROM_INBOUND, MISSING_FROM_INBOUND_CLAWBACK, RE_EVALUATION, "
        "REVERSAL_REIMBURSEMENT, SalesTaxCollectionFee, STARStorageFee, Subscription, "
        "AmazonUpstreamProcessingFee, AmazonUpstreamStorageTransportationFee, WAREHOUSE_DAMAGE, "
        "WAREHOUSE_DAMAGE_EXCEPTION, WAREHOUSE_LOST, WAREHOUSE_LOST_MANUAL"
    ),
    Part.REFUND_COST: _plain("RefundCost"),
    Part.COST_OF_GOODS: _plain(
        "Cost of Goods, ProductCost Sales, ProductCost Non-Amazon, ProductCost MultichannelCosts, "
        "ProductCost MissingFromInbound, ProductCost CostOfMissingReturns"
    ),
}
"""Which columns each part is the sum of. Advertising is apart: it has a total."""
ADS_TOTAL = plain("Ads spend")
ADS_PARTS = _plain(
    "SponsoredProducts, SponsoredDisplay, SponsoredBrands, SponsoredBrandsVideo, Google ads, "
    "Facebook ads"
)
NET_PROFIT = plain("NetProfit")
UNCERTAIN_REFUND_PARTS = _plain(
    "RefundsCostsDamaged, Value of returned items, ProductCost Unsellable Refunds"
)
"""Among the refund cost in some layouts and beside it in others: the net profit decides."""
NOT_ADDED = _plain(
    "Date, Marketplace, ASIN, SKU, Name, SalesSponsoredProducts, SalesSponsoredDisplay, "
    "UnitsSponsoredProducts, UnitsSponsoredDisplay, EstimatedPayout, GrossProfit, Margin, "
    "Real ACOS, Sessions, Unit Session Percentage, Sellable Returns %, ROI, Fulfillment Channel, "
    "Orders"
)
"""Parts of other columns, totals, ratios, and text."""


def part_of(name: str) -> Part | None:
    """Return the part that the plain name certainly adds to, where there is one.

    Refund parts of the itemised layout are known by their beginning: which of them occur depends
    on what happened.
    """
    for part, names in ADDS.items():
        if name in names:
            return part
    if name.startswith("refund") and name not in UNCERTAIN_REFUND_PARTS:
        return Part.REFUND_COST
    return Part.FEES if name.startswith("fba") else None


def is_uncertain(name: str) -> bool:
    """Tell whether only the net profit can say if the column is part of it."""
    known = name in NOT_ADDED or name in ADS_PARTS or name in (ADS_TOTAL, NET_PROFIT)
    return not known and part_of(name) is None


def uncertain_part(name: str) -> Part:
    """Return the part that an uncertain column adds to, once it is known to add."""
    return Part.REFUND_COST if name in UNCERTAIN_REFUND_PARTS else Part.FEES


def repeated(names: Sequence[str]) -> list[str]:
    """Return the names that occur twice, which would make two columns one."""
    seen: set[str] = set()
    twice = []
    for name in names:
        if name in seen:
            twice.append(name)
        seen.add(name)
    return twice
