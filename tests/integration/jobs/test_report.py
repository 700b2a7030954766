from datetime import timedelta
from io import StringIO

import pytest
from django.utils import timezone, translation
from rich.console import Console

from builders.records import (
    TODAY,
    a_cart,
    a_client,
    a_forecast,
    a_movement,
    a_pallet,
    a_proposal,
    a_run,
    a_snapshot_run,
    a_store,
    a_sync_run,
    an_article,
)
from umschlag.jobs.report import print_report
from umschlag.jobs.steps import Step, StepOutcome, StepState
from umschlag.kernel.periods import business_date_of
from umschlag.storage.records.models import MutualStoreProposal, RunRefusal
from umschlag.wiring.best_sellers import best_sellers
from umschlag.wiring.overview import overview

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def printed(settings, **values):
    out = StringIO()
    print_report(Console(file=out, width=160), overview(settings), **values)
    return out.getvalue()


def test_a_manager_reads_what_the_stock_is_worth_and_what_lies_dead(settings_in):
    a_snapshot_run()
    lamp = an_article("HX-1", name="Desk lamp", on_hand_units=400, unit_cost_minor=1_000)
    a_movement(
        lamp,
        verdict="penner",
        dead_value_minor=400_000,
        reason_code="idle",
        reason_values={
            "idle_days": 120,
            "threshold_days": 90,
            "last_sale_date": "2026-05-05",
            "on_hand_units": 400,
        },
    )
    a_forecast(lamp, stockout_date=TODAY)
    a_proposal(an_article("HX-2", unit_cost_minor=None), units=7, value_minor=None)

    text = printed(settings_in())

    assert "€4,000" in text
    assert "Stock value and dead stock leave out 1 article" in text
    assert "The cost leaves out 7 units" in text
    assert "net of VAT; fees are not taken off" in text
    assert "No sale for 120 days, at least 90" in text
    assert "2026-09-02" in text


def test_the_report_says_as_of_when_it_is_and_what_is_behind(settings_in):
    today = business_date_of(timezone.now(), settings_in().zone)
    a_snapshot_run(business_date=today, finished_at=timezone.now())
    a_snapshot_run(business_date=TODAY, origin="reconstructed")
    a_movement(an_article(), as_of_date=TODAY)

    text = printed(settings_in())

    assert f", complete (stock of {today}, 2,000 articles)" in text
    assert "1 earlier day was rebuilt" in text
    assert "The classification is still that of 2026-09-02" in text
    assert "when-a-snapshot-fails.md" in text


def test_an_old_picture_is_called_old(settings_in):
    today = business_date_of(timezone.now(), settings_in().zone)
    a_snapshot_run(business_date=today - timedelta(days=2))

    text = printed(settings_in())

    assert "The last complete snapshot is 2 days old" in text
    assert "when-a-snapshot-fails.md" in text


def test_the_allocation_is_reported_with_freight_and_refusals_in_words(settings_in):
    a_snapshot_run()
    poor = a_client("Arm GmbH")
    run = a_run(state="confirmed")
    a_pallet(a_cart(run, a_store(poor)))
    RunRefusal.objects.create(run=run, reason_code="gated")
    MutualStoreProposal.objects.create(
        run=run, client=poor, own_store=a_store(poor, "Arm UK"), missing_minor=50_000
    )

    text = printed(settings_in())

    assert "Allocation (confirmed)" in text
    # 04:10 in universal time is 06:10 in Berlin in summer.
    assert "2026-09-02 06:10" in text
    assert "€95" in text
    assert "Stores refused: gated" in text
    assert "Arm GmbH" in text
    assert "Arm UK" in text
    assert "€500" in text


@pytest.mark.parametrize(
    ("state", "words"),
    [("proposed", "Shipping, at most"), ("confirmed", "Shipping charged")],
)
def test_the_shipping_of_a_proposal_is_the_most_it_can_be(settings_in, state, words):
    a_snapshot_run()
    a_cart(a_run(state=state), a_store(a_client("Arm GmbH")))

    text = printed(settings_in())

    assert words in text
    assert ("at most" in text) == (state == "proposed")


def test_what_was_skipped_is_printed_as_it_is_and_not_as_markup(settings_in):
    a_sync_run("sheet", problems=["row 7, [bold]ASIN[/bold]: empty"])

    text = printed(settings_in())

    assert "row 7, [bold]ASIN[/bold]: empty" in text
    assert "under Snapshots and Sync runs (/admin/records/syncrun/)" in text


def test_a_step_that_failed_is_named_before_the_figures(settings_in):
    step = Step(name="panel", title="Clients and stores", act=lambda settings, progress: "")
    failed = StepOutcome(step=step, state=StepState.FAILED, seconds=1.0, said="no answer")

    text = printed(settings_in(), outcomes=[failed])

    assert text.index("Clients and stores: no answer") < text.index("Penner")


def test_without_stock_the_report_says_so_and_tells_sales(settings_in):
    quiet = an_article("FAN", on_hand_units=None, unit_cost_minor=None)
    a_movement(quiet, verdict="penner", days_since_last_sale=142)
    selling = an_article("LAMP", on_hand_units=None, unit_cost_minor=None)
    a_movement(selling, sold_units_90d=1_234, sold_units_365d=5_678)

    text = printed(settings_in(), best_sellers=best_sellers())

    assert "Stock is not known" in text
    assert "going-to-production.md" in text
    assert "umschlag snapshot" not in text
    assert "Stock value" not in text
    went_quiet, best = text.split("Best sellers")
    assert "FAN" in went_quiet
    assert "142" in went_quiet
    assert "1,234" in best


def test_an_empty_folder_is_told_what_to_do_first(settings_in):
    text = printed(settings_in())

    assert "Nothing is known yet" in text
    assert "umschlag import sales" in text
    assert "Penner" not in text


def test_german_readers_get_german_numbers(settings_in):
    a_snapshot_run()
    an_article(on_hand_units=400, unit_cost_minor=1_000)

    with translation.override("de"):
        text = printed(settings_in(language="de"))

    assert "4.000\N{NO-BREAK SPACE}€" in text
    assert "02.09.2026" in text
