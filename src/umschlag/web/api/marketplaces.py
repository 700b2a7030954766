"""What each marketplace is expected to sell, over the API."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from umschlag.settings import load_settings
from umschlag.storage.records.models import ForecastMeasurement
from umschlag.web.api.access import demand
from umschlag.web.api.paging import Asked, Page, Text, narrowed, paged, paged_list
from umschlag.web.api.problems import ERRORS
from umschlag.web.loose import Loose
from umschlag.wiring.marketplace_forecasts import marketplace_lines

router = Router(tags=["Intelligence"])


class MarketplaceForecastOut(Schema):
    """What one marketplace is expected to sell of one article over the horizon."""

    sku: str
    marketplace: str = Field(description="Empty: sales that name none.")
    made_date: date
    horizon_days: int
    mean_units: float = Field(description="Those of an article add up to the article's.")
    q50_units: float
    q80_units: float
    q95_units: float


class MarketplaceForecastsAsked(Asked):
    """Filters."""

    sku: Text = ""
    marketplace: Text = Field("", description="As in Amazon.de.")
    horizon_days: int | None = Field(
        None, ge=1, le=365, description="7, 14, 28, 30, 90 or that of the settings, the default."
    )


class MarketplaceMeasuredOut(Schema):
    """What the forecasts of one marketplace were off by, measured when their horizon was over."""

    marketplace: str
    made_date: date
    horizon_days: int
    measured_at: datetime
    article_count: int
    wape: float | None = Field(description="Σ|error| ÷ Σ sold.")
    bias: float | None = Field(description="Σ(expected − sold) ÷ Σ sold.")
    coverage_95: float | None = Field(description="Share that sold no more than the 95 % quantile.")
    naive_wape: float | None = Field(description="Of what sold in as many days before.")


class MarketplaceMeasuredAsked(Asked):
    """Filters."""

    marketplace: Text | None = Field(None, description="As in Amazon.de.")


@router.get("/marketplace-forecasts", response={200: Page[MarketplaceForecastOut], **ERRORS})
def forecasts(request: HttpRequest, asked: Query[MarketplaceForecastsAsked]) -> dict[str, Any]:
    """List the newest forecasts by marketplace, most expected units first."""
    demand(request, "records.view_articleforecast")
    lines = marketplace_lines(
        load_settings(),
        sku=asked.sku,
        marketplace=asked.marketplace,
        horizon_days=asked.horizon_days,
    )
    return paged_list(lines, asked)


@router.get(
    "/marketplace-forecasts/measured", response={200: Page[MarketplaceMeasuredOut], **ERRORS}
)
def measured(request: HttpRequest, asked: Query[MarketplaceMeasuredAsked]) -> Loose:
    """List what forecasts by marketplace were off by, newest first."""
    demand(request, "records.view_articleforecast")
    rows = ForecastMeasurement.objects.filter(is_of_marketplace=True)
    rows = rows.order_by("-made_date", "horizon_days", "marketplace")
    return paged(narrowed(rows, marketplace=asked.marketplace), asked)
