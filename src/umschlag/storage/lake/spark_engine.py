"""The one place that knows Spark's Python calls: answers questions in a cluster, from the files."""

import os
import re
import shutil
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

import pyarrow as pa

from umschlag.kernel.errors import BadInput, Misconfigured
from umschlag.storage.lake.engine import Asked, EngineUnavailable, ReadsFiles
from umschlag.storage.lake.files import Files
from umschlag.storage.lake.questions import translated
from umschlag.storage.lake.sources import Part, Source

if TYPE_CHECKING:
    from pyspark.errors import PySparkException
    from pyspark.sql import DataFrame, SparkSession

_LOCAL = re.compile(r"^spark://local(\[(?P<threads>\d+|\*)\])?$")
_CLUSTER = re.compile(r"^spark://[^/\s:,@]+:\d+(,[^/\s:,@]+:\d+)*$")
_ANSWER_SECONDS_MAX = 5.0
_COLUMN_TYPES = {
    pa.string(): "string",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.float64(): "double",
}
_CONFIGURATION = {
    "spark.app.name": "umschlag",
    # Overflow and division by zero are errors, as they are in the other engines.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_REMEDY = "Without UMSCHLAG_LAKE_URL the lake is read on this machine, by DuckDB"
_starting = Lock()
_started: dict[str, "SparkSession"] = {}
"""The process' one connection to Spark, by its address; Spark allows no second one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkEngine(ReadsFiles):
    """Answers questions in a Spark cluster that can read the lake's files.

    `url` is ``spark://host:7077``, or ``spark://local[2]`` for a cluster of two threads inside this
    process; settings of Spark's own may follow: ``spark://host:7077?spark.executor.memory=8g``.
    """

    url: str

    def __post_init__(self) -> None:
        _address(self.url)

    def run(self, asked: Asked) -> pa.Table:
        """Return the query's rows; the tables it can name are the sources, nothing else.

        Raises:
            BadInput: the query is wrong or a parameter does not fit it.
            EngineUnavailable: Spark is not installed, cannot be reached, or broke off.
        """
        shared = self.session()
        from pyspark.errors import PySparkException

        # Its own names for the tables, while the connection and the cached files are shared.
        session = shared.newSession()
        sql = translated(asked.question.sql, "spark")
        try:
            for name, source in asked.sources.items():
                _rows(session, source, asked.files).createOrReplaceTempView(name)
            answer = session.sql(sql, args=dict(asked.parameters)).toArrow()
        except PySparkException as error:
            raise _told(error) from error
        return answer.cast(pa.schema([pa.field(field.name, field.type) for field in answer.schema]))

    def stop(self) -> None:
        """Leave the cluster and end Spark's own process; the next question starts it again."""
        with _starting:
            session = _started.pop(self.url, None)
            if session is not None:
                _end(session)

    def session(self) -> "SparkSession":
        """Return the process' connection to the cluster, made anew where it is not there any more.

        Raises:
            EngineUnavailable: Spark is not installed or cannot be reached.
        """
        with _starting:
            session = _started.get(self.url)
            if session is None or _is_stopped(session):
                # A cluster that went away leaves a connection that only ever fails.
                for other in list(_started):
                    _end(_started.pop(other))
                session = _started[self.url] = _start(*_address(self.url))
            return session


def _address(url: str) -> tuple[str, dict[str, str]]:
    """Return Spark's name of the master, and the settings given with it."""
    master, _, query = url.partition("?")
    settings = dict(parse_qsl(query, keep_blank_values=True))
    local = _LOCAL.match(master)
    if local:
        return f"local[{local['threads'] or 2}]", settings
    if not _CLUSTER.match(master) or not all(name.startswith("spark.") for name in settings):
        raise Misconfigured(
            "UMSCHLAG_LAKE_URL is no address of Spark; write it as spark://host:7077 or "
            "spark://local[2], with settings as in spark://host:7077?spark.executor.memory=8g"
        )
    return master, settings


def _start(master: str, settings: Mapping[str, str]) -> "SparkSession":
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineUnavailable(
            f"Spark is not installed here: `make setup-spark` does it. {_REMEDY}"
        ) from error
    if shutil.which("java") is None:
        raise EngineUnavailable(
            "Spark needs Java 17 or newer; on Debian or Ubuntu: apt install "
            f"openjdk-17-jre-headless. {_REMEDY}"
        )
    _require_answer(master)
    # Spark's word for the Python of its machines; unset, it takes whichever their PATH has first.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master)
    for name, value in (_CONFIGURATION | dict(settings)).items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except (PySparkException, RuntimeError, OSError) as error:
        raise EngineUnavailable(f"Spark cannot be started: {error}. {_REMEDY}") from error
    session.sparkContext.setLogLevel("ERROR")
    return session


def _require_answer(master: str) -> None:
    """Ask whether a master is there at all; Spark itself would try for a minute."""
    if not master.startswith("spark://"):
        return
    last: OSError | None = None
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=_ANSWER_SECONDS_MAX).close()
            return
        except OSError as error:
            last = error
    raise EngineUnavailable(
        f"no Spark master answers at {master} ({last}): is the cluster up? {_REMEDY}"
    ) from last


def _is_stopped(session: "SparkSession") -> bool:
    from py4j.protocol import Py4JError

    try:
        # Underscored, as Python has no public call for it.
        return bool(session.sparkContext._jsc.sc().isStopped())
    except (Py4JError, OSError, AttributeError):
        return True


def _end(session: "SparkSession") -> None:
    from py4j.protocol import Py4JError
    from pyspark import SparkContext

    # Underscored, as nothing public ends the Java process.
    gateway = SparkContext._gateway
    # The process may be gone already.
    with suppress(Py4JError, OSError):
        session.stop()
    if gateway is None:
        return
    gateway.shutdown()
    process = gateway.proc
    process.stdin.close()
    process.wait()
    SparkContext._gateway = None
    SparkContext._jvm = None


def _rows(session: "SparkSession", source: Source, files: Files) -> "DataFrame":
    if source.view:
        return session.sql(translated(source.view, "spark"))
    ddl = ", ".join(
        f"{column.name} {_COLUMN_TYPES[column.type]}" for column in source.dataset.columns
    )
    if source.rows is not None and source.rows.num_rows:
        return session.createDataFrame(source.rows, schema=ddl)
    if not source.parts:
        return session.createDataFrame([], schema=ddl)
    whole = [part for part in source.parts if part.only_days is None]
    frames = [_read(session, ddl, whole, files)] if whole else []
    for part in source.parts:
        if part.only_days is not None:
            days = ", ".join(f"date '{day.isoformat()}'" for day in part.only_days)
            frames.append(_read(session, ddl, [part], files).where(f"business_date in ({days})"))
    rows = frames[0]
    for frame in frames[1:]:
        rows = rows.unionAll(frame)
    return rows


def _read(session: "SparkSession", ddl: str, parts: Sequence[Part], files: Files) -> "DataFrame":
    # Hadoop takes a path as it is written, without the escapes of an address.
    paths = [unquote(files.address(part.path)) for part in parts]
    return session.read.schema(ddl).parquet(*paths)


def _told(error: "PySparkException") -> BadInput | EngineUnavailable:
    """Return whose fault it is: the question's, or the cluster's and that of its files."""
    from pyspark.errors import (
        AnalysisException,
        ArithmeticException,
        DateTimeException,
        IllegalArgumentException,
        PySparkTypeError,
        PySparkValueError,
    )

    wrong = (
        AnalysisException,
        ArithmeticException,
        DateTimeException,
        IllegalArgumentException,
        PySparkTypeError,
        PySparkValueError,
    )
    first_line = str(error).strip().partition("\n")[0]
    if isinstance(error, wrong) and error.getCondition() != "PATH_NOT_FOUND":
        return BadInput(f"the lake cannot answer: {first_line}")
    return EngineUnavailable(
        f"Spark broke off: {first_line}. Is the cluster up, and does each of its machines see the "
        f"lake's files under the same path? {_REMEDY}"
    )
