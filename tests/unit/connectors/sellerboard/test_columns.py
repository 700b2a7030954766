import pytest

from umschlag.connectors.sellerboard.columns import (
    ADDS,
    ADS_PARTS,
    NOT_ADDED,
    UNCERTAIN_REFUND_PARTS,
    Part,
    is_uncertain,
    part_of,
    plain,
    repeated,
    uncertain_part,
)
from umschlag.simulators.sellerboard.writing import CYRILLIC_BRANDS

SEEN_IN_LIVE_FILES = (
    "Refund Commission",
    "Refund DigitalServicesFee",
    "Refund FBACustomerReturnPerUnitFee",
    "Refund GoodwillPrincipal",
    "Refund Principal",
    "Refund RestockingDeductionPrincipal",
    "Refund ShippingChargeback",
    "COMPENSATED_CLAWBACK",
    "DigitalServicesFee",
    "FBAInboundTransportationFee",
    "FREE_REPLACEMENT_REFUND_ITEMS",
    "INBOUND_CARRIER_DAMAGE",
    "MISSING_FROM_INBOUND",
    "RE_EVALUATION",
    "REVERSAL_REIMBURSEMENT",
    "STARStorageFee",
    "Subscription",
    "WAREHOUSE_LOST_MANUAL",
    "ProductCost Sales",
    "ProductCost Non-Amazon",
    "ProductCost CostOfMissingReturns",
    "PromoValue",
    "Google ads",
    "Sellable Returns %",
    "Unit Session Percentage",
)


@pytest.mark.parametrize("name", SEEN_IN_LIVE_FILES)
def test_columns_of_live_files_are_known(name):
    assert not is_uncertain(plain(name))


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("SalesOrganic", Part.SALES),
        ("UnitsPPC", Part.UNITS),
        ("Refunds", Part.REFUNDS),
        ("Refund Principal", Part.REFUND_COST),
        ("RefundCost", Part.REFUND_COST),
        ("AmazonFees", Part.FEES),
        ("FBA fee of the future", Part.FEES),
        ("Cost of Goods", Part.COST_OF_GOODS),
        ("VAT", Part.VAT),
        ("SalesSponsoredProducts", None),
        ("UnitsSponsoredDisplay", None),
        ("GrossProfit", None),
        ("Margin", None),
    ],
)
def test_a_column_adds_to_its_part_and_parts_of_others_add_to_nothing(name, part):
    assert part_of(plain(name)) is part


def test_the_cyrillic_spelling_is_advertising():
    assert CYRILLIC_BRANDS != "SponsoredBrands"
    assert plain(CYRILLIC_BRANDS) in ADS_PARTS


@pytest.mark.parametrize(
    "name", ["Days  of stock  left", "Days of\nstock left", "DAYS OF STOCK LEFT"]
)
def test_spaces_and_case_do_not_matter(name):
    assert plain(name) == "daysofstockleft"


def test_no_column_is_counted_twice():
    every = [*NOT_ADDED, *ADS_PARTS, *UNCERTAIN_REFUND_PARTS]
    every += [name for names in ADDS.values() for name in names]

    assert repeated(every) == []


def test_what_only_the_profit_can_tell_is_a_refund_or_a_fee():
    assert uncertain_part(plain("Value of returned items")) is Part.REFUND_COST
    assert uncertain_part(plain("Something new")) is Part.FEES
