from datetime import timedelta

import pytest

from builders.movement import AS_OF
from umschlag.intelligence.forecasting.model import (
    ActKind,
    ArticleForecast,
    ForecastMethod,
    ProposedAct,
)
from umschlag.intelligence.movement.model import Reason
from umschlag.kernel.money import Money
from umschlag.storage.records import forecasting, proposals
from umschlag.storage.records import models as records

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def article():
    return records.Article.objects.create(sku="HX-1", currency="EUR")


def a_forecast(sku="HX-1", **values):
    return ArticleForecast(
        **{
            "sku": sku,
            "made_date": AS_OF,
            "horizon_days": 28,
            "method": ForecastMethod.WINDOWS,
            "mean_units": 14.0,
            "q50_units": 13.0,
            "q80_units": 18.0,
            "q95_units": 25.0,
            "stockout_date": AS_OF + timedelta(days=9),
            "stockout_probability": 0.75,
            **values,
        }
    )


def an_act(sku="HX-1", **values):
    return ProposedAct(
        **{
            "sku": sku,
            "kind": ActKind.REORDER,
            "units": 12,
            "value": Money(6_000, "EUR"),
            "price": Money(1_000, "EUR"),
            "proceeds": Money(12_000, "EUR"),
            "due_date": AS_OF,
            "reason": Reason(code="reorder", values={"units": 12, "price": Money(1_000, "EUR")}),
            **values,
        }
    )


def keep(*forecasts, made_date=AS_OF):
    return forecasting.replace_forecasts(forecasts, made_date=made_date)


def propose(*acts, made_date=AS_OF):
    return proposals.replace_open_proposals(acts, made_date=made_date)


def test_a_forecast_is_kept_with_the_day_it_was_made():
    keep(a_forecast())

    row = records.ArticleForecast.objects.get()
    assert (row.made_date, row.horizon_days, row.method) == (AS_OF, 28, "windows")
    assert (row.mean_units, row.q95_units) == (14.0, 25.0)
    assert row.stockout_probability == 0.75


def test_the_same_forecast_again_writes_nothing():
    keep(a_forecast())

    written = keep(a_forecast())

    assert (written.changed_count, written.unchanged_count) == (0, 1)


def test_a_second_run_of_the_day_replaces_the_first():
    keep(a_forecast())

    keep(a_forecast(mean_units=15.0))

    assert records.ArticleForecast.objects.get().mean_units == 15.0


def test_forecasts_of_earlier_days_give_way_to_the_newest():
    keep(a_forecast(made_date=AS_OF - timedelta(days=1)), made_date=AS_OF - timedelta(days=1))

    keep(a_forecast())

    assert records.ArticleForecast.objects.get().made_date == AS_OF


def test_a_forecast_of_an_unknown_article_is_left_out():
    assert keep(a_forecast("HX-9")).changed_count == 0


def test_the_newest_day_is_known_and_absent_where_none_was_made():
    assert forecasting.newest_made_date() is None

    keep(a_forecast())

    assert forecasting.newest_made_date() == AS_OF


def test_a_proposal_is_kept_with_its_arithmetic():
    propose(an_act())

    row = records.Proposal.objects.get()
    assert (row.kind, row.units, row.state) == ("reorder", 12, "open")
    assert (row.value_minor, row.price_minor, row.proceeds_minor) == (6_000, 1_000, 12_000)
    assert row.reason_code == "reorder"
    assert row.reason_values == {"units": 12, "price": {"minor": 1_000, "currency": "EUR"}}


def test_amounts_that_are_unknown_stay_unknown():
    propose(an_act(value=None, price=None, proceeds=None))

    row = records.Proposal.objects.get()
    assert (row.value_minor, row.price_minor, row.proceeds_minor) == (None, None, None)


def test_a_proposal_that_says_the_same_stays_with_its_day():
    propose(an_act())

    propose(an_act(), made_date=AS_OF + timedelta(days=1))

    assert records.Proposal.objects.get().made_date == AS_OF


def test_a_proposal_with_another_reason_is_another_one():
    propose(an_act())

    propose(an_act(reason=Reason(code="reorder", values={"units": 13})))

    assert records.Proposal.objects.get().reason_values == {"units": 13}


def test_an_open_proposal_gives_way_to_the_newer_one():
    propose(an_act())

    propose(an_act(units=24), made_date=AS_OF + timedelta(days=1))

    assert records.Proposal.objects.get().units == 24


def test_an_open_proposal_that_no_longer_holds_is_removed():
    propose(an_act())

    propose()

    assert not records.Proposal.objects.exists()


@pytest.mark.parametrize("state", ["accepted", "dismissed"])
def test_what_a_person_decided_is_not_proposed_again_for_four_weeks(state):
    propose(an_act())
    records.Proposal.objects.update(state=state)

    assert propose(an_act(units=24), made_date=AS_OF + timedelta(days=27)) == ()
    assert len(propose(an_act(units=24), made_date=AS_OF + timedelta(days=28))) == 1
    assert records.Proposal.objects.filter(state=state).count() == 1


def test_a_decision_on_one_kind_of_act_leaves_the_others_open():
    propose(an_act(kind=ActKind.DISCOUNT))
    records.Proposal.objects.update(state="dismissed")

    assert len(propose(an_act())) == 1
