from datetime import date

import pytest
from rich.console import Console

from builders.lake import DAY, a_sellerboard_day, article_day, rows_of
from builders.records import NOW, a_sync_run
from umschlag.intelligence.profitability.model import Grouping
from umschlag.jobs.profit import LIST_LENGTH, ProfitAsked, print_profit, profit_lines
from umschlag.kernel.errors import NotFound
from umschlag.wiring.lake import open_lake
from umschlag.wiring.profit_lists import Wanted

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def printed(settings, **asked):
    console = Console(width=100)
    with console.capture() as written:
        print_profit(settings, ProfitAsked(**asked), console=console)
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

    assert "6 Widersprüche" in text
    assert "Einstandspreis weicht ab: 3" in text


def test_the_managers_report_says_what_was_earned_and_what_is_at_stake(settings_in):
    settings = settings_in()
    assert profit_lines(settings) == ()
    lake, skus = tell(settings, 2)
    dear = [article_day(sku, unit_cost_minor=9_00) for sku in skus]
    lake.publish("article_days", DAY.isoformat(), rows_of("article_days", *dear))

    title, *lines = profit_lines(settings)

    assert title == "Profit"
    assert "contribution on" in lines[0]
    assert not any("loses money" in line for line in lines)
    assert any("at stake" in line for line in lines)


def test_the_managers_report_names_what_loses_money(settings_in):
    settings = settings_in()
    lake, _skus = tell(settings, 2)
    losing = [a_sellerboard_day("HX-99", net_profit_minor=-5_00, fees_minor=-10_99)]
    lake.publish("sellerboard_days", f"{DAY:%Y-%m}", rows_of("sellerboard_days", *losing))

    assert "1 article loses money, −€5; worst: HX-99" in " ".join(profit_lines(settings))


def test_other_groups_are_asked_for(settings_in):
    settings = settings_in()
    tell(settings, 2)

    text = printed(settings, wanted=Wanted(grouping=Grouping.MARKETPLACE))
    days = printed(settings, wanted=Wanted(grouping=Grouping.DAY))

    assert "Amazon.de" in text
    assert "Where the money goes" in text
    assert DAY.isoformat() in days


def test_contradictions_are_listed_with_the_money_at_stake(settings_in):
    settings = settings_in()
    lake, skus = tell(settings, 1)
    lake.publish(
        "article_days",
        DAY.isoformat(),
        rows_of("article_days", article_day(skus[0], unit_cost_minor=9_00)),
    )

    text = printed(settings, contradictions=True)

    assert "Unit cost differs" in text
    assert "€7" in text


@pytest.mark.parametrize(("contradictions", "column"), [(False, "contribution"), (True, "sku")])
def test_the_whole_list_is_written_to_a_file(settings_in, tmp_path, contradictions, column):
    settings = settings_in()
    tell(settings, 3)
    file = tmp_path / "profit.csv"

    text = printed(settings, file=file, contradictions=contradictions)

    assert str(file.name) in text
    assert column in file.read_text(encoding="utf-8-sig").splitlines()[0]


def test_without_figures_it_says_what_to_do(settings_in):
    with pytest.raises(NotFound, match="umschlag sync sellerboard"):
        printed(settings_in())


def test_days_of_which_nothing_was_told_are_refused(settings_in):
    settings = settings_in()
    tell(settings, 1)

    with pytest.raises(NotFound, match=r"2026-09-02"):
        printed(settings, through=date(2026, 9, 1))
