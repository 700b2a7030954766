"""Records of an agency, for tests that touch the database."""

from datetime import UTC, date, datetime

from umschlag.storage.records.models import (
    BalanceEntry,
    BalanceEntryKind,
    CatalogAsin,
    Client,
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
    BalanceEntry.objects.create(
        client=client,
        kind=BalanceEntryKind.PANEL,
        amount_minor=balance_minor,
        currency=client.currency,
        booked_at=THEN,
    )
    return client


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
