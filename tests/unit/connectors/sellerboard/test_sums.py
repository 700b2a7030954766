from hypothesis import given
from hypothesis import strategies as st

from umschlag.connectors.sellerboard.columns import Part, plain
from umschlag.connectors.sellerboard.sums import Cell, summed

AMOUNTS = st.integers(-(10**7), 10**7)


def a_row(**minor):
    """Return a row of columns in minor units; an underscore stands for a space."""
    return {
        plain(name.replace("_", " ")): Cell(
            minor=value, count=value // 100 if value % 100 == 0 else None
        )
        for name, value in minor.items()
    }


def sum_of(**minor):
    (total,), notes = summed([a_row(**minor)])
    return total, notes


def test_sales_are_organic_and_advertised_and_no_part_of_them_again():
    total, _ = sum_of(SalesOrganic=100, SalesPPC=300, SalesSponsoredProducts=200)

    assert total.sales_minor == 400


def test_the_total_of_advertising_wins_over_its_parts():
    with_total, _ = sum_of(SponsoredProducts=-100, Google_ads=-50, Ads_spend=-160)
    without_total, _ = sum_of(SponsoredProducts=-100, Google_ads=-50)

    assert (with_total.ads_minor, without_total.ads_minor) == (-160, -150)


def test_units_are_counted_and_not_money():
    total, _ = sum_of(UnitsOrganic=200, UnitsPPC=300, Refunds=100)

    assert (total.units, total.refunds, total.added_minor) == (5, 1, 0)


def test_without_a_stated_profit_the_parts_are_it():
    total, notes = sum_of(SalesOrganic=1_000, AmazonFees=-300)

    assert (total.net_profit_minor, notes) == (700, [])


def test_what_came_back_counts_beside_refunds_only_where_the_profit_says_so():
    among, _ = sum_of(RefundCost=-800, Value_of_returned_items=300, NetProfit=-800)
    beside, _ = sum_of(RefundCost=-1_100, Value_of_returned_items=300, NetProfit=-800)

    assert (among.refund_cost_minor, beside.refund_cost_minor) == (-800, -800)


def test_an_unknown_column_is_decided_over_all_rows():
    rows = [
        a_row(SalesOrganic=1_000, Handling=-50, NetProfit=950),
        a_row(SalesOrganic=2_000, Handling=-70, NetProfit=1_930),
        a_row(SalesOrganic=3_000, NetProfit=3_000),
    ]

    sums, notes = summed(rows)

    assert [total.fees_minor for total in sums] == [-50, -70, 0]
    assert notes == ["the column 'handling' is new to us and was counted as a fee"]


def test_a_few_cents_of_rounding_are_no_disagreement():
    _, within = sum_of(SalesOrganic=1_000, NetProfit=990)
    _, beyond = sum_of(SalesOrganic=1_000, NetProfit=989)

    assert within == []
    assert len(beyond) == 1


@given(sales=AMOUNTS, fees=AMOUNTS, goods=AMOUNTS, vat=AMOUNTS, ads=AMOUNTS, refunds=AMOUNTS)
def test_every_amount_lands_in_exactly_one_part(sales, fees, goods, vat, ads, refunds):
    total, _ = sum_of(
        SalesOrganic=sales,
        AmazonFees=fees,
        Cost_of_Goods=goods,
        VAT=vat,
        Ads_spend=ads,
        RefundCost=refunds,
    )

    assert total.added_minor == sales + fees + goods + vat + ads + refunds
    assert total.by_part[Part.COST_OF_GOODS] == goods
