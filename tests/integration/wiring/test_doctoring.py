import socket
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from builders.lake import DAY, article_day, rows_of
from builders.records import a_snapshot_run
from umschlag.kernel.errors import LoginRejected, Misconfigured
from umschlag.kernel.periods import business_date_of
from umschlag.kernel.progress import untold
from umschlag.storage.records.models import Backup
from umschlag.wiring.doctoring import (
    Health,
    first_findings,
    outside_findings,
    records_findings,
)
from umschlag.wiring.lake import open_lake
from umschlag.wiring.upkeep import UpkeepUnderWay, keep_lake_in_order

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def by_name(findings):
    return {finding.what: finding for finding in findings}


def test_a_fresh_installation_needs_nobody(settings_in):
    settings = settings_in()

    findings = [*first_findings(settings), *records_findings(settings, check_lake=True)]

    assert not [finding for finding in findings if finding.health is Health.BROKEN]
    assert by_name(findings)["Snapshots"].health is Health.UNSET
    assert by_name(findings)["Snapshots"].remedy == "`umschlag snapshot` takes the first one"


def test_a_folder_that_cannot_be_made_is_told_with_the_remedy(settings_in, tmp_path):
    (tmp_path / "file").write_text("in the way")

    finding = by_name(first_findings(settings_in(var_dir=tmp_path / "file" / "var")))["Folder"]

    assert finding.health is Health.BROKEN
    assert "UMSCHLAG_VAR_DIR" in finding.remedy


def test_an_old_picture_needs_someone(settings_in):
    settings = settings_in()
    today = business_date_of(timezone.now(), settings.zone)
    a_snapshot_run(business_date=today - timedelta(days=3))
    a_snapshot_run(business_date=today, status="failed", error="the ERP did not answer")

    finding = by_name(records_findings(settings))["Snapshots"]

    assert finding.health is Health.BROKEN
    assert "3 days ago" in finding.said
    assert "the ERP did not answer" in finding.said


def test_yesterdays_picture_is_good_enough(settings_in):
    settings = settings_in()
    today = business_date_of(timezone.now(), settings.zone)
    a_snapshot_run(business_date=today - timedelta(days=1))

    assert by_name(records_findings(settings))["Snapshots"].health is Health.GOOD


def test_a_lake_file_that_is_gone_is_found_without_reading_any(settings_in):
    settings = settings_in()
    open_lake(settings).publish("article_days", str(DAY), rows_of("article_days", article_day()))
    assert by_name(records_findings(settings))["Lake and records"].health is Health.GOOD

    next(settings.lake_dir.rglob("*.parquet")).unlink()

    finding = by_name(records_findings(settings))["Lake and records"]
    assert finding.health is Health.BROKEN
    assert "1 of 1" in finding.said


def test_a_changed_byte_is_found_when_the_lake_is_read(settings_in):
    settings = settings_in()
    open_lake(settings).publish("article_days", str(DAY), rows_of("article_days", article_day()))
    file = next(settings.lake_dir.rglob("*.parquet"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(bytes(content))

    assert by_name(records_findings(settings))["Lake and records"].health is Health.GOOD
    finding = by_name(records_findings(settings, check_lake=True))["Lake"]
    assert finding.health is Health.BROKEN
    assert f"article_days {DAY}: the checksum" in finding.said
    assert "restore" in finding.remedy


def test_an_old_backup_needs_someone(settings_in):
    Backup.objects.create(
        path="b.zip", made_at=timezone.now() - timedelta(days=3), byte_count=1, sha256="0" * 64
    )

    assert by_name(records_findings(settings_in()))["Backups"].health is Health.BROKEN


@pytest.mark.parametrize("has_a_day", [True, False])
def test_a_lake_whose_store_is_down_is_told_with_the_setting(settings_in, has_a_day):
    if has_a_day:
        rows = rows_of("article_days", article_day())
        open_lake(settings_in()).publish("article_days", str(DAY), rows)
    settings = settings_in(lake_files="s3://lake/shop", lake_s3_endpoint="http://127.0.0.1:1")

    finding = by_name(records_findings(settings))["Lake and records"]

    assert finding.health is Health.BROKEN
    assert "UMSCHLAG_LAKE_S3_ENDPOINT" in finding.remedy


def test_days_that_wait_for_compaction_need_someone_and_then_nobody(settings_in):
    settings = settings_in()
    for offset in range(0, 130, 3):
        day = DAY - timedelta(days=offset)
        rows = rows_of("article_days", article_day(business_date=day))
        open_lake(settings).publish("article_days", str(day), rows)
    before = by_name(records_findings(settings))["Compaction"]

    done = keep_lake_in_order(settings, progress_for=lambda _title: untold)

    assert before.health is Health.BROKEN
    assert "umschlag compact" in before.remedy
    finding = by_name(records_findings(settings))["Compaction"]
    assert finding.health is Health.GOOD
    assert finding.said.startswith(f"{done.days} days in months' files")


def test_two_compactions_at_once_do_not_get_in_each_others_way(settings_in):
    settings = settings_in()
    refused = []

    def meanwhile(_title):
        with pytest.raises(UpkeepUnderWay):
            keep_lake_in_order(settings, progress_for=lambda _title: untold)
        refused.append(True)
        return untold

    keep_lake_in_order(settings, progress_for=meanwhile)

    assert refused == [True]


def test_a_mail_server_is_asked_and_not_just_configured(settings_in):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = settings_in(smtp_host="127.0.0.1", smtp_port=port, smtp_starttls=False)
    assert by_name(records_findings(settings))["E-mail"].health is Health.BROKEN

    controller = Controller(object(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        finding = by_name(records_findings(settings))["E-mail"]
    finally:
        controller.stop()

    assert finding.health is Health.GOOD
    assert "allocation@profitzon.net" in finding.said


def refuse(settings):
    raise LoginRejected("the panel does not accept the token")


def miss(settings):
    raise Misconfigured("UMSCHLAG_UNGATING_URL is empty")


def test_outside_systems_are_logged_in_to(settings_in):
    production = settings_in(mode="production", secret_key="s" * 50, encryption_key="k")

    findings = by_name(
        outside_findings(
            production,
            {
                "Panel": (refuse, "UMSCHLAG_AUTOFBA_TOKEN"),
                "Sheet": (lambda settings: "login works", "UMSCHLAG_BUYING_SHEET_ID"),
                "Ungating": (miss, "UMSCHLAG_UNGATING_URL"),
            },
        )
    )

    assert findings["Panel"].health is Health.BROKEN
    assert "token" in findings["Panel"].said
    assert "UMSCHLAG_AUTOFBA_TOKEN" in findings["Panel"].remedy
    assert findings["Sheet"].health is Health.GOOD
    assert findings["Ungating"].health is Health.UNSET
    assert "UMSCHLAG_UNGATING_URL" in findings["Ungating"].remedy


def test_a_demo_that_is_not_running_is_no_fault(settings_in):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        # Bound but not listening: nobody else can take the port, and nobody answers on it.
        settings = settings_in(simulators_port=taken.getsockname()[1])

        [finding] = outside_findings(settings, {"Panel": (refuse, "")})

    assert finding.health is Health.UNSET
    assert "umschlag run" in finding.remedy
