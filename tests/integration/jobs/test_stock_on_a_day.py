import csv
from datetime import date, timedelta

import pytest
from rich.console import Console

from builders.lake import DAY, article_day, rows_of
from umschlag.jobs.stock_on_a_day import tell_stock
from umschlag.kernel.errors import BadInput, NotFound
from umschlag.wiring.lake import open_lake
from umschlag.wiring.looking_back import known_days
from umschlag.wiring.stock_on_a_day import StockOrder, StockWanted, stock_on_a_day

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def settings(settings_in):
    settings = settings_in()
    lamp = article_day("HX-1", on_hand_units=5, unit_cost_minor=2_00)
    mat = article_day("HX-2", on_hand_units=3, unit_cost_minor=None)
    open_lake(settings).publish("article_days", DAY.isoformat(), rows_of("article_days", lamp, mat))
    return settings


def told(settings, *, on=None, known_on=None, file=None):
    stock = stock_on_a_day(
        settings,
        on=on,
        known_on=known_on,
        known=known_days(settings, known_on=known_on),
        wanted=StockWanted(order=StockOrder.SKU),
    )
    console = Console(width=200)
    with console.capture() as written:
        tell_stock(settings, stock, file=file, console=console)
    return written.get()


def test_the_totals_are_printed_and_what_is_left_out(settings):
    text = told(settings)

    assert "Stock at the close of 2026-09-02" in text
    assert "€10.00" in text
    assert "Articles without a known cost are left out of the value." in text


def test_another_day_than_the_one_asked_for_is_said(settings):
    text = told(settings, on=DAY + timedelta(days=4))

    assert "There is no snapshot of 2026-09-06; the newest before it is that of 2026-09-02" in text


def test_the_list_is_written_whole_and_its_length_told(settings, tmp_path):
    file = tmp_path / "stock.csv"

    text = told(settings, file=file)

    with file.open(encoding="utf-8-sig", newline="") as lines:
        assert [row["sku"] for row in csv.DictReader(lines)] == ["HX-1", "HX-2"]
    assert f"2 articles written to {file}" in text
    assert list(tmp_path.glob(".*.part")) == []


@pytest.mark.parametrize("name", ["stock.pdf", "stock", "missing/stock.csv"])
def test_a_file_that_cannot_be_written_is_refused_in_words(settings, tmp_path, name):
    with pytest.raises(BadInput):
        told(settings, file=tmp_path / name)


def test_a_day_before_the_first_snapshot_is_refused_and_the_first_one_named(settings):
    with pytest.raises(NotFound, match="the first is that of 2026-09-02"):
        told(settings, on=date(2020, 1, 1))
    with pytest.raises(NotFound, match="no snapshot was known then"):
        told(settings, known_on=date(2020, 1, 1))
