from datetime import date

import pytest

from builders import web as build
from umschlag.intelligence.forecasting.accuracy import Accuracy
from umschlag.intelligence.forecasting.backtest import TOO_LITTLE, Backtest, Contestant
from umschlag.storage.records.backtests import keep_backtest
from umschlag.wiring.amounts import share_text

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PAGE = "/reports/forecast-quality/"
API = "/api/forecast-quality"


def an_accuracy(scaled_loss):
    return Accuracy(
        article_count=1_200, scaled_loss=scaled_loss, wape=0.41, bias=-0.02, coverage_95=0.946
    )


def a_backtest(**losses):
    return Backtest(
        as_of_date=date(2026, 11, 20),
        horizon_days=28,
        origin_dates=[date(2026, 9, 25), date(2026, 10, 23)] if losses else [],
        accuracy_by_contestant={
            Contestant(name): an_accuracy(loss) for name, loss in losses.items()
        },
        left_out={} if losses else {Contestant.GLOBAL: TOO_LITTLE},
    )


@pytest.fixture
def reader(client):
    client.force_login(build.a_superuser())
    return client


def test_before_the_first_test_the_page_says_what_to_do(reader):
    assert "umschlag forecast" in reader.get(PAGE).content.decode()
    assert reader.get(API).status_code == 404


def test_the_page_names_the_chosen_model_and_what_it_is_better_than(reader):
    keep_backtest(a_backtest(pooled=0.40, erp=0.50, naive=0.80))

    shown = reader.get(PAGE).content.decode()

    assert "own level, spread of similar articles" in shown
    assert share_text(0.2) in shown
    assert share_text(0.946) in shown


def test_the_api_tells_the_same_least_loss_first(reader):
    keep_backtest(a_backtest(pooled=0.40, erp=0.50, naive=0.80))

    answer = reader.get(API).json()

    assert [line["contestant"] for line in answer["lines"]] == ["pooled", "erp", "naive"]
    assert answer["lines"][0]["is_chosen"]
    assert answer["less_loss_than_erp"] == pytest.approx(0.2)


def test_a_history_that_is_too_short_is_said_to_be(reader):
    keep_backtest(a_backtest())

    shown = reader.get(PAGE).content.decode()

    assert "the history needs 128 days" in shown
    assert "took no part, too few articles or days" in shown


def test_the_page_reads_german(reader):
    keep_backtest(a_backtest(**{"global": 0.4}))

    shown = reader.get(PAGE, headers={"accept-language": "de"}).content.decode()

    assert "Prognosegüte" in shown
    assert "aus allen Artikeln gelernt" in shown
