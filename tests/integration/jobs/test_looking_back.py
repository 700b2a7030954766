import csv
from datetime import date, timedelta

import pytest
from django.utils import timezone
from rich.console import Console

from builders.lake import DAY, a_sale, article_day, rows_of
from umschlag.jobs.looking_back import Wanted, tell_changes, tell_stock_outs
from umschlag.kernel.errors import BadInput, NotFound
from umschlag.kernel.periods import business_date_of
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LAST = DAY + timedelta(days=2)


@pytest.fixture
def settings(settings_in):
    """Two articles on two days with one day missing between: the lamp sells, the hose runs out."""
    settings = settings_in()
    publish(settings, DAY, {"HX-1": 9, "HX-2": 4})
    publish(settings, LAST, {"HX-1": 5, "HX-2": 0})
    sold = a_sale("o1", LAST, sku="HX-1", units=6), a_sale("o2", LAST, sku="HX-1", units=-1)
    open_lake(settings).publish("sales", f"{DAY:%Y-%m}", rows_of("sales", *sold))
    return settings


def publish(settings, day, stock):
    rows = (article_day(sku, day, on_hand_units=units) for sku, units in stock.items())
    open_lake(settings).publish("article_days", day.isoformat(), rows_of("article_days", *rows))


def told(tell, settings, **wanted):
    nothing = {"since": None, "through": None, "known_on": None, "file": None}
    console = Console(width=200)
    with console.capture() as written:
        tell(settings, Wanted(**nothing | wanted), console)
    return written.get()


def cells(text, start):
    """Return the cells beside an article, both lines of each."""
    lines = text.splitlines()
    at = next(at for at, line in enumerate(lines) if start in line)
    parts = (
        [cell.strip() for cell in line.strip("│").split("│")][1:] for line in lines[at : at + 2]
    )
    return [f"{first} {second}".strip() for first, second in zip(*parts, strict=True)]


def test_what_moved_the_stock_is_told_returns_apart(settings):
    text = told(tell_changes, settings, since=DAY, through=LAST)

    assert "From: close of 2026-09-02 – to: close of 2026-09-04" in text
    assert cells(text, "HX-1") == ["9 5", "−4", "6 1", "0 +1"]
    assert cells(text, "2 articles changed") == ["", "−8", "6 1", "0 −3"]


def test_the_newest_days_are_told_where_none_are_asked_for(settings):
    assert "From: close of 2026-09-02" in told(tell_changes, settings)
    assert "from 2026-09-02 through 2026-09-04" in told(tell_stock_outs, settings)


def test_what_ran_out_is_told_and_what_is_out_now(settings):
    text = told(tell_stock_outs, settings)

    assert cells(text, "HX-2") == ["1 2", "2026-09-04 1", "0 0.0"]
    assert "1 article had nothing to sell on some day." in text
    assert "1 day of this period has no snapshot and is not counted." in text
    assert "Out of stock now: 1 – close of 2026-09-04" in text


def test_what_was_out_when_the_period_began_may_have_been_out_before(settings):
    text = "Out since 2026-09-04 means since that day or before"

    assert text in told(tell_stock_outs, settings, since=LAST)
    assert text not in told(tell_stock_outs, settings)


def test_days_to_come_are_not_counted(settings):
    text = told(tell_stock_outs, settings, since=DAY, through=date(2030, 1, 1))

    assert "from 2026-09-02 through 2026-09-04" in text


@pytest.mark.parametrize(
    ("wanted", "error", "said"),
    [
        ({"since": date(2030, 1, 1)}, BadInput, "2030-01-01 is after 2026-09-04, the newest day"),
        (
            {"since": date(2019, 8, 1), "through": date(2019, 8, 31)},
            NotFound,
            "no day from 2019-08-01 through 2019-08-31 has a snapshot; the nearest is that of "
            "2026-09-02",
        ),
    ],
)
def test_days_that_cannot_be_counted_are_refused_in_words(settings, wanted, error, said):
    with pytest.raises(error) as refused:
        told(tell_stock_outs, settings, **wanted)

    assert said in str(refused.value)


def test_today_is_no_day_to_count_before_it_is_over(settings):
    today = business_date_of(timezone.now(), settings.zone)
    publish(settings, today, {"HX-1": 0, "HX-2": 0})

    text = told(tell_stock_outs, settings, since=DAY)

    assert "through 2026-09-04" in text
    assert "Out of stock now: 2" in text
    assert "day not over yet" in text


@pytest.mark.parametrize("tell", [tell_changes, tell_stock_outs])
def test_the_whole_list_goes_to_a_file(settings, tmp_path, tell):
    file = tmp_path / "list.csv"

    text = told(tell, settings, since=DAY, through=LAST, file=file)

    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert "HX-2" in [row["sku"] for row in rows]
    assert {row["since"] for row in rows} == {"2026-09-02"}
    assert f"written to {file}" in text


def test_a_german_gets_a_german_file(settings, tmp_path):
    file = tmp_path / "list.csv"

    text = told(tell_changes, settings.model_copy(update={"language": "de"}), file=file)

    assert "geschrieben" in text
    assert file.read_text(encoding="utf-8-sig").startswith("SKU;Name;Änderung;Bestand vorher;")


@pytest.mark.parametrize(
    ("wanted", "error", "said"),
    [
        ({"since": LAST, "through": DAY}, BadInput, "2026-09-04 is after 2026-09-02"),
        ({"since": DAY, "through": DAY}, BadInput, "2026-09-02 is both the first and the last day"),
        (
            {"since": DAY, "through": DAY + timedelta(days=1)},
            NotFound,
            "no snapshot of 2026-09-03; the nearest is that of 2026-09-02",
        ),
        ({"known_on": DAY - timedelta(days=900)}, NotFound, "the first was known on"),
    ],
)
def test_days_that_cannot_be_compared_are_refused_in_words(settings, wanted, error, said):
    with pytest.raises(error, match=said):
        told(tell_changes, settings, **wanted)
