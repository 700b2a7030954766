import csv
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from rich.console import Console

from builders.lake import DAY, article_day, rows_of
from umschlag.jobs.stock_on_a_day import tell_stock
from umschlag.kernel.errors import BadInput, NotFound
from umschlag.kernel.periods import business_date_of
from umschlag.storage.records.models import LakeDay
from umschlag.wiring.lake import open_lake
from umschlag.wiring.looking_back import known_days
from umschlag.wiring.stock_on_a_day import StockOrder, StockWanted, stock_on_a_day
from umschlag.wiring.stock_sums import COUNTED, ELSEWHERE, OVERSOLD, VANISHED, WITHOUT_COST

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def settings(settings_in):
    settings = settings_in()
    lamp = article_day("HX-1", on_hand_units=5, unit_cost_minor=2_00)
    mat = article_day("HX-2", on_hand_units=3, unit_cost_minor=None)
    open_lake(settings).publish("article_days", DAY.isoformat(), rows_of("article_days", lamp, mat))
    return settings


def told(settings, *, on=None, known_on=None, file=None, with_vanished=False):
    stock = stock_on_a_day(
        settings,
        on=on,
        known_on=known_on,
        known=known_days(settings, known_on=known_on),
        wanted=StockWanted(order=StockOrder.SKU, with_vanished=with_vanished),
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


def test_a_day_that_is_not_over_is_never_called_closed(settings):
    today = business_date_of(timezone.now(), settings.zone)
    rows = rows_of("article_days", article_day("HX-1", today))
    open_lake(settings).publish("article_days", today.isoformat(), rows)

    text = told(settings)

    assert f"Stock of {today} as of " in text
    assert "the day is not over yet" in text
    assert "at the close of" not in text


def test_a_picture_taken_amid_a_day_that_is_over_is_none_of_its_close(settings):
    amid = datetime.combine(DAY, time(2, 10), tzinfo=settings.zone)
    LakeDay.objects.update(published_at=amid)

    text = told(settings)

    assert "Stock of 2026-09-02 as captured at 02:10 CEST that day" in text
    assert "What was booked on that day after 02:10 CEST is not in this picture" in text


def test_the_parts_add_up_to_the_list_and_stand_under_it(settings, tmp_path):
    open_lake(settings).publish(
        "article_days",
        DAY.isoformat(),
        rows_of(
            "article_days",
            article_day("HX-1", on_hand_units=5, unit_cost_minor=2_35),
            article_day("HX-2", on_hand_units=-3, unit_cost_minor=1_00),
            article_day("HX-3", on_hand_units=4, unit_cost_minor=None, other_on_hand_units=1),
            article_day("HX-4", on_hand_units=0, other_on_hand_units=7, unit_cost_minor=1_10),
            article_day("HX-5", on_hand_units=2, currency="USD", unit_cost_minor=3_00),
            article_day("HX-6", on_hand_units=9, last_seen_date=DAY - timedelta(days=1)),
        ),
    )
    file = tmp_path / "stock.csv"

    text = told(settings, file=file, with_vanished=True)

    with file.open(encoding="utf-8-sig", newline="") as lines:
        names, *rows = csv.reader(lines)
    end = rows.index([])
    listed = [dict(zip(names, row, strict=True)) for row in rows[:end]]
    parts = {(row[0], row[4]): row for row in rows[end + 3 :]}
    for currency in ("EUR", "USD"):
        ours = [row for row in listed if row["currency"] == currency]
        assert sum(int(row["on_hand_units"]) for row in ours) == sum(
            int(row[2])
            for (part, kept), row in parts.items()
            if kept == currency and part in (COUNTED, OVERSOLD, VANISHED)
        )
        value = sum(Decimal(row["stock_value"] or 0) for row in ours)
        assert Decimal(parts[COUNTED, currency][3]) == value
    assert parts[COUNTED, "EUR"][1:4] == ["2", "9", "11.75"]
    assert parts[WITHOUT_COST, "EUR"][1:4] == ["1", "4", ""]
    assert parts[OVERSOLD, "EUR"][1:4] == ["1", "-3", "0.00"]
    assert parts[ELSEWHERE, "EUR"][1:4] == ["2", "8", "7.70"]
    assert "Oversold: listed below zero, counted as none" in text
    assert "Elsewhere, in warehouses that do not sell" in text


def test_another_day_than_the_one_asked_for_is_said(settings):
    text = told(settings, on=DAY + timedelta(days=4))

    assert "There is no snapshot of 2026-09-06; the newest before it is that of 2026-09-02" in text


def test_the_list_is_written_whole_and_its_length_told(settings, tmp_path):
    file = tmp_path / "stock.csv"

    text = told(settings, file=file)

    with file.open(encoding="utf-8-sig", newline="") as lines:
        listed = [row["sku"] for row in csv.DictReader(lines) if row["business_date"]]
    assert listed == ["HX-1", "HX-2"]
    assert f"2 articles written to {file}" in text
    assert list(tmp_path.glob(".*.part")) == []


@pytest.mark.parametrize("name", ["stock.pdf", "stock", "missing/stock.csv"])
def test_a_file_that_cannot_be_written_is_refused_in_words(settings, tmp_path, name):
    with pytest.raises(BadInput):
        told(settings, file=tmp_path / name)


def test_a_day_before_the_first_snapshot_is_refused_and_the_first_one_named(settings):
    with pytest.raises(NotFound, match="the first is that of 2026-09-02"):
        told(settings, on=date(2020, 1, 1))
    today = business_date_of(timezone.now(), settings.zone)
    with pytest.raises(
        NotFound, match=f"no snapshot was known then; the first was known on {today}"
    ):
        told(settings, known_on=date(2020, 1, 1))
