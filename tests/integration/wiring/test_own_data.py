import pytest

from builders.records import a_snapshot_run, a_sync_run
from builders.sales_file import a_line, a_sales_csv
from umschlag.kernel.progress import untold
from umschlag.storage.records.models import Article
from umschlag.wiring.doctoring import Health, outside_findings, records_findings
from umschlag.wiring.facts import import_sales_file
from umschlag.wiring.history import take_snapshot
from umschlag.wiring.own_data import (
    OwnDataInDemo,
    holds_own_sales_alone,
    require_no_own_sales,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def watched(_title):
    return untold


def imported(settings, path, **options):
    return import_sales_file(settings, path, progress_for=watched, **options)


def test_a_folder_with_own_sales_takes_no_snapshot_of_the_demo(settings_in, tmp_path):
    settings = settings_in()
    imported(settings, a_sales_csv(tmp_path, a_line()))

    with pytest.raises(OwnDataInDemo, match="UMSCHLAG_MODE=production"):
        take_snapshot(settings, progress_for=watched)

    assert Article.objects.count() == 1


def test_a_system_of_ones_own_is_read_also_in_demo_mode(settings_in):
    a_sync_run("sales_file")

    assert holds_own_sales_alone(settings_in())
    require_no_own_sales(settings_in(plentymarkets_url="https://erp.example.com"))


def test_a_failed_import_leaves_the_folder_to_the_demo(settings_in):
    a_sync_run("sales_file", status="failed")

    require_no_own_sales(settings_in())


def test_own_sales_are_not_imported_into_the_demo_unless_asked_for(settings_in, tmp_path):
    settings = settings_in()
    a_snapshot_run()
    path = a_sales_csv(tmp_path, a_line())

    with pytest.raises(OwnDataInDemo, match="--into-demo"):
        imported(settings, path)
    assert Article.objects.count() == 0

    assert imported(settings, path, into_demo=True).created_count == 1
    # Mixed on purpose, so the demo goes on.
    require_no_own_sales(settings)


def test_a_failed_snapshot_is_no_demo_yet(settings_in, tmp_path):
    a_snapshot_run(status="failed")

    assert imported(settings_in(), a_sales_csv(tmp_path, a_line())).created_count == 1


def test_the_doctor_asks_no_demo_system_about_somebodys_own_sales(settings_in):
    asked = []
    a_sync_run("sales_file")

    (outside,) = outside_findings(settings_in(), {"Plentymarkets": (asked.append, "")})
    snapshots = next(
        finding for finding in records_findings(settings_in()) if finding.what == "Snapshots"
    )

    assert asked == []
    assert outside.health is Health.UNSET
    assert "going-to-production.md" in outside.remedy
    assert "going-to-production.md" in snapshots.remedy
