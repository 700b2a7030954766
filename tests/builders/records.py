"""Records with defaults, for tests of what is drawn from them."""

from datetime import UTC, date, datetime

from umschlag.storage.records.models import (
    AllocationRun,
    Article,
    ArticleForecast,
    ArticleMovement,
    Cart,
    CatalogAsin,
    Client,
    Pallet,
    Proposal,
    SnapshotRun,
    Store,
    SyncRun,
)

TODAY = date(2026, 9, 2)
NOW = datetime(2026, 9, 2, 4, 10, 7, 123456, tzinfo=UTC)


def an_article(sku="HX-1", **values):
    return Article.objects.create(
        sku=sku,
        **{
            "name": "Desk lamp",
            "on_hand_units": 10,
            "reserved_units": 0,
            "unit_cost_minor": 250,
            "currency": "EUR",
            "changed_date": TODAY,
        }
        | values,
    )


def a_movement(article, **values):
    return ArticleMovement.objects.create(
        article=article,
        **{
            "as_of_date": TODAY,
            "verdict": "normal",
            "reason_code": "no_rule_never_sold",
            "speed_class": "steady",
            "abc_class": "C",
            "demand_pattern": "none",
        }
        | values,
    )


def a_forecast(article, **values):
    return ArticleForecast.objects.create(
        article=article,
        **{
            "made_date": TODAY,
            "horizon_days": 28,
            "method": "days of cover",
            "mean_units": 14.3,
            "q50_units": 14.0,
            "q80_units": 17.1,
            "q95_units": 21.0,
        }
        | values,
    )


def a_proposal(article, **values):
    return Proposal.objects.create(
        article=article,
        **{"made_date": TODAY, "kind": "reorder", "units": 20, "reason_code": "reorder"} | values,
    )


def a_snapshot_run(**values):
    return SnapshotRun.objects.create(
        **{
            "business_date": TODAY,
            "origin": "captured",
            "status": "complete",
            "started_at": NOW,
            "finished_at": NOW,
            "row_count": 2_000,
        }
        | values
    )


def a_sync_run(source="panel", **values):
    return SyncRun.objects.create(
        source=source,
        **{"status": "complete", "started_at": NOW, "finished_at": NOW} | values,
    )


def a_client(name="Nordlicht GmbH", **values):
    return Client.objects.create(
        name=name, **{"external_id": name, "currency": "EUR", "balance_minor": 100_000} | values
    )


def a_store(client, name="Nordlicht DE", **values):
    return Store.objects.create(
        client=client,
        name=name,
        **{"external_id": name, "marketplace": "Amazon.de"} | values,
    )


def an_asin(asin="B0ABCDEFGH", **values):
    return CatalogAsin.objects.create(
        asin=asin,
        **{
            "title": "Desk lamp",
            "unit_cost_minor": 500,
            "currency": "EUR",
            "bought_units": 100,
            "remaining_units": 40,
            "added_date": TODAY,
        }
        | values,
    )


def a_run(**values):
    return AllocationRun.objects.create(
        **{"made_at": NOW, "state": "proposed", "method": "priority loop"} | values
    )


def a_cart(run, store, **values):
    return Cart.objects.create(
        run=run,
        client=store.client,
        store=store,
        **{"units": 24, "goods_minor": 12_000, "shipping_minor": 900, "currency": "EUR"} | values,
    )


def a_pallet(cart, code="P-1", **values):
    return Pallet.objects.create(
        cart=cart,
        client=cart.client,
        store=cart.store,
        code=code,
        **{
            "destination": "Client Store",
            "pallet_type": "EUR",
            "base_length_mm": 1200,
            "base_width_mm": 800,
            "deck_height_mm": 144,
            "load_height_mm": 900,
            "gross_weight_g": 180_000,
            "volume_mm3": 500_000_000,
            "cube_utilisation": 0.62,
            "carton_count": 6,
            "units": 24,
            "freight_minor": 9_500,
            "charged_shipping_minor": 900,
            "currency": "EUR",
            "built_at": NOW,
        }
        | values,
    )
