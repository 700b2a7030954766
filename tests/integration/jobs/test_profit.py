from datetime import date

import pytest
from rich.console import Console

from builders.lake import DAY, a_sellerboard_day, article_day, rows_of
from builders.records import NOW, a_sync_run
from umschlag.jobs.profit import LIST_LENGTH, print_profit
from umschlag.kernel.errors import NotFound
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def printed(settings, *, since=None, through=None):
    console = Console(width=100)
    with console.capture() as written:
        print_profit(settings, since=since, through=through, console=console)
    return written.get()


def tell(settings, count):
    """Tell of as many articles; the first earns 0.01, each one after it 1.00 more."""
    lake = open_lake(settings)
    skus = [f"HX-{10 + number}" for number in range(count)]
    days = [
        a_sellerboard_day(
            sku,
            sales_minor=100_00,
            fees_minor=-(100_00 - 2_00 - 2_00 - 1 - number * 1_00),
            net_profit_minor=1 + number * 1_00,
        )
        for number, sku in enumerate(skus)
    ]
    lake.publish("sellerboard_days", f"{DAY:%Y-%m}", rows_of("sellerboard_days", *days))
    pictures = [article_day(sku) for sku in skus]
    lake.publish("article_days", DAY.isoformat(), rows_of("article_days", *pictures))
    return lake, skus


def skus_in(text):
    return [cell for line in text.splitlines() for cell in line.split() if cell.startswith("HX-")]


def test_the_best_and_the_worst_are_printed_and_none_twice(settings_in):
    settings = settings_in()
    _lake, skus = tell(settings, LIST_LENGTH + 3)

    text = printed(settings)

    assert skus_in(text) == [*skus[: -LIST_LENGTH - 1 : -1], *skus[:3]]
    assert "What earned least" in text
    assert "do not contradict each other" in text


def test_it_says_when_sellerboard_was_read(settings_in):
    settings = settings_in()
    tell(settings, 1)
    assert "Sellerboard: never read" in printed(settings)

    a_sync_run("sellerboard", finished_at=NOW)

    assert "Sellerboard as of 2 Sep 2026, 06:10" in printed(settings)


def test_few_articles_fill_one_list_alone(settings_in):
    settings = settings_in()
    _lake, skus = tell(settings, 2)

    text = printed(settings)

    assert skus_in(text) == skus[::-1]
    assert "What earned least" not in text


def test_contradictions_are_counted_by_kind(settings_in):
    settings = settings_in(language="de")
    lake, skus = tell(settings, 3)
    dear = [article_day(sku, unit_cost_minor=9_00) for sku in skus]
    lake.publish("article_days", DAY.isoformat(), rows_of("article_days", *dear))

    text = printed(settings)

    assert "3 Widersprüche" in text
    assert "Einstandspreis weicht ab: 3" in text


def test_without_figures_it_says_what_to_do(settings_in):
    with pytest.raises(NotFound, match="umschlag sync sellerboard"):
        printed(settings_in())


def test_days_of_which_nothing_was_told_are_refused(settings_in):
    settings = settings_in()
    tell(settings, 1)

    with pytest.raises(NotFound, match=r"2026-09-02"):
        printed(settings, through=date(2026, 9, 1))
