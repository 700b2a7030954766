from datetime import date
from decimal import Decimal

import pytest
from rich.console import Console

from umschlag.jobs.rates_import import import_reference_rates
from umschlag.kernel.errors import BadInput
from umschlag.storage.records.exchange_rates import newest_rate_date, rate_table
from umschlag.storage.records.models import ExchangeRate, RunStatus, SyncRun
from umschlag.wiring.exchange_rates import import_exchange_rates

pytestmark = [pytest.mark.django_db, pytest.mark.database]
FRIDAY = date(2026, 11, 20)
HISTORY = "Date,USD,GBP,\n2026-11-20,1.0518,0.83368,\n2026-11-19,1.0545,N/A,\n"


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "eurofxref-hist.csv"
    file.write_text(HISTORY)
    return file


def test_rates_are_kept_exactly_with_their_day_and_source(file):
    outcome = import_exchange_rates(file)

    assert (outcome.created_count, outcome.watermark) == (3, "2026-11-20")
    kept = ExchangeRate.objects.get(rate_date=FRIDAY, currency="GBP")
    assert (kept.base, kept.rate, kept.source) == ("EUR", Decimal("0.83368"), "ECB reference rates")
    assert newest_rate_date() == FRIDAY


def test_a_second_import_changes_only_what_changed(file):
    import_exchange_rates(file)
    file.write_text(HISTORY.replace("1.0518", "1.0519"))

    outcome = import_exchange_rates(file)

    assert (outcome.created_count, outcome.updated_count) == (0, 1)
    assert ExchangeRate.objects.count() == 3


def test_the_table_holds_the_days_before_a_period_that_can_still_count(file):
    import_exchange_rates(file)
    monday = date(2026, 11, 23)

    table = rate_table(since=monday, until=date(2026, 11, 24))

    assert table.conversion("USD", "EUR", on=monday).rate_date == FRIDAY


def test_a_file_that_is_no_such_file_is_recorded_as_failed(tmp_path):
    file = tmp_path / "rates.csv"
    with pytest.raises(BadInput, match="cannot be read"):
        import_exchange_rates(file)

    assert SyncRun.objects.get().status == RunStatus.FAILED


def test_the_command_names_the_first_cells_that_cannot_be_read_and_counts_the_rest(
    file, settings_in
):
    unread = "".join(f"2026-10-{day:02},a lot,\n" for day in range(1, 13))
    file.write_text(HISTORY.replace("GBP,\n", "GBP\n") + unread)
    console = Console(width=100)
    with console.capture() as written:
        import_reference_rates(settings_in(), file, console)

    told = written.get()
    assert "eurofxref-hist.csv, row 4, USD: 'a lot' is no rate" in told
    assert "and 2 more" in told
    assert told.count("is no rate") == 10


def test_the_command_says_how_many_rates_were_new(file, settings_in):
    console = Console(width=100)
    with console.capture() as written:
        import_reference_rates(settings_in(), file, console)

    assert "3 new rates, 0 changed; the newest are of 2026-11-20" in written.get()
