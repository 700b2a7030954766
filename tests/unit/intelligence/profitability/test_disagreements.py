import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.profitability import facts_of, profit_facts
from umschlag.intelligence.profitability.contribution import profit_report
from umschlag.intelligence.profitability.disagreements import disagreements
from umschlag.intelligence.profitability.model import Contradiction, LeftOut
from umschlag.kernel.money import Money


def found_in(**values):
    return disagreements(facts_of(**values), currency="EUR")


def kinds_of(**values):
    return [found.kind for found in found_in(**values)]


def test_agreeing_systems_have_no_contradiction():
    assert kinds_of() == []


def test_a_unit_cost_that_differs_by_more_than_a_twentieth_is_told():
    assert kinds_of(units=10, cost_of_goods_minor=-4_200, net_profit_minor=1_800) == []

    (found,) = found_in(units=10, cost_of_goods_minor=-4_300, net_profit_minor=1_700)
    assert found.kind is Contradiction.UNIT_COST
    assert found.stake == Money(300, "EUR")


def test_goods_without_cost_make_sellerboards_profit_too_high():
    (found,) = found_in(cost_of_goods_minor=0, net_profit_minor=6_000)

    assert found.kind is Contradiction.COST_MISSING
    assert (found.ours, found.theirs) == (Money(400, "EUR"), Money(0, "EUR"))
    assert found.stake == Money(4_000, "EUR")


def test_an_unknown_erp_cost_contradicts_nothing():
    assert kinds_of(erp_unit_cost_minor=None, cost_of_goods_minor=0, net_profit_minor=6_000) == []


def test_units_may_differ_at_the_edges_of_days_and_no_more():
    assert kinds_of(units=10, erp_sold_units=13) == []

    (found,) = found_in(units=10, erp_sold_units=14)
    assert found.kind is Contradiction.UNITS_SOLD
    assert found.stake == Money(4_000, "EUR")


def in_pounds(units):
    """Return rows without a rate, of which 500.00 are told."""
    amount = Money(50_000, "GBP")
    return [LeftOut(currency="GBP", row_count=1, units=units, sales=amount, contribution=amount)]


def test_units_need_no_rate_to_be_counted():
    assert kinds_of(units=10, left_out=in_pounds(50), erp_sold_units=60) == []

    (found,) = found_in(units=10, left_out=in_pounds(50), erp_sold_units=100)
    assert (found.ours, found.theirs) == (100, 60)
    # At the mean price of the ten that a rate converts.
    assert found.stake == Money(40 * 1_000, "EUR")


def test_the_units_of_an_unknown_article_are_told_whatever_its_currencies():
    (found,) = found_in(units=10, left_out=in_pounds(50), is_known_to_erp=False, erp_sold_units=0)

    assert (found.kind, found.theirs) == (Contradiction.UNKNOWN_ARTICLE, 60)


def test_orders_that_were_never_imported_contradict_nothing():
    assert kinds_of(units=10, erp_sold_units=0) == []


def test_an_article_that_the_erp_does_not_know_is_told():
    assert kinds_of(is_known_to_erp=False) == [Contradiction.UNKNOWN_ARTICLE]


def test_before_the_first_snapshot_no_article_is_unknown():
    assert kinds_of(is_known_to_erp=None) == []


def test_parts_that_do_not_add_up_are_told():
    (found,) = found_in(net_profit_minor=5_000)

    assert (found.kind, found.stake) == (Contradiction.SUM, Money(3_000, "EUR"))


def test_what_we_ship_from_empty_shelves_is_told_and_what_amazon_ships_is_not():
    (found,) = found_in(unstocked_units=3, unstocked_sales_minor=3_000)

    assert (found.kind, found.ours, found.theirs) == (Contradiction.WITHOUT_STOCK, 0, 3)
    assert found.stake == Money(3_000, "EUR")
    assert kinds_of(amazon_units_without_ours=3) == []


def test_a_price_that_does_not_bring_back_cost_and_fees_is_told():
    # A unit brings 8.50 net; it costs 4.00, and 5.00 of fees are on it.
    (found,) = found_in(fees_minor=-5_000, net_profit_minor=-1_000)

    assert found.kind is Contradiction.BELOW_COST
    assert (found.ours, found.theirs) == (Money(900, "EUR"), Money(850, "EUR"))
    assert found.stake == Money(500, "EUR")


def test_sellerboards_cost_counts_where_the_erp_has_none():
    values = {"fees_minor": -5_000, "net_profit_minor": -1_000, "erp_unit_cost_minor": None}

    assert kinds_of(**values) == [Contradiction.BELOW_COST]
    assert kinds_of(**values | {"cost_of_goods_minor": 0, "net_profit_minor": 3_000}) == []


def test_advertising_makes_a_loss_and_no_price_below_cost():
    assert kinds_of(ads_minor=-9_000, net_profit_minor=-6_500) == []


def test_a_sku_of_which_all_was_left_out_contradicts_nothing():
    assert kinds_of(**dict.fromkeys(("units", "sales_minor", "row_count"), 0)) != []
    amounts = ("sales", "ads", "fees", "cost_of_goods", "vat", "net_profit")
    nothing = dict.fromkeys((*(f"{name}_minor" for name in amounts), "units", "row_count"), 0)

    assert kinds_of(**nothing, is_known_to_erp=False, erp_sold_units=0) == []


def test_every_contradiction_says_what_sellerboard_told():
    found = found_in(is_known_to_erp=False, erp_sold_units=900, net_profit_minor=1)

    assert len(found) >= 3
    assert all(one.theirs is not None for one in found)


def test_the_most_money_at_stake_comes_first_and_the_unknown_last():
    report = profit_report(
        profit_facts(
            facts_of(sku="SMALL", is_known_to_erp=False),
            facts_of(sku="NONE", unstocked_units=2, unstocked_sales_minor=None),
            facts_of(sku="LARGE", net_profit_minor=90_000),
        )
    )

    assert [found.sku for found in report.disagreements] == ["LARGE", "SMALL", "NONE"]
    assert report.stake == Money(88_000 + 10_000, "EUR")


@given(units=st.integers(1, 1_000), fees=st.integers(-(10**7), 10**6), cost=st.integers(1, 10**6))
def test_what_stands_below_cost_is_worth_as_much_as_it_lacks(units, fees, cost):
    sales, vat = 10**6, -(10**5)
    found = [
        one
        for one in found_in(
            units=units,
            sales_minor=sales,
            vat_minor=vat,
            fees_minor=fees,
            erp_unit_cost_minor=cost,
            erp_sold_units=0,
        )
        if one.kind is Contradiction.BELOW_COST
    ]
    lacking = cost * units - fees - (sales + vat)

    assert bool(found) == (lacking > units)
    if found:
        assert found[0].stake.minor == pytest.approx(lacking, abs=1)
