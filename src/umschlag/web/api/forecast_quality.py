"""How good the forecasts are, over the API."""

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from umschlag.intelligence.forecasting.backtest import Contestant
from umschlag.kernel.errors import NotFound
from umschlag.web.api.access import demand
from umschlag.web.api.problems import ERRORS
from umschlag.wiring.forecast_quality import ForecastQuality, forecast_quality

router = Router(tags=["Intelligence"])


class AccuracyOut(Schema):
    """Errors over all judged forecasts; null where nothing sold to measure by."""

    article_count: int
    scaled_loss: float | None = Field(
        description="Pinball loss over the quantiles 0.5 to 0.99 ÷ the article's usual sales."
    )
    wape: float | None = Field(description="Σ|error| ÷ Σ sold.")
    bias: float | None = Field(description="Σ(expected − sold) ÷ Σ sold.")
    coverage_95: float | None = Field(description="Share that sold no more than the 95 % quantile.")


class ContestantOut(Schema):
    """One model, or what people would say without one."""

    contestant: Contestant
    title: str
    is_chosen: bool
    accuracy: AccuracyOut


class MethodCountOut(Schema):
    """By which method the newest forecast was made, and of how many articles."""

    method: str
    article_count: int


class MeasuredOut(Schema):
    """Forecasts that were really made, measured when their horizon was over."""

    made_date: date
    horizon_days: int
    accuracy: AccuracyOut
    naive_wape: float | None = Field(description="Of what sold in as many days before.")


class ForecastQualityOut(Schema):
    """The newest backtest on the merchant's own sales; least loss first."""

    as_of_date: date
    horizon_days: int
    origin_dates: list[date]
    lines: list[ContestantOut]
    less_loss_than_erp: float | None
    made_date: date | None
    methods: list[MethodCountOut]
    measured: list[MeasuredOut]


@router.get("/forecast-quality", response={200: ForecastQualityOut, **ERRORS})
def quality(request: HttpRequest) -> ForecastQuality:
    """Tell which model forecasts best on the merchant's own sales, and by how much."""
    demand(request, "records.view_articleforecast")
    found = forecast_quality()
    if found is None:
        raise NotFound(_("Nothing was judged yet: the first forecast does it."))
    return found
