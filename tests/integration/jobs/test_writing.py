"""`umschlag write`: dry unless told to send, and honest about what came of it."""

import io
import os
import subprocess
import sys
from decimal import Decimal

import pytest
from rich.console import Console
from typer.testing import CliRunner

from builders import web as build
from builders.lake import DAY, article_day, rows_of
from builders.world import a_scale, plenty_client, simulators_with
from umschlag.jobs.command_line import app
from umschlag.jobs.write_request import OneChange, Request
from umschlag.jobs.writing import write_list
from umschlag.kernel.errors import Refused
from umschlag.storage.records import models
from umschlag.wiring.corrections import WritingSwitchedOff
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(scope="module")
def served():
    with simulators_with(scale=a_scale(days=3), sessions_max=1_000) as running:
        yield running


@pytest.fixture
def demo(served, settings_in):
    """Return the settings of a demo whose ERP is served, and a SKU of it that is on record."""
    with plenty_client(served) as raw:
        rows = raw.get("/rest/pim/variations", params={"with": "base,bundleComponents"}).json()
    plain = next(r for r in rows["entries"] if r.get("base") and not r["bundleComponents"])
    build.an_article(plain["base"]["number"], variation_id=plain["id"])
    port = int(served.url.rpartition(":")[2])
    return settings_in(simulators_port=port), plain["base"]["number"]


def printed(settings, **values):
    console = Console(file=io.StringIO(), width=200)
    usual = {"kind": "stock", "file": None, "one": None, "reason": "", "send": False}
    write_list(settings, Request(**usual | values), console)
    return console.file.getvalue()


def one(sku, figure, place=1):
    return OneChange(sku=sku, asked=Decimal(figure), place_id=place, based_on=None)


def test_without_send_the_list_is_shown_call_by_call_and_not_sent(demo, tmp_path):
    settings, sku = demo
    path = tmp_path / "counted.csv"
    path.write_text(f"sku;units;warehouse\n{sku};66;1\n")

    told = printed(settings, file=path, reason="stocktaking")

    run = models.WriteBackRun.objects.get()
    assert (run.is_dry, run.source, run.reason) == (True, "counted.csv", "stocktaking")
    assert run.asker.startswith("command line: ")
    assert "PUT /rest/stockmanagement/warehouses/1/stock/correction" in told
    assert '"quantity": 66' in told
    assert f"umschlag write send {run.pk}" in told


def test_a_list_without_a_warehouse_is_told_which_ones_sell(demo, settings_in):
    settings, sku = demo
    rows = [
        {"business_date": DAY, "sku": sku, "warehouse_id": number, "warehouse_name": name}
        | {"is_sales": True, "on_hand_units": 5}
        for number, name in ((1, "Hauptlager"), (104, "Zweitlager"))
    ]
    lake = open_lake(settings)
    lake.publish("article_days", str(DAY), rows_of("article_days", article_day(sku)))
    lake.publish("warehouse_days", str(DAY), rows_of("warehouse_days", *rows))

    told = printed(settings, one=one(sku, "66", place=None))

    assert "1  Hauptlager" in told
    assert "104  Zweitlager" in told


def test_one_article_is_asked_for_before_anything_heavy_is_loaded(served, tmp_path):
    # In a process of its own, since here Django is loaded already.
    command = [
        sys.executable,
        "-m",
        "umschlag.jobs",
        "write",
        "stock",
        "--sku",
        "A",
        "--units",
        "7",
    ]
    where = {
        "UMSCHLAG_VAR_DIR": str(tmp_path),
        "PATH": os.environ["PATH"],
        "UMSCHLAG_SIMULATORS_PORT": served.url.rpartition(":")[2],
    }

    told = subprocess.run(
        command, env=where, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )

    assert told.returncode == 0, told.stderr
    assert "Name the warehouse" in told.stdout
    assert "Traceback" not in told.stderr


def test_with_send_every_row_is_written_and_verified(demo):
    settings, sku = demo

    told = printed(settings, one=one(sku, "67"), send=True)

    assert models.WriteBackLine.objects.get(run__is_dry=False).outcome == "verified"
    assert "verified" in told


def test_a_row_that_is_not_written_fails_the_command(demo):
    settings, sku = demo

    with pytest.raises(Refused, match="no row to send"):
        printed(settings, one=one(sku, "67", place=3), send=True)

    assert models.WriteBackLine.objects.get().refusal == "no_sales_warehouse"


def test_an_installation_that_only_reads_is_not_even_asked(settings_in):
    settings = settings_in(plentymarkets_url="http://127.0.0.1:9")

    with pytest.raises(WritingSwitchedOff, match="UMSCHLAG_PLENTYMARKETS_MAY_WRITE"):
        printed(settings, one=one("HX-1", "1"), send=True)

    assert not models.WriteBackRun.objects.exists()


@pytest.mark.parametrize(
    "arguments", [["stock"], ["stock", "--sku", "HX-1"], ["prices", "--price", "1.00"]]
)
def test_half_a_request_is_bad_usage(arguments):
    answer = CliRunner().invoke(app, ["write", *arguments])

    assert answer.exit_code == 2
