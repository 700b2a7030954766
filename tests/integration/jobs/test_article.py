import csv
from typing import get_args

import pytest
from rich.console import Console

from builders import web as build
from umschlag.jobs.article import print_article
from umschlag.kernel.errors import NotFound
from umschlag.wiring.movement_list import SORTS
from umschlag.wiring.movement_sorts import MovementSort

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def settings(settings_in):
    return settings_in(language="en")


def printed(settings, sku, file=None):
    console = Console(width=140)
    with console.capture() as written:
        print_article(settings, sku, file=file, console=console)
    return written.get()


def test_the_verdict_is_told_with_its_reason_and_what_is_missing_with_its_remedy(settings):
    build.an_article("HX-1", movement={})

    text = printed(settings, "HX-1")

    assert text.startswith("HX-1 ")
    assert "Penner (slow mover): " in text
    assert "`umschlag forecast` does it" in text


def test_an_unknown_sku_says_how_to_find_the_one_that_is_meant(settings):
    with pytest.raises(NotFound, match="'HX-9'; `umschlag penner-renner --search TEXT`"):
        printed(settings, "HX-9")


def test_its_days_are_written_to_a_file(settings, tmp_path):
    build.an_article("HX-1")

    assert "Written" in printed(settings, "HX-1", file=tmp_path / "days.csv")

    (head,) = csv.reader((tmp_path / "days.csv").read_text("utf-8-sig").splitlines())
    assert head[:4] == ["business_date", "on_hand_units", "available_units", "sold_units"]


def test_every_order_of_the_list_can_be_asked_for():
    assert list(SORTS) == list(get_args(MovementSort))
