"""The lists of both halves: read only, paged and filterable."""

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from umschlag.storage.records.articles import with_as_of_date
from umschlag.storage.records.models import (
    Article,
    ArticleForecast,
    CatalogAsin,
    Client,
    Pallet,
    Preorder,
    SnapshotRun,
    Store,
    SyncRun,
    UngatingStatus,
)
from umschlag.web.api import schemas
from umschlag.web.api.access import demand
from umschlag.web.api.paging import Asked, Day, Page, Text, narrowed, paged
from umschlag.web.api.problems import ERRORS
from umschlag.web.loose import Loose
from umschlag.web.spendable import with_spendable

router = Router()


class AsinsAsked(Asked):
    """Filters."""

    search: Text | None = Field(None, description="Part of ASIN, title or brand.")
    has_remaining: bool | None = Field(None, description="Only with, or without, units left.")


@router.get("/asins", response={200: Page[schemas.AsinOut], **ERRORS}, tags=["Allocation"])
def asins(request: HttpRequest, asked: Query[AsinsAsked]) -> Loose:
    """List the ASINs that were bought."""
    demand(request, "records.view_catalogasin")
    rows = CatalogAsin.objects.all()
    if asked.search:
        rows = rows.filter(
            Q(asin__icontains=asked.search)
            | Q(title__icontains=asked.search)
            | Q(brand__icontains=asked.search)
        )
    if asked.has_remaining is not None:
        rows = (
            rows.filter(remaining_units__gt=0)
            if asked.has_remaining
            else rows.filter(remaining_units=0)
        )
    return paged(rows, asked)


class ClientsAsked(Asked):
    """Filters."""

    search: Text | None = Field(None, description="Part of name or panel id.")


@router.get("/clients", response={200: Page[schemas.ClientOut], **ERRORS}, tags=["Allocation"])
def clients(request: HttpRequest, asked: Query[ClientsAsked]) -> Loose:
    """List the clients, each with what it can spend now."""
    demand(request, "records.view_client")
    rows = with_spendable(Client.objects.all())
    if asked.search:
        rows = rows.filter(Q(name__icontains=asked.search) | Q(external_id__icontains=asked.search))
    return paged(rows, asked)


class StoresAsked(Asked):
    """Filters."""

    client_id: Text | None = Field(None, description="Panel id of the client.")
    status: Text | None = Field(None, description="Active or Suspended.")
    marketplace: Text | None = Field(None, description="As in Amazon.de.")


@router.get("/stores", response={200: Page[schemas.StoreOut], **ERRORS}, tags=["Allocation"])
def stores(request: HttpRequest, asked: Query[StoresAsked]) -> Loose:
    """List the stores."""
    demand(request, "records.view_store")
    rows = narrowed(
        Store.objects.select_related("client"),
        client__external_id=asked.client_id,
        status=asked.status,
        marketplace=asked.marketplace,
    )
    return paged(rows, asked)


class UngatingAsked(Asked):
    """Filters."""

    store_id: Text | None = Field(None, description="Panel id of the store.")
    asin: Text | None = None
    answer: Text | None = Field(None, description="Yes, No, or No, Invoice Needed.")


@router.get("/ungating", response={200: Page[schemas.UngatingOut], **ERRORS}, tags=["Allocation"])
def ungating(request: HttpRequest, asked: Query[UngatingAsked]) -> Loose:
    """List which store may list which ASIN."""
    demand(request, "records.view_ungatingstatus")
    rows = narrowed(
        UngatingStatus.objects.select_related("store", "asin"),
        store__external_id=asked.store_id,
        asin__asin=asked.asin,
        answer=asked.answer,
    )
    return paged(rows, asked)


class PreordersAsked(Asked):
    """Filters."""

    client_id: Text | None = Field(None, description="Panel id of the client.")
    status: Text | None = Field(
        None, description="waiting, part_arrived, arrived, fulfilled or cancelled."
    )


@router.get("/preorders", response={200: Page[schemas.PreorderOut], **ERRORS}, tags=["Allocation"])
def preorders(request: HttpRequest, asked: Query[PreordersAsked]) -> Loose:
    """List the preorders."""
    demand(request, "records.view_preorder")
    rows = narrowed(
        Preorder.objects.select_related("client", "asin"),
        client__external_id=asked.client_id,
        status=asked.status,
    )
    return paged(rows, asked)


class PalletsAsked(Asked):
    """Filters."""

    client_id: Text | None = Field(None, description="Panel id of the client.")
    store_id: Text | None = Field(None, description="Panel id of the store.")
    status: Text | None = Field(None, description="planned, ready or shipped.")


@router.get("/pallets", response={200: Page[schemas.PalletOut], **ERRORS}, tags=["Allocation"])
def pallets(request: HttpRequest, asked: Query[PalletsAsked]) -> Loose:
    """List the pallets, newest first."""
    demand(request, "records.view_pallet")
    rows = narrowed(
        Pallet.objects.select_related("client", "store"),
        client__external_id=asked.client_id,
        store__external_id=asked.store_id,
        status=asked.status,
    )
    return paged(rows, asked)


class ArticlesAsked(Asked):
    """Filters."""

    search: Text | None = Field(None, description="Part of SKU or name.")
    category: Text | None = None
    manufacturer: Text | None = None
    is_active: bool | None = None


@router.get("/articles", response={200: Page[schemas.ArticleOut], **ERRORS}, tags=["Intelligence"])
def articles(request: HttpRequest, asked: Query[ArticlesAsked]) -> Loose:
    """List the articles' current state."""
    demand(request, "records.view_article")
    rows = narrowed(
        with_as_of_date(Article.objects.all()),
        category=asked.category,
        manufacturer=asked.manufacturer,
        is_active=asked.is_active,
    )
    if asked.search:
        rows = rows.filter(Q(sku__icontains=asked.search) | Q(name__icontains=asked.search))
    return paged(rows, asked)


class SnapshotsAsked(Asked):
    """Filters."""

    status: Text | None = Field(None, description="running, complete or failed.")
    since: Day | None = Field(None, description="Business dates from this one on.")


@router.get(
    "/snapshots", response={200: Page[schemas.SnapshotOut], **ERRORS}, tags=["Intelligence"]
)
def snapshots(request: HttpRequest, asked: Query[SnapshotsAsked]) -> Loose:
    """List the snapshot runs, newest day first."""
    demand(request, "records.view_snapshotrun")
    rows = narrowed(SnapshotRun.objects.all(), status=asked.status, business_date__gte=asked.since)
    return paged(rows, asked)


class ForecastsAsked(Asked):
    """Filters."""

    sku: Text | None = None
    made_date: Day | None = None


@router.get(
    "/forecasts", response={200: Page[schemas.ForecastOut], **ERRORS}, tags=["Intelligence"]
)
def forecasts(request: HttpRequest, asked: Query[ForecastsAsked]) -> Loose:
    """List the forecasts, newest first."""
    demand(request, "records.view_articleforecast")
    rows = narrowed(
        ArticleForecast.objects.select_related("article"),
        article__sku=asked.sku,
        made_date=asked.made_date,
    )
    return paged(rows, asked)


class SyncRunsAsked(Asked):
    """Filters."""

    source: Text | None = None
    status: Text | None = Field(None, description="running, complete or failed.")


@router.get("/sync-runs", response={200: Page[schemas.SyncRunOut], **ERRORS}, tags=["System"])
def sync_runs(request: HttpRequest, asked: Query[SyncRunsAsked]) -> Loose:
    """List the imports, newest first."""
    demand(request, "records.view_syncrun")
    rows = narrowed(SyncRun.objects.all(), source=asked.source, status=asked.status)
    return paged(rows, asked)
