import numpy as np
import pytest
from rich.console import Console

from builders.forecasting import a_history
from umschlag.intelligence.forecasting.backtest import backtest
from umschlag.jobs.forecast_quality import print_forecast_quality
from umschlag.storage.records.backtests import keep_backtest

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def printed(settings):
    console = Console(width=120)
    with console.capture() as written:
        print_forecast_quality(settings, console=console)
    return written.get()


def test_before_the_first_backtest_it_says_what_makes_one(settings_in):
    assert "`umschlag forecast`" in printed(settings_in(language="en"))


def test_every_model_is_told_with_its_errors_and_why_others_took_no_part(settings_in):
    units = np.random.default_rng(3).poisson(2.0, (40, 200))
    keep_backtest(backtest(a_history(units), origin_count=1))

    text = printed(settings_in(language="en"))

    assert text.index("own past alone ✓") < text.index("the same as the 28 days before")
    assert (
        "learned from all articles (trees and nets): too few articles or days to learn from" in text
    )
    assert "No forecast's last day is over yet" in text


def test_it_is_told_in_german(settings_in):
    keep_backtest(backtest(a_history(np.ones((40, 200))), origin_count=1))

    assert "An eigenen Verkäufen beurteilt" in printed(settings_in(language="de"))
