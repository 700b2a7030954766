import pytest

from umschlag.kernel.errors import Unreachable
from umschlag.kernel.outcomes import Problem, SyncOutcome
from umschlag.storage.records.models import RunStatus, SyncRun
from umschlag.storage.records.sync_runs import PROBLEMS_KEPT_MAX, last_watermark, recorded_sync

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def _fails():
    raise Unreachable("the sheet does not answer")


def test_a_good_import_is_recorded_with_its_counts():
    outcome = SyncOutcome(
        source="sheet",
        read_count=5,
        created_count=3,
        problems=(Problem(place="row 4", message="no ASIN"),),
        watermark="2026-11-01",
    )

    recorded_sync("sheet", lambda: outcome)

    run = SyncRun.objects.get()
    assert (run.status, run.read_count, run.created_count) == (RunStatus.COMPLETE, 5, 3)
    assert run.problems == ["row 4: no ASIN"]
    assert run.finished_at is not None


def test_a_failed_import_is_recorded_with_its_reason_and_still_fails():
    with pytest.raises(Unreachable):
        recorded_sync("sheet", _fails)

    run = SyncRun.objects.get()
    assert run.status == RunStatus.FAILED
    assert run.error == "the sheet does not answer"


def test_the_watermark_is_the_last_complete_imports():
    recorded_sync("orders", lambda: SyncOutcome(source="orders", read_count=1, watermark="one"))
    with pytest.raises(Unreachable):
        recorded_sync("orders", _fails)

    assert last_watermark("orders") == "one"
    assert last_watermark("never read") == ""


def test_a_file_of_nonsense_does_not_fill_the_records():
    problems = tuple(
        Problem(place=f"row {row}", message="nonsense") for row in range(PROBLEMS_KEPT_MAX + 9)
    )

    recorded_sync("file", lambda: SyncOutcome(source="file", read_count=1, problems=problems))

    run = SyncRun.objects.get()
    assert len(run.problems) == PROBLEMS_KEPT_MAX
    assert run.skipped_count == PROBLEMS_KEPT_MAX + 9
