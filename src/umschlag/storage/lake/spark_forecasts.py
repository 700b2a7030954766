"""Forecasts in a Spark cluster: the articles shared out by partition, the model sent to each."""

from collections.abc import Iterable, Iterator

from umschlag.intelligence.forecasting.figures import (
    ArticlePart,
    ForecastFigures,
    forecast_part,
    joined_figures,
    parts_of,
)
from umschlag.intelligence.forecasting.lines import ForecastingModel
from umschlag.storage.lake.engine import EngineUnavailable
from umschlag.storage.lake.spark_engine import SparkEngine


def forecast_in_cluster(
    engine: SparkEngine, model: ForecastingModel, whole: ArticlePart, *, partitions: int
) -> list[ForecastFigures]:
    """Return what `forecast_part` does of all articles, each partition forecast by itself.

    The model learned here, once; it is broadcast. What comes back are the figures that are kept,
    not the samples: some 50 bytes an article and horizon.

    Raises:
        BadInput: there is not at least one partition.
        EngineUnavailable: the cluster cannot be reached, or has no Umschlag to forecast with.
    """
    parts = parts_of(whole, count=partitions)
    context = engine.session().sparkContext
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        # Sent once to each machine, where a closure would be with every partition.
        sent = context.broadcast(model)
    except (PySparkException, Py4JError) as error:
        raise _told(error) from error

    # Inside, so that Spark sends the code itself: it could not import this module, whose
    # neighbours need Django. What it names lies in the core, which needs none.
    def forecast_each(own: Iterable[ArticlePart]) -> Iterator[list[ForecastFigures]]:
        for part in own:
            yield forecast_part(sent.value, part)

    try:
        found = context.parallelize(parts, len(parts)).mapPartitions(forecast_each).collect()
    except (PySparkException, Py4JError) as error:
        raise _told(error) from error
    finally:
        sent.unpersist()
    return joined_figures(found)


def _told(error: Exception) -> EngineUnavailable:
    said = str(error).strip()
    reason = next(
        (line.strip() for line in reversed(said.splitlines()) if "Error: " in line),
        said.partition("\n")[0],
    )
    return EngineUnavailable(
        f"Spark broke off the forecast: {reason}. Each machine of the cluster needs Python with "
        "this Umschlag installed, under the same path or as PYSPARK_PYTHON names it; without "
        "UMSCHLAG_FORECAST_PARTITIONS forecasts are made on this machine"
    )
