import pytest
from django.utils import timezone

from builders.records import a_cart, a_client, a_run, a_store
from umschlag.jobs.commands import size_text
from umschlag.jobs.main_job import pallets
from umschlag.kernel.progress import untold
from umschlag.storage.records.models import AllocationRun, RunState

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_a_second_plan_of_the_day_is_said_to_be_unconfirmed_and_discarded(settings_in):
    client = a_client()
    confirmed = a_run(state="confirmed", confirmed_at=timezone.now())
    more = a_run(state="proposed")
    a_cart(confirmed, a_store(client))
    a_cart(more, a_store(client, "Nordlicht UK"))

    said = pallets(settings_in(), lambda _title: untold)

    assert said.startswith("none: the plan of 1 more cart was discarded, since nothing has arrived")
    assert said.endswith("what was given out then stands, and is what the report shows")
    assert AllocationRun.objects.get(pk=more.pk).state == RunState.DISCARDED


@pytest.mark.parametrize(
    ("byte_count", "text"),
    [(0, "0 kB"), (17_400, "18 kB"), (999_999, "1,000 kB"), (1_000_000, "1 MB")],
)
def test_a_small_file_is_told_in_kilobytes(byte_count, text):
    assert size_text(byte_count) == text
