"""The lake, opened as the settings say."""

from umschlag.kernel.errors import Misconfigured
from umschlag.settings import Settings
from umschlag.storage.lake.duckdb_engine import DuckDbEngine
from umschlag.storage.lake.engine import Engine
from umschlag.storage.lake.files import Files, LocalFiles
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.object_store import Bucket, Copies, ObjectFiles
from umschlag.storage.lake.postgresql_engine import PostgresqlEngine
from umschlag.storage.lake.spark_engine import SparkEngine

_COPIES_FOLDER = "lake-copies"
"""Under `var_dir`: what was read from object storage. It may be emptied at any time."""


def open_lake(settings: Settings) -> Lake:
    """Return the lake under `var_dir`, or in object storage where that is set.

    Raises:
        Misconfigured: the lake's address names no engine.
    """
    return Lake(files=_files(settings), engine=_engine(settings))


def _engine(settings: Settings) -> Engine:
    url = settings.lake_url.get_secret_value()
    scheme = url.partition("://")[0]
    if not url:
        return DuckDbEngine()
    if scheme in ("postgres", "postgresql"):
        return PostgresqlEngine(url=url)
    if scheme == "spark":
        return SparkEngine(url=url)
    raise Misconfigured(
        "UMSCHLAG_LAKE_URL names no engine; write it as postgresql://user:password@host/database, "
        "spark://host:7077 or spark://local[2], or leave it out"
    )


def _files(settings: Settings) -> Files:
    if not settings.lake_files:
        return LocalFiles(settings.lake_dir)
    name, _, prefix = settings.lake_files.removeprefix("s3://").partition("/")
    return ObjectFiles(
        bucket=Bucket(
            name=name,
            prefix=prefix.strip("/"),
            endpoint_url=settings.lake_s3_endpoint.rstrip("/"),
            region=settings.lake_s3_region,
            key_id=settings.lake_s3_key_id.get_secret_value(),
            secret=settings.lake_s3_secret.get_secret_value(),
        ),
        copies=Copies(
            settings.var_dir.absolute() / _COPIES_FOLDER,
            bytes_max=settings.lake_copies_gb * 1_000_000_000,
        ),
    )
