"""A small shop and agency in the records, for tests of pages, lists and the API."""

from datetime import UTC, date, datetime, timedelta

from django.contrib.auth.models import Permission, User

from builders.agency_records import a_purse
from umschlag.storage.records import models
from umschlag.storage.records.ledger import book
from umschlag.web.tokens import checksum_of, new_token

TODAY = date(2026, 9, 2)
NOW = datetime(2026, 9, 2, 0, 14, tzinfo=UTC)
PASSWORD = "correct horse battery"


def a_superuser(name="admin"):
    return User.objects.create_superuser(name, password=PASSWORD)


def a_user(name="anna", *, is_staff=True, permissions=()):
    user = User.objects.create_user(name, password=PASSWORD, is_staff=is_staff)
    codes = [permission.split(".")[-1] for permission in permissions]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    return user


def a_token(user, **values):
    token = new_token()
    models.ApiToken.objects.create(
        **{
            "name": "warehouse script",
            "user": user,
            "token_sha256": checksum_of(token),
            "prefix": token[:8],
            "created_at": NOW,
        }
        | values
    )
    return token


def a_client(external_id="C-1", **values):
    client = models.Client.objects.create(
        external_id=external_id,
        **{"name": "Nordlicht GmbH", "currency": "EUR", "balance_minor": 500_000} | values,
    )
    if client.balance_minor:
        told = client.balance_minor
        book([a_purse(client).told_by_panel(told)], booked_at=NOW)
    return client


def a_store(client, external_id="S-1", **values):
    return models.Store.objects.create(
        client=client,
        external_id=external_id,
        **{"name": "Nordlicht DE", "marketplace": "Amazon.de"} | values,
    )


def an_asin(asin="B000000001", **values):
    return models.CatalogAsin.objects.create(
        asin=asin,
        **{
            "title": "Desk lamp, white",
            "brand": "Lumo",
            "weight_g": 900,
            "length_mm": 300,
            "width_mm": 200,
            "height_mm": 150,
            "unit_cost_minor": 12_50,
            "currency": "EUR",
            "bought_units": 240,
            "remaining_units": 240,
            "case_pack_units": 6,
            "added_date": TODAY - timedelta(days=40),
            "shipping_price_minor_min": 30,
            "shipping_price_minor_max": 90,
        }
        | values,
    )


def an_answer(store, asin, answer="Yes"):
    return models.UngatingStatus.objects.create(
        store=store, asin=asin, answer=answer, source="software", checked_at=NOW
    )


def a_preorder(client, asin, external_id="P-1", **values):
    return models.Preorder.objects.create(
        client=client,
        asin=asin,
        external_id=external_id,
        **{"ordered_units": 12, "amount_minor": 150_00, "currency": "EUR"} | values,
    )


def an_arrival(asin, *, units=12, **values):
    return models.PreorderArrival.objects.create(
        asin=asin,
        arrived_units=units,
        **{"reported_at": NOW, "reported_by": "anna"} | values,
    )


def a_transfer(own_store, mutual_store, asin, **values):
    transfer = models.MutualTransfer.objects.create(
        client=own_store.client,
        own_store=own_store,
        mutual_store=mutual_store,
        **{
            "cause": "balance_short",
            "missing_minor": 120_00,
            "client_alone_minor": 5_40,
            "mutual_alone_minor": 0,
            "currency": "EUR",
            "proposed_at": NOW,
            "proposed_by": "anna",
        }
        | values,
    )
    models.TransferLine.objects.create(
        transfer=transfer,
        client=own_store.client,
        asin=asin,
        units=12,
        unit_cost_minor=asin.unit_cost_minor,
        unit_shipping_minor=45,
    )
    return transfer


def a_rule(name="Lies for 90 days", **values):
    return models.MovementRule.objects.create(
        name=name, **{"verdict": "penner", "days_sold_threshold": 90} | values
    )


def an_article(sku="HX-1", *, movement=None, **values):
    article = models.Article.objects.create(
        sku=sku,
        **{
            "name": "Desk lamp, white",
            "manufacturer": "Lumo",
            "category": "Lighting",
            "on_hand_units": 120,
            "reserved_units": 4,
            "on_order_units": 0,
            "unit_cost_minor": 12_50,
            "sales_price_minor": 24_99,
            "currency": "EUR",
            "changed_date": TODAY,
        }
        | values,
    )
    if movement is not None:
        a_movement(article, **movement)
    return article


def a_movement(article, **values):
    return models.ArticleMovement.objects.create(
        article=article,
        **{
            "as_of_date": TODAY,
            "verdict": "penner",
            "rule_name": "Lies for 90 days",
            "reason_code": "idle",
            "reason_values": {
                "idle_days": 120,
                "threshold_days": 90,
                "last_sale_date": (TODAY - timedelta(days=120)).isoformat(),
                "on_hand_units": 120,
                "stock_value": {"minor": 1_500_00, "currency": "EUR"},
            },
            "speed_class": "dead",
            "abc_class": "C",
            "demand_pattern": "lumpy",
            "sold_units_90d": 0,
            "days_since_last_sale": 120,
            "last_sale_date": TODAY - timedelta(days=120),
            "stock_turnover_per_year": 0.4,
            "stock_value_minor": 1_500_00,
            "dead_value_minor": 1_500_00,
        }
        | values,
    )


def a_forecast(article, **values):
    return models.ArticleForecast.objects.create(
        article=article,
        **{
            "made_date": TODAY,
            "horizon_days": 28,
            "method": "days of cover",
            "mean_units": 14.3,
            "q50_units": 14,
            "q80_units": 17,
            "q95_units": 21,
        }
        | values,
    )


def a_proposal(article, **values):
    return models.Proposal.objects.create(
        article=article,
        **{
            "made_date": TODAY,
            "kind": "liquidate",
            "units": 120,
            "reason_code": "liquidate",
            "reason_values": {"idle_days": 120, "percent": 30, "units": 120},
        }
        | values,
    )


def a_run(*, store=None, state="proposed", **values):
    return models.AllocationRun.objects.create(
        **{"made_at": NOW, "method": "priority order", "only_store": store, "state": state} | values
    )


def a_cart(run, store, asin, *, units=12):
    cart = models.Cart.objects.create(
        run=run,
        client=store.client,
        store=store,
        units=units,
        goods_minor=units * asin.unit_cost_minor,
        shipping_minor=units * 45,
        currency="EUR",
    )
    models.CartLine.objects.create(
        cart=cart,
        asin=asin,
        units=units,
        unit_cost_minor=asin.unit_cost_minor,
        unit_shipping_minor=45,
        reason_code="by_priority",
        reason_values={
            "preorder_units": 0,
            "stock_age_days": 40,
            "client_priority": 2,
            "days_since_last_pallet": None,
            "limited_by": [],
        },
    )
    return cart


def a_pallet(cart, asin, code="P-2026-0001", **values):
    pallet = models.Pallet.objects.create(
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
            "load_height_mm": 544,
            "gross_weight_g": 36_000,
            "volume_mm3": 96_000_000,
            "cube_utilisation": 0.06,
            "carton_count": 2,
            "units": 12,
            "freight_minor": 95_00,
            "charged_shipping_minor": 5_40,
            "currency": "EUR",
            "built_at": NOW,
        }
        | values,
    )
    for place in range(2):
        models.PalletCarton.objects.create(
            pallet=pallet,
            asin=asin,
            units=6,
            tier=1,
            x_mm=400 * place,
            y_mm=0,
            z_mm=0,
            length_mm=400,
            width_mm=300,
            height_mm=400,
            gross_weight_g=5_500,
        )
    return pallet


def refusal_values(*asins, **values):
    return {
        "asins": list(asins),
        "asin_count": len(asins),
        "limit": None,
        "missing": None,
        "further_codes": [],
        **values,
    }


def a_notification(**values):
    return models.Notification.objects.create(
        **{
            "kind": "insufficient_balance",
            "title": "Nordlicht GmbH is short of 120.00 EUR",
            "body": "Ask for more balance.",
            "created_at": NOW,
        }
        | values
    )


def a_replenishment(article, **values):
    return models.Replenishment.objects.create(
        article=article,
        **{
            "made_date": TODAY,
            "available_units": 12,
            "on_order_units": 0,
            "lead_time_days": 9,
            "lead_time_source": "erp",
            "service_percent": 95,
            "service_basis": "class",
            "lead_time_mean_units": 8.4,
            "safety_stock_units": 3.6,
            "reorder_point_units": 12,
            "order_up_to_units": 20,
            "demand": [[7, 4.0, 6.0, 9.0], [90, 60.0, 80.0, 104.0]],
        }
        | values,
    )


def a_place(article, name="Hauptlager", kind="warehouse"):
    return models.ArticlePlace.objects.create(article=article, kind=kind, name=name)


def a_change(article, *, days_ago=1, to="penner", **values):
    return models.MovementChange.objects.create(
        article=article,
        changed_date=TODAY - timedelta(days=days_ago),
        to_verdict=to,
        **{"from_verdict": "normal", "dead_value_minor": 1_500_00} | values,
    )


def an_outcome(proposal, **values):
    return models.ActOutcome.objects.create(
        proposal=proposal,
        **{"after_days": 28, "measured_date": TODAY, "sold_units": 4, "expected_units": 2.5}
        | values,
    )


def one_of_everything():
    """Fill every table with at least one record, so that every page has something to show."""
    client = a_client()
    store, other = a_store(client), a_store(client, "S-2", name="Nordlicht UK", status="Suspended")
    asin = an_asin()
    an_answer(store, asin)
    an_answer(other, asin, "No, Invoice Needed")
    models.ArrivalShare.objects.create(
        arrival=an_arrival(asin, state="confirmed", rule="oldest_first", decided_at=NOW),
        preorder=a_preorder(client, asin),
        waiting_units=12,
        units=6,
        due_minor=0,
        currency="EUR",
    )
    models.OwnershipEntry.objects.create(
        store=other,
        client=client,
        asin=asin,
        transfer=a_transfer(store, other, asin),
        units=12,
        goods_minor=150_00,
        shipping_minor=5_40,
        currency="EUR",
        booked_at=NOW,
    )
    article = an_article(movement={})
    a_rule()
    a_forecast(article)
    an_outcome(a_proposal(article))
    a_replenishment(article)
    a_place(article)
    a_change(article)
    models.ArticleSuccession.objects.create(
        predecessor=an_article("HX-OLD"),
        successor=article,
        from_date=TODAY,
        told_by="anna",
        told_at=NOW,
    )
    run = a_run(store=store)
    pallet = a_pallet(a_cart(run, store, asin), asin)
    models.RunRefusal.objects.create(
        run=run,
        client=client,
        store=store,
        asin=asin,
        reason_code="gated",
        reason_values=refusal_values(asin.asin),
    )
    a_notification(client=client)
    _records_of_the_system()
    return {
        "client": client,
        "store": store,
        "asin": asin,
        "article": article,
        "run": run,
        "pallet": pallet,
    }


def _records_of_the_system():
    models.ExchangeRate.objects.create(
        rate_date=TODAY, base="EUR", currency="USD", rate="1.05", source="ECB"
    )
    models.SnapshotRun.objects.create(
        business_date=TODAY, origin="captured", status="complete", started_at=NOW, finished_at=NOW
    )
    models.SyncRun.objects.create(source="panel", status="complete", started_at=NOW)
    file = models.LakeFile.objects.create(
        dataset="a_dataset",
        unit="2026-09",
        version=1,
        path="a/1.parquet",
        row_count=1,
        byte_count=1,
        sha256="0" * 64,
        published_at=NOW,
    )
    models.LakeDay.objects.create(
        dataset="a_dataset",
        business_date=TODAY,
        version=1,
        row_count=1,
        file=file,
        published_at=NOW,
    )
    run = models.WriteBackRun.objects.create(
        kind="stock", status="complete", started_at=NOW, asker="anna", row_count=1
    )
    models.WriteBackLine.objects.create(run=run, row=2, sku="HX-1", before=12, asked=10)
    models.Backup.objects.create(path="backups/1.tar", made_at=NOW, byte_count=10, sha256="1" * 64)
    models.PlentymarketsCredential.objects.create(
        name="Shop", base_url="https://shop.example", username="api", password="s3cret-pass"
    )
