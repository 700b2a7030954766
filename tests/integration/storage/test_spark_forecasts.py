"""The forecast job shared out in Spark: every figure as one machine makes it, to the last bit."""

import dataclasses
import math
import pickle
from datetime import date, timedelta
from urllib.parse import urlencode

import numpy as np
import pytest

from builders.forecasting import a_history
from builders.lake import DAY, a_sale, article_day, rows_of
from builders.lake_servers import SHORT_LIVED_JAVA, require_spark
from umschlag.intelligence.forecasting.demand_model import HORIZONS_DAYS, learned_model
from umschlag.intelligence.forecasting.figures import (
    ArticlePart,
    StockAhead,
    forecast_part,
)
from umschlag.intelligence.forecasting.model import ForecastMethod, ModelKind
from umschlag.kernel.errors import BadInput, Misconfigured
from umschlag.kernel.progress import untold
from umschlag.storage.lake.spark_engine import SparkEngine
from umschlag.storage.lake.spark_forecasts import forecast_in_cluster
from umschlag.storage.records.models import Article, ArticleForecast
from umschlag.wiring.forecasting import forecast
from umschlag.wiring.lake import open_lake

ARTICLES = 330
DAYS = 430
_SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "512m",
    "spark.driver.extraJavaOptions": SHORT_LIVED_JAVA,
    "spark.sql.shuffle.partitions": "2",
}
URL = f"spark://local[2]?{urlencode(_SETTINGS)}"


@pytest.fixture(scope="module")
def engine():
    require_spark()
    engine = SparkEngine(url=URL)
    try:
        yield engine
    finally:
        engine.stop()


@pytest.fixture(scope="module")
def whole():
    """Articles of all kinds: fast and slow, often out, new, never sold, stock unknown."""
    rng = np.random.default_rng(11)
    rates = rng.gamma(0.7, 2.0, ARTICLES) + 0.02
    units = rng.poisson(rates[:, None], (ARTICLES, DAYS)).astype(float)
    units[0] = 0
    units[1, :-10] = 0
    known_days = np.full(ARTICLES, DAYS - 1)
    known_days[1] = 9
    has_stock = rng.random(units.shape) > 0.1
    units[~has_stock] = 0
    available = rng.integers(0, 60, ARTICLES).astype(float)
    available[2:9] = np.nan
    return ArticlePart(
        history=dataclasses.replace(
            a_history(units, has_stock, known_days),
            groups=tuple("ABC"[place % 3] for place in range(ARTICLES)),
        ),
        stock=StockAhead(
            available_units=available,
            on_order_units=rng.integers(0, 2, ARTICLES) * 25.0,
            lead_time_days=rng.integers(0, 40, ARTICLES).astype(float),
        ),
        horizons_days=HORIZONS_DAYS,
    )


def assert_same_figures(some, others):
    for one, other in zip(some, others, strict=True):
        assert one.skus == other.skus
        assert one.horizon_days == other.horizon_days
        assert one.methods == other.methods
        assert np.array_equal(one.mean_units, other.mean_units)
        assert one.quantile_units.keys() == other.quantile_units.keys()
        for level, units in one.quantile_units.items():
            assert np.array_equal(units, other.quantile_units[level])
        assert np.array_equal(one.stockout_probability, other.stockout_probability, equal_nan=True)


@pytest.fixture(scope="module")
def models(whole):
    return {kind: learned_model(whole.history, kind) for kind in ModelKind}


@pytest.mark.parametrize("kind", list(ModelKind))
def test_the_partitions_of_a_cluster_forecast_what_one_machine_does(engine, whole, models, kind):
    model = models[kind]
    expected = forecast_part(model, whole)

    found = forecast_in_cluster(engine, model, whole, partitions=5)

    assert model.kind is kind
    assert {ForecastMethod.PEERS, ForecastMethod.NONE} <= set(found[0].methods)
    assert_same_figures(found, expected)


def test_more_partitions_than_articles_are_no_matter(engine, whole, models):
    model = models[ModelKind.COVER]
    few = ArticlePart(
        history=whole.history.only(np.arange(3)),
        stock=whole.stock.only(np.arange(3)),
        horizons_days=(7,),
    )

    found = forecast_in_cluster(engine, model, few, partitions=50)

    assert_same_figures(found, forecast_part(model, few))


def test_no_partition_at_all_is_refused(engine, whole, models):
    with pytest.raises(BadInput, match="at least one part"):
        forecast_in_cluster(engine, models[ModelKind.COVER], whole, partitions=0)


def test_a_model_that_is_sent_forecasts_the_same_and_takes_no_history_along(whole, models):
    model = models[ModelKind.GLOBAL]
    sent = pickle.dumps(model)
    expected = forecast_part(model, whole)

    received = pickle.loads(sent)

    assert_same_figures(forecast_part(received, whole), expected)
    # By now the model has seen a history.
    assert len(pickle.dumps(model)) == len(sent)


def quietly(_title):
    return untold


@pytest.fixture
def a_shop_of_two(settings_in):
    """A shop that sells two lamps a day and a book every third, known for sixty days."""
    lake = open_lake(settings_in())
    for sku in ("BOOK", "LAMP"):
        Article.objects.create(sku=sku, currency="EUR")
    days = [DAY - timedelta(days=offset) for offset in range(60)]
    for day in days:
        rows = [article_day(sku, day, on_hand_units=40) for sku in ("BOOK", "LAMP")]
        lake.publish("article_days", day.isoformat(), rows_of("article_days", *rows))
    sales = [a_sale(f"l{day}", day, sku="LAMP", units=2) for day in days]
    sales += [a_sale(f"b{day}", day, sku="BOOK") for day in days[::3]]
    for month in sorted({f"{day:%Y-%m}" for day in days}):
        own = [sale for sale in sales if f"{sale['business_date']:%Y-%m}" == month]
        lake.publish("sales", month, rows_of("sales", *own))


def kept_rows(settings, day: date):
    lake = open_lake(settings)
    lake_rows = lake.read_unit("demand_forecasts", f"{day:%Y-%m}").to_pylist()
    records = ArticleForecast.objects.order_by("article__sku").values(
        *[field.name for field in ArticleForecast._meta.fields if field.name != "id"]
    )
    return lake_rows, list(records)


@pytest.mark.django_db
def test_the_job_keeps_the_same_rows_whoever_forecasts(engine, settings_in, a_shop_of_two):
    forecast(settings_in(), as_of=DAY, progress_for=quietly)
    here = kept_rows(settings_in(), DAY)

    shared = settings_in(lake_url=engine.url, forecast_partitions=2)
    outcome = forecast(shared, as_of=DAY, progress_for=quietly)

    assert outcome.article_count == 2
    assert kept_rows(settings_in(), DAY) == here
    assert math.isclose(here[1][1]["mean_units"], 56)


@pytest.mark.django_db
def test_partitions_without_a_cluster_are_refused_with_the_cure(settings_in, a_shop_of_two):
    with pytest.raises(Misconfigured, match=r"UMSCHLAG_LAKE_URL.*spark://"):
        forecast(settings_in(forecast_partitions=4), as_of=DAY, progress_for=quietly)
