import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from umschlag.jobs import days
from umschlag.jobs.command_line import app

RUNNER = CliRunner()


def umschlag(*arguments, folder, timeout=120, **environment):
    """Run the command line as a process of its own, in an installation of its own."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("UMSCHLAG_") and name not in {"DATABASE_URL", "ONCE"}
    }
    return subprocess.run(
        [sys.executable, "-m", "umschlag.jobs", *arguments],
        cwd=folder,
        env=own | {"PYTHONWARNINGS": "ignore", "COLUMNS": "200"} | environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def test_a_day_is_read_in_german_too_and_refused_with_the_forms_wanted():
    refused = RUNNER.invoke(app, ["stock", "--on", "31-10-2026"], env={"COLUMNS": "200"})

    read = [days.day(text).isoformat() for text in ("31.10.2026", " 2026-10-31 ")]
    assert read == ["2026-10-31", "2026-10-31"]
    assert refused.exit_code == 2
    assert "'31-10-2026' is no day; write it as 2026-10-31 or 31.10.2026" in refused.output


@pytest.mark.parametrize(
    "command",
    [
        "run",
        "sync",
        "snapshot",
        "classify",
        "forecast",
        "allocate",
        "pallets",
        "backup",
        "restore",
        "doctor",
        "simulators",
        "profit",
        "stock",
        "changes",
        "stock-outs",
        "report",
        "web",
        "worker",
        "setup-records",
        "admin-password",
        "reference",
    ],
)
def test_every_command_explains_itself(command):
    answer = RUNNER.invoke(app, [command, "--help"])

    assert answer.exit_code == 0
    assert f"umschlag {command}" in answer.output


def test_help_needs_neither_django_nor_the_engines(tmp_path):
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from umschlag.jobs.command_line import app; app(['run', '--help'], "
            "standalone_mode=False); print([m for m in ('django', 'duckdb', 'polars', 'huey') "
            "if m in sys.modules])",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert told.stdout.strip().endswith("[]")


def test_pallets_need_a_client_and_a_store():
    answer = RUNNER.invoke(app, ["pallets", "--client", "7001"])

    assert answer.exit_code == 2
    assert "--store" in answer.output


def test_fresh_secrets_can_be_read_by_a_shell_and_start_production(tmp_path):
    made = umschlag("doctor", "--make-secrets", folder=tmp_path)
    secrets = dict(line.split("=", maxsplit=1) for line in made.stdout.splitlines())

    assert set(secrets) == {"UMSCHLAG_SECRET_KEY", "UMSCHLAG_ENCRYPTION_KEY"}
    started = umschlag("setup-records", folder=tmp_path, UMSCHLAG_MODE="production", **secrets)
    assert started.returncode == 0, started.stderr
    assert "Administrator: admin, password: " in started.stdout


def test_the_first_password_is_shown_once_and_can_be_renewed(tmp_path):
    first = umschlag("setup-records", folder=tmp_path)
    again = umschlag("setup-records", folder=tmp_path)
    renewed = umschlag("admin-password", folder=tmp_path)

    assert "password: " in first.stdout
    assert again.stdout == ""
    assert again.returncode == 0
    assert renewed.stdout.startswith("admin: ")
    assert renewed.stdout.split()[-1] not in first.stdout


def test_production_without_secrets_says_what_is_missing_and_the_cure(tmp_path):
    answer = umschlag("report", folder=tmp_path, UMSCHLAG_MODE="production")

    assert answer.returncode == 1
    assert "UMSCHLAG_SECRET_KEY" in answer.stderr
    assert "--make-secrets" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_production_does_not_change_tables_on_the_way(tmp_path):
    secrets = {"UMSCHLAG_SECRET_KEY": "s" * 50, "UMSCHLAG_ENCRYPTION_KEY": "k" * 43 + "="}

    answer = umschlag("report", folder=tmp_path, UMSCHLAG_MODE="production", **secrets)

    assert answer.returncode == 1
    assert "umschlag setup-records" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["sync", "nothing"], {}, "there is no source 'nothing'; known: plentymarkets"),
        (["restore", "missing.zip"], {}, "no complete backup"),
        (["doctor"], {"UMSCHLAG_WEB_PORT": "abc"}, "UMSCHLAG_WEB_PORT"),
        (["report"], {"DATABASE_URL": "postgres://u@127.0.0.1:1/x"}, "check DATABASE_URL"),
    ],
)
def test_an_error_is_one_clear_line_and_status_1(tmp_path, arguments, environment, said):
    answer = umschlag(*arguments, folder=tmp_path, **environment)

    assert answer.returncode == 1
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


def test_verbose_shows_where_it_came_from(tmp_path):
    answer = umschlag("--verbose", "sync", "nothing", folder=tmp_path)

    assert answer.returncode == 1
    assert "Traceback" in answer.stderr


def test_a_sales_file_alone_makes_a_report_that_says_what_is_unknown(tmp_path):
    file = tmp_path / "sales.csv"
    rows = ["order;sku;quantity;price;date;name"]
    # One article sells every day to the end; one sold well and stopped half a year before.
    for day in range(300):
        date = f"2026-{day // 30 + 1:02d}-{day % 28 + 1:02d}"
        rows.append(f"a{day};LAMP;2;9,99;{date};Desk lamp")
        if day < 120:
            rows.append(f"b{day};FAN;3;19,99;{date};Fan")
    file.write_text("\n".join(rows), encoding="utf-8")

    preview = umschlag("import", "sales", str(file), "--preview", folder=tmp_path)
    imported = umschlag("import", "sales", str(file), folder=tmp_path)
    classified = umschlag("classify", folder=tmp_path)
    forecast = umschlag("forecast", folder=tmp_path)
    report = umschlag("report", folder=tmp_path)

    assert "Nothing was imported" in preview.stdout
    assert "Imported: 420 new sales lines" in imported.stdout, imported.stderr
    assert classified.returncode == forecast.returncode == report.returncode == 0
    assert "Stock is not known" in report.stdout
    quiet = report.stdout[report.stdout.index("Articles that went quiet") :]
    assert "FAN" in quiet
    assert "LAMP" not in quiet.partition("Best sellers")[0]
    assert "LAMP" in quiet.partition("Best sellers")[2]

    for demo in (["snapshot"], ["sync", "panel"], ["run", "--once", "--small"]):
        refused = umschlag(*demo, folder=tmp_path)
        assert refused.returncode == 1
        assert "this folder holds your own sales" in refused.stdout + refused.stderr
        assert "Traceback" not in refused.stderr


def test_what_a_sales_file_leaves_open_can_be_said(tmp_path):
    file = tmp_path / "sales.csv"
    file.write_text(
        "order,Artikelnummer,quantity,price,date,Bemerkung\n1,LAMP,1,9.99,03/04/2026,x\n"
    )
    umschlag("setup-records", folder=tmp_path)

    unclear = umschlag("import", "sales", str(file), "--preview", folder=tmp_path)
    said = umschlag("import", "sales", str(file), "--preview", "--dates", "dmy", folder=tmp_path)

    assert unclear.returncode == 1
    assert "dmy or mdy" in unclear.stderr
    assert said.returncode == 0, said.stderr
    assert "2026-04-03" in said.stdout
    assert "sku = Artikelnummer" in said.stdout
    assert "Columns not used: Bemerkung" in said.stdout


def test_a_backup_comes_back_in_an_empty_installation(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    first = umschlag("setup-records", folder=old)
    made = umschlag("backup", folder=old)
    file = next((old / "var" / "backups").iterdir())

    restored = umschlag("restore", str(file), folder=new)

    assert first.returncode == made.returncode == 0
    assert "read back and right" in made.stdout
    assert restored.returncode == 0, restored.stderr
    assert "all checksums agree" in restored.stdout
    assert umschlag("setup-records", folder=new).stdout == ""
