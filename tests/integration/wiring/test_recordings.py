"""A recording in place of Plentymarkets: made, read, and never taken for the running system."""

from datetime import timedelta

import pytest

from builders.recordings import recorded
from builders.world import TODAY
from umschlag.connectors.plentymarkets.recording import INDEX
from umschlag.kernel.errors import Misconfigured, Refused
from umschlag.kernel.progress import untold
from umschlag.simulators.demo.access import PLENTY_ID, PLENTY_PASSWORD, PLENTY_USER
from umschlag.storage.records.credentials import ensure_credential
from umschlag.storage.records.models import Article
from umschlag.wiring.corrections import may_write
from umschlag.wiring.doctoring import Health
from umschlag.wiring.freshness import freshness_text
from umschlag.wiring.history import backfill_history, import_orders, take_snapshot
from umschlag.wiring.logins import look_at_plentymarkets
from umschlag.wiring.overview import overview
from umschlag.wiring.recording_findings import recording_findings
from umschlag.wiring.recordings import record_plentymarkets

pytestmark = [pytest.mark.django_db, pytest.mark.database]

DAYS = {"backfill_days": 4, "snapshot_vanished_percent_max": 100}


def watched(_title):
    return untold


def test_a_recording_fills_an_installation_that_has_no_system(simulators, settings_in, tmp_path):
    url = f"{simulators.url}/plentymarkets"
    ensure_credential(
        name="Test",
        base_url=url,
        username=PLENTY_USER,
        password=PLENTY_PASSWORD,
        plenty_id=PLENTY_ID,
    )
    folder = tmp_path / "recording"
    made = record_plentymarkets(
        settings_in(plentymarkets_url=url, **DAYS),
        folder,
        progress_for=watched,
        business_date=TODAY,
    )
    settings = settings_in(plentymarkets_recording=str(folder), **DAYS)

    taken = take_snapshot(settings, progress_for=watched)
    filled = backfill_history(settings, progress_for=watched)
    sold = import_orders(settings, progress_for=watched)
    again = import_orders(settings, progress_for=watched)

    assert made.call_count > 10
    assert (taken.business_date, taken.calls_used) == (TODAY, 0)
    assert taken.article_count == Article.objects.count() > 0
    assert filled.days_made == DAYS["backfill_days"] - 1
    assert sold.created_count > 0
    assert (again.created_count, again.updated_count) == (0, 0)
    fresh = overview(settings).freshness
    assert fresh.is_recorded
    assert "not the running system" in freshness_text(fresh)
    assert "no system, a recording of" in look_at_plentymarkets(settings)
    assert not (settings.var_dir / "half-recorded").exists()
    with pytest.raises(Refused, match=str(TODAY)):
        take_snapshot(settings, progress_for=watched, business_date=TODAY + timedelta(days=1))


def test_nothing_is_written_while_a_recording_answers(settings_in, tmp_path):
    settings = settings_in(plentymarkets_recording=str(tmp_path), plentymarkets_may_write=True)

    assert not may_write(settings)


def test_the_doctor_says_that_a_recording_answers(settings_in, tmp_path):
    recorded(tmp_path / "new")

    (finding,) = recording_findings(settings_in(plentymarkets_recording=str(tmp_path / "new")))

    assert finding.health is Health.UNSET
    assert "Plentymarkets is not asked" in finding.said
    assert "UMSCHLAG_PLENTYMARKETS_RECORDING" in finding.remedy
    assert recording_findings(settings_in()) == []


def test_the_doctor_finds_a_recording_that_was_broken_off(settings_in, tmp_path):
    recorded(tmp_path / "new", finish=False)

    (finding,) = recording_findings(settings_in(plentymarkets_recording=str(tmp_path / "new")))

    assert finding.health is Health.BROKEN
    assert INDEX in finding.remedy


def test_a_recording_is_not_recorded(settings_in, tmp_path):
    settings = settings_in(plentymarkets_recording=str(tmp_path / "one"))

    with pytest.raises(Misconfigured, match="no system to record"):
        record_plentymarkets(settings, tmp_path / "two", progress_for=watched)

    assert not (tmp_path / "two").exists()
