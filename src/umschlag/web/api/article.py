"""One article over the API: its course with what happened, and its forecasts as they were made."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from umschlag.intelligence.forecasting.own_errors import OwnForecast
from umschlag.settings import load_settings
from umschlag.storage.records.models import Article
from umschlag.web.api.access import demand
from umschlag.web.api.forecast_quality import AccuracyOut
from umschlag.web.api.paging import Day
from umschlag.web.api.problems import ERRORS
from umschlag.web.api.schemas import MoneyOut
from umschlag.wiring.article_course import Course, EventKind, article_course
from umschlag.wiring.article_forecasts import ArticleForecasts, article_forecasts

router = Router(tags=["Intelligence"])
SkuText = Annotated[str, Field(min_length=1, max_length=100)]


class CourseDayOut(Schema):
    """One day; null is what nobody told."""

    business_date: date
    on_hand_units: int | None
    available_units: int | None
    sold_units: int | None
    price: MoneyOut | None = Field(description="With VAT; a rebuilt day knows none.")
    is_out: bool = Field(description="Nothing available at the close, and nothing sold.")
    is_rebuilt: bool


class EventOut(Schema):
    """Something that happened on a day."""

    business_date: date
    kind: EventKind
    text: str


class CourseOut(Schema):
    """The newest 180 days, oldest first, and what happened on them."""

    days: list[CourseDayOut]
    events: list[EventOut]


class OwnForecastOut(Schema):
    """Units expected to sell from the day after it was made through the due date."""

    made_date: date
    due_date: date
    horizon_days: int
    method: str
    mean_units: float
    quantile_units: dict[str, float] = Field(description="By level, such as 0.95.")

    @staticmethod
    def resolve_quantile_units(forecast: OwnForecast) -> dict[str, float]:
        """Name the levels as JSON can."""
        return {str(level): units for level, units in forecast.quantile_units.items()}


class PointOut(Schema):
    """The forecast over one horizon."""

    business_date: date
    forecast: OwnForecastOut


class ComparedOut(Schema):
    """A forecast over 28 days, and what sold in them; null until they are over."""

    forecast: OwnForecastOut
    sold_units: float | None


class OwnErrorsOut(Schema):
    """Errors over one horizon; `scaled_loss` is in units, `article_count` counts forecasts."""

    horizon_days: int
    first_made_date: date
    last_made_date: date
    accuracy: AccuracyOut
    naive: AccuracyOut = Field(description="Of what sold in as many days before.")


class ArticleForecastsOut(Schema):
    """The forecasts of one day, and how all forecasts of the article did."""

    made_dates: list[date]
    made_date: date | None
    points: list[PointOut]
    compared: list[ComparedOut]
    errors: list[OwnErrorsOut]


class CourseAsked(Schema):
    """Filters."""

    sku: SkuText
    known_on: Day | None = Field(None, description="As known at the close of this day.")


class ForecastsOfArticleAsked(CourseAsked):
    """Filters."""

    made_date: Day | None = Field(None, description="Of this day; otherwise the newest.")


@router.get("/article-course", response={200: CourseOut, **ERRORS})
def course(request: HttpRequest, asked: Query[CourseAsked]) -> Course:
    """Tell one article's stock, sales and price by day, and what happened to it."""
    demand(request, "records.view_article")
    article = get_object_or_404(Article, sku=asked.sku)
    return article_course(load_settings(), article, known_on=asked.known_on)


@router.get("/article-forecasts", response={200: ArticleForecastsOut, **ERRORS})
def forecasts(request: HttpRequest, asked: Query[ForecastsOfArticleAsked]) -> ArticleForecasts:
    """Tell one article's forecasts as they were made, and what they were off by."""
    demand(request, "records.view_article")
    article = get_object_or_404(Article, sku=asked.sku)
    return article_forecasts(
        load_settings(), article.sku, made_date=asked.made_date, known_on=asked.known_on
    )
