import csv

import pytest
from rich.console import Console
from typer.testing import CliRunner

from builders.acting import publish_shop
from builders.records import a_proposal, an_article
from umschlag.jobs.acting import print_acts, print_orders, print_outcomes
from umschlag.jobs.acting_commands import _minor
from umschlag.jobs.command_line import app
from umschlag.jobs.main_job import propose as propose_step
from umschlag.kernel.errors import BadInput
from umschlag.kernel.progress import untold
from umschlag.wiring.act_list import ActsWanted
from umschlag.wiring.order_list import OrdersWanted
from umschlag.wiring.proposing import propose

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def settings(settings_in):
    return settings_in(language="en")


@pytest.fixture
def shop(settings):
    publish_shop(settings)
    propose(settings)
    return settings


def printed(act, *arguments, **values):
    console = Console(width=140)
    with console.capture() as written:
        act(*arguments, console=console, **values)
    return written.get()


def test_orders_are_printed_with_what_they_earn(shop):
    text = printed(print_orders, shop, OrdersWanted(), file=None)

    assert "HX-104" in text
    assert "4 lines: €1,932.00, expected to earn" in text


def test_a_budget_says_what_it_leaves_out(shop):
    text = printed(print_orders, shop, OrdersWanted(budget_minor=40_000), file=None)

    assert "The budget buys nothing of 3 lines" in text


def test_acts_without_a_known_price_are_counted_and_not_zero(settings):
    a_proposal(an_article("HX-1", currency="USD"), kind="discount", proceeds_minor=12_000)

    text = printed(print_acts, settings, ActsWanted(), file=None)

    assert "discount: proceeds without 1 act of unknown price or in another currency" in text
    assert "€0" not in text


def test_orders_and_acts_are_written_whole(shop, tmp_path):
    printed(print_orders, shop, OrdersWanted(), file=tmp_path / "orders.csv")
    printed(print_acts, shop, ActsWanted(), file=tmp_path / "acts.csv")

    def skus(name):
        rows = csv.DictReader((tmp_path / name).read_text("utf-8-sig").splitlines())
        return [row["sku"] for row in rows]

    assert sorted(skus("orders.csv")) == ["HX-101", "HX-102", "HX-103", "HX-104"]
    assert set(skus("acts.csv")) == {"HX-201", "HX-202", "HX-203", "HX-204"}


def test_acts_are_summed_by_kind(shop):
    text = printed(print_acts, shop, ActsWanted(), file=None)

    assert "stop reordering" in text
    assert "€216" in text


def test_before_a_forecast_each_says_what_to_do(settings):
    assert "umschlag forecast" in printed(print_orders, settings, OrdersWanted(), file=None)
    assert "umschlag forecast" in printed(print_acts, settings, ActsWanted(), file=None)
    assert "Nothing is measured yet" in printed(print_outcomes, None, language="en")


def test_the_main_job_proposes_and_measures(shop):
    assert propose_step(shop, lambda _title: untold) == "9 open"


def test_a_budget_that_is_no_amount_is_refused():
    assert _minor("5000.50", "EUR") == 500_050
    assert _minor("", "EUR") is None
    with pytest.raises(BadInput, match="no amount"):
        _minor("much", "EUR")


@pytest.mark.parametrize("command", ["orders", "acts"])
def test_each_command_explains_itself(command):
    assert "Example" in CliRunner().invoke(app, [command, "--help"]).output


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("1.000", 100_000),
        ("1,000", 100_000),
        ("5.000,50", 500_050),
        ("5000.5", 500_050),
        ("0,5", 50),
    ],
)
def test_a_budget_means_the_same_on_the_terminal_as_on_the_page(typed, minor):
    assert _minor(typed, "EUR") == minor
