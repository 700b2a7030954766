"""What the lake's other engines need: a corner of a PostgreSQL server, a Spark cluster."""

import importlib.util
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

_SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
SHORT_LIVED_JAVA = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
"""For a minute's work Java spends more on its best compiler than that gives back."""


@contextmanager
def a_postgresql_schema() -> Iterator[str]:
    """Make an empty schema and yield the URL that leads there; skips where no server answers."""
    server = os.environ.get("UMSCHLAG_TEST_LAKE_URL", _SERVER)
    name = f"lake_{secrets.token_hex(6)}"
    try:
        admin = psycopg.connect(server, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL answers, name one in UMSCHLAG_TEST_LAKE_URL: {error}")
    with admin:
        admin.execute(f"create schema {name}")
        try:
            yield f"{server}?options=-csearch_path%3D{name}"
        finally:
            admin.execute(f"drop schema {name} cascade")


@contextmanager
def a_spark_cluster(folder: Path) -> Iterator[str]:
    """Start a standalone cluster on loopback, one master and two workers, and yield its URL.

    Skips the test where Spark or Java is missing.
    """
    require_spark()
    with ExitStack() as running:
        master = running.enter_context(
            _daemon("master.Master", "--port", "0", log=folder / "master.log")
        )
        url = _said(master, folder / "master.log", r"Starting Spark master at (spark://\S+)")
        for number in (1, 2):
            log = folder / f"worker-{number}.log"
            work = ["--work-dir", str(folder / f"work-{number}"), "--port", "0"]
            worker = running.enter_context(
                _daemon("worker.Worker", "--cores", "1", "--memory", "600m", *work, url, log=log)
            )
            _said(worker, log, r"Successfully registered with master")
        yield url


def require_spark() -> None:
    """Skip the test where Spark or Java is missing."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("no pyspark: `make setup-spark` installs it")
    if shutil.which("java") is None:
        pytest.skip("no Java: apt install openjdk-17-jre-headless")


@contextmanager
def _daemon(name: str, *arguments: str, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    import pyspark

    home = Path(pyspark.__file__).parent
    command = [home / "bin" / "spark-class", f"org.apache.spark.deploy.{name}"]
    options = ["--host", "127.0.0.1", "--webui-port", "0", *arguments]
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_DAEMON_MEMORY": "200m",
        "SPARK_DAEMON_JAVA_OPTS": f"{SHORT_LIVED_JAVA} -Dspark.master.rest.enabled=false",
    }
    with log.open("wb") as out:
        process = subprocess.Popen([*command, *options], env=environment, stdout=out, stderr=out)
    try:
        yield process
    finally:
        # spark-class replaces itself by Java, so that this ends Java and with it the executors.
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _said(process: "subprocess.Popen[bytes]", log: Path, pattern: str) -> str:
    """Wait until the log says it, and return its first group, or all of it."""
    for _ in range(1200):
        found = re.search(pattern, log.read_text(errors="replace"))
        if found:
            return found.group(found.lastindex or 0)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.1)
            break
    raise AssertionError(f"Spark did not start:\n{log.read_text(errors='replace')[-2000:]}")
