"""What will sell: forecasts of all articles, from the lake into the records."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from umschlag.intelligence.forecasting.demand_model import HORIZONS_DAYS
from umschlag.intelligence.forecasting.figures import (
    ArticlePart,
    ForecastFigures,
    StockAhead,
    forecast_part,
)
from umschlag.intelligence.forecasting.lines import ForecastingModel, waiting_days, with_successions
from umschlag.intelligence.forecasting.model import ArticleForecast, ForecastMethod
from umschlag.intelligence.forecasting.stockout import is_running_out
from umschlag.intelligence.forecasting.usecases import forecast_rows
from umschlag.intelligence.movement.model import ArticleFacts
from umschlag.kernel.errors import Misconfigured
from umschlag.kernel.progress import ProgressFor
from umschlag.settings import Settings
from umschlag.storage.lake.kept_forecasts import keep_forecasts, keep_marketplace_forecasts
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.spark_engine import SparkEngine
from umschlag.storage.lake.spark_forecasts import forecast_in_cluster
from umschlag.storage.records import forecasting as forecast_records
from umschlag.storage.records.successions import known_successions
from umschlag.wiring.amounts import count_text
from umschlag.wiring.demand_models import best_model, read_history
from umschlag.wiring.existing_articles import existing_articles, newest_date_of
from umschlag.wiring.lake import open_lake
from umschlag.wiring.marketplace_forecasts import forecast_marketplaces
from umschlag.wiring.measuring_forecasts import measure_due_forecasts
from umschlag.wiring.whole_days import sold_before


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastOutcome:
    """What a forecast came to."""

    as_of_date: date
    horizon_days: int
    article_count: int
    running_out_count: int
    """Active articles with units to sell that run out within the horizon; not those sold out."""
    changed_count: int
    count_by_method: Mapping[ForecastMethod, int]

    def __str__(self) -> str:
        """Return it as one line."""
        return _("%(articles)s articles over %(days)s days, %(out)s run out within them") % {
            "articles": count_text(self.article_count),
            "days": self.horizon_days,
            "out": count_text(self.running_out_count),
        }


def forecast(
    settings: Settings, *, as_of: date | None = None, progress_for: ProgressFor
) -> ForecastOutcome:
    """Forecast every article's demand over the horizon and tell when it runs out.

    Raises:
        NotFound: the history is empty.
        Misconfigured: partitions are set, and no Spark cluster.
        EngineUnavailable: the cluster that shall forecast cannot.
    """
    progress = progress_for(_("Forecast"))
    progress(0, 3, _("reading the history"))
    lake = open_lake(settings)
    day = as_of or newest_date_of(lake)
    facts = existing_articles(settings, lake, day, idle_days_max=0)
    made_date = sold_before(settings, day)
    history = read_history(lake, facts, as_of_date=made_date)
    learned = best_model(history, progress=progress_for(_("Forecast model")))
    successions = known_successions()
    model = with_successions(learned, history, successions)
    progress(1, 3, _("forecasting"))
    whole = ArticlePart(
        history=history,
        stock=StockAhead.of(facts, lead_time_days_default=settings.lead_time_days_default),
        horizons_days=tuple(sorted({*HORIZONS_DAYS, settings.forecast_horizon_days})),
    )
    made = forecast_figures(settings, lake, model, whole)
    split = forecast_marketplaces(lake, learned, history, whole=made, successions=successions)
    figures = next(one for one in made if one.horizon_days == settings.forecast_horizon_days)
    rows = forecast_rows(
        facts,
        figures,
        as_of_date=made_date,
        lead_time_days_default=settings.lead_time_days_default,
        wait_days=waiting_days(history, successions),
    )
    progress(2, 3, _("writing"))
    with transaction.atomic():
        keep_forecasts(lake, made, made_date=made_date)
        keep_marketplace_forecasts(lake, split, made_date=made_date)
        written = forecast_records.replace_forecasts(rows, made_date=made_date)
    measure_due_forecasts(settings, lake)
    progress(3, 3, _("done"))
    return ForecastOutcome(
        as_of_date=day,
        horizon_days=settings.forecast_horizon_days,
        article_count=len(rows),
        running_out_count=_running_out_count(facts, rows),
        changed_count=written.changed_count,
        count_by_method=Counter(figures.methods),
    )


def _running_out_count(facts: Sequence[ArticleFacts], rows: Sequence[ArticleForecast]) -> int:
    followed_from = {one.predecessor: one.from_date for one in known_successions()}
    return sum(
        is_running_out(
            is_active=article.is_active,
            available_units=article.available_units,
            stockout_date=row.stockout_date,
            horizon_end_date=row.made_date + timedelta(days=row.horizon_days),
            followed_from_date=followed_from.get(article.sku),
        )
        for article, row in zip(facts, rows, strict=True)
    )


def forecast_figures(
    settings: Settings, lake: Lake, model: ForecastingModel, whole: ArticlePart
) -> list[ForecastFigures]:
    """Return the figures of all articles, made here or by partition in the cluster.

    Raises:
        Misconfigured: partitions are set, and no Spark cluster.
        EngineUnavailable: the cluster cannot forecast.
    """
    if not settings.forecast_partitions:
        return forecast_part(model, whole)
    if not isinstance(lake.engine, SparkEngine):
        raise Misconfigured(
            "UMSCHLAG_FORECAST_PARTITIONS shares forecasts out in a Spark cluster, and none is "
            "set: name it in UMSCHLAG_LAKE_URL (spark://host:7077), or set the partitions to 0"
        )
    return forecast_in_cluster(lake.engine, model, whole, partitions=settings.forecast_partitions)
