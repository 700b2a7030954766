"""Records of an agency, for tests that touch the database."""

from datetime import UTC, date, datetime

from umschlag.allocation.balances.bookings import Purse
from umschlag.storage.records.ledger import balances, book
from umschlag.storage.records.models import (
    CatalogAsin,
    Client,
    LedgerAccountKind,
    Preorder,
    PreorderStatus,
    Store,
    UngatingAnswer,
    UngatingStatus,
)

THEN = datetime(2026, 1, 5, 8, tzinfo=UTC)


def a_client_record(number=1, *, balance_minor=1_000_000, **values):
    """Create a client with a balance entry of the panel's for what it can spend."""
    client = Client.objects.create(
        **{
            "external_id": f"C-{number}",
            "name": f"Client {number}",
            "currency": "EUR",
            "balance_minor": balance_minor,
            **values,
        }
    )
    tell_balance(client, balance_minor)
    return client


def a_purse(client):
    return Purse(client_id=client.pk, currency=client.currency)


def tell_balance(client, balance_minor, *, booked_at=THEN):
    """Book what the panel now says the client's balance is."""
    told = -balances(LedgerAccountKind.PANEL, [client.pk]).get(client.pk, 0)
    if balance_minor != told:
        book([a_purse(client).told_by_panel(balance_minor - told)], booked_at=booked_at)
    type(client).objects.filter(pk=client.pk).update(balance_minor=balance_minor)
    client.balance_minor = balance_minor


def let_spend(client, spendable_minor, *, booked_at=THEN):
    """Book a correction after which the client can spend so much."""
    now = balances(LedgerAccountKind.SPENDABLE, [client.pk]).get(client.pk, 0)
    if spendable_minor != now:
        correction = a_purse(client).correct(spendable_minor - now, reason="a test's word")
        book([correction], booked_at=booked_at)


def a_store_record(client, number=1, **values):
    return Store.objects.create(
        **{
            "external_id": f"S-{number}",
            "client": client,
            "name": f"Store {number}",
            "marketplace": "Amazon.de",
            **values,
        }
    )


def an_asin_record(number=1, **values):
    return CatalogAsin.objects.create(
        **{
            "asin": f"B0{number:08d}",
            "weight_g": 500,
            "length_mm": 300,
            "width_mm": 200,
            "height_mm": 150,
            "unit_cost_minor": 1000,
            "currency": "EUR",
            "bought_units": 100,
            "remaining_units": 100,
            "added_date": date(2026, 1, 1),
            "shipping_price_minor_min": 10,
            "shipping_price_minor_max": 200,
            **values,
        }
    )


def ungate(store, *asins, answer=UngatingAnswer.YES):
    for asin in asins:
        UngatingStatus.objects.create(store=store, asin=asin, answer=answer, checked_at=THEN)


def a_preorder_record(client, asin, number=1, **values):
    return Preorder.objects.create(
        **{
            "external_id": f"P-{number}",
            "client": client,
            "asin": asin,
            "ordered_units": 10,
            "amount_minor": 10_000,
            "remaining_due_minor": 4_000,
            "currency": "EUR",
            "expected_arrival_date": date(2026, 1, 2),
            "status": PreorderStatus.ARRIVED,
            **values,
        }
    )
