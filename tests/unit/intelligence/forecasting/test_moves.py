from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from umschlag.intelligence.forecasting.moves import (
    StoreTerms,
    WantedMove,
    offer_alone,
    shared_offers,
)
from umschlag.kernel.identifiers import Asin, Sku
from umschlag.kernel.money import Money

LAMP, HOSE = Asin("B000000001"), Asin("B000000002")


def terms(store=1, client=1, price=100, spendable=100_000, asin_max=None, total_max=None):
    return StoreTerms(
        store_key=store,
        client_key=client,
        store_name=f"Store {store}",
        client_name=f"Client {client}",
        unit_price=Money(price, "EUR"),
        spendable_minor=spendable,
        asin_units_max=asin_max,
        total_units_max=total_max,
    )


def wanted(sku, units, *stores, asin=LAMP):
    return WantedMove(sku=Sku(sku), asin=asin, units=units, stores=stores)


def test_what_brings_most_money_comes_first_and_the_rest_is_told():
    offers = shared_offers(
        [
            wanted("HX-1", 50, terms(price=100, spendable=9_000)),
            wanted("HX-2", 50, terms(price=150, spendable=9_000), asin=HOSE),
        ]
    )

    assert (offers["HX-2"].units_max, offers["HX-2"].left_out) == (60, None)
    # 50 units at 1.50 take 75.00 of the client's 90.00: 15 more at 1.00 are left.
    assert offers["HX-1"].units_max == 15
    left = offers["HX-1"].left_out
    assert (left.units, left.limit, left.client_name) == (35, "client", "Client 1")


def test_two_articles_of_one_asin_share_the_stores_cap_on_it():
    offers = shared_offers(
        [wanted("HX-1", 30, terms(asin_max=40)), wanted("HX-2", 20, terms(asin_max=40))]
    )

    assert offers["HX-2"].units_max == 10
    assert (offers["HX-2"].left_out.units, offers["HX-2"].left_out.limit) == (10, "asin")


def test_articles_of_other_asins_share_the_stores_cap_in_all():
    offers = shared_offers(
        [
            wanted("HX-1", 30, terms(total_max=30)),
            wanted("HX-2", 20, terms(total_max=30), asin=HOSE),
        ]
    )

    assert offers["HX-2"].units_max == 0
    assert (offers["HX-2"].left_out.units, offers["HX-2"].left_out.limit) == (20, "store")


def test_where_one_store_is_full_another_takes_them():
    big, small = terms(1, asin_max=40), terms(2, client=2, asin_max=25)

    offers = shared_offers([wanted("HX-1", 40, big, small), wanted("HX-2", 30, big, small)])

    assert offers["HX-1"].store_name == "Store 1"
    assert (offers["HX-2"].store_name, offers["HX-2"].units_max) == ("Store 2", 25)
    assert (offers["HX-2"].left_out.units, offers["HX-2"].left_out.store_name) == (5, "Store 1")


def test_an_article_that_no_store_can_take_gets_no_offer():
    assert shared_offers([wanted("HX-1", 5), wanted("HX-2", 5, terms(spendable=-3))]) == {}


@st.composite
def many(draw):
    """Return the stores of two clients, and articles that some of them may sell."""
    caps = st.none() | st.integers(0, 60)
    money = {client: draw(st.integers(-500, 20_000)) for client in (1, 2)}
    stores = [
        {"store": store, "client": 1 + store % 2, "asin_max": draw(caps), "total_max": draw(caps)}
        for store in (1, 2, 3)
    ]
    prices = {asin: draw(st.integers(1, 900)) for asin in (LAMP, HOSE)}
    found = []
    for number in range(draw(st.integers(0, 8))):
        asin = draw(st.sampled_from([LAMP, HOSE]))
        own = [
            terms(**store, price=prices[asin], spendable=money[store["client"]])
            for store in stores
            if draw(st.booleans())
        ]
        found.append(wanted(f"HX-{number}", draw(st.integers(1, 80)), *own, asin=asin))
    return found


@given(many())
def test_together_no_limit_is_exceeded_and_what_is_left_out_adds_up(moves):
    offers = shared_offers(moves)

    of_asin, of_store, spent = Counter(), Counter(), Counter()
    for one in moves:
        alone = offer_alone(one.asin, one.stores)
        assert (one.sku in offers) == (alone is not None)
        if alone is None:
            continue
        offer = offers[one.sku]
        taken = min(one.units, offer.units_max)
        own = next(terms for terms in one.stores if terms.store_key == offer.store_key)
        of_asin[own, one.asin] += taken
        of_store[own.store_key] += taken
        spent[own.client_key] += taken * own.unit_price.minor
        left = offer.left_out.units if offer.left_out else 0
        assert taken + left == max(min(one.units, alone.units_max), taken)
    for one in moves:
        for own in one.stores:
            assert own.asin_units_max is None or of_asin[own, one.asin] <= own.asin_units_max
            assert own.total_units_max is None or of_store[own.store_key] <= own.total_units_max
            assert spent[own.client_key] <= max(own.spendable_minor, 0)


@given(many())
def test_the_article_with_most_money_gets_what_it_would_get_alone(moves):
    offers = shared_offers(moves)

    alone = {one.sku: offer_alone(one.asin, one.stores) for one in moves}
    money = {
        one.sku: min(one.units, offer.units_max) * offer.unit_price.minor
        for one in moves
        if (offer := alone[one.sku])
    }
    if money:
        first = min(money, key=lambda sku: (-money[sku], sku))
        assert offers[first] == alone[first]
